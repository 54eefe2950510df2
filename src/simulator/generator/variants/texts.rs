//! V18, V19, V21, V22, V29: what encodings and dialects do to single cells. V60-V63: what texts may hold.

use unicode_normalization::UnicodeNormalization as _;

use super::super::tables::Kind::{self, Long, Name, Phone, Rich, Text};
use super::super::text::BROKEN;
use super::super::variant::Expected::{Asked, Kept, Quarantined, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, spelling};

const WRITTEN: Place = Place::Kinds(&[Name, Text]);
const PROSE: &[Kind] = &[Long, Rich];

pub const SPELLINGS: &[Spelling] = &[
    spelling(18, Asked, "mojibake", WRITTEN, |cell| mojibake(cell.clean)),
    spelling(18, Asked, "mojibake_twice", WRITTEN, |cell| {
        mojibake(&mojibake(cell.clean)?)
    }),
    spelling(
        19,
        Quarantined,
        "invalid_byte",
        Place::Some("lead", "last_name"),
        broken,
    ),
    spelling(
        19,
        Quarantined,
        "invalid_byte",
        Place::Some("task", "subject"),
        broken,
    ),
    spelling(
        19,
        Quarantined,
        "nul_byte",
        Place::Some("lead", "job_title"),
        |cell| Some(format!("{}\0", cell.clean)),
    ),
    spelling(19, Reported, "replaced_character", WRITTEN, replaced),
    spelling(21, Kept, "line_separator", Place::Kinds(PROSE), |cell| {
        cell.clean
            .contains('\n')
            .then(|| cell.clean.replace('\n', "\u{2028}"))
    }),
    spelling(22, Recovered, "stray_quote", Place::Kinds(&[Text]), stray).bare(),
    spelling(
        29,
        Recovered,
        "guard",
        Place::Kinds(&[Phone, Rich]),
        guarded,
    ),
    spelling(
        60,
        Reported,
        "text_too_long",
        Place::Some("activity", "body"),
        long,
    ),
    spelling(
        60,
        Reported,
        "image_in_text",
        Place::Some("task", "description"),
        |cell| {
            Some(format!(
                "<p>{}</p><img src=\"data:image/png;base64,{}\">",
                cell.clean,
                "iVBORw0KGgo".repeat(3_200)
            ))
        },
    ),
    spelling(
        61,
        Kept,
        "html_script",
        Place::Some("activity", "body"),
        |cell| html(cell, |body| format!("{body}<script>alert(1)</script>")),
    ),
    spelling(
        61,
        Kept,
        "html_word",
        Place::Some("activity", "body"),
        |cell| {
            html(cell, |body| {
                format!("<div class=\"MsoNormal\"><o:p></o:p>{body}</div>")
            })
        },
    ),
    spelling(
        61,
        Reported,
        "html_image",
        Place::Some("activity", "body"),
        |cell| {
            html(cell, |body| {
                format!("{body}<img src=\"cid:image001@mail.example\">")
            })
        },
    ),
    spelling(
        61,
        Kept,
        "html_escaped_twice",
        Place::Some("activity", "body"),
        |cell| {
            html(cell, |body| {
                body.replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
            })
        },
    ),
    spelling(62, Kept, "decomposed", WRITTEN, |cell| {
        Some(cell.clean.nfd().collect())
    }),
    spelling(62, Kept, "zero_width", WRITTEN, |cell| {
        inside(cell.clean, "\u{200b}")
    }),
    spelling(62, Kept, "no_break", WRITTEN, |cell| {
        cell.clean
            .contains(' ')
            .then(|| cell.clean.replace(' ', "\u{a0}"))
    }),
    spelling(62, Kept, "control", Place::Kinds(PROSE), |cell| {
        inside(cell.clean, "\u{7}")
    }),
    spelling(62, Kept, "smart_quotes", Place::Kinds(PROSE), |cell| {
        cell.clean
            .contains('"')
            .then(|| cell.clean.replace('"', "”"))
    }),
    spelling(
        63,
        Kept,
        "json_in_cell",
        Place::Some("contact", "department"),
        |cell| {
            Some(format!(
                "{{\"name\": \"{}\", \"file\": {{\"id\": 7}}}}",
                cell.clean
            ))
        },
    ),
    spelling(
        63,
        Kept,
        "json_in_cell",
        Place::Some("lead", "cf_interest"),
        |cell| Some(format!("[{{\"value\": \"{}\"}}]", cell.clean)),
    ),
];

/// UTF-8 that was read as Windows-1252; only where the way back is exact.
fn mojibake(text: &str) -> Option<String> {
    let (misread, _, is_broken) = encoding_rs::WINDOWS_1252.decode(text.as_bytes());
    let is_exact = !is_broken && !misread.chars().any(|c| ('\u{80}'..'\u{a0}').contains(&c));
    (is_exact && misread != text).then(|| misread.into_owned())
}

/// One character became one byte of another encoding.
fn broken(cell: &Cell) -> Option<String> {
    let (place, first) = cell.clean.char_indices().nth(1)?;
    let rest = cell.clean.get(place + first.len_utf8()..)?;
    Some(format!("{}{BROKEN}{rest}", cell.clean.get(..place)?))
}

/// The character was lost before the export.
fn replaced(cell: &Cell) -> Option<String> {
    let lost = cell.clean.chars().find(|c| !c.is_ascii())?;
    Some(cell.clean.replacen(lost, "\u{fffd}", 1))
}

/// A quote in a cell that is not quoted.
fn stray(cell: &Cell) -> Option<String> {
    let is_harmless = |text: &str| !text.contains([',', ';', '\t', '|', '^', '\n', '\r']);
    let is_plain = !cell.clean.starts_with('"') && is_harmless(cell.clean);
    (is_plain && cell.clean.contains('"')).then(|| cell.clean.to_owned())
}

/// What keeps a spreadsheet from computing.
fn guarded(cell: &Cell) -> Option<String> {
    let is_formula = cell.clean.starts_with(['+', '-', '=', '@']);
    is_formula.then(|| format!("{}{}", cell.one_of(&["'", "\t"]), cell.clean))
}

fn long(cell: &Cell) -> Option<String> {
    let more = "and then they talked about the weather. ".repeat(900);
    (cell.other("body_format") == "text").then(|| format!("{}\n{more}", cell.clean))
}

fn html(cell: &Cell, change: impl Fn(&str) -> String) -> Option<String> {
    (cell.other("body_format") == "html").then(|| change(cell.clean))
}

/// Something after the first character.
fn inside(text: &str, what: &str) -> Option<String> {
    let (place, _) = text.char_indices().nth(1)?;
    Some(format!(
        "{}{what}{}",
        text.get(..place)?,
        text.get(place..)?
    ))
}
