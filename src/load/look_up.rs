//! Finds records at the destination whose request ended in doubt, before anything is sent again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::journal::{self, Ending};
use super::sealed::{Action, Row};
use super::unit::{endpoint, single};
use super::{Sending, Tally};
use crate::catalog::{Find, List};
use crate::error::Result;
use crate::freshsales::Listing;

/// Looks every row up; what is found is kept by its id, what is not there is sent as new.
pub async fn resolve(sending: &Sending, rows: Vec<Row>) -> Result<Tally> {
    let mut tally = Tally::default();
    let found = match sending.object.find.as_slice() {
        [Find::Children { include, marker }, ..] => {
            by_children(sending, &rows, include, marker).await?
        }
        [Find::Pages { marker }, ..] => by_pages(sending, &rows, marker).await?,
        searches => by_search(sending, &rows, searches).await?,
    };
    for (row, found) in rows.into_iter().zip(found) {
        tally.add(settle_one(sending, row, found).await?);
    }
    Ok(tally)
}

/// What a look-up saw.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Nowhere,
    Once(i64),
    Often(usize),
}

impl Found {
    fn and(self, id: i64) -> Self {
        match self {
            Self::Nowhere => Self::Once(id),
            Self::Once(other) if other == id => self,
            Self::Once(_) => Self::Often(2),
            Self::Often(times) => Self::Often(times + 1),
        }
    }
}

async fn settle_one(sending: &Sending, row: Row, found: Found) -> Result<Tally> {
    match found {
        Found::Once(id) => journal::settle(sending, vec![(row, Ending::Found { id })]).await,
        Found::Often(times) => {
            let reason = format!("{times} records there carry this source id");
            journal::settle(sending, vec![(row, Ending::Unknown { reason })]).await
        }
        Found::Nowhere => {
            let fresh = Row {
                action: Action::Create,
                ..row
            };
            single(sending, fresh).await
        }
    }
}

/// One filtered search a row, by the first attribute it has a value for: thin answers do not show which value they matched.
async fn by_search(sending: &Sending, rows: &[Row], searches: &[Find]) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let known = searches.iter().find_map(|search| match search {
            Find::Search { column, attribute } => Some((attribute, row.text(column)?)),
            _ => None,
        });
        let Some((attribute, value)) = known else {
            found.push(Found::Nowhere);
            continue;
        };
        let records = sending
            .client
            .find(&endpoint(sending), attribute, &[value])
            .await?;
        found.push(
            records
                .iter()
                .filter_map(record_id)
                .fold(Found::Nowhere, Found::and),
        );
    }
    Ok(found)
}

/// Among the children of the record that each row hangs on.
async fn by_children(
    sending: &Sending,
    rows: &[Row],
    include: &str,
    marker: &str,
) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut seen = Found::Nowhere;
        if let Some(parent_path) = parent_path(sending, row, include) {
            let listing = Listing::Children {
                parent_path,
                root: include.to_owned(),
            };
            sending
                .client
                .list(&listing, |records| {
                    seen = matching(&records, marker, row).fold(seen.clone(), Found::and);
                    Ok(())
                })
                .await?;
        }
        found.push(seen);
    }
    Ok(found)
}

/// Through the whole list, once for all rows.
async fn by_pages(sending: &Sending, rows: &[Row], marker: &str) -> Result<Vec<Found>> {
    let filters = match &sending.object.list {
        Some(List::Pages { filters, .. }) => filters.clone(),
        _ => Vec::new(),
    };
    let listing = Listing::Pages {
        target: sending.object.target.clone(),
        filters,
        include: Vec::new(),
    };
    let mut seen: BTreeMap<&str, Found> = BTreeMap::new();
    sending
        .client
        .list(&listing, |records| {
            for row in rows {
                for id in matching(&records, marker, row) {
                    let before = seen
                        .remove(row.source_id.as_str())
                        .unwrap_or(Found::Nowhere);
                    seen.insert(&row.source_id, before.and(id));
                }
            }
            Ok(())
        })
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            seen.remove(row.source_id.as_str())
                .unwrap_or(Found::Nowhere)
        })
        .collect())
}

/// The ids of the records that are the row's: their text carries its marker, or, where the wanted text has none (a list's
/// name), it is the wanted text.
fn matching<'a>(records: &'a [Value], field: &'a str, row: &Row) -> impl Iterator<Item = i64> + 'a {
    let marker = format!("[deskferry {}]", row.source_id);
    let wanted = row.text(field).unwrap_or_default();
    let is_marked = wanted.contains(&marker);
    records.iter().filter_map(move |record| {
        let text = record.get(field)?.as_str()?;
        let is_ours = if is_marked {
            text.contains(&marker)
        } else {
            text == wanted
        };
        is_ours.then(|| record_id(record)).flatten()
    })
}

/// For example `deals/7/notes`, from the row's own target.
fn parent_path(sending: &Sending, row: &Row, include: &str) -> Option<String> {
    let target = sending.parents.get(&row.text("targetable_type")?)?;
    Some(format!("{target}/{}/{include}", row.text("targetable_id")?))
}

/// After a bulk job: the id of each row's record, found by the key it was sent with, however the key is written there.
pub async fn by_key(sending: &Sending, column: &str, rows: &[Row]) -> Result<Vec<Option<i64>>> {
    let attribute = sending.object.find.iter().find_map(|find| match find {
        Find::Search {
            column: of,
            attribute,
        } if of == column => Some(attribute.as_str()),
        _ => None,
    });
    let attribute = attribute.unwrap_or(column);
    let values: Vec<String> = rows.iter().filter_map(|row| row.text(column)).collect();
    let records = sending
        .client
        .find(&endpoint(sending), attribute, &values)
        .await?;
    let mut ids: BTreeMap<String, i64> = BTreeMap::new();
    for record in &records {
        for key in keys_of(record, column) {
            if let Some(id) = record_id(record) {
                ids.insert(key, id);
            }
        }
    }
    let id_of = |row: &Row| {
        row.text(column)
            .and_then(|value| ids.get(&folded(&value)).copied())
    };
    Ok(rows.iter().map(id_of).collect())
}

/// A record's values of a key column; e-mail addresses also stand in an array of objects.
fn keys_of(record: &Value, column: &str) -> Vec<String> {
    let single = record.get(column).and_then(Value::as_str);
    let array = record.get(format!("{column}s")).and_then(Value::as_array);
    let many = array
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("value")?.as_str());
    single.into_iter().chain(many).map(folded).collect()
}

/// Keys are compared there without case and outer blanks.
fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

/// The id of a record; some routes answer it as text.
pub fn record_id(record: &Value) -> Option<i64> {
    let id = record.get("id")?;
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
