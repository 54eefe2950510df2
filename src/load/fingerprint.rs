//! A record by its text, where the mark in it is lost. Accounts dress texts anew, so words are compared, not characters.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use roaring::RoaringTreemap;
use serde_json::Value;

use super::record_id;
use super::sealed::Row;

/// How a mark in a text begins; the source id and a closing bracket follow.
const MARK: &str = "[deskferry ";

/// The mark that a row's text bears at the destination.
pub fn mark(source_id: &str) -> String {
    format!("{MARK}{source_id}]")
}

/// Ids that are known to be some row's: none of them can be another's.
#[derive(Default)]
pub struct Taken(Mutex<RoaringTreemap>);

impl Taken {
    /// Begins with what the ledger knows.
    #[must_use]
    pub fn new(ids: RoaringTreemap) -> Self {
        Self(Mutex::new(ids))
    }

    /// Takes an id; false when it was taken already.
    pub fn take(&self, id: i64) -> bool {
        u64::try_from(id).is_ok_and(|id| self.ids().insert(id))
    }

    fn has(&self, id: i64) -> bool {
        u64::try_from(id).is_ok_and(|id| self.ids().contains(id))
    }

    fn ids(&self) -> MutexGuard<'_, RoaringTreemap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The records that have this row's text and nobody's mark, and that are no other row's.
pub fn alike(records: &[Value], marker: &str, row: &Row, taken: &Taken) -> BTreeSet<i64> {
    let alike = records
        .iter()
        .filter(|record| is_alike(record, marker, row));
    let ids = alike.filter_map(record_id);
    ids.filter(|id| !taken.has(*id)).collect()
}

/// The text that bears the mark has the same words, and every other text that both have is the same.
fn is_alike(record: &Value, marker: &str, row: &Row) -> bool {
    let shown = |field: &str| record.get(field).and_then(Value::as_str);
    let Some(text) = shown(marker).filter(|text| !text.contains(MARK)) else {
        return false;
    };
    let wanted = words(&row.text(marker).unwrap_or_default());
    let is_same = |(field, value): (&String, &Value)| match (value.as_str(), shown(field)) {
        (Some(wanted), Some(shown)) => field == marker || is_same_value(wanted, shown),
        _ => true,
    };
    !wanted.is_empty() && wanted == words(text) && row.body.iter().all(is_same)
}

/// Instants by the moment, everything else by its words.
fn is_same_value(wanted: &str, shown: &str) -> bool {
    match (wanted.parse::<Timestamp>(), shown.parse::<Timestamp>()) {
        (Ok(wanted), Ok(shown)) => wanted == shown,
        _ => words(wanted) == words(shown),
    }
}

/// Letters and digits, without marks, tags and character references.
fn words(text: &str) -> String {
    let is_tag = |inside: &str| {
        inside.starts_with(|one: char| one.is_ascii_alphabetic() || "/!".contains(one))
    };
    let is_reference = |inside: &str| {
        inside
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '#')
    };
    let text = without(text, MARK, ']', |_| true);
    let text = without(&text, "<", '>', is_tag);
    let text = without(&text, "&", ';', is_reference);
    let kept = text.chars().filter(|one| one.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The text without what stands between `open` and the next `close`, both included, where that is such a piece.
fn without(text: &str, open: &str, close: char, is_piece: impl Fn(&str) -> bool) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, piece)) = rest.split_once(open) {
        left.push_str(before);
        rest = match piece.split_once(close) {
            Some((inside, after)) if is_piece(inside) => after,
            _ => {
                left.push_str(open);
                piece
            }
        };
    }
    left + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::load::sealed::Action;
    use serde_json::json;

    fn row(body: Value) -> Row {
        Row {
            source_id: "act_1".to_owned(),
            action: Action::LookUp,
            destination_id: None,
            body: body.as_object().unwrap().clone(),
            sent: None,
            body_hash: String::new(),
            file: None,
        }
    }

    fn found(records: Value, taken: &Taken) -> Vec<i64> {
        let row = row(json!({
            "description": "<p>Talk &amp; tea</p>\n<p>Author: Ines\n[deskferry act_1]</p>",
            "title": "Tea",
            "due_date": "2024-03-04T09:15:00Z",
            "owner_id": 7,
        }));
        let records = records.as_array().unwrap().clone();
        alike(&records, "description", &row, taken)
            .into_iter()
            .collect()
    }

    #[test]
    fn a_text_in_another_dress_is_the_same() {
        let record = json!({ "id": "11", "description": "Talk & tea <br/>Author: Ines", "title": "tea ",
            "due_date": "2024-03-04T10:15:00+01:00", "owner_id": 8 });
        assert_eq!(found(json!([record, record]), &Taken::default()), [11]);
    }

    #[test]
    fn another_text_title_time_or_mark_is_another_record() {
        let record = |field: &str, value: &str| {
            let mut record =
                json!({ "id": 11, "description": "Talk tea Author: Ines", "title": "Tea" });
            record[field] = json!(value);
            record
        };
        let others = json!([
            record("description", "Talk tea Author: Ina"),
            record("description", ""),
            record("description", "Talk tea Author: Ines [deskferry act_2]"),
            record("title", "Coffee"),
            record("due_date", "2024-03-05T09:15:00Z"),
        ]);
        assert_eq!(found(others, &Taken::default()), [0_i64; 0]);
    }

    #[test]
    fn what_is_another_rows_is_not_taken() {
        let record = json!({ "id": 11, "description": "Talk tea Author: Ines" });
        let taken = Taken::new(RoaringTreemap::from_iter([11]));
        assert_eq!(found(json!([record]), &taken), [0_i64; 0]);
        assert!(taken.take(12) && !taken.take(12));
    }

    #[test]
    fn signs_that_open_nothing_stay() {
        assert_eq!(words("a < b && c > d; R & D;"), "abcdrd");
        assert_eq!(words("x &lt; <b>y</b> [deskferry 7] z <"), "xyz");
    }
}
