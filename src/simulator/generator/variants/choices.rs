//! V51-V53: booleans, multi-selects, picklists. V76: values against their type. V81: consent in other words.

use super::super::schema;
use super::super::tables::Kind::{Boolean, Choice};
use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::headers::{SUBSCRIBED, UNSUBSCRIBED};
use super::spelling::{Cell, Place, Spelling, spelling};

const BOOLEANS: Place = Place::Kinds(&[Boolean]);
const CHOICES: Place = Place::Kinds(&[Choice]);

pub const SPELLINGS: &[Spelling] = &[
    spelling(
        81,
        Recovered,
        "consent_inverted",
        Place::Whole("contact", "email_opt_out"),
        |cell| Some(if cell.clean == "true" { "No" } else { "Yes" }.to_owned()),
    )
    .under(SUBSCRIBED),
    spelling(
        81,
        Recovered,
        "consent_renamed",
        Place::Whole("lead", "email_opt_out"),
        |cell| Some(if cell.clean == "true" { "Yes" } else { "No" }.to_owned()),
    )
    .under(UNSUBSCRIBED),
    spelling(
        51,
        Recovered,
        "boolean_blank",
        Place::Whole("contact", "cf_newsletter"),
        |cell| Some(if cell.clean == "true" { "x" } else { "" }.to_owned()),
    ),
    spelling(51, Recovered, "boolean_word", BOOLEANS, |cell| {
        Some(cell.one_of(words(cell)?).to_owned())
    }),
    spelling(51, Recovered, "boolean_case", BOOLEANS, |cell| {
        Some(cell.clean.to_uppercase())
    }),
    spelling(
        51,
        Asked,
        "boolean_unclear",
        Place::Some("contact", "do_not_call"),
        |_| Some("maybe".to_owned()),
    ),
    spelling(
        52,
        Recovered,
        "list_comma",
        Place::Whole("contact", "cf_products"),
        |cell| joined(cell, ", "),
    ),
    spelling(
        52,
        Recovered,
        "list_pipe",
        Place::Whole("contact", "cf_interests"),
        |cell| joined(cell, "|"),
    ),
    spelling(
        52,
        Recovered,
        "list_hashes",
        Place::Whole("company", "cf_regions"),
        |cell| joined(cell, " |##| "),
    ),
    spelling(
        52,
        Recovered,
        "list_lines",
        Place::Whole("lead", "cf_topics"),
        |cell| joined(cell, "\n"),
    ),
    spelling(
        52,
        Recovered,
        "list_json",
        Place::Whole("deal", "cf_modules"),
        |cell| serde_json::to_string(&options(cell.clean)).ok(),
    ),
    spelling(
        52,
        Asked,
        "list_left_over",
        Place::Whole("deal", "cf_parts"),
        |cell| {
            Some(format!(
                "{}, Sonstiges, siehe Notiz",
                joined(cell, ", ").unwrap_or_else(|| cell.clean.to_owned())
            ))
        },
    ),
    spelling(53, Asked, "option_case", CHOICES, |cell| {
        has_options(cell).then(|| cell.clean.to_uppercase())
    }),
    spelling(53, Recovered, "option_blanks", CHOICES, |cell| {
        Some(format!(" {}  ", cell.clean))
    }),
    spelling(
        53,
        Recovered,
        "option_label",
        Place::Some("lead", "cf_lead_status"),
        |cell| label(cell.clean),
    ),
    spelling(53, Reported, "option_unknown", CHOICES, |_| {
        Some("Sonstiges (alt)".to_owned())
    }),
    spelling(53, Reported, "options_in_one", CHOICES, |cell| {
        Some(format!("{};Zweites", cell.clean))
    }),
    spelling(
        76,
        Reported,
        "type_contradicted",
        Place::Some("deal", "cf_users"),
        |cell| Some(format!("{}a", cell.clean)),
    ),
    spelling(
        76,
        Reported,
        "type_contradicted",
        Place::Some("company", "cf_seats"),
        |cell| Some(format!("{} seats?", cell.clean)),
    ),
    spelling(
        81,
        Asked,
        "consent_unclear",
        Place::Some("contact", "do_not_call"),
        |_| Some("see notes".to_owned()),
    ),
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
