//! Tickets, their messages, articles: inventoried only.

use jiff::ToSpan as _;

use super::super::account::{Account, exported_at, id, opened_at};
use super::super::row::Row;
use super::super::tables::Table;
use super::super::words::{ARTICLES, SENTENCES};
use super::Sink;
use super::people::{company_of, lines};
use crate::error::Result;

/// Who asked.
fn requester(account: &Account, ticket: u64) -> u64 {
    let contact = account.dice("asked", ticket).between(1, account.contacts);
    account.present("contact", contact).unwrap_or(1)
}

pub fn ticket(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("ticket", index);
    let is_closed = dice.percent(80);
    let resolved = dice.moment(opened_at(), exported_at());
    let contact = requester(account, index);
    let company = company_of(account, contact);
    row.set("number", (1_000 + index).to_string())
        .set(
            "subject",
            dice.pick(&["It squeaks", "Invoice missing", "Passwort vergessen"]),
        )
        .set("description", lines(&mut dice))
        .set("status", if is_closed { "closed" } else { "open" })
        .set("priority", dice.pick(&["low", "normal", "high"]))
        .set("channel", dice.pick(&["email", "phone", "web"]))
        .set("requester_contact_id", id("con", contact))
        .set_some("company_id", company.map(|company| id("com", company)))
        .set_some(
            "assignee_id",
            account.user(&mut dice).map(|user| user.id.as_str()),
        )
        .set_some("resolved_at", is_closed.then(|| resolved.to_string()));
    account.stamp(row, &mut dice, false);
}

pub fn each_message<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    let mut count = 0;
    for ticket in 1..=account.size("ticket") {
        let mut dice = account.dice("ticket_message", ticket);
        for _ in 0..dice.between(1, 3) {
            count += 1;
            let sent = dice.moment(opened_at(), exported_at() - 1.hours());
            let mut row = Row::new(table);
            row.set("id", id(table.prefix, count))
                .set("ticket_id", id("tkt", ticket))
                .set("author_type", "contact")
                .set("author_id", id("con", requester(account, ticket)))
                .set("body", lines(&mut dice))
                .set("body_format", "text")
                .set("sent_at", sent.to_string())
                .set("is_private", "false");
            account.stamp(&mut row, &mut dice, false);
            sink(row)?;
        }
    }
    Ok(())
}

pub fn article(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("kb_article", index);
    let place = usize::try_from(index - 1).unwrap_or(0);
    row.set("title", ARTICLES.get(place).copied().unwrap_or_default())
        .set("body_html", format!("<p>{}</p>", dice.pick(SENTENCES)))
        .set("category", dice.pick(&["Care", "Konto"]))
        .set("status", "published")
        .set("language", dice.pick(&["en", "de"]))
        .set("views", dice.below(5_000).to_string());
    account.stamp(row, &mut dice, false);
}
