//! One object on its way into its files: clean rows in, dirty lines out, every defect in the log.

use std::collections::BTreeMap;
use std::path::PathBuf;

use encoding_rs::Encoding;
use serde_json::{Map, Value};

use super::account::Account;
use super::manifest::Listed;
use super::row::Row;
use super::tables::Table;
use super::text::{BROKEN, Characters, Form, TextFile, legible};
use super::truth::{Defect, DefectLog};
use super::variant::{Expected, Variant};
use super::variants::plan::{FilePlan, Source};
use super::variants::plant::{Planter, STRAY_QUOTE};
use super::variants::rows::{Treated, Treatment};
use super::variants::shapes::{Format, Shape};
use super::variants::spelling::Spelling;
use crate::error::{Error, Kind, Result};

/// Records that stand again where parts overlap.
const OVERLAP: usize = 3;

/// One object being written.
pub struct Output<'a> {
    pub account: &'a Account,
    pub table: &'a Table,
    pub plan: FilePlan,
    pub shape: Shape,
    pub planter: Planter<'a>,
    pub treatment: Treatment<'a>,
    pub log: &'a mut DefectLog,
    /// Where the files are made.
    pub tree: PathBuf,
    /// Files being written: as many as there are types, and mostly one.
    pub open: BTreeMap<String, OpenFile>,
    pub done: Vec<Listed>,
    /// The last records, for parts that overlap.
    pub last: Vec<(String, Vec<String>)>,
    pub index: u64,
    /// How many clean records there are.
    pub total: u64,
}

/// A file being written.
pub struct OpenFile {
    file: TextFile,
    rows: u64,
    part: u64,
}

/// What is planted in one record.
type Planted = Vec<(usize, &'static Spelling, String)>;

impl Output<'_> {
    /// Writes a clean record.
    pub fn row(&mut self, row: &Row) -> Result<()> {
        if let Some(stranger) = row.stranger {
            let what = format!("{} has no column {stranger}", self.table.object);
            return Err(Error::new(Kind::Bug, what));
        }
        self.index += 1;
        let path = self.shape.path(row, self.index);
        self.turn_to(&path)?;
        let mut planted = self.planter.plant(row, self.index);
        planted.retain(|(place, spelling, dirty)| self.is_possible(*place, spelling, dirty));
        let treated = self.treatment.treat(row, self.index);
        let cells = self.cells(row, &planted);
        let cells = self.legible(cells, &path, row)?;
        let form = self.form(&treated, &planted, &cells);
        let line = self.write(&path, &cells, &form)?;
        self.log_planted(&path, line, row, planted)?;
        if form == Form::Unclosed(UNCLOSED) {
            let dirty = cells.get(UNCLOSED).cloned();
            self.log_row(
                &path,
                line,
                row,
                (22, Expected::Quarantined, "unclosed_quote"),
                [None, dirty],
            )?;
        }
        self.again(&path, line, row, treated, cells)
    }

    /// Opens the file of a record, and closes the part before it.
    fn turn_to(&mut self, path: &str) -> Result<()> {
        if self.open.contains_key(path) {
            return Ok(());
        }
        if !self.shape.is_typed() {
            self.close()?;
        }
        let part = self.shape.part(self.index.max(1));
        let mut style = self.plan.style.clone();
        style.delimiter = self.shape.delimiter().unwrap_or(style.delimiter);
        let mut file = OpenFile {
            file: TextFile::create(&self.tree.join(path), style)?,
            rows: 0,
            part,
        };
        self.begin(&mut file)?;
        self.open.insert(path.to_owned(), file);
        self.log_marks(path, part)?;
        self.overlap(path)
    }

    fn begin(&self, open: &mut OpenFile) -> Result<()> {
        match self.shape.format {
            Format::Text | Format::Sheet => {
                for line in &self.plan.above {
                    let newline = open.file.newline();
                    open.file.raw(&format!("{line}{newline}"))?;
                }
                self.header(open)
            }
            Format::Json => open.file.raw("[\n").map(drop),
            Format::JsonWrapped => {
                let name = self.table.file.rsplit('/').next().unwrap_or_default();
                open.file.raw(&format!("{{\"{name}\": [\n")).map(drop)
            }
            Format::JsonLines => Ok(()),
            Format::Html => {
                open.file
                    .raw("<html><head><meta charset=\"utf-8\"></head><body><table>\n")?;
                let headers = self.headers(open.part);
                open.file
                    .raw(&html_row(headers.iter().map(String::as_str), "th"))
                    .map(drop)
            }
        }
    }

    fn header(&self, open: &mut OpenFile) -> Result<()> {
        let headers = self.headers(open.part);
        let headers = headers.iter().map(String::as_str);
        open.file.record(headers, &Form::Plain).map(drop)
    }

    /// The headers of a part.
    fn headers(&self, part: u64) -> Vec<String> {
        self.arranged(self.plan.headers(), part)
    }

    /// What stands in the fields of a part: every other one may be narrower and the other way round.
    fn arranged(&self, mut cells: Vec<String>, part: u64) -> Vec<String> {
        if self.shape.is_typed() {
            let place = self.table.place("type").unwrap_or(usize::MAX);
            if place < cells.len() {
                cells.remove(place);
            }
        }
        if self.shape.is_uneven && part % 2 == 1 {
            let place = self.table.place("score").unwrap_or(usize::MAX);
            if place < cells.len() {
                cells.remove(place);
            }
            cells.reverse();
        }
        cells
    }

    /// Whether a spelling can be written into this file at all.
    fn is_possible(&self, place: usize, spelling: &Spelling, dirty: &str) -> bool {
        let is_there = |source: &Source| matches!(source, Source::Cell(of) if *of == place);
        let is_written = self.plan.fields.iter().any(|field| is_there(&field.source));
        let has_type = !self.shape.is_typed() || self.table.place("type") != Some(place);
        let style = &self.plan.style;
        let is_text = self.shape.format == Format::Text;
        let is_plain = style.characters == Characters::Utf8 && is_text;
        let fits = match style.characters {
            Characters::Single(encoding) => !encoding.encode(dirty).2,
            _ => is_plain || !dirty.contains([BROKEN, '\0', '\u{7}']),
        };
        let is_bare = is_plain && !style.is_backslashed && self.is_as_it_is();
        let quotes = spelling.finding != STRAY_QUOTE || is_bare;
        is_written && has_type && fits && quotes
    }

    /// The cells of a record in the order of the file's fields.
    fn cells(&self, row: &Row, planted: &Planted) -> Vec<String> {
        let cell = |source: &Source| match source {
            Source::Made(made) => made(self.account, row),
            Source::Cell(place) => {
                let dirty = planted.iter().find(|(of, ..)| of == place);
                let clean = || row.cells.get(*place).cloned().unwrap_or_default();
                dirty.map_or_else(clean, |(.., dirty)| dirty.clone())
            }
        };
        self.plan
            .fields
            .iter()
            .map(|field| cell(&field.source))
            .collect()
    }

    /// Cells without what the file's encoding does not have; what is lost is logged.
    fn legible(&mut self, mut cells: Vec<String>, path: &str, row: &Row) -> Result<Vec<String>> {
        let Characters::Single(encoding) = self.plan.style.characters else {
            return Ok(cells);
        };
        let line = self.open.get(path).map(|open| open.file.line());
        for (field, cell) in self.plan.fields.iter().zip(&mut cells) {
            if let Some(legible) = lost(encoding, cell) {
                let Source::Cell(place) = field.source else {
                    continue;
                };
                let clean = std::mem::replace(cell, legible.clone());
                self.log.push(&Defect {
                    variant: Variant::numbered(17),
                    object: self.table.object,
                    file: path.to_owned(),
                    line,
                    record_id: Some(row.id().to_owned()),
                    column: self.table.columns.get(place).map(|column| column.name),
                    clean: Some(clean),
                    dirty: Some(legible),
                    expected: Expected::Kept,
                    finding: "character_lost",
                })?;
            }
        }
        Ok(cells)
    }

    fn form(&self, treated: &Treated, planted: &Planted, cells: &[String]) -> Form {
        if self.shape.format != Format::Text {
            return Form::Plain;
        }
        if self.plan.ends_open && self.index == self.total {
            return Form::Unclosed(UNCLOSED);
        }
        let stray = planted
            .iter()
            .find(|(_, spelling, _)| spelling.finding == STRAY_QUOTE);
        let place = stray.and_then(|(.., dirty)| cells.iter().position(|cell| cell == dirty));
        match place {
            Some(place) => Form::Bare(place),
            None => treated.form.clone(),
        }
    }

    /// Writes cells as a record of the file; the line it begins on.
    fn write(&mut self, path: &str, cells: &[String], form: &Form) -> Result<u64> {
        // Taken out, so that the rest of this can be read meanwhile.
        let Some((path, mut open)) = self.open.remove_entry(path) else {
            return Err(Error::new(Kind::Bug, format!("`{path}` is not open")));
        };
        open.rows += 1;
        let line = match self.is_as_it_is() {
            true => self.write_record(&mut open, cells, form),
            false => {
                let cells = self.arranged(cells.to_vec(), open.part);
                self.write_record(&mut open, &cells, form)
            }
        };
        self.open.insert(path, open);
        line
    }

    fn write_record(&self, open: &mut OpenFile, cells: &[String], form: &Form) -> Result<u64> {
        let texts = cells.iter().map(String::as_str);
        match self.shape.format {
            Format::Html => open.file.raw(&html_row(texts, "td")),
            Format::Json | Format::JsonWrapped | Format::JsonLines => {
                let is_line = self.shape.format == Format::JsonLines;
                let is_first = open.rows == 1 || is_line;
                let before = if is_first { "" } else { ",\n" };
                let after = if is_line { "\n" } else { "" };
                let begins = open.file.line() + u64::from(!is_first);
                let object = json_row(&self.plan.headers(), cells);
                open.file.raw(&format!("{before}{object}{after}"))?;
                Ok(begins)
            }
            Format::Text | Format::Sheet => {
                let line = open.file.record(texts, form)?;
                self.between(open)?;
                Ok(line)
            }
        }
    }

    /// What stands between records here and there: the header again, an empty line.
    fn between(&self, open: &mut OpenFile) -> Result<()> {
        let every = self.plan.header_every;
        if every.is_some_and(|every| self.index.is_multiple_of(every)) {
            self.header(open)?;
        }
        if self.plan.has_blanks && self.index % 13 == 5 {
            let newline = open.file.newline();
            open.file.raw(newline)?;
        }
        Ok(())
    }

    /// Whether every part has all fields in their order.
    fn is_as_it_is(&self) -> bool {
        !self.shape.is_typed() && !self.shape.is_uneven
    }
}

/// Place of the cell whose quote is never closed.
const UNCLOSED: usize = 4;

fn lost(encoding: &'static Encoding, cell: &str) -> Option<String> {
    let is_lost = !cell.is_ascii() && encoding.encode(cell).2;
    is_lost.then(|| legible(encoding, cell))
}

fn html_row<'c>(cells: impl Iterator<Item = &'c str>, tag: &str) -> String {
    let escaped = |cell: &str| {
        let cell = cell.replace('&', "&amp;").replace('<', "&lt;");
        cell.replace('>', "&gt;").replace('\n', "<br>")
    };
    let cells: String = cells
        .map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)))
        .collect();
    format!("<tr>{cells}</tr>\n")
}

/// A record as a JSON object; who owns it is nested.
fn json_row(names: &[String], cells: &[String]) -> Value {
    let mut object = Map::new();
    let mut owner = Map::new();
    for (name, cell) in names.iter().zip(cells) {
        let value = match cell.as_str() {
            "" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => text.into(),
        };
        match name.strip_prefix("owner_") {
            Some(inner) => owner.insert(inner.to_owned(), value),
            None => object.insert(name.clone(), value),
        };
    }
    object.insert("owner".to_owned(), owner.into());
    Value::Object(object)
}

mod logging;
