//! A synthetic SmartDesk export with planted defects, and the truth beside it, so that a reader can be scored.
//!
//! It is written from the description of the export and shares no code with the reader.
//!
//! ```text
//! dice, words ─► account ─► records (clean rows) ─► truth (Parquet)
//!                               │
//!                variants (plan a file, plant in cells and rows) ─► defects.parquet
//!                               ▼
//!                  export (files, line by line) ─► manifest ─► packing (zip, folder, …)
//! ```

mod account;
mod delta;
mod dice;
mod expected;
mod export;
mod files;
mod manifest;
mod output;
mod packing;
mod records;
mod row;
mod schema;
mod tables;
mod text;
mod truth;
mod variant;
mod variants;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use variant::{Expected, Variant};

use crate::error::{Error, Kind, Result};

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The same number, contacts and variants give the same bytes.
    pub seed: u64,
    /// How many contacts; everything else follows.
    pub contacts: u64,
    /// What is planted; the clean records are the same with and without. A cell carries one defect at most, a column that
    /// one variant writes whole is closed for the others, and two variants do not change the same aspect of a file: of
    /// many at once some plant less than alone.
    pub variants: Vec<Variant>,
    /// How many of the cells and records that could carry a defect do, from 0 to 1. Each spelling is wanted three times
    /// whatever this says, if there are enough cells; columns and files that are written otherwise are so as a whole.
    pub rate: f64,
    /// The second export of the account: what changed since the first.
    pub is_delta: bool,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What to land, together one export.
    pub export: Vec<PathBuf>,
    /// The folder with the truth.
    pub truth: PathBuf,
    /// Clean records by object.
    pub rows: BTreeMap<String, u64>,
    /// Planted defects.
    pub defects: u64,
}

/// Writes an export and its truth below `folder`, which must not hold any yet.
///
/// # Errors
/// `Kind::Usage` for a rate that is none and a folder that is in use, `Kind::Config` when it cannot be written.
pub fn generate(order: &Order, folder: &Path) -> Result<Made> {
    if !(0.0..=1.0).contains(&order.rate) {
        return Err(Error::new(
            Kind::Usage,
            format!(
                "no export was made: the rate {} is not from 0 to 1",
                order.rate
            ),
        )
        .hint("a rate of 0.05 is one cell of twenty"));
    }
    if order.contacts == 0 {
        return Err(
            Error::new(Kind::Usage, "no export was made: it would have no contacts")
                .hint("50 contacts are a small export"),
        );
    }
    for name in ["export", "truth", "refused"] {
        if folder.join(name).exists() {
            return Err(Error::new(
                Kind::Usage,
                format!(
                    "no export was made: `{}` is there already",
                    folder.join(name).display()
                ),
            )
            .hint("give another folder, or remove that one"));
        }
    }
    files::folder(folder)?;
    export::make(order, folder)
}
