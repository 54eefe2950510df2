//! V18, V19, V21, V22, V29: what encodings and dialects do to single cells. V60-V63: what texts may hold.

use unicode_normalization::UnicodeNormalization as _;

use super::super::tables::Kind::{self, Long, Name, Phone, Rich, Text};
use super::super::text::BROKEN;
use super::super::variant::Expected::{Asked, Kept, Quarantined, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const WRITTEN: Place = Place::Kinds(&[Name, Text]);
const PROSE: &[Kind] = &[Long, Rich];

pub const SPELLINGS: &[Spelling] = &[
    Spelling {
        variant: 18,
        finding: "mojibake",
        expected: Asked,
        place: WRITTEN,
        write: |cell| mojibake(cell.clean),
    },
    Spelling {
        variant: 18,
        finding: "mojibake_twice",
        expected: Asked,
        place: WRITTEN,
        write: |cell| mojibake(&mojibake(cell.clean)?),
    },
    Spelling {
        variant: 19,
        finding: "invalid_byte",
        expected: Quarantined,
        place: Place::Some("lead", "last_name"),
        write: broken,
    },
    Spelling {
        variant: 19,
        finding: "invalid_byte",
        expected: Quarantined,
        place: Place::Some("task", "subject"),
        write: broken,
    },
    Spelling {
        variant: 19,
        finding: "nul_byte",
        expected: Quarantined,
        place: Place::Some("lead", "job_title"),
        write: |cell| Some(format!("{}\0", cell.clean)),
    },
    Spelling {
        variant: 19,
        finding: "replaced_character",
        expected: Reported,
        place: WRITTEN,
        write: replaced,
    },
    Spelling {
        variant: 21,
        finding: "line_separator",
        expected: Kept,
        place: Place::Kinds(PROSE),
        write: |cell| {
            cell.clean
                .contains('\n')
                .then(|| cell.clean.replace('\n', "\u{2028}"))
        },
    },
    Spelling {
        variant: 22,
        finding: "stray_quote",
        expected: Recovered,
        place: Place::Kinds(&[Text]),
        write: stray,
    },
    Spelling {
        variant: 29,
        finding: "guard",
        expected: Recovered,
        place: Place::Kinds(&[Phone, Rich]),
        write: guarded,
    },
    Spelling {
        variant: 60,
        finding: "text_too_long",
        expected: Reported,
        place: Place::Some("activity", "body"),
        write: long,
    },
    Spelling {
        variant: 60,
        finding: "image_in_text",
        expected: Reported,
        place: Place::Some("task", "description"),
        write: |cell| {
            Some(format!(
                "<p>{}</p><img src=\"data:image/png;base64,{}\">",
                cell.clean,
                "iVBORw0KGgo".repeat(3_200)
            ))
        },
    },
    Spelling {
        variant: 61,
        finding: "html_script",
        expected: Kept,
        place: Place::Some("activity", "body"),
        write: |cell| html(cell, |body| format!("{body}<script>alert(1)</script>")),
    },
    Spelling {
        variant: 61,
        finding: "html_word",
        expected: Kept,
        place: Place::Some("activity", "body"),
        write: |cell| {
            html(cell, |body| {
                format!("<div class=\"MsoNormal\"><o:p></o:p>{body}</div>")
            })
        },
    },
    Spelling {
        variant: 61,
        finding: "html_image",
        expected: Reported,
        place: Place::Some("activity", "body"),
        write: |cell| {
            html(cell, |body| {
                format!("{body}<img src=\"cid:image001@mail.example\">")
            })
        },
    },
    Spelling {
        variant: 61,
        finding: "html_escaped_twice",
        expected: Kept,
        place: Place::Some("activity", "body"),
        write: |cell| {
            html(cell, |body| {
                body.replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
            })
        },
    },
    Spelling {
        variant: 62,
        finding: "decomposed",
        expected: Kept,
        place: WRITTEN,
        write: |cell| Some(cell.clean.nfd().collect()),
    },
    Spelling {
        variant: 62,
        finding: "zero_width",
        expected: Kept,
        place: WRITTEN,
        write: |cell| inside(cell.clean, "\u{200b}"),
    },
    Spelling {
        variant: 62,
        finding: "no_break",
        expected: Kept,
        place: WRITTEN,
        write: |cell| {
            cell.clean
                .contains(' ')
                .then(|| cell.clean.replace(' ', "\u{a0}"))
        },
    },
    Spelling {
        variant: 62,
        finding: "control",
        expected: Kept,
        place: Place::Kinds(PROSE),
        write: |cell| inside(cell.clean, "\u{7}"),
    },
    Spelling {
        variant: 62,
        finding: "smart_quotes",
        expected: Kept,
        place: Place::Kinds(PROSE),
        write: |cell| {
            cell.clean
                .contains('"')
                .then(|| cell.clean.replace('"', "”"))
        },
    },
    Spelling {
        variant: 63,
        finding: "json_in_cell",
        expected: Kept,
        place: Place::Some("contact", "department"),
        write: |cell| {
            Some(format!(
                "{{\"name\": \"{}\", \"file\": {{\"id\": 7}}}}",
                cell.clean
            ))
        },
    },
    Spelling {
        variant: 63,
        finding: "json_in_cell",
        expected: Kept,
        place: Place::Some("lead", "cf_interest"),
        write: |cell| Some(format!("[{{\"value\": \"{}\"}}]", cell.clean)),
    },
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
