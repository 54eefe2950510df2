//! Calls, e-mails, meetings and notes, and who took part.

use jiff::{Timestamp, ToSpan as _};

use super::super::account::{Account, exported_again_at, exported_at, id, number, opened_at};
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::words::SUBJECTS;
use super::people::{email, lines, own_address};
use super::{Sink, deals, people};
use crate::error::Result;

/// One activity: its number and whose it is.
#[derive(Clone, Copy)]
pub struct Doing {
    pub number: u64,
    contact: u64,
    /// Its place among those of the contact.
    place: u64,
    /// Done between the two exports.
    pub is_new: bool,
}

/// All activities, contact by contact; those of a later moment come last, so that numbers stay.
pub fn doings(account: &Account) -> impl Iterator<Item = Doing> {
    let first = (1..=account.contacts)
        .flat_map(|contact| (0..account.activities_of(contact)).map(move |place| (contact, place)));
    let later = if account.is_later {
        account.contacts
    } else {
        0
    };
    let later = (1..=later)
        .filter(|contact| account.is_edited("contact", *contact))
        .map(|contact| (contact, u64::MAX));
    let numbered = (1..).zip(first.chain(later));
    numbered.map(|(number, (contact, place))| Doing {
        number,
        contact,
        place,
        is_new: place == u64::MAX,
    })
}

pub fn each<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    for doing in doings(account) {
        if let Some(row) = activity(account, table, doing) {
            sink(row)?;
        }
    }
    Ok(())
}

fn dice_of(account: &Account, doing: Doing) -> Dice {
    let what = if doing.is_new {
        "new activity"
    } else {
        "activity"
    };
    Dice::new(account.dice(what, doing.contact).next(), what, doing.place)
}

/// What an activity is: mails and notes are frequent, meetings are not.
fn kind_of(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..35 => "note",
        35..68 => "email",
        68..88 => "call",
        _ => "meeting",
    }
}

/// The record an activity hangs on; none when that is gone.
pub fn parent_of(account: &Account, doing: Doing) -> Option<(&'static str, String)> {
    let mut dice = account.dice("activity of", doing.number);
    let by_contact = || {
        let contact = account.present("contact", doing.contact)?;
        Some(("contact", id("con", contact)))
    };
    let drawn = dice.below(20);
    if doing.is_new {
        return by_contact();
    }
    match drawn {
        0 | 1 => {
            let deal = dice.between(1, account.size("deal"));
            Some(("deal", id("dea", account.present("deal", deal)?)))
        }
        2 => match people::company_of(account, doing.contact) {
            Some(company) => Some(("company", id("com", company))),
            None => by_contact(),
        },
        3 => {
            let lead = dice.between(1, account.size("lead"));
            Some(("lead", id("lea", account.present("lead", lead)?)))
        }
        _ => by_contact(),
    }
}

/// The cells of an activity; none when it went with what it hung on.
pub fn activity<'t>(account: &Account, table: &'t Table, doing: Doing) -> Option<Row<'t>> {
    let (parent_type, parent_id) = parent_of(account, doing)?;
    let mut dice = dice_of(account, doing);
    let kind = kind_of(&mut dice);
    let mut row = Row::new(table);
    row.set("id", id(table.prefix, doing.number))
        .set("type", kind);
    let started = match doing.is_new {
        true => dice.moment(exported_at(), exported_again_at()),
        false => dice.moment(opened_at(), exported_at()),
    };
    text(&mut dice, &mut row);
    course(kind, started, &mut dice, &mut row);
    if kind == "email" {
        mail(account, doing, &mut dice, &mut row);
    }
    let author = account.user(&mut dice);
    row.set("is_pinned", dice.percent(3).to_string())
        .set_some("author_id", author.map(|user| user.id.as_str()))
        .set_some("author_email", author.map(|user| user.email.as_str()))
        .set("parent_type", parent_type)
        .set("parent_id", parent_id);
    account.stamp(&mut row, &mut dice, true);
    Some(row)
}

fn text(dice: &mut Dice, row: &mut Row) {
    let is_html = dice.percent(20);
    let written = lines(dice);
    let body = match is_html {
        true => format!(
            "<p>{}</p>",
            written.replace('&', "&amp;").replace('\n', "<br>")
        ),
        false if dice.percent(10) => format!("- {written}"),
        false => written,
    };
    row.set("subject", dice.pick(SUBJECTS))
        .set("body", body)
        .set("body_format", if is_html { "html" } else { "text" });
}

/// When it was and how long it took.
fn course(kind: &str, started: Timestamp, dice: &mut Dice, row: &mut Row) {
    let seconds = dice.between(1, 60) * 30;
    let ended = started + seconds.cast_signed().seconds();
    let outcome = dice.pick(&["Interested", "No answer", "Left a message"]);
    if matches!(kind, "call" | "email") {
        row.set("direction", dice.pick(&["in", "out"]));
    }
    row.set_some("outcome", (kind == "call").then_some(outcome))
        .set("started_at", started.to_string());
    match kind {
        "call" => {
            let number = format!("+49 40 555{:04}", dice.below(10_000));
            row.set("ended_at", ended.to_string())
                .set("duration_seconds", seconds.to_string())
                .set("phone_number", number)
                .set_some(
                    "recording_url",
                    dice.percent(5).then_some("https://rec.example/1"),
                );
        }
        "meeting" => {
            row.set("ended_at", ended.to_string()).set(
                "location",
                dice.pick(&["Halle 4, Stand B", "Online", "Köln"]),
            );
        }
        _ => {}
    }
}

fn mail(account: &Account, doing: Doing, dice: &mut Dice, row: &mut Row) {
    let own = own_address(account, dice);
    let other = email(account, doing.contact).unwrap_or_else(|| "someone@home.example".to_owned());
    let is_in = row.get("direction") == "in";
    let (from, to) = if is_in { (other, own) } else { (own, other) };
    row.set("email_from", from)
        .set("email_to", to)
        .set(
            "email_message_id",
            format!("<{}@mail.example>", doing.number),
        )
        .set("email_thread_id", format!("thread-{}", doing.number / 3));
}

/// Who took part in meetings: the host and the contact.
pub fn each_participant<'t>(account: &Account, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    let mut count = 0;
    for doing in doings(account) {
        let is_meeting = kind_of(&mut dice_of(account, doing)) == "meeting";
        if !is_meeting || parent_of(account, doing).is_none() {
            continue;
        }
        let mut dice = account.dice("activity_participant", doing.number);
        for part in 0..2 {
            let mut row = Row::new(table);
            if part == 0 {
                host(account, &mut dice, &mut row);
            } else if !guest(account, doing, &mut row) {
                continue;
            }
            count += 1;
            row.set("id", id(table.prefix, count))
                .set("activity_id", id("act", doing.number));
            account.stamp(&mut row, &mut dice, false);
            sink(row)?;
        }
    }
    Ok(())
}

fn host(account: &Account, dice: &mut Dice, row: &mut Row) {
    if let Some(user) = account.user(dice) {
        row.set("participant_type", "user")
            .set("participant_id", user.id.as_str())
            .set("email", user.email.as_str())
            .set("name", user.name())
            .set("role", "organizer");
    }
}

fn guest(account: &Account, doing: Doing, row: &mut Row) -> bool {
    let Some(contact) = account.present("contact", doing.contact) else {
        return false;
    };
    row.set("participant_type", "contact")
        .set("participant_id", id("con", contact))
        .set_some("email", email(account, contact))
        .set("name", account.person("contact", contact).full_name())
        .set("role", "attendee");
    true
}

/// What else an activity is about: contact, company and deal.
pub fn relations(account: &Account, row: &Row) -> [Option<String>; 3] {
    let parent = row.get("parent_id");
    if let Some(deal) = number(parent, "dea") {
        let contact = deals::primary_contact(account, deal);
        let company = deals::company_of(account, deal);
        return [
            contact.map(|contact| id("con", contact)),
            company.map(|company| id("com", company)),
            Some(id("dea", deal)),
        ];
    }
    let contact = number(parent, "con");
    let company = match contact {
        Some(contact) => people::company_of(account, contact),
        None => number(parent, "com"),
    };
    [
        contact.map(|contact| id("con", contact)),
        company.map(|company| id("com", company)),
        None,
    ]
}
