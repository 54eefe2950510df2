//! Companies.

use super::super::account::{Account, id};
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::words::{
    COMPANY_FIRST, COMPANY_SECOND, INDUSTRIES, LEGAL_FORMS, Language, SENTENCES, TAGS, plain,
};
use super::money;
use super::options::{SALES_REGIONS, TIERS};

/// A company's name; no two have the same.
pub fn company_name(account: &Account, index: u64) -> String {
    let (first, second, round) = words(index);
    let form = account.dice("legal form", index).pick(LEGAL_FORMS);
    match round {
        0 => format!("{first} {second} {form}"),
        _ => format!("{first} {second} {} {form}", round + 1),
    }
}

/// Its domain; no two have the same.
pub fn domain(index: u64) -> String {
    let (first, second, round) = words(index);
    let name = format!("{}-{}", plain(first), plain(second));
    match round {
        0 => format!("{name}.example"),
        _ => format!("{name}-{}.example", round + 1),
    }
}

fn words(index: u64) -> (&'static str, &'static str, u64) {
    let (firsts, seconds) = (COMPANY_FIRST.len() as u64, COMPANY_SECOND.len() as u64);
    let word = |words: &[&'static str], place: u64| {
        let place = usize::try_from(place).unwrap_or(0);
        words.get(place).copied().unwrap_or_default()
    };
    // Neighbours differ in both words, and all pairs come before the first number.
    let round = index / (firsts * seconds);
    let second = (index / firsts + index) % seconds;
    (
        word(COMPANY_FIRST, index % firsts),
        word(COMPANY_SECOND, second),
        round,
    )
}

/// The cells of a company.
pub fn company(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("company", index);
    let language = account.person("company", index).language;
    let domain = domain(index);
    let website = format!("https://www.{domain}/");
    let staff = dice.log_normal(40.0, 20_000) + u64::from(account.is_edited("company", index));
    row.set("name", company_name(account, index))
        .set("domain", domain)
        .set("website", website)
        .set("industry", dice.pick(INDUSTRIES))
        .set("employee_count", staff.to_string());
    if dice.percent(70) {
        row.set(
            "annual_revenue_amount",
            money(dice.between(50_000, 90_000_000) * 25),
        )
        .set("annual_revenue_currency", currency_of(language.country));
    }
    place(language, index, &mut dice, row);
    parent(account, index, &mut dice, row);
    row.set_some(
        "description",
        dice.percent(40).then(|| dice.pick(SENTENCES)),
    )
    .set_some("tags", dice.percent(20).then(|| dice.pick(TAGS)));
    custom(index, &mut dice, row);
    account.stamp(row, &mut dice, true);
}

/// Where it is.
fn place(language: &Language, index: u64, dice: &mut Dice, row: &mut Row) {
    let phone = format!(
        "{} {} 5550{:03}",
        language.dialling,
        20 + index % 70,
        index % 1_000
    );
    row.set("phone", phone)
        .set(
            "billing_street",
            format!("{} {}", dice.pick(language.streets), dice.between(1, 99)),
        )
        .set("billing_city", dice.pick(language.cities))
        .set(
            "billing_postal_code",
            format!("{:05}", dice.between(1_001, 99_998)),
        )
        .set("billing_country", language.country);
}

/// A group of companies has its first one at the top.
fn parent(account: &Account, index: u64, dice: &mut Dice, row: &mut Row) {
    if index < 3 || !dice.percent(10) {
        return;
    }
    let parent = dice.between(1, index - 1);
    let Some(parent) = account
        .present("company", parent)
        .filter(|parent| *parent < index)
    else {
        return;
    };
    row.set("parent_company_id", id("com", parent))
        .set("parent_company_name", company_name(account, parent));
}

fn custom(index: u64, dice: &mut Dice, row: &mut Row) {
    row.set("cf_tier", dice.pick(TIERS))
        .set("cf_seats", dice.below(400).to_string())
        .set("cf_founded_on", dice.day(1921, 2020).to_string())
        .set("cf_contract_date", dice.day(2015, 2026).to_string())
        .set("cf_credit_limit", (dice.between(1, 90) * 1_000).to_string())
        .set("cf_regions", several(dice, SALES_REGIONS))
        .set("cf_customer_number", (10_000 + index).to_string());
}

/// Some of the options as a multi-select cell: joined by `;`, what would look like one escaped.
pub fn several(dice: &mut Dice, options: &[&str]) -> String {
    let wanted = dice.between(1, 3);
    let mut chosen: Vec<&str> = (0..wanted).map(|_| dice.pick(options)).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let escaped = |option: &&str| option.replace('\\', "\\\\").replace(';', "\\;");
    let chosen: Vec<String> = chosen.iter().map(escaped).collect();
    chosen.join(";")
}

fn currency_of(country: &str) -> &'static str {
    match country {
        "GB" => "GBP",
        "SE" => "SEK",
        "PL" => "PLN",
        _ => "EUR",
    }
}
