//! Marketing lists and who is on them.

use std::collections::BTreeMap;

use super::IdList;

/// First id of a list.
const FIRST_ID: u64 = 70_850_000_001;

/// A marketing list.
#[derive(Debug)]
pub struct List {
    /// Shown in the marketing menu; may repeat.
    pub name: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Contact ids, also of contacts in the Recycle Bin.
    pub members: IdList,
}

/// All marketing lists.
#[derive(Debug, Default)]
pub struct Lists(BTreeMap<u64, List>);

impl Lists {
    /// Adds an empty list.
    pub fn add(&mut self, id: Option<u64>, name: &str, now: i64) -> u64 {
        let next = self.0.keys().next_back().map_or(FIRST_ID, |last| last + 1);
        let id = id.unwrap_or(next);
        let list = List {
            name: name.to_owned(),
            created_at: now,
            members: IdList::default(),
        };
        self.0.insert(id, list);
        id
    }

    /// The list with this id.
    pub fn get(&self, id: u64) -> Option<&List> {
        self.0.get(&id)
    }

    /// The list with this id, to be changed.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut List> {
        self.0.get_mut(&id)
    }

    /// Ids and lists, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &List)> {
        self.0.iter().map(|(id, list)| (*id, list))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a contact off every list.
    pub fn drop_member(&mut self, contact: u64) {
        for list in self.0.values_mut() {
            list.members.remove(contact);
        }
    }
}
