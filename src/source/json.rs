//! The JSON files of an export: settings and automations, one row per element.

use std::io::{BufRead, Read as _};

use serde_json::value::RawValue;

use super::cell::{self, Cell};
use super::container::Entry;
use crate::error::{Error, Kind, Result};

/// The largest JSON file that is read; such files are settings, and are held in memory whole.
const MAX_BYTES: u64 = 16 << 20;

/// The elements of a file: those of an array, or the one object it is.
///
/// # Errors
/// `Kind::Source` when the text is not JSON, an element is not an object, or the file is too large.
pub(super) fn elements(entry: &Entry, input: &mut dyn BufRead) -> Result<Vec<Cell>> {
    let refused = |what: &str| {
        Error::new(Kind::Source, format!("`{}` {what}", entry.path))
            .hint("export again, or leave the file out with object `-` in sql/map/map_headers.csv")
    };
    let mut text = Vec::new();
    input
        .take(MAX_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|cause| entry.unreadable(cause))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(refused("is too large for a JSON file of settings"));
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let document: &RawValue = serde_json::from_slice(text)
        .map_err(|cause| refused("is not a JSON document").because(cause))?;
    let elements = match document.get().starts_with('[') {
        true => cell::items(document.get()).map_err(|what| refused(&what))?,
        false => vec![document],
    };
    let read = |(at, element): (usize, &RawValue)| {
        Cell::of(element)
            .map_err(|what| refused(&format!("has a record (number {}) that {what}", at + 1)))
    };
    let elements: Vec<Cell> = elements
        .into_iter()
        .enumerate()
        .map(read)
        .collect::<Result<_>>()?;
    if !elements.iter().all(Cell::is_record) {
        return Err(refused("holds something else than JSON objects"));
    }
    Ok(elements)
}

/// The text of a column: the element's own field, or the whole element for `record`.
pub(super) fn cell(element: &Cell, column: &str) -> Option<String> {
    if column == "record" {
        return Some(element.to_string());
    }
    let Cell::Record(members) = element else {
        return None;
    };
    match members.get(column)? {
        Cell::Null => None,
        Cell::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}
