//! One page of an answer: its records, whichever way they are wrapped, and whether another page follows.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::outcome;
use super::transport::OBJECTS_HINT;
use crate::error::{Error, Kind, Result};

/// A page shorter than this ends a list that tells no totals: no page size there is smaller.
const SMALLEST_PAGE: u64 = 10;

/// What a page says about the end of its list.
pub(super) struct End {
    has_next: Option<bool>,
    pages: Option<u64>,
    total: Option<u64>,
}

impl End {
    pub(super) fn of(answer: &Value) -> Self {
        let meta = answer.get("meta");
        let field = |name: &str| meta.and_then(|meta| meta.get(name));
        let number = |value: &Value| match value {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        };
        Self {
            has_next: field("has_next").and_then(Value::as_bool),
            pages: field("total_pages")
                .or_else(|| field("totalPages"))
                .and_then(number),
            total: field("total").and_then(number),
        }
    }

    /// Records of the whole list, where it says so.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether nothing at all was said.
    pub(super) fn is_untold(&self) -> bool {
        self.has_next.is_none() && self.pages.is_none() && self.total.is_none()
    }

    /// All that is told must agree: a call too many is cheaper than a page too few.
    pub(super) fn is_reached(&self, page: u64, count: u64, seen: u64) -> bool {
        if self.is_untold() {
            return count < SMALLEST_PAGE;
        }
        self.has_next != Some(true)
            && self.pages.is_none_or(|pages| page >= pages)
            && self.total.is_none_or(|total| seen >= total)
    }
}

/// Tells two pages apart: a list without pages answers each of them with the same records.
pub(super) fn print_of(rows: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        row.to_string().hash(&mut hasher);
    }
    hasher.finish()
}

/// The records of one page: under `root`, else the only list in the answer, else the answer itself.
pub(super) fn records(answer: &mut Value, path: &str, root: &str) -> Result<Vec<Value>> {
    let no_records = || {
        Error::new(
            Kind::Destination,
            format!("the answer to `{path}` holds no list `{root}`"),
        )
        .hint(OBJECTS_HINT)
    };
    if let Value::Array(rows) = answer {
        return Ok(std::mem::take(rows));
    }
    if let Some(rows) = answer.get_mut(root).and_then(Value::as_array_mut) {
        return Ok(std::mem::take(rows));
    }
    let fields = answer.as_object_mut().ok_or_else(no_records)?;
    let mut lists = fields.values_mut().filter_map(Value::as_array_mut);
    match (lists.next(), lists.next()) {
        (Some(only), None) => Ok(std::mem::take(only)),
        _ => Err(no_records()),
    }
}

/// The records of a list without those that stand among them because others name them: a parent that is included is of the
/// same kind as its children, and is told in the same array, flagged and with hardly a field.
pub(super) fn listed_only(mut records: Vec<Value>) -> Vec<Value> {
    let is_whole = |record: &Value| record.get("partial") != Some(&Value::Bool(true));
    // Some lists flag every record.
    if records.iter().any(is_whole) {
        records.retain(is_whole);
    }
    records
}

/// The record in the answer to a GET by path, with the included lists that stand beside it put into it.
pub(super) fn one_record(mut answer: Value, path: &str, include: &[String]) -> Result<Value> {
    let no_record = || {
        Error::new(
            Kind::Destination,
            format!("the answer to `{path}` holds no record"),
        )
        .hint(OBJECTS_HINT)
    };
    let mut record = outcome::record_of(&answer, "")
        .cloned()
        .ok_or_else(no_record)?;
    let fields = record.as_object_mut().ok_or_else(no_record)?;
    for name in include {
        if fields.contains_key(name) {
            continue;
        }
        if let Some(beside) = answer.get_mut(name).filter(|beside| beside.is_array()) {
            fields.insert(name.clone(), beside.take());
        }
    }
    Ok(record)
}
