//! The records of one object, with the indexes that keep a big account quick.
//!
//! A record is kept as the JSON text of its set fields: a tenth of the memory of a tree, and one text to persist.
//! Every list is a sorted list of ids, so a page is a slice, however far down it lies.

use std::collections::{BTreeMap, HashMap};

use super::super::answer::Fields;

/// A record, taken out of its table.
#[derive(Clone, Debug)]
pub struct Record {
    /// Unique in its table, given in order.
    pub id: u64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    /// In the Recycle Bin.
    pub is_deleted: bool,
    /// Set fields only; instants as seconds, days as text.
    pub fields: Fields,
}

/// The part of a record that is known without reading its fields.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    /// The record's own time, where it has one: due, begin.
    pub at: i64,
}

#[derive(Debug)]
struct Row {
    head: Head,
    is_deleted: bool,
    fields: Box<str>,
}

/// Ids in ascending order.
#[derive(Clone, Debug, Default)]
pub struct IdList(Vec<u64>);

impl IdList {
    /// Adds an id; new records come last, so this is a push.
    pub fn insert(&mut self, id: u64) {
        if self.0.last().is_none_or(|last| *last < id) {
            self.0.push(id);
        } else if let Err(place) = self.0.binary_search(&id) {
            self.0.insert(place, id);
        }
    }

    /// Takes an id out.
    pub fn remove(&mut self, id: u64) {
        if let Ok(place) = self.0.binary_search(&id) {
            self.0.remove(place);
        }
    }

    /// Whether the id is listed.
    pub fn contains(&self, id: u64) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// All ids, ascending.
    pub fn ids(&self) -> &[u64] {
        &self.0
    }
}

/// What a record is found by.
#[derive(Debug, Default)]
pub struct Keys {
    /// At most one record each.
    pub unique: Vec<String>,
    /// Any number of records each.
    pub groups: Vec<String>,
    /// See [`Head::at`].
    pub at: i64,
}

/// The records of one object.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<u64, Row>,
    live: IdList,
    bin: IdList,
    unique: HashMap<String, u64>,
    groups: HashMap<String, IdList>,
}

impl Table {
    /// The record, also when it is in the Recycle Bin.
    pub fn get(&self, id: u64) -> Option<Record> {
        let row = self.rows.get(&id)?;
        Some(Record {
            id,
            created_at: row.head.created_at,
            updated_at: row.head.updated_at,
            is_deleted: row.is_deleted,
            // The text was written by `put`.
            fields: serde_json::from_str(&row.fields).unwrap_or_default(),
        })
    }

    /// The record, unless it is deleted.
    pub fn live(&self, id: u64) -> Option<Record> {
        self.get(id).filter(|record| !record.is_deleted)
    }

    /// Whether an undeleted record has this id.
    pub fn is_live(&self, id: u64) -> bool {
        self.rows.get(&id).is_some_and(|row| !row.is_deleted)
    }

    /// Times of a record, without reading its fields.
    pub fn head(&self, id: u64) -> Option<Head> {
        self.rows.get(&id).map(|row| row.head)
    }

    /// Writes a record; `old` are the keys under which its former state was put.
    pub fn put(&mut self, record: &Record, old: Option<&Keys>, new: Keys) {
        if let Some(old) = old {
            self.unlist(record.id, old);
        }
        let head = Head {
            created_at: record.created_at,
            updated_at: record.updated_at,
            at: new.at,
        };
        let row = Row {
            head,
            is_deleted: record.is_deleted,
            fields: serde_json::to_string(&record.fields)
                .unwrap_or_default()
                .into_boxed_str(),
        };
        self.rows.insert(record.id, row);
        for key in new.unique {
            self.unique.insert(key, record.id);
        }
        if record.is_deleted {
            self.bin.insert(record.id);
            return;
        }
        self.live.insert(record.id);
        for key in new.groups {
            self.groups.entry(key).or_default().insert(record.id);
        }
    }

    /// Removes a record for good.
    pub fn forget(&mut self, id: u64, old: &Keys) {
        self.unlist(id, old);
        self.rows.remove(&id);
    }

    fn unlist(&mut self, id: u64, old: &Keys) {
        self.live.remove(id);
        self.bin.remove(id);
        for key in &old.unique {
            if self.unique.get(key) == Some(&id) {
                self.unique.remove(key);
            }
        }
        for key in &old.groups {
            if let Some(list) = self.groups.get_mut(key) {
                list.remove(id);
                if list.ids().is_empty() {
                    self.groups.remove(key);
                }
            }
        }
    }

    /// Who has a unique key; also a record in the Recycle Bin.
    pub fn holder(&self, key: &str) -> Option<u64> {
        self.unique.get(key).copied()
    }

    /// Undeleted records with a key, ascending.
    pub fn group(&self, key: &str) -> &[u64] {
        self.groups.get(key).map_or(&[], IdList::ids)
    }

    /// All undeleted records, ascending.
    pub fn all(&self) -> &[u64] {
        self.live.ids()
    }

    /// The Recycle Bin, ascending.
    pub fn bin(&self) -> &[u64] {
        self.bin.ids()
    }
}
