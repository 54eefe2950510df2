//! One object on its way into its files: clean rows in, dirty lines out, every defect in the log.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use encoding_rs::Encoding;
use serde_json::{Map, Value};

use super::account::Account;
use super::manifest::Listed;
use super::records;
use super::row::Row;
use super::tables::Table;
use super::text::{BROKEN, Characters, Form, TextFile, legible};
use super::truth::{Defect, DefectLog};
use super::variant::Expected;
use super::variants::containers::TITLE_ROWS;
use super::variants::plan::{FilePlan, Source};
use super::variants::plant::{Dirty, Planter};
use super::variants::rows::{Treated, Treatment, Written};
use super::variants::shapes::{Format, Shape};
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
    /// Whether something stands between records, and whether that is logged.
    is_interrupted: bool,
    is_logged: bool,
}

impl Output<'_> {
    /// Writes a clean record.
    pub fn row(&mut self, row: &Row) -> Result<()> {
        if let Some(stranger) = row.stranger {
            let what = format!("{} has no column {stranger}", self.table.object);
            return Err(Error::new(Kind::Bug, what));
        }
        self.index += 1;
        if let Some(most) = self.shape.most.filter(|most| self.index > *most) {
            return self.log_cap(most);
        }
        let path = self.shape.path(row, self.index);
        self.turn_to(&path)?;
        let planted = self.planted(row);
        let cells = self.cells(row, &planted);
        let cells = self.legible(cells, &path, row)?;
        let treated = self.treated(row, &cells, &planted);
        let bare = planted.iter().find(|dirty| dirty.spelling.is_bare);
        let bare = bare.and_then(|dirty| self.plan.position(dirty.place));
        let form = self.form(&treated, bare);
        let line = self.write(&path, &cells, &form)?;
        self.log_planted(&path, line, row, planted)?;
        self.log_between(&path)?;
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
        style.delimiter = self.shape.delimiter.unwrap_or(style.delimiter);
        let mut file = OpenFile {
            file: TextFile::create(&self.tree.join(path), style)?,
            rows: 0,
            part,
            is_interrupted: false,
            is_logged: false,
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
                    .raw(&html_row(headers.into_iter(), "th"))
                    .map(drop)
            }
        }
    }

    fn header(&self, open: &mut OpenFile) -> Result<()> {
        let headers = self.headers(open.part).into_iter();
        open.file.record(headers, &Form::Plain).map(drop)
    }

    /// The headers of a part.
    fn headers(&self, part: u64) -> Vec<&str> {
        self.arranged(self.plan.headers().collect(), part)
    }

    /// Fields as a part has them: one may be missing, and some parts are the other way round.
    fn arranged<T>(&self, mut fields: Vec<T>, part: u64) -> Vec<T> {
        let missing = self.shape.missing(part);
        let place = missing.and_then(|name| self.plan.position(self.table.place(name)?));
        if let Some(place) = place {
            fields.remove(place);
        }
        if self.shape.is_uneven && part % 2 == 1 {
            fields.reverse();
        }
        fields
    }

    /// The cells of a record that are written otherwise.
    fn planted(&mut self, row: &Row) -> Vec<Dirty> {
        let Self {
            planter,
            table,
            plan,
            shape,
            index,
            ..
        } = self;
        let missing = shape.missing(shape.part(*index));
        let missing = missing.and_then(|name| table.place(name));
        planter.plant(row, *index, &|dirty| {
            Some(dirty.place) != missing && is_possible(plan, shape, dirty)
        })
    }

    /// What is done to a record as a whole.
    fn treated(&mut self, row: &Row, cells: &[String], planted: &[Dirty]) -> Treated {
        let is_text = self.shape.format == Format::Text && !self.plan.ends_open;
        if !is_text || self.treatment.is_idle() {
            return Treated::default();
        }
        let places = self.arranged((0..cells.len()).collect(), self.shape.part(self.index));
        let last = places.last().copied();
        let is_last = |dirty: &Dirty| self.plan.position(dirty.place) == last;
        let written = Written {
            row,
            plan: &self.plan,
            last: last
                .and_then(|place| cells.get(place))
                .map_or("", String::as_str),
            is_last_clean: !planted.iter().any(is_last),
            is_quoted: !planted.iter().any(|dirty| dirty.spelling.is_bare),
        };
        self.treatment.treat(&written, self.index)
    }

    /// The cells of a record in the order of the file's fields.
    fn cells(&self, row: &Row, planted: &[Dirty]) -> Vec<String> {
        let relations = LazyCell::new(|| records::relations(self.account, row));
        let cell = |source: &Source| match source {
            Source::Made(made) => made(self.account, row),
            Source::Relation(place) => relations.get(*place).cloned().flatten().unwrap_or_default(),
            Source::Cell(place) => {
                let dirty = planted.iter().find(|dirty| dirty.place == *place);
                let clean = || row.cells.get(*place).cloned().unwrap_or_default();
                dirty.map_or_else(clean, |dirty| dirty.text.clone())
            }
        };
        let fields = self.plan.fields.iter();
        fields.map(|field| cell(&field.source)).collect()
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
                let what = (Expected::Kept, "character_lost");
                let defect = Defect {
                    line,
                    record_id: Some(row.id().to_owned()),
                    column: self.table.columns.get(place).map(|column| column.name),
                    clean: Some(clean),
                    dirty: Some(legible),
                    ..self.defect(path, 17, what)
                };
                self.log.push(&defect)?;
            }
        }
        Ok(cells)
    }

    fn form(&self, treated: &Treated, bare: Option<usize>) -> Form {
        let is_text = self.shape.format == Format::Text;
        if is_text && self.plan.ends_open && self.index == self.total {
            return Form::Unclosed(UNCLOSED);
        }
        bare.map_or_else(|| treated.form.clone(), Form::Bare)
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
                let object = json_row(self.plan.headers(), cells);
                open.file.raw(&format!("{before}{object}{after}"))?;
                Ok(begins)
            }
            Format::Sheet => {
                open.file.record(texts, form)?;
                // Its row in the sheet: there are titles above.
                Ok(open.rows + TITLE_ROWS + 1)
            }
            Format::Text => {
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
            open.is_interrupted = true;
            self.header(open)?;
        }
        if self.plan.has_blanks && self.index % 13 == 5 {
            open.is_interrupted = true;
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

/// Whether a cell can be written so in its file.
fn is_possible(plan: &FilePlan, shape: &Shape, dirty: &Dirty) -> bool {
    let style = &plan.style;
    let is_plain = style.characters == Characters::Utf8 && shape.format == Format::Text;
    // These are written as they are into plain text only.
    let is_odd = dirty.text.contains([BROKEN, '\0', '\u{7}']);
    let fits = style.characters.have(&dirty.text) && (is_plain || !is_odd);
    let is_as_always = is_plain && !style.is_backslashed && !plan.ends_open;
    let is_written = plan.position(dirty.place).is_some();
    let header = dirty.spelling.header;
    let is_said = header.is_none_or(|wanted| plan.headers().any(|header| header == wanted));
    is_written && is_said && fits && (is_as_always || !dirty.spelling.is_bare)
}

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
fn json_row<'n>(names: impl Iterator<Item = &'n str>, cells: &[String]) -> Value {
    let mut object = Map::new();
    let mut owner = Map::new();
    for (name, cell) in names.zip(cells) {
        let value = match cell.as_str() {
            "" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => text.into(),
        };
        match name.strip_prefix("owner_") {
            Some(inner) => owner.insert(inner.to_owned(), value),
            None => object.insert(name.to_owned(), value),
        };
    }
    object.insert("owner".to_owned(), owner.into());
    Value::Object(object)
}

mod logging;
