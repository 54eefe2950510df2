//! V54-V56, V58, V59: phones, addresses of both kinds, names, sites. V37: people that are there twice. V84: samples.

use super::super::records;
use super::super::tables::Kind::{Country, Email, Phone, Url};
use super::super::variant::Expected::{Asked, Kept, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling, spelling};

const PHONES: Place = Place::Kinds(&[Phone]);
const EMAILS: Place = Place::Kinds(&[Email]);
const SITES: Place = Place::Kinds(&[Url]);

pub const SPELLINGS: &[Spelling] = &[
    spelling(54, Kept, "phone_zeros", PHONES, zeros),
    spelling(54, Kept, "phone_extension", PHONES, |cell| {
        Some(format!("{} ext. 7", cell.clean))
    }),
    spelling(54, Asked, "phone_exponent", PHONES, exponent),
    spelling(54, Kept, "phone_bare", PHONES, |cell| {
        Some(cell.clean.split_once(' ')?.1.replace(' ', ""))
    }),
    spelling(54, Kept, "phone_two", PHONES, |cell| {
        Some(format!("{} / +49 40 5550199", cell.clean))
    }),
    spelling(54, Reported, "phone_country", PHONES, |_| {
        Some("Norway".to_owned())
    }),
    spelling(55, Recovered, "email_named", EMAILS, |cell| {
        Some(format!("Some One <{}>", cell.clean))
    }),
    spelling(55, Recovered, "email_mailto", EMAILS, |cell| {
        Some(format!("mailto:{}", cell.clean))
    }),
    spelling(
        55,
        Recovered,
        "email_two",
        Place::Some("contact", "email"),
        |cell| {
            cell.other("email_secondary")
                .is_empty()
                .then(|| format!("{}; other@second.example", cell.clean))
        },
    ),
    spelling(55, Recovered, "email_dot", EMAILS, |cell| {
        Some(format!("{}.", cell.clean))
    }),
    spelling(55, Recovered, "email_blank", EMAILS, |cell| {
        Some(format!(" {} ", cell.clean))
    }),
    spelling(55, Reported, "email_invalid", EMAILS, |cell| {
        Some(cell.clean.replace('@', "(at)"))
    }),
    spelling(
        56,
        Kept,
        "name_reversed",
        Place::Some("contact", "full_name"),
        reversed,
    ),
    spelling(
        56,
        Reported,
        "name_missing",
        Place::Some("contact", "last_name"),
        // Without a first name the full name tells the last.
        |cell| (!cell.other("first_name").is_empty()).then(String::new),
    ),
    spelling(
        56,
        Kept,
        "name_titled",
        Place::Some("lead", "last_name"),
        |cell| {
            Some(format!(
                "Dr. {} v. {}",
                cell.other("first_name"),
                cell.clean
            ))
        },
    ),
    spelling(58, Kept, "url_bare", SITES, |cell| {
        Some(
            cell.clean
                .strip_prefix("https://")?
                .trim_end_matches('/')
                .to_owned(),
        )
    }),
    spelling(58, Kept, "url_tracked", SITES, |cell| {
        Some(format!("{}?utm_source=fair&utm_medium=flyer", cell.clean))
    }),
    spelling(
        58,
        Kept,
        "url_path",
        Place::Some("company", "domain"),
        |cell| Some(format!("www.{}/de/start", cell.clean)),
    ),
    spelling(
        59,
        Kept,
        "address_in_one",
        Place::Some("contact", "street"),
        |cell| {
            Some(format!(
                "{}\n{} {}\n{}",
                cell.clean,
                cell.other("postal_code"),
                cell.other("city"),
                cell.other("country")
            ))
        },
    ),
    spelling(59, Kept, "country_name", Place::Kinds(&[Country]), |cell| {
        country(cell.clean, cell.turn)
    }),
    spelling(
        37,
        Reported,
        "email_twice",
        Place::Some("contact", "email"),
        twin,
    ),
    spelling(
        37,
        Reported,
        "email_of_a_contact",
        Place::Some("lead", "email"),
        twin,
    ),
    spelling(
        84,
        Reported,
        "sample",
        Place::Some("deal", "name"),
        |cell| {
            Some(
                cell.one_of(&["Sample Deal", "Test", "Beispiel-Deal"])
                    .to_owned(),
            )
        },
    ),
    spelling(
        84,
        Reported,
        "sample",
        Place::Some("contact", "email"),
        |_| Some("test@test.example".to_owned()),
    ),
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

/// The address of a contact who is there and keeps it, also in other letters. Those with odd numbers do: each of the others
/// may have that of the one before, and so may leads.
fn twin(cell: &Cell) -> Option<String> {
    let (account, contact) = (cell.account, cell.number_of_row("con"));
    if contact.is_some_and(|contact| !contact.is_multiple_of(2)) {
        return None;
    }
    let lead = || Some(cell.number_of_row("lea")?.min(account.contacts));
    let number = contact.or_else(lead)?;
    let other = number.checked_sub(u64::from(number.is_multiple_of(2)))?;
    if account.present("contact", other) != Some(other) {
        return None;
    }
    let email = records::email(account, other)?;
    Some(if cell.turn % 3 == 1 {
        email.to_uppercase()
    } else {
        email
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::super::super::account::Account;
    use super::super::super::row::Row;
    use super::super::super::tables::{Table, tables};
    use super::*;

    fn rows<'t>(account: &Account, table: &'t Table) -> Vec<Row<'t>> {
        let mut rows = Vec::new();
        let mut keep = |row| {
            rows.push(row);
            Ok(())
        };
        records::each(account, table, &mut keep).unwrap();
        rows
    }

    #[test]
    fn nobody_has_the_address_of_a_contact_who_is_gone() {
        let account = Account::new(4, 1_000, true);
        let tables = tables();
        let table = |object: &str| tables.iter().find(|table| table.object == object).unwrap();
        let contacts = rows(&account, table("contact"));
        let there: BTreeSet<&str> = contacts.iter().map(|row| row.get("email")).collect();
        for row in contacts.iter().chain(&rows(&account, table("lead"))) {
            let cell = Cell {
                clean: row.get("email"),
                column: "email",
                row,
                account: &account,
                turn: 0,
            };
            let other = twin(&cell);
            let is_there = other.as_deref().is_none_or(|email| there.contains(email));
            assert!(is_there, "{}", row.id());
        }
    }
}
