//! Scores a reading: what became of each defect that was planted in an export, beside the same records without any.
//!
//! ```text
//! export ─► land ─► staging SQL, checks after landing ─► cells.parquet   what was understood, cell by cell
//!                                                        said.parquet    what was set aside, asked, reported
//! both of the clean and of the messy export, and defects.parquet ─► verdicts
//! ```

mod cells;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::extract;
use super::relations::{self, Inputs};
use super::workspace::Workspace;
use crate::catalog::{Blocks, Layer, Script, When};
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Extract};
use crate::ledger;
use crate::warehouse::{Column, Warehouse, quote_text};

/// What became of some defects of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What a reader had to do: `recovered`, `quarantined`, `asked`, `reported`, `refused`, `kept`.
    pub expected: String,
    /// What it did: one of these (`kept` also of a text that nothing reads), or the errors `guessed`, `unsaid` and `silent`.
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
    let warehouse = extract::aside(workspace, &extract)?;
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
    cells::relations(inputs, warehouse)?;
    said(inputs, extract, warehouse)
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
    queued(inputs, warehouse)?;
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

/// Records that wait for a person are said, with the reason.
fn queued(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let scripts = inputs.catalog.scripts.iter();
    let judged =
        scripts.filter(|script| script.layer < Layer::Load && script.name.ends_with("__judged"));
    for Script { name, .. } in judged {
        let columns = warehouse.columns(&format!("select * from {name}"))?;
        if columns.iter().any(|column| column.name == "queue_reason") {
            warehouse.run(&include_str!("queued.sql").replace("@relation", name))?;
        }
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
