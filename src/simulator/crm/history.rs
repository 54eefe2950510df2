//! An account as changes: how a state file says what there is, and how it is read back.

use std::borrow::Cow;

use super::{Entity, World, values};
use crate::simulator::journal::Change;
use crate::simulator::times::Clock;

impl World {
    /// Does again what a state file says was done.
    ///
    /// # Errors
    /// What is wrong with switches that no longer fit, as one sentence: those of the start may be other ones.
    pub fn replay(&mut self, change: Change) -> Result<(), String> {
        match change {
            Change::Switches { settings } => {
                self.setup.switch(&settings)?;
                self.switched.extend(settings.into_owned());
            }
            Change::Put { entity, record } => {
                self.last_email_id = self
                    .last_email_id
                    .max(values::last_email_id(&record.fields));
                self.store(entity, &record);
            }
            Change::Forget { entity, id } => {
                if let Some(keys) = self.keys_of(entity, id) {
                    self.tables[entity as usize].forget(id, &keys);
                }
            }
            Change::List { id, list } => self.lists.put(id, list.into_owned()),
            Change::Clock { ahead_millis } => self.clock = Clock::ahead_by(ahead_millis),
            Change::Calls { hour, minute } => self.allowance.go_on(hour, minute),
            Change::Sequences { ids, emails, jobs } => {
                for (entity, id) in ids {
                    self.last_ids[entity as usize] = id;
                }
                self.last_email_id = emails;
                self.jobs.begin_behind(jobs);
            }
            Change::Job { id, job } => self.jobs.put(id, job.into_owned()),
            Change::Polled { id } => self.jobs.polled(id),
            Change::Done { id, report } => self.jobs.done(id, report.into_owned()),
        }
        Ok(())
    }

    /// The shortest way to say what there is; records are read one by one.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        let ids = Entity::ALL.map(|entity| (entity, self.last_ids[entity as usize]));
        let sequences = Change::Sequences {
            ids: ids.into_iter().collect(),
            emails: self.last_email_id,
            jobs: self.jobs.last_id(),
        };
        let lists = self.lists.iter().map(|(id, list)| Change::List {
            id,
            list: Cow::Borrowed(list),
        });
        let records = Entity::ALL.into_iter().flat_map(|entity| {
            let table = self.table(entity);
            let records = table.every_id().filter_map(|id| table.get(id));
            records.map(move |record| Change::Put {
                entity,
                record: Cow::Owned(record),
            })
        });
        let clock = Change::Clock {
            ahead_millis: self.clock.ahead(),
        };
        let (hour, minute) = self.allowance.windows();
        let calls = Change::Calls { hour, minute };
        let switches = (!self.switched.is_empty()).then_some(Change::Switches {
            settings: Cow::Borrowed(&self.switched),
        });
        switches
            .into_iter()
            .chain([clock, calls, sequences])
            .chain(lists)
            .chain(self.jobs.changes())
            .chain(records)
    }

    /// How many changes [`World::changes`] has.
    pub fn size(&self) -> usize {
        let records = Entity::ALL.map(|entity| self.table(entity).len());
        let records: usize = records.iter().sum();
        records + self.lists.len() + self.jobs.len() + 3 + usize::from(!self.switched.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::simulator::answer::Fields;
    use crate::simulator::seed::Seed;

    fn world() -> World {
        let seed = serde_json::from_str(include_str!("../tests/seed.json")).unwrap();
        World::new(Seed::read(&seed, &Fields::new()).unwrap(), String::new())
    }

    #[test]
    fn the_id_of_a_job_that_is_forgotten_is_not_given_again() {
        let (mut before, mut after) = (world(), world());
        before.jobs.begin_behind(55_000_009);
        for change in before.changes() {
            after.replay(change).unwrap();
        }
        assert_eq!(after.jobs.last_id(), 55_000_009);
    }
}
