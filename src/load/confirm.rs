//! A bulk job names no ids. What it took is found again in the object's list, the last written first: one call for a hundred
//! rows tells their ids and shows their fields, so the same pages are landed as the read-back.

use std::collections::HashMap;
use std::ops::ControlFlow;

use serde_json::Value;

use super::journal::{self, Ending};
use super::sealed::Row;
use super::stored::Stored;
use super::{IndexWait, Sending, Tally, listing, look_up, record_id};
use crate::error::Result;
use crate::freshsales::Listing;

/// Rows that wait for their ids at most; more are not held in memory.
pub const MOST_HANDED: usize = 5_000;
/// A list is not searched further down than this many times the rows looked for: other people write too, but not that much.
const DEPTH: u64 = 3;

/// Why a row is in doubt whose id nobody read.
const UNREAD: &str = "the job has ended, but the load stopped before the record was looked for";

/// A row that a job has taken.
pub struct Handed {
    row: Row,
    /// Its key, as the destination compares keys.
    key: String,
}

impl Handed {
    /// The row without its fields; `column` holds its key.
    pub fn new(mut row: Row, column: &str) -> Self {
        let key = folded(&row.text(column).unwrap_or_default());
        row.body.clear();
        Self { row, key }
    }
}

/// Keys are compared there without case and outer blanks.
pub fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

/// The load column by which bulk rows are recognised.
pub fn column(sending: &Sending) -> &str {
    sending
        .object
        .keys()
        .next()
        .map_or("", |(column, _)| column)
}

/// Reads the ids of these rows. A row that no list and no search shows stays unknown, and is looked up later; so do all that
/// were not seen yet when the looking broke off.
pub async fn ids(sending: &Sending, handed: Vec<Handed>) -> Result<Tally> {
    if handed.is_empty() {
        return Ok(Tally::default());
    }
    let mut looking = Looking::new(sending, &handed)?;
    let looked = looking.until_seen().await;
    let Looking { ids, stored, .. } = looking;
    let missing = match looked {
        Ok(()) => "the job has ended, but the record is not found by its key",
        Err(_) => UNREAD,
    };
    let ending = |id: Option<i64>| match id {
        Some(id) => Ending::Accepted { id: Some(id) },
        None => Ending::unknown(missing),
    };
    let endings = handed.into_iter().zip(ids);
    let endings = endings.map(|(handed, id)| (handed.row, ending(id)));
    let tally = journal::settle(sending, endings.collect()).await?;
    // After the outcomes: a reading is as old as the line that makes it known.
    let read = stored.finish(false)?;
    sending.ledger.append_async(vec![read]).await?;
    looked.map(|()| tally)
}

/// Leaves the ids of these rows unread: they are looked up later.
pub async fn leave(sending: &Sending, handed: Vec<Handed>) -> Result<Tally> {
    let unread = |handed: Handed| (handed.row, Ending::unknown(UNREAD));
    journal::settle(sending, handed.into_iter().map(unread).collect()).await
}

struct Looking<'a> {
    sending: &'a Sending,
    listing: Option<Listing>,
    /// Keys that were not seen yet → place in `ids`.
    left: HashMap<String, usize>,
    ids: Vec<Option<i64>>,
    stored: Stored,
}

impl<'a> Looking<'a> {
    fn new(sending: &'a Sending, handed: &[Handed]) -> Result<Self> {
        let left = handed.iter().enumerate();
        Ok(Self {
            sending,
            listing: listing(&sending.object),
            left: left.map(|(at, one)| (one.key.clone(), at)).collect(),
            ids: vec![None; handed.len()],
            stored: Stored::begin(
                sending.ledger.staging(),
                &sending.run_id,
                &sending.object.name,
            )?,
        })
    }

    /// Looks again and again until every row is seen, or the index has had its time.
    async fn until_seen(&mut self) -> Result<()> {
        let mut wait = IndexWait::new(self.sending.index_wait);
        while self.look().await? > 0 && wait.pause(&self.sending.client).await? {}
        Ok(())
    }

    /// Looks once; answers how many rows are still not seen. A record that was there already and did not change is far down
    /// in the list: a search finds it.
    async fn look(&mut self) -> Result<usize> {
        if let Some(listing) = self.listing.clone() {
            self.in_list(&listing).await?;
        }
        if !self.left.is_empty() {
            self.by_key().await?;
        }
        Ok(self.left.len())
    }

    async fn in_list(&mut self, listing: &Listing) -> Result<()> {
        let sending = self.sending;
        let most = 500 + DEPTH * self.left.len() as u64;
        let mut seen = 0;
        sending
            .client
            .list_until(listing, |records| {
                seen += records.len() as u64;
                self.take(&records);
                self.stored.page(&records)?;
                Ok(match self.left.is_empty() || seen >= most {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                })
            })
            .await?;
        Ok(())
    }

    async fn by_key(&mut self) -> Result<()> {
        let column = column(self.sending);
        let keys: Vec<String> = self.left.keys().cloned().collect();
        let records = look_up::search(self.sending, column, &keys).await?;
        self.take(&records);
        Ok(())
    }

    fn take(&mut self, records: &[Value]) {
        let column = column(self.sending);
        for record in records {
            let Some(id) = record_id(record) else {
                continue;
            };
            for key in keys_of(record, column) {
                if let Some(place) = self.left.remove(&key).and_then(|at| self.ids.get_mut(at)) {
                    *place = Some(id);
                }
            }
        }
    }
}

/// A record's values of a key column; e-mail addresses also stand in an array of objects.
pub fn keys_of(record: &Value, column: &str) -> Vec<String> {
    let single = record.get(column).and_then(Value::as_str);
    let array = record.get(format!("{column}s")).and_then(Value::as_array);
    let many = array
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("value")?.as_str());
    single.into_iter().chain(many).map(folded).collect()
}
