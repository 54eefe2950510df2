//! People: users and their teams, contacts, leads.

use jiff::ToSpan as _;

use super::super::account::{Account, DOMAIN, Person, exported_at, id, opened_at};
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::words::{DEPARTMENTS, JOB_TITLES, SENTENCES, TAGS};
use super::companies::{company_name, domain, several};
use super::money;
use super::options::{
    INTERESTS, LEAD_SOURCES, LEAD_STATUSES, LIFECYCLES, OTHER_REGIONS, PRODUCTS, REGIONS, SIZES,
    TOPICS,
};

pub fn user(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("user", index);
    let place = usize::try_from(index - 1).unwrap_or(0);
    let Some(user) = account.users.get(place) else {
        return;
    };
    let is_first = index == 1;
    let seen = dice.moment(opened_at(), exported_at());
    row.set("email", user.email.as_str())
        .set("first_name", user.given)
        .set("last_name", user.family)
        .set("full_name", user.name())
        .set("role", if is_first { "admin" } else { "sales" })
        .set("team_id", id("team", dice.between(1, account.size("team"))))
        .set("is_active", user.is_active.to_string())
        .set("timezone", "Europe/Berlin")
        .set("locale", "de-DE")
        .set("last_login_at", seen.to_string());
    account.stamp(row, &mut dice, false);
}

pub fn team(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("team", index);
    row.set(
        "name",
        format!(
            "{} {index}",
            dice.pick(&["North", "Süd", "Innendienst", "Export"])
        ),
    )
    .set_some(
        "manager_id",
        account.user(&mut dice).map(|user| user.id.as_str()),
    );
    account.stamp(row, &mut dice, false);
}

/// The company a contact works for.
pub fn company_of(account: &Account, contact: u64) -> Option<u64> {
    let mut dice = account.dice("works for", contact);
    let company = dice
        .percent(60)
        .then(|| dice.zipf(account.size("company")))?;
    account.present("company", company)
}

/// A contact's address; no two have the same.
pub fn email(account: &Account, contact: u64) -> Option<String> {
    let has_one = account.dice("has address", contact).percent(92);
    let person = account.person("contact", contact);
    // The company it worked for first: people keep their addresses.
    let mut dice = account.dice("works for", contact);
    let works = dice.percent(60).then(|| dice.zipf(account.size("company")));
    let domain = works.map_or_else(|| "home.example".to_owned(), domain);
    has_one.then(|| format!("{}@{domain}", person.mailbox(contact)))
}

pub fn contact(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("contact", index);
    let person = account.person("contact", index);
    let company = company_of(account, index);
    // Drawn in any case: an edit changes one cell, not all that follow.
    let drawn = dice.pick(JOB_TITLES);
    let is_edited = account.is_edited("contact", index);
    let title = if is_edited { "Promoted" } else { drawn };
    row.set_some("salutation", dice.percent(15).then_some("Dr."))
        .set("first_name", person.given)
        .set("last_name", person.family)
        .set("full_name", person.full_name())
        .set("job_title", title)
        .set_some(
            "department",
            dice.percent(40).then(|| dice.pick(DEPARTMENTS)),
        )
        .set_some("email", email(account, index));
    if dice.percent(10) {
        row.set(
            "email_secondary",
            format!("{}@second.example", person.mailbox(index)),
        );
    }
    phones(&person, index, &mut dice, row);
    row.set_some("company_id", company.map(|company| id("com", company)))
        .set_some(
            "company_name",
            company.map(|company| company_name(account, company)),
        )
        .set("lifecycle_stage", dice.pick(LIFECYCLES));
    address(&person, &mut dice, row);
    consent(&mut dice, row);
    row.set_some("tags", dice.percent(15).then(|| several(&mut dice, TAGS)));
    custom(account, index, &mut dice, row);
    account.stamp(row, &mut dice, true);
}

fn phones(person: &Person, index: u64, dice: &mut Dice, row: &mut Row) {
    let dialling = person.language.dialling;
    let number = |area: u64| format!("{dialling} {area} 555{:04}", index % 10_000);
    let area = 20 + dice.below(70);
    row.set_some("phone", dice.percent(80).then(|| number(area)))
        .set_some("mobile", dice.percent(50).then(|| number(170)));
}

fn address(person: &Person, dice: &mut Dice, row: &mut Row) {
    let language = person.language;
    if dice.percent(70) {
        row.set(
            "street",
            format!("{} {}", dice.pick(language.streets), dice.between(1, 99)),
        )
        .set("city", dice.pick(language.cities))
        .set("postal_code", format!("{:05}", dice.between(1_001, 99_998)));
    }
    row.set("country", language.country);
    if dice.percent(50) {
        row.set("birthday", dice.day(1950, 2005).to_string());
    }
}

/// Twelve of a hundred want no mail.
fn consent(dice: &mut Dice, row: &mut Row) {
    let is_out = dice.percent(12);
    let asked = dice.moment(opened_at(), exported_at());
    row.set("email_opt_out", is_out.to_string())
        .set_some("email_opt_out_at", is_out.then(|| asked.to_string()))
        .set("do_not_call", dice.percent(5).to_string())
        .set("consent_source", dice.pick(&["web form", "fair", "e-mail"]))
        .set("consent_at", asked.to_string());
    if dice.percent(80) {
        let last = dice.moment(opened_at(), exported_at());
        row.set("last_activity_at", last.to_string());
    }
}

fn custom(account: &Account, index: u64, dice: &mut Dice, row: &mut Row) {
    let person = account.person("contact", index);
    personal(&person, index, dice, row);
    dealings(dice, row);
    people_of(account, index, dice, row);
    odds_and_ends(&person, index, dice, row);
}

/// Fields about the person.
fn personal(person: &Person, index: u64, dice: &mut Dice, row: &mut Row) {
    row.set_some(
        "cf_nickname",
        dice.percent(20)
            .then(|| dice.pick(&["Zo", "Käpt'n", "🦊", "JJ"])),
    )
    .set_some("cf_history", dice.percent(20).then(|| lines(dice)))
    .set_some(
        "cf_biography",
        dice.percent(10)
            .then(|| format!("<p>{}</p>", dice.pick(SENTENCES))),
    )
    .set_some(
        "cf_private_email",
        dice.percent(10)
            .then(|| format!("{}@home.example", person.mailbox(index))),
    )
    .set_some(
        "cf_fax",
        dice.percent(5)
            .then(|| format!("{} 40 555{:04}", person.language.dialling, index % 10_000)),
    )
    .set_some(
        "cf_blog",
        dice.percent(5)
            .then(|| format!("https://blog.example/{index}")),
    )
    .set("cf_children", dice.below(4).to_string());
}

/// Fields about what is done with the person.
fn dealings(dice: &mut Dice, row: &mut Row) {
    row.set(
        "cf_rating",
        format!("{}.{}", dice.below(5), dice.pick(&["25", "5", "75"])),
    )
    .set("cf_budget", money(dice.between(100_000, 5_000_000)))
    .set("cf_discount", dice.between(1, 40).to_string())
    .set("cf_newsletter", dice.percent(60).to_string())
    .set("cf_renewal_date", dice.day(2026, 2028).to_string())
    .set("cf_signed_up_on", dice.day(2012, 2025).to_string());
    let demo = dice.moment(opened_at(), exported_at());
    row.set("cf_last_demo_at", demo.to_string())
        .set(
            "cf_call_time",
            format!(
                "{:02}:{}",
                dice.between(8, 17),
                dice.pick(&["00", "15", "30"])
            ),
        )
        .set("cf_region", dice.pick(REGIONS))
        .set("cf_region_2", dice.pick(OTHER_REGIONS))
        .set("cf_products", several(dice, PRODUCTS))
        .set("cf_size", dice.pick(SIZES))
        .set("cf_interests", several(dice, INTERESTS));
}

/// Fields of the kinds that nothing here is a counterpart of.
fn odds_and_ends(person: &Person, index: u64, dice: &mut Dice, row: &mut Row) {
    let home = format!(
        "{} {}, {}",
        dice.pick(person.language.streets),
        index % 90 + 1,
        person.language.country
    );
    row.set("cf_weighted", dice.below(500).to_string())
        .set("cf_deal_count", dice.below(6).to_string())
        .set_some("cf_home_address", dice.percent(10).then_some(home))
        .set_some(
            "cf_location",
            dice.percent(10)
                .then(|| format!("{}.5,9.{}", 40 + index % 20, index % 90)),
        )
        .set_some(
            "cf_profile",
            dice.percent(10)
                .then(|| format!("{{\"shoe\": {}, \"pets\": [\"cat\"]}}", 36 + index % 10)),
        );
}

/// Whom a contact's own fields point at.
fn people_of(account: &Account, index: u64, dice: &mut Dice, row: &mut Row) {
    let referrer = dice.percent(10).then(|| dice.between(1, index));
    let referrer = referrer.and_then(|referrer| account.present("contact", referrer));
    let file = index
        .is_multiple_of(40)
        .then(|| id("att", index % account.size("attachment") + 1));
    row.set_some("cf_referrer", referrer.map(|referrer| id("con", referrer)))
        .set_some(
            "cf_account_manager",
            account.user(dice).map(|user| user.id.as_str()),
        )
        .set(
            "cf_support_team",
            id("team", dice.between(1, account.size("team"))),
        )
        .set_some("cf_contract", file.clone())
        .set_some("cf_photo", file);
}

/// Several sentences, a line each.
pub fn lines(dice: &mut Dice) -> String {
    let sentences: Vec<&str> = (0..dice.between(1, 3))
        .map(|_| dice.pick(SENTENCES))
        .collect();
    sentences.join("\n")
}

pub fn lead(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("lead", index);
    let person = account.person("lead", index);
    let company = dice.between(1, account.size("company"));
    let score = dice.below(100) + u64::from(account.is_edited("lead", index));
    row.set("first_name", person.given)
        .set("last_name", person.family)
        .set_some(
            "company_name",
            dice.percent(60).then(|| company_name(account, company)),
        )
        .set("job_title", dice.pick(JOB_TITLES))
        .set_some(
            "email",
            dice.percent(90)
                .then(|| format!("{}@lead.example", person.mailbox(index))),
        )
        .set_some(
            "phone",
            dice.percent(60)
                .then(|| format!("{} 30 555{:04}", person.language.dialling, index % 10_000)),
        )
        .set_some(
            "website",
            dice.percent(30)
                .then(|| format!("https://lead{index}.example/")),
        )
        .set("country", person.language.country);
    standing(score, &mut dice, row);
    conversion(account, &mut dice, row);
    wishes(&mut dice, row);
    account.stamp(row, &mut dice, true);
}

/// How far a lead is.
fn standing(score: u64, dice: &mut Dice, row: &mut Row) {
    row.set("cf_lead_source", dice.pick(LEAD_SOURCES))
        .set("cf_lead_status", dice.pick(LEAD_STATUSES))
        .set("score", score.to_string())
        .set("email_opt_out", dice.percent(12).to_string());
}

/// What a lead wants.
fn wishes(dice: &mut Dice, row: &mut Row) {
    row.set_some("tags", dice.percent(15).then(|| several(dice, TAGS)))
        .set_some("cf_interest", dice.percent(60).then(|| dice.pick(TOPICS)))
        .set("cf_follow_up_on", dice.day(2026, 2027).to_string())
        .set(
            "cf_expected_value",
            (dice.between(10, 900) * 100).to_string(),
        )
        .set("cf_likelihood", dice.between(1, 99).to_string())
        .set("cf_topics", several(dice, TOPICS));
}

/// A fifth of the leads became contacts.
fn conversion(account: &Account, dice: &mut Dice, row: &mut Row) {
    let contact = dice.between(1, account.contacts);
    let deal = dice.between(1, account.size("deal"));
    let when = dice.moment(opened_at(), exported_at() - 1.hours());
    let when = when.as_second() - when.as_second() % 60;
    let when = jiff::Timestamp::from_second(when).unwrap_or_default();
    let is_converted = dice.percent(20);
    row.set("is_converted", is_converted.to_string());
    if is_converted {
        let contact = account.present("contact", contact);
        let deal = account.present("deal", deal);
        let company = contact.and_then(|contact| company_of(account, contact));
        row.set("converted_at", when.to_string())
            .set_some(
                "converted_contact_id",
                contact.map(|contact| id("con", contact)),
            )
            .set_some(
                "converted_company_id",
                company.map(|company| id("com", company)),
            )
            .set_some("converted_deal_id", deal.map(|deal| id("dea", deal)));
    }
    row.set(
        "should_convert",
        (!is_converted && dice.percent(30)).to_string(),
    );
}

/// An address of the account's own people.
pub fn own_address(account: &Account, dice: &mut Dice) -> String {
    let user = account.user(dice);
    user.map_or_else(|| format!("info@{DOMAIN}"), |user| user.email.clone())
}
