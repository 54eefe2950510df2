//! V48-V50: amounts, currencies, percentages. V57: counts that are none.

use super::super::tables::Kind::{Decimal, Money};
use super::super::variant::Expected::{Asked, Recovered, Reported};
use super::headers::BUDGET_IN_EUROS;
use super::spelling::{Cell, Place, Spelling, spelling};

const AMOUNTS: Place = Place::Kinds(&[Money]);

pub const SPELLINGS: &[Spelling] = &[
    spelling(
        48,
        Recovered,
        "amount_german",
        Place::Whole("deal", "value_amount"),
        |cell| {
            Some(format!(
                "{} {}",
                grouped(cell.clean, '.', ',')?,
                sign(cell.other("value_currency"))
            ))
        },
    ),
    spelling(
        48,
        Recovered,
        "amount_english",
        Place::Whole("company", "annual_revenue_amount"),
        |cell| {
            Some(format!(
                "{}{}",
                sign(cell.other("annual_revenue_currency")),
                grouped(cell.clean, ',', '.')?
            ))
        },
    ),
    spelling(
        48,
        Recovered,
        "amount_french",
        Place::Whole("contact", "cf_budget"),
        |cell| grouped(cell.clean, '\u{a0}', ','),
    ),
    spelling(
        48,
        Recovered,
        "amount_swiss",
        Place::Whole("deal", "cf_setup_fee"),
        |cell| grouped(cell.clean, '\'', '.'),
    ),
    spelling(
        48,
        Recovered,
        "amount_bracketed",
        Place::Whole("deal", "cf_correction"),
        |cell| {
            Some(format!(
                "({})",
                grouped(cell.clean.strip_prefix('-')?, ',', '.')?
            ))
        },
    ),
    spelling(
        48,
        Recovered,
        "amount_coded",
        Place::Whole("campaign", "budget_amount"),
        |cell| Some(format!("{} {}", cell.other("budget_currency"), cell.clean)),
    ),
    spelling(
        48,
        Recovered,
        "amount_shortened",
        Place::Whole("lead", "cf_expected_value"),
        thousands,
    ),
    spelling(
        48,
        Asked,
        "amount_ambiguous",
        Place::Whole("company", "cf_credit_limit"),
        |cell| Some(format!("{},000", cell.clean.strip_suffix("000")?)),
    ),
    spelling(
        48,
        Recovered,
        "decimal_comma",
        Place::Kinds(&[Decimal]),
        |cell| {
            cell.clean
                .contains('.')
                .then(|| cell.clean.replace('.', ","))
        },
    ),
    spelling(48, Recovered, "amount_english", AMOUNTS, |cell| {
        cell.clean
            .contains('.')
            .then(|| grouped(cell.clean, ',', '.'))?
    }),
    spelling(
        49,
        Recovered,
        "currency_in_header",
        Place::Whole("campaign", "budget_currency"),
        |_| Some(String::new()),
    )
    .under(BUDGET_IN_EUROS),
    spelling(
        49,
        Recovered,
        "currency_of_the_account",
        Place::Some("deal", "value_currency"),
        |cell| (cell.clean == "EUR").then(String::new),
    ),
    spelling(
        49,
        Recovered,
        "currency_sign",
        Place::Some("company", "annual_revenue_currency"),
        |cell| Some(sign(cell.clean).to_owned()),
    ),
    spelling(
        50,
        Recovered,
        "percent_fraction",
        Place::Whole("deal", "probability"),
        fraction,
    ),
    spelling(
        50,
        Recovered,
        "percent_sign",
        Place::Whole("contact", "cf_discount"),
        |cell| Some(format!("{} %", cell.clean)),
    ),
    spelling(
        50,
        Asked,
        "percent_mixed",
        Place::Some("lead", "cf_likelihood"),
        fraction,
    ),
    spelling(
        57,
        Reported,
        "count_range",
        Place::Some("company", "employee_count"),
        |cell| {
            Some(
                cell.one_of(&["51-200", "1k+", "ca. 50", ">10.000"])
                    .to_owned(),
            )
        },
    ),
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
