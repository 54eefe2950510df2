//! What the record of an extract says, as relations: how its files are read, and what became of their records.

use serde::Serialize;

use super::relations::Inputs;
use super::views;
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Extract, FileCounts};
use crate::warehouse::{Warehouse, quote_text};

const CHOICES: &str = r#"[{"scope": "varchar", "topic": "varchar", "choice": "varchar", "others": ["varchar"],
    "evidence_for": "bigint", "evidence_against": "bigint", "evidence": "varchar", "decided_by": "varchar"}]"#;

const FILES: &str = r#"[{"object": "varchar", "path": "varchar", "part": "bigint", "bytes": "bigint", "sha256": "varchar",
    "records": "bigint", "landed": "bigint", "quarantined": "bigint", "header_rows": "bigint",
    "title_rows": "bigint", "total_rows": "bigint", "blank_lines": "bigint", "missing": ["varchar"]}]"#;

const EXTRACTS: &str = r#"[{"extract_id": "varchar", "export_type": "varchar", "exported_at": "varchar", "since": "varchar"}]"#;

const COLUMNS: &str = r#"[{"object": "varchar", "column_name": "varchar"}]"#;

const STRAYS: &str = r#"[{"path": "varchar", "is_decided": "boolean"}]"#;

/// A file that is not read.
#[derive(Serialize)]
struct Stray<'a> {
    path: &'a str,
    is_decided: bool,
}

/// A column that the files of an object have.
#[derive(Serialize)]
struct LandedColumn<'a> {
    object: &'a str,
    column_name: &'a str,
}

/// What the export says about itself.
#[derive(Serialize)]
struct LandedExtract<'a> {
    extract_id: &'a str,
    export_type: Option<&'a str>,
    exported_at: Option<&'a str>,
    since: Option<&'a str>,
}

/// A file of an object.
#[derive(Serialize)]
struct File<'a> {
    object: &'a str,
    #[serde(flatten)]
    counts: &'a FileCounts,
}

/// `landed_extracts`, `landed_choices`, `landed_files`, `landed_strays`, `landed_columns` and `landed_ids`; empty before
/// anything is landed.
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
    warehouse.run(&extracts(inputs)?)?;
    warehouse.run(&strays(extract)?)?;
    warehouse.run(&table("landed_columns", &columns, COLUMNS)?)?;
    warehouse.run(&table("landed_choices", &extract.choices, CHOICES)?)?;
    warehouse.run(&table("landed_files", &files, FILES)?)?;
    ids(inputs, warehouse)
}

fn extracts(inputs: &Inputs<'_>) -> Result<String> {
    let extracts = inputs.extract.iter().map(|extract| LandedExtract {
        extract_id: &extract.extract_id,
        export_type: extract.export_type.as_deref(),
        exported_at: extract.exported_at.as_deref(),
        since: extract.since.as_deref(),
    });
    let extracts: Vec<LandedExtract> = extracts.collect();
    table("landed_extracts", &extracts, EXTRACTS)
}

fn strays(extract: &Extract) -> Result<String> {
    let left_out = extract.left_out.iter().map(|path| (path, true));
    let unmapped = extract.unmapped.iter().map(|path| (path, false));
    let strays = left_out.chain(unmapped);
    let strays: Vec<Stray> = strays
        .map(|(path, is_decided)| Stray { path, is_decided })
        .collect();
    table("landed_strays", &strays, STRAYS)
}

/// `landed_ids`: ids as the files of this extract have them, and those of the extract that was landed first here: what goes wrong
/// later on must not become the measure for what is landed after it.
fn ids(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let system = &inputs.config.source.system;
    let all = landing::extracts(&inputs.staging, system)?;
    let is_now = |extract: &&Extract| extract.extract_id == inputs.extract_id;
    let now = all.iter().find(is_now);
    let earlier = all.first().filter(|extract| !is_now(extract));
    let mut selects = vec!["select null::varchar as object, null::varchar as id, null::boolean as is_earlier where false".to_owned()];
    for (extract, is_earlier) in [(now, false), (earlier, true)] {
        let objects = extract.iter().flat_map(|extract| &extract.objects);
        let with_ids = objects.filter(|(_, landed)| landed.columns.iter().any(|name| name == "id"));
        for (object, landed) in with_ids.filter(|(_, landed)| !landed.parts.is_empty()) {
            let id = extract.map_or("", |extract| &extract.extract_id);
            let folder = landing::object_folder(&inputs.staging, system, object, id);
            let parts = landed.parts.iter().map(|part| folder.join(&part.file));
            let parts: Vec<_> = parts.collect();
            selects.push(format!(
                "select {}, id, {is_earlier} from {}",
                quote_text(object),
                views::read_parquet(&parts)
            ));
        }
    }
    let selects = selects.join("\nunion all\n");
    warehouse.run(&format!("create or replace view landed_ids as {selects}"))
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
