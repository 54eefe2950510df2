//! Tables of a web page: what some programs write as a spreadsheet of the old kind.

use std::io::{self, BufRead, Read as _, Write};
use std::num::IntErrorKind;

use scraper::{ElementRef, Html, Selector};

use super::Limits;
use super::container::Entry;
use super::encoding::Bytes;
use super::shared::SharedFile;
use super::workbook::{Bounded, MOST_COLUMNS};
use crate::error::{Error, Kind, Result};

/// The largest page that is read; it is held in memory whole.
const MOST_BYTES: u64 = 64 << 20;

/// Each table as comma-separated text, by its name: the file's own, and a number from the second on.
///
/// # Errors
/// `Kind::Source` when the page is too large or cannot be read.
pub(super) fn tables(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
) -> Result<Vec<(String, SharedFile)>> {
    let (page, digest) = entry.read(limits, allowance, |input| page(entry, input))?;
    let mut left = limits.inflated(digest.bytes, allowance);
    let name = entry.name().split('.').next().unwrap_or_default();
    let document = Html::parse_document(&page);
    let (tables, rows) = (selector("table")?, selector("tr")?);
    let mut found = Vec::new();
    // A table inside a cell is laid out, not exported.
    let outer = document.select(&tables).filter(|table| !is_inside(table));
    for (number, table) in (1..).zip(outer) {
        let write = |output: &mut dyn Write| write(&table, &rows, &mut Bounded { output, left });
        let (text, ()) = SharedFile::spooled(write, |cause| entry.unreadable(cause))?;
        left = left.saturating_sub(text.length());
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
        let cells = cells(&row)?;
        if !cells.is_empty() {
            text.write_record(&cells)?;
        }
    }
    text.flush()
}

/// The cells of a row, each in its column: behind one that stands for several there are empty ones.
fn cells(row: &ElementRef) -> io::Result<Vec<String>> {
    let mut cells = Vec::new();
    let found = row.children().filter_map(ElementRef::wrap);
    for cell in found.filter(|cell| matches!(cell.value().name(), "td" | "th")) {
        let width = cell.value().attr("colspan").map_or(1, columns_of);
        let end = cells.len().saturating_add(width);
        // Whatever stands behind it would move into another column.
        if end > MOST_COLUMNS {
            let what = format!("a row has more than {MOST_COLUMNS} cells");
            return Err(io::Error::other(what));
        }
        cells.push(cell.text().collect::<String>().trim().to_owned());
        cells.resize(end, String::new());
    }
    Ok(cells)
}

/// How many columns a cell takes: one, unless its span is a number above that.
fn columns_of(span: &str) -> usize {
    match span.trim().parse::<usize>() {
        Ok(columns) => columns.max(1),
        Err(fault) if *fault.kind() == IntErrorKind::PosOverflow => usize::MAX,
        Err(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn written(row: &str) -> io::Result<String> {
        let page = Html::parse_document(&format!("<table><tr>{row}</tr></table>"));
        let (tables, rows) = (selector("table").unwrap(), selector("tr").unwrap());
        let table = page.select(&tables).next().unwrap();
        let mut text = Vec::new();
        write(&table, &rows, &mut text)?;
        Ok(String::from_utf8(text).unwrap())
    }

    #[test]
    fn a_row_is_bounded_whatever_its_cells_stand_for() {
        assert_eq!(written("<td colspan=3>a<td>b").unwrap(), "a,,,b\n");
        assert_eq!(
            written("<td colspan=0>a<td colspan=all>b").unwrap(),
            "a,b\n"
        );
        let wide = written(&"<td colspan=1001>a".repeat(3)).unwrap();
        assert_eq!(wide.matches(',').count() + 1, 3 * 1001);
        assert!(wide.ends_with(&format!("a{}\n", ",".repeat(1000))));
        assert!(written(&"<td>a".repeat(MOST_COLUMNS)).is_ok());
        assert!(written(&format!("<td colspan={MOST_COLUMNS}>a")).is_ok());
        let endless = "9".repeat(30);
        for row in [
            "<td>a".repeat(MOST_COLUMNS + 1),
            format!("<td colspan={}>a<td>b", MOST_COLUMNS + 1),
            format!("<td colspan={MOST_COLUMNS}>a<td>b"),
            format!("<td>a<td colspan={endless}>b<td>c"),
        ] {
            let refused = written(&row).unwrap_err().to_string();
            assert!(refused.contains("more than 16384 cells"), "{refused}");
        }
    }
}
