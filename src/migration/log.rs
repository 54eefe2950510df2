//! The ledger's log as relations of the warehouse.
//!
//! The tables are kept up to date with the lines that came since the last time, so a load of a million rows does not
//! read its whole log once a phase.

use std::path::Path;

use crate::error::Result;
use crate::ledger;
use crate::warehouse::{Warehouse, quote_text};

/// Makes the views over the whole log, and the tables, empty.
///
/// # Errors
/// [`crate::error::Kind::Script`] when DuckDB refuses them.
pub fn begin(staging: &Path, warehouse: &Warehouse) -> Result<()> {
    let all = quote_text(&staging.join("ledger").join("*.jsonl").to_string_lossy());
    warehouse.run(&include_str!("ledger.sql").replace("{events}", &events(&all)))
}

/// Takes in what was logged since the last time. What was projected before is gone.
///
/// # Errors
/// As [`begin`], and when the log's folder cannot be read.
pub fn refresh(staging: &Path, warehouse: &Warehouse) -> Result<()> {
    let seen = warehouse.text("select max(file) from ledger_seen")?;
    let mut files = ledger::files(staging)?;
    files.retain(|file| *file.to_string_lossy() >= *seen);
    let Some(last) = files.last() else {
        return Ok(());
    };
    let names: Vec<String> = files
        .iter()
        .map(|file| quote_text(&file.to_string_lossy()))
        .collect();
    let sql = include_str!("ledger_news.sql")
        .replace("{events}", &events(&format!("[{}]", names.join(", "))))
        .replace("{file}", &quote_text(&last.to_string_lossy()));
    warehouse.run(&sql)
}

/// Reads log files; `files` is a glob or a list, as SQL takes it.
fn events(files: &str) -> String {
    format!(
        "read_json({files}, format = 'newline_delimited', ignore_errors = true, columns = {{
    seq: 'bigint', \"at\": 'varchar', event: 'varchar', run_id: 'varchar', object: 'varchar',
    source_id: 'varchar', action: 'varchar', state: 'varchar', destination_id: 'bigint',
    body_hash: 'varchar', status: 'integer', reason: 'varchar', command: 'varchar',
    destination: 'varchar', exit_code: 'integer', calls: 'bigint', scripts: 'json',
    \"check\": 'varchar', phase: 'varchar', \"rows\": 'bigint', blocks: 'boolean',
    script_hash: 'varchar', name: 'varchar', read_id: 'varchar', complete: 'boolean',
    system: 'varchar', extract_id: 'varchar', file: 'varchar', sha256: 'varchar',
}})"
    )
}
