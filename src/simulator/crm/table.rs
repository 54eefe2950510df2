//! The records of one object, with the indexes that keep a big account quick.
//!
//! A record is kept as the JSON text of its set fields: a tenth of the memory of a tree, and one text to persist.
//! No call reads more records than it shows: every list is kept in both of its orders, and every equality that was
//! asked for once is kept as a group.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::super::answer::Fields;
use super::keys::key;
use super::order::Ordered;

/// Ids of a list from which on its order by change is kept up to date; below, it is sorted when asked for.
const MANY: usize = 256;

/// A record, taken out of its table.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

type Rows = BTreeMap<u64, Row>;

/// Ids in the order of creation and, when there are many, also in the order of the last change.
#[derive(Debug)]
pub struct IdList {
    ids: Ordered<u64>,
    changes: Option<Box<Ordered<(i64, u64)>>>,
}

static NONE: IdList = IdList::EMPTY;

impl IdList {
    const EMPTY: Self = Self {
        ids: Ordered::EMPTY,
        changes: None,
    };

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// All ids, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.ids.iter()
    }

    /// The ids at these places, ascending.
    pub fn slice(&self, places: Range<usize>) -> Vec<u64> {
        self.ids.slice(places)
    }

    /// How many ids are smaller than this one.
    pub fn place(&self, id: u64) -> usize {
        self.ids.place(id)
    }

    /// Adds the id of a row, which is there already.
    fn insert(&mut self, id: u64, rows: &Rows) {
        self.ids.insert(id);
        let changed = |id: u64| Some((rows.get(&id)?.head.updated_at, id));
        if let Some(changes) = &mut self.changes {
            changed(id).into_iter().for_each(|one| changes.insert(one));
        } else if self.ids.len() >= MANY {
            let mut all: Vec<(i64, u64)> = self.ids.iter().filter_map(changed).collect();
            all.sort_unstable();
            let mut changes = Ordered::EMPTY;
            all.into_iter().for_each(|one| changes.insert(one));
            self.changes = Some(Box::new(changes));
        }
    }

    /// Takes an id out; `updated_at` is the time under which it was listed.
    fn remove(&mut self, id: u64, updated_at: i64) {
        self.ids.remove(id);
        if let Some(changes) = &mut self.changes {
            changes.remove((updated_at, id));
        }
    }
}

impl Default for IdList {
    fn default() -> Self {
        Self::EMPTY
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
    rows: Rows,
    live: IdList,
    bin: IdList,
    unique: HashMap<Box<str>, u64>,
    groups: HashMap<Box<str>, IdList>,
    /// Rows looked at, for the tests that prove that pages cost the same.
    #[cfg(test)]
    pub looks: std::cell::Cell<usize>,
}

impl Table {
    fn row(&self, id: u64) -> Option<&Row> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        self.rows.get(&id)
    }

    /// The record, also when it is in the Recycle Bin.
    pub fn get(&self, id: u64) -> Option<Record> {
        let row = self.row(id)?;
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
        self.row(id).is_some_and(|row| !row.is_deleted)
    }

    /// Times of a record, without reading its fields.
    pub fn head(&self, id: u64) -> Option<Head> {
        self.row(id).map(|row| row.head)
    }

    /// Records there are, with those in the Recycle Bin.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Ids of all records, with those in the Recycle Bin, ascending.
    pub fn every_id(&self) -> impl Iterator<Item = u64> {
        self.rows.keys().copied()
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
            self.unique.insert(key.into_boxed_str(), record.id);
        }
        if record.is_deleted {
            self.bin.insert(record.id, &self.rows);
            return;
        }
        self.live.insert(record.id, &self.rows);
        for key in new.groups {
            self.join(key, record.id);
        }
    }

    /// Lists an undeleted record under one more key.
    pub fn join(&mut self, key: String, id: u64) {
        let group = self.groups.entry(key.into_boxed_str()).or_default();
        group.insert(id, &self.rows);
    }

    /// Removes a record for good.
    pub fn forget(&mut self, id: u64, old: &Keys) {
        self.unlist(id, old);
        self.rows.remove(&id);
    }

    fn unlist(&mut self, id: u64, old: &Keys) {
        let Some(row) = self.rows.get(&id) else {
            return;
        };
        let updated_at = row.head.updated_at;
        for key in &old.unique {
            if self.unique.get(key.as_str()) == Some(&id) {
                self.unique.remove(key.as_str());
            }
        }
        if row.is_deleted {
            self.bin.remove(id, updated_at);
            return;
        }
        self.live.remove(id, updated_at);
        for key in &old.groups {
            if let Some(list) = self.groups.get_mut(key.as_str()) {
                list.remove(id, updated_at);
                if list.len() == 0 {
                    self.groups.remove(key.as_str());
                }
            }
        }
    }

    /// Who has a unique key; also a record in the Recycle Bin.
    pub fn holder(&self, key: &str) -> Option<u64> {
        self.unique.get(key).copied()
    }

    /// Undeleted records with a key.
    pub fn group(&self, key: &str) -> &IdList {
        self.groups.get(key).unwrap_or(&NONE)
    }

    /// Undeleted records with this number under a listed attribute.
    pub fn having(&self, attribute: &str, number: u64) -> &IdList {
        let key = key(attribute, &number.into());
        key.map_or(&NONE, |key| self.group(&key))
    }

    /// All undeleted records.
    pub fn all(&self) -> &IdList {
        &self.live
    }

    /// The Recycle Bin.
    pub fn bin(&self) -> &IdList {
        &self.bin
    }

    /// The ids of a list at these places of its order by change, ascending.
    pub fn by_change(&self, list: &IdList, places: Range<usize>) -> Vec<u64> {
        let found = match &list.changes {
            Some(changes) => changes.slice(places),
            None => {
                let mut few: Vec<(i64, u64)> =
                    list.iter().filter_map(|id| self.changed(id)).collect();
                few.sort_unstable();
                few[places].to_vec()
            }
        };
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// How many undeleted records were last changed at `instant` or before.
    pub fn changed_until(&self, instant: i64) -> usize {
        match &self.live.changes {
            Some(changes) => changes.place((instant.saturating_add(1), 0)),
            None => {
                let changed = self.live.iter().filter_map(|id| self.changed(id));
                changed.filter(|(at, _)| *at <= instant).count()
            }
        }
    }

    /// The ids of a list at these places of its order by creation time, ascending. It is sorted anew each time: only
    /// where requests may set that time is it another order than that of ids.
    pub fn by_creation(&self, list: &IdList, places: Range<usize>) -> Vec<u64> {
        let mut all: Vec<(i64, u64)> = list.iter().filter_map(|id| self.created(id)).collect();
        all.sort_unstable();
        all[places].iter().map(|(_, id)| *id).collect()
    }

    /// When a record was made, with its id.
    pub fn created(&self, id: u64) -> Option<(i64, u64)> {
        self.head(id).map(|head| (head.created_at, id))
    }

    /// When a record was last changed, with its id.
    pub fn changed(&self, id: u64) -> Option<(i64, u64)> {
        self.head(id).map(|head| (head.updated_at, id))
    }
}
