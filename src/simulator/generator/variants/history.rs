//! V67-V73: activities and attachments.

use super::super::variant::Expected::{Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, spelling};

pub const SPELLINGS: &[Spelling] = &[
    spelling(
        67,
        Reported,
        "author_unknown",
        Place::Some("activity", "author_id"),
        |cell| Some(format!("usr_9{:08}", cell.turn % 5 + 1)),
    ),
    spelling(
        67,
        Reported,
        "author_missing",
        Place::Some("activity", "author_id"),
        |_| Some(String::new()),
    )
    .emptying("author_email"),
    spelling(
        68,
        Recovered,
        "duration_clock",
        Place::Some("activity", "duration_seconds"),
        |cell| clock(seconds(cell)?),
    ),
    spelling(
        68,
        Recovered,
        "duration_words",
        Place::Some("activity", "duration_seconds"),
        |cell| seconds(cell).map(|all| format!("{}m {}s", all / 60, all % 60)),
    ),
    spelling(
        68,
        Recovered,
        "duration_minutes",
        Place::Some("activity", "duration_seconds"),
        minutes,
    ),
    spelling(
        68,
        Reported,
        "end_before_start",
        Place::Some("activity", "ended_at"),
        |cell| {
            Some(
                cell.other("created_at")
                    .min("2019-01-01T00:00:00Z")
                    .to_owned(),
            )
        },
    ),
    spelling(
        68,
        Reported,
        "end_missing",
        Place::Some("activity", "ended_at"),
        |_| Some(String::new()),
    ),
    spelling(
        69,
        Kept,
        "mail_without_body",
        Place::Some("activity", "body"),
        |cell| (cell.other("type") == "email").then(String::new),
    ),
    spelling(
        71,
        Recovered,
        "parent_is_an_activity",
        Place::Some("attachment", "parent_type"),
        |cell| (cell.clean == "activity").then(|| "note".to_owned()),
    ),
    spelling(
        72,
        Kept,
        "name_unsafe",
        Place::Some("attachment", "file_name"),
        |cell| Some(format!("a/b\\c: \"{}\"?*<>|.", cell.clean)),
    ),
    spelling(
        72,
        Kept,
        "name_too_long",
        Place::Some("attachment", "file_name"),
        |cell| Some(format!("{}{}", "x".repeat(260), cell.clean)),
    ),
    spelling(
        73,
        Reported,
        "program",
        Place::Some("attachment", "file_name"),
        |cell| {
            Some(
                cell.one_of(&["setup.exe", "macro.xlsm", "run.bat"])
                    .to_owned(),
            )
        },
    ),
    spelling(
        73,
        Reported,
        "file_too_large",
        Place::Some("attachment", "size_bytes"),
        |_| Some("3221225472".to_owned()),
    ),
    spelling(
        70,
        Reported,
        "size_differs",
        Place::Some("attachment", "size_bytes"),
        |cell| Some(format!("{}1", cell.clean)),
    ),
    spelling(
        70,
        Reported,
        "file_missing",
        Place::Some("attachment", "stored_path"),
        |cell| Some(format!("{}.gone", cell.clean)),
    ),
    spelling(
        70,
        Reported,
        "address_only",
        Place::Some("attachment", "stored_path"),
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
