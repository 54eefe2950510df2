//! `map propose`: for everything that people have to map, what it might become, how sure that is, and what speaks for it.
//! SQL decides (`sql/proposals/`); this carries its rows, and puts those that are sure enough into `sql/map/`.

mod maps;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::run::Run;
use super::workspace::Workspace;
use super::{Watch, check_before, finish, outlook, read_references, relations};
use crate::error::Result;
use crate::warehouse::Warehouse;

pub use maps::{Asked, Written, take};

/// The relation with every proposal, one row each.
const GATHERED: &str = "prop_answers__gathered";

/// Everything that is proposed.
#[derive(Clone, Debug, Serialize)]
pub struct Proposals {
    /// Below this confidence nothing is taken.
    pub threshold: f64,
    /// Fields first, then options, stages and owners.
    pub proposals: Vec<Proposal>,
}

/// What something of the source might become.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// `field`, `option`, `stage` or `owner`.
    pub what: String,
    /// The object it belongs to, in the source's word.
    pub object: String,
    /// What the source calls it.
    pub source: String,
    /// The best that the destination offers; none where nothing comes near.
    pub destination: Option<String>,
    /// From 0 to 1.
    pub confidence: f64,
    /// What speaks for it.
    pub evidence: String,
    /// The second best.
    pub runner_up: Option<String>,
    /// Its confidence.
    pub runner_up_confidence: Option<f64>,
    /// What would be lost: `length`, `precision`, `options`, `multi to single`, `type`.
    pub lossy: Vec<String>,
    /// Rows that would lose something.
    pub rows_affected: u64,
    /// Rows that hold it.
    pub rows: u64,
    /// `decided` by a script or a person, `certain`, `proposed`, `ambiguous`, or `none`: nothing is sure enough.
    pub status: String,
    /// The field is not there yet: the destination's admin has to create it.
    pub is_to_create: bool,
    /// The map that would say so.
    pub map: Option<String>,
    /// The rows of that map that would say so, by column.
    pub answers: Vec<BTreeMap<String, String>>,
}

impl Proposal {
    /// Whether it is as sure as the threshold, and nothing comes near.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        matches!(self.status.as_str(), "certain" | "proposed")
    }
}

#[derive(Deserialize)]
struct Threshold {
    threshold: f64,
}

/// Reads the destination's settings and proposes. Writes nothing there, and nothing into the maps.
///
/// # Errors
/// As [`super::plan`].
pub async fn propose(workspace: &Workspace, watch: &dyn Watch) -> Result<Proposals> {
    let run = Run::begin(workspace, "map propose", watch)?;
    outlook::tell_closed(workspace, &run.client, watch);
    let result = run.telling(propose_run(&run)).await;
    run.end(result)
}

async fn propose_run(run: &Run<'_>) -> Result<Proposals> {
    read_references(run).await?;
    let warehouse = run.build()?;
    let proposed = check_before(run, &warehouse)
        .and_then(|_| relations::proposals(&run.workspace.catalog, &warehouse))
        .and_then(|()| gathered(&warehouse));
    finish(run, warehouse)?;
    proposed
}

/// All proposals of a warehouse in which they are built.
///
/// # Errors
/// [`crate::error::Kind::Script`] when they cannot be read.
pub fn gathered(warehouse: &Warehouse) -> Result<Proposals> {
    let threshold: Vec<Threshold> =
        warehouse.fetch("select proposal_threshold()::double as threshold")?;
    Ok(Proposals {
        threshold: threshold.first().map_or(1.0, |row| row.threshold),
        proposals: warehouse.fetch(&format!(
            "select * exclude (place) from {GATHERED} order by place, object, source"
        ))?,
    })
}
