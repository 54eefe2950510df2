//! Pipelines, stages, deals and what hangs on them.

use jiff::ToSpan as _;

use super::super::account::{Account, Pipeline, Stage, exported_at, id, opened_at};
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::words::{GOODS, TAGS};
use super::Sink;
use super::companies::{company_name, several};
use super::options::{COMPETITORS, MODULES, PARTS};
use crate::error::Result;

/// Cents as an amount with a point.
pub fn money(cents: u64) -> String {
    match cents % 100 {
        0 => (cents / 100).to_string(),
        rest => format!("{}.{rest:02}", cents / 100),
    }
}

pub fn each_pipeline<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    for (place, pipeline) in (1..).zip(&account.pipelines) {
        let mut row = Row::new(table);
        row.set("id", pipeline.id.as_str())
            .set("name", pipeline.name)
            .set("is_default", (place == 1).to_string())
            .set("is_archived", (place == 4).to_string())
            .set("currency", pipeline.currency)
            .set("sort_order", place.to_string());
        sink(row)?;
    }
    Ok(())
}

pub fn each_stage<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    for pipeline in &account.pipelines {
        for (place, stage) in (1..).zip(&pipeline.stages) {
            let mut row = Row::new(table);
            row.set("id", stage.id.as_str())
                .set("pipeline_id", pipeline.id.as_str())
                .set("name", stage.name)
                .set("sort_order", place.to_string())
                .set("probability", stage.probability.to_string())
                .set("kind", stage.kind)
                .set("rotting_days", "30")
                .set("is_archived", "false");
            sink(row)?;
        }
    }
    Ok(())
}

/// Where a deal stands.
fn standing(account: &Account, index: u64) -> Option<(&Pipeline, &Stage)> {
    let mut dice = account.dice("stands in", index);
    let of = |dice: &mut Dice, count: usize| usize::try_from(dice.below(count as u64)).unwrap_or(0);
    let pipeline = account
        .pipelines
        .get(of(&mut dice, account.pipelines.len()))?;
    let mut place = of(&mut dice, pipeline.stages.len());
    if account.is_edited("deal", index) {
        place = (place + 1) % pipeline.stages.len();
    }
    Some((pipeline, pipeline.stages.get(place)?))
}

/// The contact that a deal is made with, if it still is there.
pub fn primary_contact(account: &Account, deal: u64) -> Option<u64> {
    let mut dice = account.dice("made with", deal);
    if !dice.percent(80) {
        return None;
    }
    account.present("contact", dice.between(1, account.contacts))
}

/// The company that a deal is made with.
pub fn company_of(account: &Account, deal: u64) -> Option<u64> {
    let mut dice = account.dice("sold to", deal);
    account.present("company", dice.zipf(account.size("company")))
}

/// The cells of a deal.
pub fn deal(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("deal", index);
    let name = format!("{} {index}", dice.pick(GOODS));
    row.set("name", name)
        .set("value_amount", money(dice.between(20_000, 30_000_000)));
    let Some((pipeline, stage)) = standing(account, index) else {
        return;
    };
    let other = dice.pick(&["GBP", "USD", "CHF"]);
    let currency = if dice.percent(85) {
        pipeline.currency
    } else {
        other
    };
    row.set("value_currency", currency)
        .set("pipeline_id", pipeline.id.as_str())
        .set("pipeline_name", pipeline.name)
        .set("stage_id", stage.id.as_str())
        .set("stage_name", stage.name)
        .set("status", stage.kind)
        .set("probability", stage.probability.to_string())
        .set("expected_close_date", dice.day(2025, 2027).to_string());
    let closed = dice.moment(opened_at(), exported_at());
    let lost = dice.pick(&["Price", "No answer", "Bought elsewhere"]);
    row.set_some(
        "closed_at",
        (stage.kind != "open").then(|| closed.to_string()),
    )
    .set_some("lost_reason", (stage.kind == "lost").then_some(lost));
    partners(account, index, &mut dice, row);
    custom(&mut dice, row);
    account.stamp(row, &mut dice, true);
    if stage.kind != "open" {
        // What is closed was begun before.
        let begun = closed - dice.between(24, 2_000).cast_signed().hours();
        let changed = row.get("updated_at").to_owned().max(closed.to_string());
        row.set("created_at", begun.to_string())
            .set("updated_at", changed);
    }
}

fn partners(account: &Account, index: u64, dice: &mut Dice, row: &mut Row) {
    let company = company_of(account, index);
    let contact = primary_contact(account, index);
    let name = |contact| account.person("contact", contact).full_name();
    row.set_some("company_id", company.map(|company| id("com", company)))
        .set_some(
            "company_name",
            company.map(|company| company_name(account, company)),
        )
        .set_some(
            "primary_contact_id",
            contact.map(|contact| id("con", contact)),
        )
        .set_some("primary_contact_name", contact.map(name))
        .set("source", dice.pick(&["Web", "Referral", "Fair"]));
    let campaign = dice.between(1, account.size("campaign"));
    row.set_some("campaign_id", dice.percent(30).then(|| id("cam", campaign)))
        .set_some("tags", dice.percent(15).then(|| several(dice, TAGS)));
}

fn custom(dice: &mut Dice, row: &mut Row) {
    row.set("cf_competitor", dice.pick(COMPETITORS))
        .set("cf_users", dice.between(1, 500).to_string())
        .set("cf_setup_fee", money(dice.between(100_000, 900_000)))
        .set_some(
            "cf_correction",
            dice.percent(40)
                .then(|| format!("-{}", money(dice.between(110_000, 900_000)))),
        )
        .set("cf_signed_on", dice.day(2020, 2026).to_string())
        .set("cf_go_live_on", dice.day(2026, 2027).to_string())
        .set("cf_renewal_on", dice.day(2027, 2029).to_string())
        .set("cf_modules", several(dice, MODULES))
        .set("cf_parts", several(dice, PARTS));
}

/// Some deals have more contacts than one.
pub fn each_contact<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    let mut count = 0;
    for deal in 1..=account.size("deal") {
        let Some(primary) = primary_contact(account, deal) else {
            continue;
        };
        if account.present("deal", deal).is_none() {
            continue;
        }
        let mut dice = account.dice("deal_contact", deal);
        let other = dice.between(1, account.contacts);
        let other = account
            .present("contact", other)
            .filter(|other| *other != primary);
        let others = other.filter(|_| dice.percent(40));
        for contact in [Some(primary), others].into_iter().flatten() {
            count += 1;
            let mut row = Row::new(table);
            row.set("id", id(table.prefix, count))
                .set("deal_id", id("dea", deal))
                .set("contact_id", id("con", contact))
                .set("role", dice.pick(&["buyer", "user", "decides"]))
                .set("is_primary", (contact == primary).to_string());
            account.stamp(&mut row, &mut dice, false);
            sink(row)?;
        }
    }
    Ok(())
}

/// How deals came to where they stand: one step before the other.
pub fn each_step<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    let mut count = 0;
    for deal in 1..=account.size("deal") {
        let Some((pipeline, stage)) = standing(account, deal) else {
            continue;
        };
        let mut dice = account.dice("deal_stage_history", deal);
        let before = pipeline
            .stages
            .iter()
            .take_while(|other| other.id != stage.id);
        let Some(from) = before.last().filter(|_| dice.percent(60)) else {
            continue;
        };
        count += 1;
        let changed = dice.moment(opened_at(), exported_at());
        let mut row = Row::new(table);
        row.set("id", id(table.prefix, count))
            .set("deal_id", id("dea", deal))
            .set("from_stage_id", from.id.as_str())
            .set("to_stage_id", stage.id.as_str())
            .set("changed_at", changed.to_string())
            .set_some(
                "changed_by_id",
                account.user(&mut dice).map(|user| user.id.as_str()),
            )
            .set("days_in_stage", dice.below(90).to_string());
        account.stamp(&mut row, &mut dice, false);
        sink(row)?;
    }
    Ok(())
}
