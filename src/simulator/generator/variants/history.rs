//! V67-V73: activities and attachments.

use super::super::variant::Expected::{self, Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const fn some(
    variant: u8,
    (object, column): (&'static str, &'static str),
    expected: Expected,
    finding: &'static str,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant,
        finding,
        expected,
        place: Place::Some(object, column),
        write,
    }
}

pub const SPELLINGS: &[Spelling] = &[
    some(
        67,
        ("activity", "author_id"),
        Reported,
        "author_unknown",
        |cell| Some(format!("usr_9{:08}", cell.turn % 5 + 1)),
    ),
    some(
        67,
        ("activity", "author_id"),
        Reported,
        "author_missing",
        |_| Some(String::new()),
    ),
    some(
        68,
        ("activity", "duration_seconds"),
        Recovered,
        "duration_clock",
        |cell| clock(seconds(cell)?),
    ),
    some(
        68,
        ("activity", "duration_seconds"),
        Recovered,
        "duration_words",
        |cell| seconds(cell).map(|all| format!("{}m {}s", all / 60, all % 60)),
    ),
    some(
        68,
        ("activity", "duration_seconds"),
        Recovered,
        "duration_minutes",
        minutes,
    ),
    some(
        68,
        ("activity", "ended_at"),
        Reported,
        "end_before_start",
        |cell| {
            Some(
                cell.other("created_at")
                    .min("2019-01-01T00:00:00Z")
                    .to_owned(),
            )
        },
    ),
    some(
        68,
        ("activity", "ended_at"),
        Reported,
        "end_missing",
        |_| Some(String::new()),
    ),
    some(
        69,
        ("activity", "body"),
        Kept,
        "mail_without_body",
        |cell| (cell.other("type") == "email").then(String::new),
    ),
    some(
        71,
        ("attachment", "parent_type"),
        Recovered,
        "parent_is_an_activity",
        |cell| (cell.clean == "activity").then(|| "note".to_owned()),
    ),
    some(
        72,
        ("attachment", "file_name"),
        Kept,
        "name_unsafe",
        |cell| Some(format!("a/b\\c: \"{}\"?*<>|.", cell.clean)),
    ),
    some(
        72,
        ("attachment", "file_name"),
        Kept,
        "name_too_long",
        |cell| Some(format!("{}{}", "x".repeat(260), cell.clean)),
    ),
    some(
        73,
        ("attachment", "file_name"),
        Reported,
        "program",
        |cell| {
            Some(
                cell.one_of(&["setup.exe", "macro.xlsm", "run.bat"])
                    .to_owned(),
            )
        },
    ),
    some(
        73,
        ("attachment", "size_bytes"),
        Reported,
        "file_too_large",
        |_| Some("3221225472".to_owned()),
    ),
    some(
        70,
        ("attachment", "size_bytes"),
        Reported,
        "size_differs",
        |cell| Some(format!("{}1", cell.clean)),
    ),
    some(
        70,
        ("attachment", "stored_path"),
        Reported,
        "file_missing",
        |cell| Some(format!("{}.gone", cell.clean)),
    ),
    some(
        70,
        ("attachment", "stored_path"),
        Reported,
        "address_only",
        |_| Some(String::new()),
    ),
];

fn seconds(cell: &Cell) -> Option<u64> {
    cell.clean.parse().ok()
}

fn clock(seconds: u64) -> Option<String> {
    Some(format!(
        "{:02}:{:02}:{:02}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    ))
}

/// `5,5` minutes for 330 seconds.
fn minutes(cell: &Cell) -> Option<String> {
    let seconds = seconds(cell)?;
    (seconds % 60 == 30).then(|| format!("{},5", seconds / 60))
}
