//! Spreadsheets: each sheet as a table of text, its values and not how they were shown.

use std::io::{self, Write};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Sheets, Xls, Xlsx};

use super::old_workbook::made_safe;
use super::shared::SharedFile;
use super::shelter::sheltered;
use crate::error::{Error, Kind, Result};

/// Above this a number has lost digits: it was an id once, and is shown as what is left of it.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// As many columns as a sheet may have.
pub(super) const MOST_COLUMNS: usize = 16_384;

/// How a workbook is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// As elements in an archive.
    InArchive,
    /// As the years before did.
    InRecords,
}

/// A sheet as comma-separated text in UTF-8. A line of it is a row of the sheet, as long as no cell holds a line break.
pub(super) struct SheetText {
    pub name: String,
    pub text: SharedFile,
}

/// The sheets that have cells, in the workbook's order. Their texts may be `most` bytes long together.
///
/// # Errors
/// `Kind::Source` when the workbook cannot be read, or is protected by a password.
pub(super) fn sheets(
    path: &str,
    file: SharedFile,
    kept: Kept,
    most: u64,
) -> Result<Vec<SheetText>> {
    // What the library does with a file that is not as it should be is not known.
    let unread = |cause: io::Error| {
        let what = format!("the workbook `{path}` cannot be read");
        Error::new(Kind::Source, what)
            .hint("open it, take a password away if it has one, and save it again as xlsx")
            .because(cause)
    };
    let read = sheltered(|| written(opened(file, kept, unread)?, most, unread));
    let gave_up = || io::Error::other("the library that reads it broke off");
    read.unwrap_or_else(|| Err(unread(gave_up())))
}

fn opened(
    file: SharedFile,
    kept: Kept,
    unread: impl Fn(io::Error) -> Error,
) -> Result<Sheets<SharedFile>> {
    let book = match kept {
        Kept::InArchive => Xlsx::new(file).map(Sheets::Xlsx).map_err(io::Error::other),
        Kept::InRecords => {
            let safe = made_safe(file, &unread)?;
            Xls::new(safe).map(Sheets::Xls).map_err(io::Error::other)
        }
    };
    book.map_err(unread)
}

fn written(
    mut book: Sheets<SharedFile>,
    most: u64,
    unread: impl Fn(io::Error) -> Error,
) -> Result<Vec<SheetText>> {
    let mut found = Vec::new();
    let mut left = most;
    for name in book.sheet_names() {
        let write = |output: &mut dyn Write| {
            let mut output = Bounded { output, left };
            write_sheet(&mut book, &name, &mut output)
        };
        let (text, ()) = SharedFile::spooled(write, &unread)?;
        left = left.saturating_sub(text.length());
        if text.length() > 0 {
            found.push(SheetText { name, text });
        }
    }
    Ok(found)
}

/// Takes so many bytes and no more: a few cells in the far corners of a sheet can be a text without end.
pub(super) struct Bounded<'a> {
    pub output: &'a mut dyn Write,
    pub left: u64,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        let left = self.left.checked_sub(written as u64);
        self.left = left.ok_or_else(|| io::Error::other("its cells stand too far apart"))?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

fn write_sheet(
    book: &mut Sheets<SharedFile>,
    name: &str,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = Rows::new(output);
    match book {
        Sheets::Xlsx(book) => stream(book, name, &mut rows)?,
        other => {
            let range = other.worksheet_range(name).map_err(io::Error::other)?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, cell) in range.used_cells() {
                let text = match cell {
                    Data::Int(number) => number.to_string(),
                    Data::Float(number) => number_text(*number),
                    Data::DateTime(at) => time_text(at),
                    Data::Bool(is) => is.to_string(),
                    other => other.to_string(),
                };
                rows.put(top as usize + row, left as usize + column, text)?;
            }
        }
    }
    rows.finish()
}

/// Cell by cell: a sheet of a million rows is never held.
fn stream(book: &mut Xlsx<SharedFile>, name: &str, rows: &mut Rows) -> io::Result<()> {
    let mut cells = book
        .worksheet_cells_reader(name)
        .map_err(io::Error::other)?;
    while let Some(cell) = cells.next_cell().map_err(io::Error::other)? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Int(number) => number.to_string(),
            DataRef::Float(number) => number_text(*number),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.clone()
            }
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Bool(is) => is.to_string(),
            DataRef::DateTime(at) => time_text(at),
            DataRef::Error(error) => error.to_string(),
        };
        rows.put(row as usize, column as usize, text)?;
    }
    Ok(())
}

/// A number with all its digits; one that has lost some says so by its exponent.
fn number_text(number: f64) -> String {
    match number.abs() < EXACT {
        true => number.to_string(),
        false => format!("{number:E}"),
    }
}

/// A date, a time of day, or both; a length of time as hours, minutes and seconds.
fn time_text(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        let seconds = (at.as_f64() * 86_400.0).round().max(0.0) as u64;
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        return format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let second = second + u8::from(milli >= 500);
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (at.as_f64() < 1.0, (hour, minute, second) == (0, 0, 0)) {
        (true, _) => time,
        (false, true) => date,
        (false, false) => format!("{date} {time}"),
    }
}

/// Cells in the order of their rows as lines of CSV.
struct Rows<'a> {
    /// None after an error.
    lines: Option<csv::Writer<&'a mut dyn Write>>,
    /// Rows that are written: the number of the one at hand.
    written: usize,
    cells: Vec<String>,
    width: usize,
}

impl<'a> Rows<'a> {
    fn new(output: &'a mut dyn Write) -> Self {
        Self {
            lines: Some(lines(output)),
            written: 0,
            cells: Vec::new(),
            width: 0,
        }
    }

    /// Takes the next cell; those of a row may come in any order, the rows only in their own.
    fn put(&mut self, row: usize, column: usize, text: String) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        if row > self.written && !self.cells.is_empty() {
            self.end_row()?;
        }
        if row > self.written {
            self.skip_to(row)?;
        }
        if row < self.written || self.cells.get(column).is_some_and(|cell| !cell.is_empty()) {
            return Err(io::Error::other(
                "a cell of it stands in the place of another",
            ));
        }
        if column >= MOST_COLUMNS {
            return Err(io::Error::other(
                "a cell of it stands beyond the last column",
            ));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        Ok(())
    }

    /// As wide as the widest row so far: what is empty at a row's end is no cell of the sheet.
    fn end_row(&mut self) -> io::Result<()> {
        self.width = self.width.max(self.cells.len());
        self.cells.resize(self.width.max(2), String::new());
        let lines = self.lines.as_mut().ok_or_else(broken_off)?;
        lines.write_record(&self.cells)?;
        self.cells.clear();
        self.written += 1;
        Ok(())
    }

    /// Rows without a cell keep their place, so that a line is a row. The library cannot write a line of nothing.
    fn skip_to(&mut self, row: usize) -> io::Result<()> {
        let written = self.lines.take().ok_or_else(broken_off)?.into_inner();
        let output = written.map_err(csv::IntoInnerError::into_error)?;
        while self.written < row {
            output.write_all(b"\n")?;
            self.written += 1;
        }
        self.lines = Some(lines(output));
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.cells.is_empty() {
            self.end_row()?;
        }
        self.lines.ok_or_else(broken_off)?.flush()
    }
}

/// A row may be wider than those before it.
fn lines(output: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().flexible(true).from_writer(output)
}

fn broken_off() -> io::Error {
    io::Error::other("it was not written to its end")
}
