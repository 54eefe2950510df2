//! Makes the files of an export, table by table, with the truth beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::account::Account;
use super::delta::{self, Moments};
use super::expected::Sums;
use super::manifest::{self, Listed, PART_ROWS};
use super::output::Output;
use super::tables::{Table, schema_tables, tables};
use super::text::{Form, Style, TextFile, Written};
use super::truth::{Defect, DefectLog, TextTable};
use super::variant::{Expected, Variant};
use super::variants::plan::FilePlan;
use super::variants::plant::Planter;
use super::variants::rows::Treatment;
use super::variants::shapes::{Format, Shape};
use super::{Made, Order, files, packing, records, schema};
use crate::error::{Error, Kind, Result};

/// An export being made.
pub struct Making<'o> {
    pub order: &'o Order,
    pub variants: BTreeSet<Variant>,
    moments: Moments,
    tables: Vec<Table>,
    /// Where the files are made before they are packed.
    pub tree: TempDir,
    truth: PathBuf,
    pub log: DefectLog,
    sums: Sums,
    changes: Option<TextTable>,
    pub listed: Vec<Listed>,
}

/// Makes it all.
pub fn make(order: &Order, folder: &Path) -> Result<Made> {
    let order = &possible(order);
    let truth = folder.join("truth");
    let changes = order.is_delta.then(|| {
        let path = truth.join("changes.parquet");
        TextTable::create(&path, delta::COLUMNS.iter().copied())
    });
    let mut making = Making {
        order,
        variants: order.variants.iter().copied().collect(),
        moments: Moments {
            before: Account::new(order.seed, order.contacts, false),
            after: Account::new(order.seed, order.contacts, order.is_delta),
        },
        tables: tables(),
        tree: tempfile::Builder::new()
            .prefix(".making-")
            .tempdir_in(folder)
            .map_err(|cause| files::failed("written", folder, cause))?,
        log: DefectLog::create(&truth.join("defects.parquet"))?,
        truth,
        sums: Sums::default(),
        changes: changes.transpose()?,
        listed: Vec::new(),
    };
    making.write_tables()?;
    making.write_attachments()?;
    making.write_manifest()?;
    let export = packing::pack(&mut making, folder)?;
    making.conclude(export)
}

/// The order without what this export cannot show.
fn possible(order: &Order) -> Order {
    let mut order = order.clone();
    let is_delta = order.is_delta;
    order
        .variants
        .retain(|variant| is_delta || !variant.is_delta_only());
    order
}

impl Making<'_> {
    pub fn has(&self, number: u8) -> bool {
        self.variants.contains(&Variant::numbered(number))
    }

    fn write_tables(&mut self) -> Result<()> {
        let tables = std::mem::take(&mut self.tables);
        let is_told = |object: &str| {
            let is_whole = !self.order.is_delta || delta::OBJECTS.contains(&object);
            let is_silent = object == "deleted" && self.has(82);
            (is_whole || object == "deleted") && !is_silent
        };
        let has_schema = !self.has(74);
        let told: Vec<&Table> = tables
            .iter()
            .filter(|table| is_told(table.object))
            .filter(|table| has_schema || !table.file.starts_with("schema/"))
            .collect();
        for table in told {
            self.write_table(table, &tables)?;
        }
        self.mark_whole()?;
        if has_schema {
            self.write_schema(&tables)?;
        }
        self.tables = tables;
        Ok(())
    }

    /// Marks what is wrong with the export as a whole.
    fn mark_whole(&mut self) -> Result<()> {
        if self.has(74) {
            for list in [
                ("schema_field", "schema/fields.csv"),
                ("picklist_option", "schema/picklist_options.csv"),
                ("pipeline", "schema/pipelines.csv"),
                ("stage", "schema/stages.csv"),
                ("automation", "schema/automations.json"),
                ("ai_assistant", "schema/ai_assistant.json"),
            ] {
                self.mark(74, list, (Expected::Asked, "schema_missing"))?;
            }
        }
        if self.has(82) {
            let deletions = ("deleted", "data/deleted.csv");
            self.mark(82, deletions, (Expected::Reported, "deletions_missing"))?;
        }
        Ok(())
    }

    /// Logs a defect of a file as a whole.
    pub fn mark(
        &mut self,
        number: u8,
        of: (&'static str, &str),
        what: (Expected, &'static str),
    ) -> Result<()> {
        self.log.push(&Defect::of(number, of, what))
    }

    /// Writes one object: the clean cells to the truth, the dirty ones to the export.
    fn write_table(&mut self, table: &Table, tables: &[Table]) -> Result<()> {
        let total = self.total(table, tables)?;
        let path = self.truth.join(format!("{}.parquet", table.object));
        let names = table.columns.iter().map(|column| column.name);
        let mut truth = TextTable::create(&path, names)?;
        self.sums.rows.insert(table.object.to_owned(), 0);
        let Self {
            order,
            variants,
            moments,
            tree,
            log,
            sums,
            changes,
            ..
        } = self;
        let mut output = output(
            order,
            &moments.after,
            table,
            (variants, tree.path(), total),
            log,
        );
        each(order, moments, table, tables, &mut |row| {
            truth.push(row.cells.iter().map(String::as_str))?;
            sums.count(&row);
            if let Some(changes) = changes {
                delta::log(&row, changes)?;
            }
            output.row(&row)
        })?;
        self.listed.extend(output.finish()?);
        truth.finish()
    }

    /// How many records a table has, or at most has where nothing depends on it; counted where it cannot be told.
    fn total(&self, table: &Table, tables: &[Table]) -> Result<u64> {
        let most = self.moments.after.most(table.object);
        // What a delta tells is not known before; it matters only to parts and to what is cut into them.
        let is_cut = [3, 5, 6].iter().any(|number| self.has(*number));
        let is_sized = table.object == "activity" || self.moments.after.size(table.object) > 0;
        let is_known = is_sized && !self.order.is_delta;
        if is_known || (most <= PART_ROWS && !is_cut) {
            return Ok(most);
        }
        let mut total = 0;
        each(self.order, &self.moments, table, tables, &mut |_| {
            total += 1;
            Ok(())
        })?;
        Ok(total)
    }

    fn write_schema(&mut self, tables: &[Table]) -> Result<()> {
        for table in schema_tables() {
            let rows = schema::rows(&table, tables, &self.sums.rows);
            let names = || table.columns.iter().map(|column| column.name);
            let path = self.truth.join(format!("{}.parquet", table.object));
            let mut truth = TextTable::create(&path, names())?;
            let path = format!("{}.csv", table.file);
            let mut file = TextFile::create(&self.tree.path().join(&path), Style::default())?;
            file.record(names().collect::<Vec<_>>().into_iter(), &Form::Plain)?;
            for row in &rows {
                let cells = || row.cells.iter().map(String::as_str);
                truth.push(cells())?;
                file.record(cells(), &Form::Plain)?;
            }
            truth.finish()?;
            let written = file.finish()?;
            self.sums
                .rows
                .insert(table.object.to_owned(), rows.len() as u64);
            self.list(path, table.object, rows.len() as u64, written);
        }
        self.write_document(
            "schema/automations.json",
            "automation",
            &schema::automations(),
        )?;
        self.write_document(
            "schema/ai_assistant.json",
            "ai_assistant",
            &schema::assistant(),
        )
    }

    /// A JSON document: a row an element, or one row.
    fn write_document(&mut self, name: &str, object: &'static str, value: &Value) -> Result<()> {
        let rows = value.as_array().map_or(1, Vec::len) as u64;
        self.sums.rows.insert(object.to_owned(), rows);
        let mut file = TextFile::create(&self.tree.path().join(name), Style::default())?;
        file.raw(&pretty(value)?)?;
        let written = file.finish()?;
        self.list(name.to_owned(), object, rows, written);
        Ok(())
    }

    fn list(&mut self, path: String, object: &'static str, rows: u64, written: Written) {
        self.listed.push(Listed {
            path,
            object,
            rows,
            bytes: written.bytes,
            sha256: written.sha256,
        });
    }

    /// The files that the index names.
    fn write_attachments(&mut self) -> Result<()> {
        if self.order.is_delta {
            return Ok(());
        }
        let account = &self.moments.after;
        let table = tables()
            .into_iter()
            .find(|table| table.object == "attachment");
        for index in 1..=account.size("attachment") {
            let row = table
                .as_ref()
                .and_then(|table| records::record(account, table, index));
            if let Some(row) = row {
                let path = self.tree.path().join(row.get("stored_path"));
                files::write(&path, &records::attachment_bytes(account, index))?;
            }
        }
        if self.has(70) {
            let path = "attachments/att_999999999__left over.txt";
            files::write(&self.tree.path().join(path), b"nobody's\n")?;
            let what = (Expected::Reported, "file_without_row");
            self.mark(70, ("attachment", path), what)?;
        }
        Ok(())
    }

    /// `manifest.json`, unless files have other names or formats than it could speak of.
    fn write_manifest(&mut self) -> Result<()> {
        if packing::HIDES_MANIFEST
            .iter()
            .any(|number| self.has(*number))
        {
            return Ok(());
        }
        let is_canonical = self.variants.is_empty();
        let document = manifest::document(self.order, &self.listed, is_canonical);
        let text = pretty(&document)?;
        files::write(&self.tree.path().join("manifest.json"), text.as_bytes())
    }

    /// Closes the truth.
    fn conclude(self, export: Vec<PathBuf>) -> Result<Made> {
        if let Some(changes) = self.changes {
            changes.finish()?;
        }
        let counted = self.log.finish()?;
        let document = self
            .sums
            .document(self.order, &self.moments.after, &counted, &self.listed);
        files::write(
            &self.truth.join("expected.json"),
            pretty(&document)?.as_bytes(),
        )?;
        Ok(Made {
            export,
            truth: self.truth,
            rows: self.sums.rows,
            defects: counted.variants.values().sum(),
        })
    }
}

fn pretty(value: &Value) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    let text =
        text.map_err(|cause| Error::new(Kind::Bug, "a document is no JSON").because(cause))?;
    Ok(text + "\n")
}

/// The rows of a table in this export.
fn each<'t>(
    order: &Order,
    moments: &Moments,
    table: &'t Table,
    tables: &[Table],
    sink: records::Sink<'_, 't>,
) -> Result<()> {
    match order.is_delta {
        true => delta::each(moments, table, tables, sink),
        false => records::each(&moments.after, table, sink),
    }
}

fn output<'a>(
    order: &Order,
    account: &'a Account,
    table: &'a Table,
    (variants, tree, total): (&BTreeSet<Variant>, &Path, u64),
    log: &'a mut DefectLog,
) -> Output<'a> {
    let shape = Shape::of(table, total, variants);
    // Other formats say themselves how they are written.
    let plan = match shape.format {
        Format::Text => FilePlan::of(table, variants),
        _ => FilePlan::canonical(table),
    };
    Output {
        account,
        table,
        plan,
        shape,
        planter: Planter::new(account, table, variants, order.rate),
        treatment: Treatment::new(account, table.object, variants, order.rate),
        log,
        tree: tree.to_owned(),
        open: BTreeMap::new(),
        done: Vec::new(),
        last: Vec::new(),
        index: 0,
        total,
    }
}
