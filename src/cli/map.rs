//! `map show`, `map set`: what is not certain about an export, and a person's answers.

use clap::Subcommand;

use super::{Shared, open};
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
}

/// Runs one of them.
///
/// # Errors
/// See [`migration::decisions`] and [`migration::decide`].
pub fn run(shared: &Shared, map: &Map) -> Result<()> {
    let workspace = open(shared)?;
    match map {
        Map::Show { all } => {
            let mut decisions = migration::decisions(&workspace)?;
            decisions.retain(|decision| *all || decision.is_open);
            match shared.is_json() {
                true => report::print_json(&decisions),
                false => report::print_decisions(&decisions),
            }
        }
        Map::Diff { earlier } => {
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
            let answered = migration::decide(&workspace, scope, topic, choice)?;
            match shared.is_json() {
                true => report::print_json(&answered),
                false => report::print_answered(&answered),
            }
        }
    }
}
