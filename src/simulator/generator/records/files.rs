//! Attachments with their bytes, and the marks that deleted records leave.

use sha2::{Digest as _, Sha256};

use super::super::account::{Account, Fate, exported_again_at, exported_at, id, opened_at};
use super::super::dice::Dice;
use super::super::files::hex;
use super::super::row::Row;
use super::super::words::SENTENCES;
use super::Doing;

/// Names of files; the number makes a stored name the only one.
const NAMES: &[&str] = &[
    "Offer v2 (signed).txt",
    "Angebot Müller – Größe.txt",
    "minutes.txt",
    "contrat.csv.txt",
    "plan.svg",
];

/// The bytes of an attachment.
pub fn bytes(account: &Account, index: u64) -> Vec<u8> {
    let mut dice = account.dice("bytes of", index);
    let sentences: Vec<&str> = (0..dice.between(1, 6))
        .map(|_| dice.pick(SENTENCES))
        .collect();
    format!("{index}\n{}\n", sentences.join("\n")).into_bytes()
}

pub fn attachment(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("attachment", index);
    let name = dice.pick(NAMES);
    let content = bytes(account, index);
    let is_drawing = name.ends_with(".svg");
    let mime_type = if is_drawing {
        "image/svg+xml"
    } else {
        "text/plain"
    };
    let uploaded = dice.moment(opened_at(), exported_at());
    row.set("file_name", name)
        .set(
            "stored_path",
            format!("attachments/{}__{name}", id("att", index)),
        )
        .set("mime_type", mime_type)
        .set("size_bytes", content.len().to_string())
        .set("sha256", hex(&Sha256::digest(&content)));
    let (kind, parent) = parent(account, index, &mut dice);
    row.set("parent_type", kind)
        .set("parent_id", parent)
        .set("uploaded_at", uploaded.to_string())
        .set_some(
            "uploaded_by_id",
            account.user(&mut dice).map(|user| user.id.as_str()),
        )
        .set("is_inline", "false");
    account.stamp(row, &mut dice, false);
}

/// What it hangs on; each kind has its turn.
fn parent(account: &Account, index: u64, dice: &mut Dice) -> (&'static str, String) {
    let kind = match index % 10 {
        0..5 => ("contact", "con"),
        5..7 => ("deal", "dea"),
        7 if account.activities > 0 => ("activity", "act"),
        8 => ("email_template", "tpl"),
        _ => ("company", "com"),
    };
    let size = match kind.0 {
        "activity" => account.activities,
        other => account.size(other),
    };
    let parent = dice.between(1, size);
    let parent = account.present(kind.0, parent).unwrap_or(1);
    (kind.0, id(kind.1, parent))
}

/// A record that was deleted long before the first export.
pub fn tombstone(account: &Account, index: u64, row: &mut Row) {
    let mut dice = account.dice("deleted", index);
    let when = dice.moment(opened_at(), exported_at());
    let is_merge = index.is_multiple_of(3);
    row.set("object", "contact")
        .set("record_id", id("con", 900_000_000 + index))
        .set("deleted_at", when.to_string())
        .set_some(
            "deleted_by_id",
            account.user(&mut dice).map(|user| user.id.as_str()),
        )
        .set(
            "reason",
            if is_merge {
                "merge"
            } else {
                dice.pick(&["user", "gdpr"])
            },
        )
        .set_some("merged_into_id", is_merge.then(|| id("con", 1)));
}

/// The mark of a record that went between the exports; none for one that is still there.
pub fn fallen(
    account: &Account,
    (object, prefix): (&'static str, &str),
    index: u64,
    row: &mut Row,
) -> bool {
    let into = match account.fate(object, index) {
        Fate::Delete => None,
        Fate::Merge(into) => Some(id(prefix, into)),
        Fate::Keep | Fate::Edit => return false,
    };
    let reason = if into.is_some() { "merge" } else { "user" };
    row.set("object", object)
        .set("record_id", id(prefix, index));
    mark(account, index, reason, row);
    row.set_some("merged_into_id", into);
    true
}

/// The mark of an activity that went with what it hung on.
pub fn fallen_with_parent(account: &Account, doing: Doing, row: &mut Row) {
    row.set("object", "activity")
        .set("record_id", id("act", doing.number));
    mark(account, doing.number, "user", row);
}

fn mark(account: &Account, index: u64, reason: &str, row: &mut Row) {
    let mut dice = account.dice("fallen", index);
    let when = dice.moment(exported_at(), exported_again_at());
    row.set("deleted_at", when.to_string())
        .set_some(
            "deleted_by_id",
            account.user(&mut dice).map(|user| user.id.as_str()),
        )
        .set("reason", reason);
}
