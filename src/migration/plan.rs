//! What a load would do: rows, calls, and which scripts changed since the last one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::cost::{self, Cost};
use super::probe::{Answer, RefusedKey};
use crate::catalog::{Catalog, Object};
use crate::error::Result;
use crate::reconcile::Finding;
use crate::warehouse::Warehouse;

/// The plan of a load.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// In phase order.
    pub objects: Vec<Step>,
    /// `sql/` against the last load.
    pub scripts: Vec<Change>,
    /// What the checks before the load found, on projected parents.
    pub findings: Vec<Finding>,
    /// What the account showed that is not what is taken for granted.
    pub probes: Vec<Answer>,
    /// Objects that cannot be loaded, because their key does not work there.
    pub refused_keys: Vec<RefusedKey>,
    /// `passed` or `blocked`.
    pub gates: &'static str,
    /// Calls in all.
    pub calls: u64,
    /// When what happens, if the load began now.
    pub calendar: Calendar,
}

/// What happens with one object.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    /// The object.
    pub object: String,
    /// How its rows are written.
    pub write: &'static str,
    /// Rows of the source, quarantined ones included.
    pub source_rows: u64,
    /// Rows that will be new there, or recorded as found.
    pub create: u64,
    /// Rows that changed since they were sent.
    pub update: u64,
    /// Rows in doubt, looked up before anything else.
    pub look_up: u64,
    /// Rows left out for a reason.
    pub skip: u64,
    /// Rows that wait for a person.
    pub queue: u64,
    /// Rows that are there already.
    pub done: u64,
    /// Rows that were refused as they are.
    pub rejected: u64,
    /// Calls to write and to prove, as things usually go.
    pub calls: u64,
    /// The same for a thousand of the rows that are sent.
    pub calls_per_1000: Option<u64>,
    /// The lower bound beside it.
    pub least_calls_per_1000: Option<u64>,
    /// All that is foreseen of the calls.
    #[serde(skip)]
    pub cost: Cost,
}

impl Step {
    /// Rows for which calls are made.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.create + self.update + self.look_up
    }
}

/// A file of `sql/` against the last load.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Path below `sql/`.
    pub script: String,
    /// `same`, `changed`, `new` or `removed`.
    pub state: &'static str,
}

#[derive(Deserialize)]
struct Counts {
    object: String,
    created: u64,
    updated: u64,
    looked_up: u64,
    skipped: u64,
    queued: u64,
    done: u64,
    rejected: u64,
}

/// Counts every object's rows by what would happen to them.
///
/// # Errors
/// [`crate::error::Kind::Script`] when the buckets cannot be computed.
pub fn steps(
    catalog: &Catalog,
    warehouse: &Warehouse,
    quarantined: &BTreeMap<String, u64>,
) -> Result<Vec<Step>> {
    let counts = warehouse.fetch::<Counts>(
        "select object, \
             count(*) filter (where bucket = 'pending' and destination_id is null) as created, \
             count(*) filter (where bucket = 'pending' and destination_id is not null) as updated, \
             count(*) filter (where bucket = 'unknown') as looked_up, \
             count(*) filter (where bucket = 'skipped') as skipped, \
             count(*) filter (where bucket = 'queued') as queued, \
             count(*) filter (where bucket in ('accepted', 'lost')) as done, \
             count(*) filter (where bucket = 'rejected') as rejected \
         from ledger_buckets group by object",
    )?;
    let by_object: BTreeMap<&str, &Counts> = counts
        .iter()
        .map(|row| (row.object.as_str(), row))
        .collect();
    let step = |object: &Object| {
        let broken = quarantined.get(&object.name).copied().unwrap_or_default();
        step(object, by_object.get(object.name.as_str()).copied(), broken)
    };
    Ok(catalog.objects.iter().map(step).collect())
}

fn step(object: &Object, counts: Option<&Counts>, broken: u64) -> Step {
    let of = |pick: fn(&Counts) -> u64| counts.map(pick).unwrap_or_default();
    let step = Step {
        object: object.name.clone(),
        write: object.write.word(),
        source_rows: 0,
        create: of(|c| c.created),
        update: of(|c| c.updated),
        look_up: of(|c| c.looked_up),
        skip: of(|c| c.skipped),
        queue: of(|c| c.queued) + broken,
        done: of(|c| c.done),
        rejected: of(|c| c.rejected),
        ..Step::default()
    };
    let cost = cost::of(object, &step);
    let is_free = cost.expected == 0;
    let per_thousand = |calls| cost::per_thousand(calls, step.sent()).filter(|_| !is_free);
    Step {
        source_rows: step.sent() + step.skip + step.queue + step.done + step.rejected,
        calls: cost.expected,
        calls_per_1000: per_thousand(cost.expected),
        least_calls_per_1000: per_thousand(cost.least),
        cost,
        ..step
    }
}

/// Compares the files of `sql/` with those of the last load.
#[must_use]
pub fn changes(
    now: &BTreeMap<String, String>,
    before: Option<&BTreeMap<String, String>>,
) -> Vec<Change> {
    let nothing = BTreeMap::new();
    let before = before.unwrap_or(&nothing);
    let all: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
    let state = |script: &String| match (before.get(script), now.get(script)) {
        (Some(old), Some(new)) if old == new => "same",
        (Some(_), Some(_)) => "changed",
        (None, _) => "new",
        (Some(_), None) => "removed",
    };
    all.into_iter()
        .map(|script| Change {
            script: script.clone(),
            state: state(script),
        })
        .collect()
}
