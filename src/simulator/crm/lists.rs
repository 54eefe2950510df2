//! Marketing lists. Who is on one stands in the contact, in `contact_list_ids`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::answer::Fields;

/// First id of a list.
const FIRST_ID: u64 = 70_850_000_001;

/// Where a contact keeps the lists it is on, ascending.
const MEMBER_OF: &str = "contact_list_ids";

/// A marketing list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct List {
    /// Shown in the marketing menu; may repeat.
    pub name: String,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// All marketing lists.
#[derive(Debug, Default)]
pub struct Lists(BTreeMap<u64, List>);

impl Lists {
    /// The id that a new list gets; a list is never deleted.
    pub fn next_id(&self) -> u64 {
        self.0.keys().next_back().map_or(FIRST_ID, |last| last + 1)
    }

    /// Writes a list.
    pub fn put(&mut self, id: u64, list: List) {
        self.0.insert(id, list);
    }

    /// The list with this id.
    pub fn get(&self, id: u64) -> Option<&List> {
        self.0.get(&id)
    }

    /// Ids and lists, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &List)> {
        self.0.iter().map(|(id, list)| (*id, list))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// Puts the contact with these fields on a list, or takes it off; false when nothing changes.
pub fn set_member(fields: &mut Fields, list: u64, is_member: bool) -> bool {
    let stored = fields.get(MEMBER_OF).and_then(Value::as_array);
    let stored = stored.into_iter().flatten().filter_map(Value::as_u64);
    let mut on: Vec<u64> = stored.collect();
    match on.binary_search(&list) {
        Err(place) if is_member => on.insert(place, list),
        Ok(place) if !is_member => {
            on.remove(place);
        }
        _ => return false,
    }
    if on.is_empty() {
        fields.shift_remove(MEMBER_OF);
    } else {
        fields.insert(MEMBER_OF.to_owned(), on.into());
    }
    true
}
