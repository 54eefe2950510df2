//! The state of an account: records, lists, jobs and the clock.

mod collected;
mod entity;
mod fields;
mod history;
mod index;
mod keys;
mod lists;
mod order;
mod setup;
mod table;
mod values;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use entity::Entity;
pub use fields::{Field, Kind, LEAD_COMPANY, LEAD_DEAL};
pub use index::read;
pub use keys::{key, own_view_key, unique_field, view_key};
pub use lists::{List, Lists, set_member};
pub use setup::user_json;
pub use table::{IdList, Record, Table};
pub use values::{display_name, primary_email, stored};

use super::allowance::Allowance;
use super::answer::{Answer, Failure, Fields};
use super::bulk::Jobs;
use super::journal::{Change, Journal};
use super::profile::Profile;
use super::seed::Seed;
use super::times::{Clock, Zone};
use collected::Collected;
use index::Index;

/// One account of the service.
#[derive(Debug)]
pub struct World {
    /// What only an admin can make; only its switches change while the simulator runs.
    pub setup: Seed,
    /// Marketing lists; changed through [`World`] alone.
    pub lists: Lists,
    /// Bulk jobs.
    pub jobs: Jobs,
    /// The time.
    pub clock: Clock,
    /// Scheme, host, port and prefix, for the URLs in answers.
    pub base_url: String,
    /// What has changed and is not in the state file yet.
    pub journal: Journal,
    /// Calls of the present hour and minute.
    pub allowance: Allowance,
    /// Records made in this call, on which the account's own rules have not acted yet.
    pub made: Vec<(Entity, u64)>,
    tables: [Table; Entity::ALL.len()],
    /// Attributes that a call has searched by; from then on they are listed.
    asked: [BTreeSet<String>; Entity::ALL.len()],
    index: Option<Box<Index>>,
    last_ids: [u64; Entity::ALL.len()],
    last_email_id: u64,
    collected: Collected,
    /// Switches changed while it ran, in earlier runs too.
    switched: Fields,
}

impl World {
    /// An account without records.
    pub fn new(setup: Seed, base_url: String) -> Self {
        let mut last_ids = [0; Entity::ALL.len()];
        for entity in Entity::ALL {
            last_ids[entity as usize] = entity.first_id() - 1;
        }
        let mut clock = Clock::default();
        clock.set_speed(setup.profile.clock_speed);
        Self {
            setup,
            lists: Lists::default(),
            jobs: Jobs::default(),
            clock,
            base_url,
            journal: Journal::default(),
            allowance: Allowance::default(),
            made: Vec::new(),
            tables: Default::default(),
            asked: Default::default(),
            index: None,
            last_ids,
            last_email_id: 0,
            collected: Collected::default(),
            switched: Fields::new(),
        }
    }

    /// The switches.
    pub fn profile(&self) -> &Profile {
        &self.setup.profile
    }

    /// The account's zone.
    pub fn zone(&self) -> Zone {
        self.setup.profile.zone()
    }

    /// Path before the internal routes of the host: that of the API without its last name.
    pub fn outside_api(&self) -> &str {
        let origin = self.base_url.find("://").map_or(0, |at| at + 3);
        let prefix = self.base_url[origin..].find('/');
        let prefix = prefix.map_or("", |at| &self.base_url[origin + at..]);
        prefix.strip_suffix("/api").unwrap_or(prefix)
    }

    /// Whether this edition has an object.
    pub fn has(&self, entity: Entity) -> bool {
        self.profile().edition.has(entity)
    }

    /// The records of an object.
    pub fn table(&self, entity: Entity) -> &Table {
        &self.tables[entity as usize]
    }

    /// An undeleted record.
    pub fn live(&self, entity: Entity, id: u64) -> Result<Record, Failure> {
        self.table(entity).live(id).ok_or_else(Failure::not_found)
    }

    /// Changes switches. See [`Seed::switch`].
    pub fn switch(&mut self, changes: Fields) -> Result<(), String> {
        self.setup.switch(&changes)?;
        self.journal.note(&Change::Switches {
            settings: Cow::Borrowed(&changes),
        });
        self.switched.extend(changes);
        self.follow_switches();
        self.note_clock();
        Ok(())
    }

    /// Ends the reading of a seed or a state file: what was read is old to the account's rules and to its index.
    pub fn begin(&mut self) {
        self.made.clear();
        self.follow_switches();
    }

    fn follow_switches(&mut self) {
        self.clock.set_speed(self.setup.profile.clock_speed);
        self.follow_index_lag();
        self.collected.clear();
    }

    /// Writes a new record under the next id, or under `id` where the seed gives one. `times` are when it was made
    /// and changed where the account lets a request say so.
    pub fn add(
        &mut self,
        entity: Entity,
        id: Option<u64>,
        fields: Fields,
        times: Option<(i64, i64)>,
    ) -> u64 {
        let id = id.unwrap_or(self.last_ids[entity as usize] + 1);
        let now = self.clock.now();
        let (created_at, updated_at) = times.unwrap_or((now, now));
        self.put(
            entity,
            Record {
                id,
                created_at,
                updated_at,
                is_deleted: false,
                fields,
            },
        );
        id
    }

    /// Writes a record and renews what it is found by.
    pub fn put(&mut self, entity: Entity, mut record: Record) {
        if entity.is_person() {
            self.number_emails(&mut record.fields);
        }
        self.journal.note(&Change::Put {
            entity,
            record: Cow::Borrowed(&record),
        });
        self.store(entity, &record);
    }

    fn store(&mut self, entity: Entity, record: &Record) {
        let last = &mut self.last_ids[entity as usize];
        *last = record.id.max(*last);
        let old = self.keys_of(entity, record.id);
        let new = keys::of(&self.setup, entity, record, &self.asked[entity as usize]);
        self.tables[entity as usize].put(record, old.as_ref(), new);
        self.collected.clear();
        self.index_later(entity, record.id, Some(record));
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

    /// Takes a record out of the Recycle Bin, as an admin does on the page of it; the API has no route for that.
    pub fn restore(&mut self, entity: Entity, id: u64) -> Result<(), Failure> {
        let found = self.table(entity).get(id);
        let mut record = found
            .filter(|record| record.is_deleted)
            .ok_or_else(Failure::not_found)?;
        record.is_deleted = false;
        record.updated_at = self.clock.now();
        self.put(entity, record);
        Ok(())
    }

    /// Removes a record for good, also from the Recycle Bin.
    pub fn forget(&mut self, entity: Entity, id: u64) -> Result<(), Failure> {
        let keys = self.keys_of(entity, id).ok_or_else(Failure::not_found)?;
        self.journal.note(&Change::Forget { entity, id });
        self.tables[entity as usize].forget(id, &keys);
        self.collected.clear();
        self.index_later(entity, id, None);
        Ok(())
    }

    /// Adds an empty marketing list under the next id, or under `id` where the seed gives one.
    pub fn add_list(&mut self, id: Option<u64>, name: &str) -> u64 {
        let id = id.unwrap_or_else(|| self.lists.next_id());
        let created_at = self.clock.now();
        let name = name.to_owned();
        self.put_list(id, List { name, created_at });
        id
    }

    /// Writes a marketing list.
    pub fn put_list(&mut self, id: u64, list: List) {
        self.journal.note(&Change::List {
            id,
            list: Cow::Borrowed(&list),
        });
        self.lists.put(id, list);
    }

    /// Puts a contact on a marketing list, or takes it off.
    pub fn set_member(&mut self, list: u64, contact: u64, is_member: bool) {
        let Some(mut record) = self.table(Entity::Contacts).live(contact) else {
            return;
        };
        if set_member(&mut record.fields, list, is_member) {
            self.put(Entity::Contacts, record);
        }
    }

    /// Counts a call; the refusal when the account takes no more of them.
    pub fn take_call(&mut self) -> Result<(), Answer> {
        let profile = &self.setup.profile;
        let taken = self.allowance.take(profile, self.clock.now());
        if profile.hourly_limit.or(profile.per_minute).is_some() {
            let (hour, minute) = self.allowance.windows();
            self.journal.note(&Change::Calls { hour, minute });
        }
        taken
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, seconds: u32) {
        self.clock.advance(seconds);
        self.note_clock();
    }

    /// Notes the time with the changes of a call where the clock is fast, so that it does not fall behind them.
    pub fn note_fast_clock(&mut self) {
        if self.clock.speed() > 1 {
            self.note_clock();
        }
    }

    fn note_clock(&mut self) {
        self.journal.note(&Change::Clock {
            ahead_millis: self.clock.ahead(),
        });
    }

    /// Lists an object's records by an attribute from now on. The first time it reads all of them.
    pub fn ask(&mut self, entity: Entity, attribute: &str) {
        let is_unique = unique_field(&self.setup, entity, attribute);
        let asked = &mut self.asked[entity as usize];
        if is_unique || keys::is_grouped(entity, attribute) || asked.contains(attribute) {
            return;
        }
        asked.insert(attribute.to_owned());
        list_by(&mut self.tables[entity as usize], attribute);
        if let Some(index) = &mut self.index {
            list_by(index.table(entity), attribute);
        }
    }

    /// Ids that `find` collects, or has collected for this name since the last change.
    pub fn collected(&self, name: String, find: impl FnOnce() -> (Vec<u64>, i64)) -> Arc<Vec<u64>> {
        self.collected.get(name, self.clock.now(), find)
    }

    fn keys_of(&self, entity: Entity, id: u64) -> Option<table::Keys> {
        let record = self.table(entity).get(id)?;
        let asked = &self.asked[entity as usize];
        Some(keys::of(&self.setup, entity, &record, asked))
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

/// Lists all undeleted records of a table by one more attribute.
fn list_by(table: &mut Table, attribute: &str) {
    for id in table.all().slice(0..table.all().len()) {
        let Some(record) = table.live(id) else {
            continue;
        };
        for key in keys::groups(&record, attribute) {
            table.join(key, id);
        }
    }
}
