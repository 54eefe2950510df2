//! Scores a reading: what became of each defect that was planted in an export, beside the same records without any.
//!
//! ```text
//! export ─► land ─► staging SQL, checks after landing ─► cells.parquet   what was understood, cell by cell
//!                                                        said.parquet    what was set aside, asked, reported
//! both of the clean and of the messy export, and defects.parquet ─► verdicts
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::extract;
use super::relations::{self, Inputs};
use super::workspace::Workspace;
use crate::catalog::{Blocks, Layer, Script, When};
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Extract};
use crate::ledger;
use crate::reconcile;
use crate::source::Layout;
use crate::warehouse::{Column, Warehouse, quote_name, quote_text};

/// What became of some defects of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What a reader had to do: `recovered`, `quarantined`, `asked`, `reported`, `refused`.
    pub expected: String,
    /// What it did: one of these, `kept` (as text that nothing reads), or the errors `guessed`, `unsaid` and `silent`.
    pub outcome: String,
    /// A short word for the defects.
    pub finding: String,
    /// Where they are, for example `contact.birthday`.
    pub place: String,
    /// How many.
    pub defects: u64,
}

/// What went wrong beside the planted defects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Records that changed though nothing was planted in them, and of which nothing was said.
    pub stray: u64,
    /// Questions that no defect made necessary.
    pub needless: u64,
}

/// The score of one reading.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Score {
    /// By what was expected and what came.
    pub verdicts: Vec<Verdict>,
    /// What else changed or was asked.
    pub beside: Beside,
}

impl Score {
    /// Both together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.verdicts.extend(other.verdicts);
        self
    }
}

/// What became of the defects of one variant.
#[derive(Clone, Debug, Serialize)]
pub struct VariantScore {
    /// `V01`.
    pub variant: String,
    /// What it is.
    pub about: &'static str,
    /// What became of its defects.
    #[serde(flatten)]
    pub score: Score,
}

/// What must not become of a defect.
pub const ERRORS: [&str; 3] = ["guessed", "unsaid", "silent"];

impl VariantScore {
    /// Defects with one outcome.
    #[must_use]
    pub fn count(&self, outcome: &str) -> u64 {
        let verdicts = self.score.verdicts.iter();
        verdicts
            .filter(|verdict| verdict.outcome == outcome)
            .map(|verdict| verdict.defects)
            .sum()
    }

    fn has_errors(&self) -> bool {
        self.score.beside.stray > 0 || ERRORS.iter().any(|outcome| self.count(outcome) > 0)
    }
}

/// Whether nothing was guessed at, left unsaid or lost.
///
/// # Errors
/// [`Kind::Check`] with the variants in which something was.
pub fn gate(scores: &[VariantScore]) -> Result<()> {
    let erring = scores.iter().filter(|score| score.has_errors());
    let erring: Vec<&str> = erring.map(|score| score.variant.as_str()).collect();
    match erring.as_slice() {
        [] => Ok(()),
        some => Err(Error::new(
            Kind::Check,
            format!(
                "{} of {} variants are not read as they should be: {}",
                some.len(),
                scores.len(),
                some.join(", ")
            ),
        )
        .hint("`--variants V43 --keep DIR` leaves export, truth and workspace of one to look at")),
    }
}

/// Writes the maps of custom fields that a customer would write: each with its type and its options.
///
/// # Errors
/// [`Kind::Config`] when they cannot be written.
pub fn map_fields(workspace: &Workspace, truth: &Path) -> Result<()> {
    let warehouse = Warehouse::in_memory()?;
    for (map, query) in [
        ("map_fields", include_str!("map_fields.sql")),
        ("map_options", include_str!("map_options.sql")),
    ] {
        let query = query.replace("@truth", &truth.to_string_lossy().replace('\'', "''"));
        let rows: Vec<Vec<String>> = warehouse
            .fetch::<Row>(&query)?
            .into_iter()
            .map(|row| row.cells)
            .collect();
        let path = workspace.root.join(format!("sql/map/{map}.csv"));
        landing::write_atomically(&path, &csv_of(&rows)?)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Row {
    cells: Vec<String>,
}

fn csv_of(rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let wrong =
        |cause: csv::Error| Error::new(Kind::Bug, "a map cannot be written as CSV").because(cause);
    let mut text = csv::Writer::from_writer(Vec::new());
    for row in rows {
        text.write_record(row).map_err(wrong)?;
    }
    text.into_inner()
        .map_err(|cause| wrong(cause.into_error().into()))
}

/// Writes what is understood of the newest extract, and what is said of it, to `folder`.
///
/// # Errors
/// [`Kind::Decision`] when nothing is landed, [`Kind::Script`] when a script is refused.
pub fn record(workspace: &Workspace, folder: &Path) -> Result<()> {
    let history = ledger::history(&workspace.staging())?;
    let extract = extract::newest(workspace, &history)?;
    let inputs = relations::inputs(workspace, &extract, &history);
    let megabytes = workspace.config.warehouse_memory;
    let rows = extract::largest(&extract);
    let warehouse = Warehouse::build_aside(&workspace.warehouse(), rows, megabytes)?;
    let written = understood(&inputs, &extract, &warehouse).and_then(|()| {
        for table in ["cells", "said", "interpreted"] {
            let path = folder.join(format!("{table}.parquet"));
            warehouse.copy_to_parquet(&format!("select * from {table}"), &path)?;
        }
        Ok(())
    });
    warehouse.discard()?;
    written
}

fn understood(inputs: &Inputs<'_>, extract: &Extract, warehouse: &Warehouse) -> Result<()> {
    relations::sources(inputs, warehouse)?;
    let scripts = inputs.catalog.scripts.iter();
    for script in scripts.filter(|script| script.layer < Layer::Load) {
        relations::relation(inputs.catalog, script, warehouse)?;
    }
    reconcile::check_run(inputs.catalog, warehouse, When::AfterLand)?;
    cells(inputs, warehouse)?;
    said(inputs, extract, warehouse)
}

/// `cells`: every cell of every staged row as JSON text; `interpreted`: the columns that any script reads as more than text.
fn cells(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let layout = Layout::parse(&inputs.catalog.layout)?;
    warehouse.run(include_str!("begin.sql"))?;
    let raw = format!("raw_{}__", inputs.config.source.system);
    let mut staged = BTreeSet::new();
    for script in &inputs.catalog.scripts {
        let mut read = script
            .reads
            .iter()
            .filter_map(|read| read.strip_prefix(&raw));
        let Some(object) = read.next().filter(|_| script.layer == Layer::Staging) else {
            continue;
        };
        let columns = warehouse.columns(&format!("select * from {}", script.name))?;
        let names = columns.iter().map(|column| column.name.as_str());
        let id = script.header.key.first().map_or("null", String::as_str);
        put_cells(warehouse, object, &script.name, id, names)?;
        staged.insert(object);
        let table = layout.get(object).map(|table| &table.columns);
        let read = table.into_iter().flatten();
        for column in read.filter(|column| reads(&script.text, column)) {
            interpreted(warehouse, object, column)?;
        }
    }
    for (object, table) in layout.objects() {
        if !staged.contains(object) {
            let id = "row_source_id(id, _occurrence)";
            let names = table.columns.iter().map(String::as_str);
            put_cells(warehouse, object, &format!("{raw}{object}"), id, names)?;
            // Its cells stay text; as a whole it is judged all the same.
            interpreted(warehouse, object, "")?;
        }
    }
    links(inputs, warehouse)?;
    warehouse.run(include_str!("custom.sql"))
}

/// The records that references were found to mean: `company_source_id` of `int_contacts__linked`.
fn links(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let system = &inputs.config.source.system;
    let raw = format!("raw_{system}__");
    let scripts = &inputs.catalog.scripts;
    for script in scripts {
        let Some((plural, done)) = script
            .name
            .strip_prefix("int_")
            .and_then(|name| name.split_once("__"))
        else {
            continue;
        };
        let staged = format!("stg_{system}__{plural}");
        let staged = scripts.iter().find(|other| other.name == staged);
        let object =
            staged.and_then(|staged| staged.reads.iter().find_map(|read| read.strip_prefix(&raw)));
        let Some(object) = object.filter(|_| done.contains("linked") || done.contains("parented"))
        else {
            continue;
        };
        let columns = warehouse.columns(&format!("select * from {}", script.name))?;
        let names = columns.iter().map(|column| column.name.as_str());
        let names =
            names.filter(|name| name.ends_with("_source_id") && *name != "survivor_source_id");
        let names: Vec<&str> = names.filter(|name| !name.starts_with('_')).collect();
        if !names.is_empty() {
            put_cells(
                warehouse,
                object,
                &script.name,
                "_source_id",
                names.into_iter(),
            )?;
        }
    }
    Ok(())
}

fn put_cells<'a>(
    warehouse: &Warehouse,
    object: &str,
    relation: &str,
    id: &str,
    columns: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let columns: Vec<&str> = columns.collect();
    // A row that stands there twice counts once, and is accounted for.
    let (counts, conflicts) = match columns.contains(&"_duplicate") {
        true => (
            "_duplicate is distinct from 'copy'",
            "_duplicate = 'conflict'",
        ),
        false => ("true", "false"),
    };
    // Where a row stands in its file is not what it says.
    let columns = columns.into_iter().filter(|name| !name.starts_with('_'));
    let columns: Vec<String> = columns.map(quote_name).collect();
    warehouse.run(
        &include_str!("cells.sql")
            .replace("@object", &quote_text(object))
            .replace("@relation", relation)
            .replace("@id", id)
            .replace("@counts", counts)
            .replace("@conflicts", conflicts)
            .replace("@columns", &columns.join(", ")),
    )
}

fn interpreted(warehouse: &Warehouse, object: &str, column: &str) -> Result<()> {
    let values = format!("{}, {}", quote_text(object), quote_text(column));
    warehouse.run(&format!("insert into interpreted values ({values})"))
}

/// Whether a script reads a column: `contacts.birthday`.
fn reads(text: &str, column: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(&format!(".{column}"))
        .any(|(at, found)| !text[at + found.len()..].starts_with(is_part))
}

/// `said`: what was set aside, asked about and reported, one row each.
fn said(inputs: &Inputs<'_>, extract: &Extract, warehouse: &Warehouse) -> Result<()> {
    let system = &inputs.config.source.system;
    let aside = landing::quarantine_file(&inputs.staging, system, inputs.extract_id);
    let aside = quote_text(&aside.to_string_lossy());
    warehouse.run(&include_str!("said.sql").replace("@quarantine", &aside))?;
    for path in &extract.unmapped {
        let path = quote_text(path);
        warehouse.run(&format!(
            "insert into said values ('asked', null, {path}, null, null, {path})"
        ))?;
    }
    // Those before a load that need no load look at the source too.
    let is_of_source = |check: &&Script| match check.when {
        Some(When::AfterLand) => true,
        Some(When::BeforeLoad) => {
            let is_there = |read: &String| read.starts_with("int_") || read.starts_with("stg_");
            !check.is_generic && check.reads.iter().all(is_there)
        }
        _ => false,
    };
    let checks = inputs.catalog.checks.iter().filter(is_of_source);
    // Open choices are questions, not reports.
    for check in checks.filter(|check| !check.reads.contains("int_choices__judged")) {
        let (name, rows) = (&check.name, check.select(""));
        // A question about no object says something only of the records that it names.
        let kind = match (check.blocks(), names_object(&warehouse.columns(&rows)?)) {
            (Blocks::Decide, true) => "asked",
            _ => "reported",
        };
        warehouse.run(&format!(
            "insert into said select '{kind}', to_json(rows) ->> 'object', {}, null, null, to_json(rows)::varchar \
             from ({rows}) as rows",
            quote_text(name)
        ))?;
    }
    Ok(())
}

fn names_object(columns: &[Column]) -> bool {
    columns.iter().any(|column| column.name == "object")
}

/// Judges a reading by that of the clean export.
///
/// # Errors
/// [`Kind::Script`] when a file is missing or has another shape.
pub fn judge(clean: &Path, messy: &Path, defects: &Path) -> Result<Score> {
    let warehouse = Warehouse::in_memory()?;
    let file = |path: &Path| quote_text(&path.to_string_lossy());
    let text = include_str!("judged.sql")
        .replace("@clean_cells", &file(&clean.join("cells.parquet")))
        .replace("@clean_said", &file(&clean.join("said.parquet")))
        .replace("@interpreted", &file(&clean.join("interpreted.parquet")))
        .replace("@cells", &file(&messy.join("cells.parquet")))
        .replace("@said", &file(&messy.join("said.parquet")))
        .replace("@defects", &file(defects));
    warehouse.run(&text)?;
    let beside: Vec<Beside> = warehouse.fetch("select * from beside")?;
    Ok(Score {
        verdicts: warehouse.fetch("select * from verdicts")?,
        beside: beside.into_iter().next().unwrap_or_default(),
    })
}

/// The score of files that were refused as a whole: their paths, or `%` for all.
///
/// # Errors
/// [`Kind::Script`] when the file of defects is missing or has another shape.
pub fn refused(defects: &Path, files: &[String]) -> Result<Score> {
    let files: Vec<String> = files.iter().map(|file| quote_text(file)).collect();
    let query = include_str!("refused.sql")
        .replace("@defects", &quote_text(&defects.to_string_lossy()))
        .replace("@files", &files.join(", "));
    Ok(Score {
        verdicts: Warehouse::in_memory()?.fetch(&query)?,
        beside: Beside::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_by_its_whole_name() {
        assert!(reads("select parse_date(contacts.birthday, x)", "birthday"));
        assert!(!reads("select contacts.birthday_note", "birthday"));
        assert!(!reads("select birthday", "birthday"));
    }
}
