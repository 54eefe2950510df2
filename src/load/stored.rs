//! Stored records on their way to Parquet: what a list or an answer showed, landed beside the source in the same shape.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use roaring::RoaringTreemap;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::record_id;
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::ledger::{self, Event};

/// Tells the readings of one process apart; the run's name tells processes apart.
static READINGS: AtomicU64 = AtomicU64::new(1);

/// One reading, open.
pub struct Stored {
    name: String,
    read_id: String,
    writer: landing::Writer,
    seen: RoaringTreemap,
    pages: i64,
    rows: u64,
}

impl Stored {
    /// Begins a reading of the list `name`. It is seen by nobody until [`Self::finish`].
    ///
    /// # Errors
    /// [`Kind::Config`] when nothing can be written there.
    pub fn begin(staging: &Path, run_id: &str, name: &str) -> Result<Self> {
        let number = READINGS.fetch_add(1, Ordering::Relaxed);
        let read_id = format!("{run_id}-{number}");
        let folder = landing::object_folder(staging, "freshsales", name, &read_id);
        Ok(Self {
            name: name.to_owned(),
            writer: landing::Writer::create(&folder, Arc::new(schema()))?,
            read_id,
            seen: RoaringTreemap::new(),
            pages: 0,
            rows: 0,
        })
    }

    /// Records landed so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// A record may come again from here on: it is read from another list.
    pub fn begin_list(&mut self) {
        self.seen.clear();
    }

    /// Lands a page. Views overlap, and rows move between pages while others write: a record is landed once.
    ///
    /// # Errors
    /// [`Kind::Config`] when it cannot be written.
    pub fn page(&mut self, records: &[Value]) -> Result<()> {
        let seen = &mut self.seen;
        let mut is_new = |id: Option<i64>| match id.and_then(|id| u64::try_from(id).ok()) {
            Some(id) => seen.insert(id),
            None => true,
        };
        let rows: Vec<(Option<i64>, Option<String>)> = records
            .iter()
            .map(|record| (record_id(record), record))
            .filter(|(id, _)| is_new(*id))
            .map(|(id, record)| (id, Some(record.to_string())))
            .collect();
        self.land(&rows)
    }

    /// Lands that this record is not there any more: it hides what was known of it.
    ///
    /// # Errors
    /// [`Kind::Config`] when it cannot be written.
    pub fn absent(&mut self, id: i64) -> Result<()> {
        self.land(&[(Some(id), None)])
    }

    fn land(&mut self, rows: &[(Option<i64>, Option<String>)]) -> Result<()> {
        self.pages += 1;
        let ids = rows.iter().map(|(id, _)| id.map(|id| id.to_string()));
        let texts = rows.iter().map(|(_, text)| text.as_deref());
        let hash = |text: &str| landing::hex(&Sha256::digest(text.as_bytes()));
        let hashes = texts
            .clone()
            .map(|text| Some(hash(text.unwrap_or_default())));
        let first = i64::try_from(self.rows).unwrap_or_default();
        let count = i64::try_from(rows.len()).unwrap_or_default();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(ids.collect::<StringArray>()),
            Arc::new(texts.collect::<StringArray>()),
            Arc::new(Int64Array::from_value(self.pages, rows.len())),
            Arc::new((first + 1..=first + count).collect::<Int64Array>()),
            Arc::new(hashes.collect::<StringArray>()),
        ];
        let batch = RecordBatch::try_new(Arc::new(schema()), columns)
            .map_err(|e| Error::new(Kind::Bug, "could not shape a read-back page").because(e))?;
        self.rows += rows.len() as u64;
        self.writer.write(&batch)
    }

    /// Gives the reading its name on disk; the event that makes it known is for the ledger. `is_whole`: it is the whole list.
    ///
    /// # Errors
    /// [`Kind::Config`] when it cannot be written.
    pub fn finish(self, is_whole: bool) -> Result<Event> {
        self.writer.finish()?;
        Ok(Event::Read(ledger::Read {
            name: self.name,
            read_id: self.read_id,
            rows: self.rows,
            complete: is_whole,
        }))
    }
}

/// The record as JSON text, whole: SQL takes out what it needs, and an absent field is null by itself.
fn schema() -> Schema {
    let field = |name: &str, kind| Field::new(name, kind, true);
    Schema::new(vec![
        field("id", DataType::Utf8),
        field("record", DataType::Utf8),
        field("_page", DataType::Int64),
        field("_row", DataType::Int64),
        field("_row_hash", DataType::Utf8),
    ])
}
