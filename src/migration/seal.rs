//! Fixes what will be sent in a file: the load relation minus what the ledger says is done.

use std::path::PathBuf;

use serde::Deserialize;

use super::run::Run;
use super::workspace::private_folder;
use crate::catalog::{Object, Write};
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::ledger::{self, Event};
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// A file of rows that are on their way.
pub struct Sealed {
    /// Where it is.
    pub path: PathBuf,
    /// How many it holds.
    pub rows: u64,
    /// Whether some of its rows have to be looked up first.
    pub has_doubts: bool,
}

/// Fixes in a file what will be sent, and its hash in the ledger. Nothing left to send = no file.
///
/// # Errors
/// [`Kind::Script`] when the load relation cannot be read; see [`Ledger::append`](ledger::Ledger::append).
pub fn seal(
    run: &Run<'_>,
    object: &Object,
    warehouse: &Warehouse,
    wave: usize,
) -> Result<Option<Sealed>> {
    let select = remaining(run, object)?;
    let left = left(&select, warehouse)?;
    if left.rows == 0 {
        return Ok(None);
    }
    let folder = run.sealed_folder();
    private_folder(&folder)?;
    let select = match left.updates {
        0 => select,
        _ => with_sent(run, object, &select),
    };
    let name = match wave {
        1 => object.name.clone(),
        _ => format!("{}-{wave}", object.name),
    };
    let path = folder.join(format!("{name}.parquet"));
    warehouse.copy_to_parquet(&select, &path)?;
    run.ledger.append(vec![Event::Sealed(ledger::Sealed {
        run_id: run.run_id.clone(),
        object: object.name.clone(),
        file: format!("load/{}/{name}.parquet", run.run_id),
        sha256: landing::file_hash(&path)
            .map_err(|e| Error::new(Kind::Bug, "a sealed file cannot be read back").because(e))?,
        rows: left.rows,
    })])?;
    Ok(Some(Sealed {
        path,
        rows: left.rows,
        has_doubts: left.doubts > 0,
    }))
}

/// Whether any row is still to be sent.
///
/// # Errors
/// [`Kind::Script`] when the load relation cannot be read.
pub fn is_any_left(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<bool> {
    Ok(left(&remaining(run, object)?, warehouse)?.rows > 0)
}

/// What is still to be sent.
#[derive(Default, Deserialize)]
struct Left {
    rows: u64,
    updates: u64,
    /// Rows that have to be looked up first.
    doubts: u64,
}

fn left(select: &str, warehouse: &Warehouse) -> Result<Left> {
    let counts = format!(
        "select count(*) as rows, count(*) filter (_action = 'update') as updates, \
         count(*) filter (_action = 'look_up') as doubts from ({select})"
    );
    let left = warehouse.fetch::<Left>(&counts)?.into_iter().next();
    Ok(left.unwrap_or_default())
}

/// The load relation minus what the ledger says is done. A row whose parent is only projected waits for the next wave.
fn remaining(run: &Run<'_>, object: &Object) -> Result<String> {
    let header = &run.workspace.catalog.load_script(&object.name)?.header;
    let there = |column: &str| format!("and coalesce({}, 0) >= 0", quote_name(column));
    let parents: Vec<String> = header
        .references
        .iter()
        .map(|reference| there(&reference.column))
        .collect();
    let id = if object.write == Write::Match {
        "wanted.id"
    } else {
        "outcomes.destination_id"
    };
    Ok(include_str!("seal.sql")
        .replace("{object}", &object.name)
        .replace("{write}", object.write.word())
        .replace("{id}", id)
        .replace("{parents_are_there}", &parents.join(" ")))
}

/// Rows to be updated with what was last sent of them: what the destination shows beyond that is someone else's. Where a
/// sealed file is gone, all that it shows beyond the wanted is taken for theirs.
fn with_sent(run: &Run<'_>, object: &Object, select: &str) -> String {
    let staging = run.workspace.staging();
    let history = run.ledger.history();
    // Only files that the ledger knows are whole.
    let files = history.sealed(&object.name).iter();
    let files = files.map(|sealed| staging.join(&sealed.file));
    let files: Vec<String> = files
        .filter(|path| path.exists())
        .map(|path| quote_text(&path.to_string_lossy()))
        .collect();
    if files.is_empty() {
        return select.to_owned();
    }
    include_str!("sent_before.sql")
        .replace("{object}", &object.name)
        .replace("{files}", &files.join(", "))
        .replace("{remaining}", select)
}
