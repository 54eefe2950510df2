//! What an ended job tells of its rows: counts, and failures that are tied back to the rows sent.

use serde_json::{Value, json};

use super::bulk::{BulkOutcome, BulkRow, row_json};
use super::message;

/// What a job says about its rows.
#[derive(Default)]
pub(super) struct Report {
    /// `None` where only failures are told.
    succeeded: Option<u64>,
    failed: u64,
    tied: Vec<(usize, String)>,
    /// Entries that name no row.
    untied: u64,
    /// Whether a row failed for want of calls: nothing is wrong with it.
    met_limit: bool,
}

impl Report {
    /// Whether every row is named as failed, or counted as succeeded or failed.
    pub(super) fn accounts_for(&self, rows: usize) -> bool {
        let counted = self.succeeded.map(|succeeded| succeeded + self.failed);
        self.tied.len() == rows || counted == Some(rows as u64)
    }

    /// Rows that are not counted at all may have failed as well.
    pub(super) fn into_outcome(self, rows: usize) -> BulkOutcome {
        if self.met_limit {
            return BulkOutcome::Unknown {
                reason: "the job met the limit of calls".to_owned(),
            };
        }
        let silent = self.succeeded.map_or(0, |succeeded| {
            (rows as u64).saturating_sub(succeeded + self.failed)
        });
        let uncounted = self.failed.saturating_sub(self.tied.len() as u64) + silent;
        BulkOutcome::Done {
            failed_untied: uncounted.max(self.untied),
            failed: self.tied,
        }
    }
}

/// `data` is JSON inside a string, sometimes plain JSON, and null while nothing is known. `None` where neither counts nor
/// failures can be made out: that is no proof that none failed.
pub(super) fn report_of(job: &Value, rows: &[BulkRow]) -> Option<Report> {
    let data = unpacked(job.get("data")?);
    let counts = data.get("record_status").map(unpacked);
    let count = |name: &str| count_of(counts.as_ref()?.get(name)?);
    let (succeeded, failed) = (count("succeeded"), count("failed"));
    let told = data.get("detailed_failure_report").map(unpacked);
    if succeeded.is_none() && failed.is_none() && told.is_none() {
        return None;
    }
    let mut report = Report {
        succeeded,
        failed: failed.unwrap_or(0),
        ..Report::default()
    };
    // An entry may quote another row than its own: no row's values stay in any reason.
    let sent: Value = rows.iter().map(row_json).collect();
    for entry in told.map(entries_of).unwrap_or_default() {
        let words = message::scrub(&message::words_of_json(&entry), &sent);
        // Known in the wild: "contact fetch failure :: 429".
        report.met_limit |= message::speaks_of_limit(&words);
        let Some(index) = row_of(&entry, rows) else {
            report.untied += 1;
            continue;
        };
        if report.tied.iter().all(|(tied, _)| *tied != index) {
            report.tied.push((index, reason_of(words)));
        }
    }
    Some(report)
}

/// JSON that may stand inside a text.
fn unpacked(json: &Value) -> Value {
    match json {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| json.clone()),
        json => json.clone(),
    }
}

/// The entries of a failure report: a list, or an object with one field for each row. Anything else is one entry.
fn entries_of(report: Value) -> Vec<Value> {
    match report {
        Value::Null => Vec::new(),
        Value::Array(entries) => entries.iter().map(unpacked).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| json!({ name: value }))
            .collect(),
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        other => vec![other],
    }
}

fn reason_of(words: String) -> String {
    match words.is_empty() {
        true => "the bulk job gives no reason".to_owned(),
        false => words,
    }
}

fn count_of(number: &Value) -> Option<u64> {
    match number {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64(),
    }
}

/// The one row that an entry of the failure report speaks of: the one whose key stands in it under the key's own name,
/// else anywhere as a whole text: a number may be a code. Two candidates are none; a wrong tie would call a written record refused.
fn row_of(entry: &Value, rows: &[BulkRow]) -> Option<usize> {
    let mut named = Vec::new();
    let mut anywhere = Vec::new();
    collect_values("", entry, &mut |name, value, is_text| {
        let value = value.trim().to_lowercase();
        for (index, row) in rows.iter().enumerate() {
            if row.key.value.trim().to_lowercase() == value {
                if is_text {
                    anywhere.push(index);
                }
                if row.key.name == name {
                    named.push(index);
                }
            }
        }
    });
    only(named).or_else(|| only(anywhere))
}

fn only(mut indexes: Vec<usize>) -> Option<usize> {
    indexes.sort_unstable();
    indexes.dedup();
    match indexes.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Every value in `json` with the name it stands under, and whether it is text; names of fields count as values too.
fn collect_values(name: &str, json: &Value, found: &mut impl FnMut(&str, &str, bool)) {
    match json {
        Value::String(text) => found(name, text, true),
        Value::Number(number) => found(name, &number.to_string(), false),
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_values(name, item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                found("", name, true);
                collect_values(name, value, found);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}
