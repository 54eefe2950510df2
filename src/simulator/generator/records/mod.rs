//! The clean records of every object, each worked out from seed, object and index.

mod activities;
mod companies;
mod deals;
mod files;
mod marketing;
pub mod options;
mod people;
mod support;
mod tasks;

pub use activities::{Doing, activity, doings, parent_of, relations};
pub use companies::{company_name, domain};
pub use deals::money;
pub use files::{bytes as attachment_bytes, fallen, fallen_with_parent};
pub use people::email;

use super::account::Account;
use super::row::Row;
use super::tables::Table;
use crate::error::Result;

/// Takes records in their order.
pub type Sink<'a, 't> = &'a mut dyn FnMut(Row<'t>) -> Result<()>;

/// Hands over every record of a table.
pub fn each<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    match table.object {
        "activity" => activities::each(account, table, sink),
        "activity_participant" => activities::each_participant(account, table, sink),
        "deal_contact" => deals::each_contact(account, table, sink),
        "deal_stage_history" => deals::each_step(account, table, sink),
        "ticket_message" => support::each_message(account, table, sink),
        "pipeline" => deals::each_pipeline(account, table, sink),
        "stage" => deals::each_stage(account, table, sink),
        object => {
            for index in 1..=account.size_now(object) {
                if let Some(row) = record(account, table, index) {
                    sink(row)?;
                }
            }
            Ok(())
        }
    }
}

/// One record of an object that has one an index; none when it is gone.
pub fn record<'t>(account: &Account, table: &'t Table, index: u64) -> Option<Row<'t>> {
    if account.present(table.object, index) != Some(index) {
        return None;
    }
    let mut row = Row::new(table);
    row.set("id", super::account::id(table.prefix, index));
    match table.object {
        "user" => people::user(account, index, &mut row),
        "team" => people::team(account, index, &mut row),
        "company" => companies::company(account, index, &mut row),
        "contact" => people::contact(account, index, &mut row),
        "lead" => people::lead(account, index, &mut row),
        "deal" => deals::deal(account, index, &mut row),
        "task" => tasks::task(account, index, &mut row),
        "campaign" => marketing::campaign(account, index, &mut row),
        "campaign_member" => marketing::member(account, index, &mut row),
        "email_template" => marketing::template(account, index, &mut row),
        "tag" => marketing::tag(account, index, &mut row),
        "record_tag" => marketing::mark(account, index, &mut row),
        "ticket" => support::ticket(account, index, &mut row),
        "kb_article" => support::article(account, index, &mut row),
        "attachment" => files::attachment(account, index, &mut row),
        "deleted" => files::tombstone(account, index, &mut row),
        _ => return None,
    }
    Some(row)
}
