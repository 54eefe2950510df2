//! V48-V50: amounts, currencies, percentages. V57: counts that are none.

use super::super::tables::Kind::{Decimal, Money};
use super::super::variant::Expected::{self, Asked, Recovered, Reported};
use super::spelling::{Cell, Place, Spelling};

const AMOUNTS: Place = Place::Kinds(&[Money]);

const fn whole(
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
        place: Place::Whole(object, column),
        write,
    }
}

pub const SPELLINGS: &[Spelling] = &[
    whole(
        48,
        ("deal", "value_amount"),
        Recovered,
        "amount_german",
        |cell| {
            Some(format!(
                "{} {}",
                grouped(cell.clean, '.', ',')?,
                sign(cell.other("value_currency"))
            ))
        },
    ),
    whole(
        48,
        ("company", "annual_revenue_amount"),
        Recovered,
        "amount_english",
        |cell| {
            Some(format!(
                "{}{}",
                sign(cell.other("annual_revenue_currency")),
                grouped(cell.clean, ',', '.')?
            ))
        },
    ),
    whole(
        48,
        ("contact", "cf_budget"),
        Recovered,
        "amount_french",
        |cell| grouped(cell.clean, '\u{a0}', ','),
    ),
    whole(
        48,
        ("deal", "cf_setup_fee"),
        Recovered,
        "amount_swiss",
        |cell| grouped(cell.clean, '\'', '.'),
    ),
    whole(
        48,
        ("deal", "cf_correction"),
        Recovered,
        "amount_bracketed",
        |cell| {
            Some(format!(
                "({})",
                grouped(cell.clean.strip_prefix('-')?, ',', '.')?
            ))
        },
    ),
    whole(
        48,
        ("campaign", "budget_amount"),
        Recovered,
        "amount_coded",
        |cell| Some(format!("{} {}", cell.other("budget_currency"), cell.clean)),
    ),
    whole(
        48,
        ("lead", "cf_expected_value"),
        Recovered,
        "amount_shortened",
        thousands,
    ),
    whole(
        48,
        ("company", "cf_credit_limit"),
        Asked,
        "amount_ambiguous",
        |cell| Some(format!("{},000", cell.clean.strip_suffix("000")?)),
    ),
    Spelling {
        variant: 48,
        finding: "decimal_comma",
        expected: Recovered,
        place: Place::Kinds(&[Decimal]),
        write: |cell| {
            cell.clean
                .contains('.')
                .then(|| cell.clean.replace('.', ","))
        },
    },
    Spelling {
        variant: 48,
        finding: "amount_english",
        expected: Recovered,
        place: AMOUNTS,
        write: |cell| {
            cell.clean
                .contains('.')
                .then(|| grouped(cell.clean, ',', '.'))?
        },
    },
    whole(
        49,
        ("campaign", "budget_currency"),
        Recovered,
        "currency_in_header",
        |_| Some(String::new()),
    ),
    Spelling {
        variant: 49,
        finding: "currency_of_the_account",
        expected: Recovered,
        place: Place::Some("deal", "value_currency"),
        write: |cell| (cell.clean == "EUR").then(String::new),
    },
    Spelling {
        variant: 49,
        finding: "currency_sign",
        expected: Recovered,
        place: Place::Some("company", "annual_revenue_currency"),
        write: |cell| Some(sign(cell.clean).to_owned()),
    },
    whole(
        50,
        ("deal", "probability"),
        Recovered,
        "percent_fraction",
        fraction,
    ),
    whole(
        50,
        ("contact", "cf_discount"),
        Recovered,
        "percent_sign",
        |cell| Some(format!("{} %", cell.clean)),
    ),
    Spelling {
        variant: 50,
        finding: "percent_mixed",
        expected: Asked,
        place: Place::Some("lead", "cf_likelihood"),
        write: fraction,
    },
    Spelling {
        variant: 57,
        finding: "count_range",
        expected: Reported,
        place: Place::Some("company", "employee_count"),
        write: |cell| {
            Some(
                cell.one_of(&["51-200", "1k+", "ca. 50", ">10.000"])
                    .to_owned(),
            )
        },
    },
];

/// The number with signs of another locale.
fn grouped(clean: &str, group: char, point: char) -> Option<String> {
    let (whole, cents) = clean.split_once('.').unwrap_or((clean, "00"));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut text = String::with_capacity(clean.len() + 4);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    text.push(point);
    text.push_str(cents);
    Some(text)
}

fn sign(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        other => other,
    }
}

/// `1.2k` for 1200.
fn thousands(cell: &Cell) -> Option<String> {
    let number: u64 = cell.clean.parse().ok()?;
    let is_whole = number >= 1_000 && number.is_multiple_of(100);
    is_whole.then(|| format!("{}.{}k", number / 1_000, number % 1_000 / 100))
}

/// `0.15` for 15.
fn fraction(cell: &Cell) -> Option<String> {
    let number: u64 = cell.clean.parse().ok()?;
    Some(match number {
        0 => "0.0".to_owned(),
        100.. => "1.0".to_owned(),
        _ => format!("0.{number:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        assert_eq!(
            grouped("1234567.5", '.', ',').as_deref(),
            Some("1.234.567,5")
        );
        assert_eq!(grouped("200", '\'', '.').as_deref(), Some("200.00"));
        assert_eq!(grouped("-1", ',', '.'), None);
    }
}
