//! Where every source row stands, from the files alone: the same answer with and without the cache.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cost::Used;
use super::extract;
use super::relations::{self, Inputs};
use super::workspace::Workspace;
use crate::catalog::Catalog;
use crate::error::{Error, Kind, Result};
use crate::landing::Extract;
use crate::ledger::{self, History};
use crate::reconcile;
use crate::warehouse::Warehouse;

/// The answer of `status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// In phase order.
    pub objects: Vec<Standing>,
    /// `passed` when every row of every object has come to an end and no blocking check has rows; else `blocked`.
    pub gates: &'static str,
    /// The last run, if there was one.
    pub run_id: Option<String>,
    /// After a load: what it cost in calls, object by object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Used>,
}

/// One object's rows: the eight buckets add up to `source_rows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The object.
    pub object: String,
    /// Rows of the source, quarantined ones included.
    pub source_rows: u64,
    /// At the destination.
    pub accepted: u64,
    /// Left out, for a reason.
    pub skipped: u64,
    /// Waiting for a person, quarantined rows included.
    pub queued: u64,
    /// Refused by the destination.
    pub rejected: u64,
    /// Sent, and nobody knows.
    pub unknown: u64,
    /// Not sent yet.
    pub pending: u64,
    /// Accepted once, and not found there.
    pub lost: u64,
    /// Accepted rows that the newest read-back shows; for matched rows and bundle files, those recorded.
    pub destination_rows: u64,
}

impl Standing {
    /// Whether every row is in one bucket.
    #[must_use]
    pub fn closes(&self) -> bool {
        let ended = self.accepted + self.skipped + self.queued + self.rejected;
        ended + self.unknown + self.pending + self.lost == self.source_rows
    }
}

/// Answers `status`, from the cache when it is what a build would make now, else from a build of its own.
///
/// # Errors
/// [`Kind::Decision`] when nothing is landed yet.
pub fn status(workspace: &Workspace) -> Result<Status> {
    workspace.prepare()?;
    let history = ledger::history(&workspace.staging())?;
    let extract = extract::newest(workspace, &history)?;
    let inputs = relations::inputs(workspace, &extract, &history);
    let quarantined = extract::quarantined(&extract, &workspace.catalog);
    let count = |warehouse: &Warehouse| standings(&workspace.catalog, warehouse, &quarantined);
    let published = workspace.warehouse();
    let build = |warehouse: &mut Warehouse| rebuild(&inputs, &published, warehouse);
    let objects = ask(workspace, &extract, &inputs, build, count)?;
    Ok(Status {
        gates: gates(workspace, &objects, &history),
        objects,
        run_id: history.last_run().map(|run| run.run_id.clone()),
        calls: Vec::new(),
    })
}

/// Asks the published warehouse if it is up to date, else one of its own that `build` fills.
///
/// # Errors
/// What `build` and `question` say.
pub fn ask<T>(
    workspace: &Workspace,
    extract: &Extract,
    inputs: &Inputs<'_>,
    build: impl FnOnce(&mut Warehouse) -> Result<()>,
    question: impl Fn(&Warehouse) -> Result<T>,
) -> Result<T> {
    let megabytes = workspace.config.warehouse_memory;
    if let Some(warehouse) = current(&workspace.warehouse(), inputs, megabytes) {
        return question(&warehouse);
    }
    let mut warehouse = extract::aside(workspace, extract)?;
    let answer = build(&mut warehouse).and_then(|()| question(&warehouse));
    warehouse.discard()?;
    answer
}

/// The published warehouse, if it is up to date.
fn current(published: &Path, inputs: &Inputs<'_>, megabytes: u64) -> Option<Warehouse> {
    let warehouse = Warehouse::open_within(published, megabytes).ok()?;
    let is_current = warehouse.number(&relations::is_current(inputs)).ok()?;
    (is_current == 1).then_some(warehouse)
}

/// Builds from the files. A missing cache is put back, checks and all; one that is only behind is left to the run that is
/// at work, which will publish its own.
fn rebuild(inputs: &Inputs<'_>, published: &Path, warehouse: &mut Warehouse) -> Result<()> {
    relations::build(inputs, warehouse)?;
    if published.exists() {
        return Ok(());
    }
    reconcile::check_all(inputs.catalog, warehouse)?;
    warehouse.publish(published)
}

/// Counts the buckets of every object.
///
/// # Errors
/// [`Kind::Bug`] when a count does not close.
pub fn standings(
    catalog: &Catalog,
    warehouse: &Warehouse,
    quarantined: &BTreeMap<String, u64>,
) -> Result<Vec<Standing>> {
    let mut counted: BTreeMap<String, Standing> = warehouse
        .fetch::<Standing>(include_str!("standings.sql"))?
        .into_iter()
        .map(|standing| (standing.object.clone(), standing))
        .collect();
    let mut standings = Vec::new();
    for object in &catalog.objects {
        let mut standing = counted.remove(&object.name).unwrap_or_default();
        standing.object.clone_from(&object.name);
        let broken = quarantined.get(&object.name).copied().unwrap_or_default();
        standing.source_rows += broken;
        standing.queued += broken;
        if !standing.closes() {
            return Err(Error::new(
                Kind::Bug,
                format!("the rows of {} do not add up", object.name),
            )
            .hint("run `deskferry status --format json` and report what it prints"));
        }
        standings.push(standing);
    }
    Ok(standings)
}

fn gates(workspace: &Workspace, objects: &[Standing], history: &History) -> &'static str {
    let is_open = |o: &Standing| {
        o.unknown + o.pending + o.lost > 0 || o.rejected > workspace.config.max_rejected
    };
    let is_blocked = history.checks().any(|check| check.blocks && check.rows > 0);
    if objects.iter().any(is_open) || is_blocked {
        "blocked"
    } else {
        "passed"
    }
}
