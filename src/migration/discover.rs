//! Discovery: what there is, before anything is decided. Checks that block do not stop it.

use serde::Serialize;

use super::documents::{self, Document};
use super::relations::{self, Inputs};
use super::run::{Run, answered};
use super::workspace::Workspace;
use super::{Watch, check_before, extract, finish, read_references};
use crate::error::Result;
use crate::landing::Extract;
use crate::ledger;
use crate::reconcile;
use crate::warehouse::Warehouse;

/// What was found out.
pub struct Discovery {
    /// In the order of `documents.toml`.
    pub documents: Vec<Document>,
    /// Of which extract.
    pub about: About,
    /// The tables that were kept for later, below the workspace.
    pub kept: Vec<String>,
}

/// What every document says about where its numbers come from.
#[derive(Clone, Debug, Serialize)]
pub struct About {
    /// The extract.
    pub extract_id: String,
    /// When it was landed, RFC 3339 in UTC.
    pub landed_at: String,
    /// When the source made it, RFC 3339, if it says so.
    pub exported_at: Option<String>,
    /// Where the data is to go.
    pub destination: String,
    /// Whether the destination's settings were read just now.
    pub is_offline: bool,
}

/// Reads the destination's settings, builds every relation and reads the documents. Writes nothing there.
///
/// # Errors
/// [`crate::error::Kind::Decision`] when nothing is landed, [`crate::error::Kind::Destination`] when the settings cannot be
/// read, [`crate::error::Kind::Script`].
pub async fn discover(workspace: &Workspace, watch: &dyn Watch) -> Result<Discovery> {
    answered(workspace, "discover", watch, discover_run).await
}

async fn discover_run(run: &Run<'_>) -> Result<Discovery> {
    read_references(run).await?;
    let warehouse = run.build()?;
    let checked = check_before(run, &warehouse);
    let read = |_| describe(run.workspace, &run.extract, &run.inputs(), &warehouse);
    let found = checked.and_then(read);
    finish(run, warehouse)?;
    found
}

/// The same with what is known of the destination from before: no key is needed, no call is made.
///
/// # Errors
/// [`crate::error::Kind::Decision`] when nothing is landed, [`crate::error::Kind::Script`].
pub fn discover_offline(workspace: &Workspace) -> Result<Discovery> {
    workspace.prepare()?;
    let _lock = ledger::lock(&workspace.staging())?;
    let history = ledger::history(&workspace.staging())?;
    let extract = extract::newest(workspace, &history)?;
    let inputs = relations::inputs(workspace, &extract, &history);
    let mut warehouse = extract::aside(workspace, &extract)?;
    let found = build(&inputs, &mut warehouse)
        .and_then(|()| describe(workspace, &extract, &inputs, &warehouse));
    let published = found.and_then(|found| {
        warehouse.publish(&workspace.warehouse())?;
        let about = About {
            is_offline: true,
            ..found.about
        };
        Ok(Discovery { about, ..found })
    });
    warehouse.discard()?;
    published
}

/// Everything, with the rows of the checks for whoever asks for them.
fn build(inputs: &Inputs<'_>, warehouse: &mut Warehouse) -> Result<()> {
    relations::build(inputs, warehouse)?;
    reconcile::check_all(inputs.catalog, warehouse)
}

fn describe(
    workspace: &Workspace,
    extract: &Extract,
    inputs: &Inputs<'_>,
    warehouse: &Warehouse,
) -> Result<Discovery> {
    let catalog = &workspace.catalog;
    documents::build(inputs, workspace.clock.wall(), warehouse)?;
    let below = format!("discovery/{}", extract.extract_id);
    let folder = workspace.staging().join(&below);
    let files = documents::kept(catalog).into_iter();
    Ok(Discovery {
        documents: documents::read(catalog, &folder, warehouse)?,
        about: About {
            extract_id: extract.extract_id.clone(),
            landed_at: extract.landed_at.clone(),
            exported_at: extract.exported_at.clone(),
            destination: workspace.config.destination.base_url.clone(),
            is_offline: false,
        },
        kept: files
            .map(|file| format!("staging/{below}/{file}"))
            .collect(),
    })
}
