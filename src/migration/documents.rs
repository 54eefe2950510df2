//! The relations behind the documents: `doc_<document>__<section>`, and what they make of it.
//!
//! They are views, made when somebody asks: by `discover`, or by a query that names one. To a load they cost nothing.

use std::path::Path;

use jiff::Timestamp;

use super::relations::{self, Inputs, failed};
use super::workspace::{Workspace, private_folder};
use super::{estimate, extract, profile};
use crate::catalog::{self, Catalog, Chart, Script};
use crate::error::{Error, Kind, Result};
use crate::ledger;
use crate::warehouse::{Answer, Warehouse};

/// How each landed column is filled; a document's only.
const PROFILE: &str = "landed_profile";
/// What each phase costs in calls, and when it is done; a document's only.
const ESTIMATE: &str = "estimated_calls";

/// Rows of a section that are shown; its query has them all.
const SHOWN: usize = 5_000;

/// A document with all its rows, ready to be written in any format.
pub struct Document {
    /// What its files are called.
    pub name: String,
    /// What stands at its top.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// Its tables, in order.
    pub sections: Vec<Section>,
}

impl Document {
    /// Rows of all sections.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.sections.iter().map(|section| section.rows).sum()
    }
}

/// One table of a document.
pub struct Section {
    /// The relation.
    pub name: String,
    /// What stands above it.
    pub title: String,
    /// What it shows; paragraphs are parted by an empty line.
    pub text: String,
    /// What asks for its rows.
    pub query: String,
    /// What is said when there is none.
    pub empty: String,
    /// What is drawn.
    pub chart: Option<Chart>,
    /// Rows there are.
    pub rows: u64,
    /// Those that are shown.
    pub answer: Answer,
}

/// Makes `landed_profile`, `estimated_calls` as of `now`, and a view for each section; what they read must be there.
///
/// # Errors
/// [`Kind::Script`] naming the script that DuckDB refused.
pub fn build(inputs: &Inputs<'_>, now: Timestamp, warehouse: &Warehouse) -> Result<()> {
    let profile = profile::select(inputs)?;
    warehouse.run(&format!(
        "create or replace table landed_profile as\n{profile}"
    ))?;
    estimate::relation(inputs, "table", now, warehouse)?;
    let mut sections = inputs.catalog.sections.iter();
    sections.try_for_each(|section| relation(inputs.catalog, section, "view", warehouse))
}

/// Makes the sections that a query asks for, for this connection only: a published warehouse may have none, or older ones.
///
/// # Errors
/// See [`build`].
pub fn offer(workspace: &Workspace, warehouse: &Warehouse, query: &str) -> Result<()> {
    let catalog = &workspace.catalog;
    let mut asked = catalog::relations_read(query);
    // What a section reads stands before it.
    let backwards = catalog.sections.iter().rev();
    let mut sections: Vec<&Script> = backwards
        .filter(|section| {
            let is_asked = asked.contains(&section.name);
            if is_asked {
                asked.extend(section.reads.iter().cloned());
            }
            is_asked
        })
        .collect();
    sections.reverse();
    let (is_profile, is_estimate) = (asked.contains(PROFILE), asked.contains(ESTIMATE));
    if is_profile || is_estimate {
        let history = ledger::history(&workspace.staging())?;
        let extract = extract::newest(workspace, &history)?;
        let inputs = relations::inputs(workspace, &extract, &history);
        if is_profile {
            let profile = profile::select(&inputs)?;
            warehouse.run(&format!(
                "create or replace temp view landed_profile as\n{profile}"
            ))?;
        }
        if is_estimate {
            estimate::relation(&inputs, "temp table", workspace.clock.wall(), warehouse)?;
        }
    }
    let mut sections = sections.into_iter();
    sections.try_for_each(|section| relation(catalog, section, "temp view", warehouse))
}

/// The view of one section, of a kind.
///
/// # Errors
/// See [`build`].
pub fn relation(
    catalog: &Catalog,
    section: &Script,
    kind: &str,
    warehouse: &Warehouse,
) -> Result<()> {
    let select = select(catalog, section);
    let name = &section.name;
    warehouse
        .run(&format!("create or replace {kind} {name} as\n{select}"))
        .map_err(|e| failed(&section.path, e))
}

/// A section's own select. The rows of a check are a table only where there are some, so it asks what the check asks.
fn select(catalog: &Catalog, section: &Script) -> String {
    let read = catalog.checks.iter();
    let read = read.filter(|check| section.reads.contains(&check.name));
    let checks: Vec<String> = read
        .map(|check| format!("{} as (\n{}\n)", check.name, check.select("")))
        .collect();
    let own = section.select("");
    match checks.is_empty() {
        true => own,
        false => format!(
            "with {}\nselect * from (\n{own}\n) as section",
            checks.join(",\n")
        ),
    }
}

/// Reads all documents. Sections that later states are compared with are kept as Parquet in `folder`.
///
/// # Errors
/// [`Kind::Script`] naming the section that DuckDB refused, [`Kind::Config`] when a file cannot be written.
pub fn read(catalog: &Catalog, folder: &Path, warehouse: &Warehouse) -> Result<Vec<Document>> {
    private_folder(folder)?;
    let documents = catalog.documents.iter().map(|document| {
        let kept: Vec<String> = document.kept().collect();
        let named = |name: &String| catalog.sections.iter().find(|one| one.name == *name);
        let sections = document.sections.iter().filter_map(named);
        let section = |section: &Script| {
            let file = kept
                .contains(&section.name)
                .then(|| folder.join(kept_as(&section.name)));
            read_section(section, file.as_deref(), warehouse)
        };
        Ok(Document {
            name: document.name.clone(),
            title: document.title.clone(),
            about: document.about.clone(),
            sections: sections.map(section).collect::<Result<_>>()?,
        })
    });
    documents.collect()
}

/// The files that [`read`] keeps, in the order of the documents.
pub fn kept(catalog: &Catalog) -> Vec<String> {
    let documents = catalog.documents.iter();
    let names = documents.flat_map(|document| document.kept());
    names.map(|name| kept_as(&name)).collect()
}

fn kept_as(section: &str) -> String {
    format!("{}.parquet", section.trim_start_matches("doc_"))
}

fn read_section(section: &Script, keep: Option<&Path>, warehouse: &Warehouse) -> Result<Section> {
    let name = &section.name;
    let header = &section.header;
    let (rows, answer) = answer(name, keep, warehouse).map_err(|e| failed(&section.path, e))?;
    if let Some(chart) = &header.chart {
        check_chart(section, chart, &answer)?;
    }
    let empty = header.empty.clone();
    Ok(Section {
        title: header.title.clone().unwrap_or_default(),
        text: header.about.clone(),
        query: format!("deskferry sql \"select * from {name}\""),
        empty: empty.unwrap_or_else(|| "There is nothing of the kind.".to_owned()),
        chart: header.chart.clone(),
        name: name.clone(),
        rows,
        answer,
    })
}

/// All rows are worked out once, and kept if they are to be; the first ones are brought along.
fn answer(name: &str, keep: Option<&Path>, warehouse: &Warehouse) -> Result<(u64, Answer)> {
    warehouse.run(&format!(
        "create or replace temp table section_rows as select * from {name}"
    ))?;
    let rows = warehouse.number("select count(*) from section_rows")?;
    let answer = warehouse.query(&format!("select * from section_rows limit {SHOWN}"))?;
    if let Some(path) = keep {
        let partial = path.with_extension("partial");
        warehouse.copy_to_parquet("select * from section_rows", &partial)?;
        std::fs::rename(&partial, path).map_err(|cause| {
            let text = format!("`{}` cannot be written", path.display());
            Error::new(Kind::Config, text).because(cause)
        })?;
    }
    warehouse.run("drop table section_rows")?;
    Ok((u64::try_from(rows).unwrap_or_default(), answer))
}

fn check_chart(section: &Script, chart: &Chart, answer: &Answer) -> Result<()> {
    let fields = answer.schema.fields();
    let is_missing = |name: &&&String| !fields.iter().any(|field| field.name() == **name);
    match [&chart.label, &chart.number].iter().find(is_missing) {
        None => Ok(()),
        Some(name) => {
            let text = format!(
                "sql/{}: `chart:` names `{name}`, which is no column",
                section.path
            );
            Err(Error::new(Kind::Script, text).hint("`-- chart: label column, number column`"))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_long_section_is_counted_and_not_held() {
        let warehouse = Warehouse::in_memory().unwrap();
        let view = format!(
            "create view doc_a__b as select range as n from range({}) order by n desc",
            SHOWN + 7
        );
        warehouse.run(&view).unwrap();
        let (rows, answer) = answer("doc_a__b", None, &warehouse).unwrap();
        assert_eq!(rows, SHOWN as u64 + 7);
        assert_eq!(answer.rows(), SHOWN);
        // Twice: nothing of the one before is left.
        assert!(super::answer("doc_a__b", None, &warehouse).is_ok());
    }
}
