//! Finds records at the destination whose request ended in doubt, before anything is sent again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::journal::{self, Ending};
use super::sealed::{Action, Row};
use super::unit::{Done, endpoint, single};
use super::{Sending, bulk, confirm, fingerprint};
use crate::catalog::{Find, List, Write};
use crate::error::Result;
use crate::freshsales::Listing;

/// Looks every row up; what is found is kept by its id, what is not there is sent as new.
pub async fn resolve(sending: &Sending, rows: Vec<Row>) -> Result<Done> {
    let found = match sending.object.find.as_slice() {
        [Find::Children { include, marker }, ..] => {
            by_children(sending, &rows, include, marker).await?
        }
        [Find::Pages { marker }, ..] => by_pages(sending, &rows, marker).await?,
        searches => by_search(sending, &rows, searches).await?,
    };
    let mut done = Done::default();
    let mut again = Vec::new();
    for (row, found) in rows.into_iter().zip(found) {
        match found {
            Found::Often(times) => {
                let why = format!("{times} records there carry this source id");
                done.add(unknown(sending, row, why).await?);
            }
            Found::Alike(times) => {
                let why = format!("{times} records there have this row's text, and none its mark");
                done.add(unknown(sending, row, why).await?);
            }
            // Not one record too many, so its key may be written again: that is as cheap as the first time.
            _ if is_bulk(sending, &row) => again.push(created(row)),
            Found::Once(id) => {
                let ending = Ending::Found { id };
                done.add(journal::settle(sending, vec![(row, ending)]).await?.into());
            }
            Found::Nowhere => done.add(single(sending, created(row)).await?.into()),
        }
    }
    if !again.is_empty() {
        done.add(bulk::send(sending, again).await?);
    }
    Ok(done)
}

async fn unknown(sending: &Sending, row: Row, reason: String) -> Result<Done> {
    let ending = Ending::Unknown { reason };
    Ok(journal::settle(sending, vec![(row, ending)]).await?.into())
}

fn is_bulk(sending: &Sending, row: &Row) -> bool {
    sending.object.write == Write::BulkUpsert && row.text(confirm::column(sending)).is_some()
}

fn created(row: Row) -> Row {
    Row {
        action: Action::Create,
        ..row
    }
}

/// What a look-up saw.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Nowhere,
    Once(i64),
    /// Records that bear the row's mark.
    Often(usize),
    /// Records that have the row's text and no mark.
    Alike(usize),
}

impl Found {
    fn and(self, id: i64) -> Self {
        match self {
            Self::Nowhere => Self::Once(id),
            Self::Once(other) if other == id => self,
            Self::Once(_) => Self::Often(2),
            Self::Often(times) => Self::Often(times + 1),
            Self::Alike(_) => Self::Once(id),
        }
    }

    /// Nothing bears the mark: then the one record that has the text, if no other row has it.
    fn or_alike(self, alike: &BTreeSet<i64>, taken: &fingerprint::Taken) -> Self {
        match (&self, alike.first()) {
            (Self::Nowhere, Some(id)) if alike.len() == 1 && taken.take(*id) => Self::Once(*id),
            (Self::Nowhere, Some(_)) if alike.len() > 1 => Self::Alike(alike.len()),
            _ => self,
        }
    }
}

/// By the first attribute that a row has a value for, many rows a call. Where the answers show no key by which rows could
/// be told apart, one call a row.
async fn by_search(sending: &Sending, rows: &[Row], searches: &[Find]) -> Result<Vec<Found>> {
    let mut found = vec![Found::Nowhere; rows.len()];
    let mut groups: BTreeMap<&str, Vec<(usize, String)>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let known = searches.iter().find_map(|search| match search {
            Find::Search { column, .. } => Some((column.as_str(), row.text(column)?)),
            _ => None,
        });
        if let Some((column, value)) = known {
            groups.entry(column).or_default().push((at, value));
        }
    }
    for (column, group) in groups {
        let values: Vec<String> = group.iter().map(|(_, value)| value.clone()).collect();
        let records = search(sending, column, &values).await?;
        let is_told = records.iter().all(|record| {
            let keys = confirm::keys_of(record, column);
            group
                .iter()
                .any(|(_, value)| keys.contains(&confirm::folded(value)))
        });
        for (at, value) in group {
            let own = match is_told {
                true => with_key(&records, column, &value),
                false => search(sending, column, &[value]).await?,
            };
            found[at] = own
                .iter()
                .filter_map(record_id)
                .fold(Found::Nowhere, Found::and);
        }
    }
    Ok(found)
}

fn with_key(records: &[Value], column: &str, value: &str) -> Vec<Value> {
    let key = confirm::folded(value);
    let has_key = |record: &&Value| confirm::keys_of(record, column).contains(&key);
    records.iter().filter(has_key).cloned().collect()
}

/// Records whose value of a load column is one of these.
pub async fn search(sending: &Sending, column: &str, values: &[String]) -> Result<Vec<Value>> {
    let attribute = sending.object.find.iter().find_map(|find| match find {
        Find::Search {
            column: of,
            attribute,
        } if of == column => Some(attribute.as_str()),
        _ => None,
    });
    let attribute = attribute.unwrap_or(column);
    sending
        .client
        .find(&endpoint(sending), attribute, values)
        .await
}

/// Among the children of the record that each row hangs on: by the mark, else by the text.
async fn by_children(
    sending: &Sending,
    rows: &[Row],
    include: &str,
    marker: &str,
) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let (mut seen, mut alike) = (Found::Nowhere, BTreeSet::new());
        if let Some(parent_path) = parent_path(sending, row, include) {
            let listing = Listing::Children {
                parent_path,
                root: include.to_owned(),
            };
            sending
                .client
                .list(&listing, |records| {
                    seen = matching(&records, marker, row).fold(seen.clone(), Found::and);
                    alike.extend(fingerprint::alike(&records, marker, row, &sending.taken));
                    Ok(())
                })
                .await?;
        }
        found.push(seen.or_alike(&alike, &sending.taken));
    }
    Ok(found)
}

/// One child by its id, in the list of the record that its row hangs on: children have no route of their own.
pub async fn child(sending: &Sending, row: &Row, include: &str, id: i64) -> Result<Option<Value>> {
    let mut found = None;
    let Some(parent_path) = parent_path(sending, row, include) else {
        return Ok(found);
    };
    let listing = Listing::Children {
        parent_path,
        root: include.to_owned(),
    };
    let take = |records: Vec<Value>| {
        let mut records = records.into_iter();
        found = found
            .take()
            .or_else(|| records.find(|record| record_id(record) == Some(id)));
        Ok(())
    };
    sending.client.list(&listing, take).await?;
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
    let marker = fingerprint::mark(&row.source_id);
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

/// An id as a number; some routes answer it as text.
pub fn id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The id of a record.
pub fn record_id(record: &Value) -> Option<i64> {
    id(record.get("id")?)
}
