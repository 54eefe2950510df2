//! What searches and views know. Where the account's index lags, it is a copy that learns of a write only later.

use std::collections::VecDeque;

use super::{Entity, Record, Table, World, keys};
use crate::simulator::profile::Lagging;

/// The copy and what it has not learnt yet.
#[derive(Debug, Default)]
pub struct Index {
    tables: [Table; Entity::ALL.len()],
    pending: VecDeque<Change>,
}

#[derive(Debug)]
struct Change {
    due_millis: i64,
    entity: Entity,
    id: u64,
    /// `None`: it is gone for good.
    record: Option<Record>,
}

impl Index {
    /// What it knows of an object.
    pub(super) fn table(&mut self, entity: Entity) -> &mut Table {
        &mut self.tables[entity as usize]
    }
}

impl World {
    /// The records that a kind of read finds.
    pub fn indexed(&self, entity: Entity, read: Lagging) -> &Table {
        match &self.index {
            Some(index) if self.profile().index_lag_on.contains(&read) => {
                &index.tables[entity as usize]
            }
            _ => self.table(entity),
        }
    }

    /// Makes the index after the switch was set: a copy of all there is, or none where nothing lags.
    pub fn follow_index_lag(&mut self) {
        if self.profile().index_lag == 0 {
            self.index = None;
            return;
        }
        if let Some(index) = &mut self.index {
            // What waits under a longer lag must not hold up what is written from now on.
            let latest = self.clock.millis() + i64::from(self.setup.profile.index_lag) * 1000;
            for change in &mut index.pending {
                change.due_millis = change.due_millis.min(latest);
            }
            return;
        }
        let mut index = Index::default();
        for entity in Entity::ALL {
            let table = self.table(entity);
            let asked = &self.asked[entity as usize];
            for record in table.every_id().filter_map(|id| table.get(id)) {
                let keys = keys::of(&self.setup, entity, &record, asked);
                index.tables[entity as usize].put(&record, None, keys);
            }
        }
        self.index = Some(Box::new(index));
    }

    /// Notes a write for the index.
    pub(super) fn index_later(&mut self, entity: Entity, id: u64, record: Option<&Record>) {
        let lag = i64::from(self.profile().index_lag) * 1000;
        let due_millis = self.clock.millis() + lag;
        if let Some(index) = &mut self.index {
            index.pending.push_back(Change {
                due_millis,
                entity,
                id,
                record: record.cloned(),
            });
        }
    }

    /// Lets the index learn what has become old enough.
    pub fn catch_up_index(&mut self) {
        let now = self.clock.millis();
        let Some(index) = &mut self.index else {
            return;
        };
        while index
            .pending
            .front()
            .is_some_and(|change| change.due_millis <= now)
        {
            let Some(change) = index.pending.pop_front() else {
                return;
            };
            let entity = change.entity;
            let asked = &self.asked[entity as usize];
            self.collected.clear();
            let table = &mut index.tables[entity as usize];
            let old = table.get(change.id);
            let old = old.map(|record| keys::of(&self.setup, entity, &record, asked));
            match (change.record, old) {
                (Some(record), old) => {
                    let new = keys::of(&self.setup, entity, &record, asked);
                    table.put(&record, old.as_ref(), new);
                }
                (None, Some(old)) => table.forget(change.id, &old),
                (None, None) => (),
            }
        }
    }
}

/// The records with these ids, as far as they are there.
pub fn read(table: &Table, ids: &[u64]) -> Vec<Record> {
    ids.iter().filter_map(|id| table.get(*id)).collect()
}
