//! What was approved, and what is otherwise since.

use super::print_text;
use super::tables::grouped;
use crate::error::Result;
use crate::migration::{Approved, Difference};

/// Says what was sealed, and what changed since the approval before.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_approved(approved: &Approved) -> Result<()> {
    for difference in &approved.differences {
        print_text(&format!(
            "since the last approval: {}",
            difference.in_short()
        ))?;
    }
    print_text(&format!(
        "{} approved {} files and settings ({}): {} rows in about {} calls",
        approved.by,
        approved.items,
        approved.plan_hash.get(..12).unwrap_or_default(),
        grouped(approved.rows),
        grouped(approved.calls),
    ))?;
    print_text(
        "next: `deskferry load` sends them; whatever changes from now on must be approved again",
    )
}

/// Prints each difference with its lines, as `diff` does.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_differences(differences: &[Difference]) -> Result<()> {
    if differences.is_empty() {
        return print_text("nothing is otherwise than it was approved");
    }
    for difference in differences {
        print_text(&difference.in_short())?;
        let removed = difference.removed.iter().map(|line| format!("  - {line}"));
        let added = difference.added.iter().map(|line| format!("  + {line}"));
        for line in removed.chain(added) {
            print_text(&line)?;
        }
    }
    Ok(())
}
