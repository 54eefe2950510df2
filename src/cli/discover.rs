//! `discover`: what the account holds, as documents.

use std::path::PathBuf;

use clap::Args;

use super::{Shared, open, runtime};
use crate::error::Result;
use crate::{migration, report};

/// What to find out, and where to write it.
#[derive(Args)]
pub struct Arguments {
    /// Do not ask the destination: what was read of it last is used, and no key is needed
    #[arg(long)]
    offline: bool,
    /// Where the documents are written [default: staging/reports/discovery in the workspace]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Do not wait for the windows of the day; the calls of the hour are kept all the same
    #[arg(long, conflicts_with = "offline")]
    now: bool,
}

/// Finds out and writes.
///
/// # Errors
/// See [`migration::discover`] and [`report::write_documents`].
pub fn run(shared: &Shared, arguments: Arguments) -> Result<()> {
    let mut workspace = open(shared)?;
    workspace.is_open_always = arguments.now;
    let found = match arguments.offline {
        true => migration::discover_offline(&workspace)?,
        false => runtime()?.block_on(migration::discover(&workspace, &shared.meter()))?,
    };
    let own = || workspace.staging().join("reports").join("discovery");
    let folder = arguments.folder.unwrap_or_else(own);
    let written = report::write_documents(&found, &folder)?;
    match shared.is_json() {
        true => report::print_json(&written),
        false => report::print_discovered(&written),
    }
}
