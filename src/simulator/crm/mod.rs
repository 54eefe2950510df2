//! The account: what the admin made, the records, lists, jobs and the clock.

mod entity;
mod keys;
mod lists;
mod setup;
mod table;

pub use entity::{Entity, Kind};
pub use keys::{key, unique_field, view_key};
pub use lists::{List, Lists};
pub use setup::user_json;
pub use table::{IdList, Record, Table};

use super::answer::{Failure, Fields};
use super::bulk::Jobs;
use super::profile::Profile;
use super::seed::Seed;
use super::times::{Clock, Zone};

/// One account of the service.
#[derive(Debug)]
pub struct World {
    /// What only an admin can make; fixed while the simulator runs.
    pub setup: Seed,
    /// Marketing lists.
    pub lists: Lists,
    /// Bulk jobs.
    pub jobs: Jobs,
    /// The time.
    pub clock: Clock,
    /// Scheme, host, port and prefix, for the URLs in answers.
    pub base_url: String,
    tables: [Table; Entity::ALL.len()],
    last_ids: [u64; Entity::ALL.len()],
    last_email_id: u64,
    hour: Hour,
}

/// Calls of the present clock hour.
#[derive(Debug, Default)]
struct Hour {
    number: i64,
    calls: u32,
}

impl World {
    /// An account without records.
    pub fn new(setup: Seed, base_url: String) -> Self {
        let mut last_ids = [0; Entity::ALL.len()];
        for entity in Entity::ALL {
            last_ids[entity as usize] = entity.first_id() - 1;
        }
        Self {
            setup,
            lists: Lists::default(),
            jobs: Jobs::default(),
            clock: Clock::default(),
            base_url,
            tables: Default::default(),
            last_ids,
            last_email_id: 0,
            hour: Hour::default(),
        }
    }

    /// The switches.
    pub fn profile(&self) -> &Profile {
        &self.setup.profile
    }

    /// The account's zone.
    pub fn zone(&self) -> Zone {
        self.setup.profile.time_offset
    }

    /// The records of an object.
    pub fn table(&self, entity: Entity) -> &Table {
        &self.tables[entity as usize]
    }

    /// An undeleted record.
    pub fn live(&self, entity: Entity, id: u64) -> Result<Record, Failure> {
        self.table(entity).live(id).ok_or_else(Failure::not_found)
    }

    /// Counts a call; false when the hour's allowance is used up. A refused call counts too.
    pub fn count_call(&mut self) -> bool {
        let number = self.clock.now().div_euclid(3600);
        if self.hour.number != number {
            self.hour = Hour { number, calls: 0 };
        }
        self.hour.calls = self.hour.calls.saturating_add(1);
        let limit = self.setup.profile.hourly_limit;
        limit.is_none_or(|limit| self.hour.calls <= limit)
    }

    /// Writes a new record under the next id, or under `id` where the seed gives one.
    pub fn add(&mut self, entity: Entity, id: Option<u64>, fields: Fields) -> u64 {
        let last = &mut self.last_ids[entity as usize];
        let id = id.unwrap_or(*last + 1);
        *last = id.max(*last);
        let now = self.clock.now();
        self.put(
            entity,
            Record {
                id,
                created_at: now,
                updated_at: now,
                is_deleted: false,
                fields,
            },
        );
        id
    }

    /// Writes a record and renews what it is found by.
    pub fn put(&mut self, entity: Entity, mut record: Record) {
        if entity == Entity::Contacts {
            self.number_emails(&mut record.fields);
        }
        let old = self.keys_of(entity, record.id);
        let new = keys::of(&self.setup, entity, &record);
        self.tables[entity as usize].put(&record, old.as_ref(), new);
    }

    /// Moves a record to the Recycle Bin, or removes it for good where the object has none.
    pub fn delete(&mut self, entity: Entity, id: u64) -> Result<(), Failure> {
        let mut record = self.live(entity, id)?;
        if !entity.is_module() {
            return self.forget(entity, id);
        }
        record.is_deleted = true;
        record.updated_at = self.clock.now();
        self.put(entity, record);
        Ok(())
    }

    /// Removes a record for good, also from the Recycle Bin.
    pub fn forget(&mut self, entity: Entity, id: u64) -> Result<(), Failure> {
        let keys = self.keys_of(entity, id).ok_or_else(Failure::not_found)?;
        self.tables[entity as usize].forget(id, &keys);
        if entity == Entity::Contacts {
            self.lists.drop_member(id);
        }
        Ok(())
    }

    fn keys_of(&self, entity: Entity, id: u64) -> Option<table::Keys> {
        let record = self.table(entity).get(id)?;
        Some(keys::of(&self.setup, entity, &record))
    }

    fn number_emails(&mut self, fields: &mut Fields) {
        let emails = fields
            .get_mut("emails")
            .and_then(|list| list.as_array_mut());
        for email in emails.into_iter().flatten() {
            if email["id"].is_null() {
                self.last_email_id += 1;
                email["id"] = self.last_email_id.into();
            }
        }
    }
}
