//! Fixes what will be sent in a file: the load relation minus what the ledger says is done.

use std::fs;
use std::path::{Path, PathBuf};

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
    let left = count_remaining(run, object, warehouse)?;
    if left == 0 {
        return Ok(None);
    }
    let select = remaining(run, object)?;
    let folder = run.sealed_folder();
    private_folder(&folder)?;
    let with_sent = with_sent(run, object, warehouse, &select)?;
    let name = match wave {
        1 => object.name.clone(),
        _ => format!("{}-{wave}", object.name),
    };
    let path = folder.join(format!("{name}.parquet"));
    warehouse.copy_to_parquet(&with_sent, &path)?;
    let rows = u64::try_from(left).unwrap_or_default();
    run.ledger.append(vec![Event::Sealed(ledger::Sealed {
        run_id: run.run_id.clone(),
        object: object.name.clone(),
        file: format!("load/{}/{name}.parquet", run.run_id),
        sha256: landing::file_hash(&path)
            .map_err(|e| Error::new(Kind::Bug, "a sealed file cannot be read back").because(e))?,
        rows,
    })])?;
    let doubts = format!("select count(*) from ({select}) where _action = 'look_up'");
    let has_doubts = warehouse.number(&doubts)? > 0;
    Ok(Some(Sealed {
        path,
        rows,
        has_doubts,
    }))
}

/// Rows that are still to be sent.
///
/// # Errors
/// [`Kind::Script`] when the load relation cannot be read.
pub fn count_remaining(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<i64> {
    let select = remaining(run, object)?;
    warehouse.number(&format!("select count(*) from ({select})"))
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

/// Rows to be updated with what was last sent of them: what the destination shows beyond that is someone else's.
fn with_sent(
    run: &Run<'_>,
    object: &Object,
    warehouse: &Warehouse,
    select: &str,
) -> Result<String> {
    let updates = format!("select count(*) from ({select}) where _action = 'update'");
    let files = sealed_files(&run.workspace.staging().join("load"), &object.name)?;
    if files.is_empty() || warehouse.number(&updates)? == 0 {
        return Ok(select.to_owned());
    }
    Ok(include_str!("sent_before.sql")
        .replace("{object}", &object.name)
        .replace("{files}", &files.join(", "))
        .replace("{remaining}", select))
}

/// The sealed files of an object in all runs, quoted for SQL.
fn sealed_files(folder: &Path, object: &str) -> Result<Vec<String>> {
    let unread = |e| Error::new(Kind::Config, "the sealed files cannot be listed").because(e);
    let mut files = Vec::new();
    for run in fs::read_dir(folder).map_err(unread)? {
        let run = run.map_err(unread)?.path();
        for file in fs::read_dir(run).map_err(unread)? {
            let path = file.map_err(unread)?.path();
            if is_sealed(&path, object) {
                files.push(quote_text(&path.to_string_lossy()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// `contacts.parquet`, and `contacts-2.parquet` of a second wave.
fn is_sealed(path: &Path, object: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.and_then(|name| name.strip_suffix(".parquet"));
    match name.and_then(|name| name.strip_prefix(object)) {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix('-')
            .is_some_and(|wave| wave.parse::<usize>().is_ok()),
        None => false,
    }
}
