//! What the record of an extract says, as relations: how its files are read, and what became of their records.

use serde::Serialize;

use super::relations::Inputs;
use crate::error::{Error, Kind, Result};
use crate::landing::{Extract, FileCounts};
use crate::warehouse::{Warehouse, quote_text};

const CHOICES: &str = r#"[{"scope": "varchar", "topic": "varchar", "choice": "varchar", "others": ["varchar"],
    "evidence_for": "bigint", "evidence_against": "bigint", "evidence": "varchar", "decided_by": "varchar"}]"#;

const FILES: &str = r#"[{"object": "varchar", "path": "varchar", "part": "bigint", "bytes": "bigint", "sha256": "varchar",
    "records": "bigint", "landed": "bigint", "quarantined": "bigint", "header_rows": "bigint",
    "title_rows": "bigint", "total_rows": "bigint", "blank_lines": "bigint", "missing": ["varchar"]}]"#;

const COLUMNS: &str = r#"[{"object": "varchar", "column_name": "varchar"}]"#;

/// A column that the files of an object have.
#[derive(Serialize)]
struct LandedColumn<'a> {
    object: &'a str,
    column_name: &'a str,
}

/// A file of an object.
#[derive(Serialize)]
struct File<'a> {
    object: &'a str,
    #[serde(flatten)]
    counts: &'a FileCounts,
}

/// `landed_choices`, `landed_files` and `landed_columns`; empty before anything is landed.
///
/// # Errors
/// [`Kind::Script`] when DuckDB refuses them.
pub fn relations(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let nothing = Extract::default();
    let extract = inputs.extract.unwrap_or(&nothing);
    let files = extract.objects.iter().flat_map(|(object, landed)| {
        let file = move |counts| File { object, counts };
        landed.files.iter().map(file)
    });
    let files: Vec<File> = files.collect();
    let columns = extract.objects.iter().flat_map(|(object, landed)| {
        let columns = landed.columns.iter();
        columns.map(move |column_name| LandedColumn {
            object,
            column_name,
        })
    });
    let columns: Vec<LandedColumn> = columns.collect();
    warehouse.run(&table("landed_columns", &columns, COLUMNS)?)?;
    warehouse.run(&table("landed_choices", &extract.choices, CHOICES)?)?;
    warehouse.run(&table("landed_files", &files, FILES)?)
}

/// A relation of these rows; `columns` are its names and types, as `from_json` takes them.
pub(super) fn table<T: Serialize>(name: &str, rows: &[T], columns: &str) -> Result<String> {
    let rows = serde_json::to_string(rows).map_err(|cause| {
        Error::new(Kind::Bug, "the rows of a relation are not JSON").because(cause)
    })?;
    Ok(format!(
        "create or replace table {name} as select unnest(from_json({}, {}), recursive := true)",
        quote_text(&rows),
        quote_text(columns)
    ))
}
