//! Views over landed Parquet: text as it came, under canonical names. Nothing is interpreted here.

use std::path::{Path, PathBuf};

use super::relations::Inputs;
use crate::catalog::List;
use crate::error::Result;
use crate::landing;
use crate::source::Layout;
use crate::warehouse::{Column, Warehouse, quote_name, quote_text};

/// `raw_smartdesk__<object>` for every object of the layout, landed or not.
///
/// # Errors
/// [`crate::error::Kind::Script`] when DuckDB refuses a landed file.
pub fn source_views(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let layout = Layout::parse(&inputs.catalog.layout)?;
    let folder = inputs
        .staging
        .join("landing")
        .join(&inputs.config.source.system);
    for (object, table) in layout.objects() {
        let parts = parts(&folder.join(object).join(inputs.extract_id));
        let landed = if parts.is_empty() {
            Vec::new()
        } else {
            warehouse.columns(&format!("select * from {}", read_parquet(&parts)))?
        };
        let columns: Vec<String> = table.columns.iter().chain(&table.also).cloned().collect();
        let view = source_view(object, &columns, &landed, &parts);
        warehouse.run(&view)?;
    }
    Ok(())
}

/// Columns that every landed row carries beside its cells.
const PROVENANCE: [(&str, &str); 5] = [
    ("_file", "varchar"),
    ("_part", "bigint"),
    ("_row", "bigint"),
    ("_line", "bigint"),
    ("_row_hash", "varchar"),
];

/// The view of one object; a missing id is made from the row's hash, so the same export gives the same ids.
fn source_view(object: &str, canonical: &[String], landed: &[Column], parts: &[PathBuf]) -> String {
    let from = if parts.is_empty() {
        "(select null::varchar as _row_hash, null as _file, null as _part, null as _row) where false".to_owned()
    } else {
        read_parquet(parts)
    };
    let id = match is_landed(landed, "id") {
        true => "id",
        false => "null::varchar",
    };
    let newest = match canonical.iter().any(|name| name == "updated_at") {
        true => "updated_at desc nulls last, ",
        false => "",
    };
    include_str!("source_view.sql")
        .replace("{object}", object)
        .replace("{id}", id)
        .replace("{from}", &from)
        .replace("{newest}", newest)
        // Last: a file's own column may be called anything, `{from}` too.
        .replace("{columns}", &view_columns(canonical, landed).join(", "))
}

/// Canonical columns first (absent = null), then the file's own, then where the row came from.
fn view_columns(canonical: &[String], landed: &[Column]) -> Vec<String> {
    let value = |name: &str, kind: &str| {
        let quoted = quote_name(name);
        let null = format!("cast(null as {kind}) as {quoted}");
        if is_landed(landed, name) {
            quoted
        } else {
            null
        }
    };
    let is_provenance = |name: &str| PROVENANCE.iter().any(|(known, _)| *known == name);
    let named = canonical.iter().filter(|name| *name != "id");
    let own = landed
        .iter()
        .map(|column| &column.name)
        .filter(|name| *name != "id" && !canonical.contains(name) && !is_provenance(name));
    let mut columns: Vec<String> = named
        .chain(own)
        .map(|name| value(name, "varchar"))
        .collect();
    columns.extend(PROVENANCE.iter().map(|(name, kind)| value(name, kind)));
    columns
}

fn is_landed(landed: &[Column], name: &str) -> bool {
    landed.iter().any(|column| column.name == name)
}

/// `raw_freshsales__<name>`: read-backs of objects, and reference data.
///
/// # Errors
/// [`crate::error::Kind::Script`] when DuckDB refuses a landed file.
pub fn stored_views(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let objects = inputs.catalog.objects.iter().map(|object| &object.name);
    let reads = inputs.catalog.reads.iter().map(|read| &read.name);
    for name in objects.chain(reads) {
        stored_view(inputs, name, warehouse)?;
    }
    Ok(())
}

/// What is known of one list's records: the newest complete read-back, and over it what was read since. Zero rows before
/// the first. `_read_seq` is the log's number of the reading. A record that was
/// looked for and is not there any more is landed without a text, and hides what was known of it.
///
/// # Errors
/// [`crate::error::Kind::Script`] when DuckDB refuses a landed file.
pub fn stored_view(inputs: &Inputs<'_>, name: &str, warehouse: &Warehouse) -> Result<()> {
    let known = inputs.reads.iter().find(|(read, _)| read == name);
    let backs = known.map_or(&[][..], |(_, backs)| backs);
    let landed: Vec<(PathBuf, u64)> = backs
        .iter()
        .flat_map(|back| {
            let id = &back.read.read_id;
            let folder = landing::object_folder(&inputs.staging, "freshsales", name, id);
            parts(&folder).into_iter().map(|part| (part, back.seq))
        })
        .collect();
    let select = match landed.is_empty() {
        true => include_str!("no_read.sql").to_owned(),
        false => newest(&landed, list_of(inputs, name)),
    };
    warehouse.run(&format!(
        "create or replace view raw_freshsales__{name} as\n{select}"
    ))
}

/// What tells the lists apart in which a record may stand, in SQL: a member of two lists is read twice, and both count.
fn list_of(inputs: &Inputs<'_>, name: &str) -> &'static str {
    let objects = &inputs.catalog.objects;
    let object = objects.iter().find(|object| object.name == name);
    match object.map(|object| &object.list) {
        Some(Some(List::Members)) => "landed.record ->> '$.list_id'",
        _ => "null::varchar",
    }
}

/// The records of these files, each with the log's number of its reading.
fn newest(landed: &[(PathBuf, u64)], list: &str) -> String {
    let parts: Vec<PathBuf> = landed.iter().map(|(part, _)| part.clone()).collect();
    let numbers: Vec<String> = landed
        .iter()
        .map(|(part, seq)| format!("({}, {seq})", quote_text(&part.to_string_lossy())))
        .collect();
    include_str!("newest_read.sql")
        .replace("{files}", &paths(&parts))
        .replace("{numbers}", &numbers.join(", "))
        .replace("{list}", list)
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut parts: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .collect();
    parts.sort();
    parts
}

/// Landed files as SQL reads them.
#[must_use]
pub fn read_parquet(parts: &[PathBuf]) -> String {
    format!("read_parquet({})", paths(parts))
}

/// Paths as a list, as SQL takes it.
fn paths(parts: &[PathBuf]) -> String {
    let names: Vec<String> = parts
        .iter()
        .map(|part| quote_text(&part.to_string_lossy()))
        .collect();
    format!("[{}]", names.join(", "))
}
