//! Tables of a web page: what some programs write as a spreadsheet of the old kind.

use std::io::{self, BufRead, Read as _, Write};

use scraper::{ElementRef, Html, Selector};

use super::Limits;
use super::container::Entry;
use super::encoding::Bytes;
use super::shared::SharedFile;
use crate::error::{Error, Kind, Result};

/// The largest page that is read; it is held in memory whole.
const MOST_BYTES: u64 = 64 << 20;

/// Cells that one cell may stand for: more than any page shows, and no more than memory likes.
const WIDEST: usize = 1_000;

/// Each table as comma-separated text, by its name: the file's own, and a number from the second on.
///
/// # Errors
/// `Kind::Source` when the page is too large or cannot be read.
pub(super) fn tables(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
) -> Result<Vec<(String, SharedFile)>> {
    let (page, _) = entry.read(limits, allowance, |input| page(entry, input))?;
    let name = entry.name().split('.').next().unwrap_or_default();
    let document = Html::parse_document(&page);
    let (tables, rows) = (selector("table")?, selector("tr")?);
    let mut found = Vec::new();
    // A table inside a cell is laid out, not exported.
    let outer = document.select(&tables).filter(|table| !is_inside(table));
    for (number, table) in (1..).zip(outer) {
        let text = SharedFile::spooled(|output| write(&table, &rows, output));
        let (text, ()) = text.map_err(|cause| entry.unreadable(cause))?;
        let name = match number {
            1 => name.to_owned(),
            number => format!("{name}_{number}"),
        };
        found.push((name, text));
    }
    Ok(found)
}

/// The page as text, decoded as any other file.
fn page(entry: &Entry, input: &mut dyn BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    let read = input.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|cause| entry.unreadable(cause))?;
    if bytes.len() as u64 > MOST_BYTES {
        let what = format!("`{}` is a web page of more than 64 MB", entry.path);
        return Err(
            Error::new(Kind::Source, what).hint("open it in a spreadsheet and save it as xlsx")
        );
    }
    let mut seen = Bytes::new();
    seen.take(&bytes);
    Ok(seen.encoding().encoding.decode(&bytes).0.into_owned())
}

fn selector(css: &str) -> Result<Selector> {
    Selector::parse(css).map_err(|_| Error::new(Kind::Bug, format!("`{css}` selects nothing")))
}

fn is_inside(table: &ElementRef) -> bool {
    let mut above = table.ancestors().filter_map(ElementRef::wrap);
    above.any(|element| element.value().name() == "table")
}

/// Whether a row is one of the table itself, not of one inside its cells.
fn is_of(row: &ElementRef, table: &ElementRef) -> bool {
    let mut above = row.ancestors().filter_map(ElementRef::wrap);
    let own = above.find(|element| element.value().name() == "table");
    own.is_some_and(|own| own.id() == table.id())
}

fn write(table: &ElementRef, rows: &Selector, output: &mut dyn Write) -> io::Result<()> {
    let mut text = csv::WriterBuilder::new().flexible(true).from_writer(output);
    for row in table.select(rows).filter(|row| is_of(row, table)) {
        let mut cells = Vec::new();
        for cell in row.children().filter_map(ElementRef::wrap) {
            if matches!(cell.value().name(), "td" | "th") {
                cells.push(cell.text().collect::<String>().trim().to_owned());
                let span = cell.value().attr("colspan").and_then(|n| n.parse().ok());
                let more = span.unwrap_or(1_usize).clamp(1, WIDEST) - 1;
                cells.extend(std::iter::repeat_n(String::new(), more));
            }
        }
        if !cells.is_empty() {
            text.write_record(&cells)?;
        }
    }
    text.flush()
}
