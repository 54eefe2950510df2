//! `map show`, `map set`: what is not certain about an export, and a person's answers. `map diff`: what is otherwise than it was
//! approved. `map propose`: what things of the source might become.

use clap::{Args, Subcommand};

use super::{Outside, Shared, open, runtime};
use crate::error::Result;
use crate::{migration, report};

/// What to do with the decisions.
#[derive(Subcommand)]
pub enum Map {
    /// Show what waits for a decision, with what speaks for it and against it
    Show {
        /// Also what was decided, and by what
        #[arg(long)]
        all: bool,
    },
    /// Show each line of sql/ and each setting that is otherwise than it was approved
    Diff {
        /// Between the last two approvals, instead of the last one and now
        #[arg(long)]
        earlier: bool,
    },
    /// Answer; written to sql/map/map_decisions.csv
    Set {
        /// The file, by its path inside the export or its name
        scope: String,
        /// What to decide, for example `encoding` or `delimiter`
        topic: String,
        /// How it is
        choice: String,
    },
    /// Show what fields, options, stages and owners might become, how sure that is, and what speaks for it
    Propose(Propose),
}

/// What `map propose` is asked for.
#[derive(Args)]
pub struct Propose {
    /// Also what scripts and people decided, and loses nothing
    #[arg(long)]
    all: bool,
    /// Put what is certain into sql/map/, where no row answers yet
    #[arg(long)]
    write: bool,
    /// With --write: also what is not certain, but as sure as the threshold
    #[arg(long, requires = "write")]
    likely: bool,
    /// With --write: also rows for fields that the destination's admin has to create first
    #[arg(long, requires = "write")]
    create: bool,
    #[command(flatten)]
    windows: Outside,
}

/// Runs one of them.
///
/// # Errors
/// See [`migration::decisions`], [`migration::decide`] and [`migration::propose`].
pub fn run(shared: &Shared, map: &Map) -> Result<()> {
    match map {
        Map::Show { all } => {
            let workspace = open(shared)?;
            let mut decisions = migration::decisions(&workspace)?;
            decisions.retain(|decision| *all || decision.is_open);
            match shared.is_json() {
                true => report::print_json(&decisions),
                false => report::print_decisions(&decisions),
            }
        }
        Map::Diff { earlier } => {
            let workspace = open(shared)?;
            let differences = migration::diff(&workspace, *earlier)?;
            match shared.is_json() {
                true => report::print_json(&differences),
                false => report::print_differences(&differences),
            }
        }
        Map::Set {
            scope,
            topic,
            choice,
        } => {
            let workspace = open(shared)?;
            let answered = migration::decide(&workspace, scope, topic, choice)?;
            match shared.is_json() {
                true => report::print_json(&answered),
                false => report::print_answered(&answered),
            }
        }
        Map::Propose(asked) => propose(shared, asked),
    }
}

fn propose(shared: &Shared, asked: &Propose) -> Result<()> {
    let workspace = asked.windows.open(shared)?;
    let meter = shared.meter();
    let proposed = runtime()?.block_on(migration::propose(&workspace, &meter))?;
    let written = match asked.write {
        true => {
            let wanted = migration::Asked {
                likely: asked.likely,
                creates: asked.create,
            };
            Some(migration::take(&workspace, &proposed, wanted)?)
        }
        false => None,
    };
    let mut shown = proposed;
    shown
        .proposals
        .retain(|one| asked.all || one.status != "decided" || one.rows_affected > 0);
    match shared.is_json() {
        true => report::print_json(&serde_json::json!({
            "threshold": shown.threshold,
            "proposals": shown.proposals,
            "written": written,
        })),
        false => report::print_proposals(&shown, written.as_ref()),
    }
}
