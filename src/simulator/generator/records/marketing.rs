//! Campaigns and their members, templates, tags.

use jiff::ToSpan as _;

use super::super::account::{Account, exported_at, id, opened_at};
use super::super::row::Row;
use super::super::words::{CAMPAIGNS, SENTENCES, TAGS};
use super::money;

pub fn campaign(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("campaign", index);
    let start = dice.day(2022, 2026);
    let end = start.checked_add(dice.between(1, 60).cast_signed().days());
    row.set(
        "name",
        format!("{} {} ({index})", dice.pick(CAMPAIGNS), start.year()),
    )
    .set("type", dice.pick(&["event", "webinar", "email"]))
    .set("status", dice.pick(&["planned", "running", "done"]))
    .set("start_date", start.to_string())
    .set("end_date", end.unwrap_or(start).to_string())
    .set("budget_amount", money(dice.between(1_000, 40_000) * 50))
    .set("budget_currency", "EUR")
    .set_some(
        "description",
        dice.percent(50).then(|| dice.pick(SENTENCES)),
    );
    account.stamp(row, &mut dice, true);
}

pub fn member(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("campaign_member", index);
    let is_contact = dice.percent(80);
    let (kind, prefix) = if is_contact {
        ("contact", "con")
    } else {
        ("lead", "lea")
    };
    // Whoever is gone is replaced by the first, who stays.
    let member = dice.between(1, account.size(kind));
    let member = account.present(kind, member).unwrap_or(1);
    let joined = dice.moment(opened_at(), exported_at());
    row.set(
        "campaign_id",
        id("cam", dice.between(1, account.size("campaign"))),
    )
    .set("member_type", kind)
    .set("member_id", id(prefix, member))
    .set("status", dice.pick(&["invited", "attended", "declined"]))
    .set("joined_at", joined.to_string());
    account.stamp(row, &mut dice, false);
}

pub fn template(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("email_template", index);
    let is_conditional = index.is_multiple_of(4);
    let greeting = match is_conditional {
        true => "{% if contact.country == \"DE\" %}Guten Tag{% endif %} {{contact.last_name}}",
        false => "Dear {{contact.first_name|there}} of {{company.name}}",
    };
    let fields = match is_conditional {
        true => "contact.country;contact.last_name;deal.value",
        false => "contact.first_name;company.name;deal.value",
    };
    row.set("name", format!("Template {index}"))
        .set("subject", "Your offer {{deal.value}}")
        .set(
            "body_html",
            format!("<p>{greeting},<br>{}</p>", dice.pick(SENTENCES)),
        )
        .set("body_text", greeting)
        .set("folder", dice.pick(&["Sales", "Vertrieb"]))
        .set("is_shared", "true")
        .set("merge_fields", fields)
        .set("has_conditional_logic", is_conditional.to_string());
    account.stamp(row, &mut dice, false);
}

pub fn tag(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("tag", index);
    let place = usize::try_from(index - 1).unwrap_or(0);
    let name = TAGS.get(place).copied().unwrap_or_default();
    row.set("name", name)
        .set("color", dice.pick(&["#f00", "#0f0", "#00f"]));
    account.stamp(row, &mut dice, false);
}

pub fn mark(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("record_tag", index);
    let is_contact = dice.percent(70);
    let (kind, prefix) = if is_contact {
        ("contact", "con")
    } else {
        ("company", "com")
    };
    let record = dice.between(1, account.size(kind));
    let record = account.present(kind, record).unwrap_or(1);
    row.set("tag_id", id("tag", dice.between(1, account.size("tag"))))
        .set("object", kind)
        .set("record_id", id(prefix, record));
    account.stamp(row, &mut dice, false);
}
