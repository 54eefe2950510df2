//! V51-V53: booleans, multi-selects, picklists. V76: values against their type. V81: consent in other words.

use super::super::schema;
use super::super::tables::Kind::{Boolean, Choice};
use super::super::variant::Expected::{self, Asked, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const BOOLEANS: Place = Place::Kinds(&[Boolean]);
const CHOICES: Place = Place::Kinds(&[Choice]);

const fn list(
    (object, column): (&'static str, &'static str),
    expected: Expected,
    finding: &'static str,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant: 52,
        finding,
        expected,
        place: Place::Whole(object, column),
        write,
    }
}

pub const SPELLINGS: &[Spelling] = &[
    Spelling {
        variant: 81,
        finding: "consent_inverted",
        expected: Recovered,
        place: Place::Whole("contact", "email_opt_out"),
        write: |cell| Some(if cell.clean == "true" { "No" } else { "Yes" }.to_owned()),
    },
    Spelling {
        variant: 81,
        finding: "consent_renamed",
        expected: Recovered,
        place: Place::Whole("lead", "email_opt_out"),
        write: |cell| Some(if cell.clean == "true" { "Yes" } else { "No" }.to_owned()),
    },
    Spelling {
        variant: 51,
        finding: "boolean_blank",
        expected: Recovered,
        place: Place::Whole("contact", "cf_newsletter"),
        write: |cell| Some(if cell.clean == "true" { "x" } else { "" }.to_owned()),
    },
    Spelling {
        variant: 51,
        finding: "boolean_word",
        expected: Recovered,
        place: BOOLEANS,
        write: |cell| Some(cell.one_of(words(cell)?).to_owned()),
    },
    Spelling {
        variant: 51,
        finding: "boolean_case",
        expected: Recovered,
        place: BOOLEANS,
        write: |cell| Some(cell.clean.to_uppercase()),
    },
    Spelling {
        variant: 51,
        finding: "boolean_unclear",
        expected: Asked,
        place: Place::Some("contact", "do_not_call"),
        write: |_| Some("maybe".to_owned()),
    },
    list(
        ("contact", "cf_products"),
        Recovered,
        "list_comma",
        |cell| joined(cell, ", "),
    ),
    list(
        ("contact", "cf_interests"),
        Recovered,
        "list_pipe",
        |cell| joined(cell, "|"),
    ),
    list(
        ("company", "cf_regions"),
        Recovered,
        "list_hashes",
        |cell| joined(cell, " |##| "),
    ),
    list(("lead", "cf_topics"), Recovered, "list_lines", |cell| {
        joined(cell, "\n")
    }),
    list(("deal", "cf_modules"), Recovered, "list_json", |cell| {
        serde_json::to_string(&options(cell.clean)).ok()
    }),
    list(("deal", "cf_parts"), Asked, "list_left_over", |cell| {
        Some(format!(
            "{}, Sonstiges, siehe Notiz",
            joined(cell, ", ").unwrap_or_else(|| cell.clean.to_owned())
        ))
    }),
    Spelling {
        variant: 53,
        finding: "option_case",
        expected: Asked,
        place: CHOICES,
        write: |cell| has_options(cell).then(|| cell.clean.to_uppercase()),
    },
    Spelling {
        variant: 53,
        finding: "option_blanks",
        expected: Recovered,
        place: CHOICES,
        write: |cell| Some(format!(" {}  ", cell.clean)),
    },
    Spelling {
        variant: 53,
        finding: "option_label",
        expected: Recovered,
        place: Place::Some("lead", "cf_lead_status"),
        write: |cell| label(cell.clean),
    },
    Spelling {
        variant: 53,
        finding: "option_unknown",
        expected: Reported,
        place: CHOICES,
        write: |_| Some("Sonstiges (alt)".to_owned()),
    },
    Spelling {
        variant: 53,
        finding: "options_in_one",
        expected: Reported,
        place: CHOICES,
        write: |cell| Some(format!("{};Zweites", cell.clean)),
    },
    Spelling {
        variant: 76,
        finding: "type_contradicted",
        expected: Reported,
        place: Place::Some("deal", "cf_users"),
        write: |cell| Some(format!("{}a", cell.clean)),
    },
    Spelling {
        variant: 76,
        finding: "type_contradicted",
        expected: Reported,
        place: Place::Some("company", "cf_seats"),
        write: |cell| Some(format!("{} seats?", cell.clean)),
    },
    Spelling {
        variant: 81,
        finding: "consent_unclear",
        expected: Asked,
        place: Place::Some("contact", "do_not_call"),
        write: |_| Some("see notes".to_owned()),
    },
];

/// Whether `schema/picklist_options.csv` says which values there are; else none is another in other letters.
fn has_options(cell: &Cell) -> bool {
    schema::options_of(cell.row.table.object, cell.column).is_some()
}

/// Words for the same answer.
fn words(cell: &Cell) -> Option<&'static [&'static str]> {
    match cell.clean {
        "true" => Some(&[
            "Yes", "Ja", "Oui", "1", "x", "✓", "on", "checked", "TRUE", "y",
        ]),
        "false" => Some(&["No", "Nein", "Non", "0", "off", "FALSE", "n"]),
        _ => None,
    }
}

/// The label of a status, where `schema/picklist_options.csv` has another one than its value.
pub fn label(value: &str) -> Option<String> {
    let label = match value {
        "new" => "Brand new",
        "contacted" => "Contacted (1st call)",
        "simmering" => "Simmering…",
        _ => return None,
    };
    Some(label.to_owned())
}

/// The options of a canonical multi-select cell.
pub fn options(cell: &str) -> Vec<String> {
    let mut options = vec![String::new()];
    let mut is_escaped = false;
    for c in cell.chars() {
        match c {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            ';' if !is_escaped => options.push(String::new()),
            c => {
                if let Some(last) = options.last_mut() {
                    last.push(c);
                }
            }
        }
        is_escaped = false;
    }
    options
}

/// Several options with something else between them.
fn joined(cell: &Cell, between: &str) -> Option<String> {
    let options = options(cell.clean);
    (options.len() > 1).then(|| options.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_separator_is_part_of_an_option() {
        assert_eq!(options("a;Mail\\; Chat;b\\\\"), ["a", "Mail; Chat", "b\\"]);
    }
}
