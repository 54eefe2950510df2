//! What things of the source might become, side by side.

use comfy_table::{Cell, CellAlignment, Color};

use super::print_text;
use super::tables::{number, table, warning};
use crate::error::Result;
use crate::migration::{Proposal, Proposals, Written};

/// Prints proposals as one table a part, and what was written.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_proposals(proposed: &Proposals, written: Option<&Written>) -> Result<()> {
    for part in proposed.proposals.chunk_by(|a, b| a.what == b.what) {
        print_part(part)?;
    }
    match written {
        Some(written) => print_written(written),
        None => print_next(proposed),
    }
}

fn print_part(proposals: &[Proposal]) -> Result<()> {
    let what = proposals.first().map_or("", |first| &first.what);
    let mut table = table(&[
        what,
        "becomes",
        "confidence",
        "what speaks for it",
        "loses",
        "rows",
        "of",
        "status",
    ]);
    table.add_rows(proposals.iter().map(row));
    print_text(&table.to_string())
}

fn row(proposal: &Proposal) -> [Cell; 8] {
    let becomes = match (&proposal.destination, proposal.is_to_create) {
        (Some(name), true) => format!("{name} (to create)"),
        (Some(name), false) => name.clone(),
        (None, _) => "-".to_owned(),
    };
    let confidence = Cell::new(format!("{:.2}", proposal.confidence));
    let status = Cell::new(&proposal.status);
    [
        Cell::new(format!("{}: {}", proposal.object, proposal.source)),
        Cell::new(becomes),
        confidence.set_alignment(CellAlignment::Right),
        Cell::new(&proposal.evidence),
        Cell::new(proposal.lossy.join(", ")),
        warning(proposal.rows_affected),
        number(proposal.rows),
        match proposal.status.as_str() {
            "ambiguous" | "none" => status.fg(Color::Yellow),
            _ => status,
        },
    ]
}

fn print_next(proposed: &Proposals) -> Result<()> {
    let of = |status: &str| {
        let proposals = proposed.proposals.iter();
        proposals.filter(|one| one.status == status).count()
    };
    print_text(&format!(
        "{} of {} are certain and {} more at or above {}; nothing is taken before a row of sql/map/ says so: \
         `deskferry map propose --write` writes what is certain, with `--likely` the others too",
        of("certain"),
        proposed.proposals.len(),
        of("proposed"),
        proposed.threshold
    ))
}

fn print_written(written: &Written) -> Result<()> {
    for (map, rows) in &written.rows {
        print_text(&format!("{rows} rows written to sql/map/{map}.csv"))?;
    }
    if written.rows.is_empty() {
        print_text("no row was written: nothing that was asked for has no row yet")?;
    }
    print_text(&format!(
        "left for people: {} not certain (`--likely` writes them), {} ambiguous, {} for which nothing is sure enough, {} fields to create, {} that no map can say",
        written.likely, written.ambiguous, written.without, written.to_create, written.unwritable
    ))?;
    match written.must_land_again {
        true => {
            print_text("headers are read when an export is landed: `deskferry land PATH` again")
        }
        false => Ok(()),
    }
}
