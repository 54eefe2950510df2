//! Tasks.

use jiff::ToSpan as _;

use super::super::account::{Account, exported_at, id, opened_at};
use super::super::row::Row;
use super::super::words::SUBJECTS;
use super::people::lines;

/// The cells of a task.
pub fn task(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("task", index);
    let is_html = dice.percent(10);
    let (text, format) = match (is_html, lines(&mut dice)) {
        (true, text) => (format!("<p>{text}</p>"), "html"),
        (false, text) => (text, "text"),
    };
    let is_done = dice.percent(60);
    let priority = dice.pick(&["high", "normal", "low"]);
    let is_urgent = account.is_edited("task", index);
    let due = dice.moment(opened_at(), exported_at() + (24 * 90).hours());
    row.set("subject", dice.pick(SUBJECTS))
        .set("description", text)
        .set("description_format", format)
        .set("type", dice.pick(&["call", "email", "visit"]))
        .set(
            "status",
            if is_done {
                "done"
            } else {
                dice.pick(&["open", "in_progress", "cancelled"])
            },
        )
        .set("priority", if is_urgent { "urgent" } else { priority })
        .set("due_at", due.to_string())
        .set_some(
            "completed_at",
            is_done.then(|| (due - 2.hours()).to_string()),
        );
    let assignee = account.user(&mut dice);
    row.set_some("assignee_id", assignee.map(|user| user.id.as_str()))
        .set_some("assignee_email", assignee.map(|user| user.email.as_str()));
    if let Some((kind, parent)) = parent(account, index) {
        row.set("parent_type", kind.0)
            .set("parent_id", id(kind.1, parent));
    }
    account.stamp(row, &mut dice, true);
}

type Parent = ((&'static str, &'static str), u64);

fn parent(account: &Account, index: u64) -> Option<Parent> {
    let mut dice = account.dice("task of", index);
    let kind = match dice.below(10) {
        0..6 => ("contact", "con"),
        6..9 => ("deal", "dea"),
        _ => ("company", "com"),
    };
    let parent = dice.between(1, account.size(kind.0));
    Some((kind, account.present(kind.0, parent)?))
}
