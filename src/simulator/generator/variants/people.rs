//! V54-V56, V58, V59: phones, addresses of both kinds, names, sites. V37: people that are there twice. V84: samples.

use super::super::records;
use super::super::tables::Kind::{Country, Email, Phone, Url};
use super::super::variant::Expected::{Asked, Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const PHONES: Place = Place::Kinds(&[Phone]);
const EMAILS: Place = Place::Kinds(&[Email]);
const SITES: Place = Place::Kinds(&[Url]);

pub const SPELLINGS: &[Spelling] = &[
    Spelling {
        variant: 54,
        finding: "phone_zeros",
        expected: Kept,
        place: PHONES,
        write: zeros,
    },
    Spelling {
        variant: 54,
        finding: "phone_extension",
        expected: Kept,
        place: PHONES,
        write: |cell| Some(format!("{} ext. 7", cell.clean)),
    },
    Spelling {
        variant: 54,
        finding: "phone_exponent",
        expected: Asked,
        place: PHONES,
        write: exponent,
    },
    Spelling {
        variant: 54,
        finding: "phone_bare",
        expected: Kept,
        place: PHONES,
        write: |cell| Some(cell.clean.split_once(' ')?.1.replace(' ', "")),
    },
    Spelling {
        variant: 54,
        finding: "phone_two",
        expected: Kept,
        place: PHONES,
        write: |cell| Some(format!("{} / +49 40 5550199", cell.clean)),
    },
    Spelling {
        variant: 54,
        finding: "phone_country",
        expected: Reported,
        place: PHONES,
        write: |_| Some("Norway".to_owned()),
    },
    Spelling {
        variant: 55,
        finding: "email_named",
        expected: Recovered,
        place: EMAILS,
        write: |cell| Some(format!("Some One <{}>", cell.clean)),
    },
    Spelling {
        variant: 55,
        finding: "email_mailto",
        expected: Recovered,
        place: EMAILS,
        write: |cell| Some(format!("mailto:{}", cell.clean)),
    },
    Spelling {
        variant: 55,
        finding: "email_two",
        expected: Recovered,
        place: Place::Some("contact", "email"),
        write: |cell| {
            cell.other("email_secondary")
                .is_empty()
                .then(|| format!("{}; other@second.example", cell.clean))
        },
    },
    Spelling {
        variant: 55,
        finding: "email_dot",
        expected: Recovered,
        place: EMAILS,
        write: |cell| Some(format!("{}.", cell.clean)),
    },
    Spelling {
        variant: 55,
        finding: "email_blank",
        expected: Recovered,
        place: EMAILS,
        write: |cell| Some(format!(" {} ", cell.clean)),
    },
    Spelling {
        variant: 55,
        finding: "email_invalid",
        expected: Reported,
        place: EMAILS,
        write: |cell| Some(cell.clean.replace('@', "(at)")),
    },
    Spelling {
        variant: 56,
        finding: "name_reversed",
        expected: Kept,
        place: Place::Some("contact", "full_name"),
        write: reversed,
    },
    Spelling {
        variant: 56,
        finding: "name_missing",
        expected: Reported,
        place: Place::Some("contact", "last_name"),
        write: |_| Some(String::new()),
    },
    Spelling {
        variant: 56,
        finding: "name_titled",
        expected: Kept,
        place: Place::Some("lead", "last_name"),
        write: |cell| {
            Some(format!(
                "Dr. {} v. {}",
                cell.other("first_name"),
                cell.clean
            ))
        },
    },
    Spelling {
        variant: 58,
        finding: "url_bare",
        expected: Kept,
        place: SITES,
        write: |cell| {
            Some(
                cell.clean
                    .strip_prefix("https://")?
                    .trim_end_matches('/')
                    .to_owned(),
            )
        },
    },
    Spelling {
        variant: 58,
        finding: "url_tracked",
        expected: Kept,
        place: SITES,
        write: |cell| Some(format!("{}?utm_source=fair&utm_medium=flyer", cell.clean)),
    },
    Spelling {
        variant: 58,
        finding: "url_path",
        expected: Kept,
        place: Place::Some("company", "domain"),
        write: |cell| Some(format!("www.{}/de/start", cell.clean)),
    },
    Spelling {
        variant: 59,
        finding: "address_in_one",
        expected: Kept,
        place: Place::Some("contact", "street"),
        write: |cell| {
            Some(format!(
                "{}\n{} {}\n{}",
                cell.clean,
                cell.other("postal_code"),
                cell.other("city"),
                cell.other("country")
            ))
        },
    },
    Spelling {
        variant: 59,
        finding: "country_name",
        expected: Kept,
        place: Place::Kinds(&[Country]),
        write: |cell| country(cell.clean, cell.turn),
    },
    Spelling {
        variant: 37,
        finding: "email_twice",
        expected: Reported,
        place: Place::Some("contact", "email"),
        write: twin,
    },
    Spelling {
        variant: 37,
        finding: "email_of_a_contact",
        expected: Reported,
        place: Place::Some("lead", "email"),
        write: twin,
    },
    Spelling {
        variant: 84,
        finding: "sample",
        expected: Reported,
        place: Place::Some("deal", "name"),
        write: |cell| {
            Some(
                cell.one_of(&["Sample Deal", "Test", "Beispiel-Deal"])
                    .to_owned(),
            )
        },
    },
    Spelling {
        variant: 84,
        finding: "sample",
        expected: Reported,
        place: Place::Some("contact", "email"),
        write: |_| Some("test@test.example".to_owned()),
    },
];

/// `0049 (0)30 55-50123` for `+49 30 5550123`.
fn zeros(cell: &Cell) -> Option<String> {
    let (country, rest) = cell.clean.strip_prefix('+')?.split_once(' ')?;
    let (area, number) = rest.split_once(' ')?;
    let (head, tail) = number.split_at_checked(2)?;
    Some(format!("00{country} (0){area} {head}-{tail}"))
}

/// What a spreadsheet makes of a number that is too long; the rest is lost.
fn exponent(cell: &Cell) -> Option<String> {
    let digits: String = cell.clean.chars().filter(char::is_ascii_digit).collect();
    let (first, rest) = digits.split_at_checked(1)?;
    Some(format!("{first}.{}E+{}", rest.get(..2)?, digits.len() - 1))
}

fn reversed(cell: &Cell) -> Option<String> {
    let (given, family) = (cell.other("first_name"), cell.other("last_name"));
    (!given.is_empty()).then(|| format!("{family}, {given}"))
}

/// The country in other words.
fn country(code: &str, turn: u64) -> Option<String> {
    let names: [&str; 3] = match code {
        "DE" => ["Deutschland", "germany", "DEU"],
        "FR" => ["France", "FRANCE", "Frankreich"],
        "GB" => ["United Kingdom", "UK", "england"],
        "ES" => ["España", "spain", "ESP"],
        "IT" => ["Italia", "Italy", "ITA"],
        "NL" => ["Nederland", "The Netherlands", "Holland"],
        _ => return None,
    };
    let place = usize::try_from(turn % 3).unwrap_or(0);
    names.get(place).map(|name| (*name).to_owned())
}

/// The address of somebody else, also in other letters.
fn twin(cell: &Cell) -> Option<String> {
    let other = match cell.number_of_row("con") {
        Some(contact) => contact.checked_sub(1).filter(|other| *other > 0)?,
        None => cell.number_of_row("lea")?.min(cell.account.contacts),
    };
    let email = records::email(cell.account, other)?;
    Some(if cell.turn % 3 == 1 {
        email.to_uppercase()
    } else {
        email
    })
}
