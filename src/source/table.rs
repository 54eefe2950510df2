//! One object of an export: its parts in order, read as one stream.

use std::io::BufRead;

use encoding_rs::UTF_8;

use super::Limits;
use super::batches::{Broken, Defect, Position, Rows, Sink};
use super::container::{Digest, Entry};
use super::dialect::Dialect;
use super::json;
use super::layout::Format;
use super::manifest::Claim;
use super::originals::changed;
use super::records::Records;
use super::sniff::without_mark;
use crate::error::{Error, Kind, Result};

/// The files of one source object.
#[derive(Clone, Debug)]
pub(super) struct TableFiles {
    pub object: String,
    pub format: Format,
    /// All columns of all parts, in the order they are met.
    pub columns: Vec<String>,
    pub parts: Vec<Part>,
}

/// One file with rows.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub entry: Entry,
    /// Its place among the parts, from 1.
    pub number: u32,
    pub digest: Digest,
    /// Canonical columns in the order of the file.
    pub columns: Vec<String>,
    pub claim: Option<Claim>,
    /// How its text is written.
    pub dialect: Dialect,
}

/// What became of one file, record by record.
/// `landed + quarantined + header_rows + title_rows + total_rows + blank_lines = records`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// Path inside the export.
    pub path: String,
    /// Place among the object's parts, from 1.
    pub part: u32,
    /// Size of the file.
    pub bytes: u64,
    /// Hash of the file, hexadecimal.
    pub sha256: String,
    /// Everything the file holds, rows or not.
    pub records: u64,
    /// Rows handed over.
    pub landed: u64,
    /// Records set aside with their bytes.
    pub quarantined: u64,
    /// The header row, and each time it stands in the file again.
    pub header_rows: u64,
    /// Titles above the header, and `sep=;`.
    pub title_rows: u64,
    /// Rows that sum up others; their bytes are set aside.
    pub total_rows: u64,
    /// Lines without any character beside delimiters.
    pub blank_lines: u64,
    /// Columns of the object's other files that this one does not have; its rows have nothing there.
    pub missing: Vec<String>,
}

impl FileCounts {
    fn of(part: &Part) -> Self {
        Self {
            path: part.entry.path.clone(),
            part: part.number,
            bytes: part.digest.bytes,
            sha256: part.digest.sha256.clone(),
            ..Self::default()
        }
    }

    /// Data rows of the file, landed or not.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.landed + self.quarantined
    }

    fn check(&self) -> Result<()> {
        let others = self.header_rows + self.title_rows + self.total_rows + self.blank_lines;
        if self.rows() + others == self.records {
            return Ok(());
        }
        Err(Error::new(
            Kind::Bug,
            format!("not every record of `{}` is accounted for", self.path),
        ))
    }
}

impl TableFiles {
    /// Streams every part. See `Export::read`.
    pub fn read(&self, limits: &Limits, rows: Sink, broken: Sink) -> Result<Vec<FileCounts>> {
        let mut rows = Rows::new(&self.columns, rows);
        let mut broken = Broken::new(broken);
        let mut files = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let reader = PartReader {
                table: self,
                part,
                limit: limits.record_bytes,
            };
            let (counts, digest) =
                part.entry
                    .read(limits, part.digest.bytes, |input| match self.format {
                        Format::Csv => reader.csv(input, &mut rows, &mut broken),
                        Format::Json => reader.json(input, &mut rows),
                        Format::Files => Err(Error::new(Kind::Bug, "a file as it is has no rows")),
                    })?;
            if digest != part.digest {
                return Err(changed(&part.entry));
            }
            counts.check()?;
            if let Some(claim) = &part.claim {
                claim.check_rows(counts.rows())?;
            }
            files.push(counts);
        }
        rows.flush()?;
        broken.flush()?;
        Ok(files)
    }
}

struct PartReader<'a> {
    table: &'a TableFiles,
    part: &'a Part,
    limit: usize,
}

impl PartReader<'_> {
    fn csv(
        &self,
        input: &mut dyn BufRead,
        rows: &mut Rows,
        broken: &mut Broken,
    ) -> Result<FileCounts> {
        let mut counts = FileCounts::of(self.part);
        let dialect = &self.part.dialect;
        let mut records = Records::new(dialect.decoded(input), dialect, self.limit);
        let mut header: Option<Vec<Vec<u8>>> = None;
        let from = self.sources();
        counts.missing = self.missing(&from);
        let unreadable = |cause| self.part.entry.unreadable(cause);
        while records.advance().map_err(unreadable)? {
            counts.records += 1;
            let at = self.position(counts.rows() + 1, Some(records.line()));
            if let Some(aside) = self.beside(&mut records, &mut header, &mut counts) {
                if let Some(what) = aside {
                    self.set_aside(at, &what, &records, broken)?;
                }
                continue;
            }
            match (self.defect(&records), records.text()) {
                (None, Some(text)) => {
                    rows.push(at, |column| text.cell(from[column]?))?;
                    counts.landed += 1;
                }
                (defect, _) => {
                    let defect = defect.unwrap_or_else(|| self.not_utf8(&records));
                    self.set_aside(at, &defect, &records, broken)?;
                    counts.quarantined += 1;
                }
            }
        }
        counts.blank_lines += records.blank_lines();
        counts.records += records.blank_lines();
        Ok(counts)
    }

    /// Whether a record stands beside the rows: a title, a header, a sum. What says something of its own is set aside.
    fn beside<R: BufRead>(
        &self,
        records: &mut Records<R>,
        header: &mut Option<Vec<Vec<u8>>>,
        counts: &mut FileCounts,
    ) -> Option<Option<Defect>> {
        if counts.title_rows < self.part.dialect.titles {
            counts.title_rows += 1;
            return Some(Some(Defect {
                code: "title_row",
                reason: "a title above the header".to_owned(),
            }));
        }
        if records.cells().all(<[u8]>::is_empty) {
            counts.blank_lines += 1;
            return Some(None);
        }
        if header.is_some() && self.part.entry.is_ours() {
            // Written here, record by record: a word for a sum is a name like any other.
            return None;
        }
        let cells = || records.cells().map(without_mark);
        let header = header.get_or_insert_with(|| cells().map(<[u8]>::to_vec).collect());
        if cells().eq(header.iter()) {
            counts.header_rows += 1;
            return Some(None);
        }
        // The cheap question first: it is asked of every record.
        if records.is_last().is_ok_and(|is_last| is_last) && sums_up(records) {
            counts.total_rows += 1;
            return Some(Some(Defect {
                code: "total_row",
                reason: "the last row sums up the others".to_owned(),
            }));
        }
        None
    }

    fn set_aside<R: BufRead>(
        &self,
        at: Position,
        why: &Defect,
        records: &Records<R>,
        broken: &mut Broken,
    ) -> Result<()> {
        let bytes = self.part.dialect.original(records.raw());
        broken.push(&self.table.object, at, why, &bytes)
    }

    fn json(&self, input: &mut dyn BufRead, rows: &mut Rows) -> Result<FileCounts> {
        let mut counts = FileCounts::of(self.part);
        for element in json::elements(&self.part.entry, input)? {
            counts.records += 1;
            counts.landed += 1;
            let columns = self.table.columns.iter();
            let cells: Vec<Option<String>> =
                columns.map(|column| json::cell(&element, column)).collect();
            rows.push(self.position(counts.landed, None), |column| {
                cells[column].as_deref()
            })?;
        }
        Ok(counts)
    }

    fn position(&self, row: u64, line: Option<u64>) -> Position<'_> {
        Position {
            file: &self.part.entry.path,
            part: self.part.number,
            row,
            line,
        }
    }

    /// For each column of the object, the cell of this part that fills it.
    fn sources(&self) -> Vec<Option<usize>> {
        let own = &self.part.columns;
        let position = |column: &String| own.iter().position(|other| other == column);
        self.table.columns.iter().map(position).collect()
    }

    fn missing(&self, sources: &[Option<usize>]) -> Vec<String> {
        let columns = self.table.columns.iter().zip(sources);
        let missing = columns.filter(|(_, source)| source.is_none());
        missing.map(|(column, _)| column.clone()).collect()
    }

    fn defect<R: BufRead>(&self, records: &Records<R>) -> Option<Defect> {
        if records.is_unclosed() {
            return Some(Defect {
                code: "unclosed_quote",
                reason: format!(
                    "a quote is opened and never closed; {} lines up to the end of the file are set aside",
                    records.lines()
                ),
            });
        }
        let expected = self.part.columns.len();
        let found = records.len();
        // Programs that pad rows with delimiters add cells without adding anything.
        let only_padding = records.cells().skip(expected).all(<[u8]>::is_empty);
        if found < expected || !only_padding {
            return Some(Defect {
                code: "ragged_row",
                reason: format!("{found} cells where the header has {expected}"),
            });
        }
        if records.raw().contains(&0) {
            return Some(Defect {
                code: "nul_byte",
                reason: "the record holds a zero byte, which no text has".to_owned(),
            });
        }
        let was_broken = |cell: &[u8]| cell.windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
        if self.part.dialect.encoding != UTF_8 && was_broken(records.raw()) {
            return Some(Defect {
                code: "invalid_text",
                reason: "a character is broken in the file's encoding".to_owned(),
            });
        }
        None
    }

    fn not_utf8<R: BufRead>(&self, records: &Records<R>) -> Defect {
        let broken = |cell: &[u8]| std::str::from_utf8(cell).is_err();
        let column = records
            .cells()
            .position(broken)
            .and_then(|index| self.part.columns.get(index));
        Defect {
            code: "invalid_utf8",
            reason: match column {
                Some(column) => format!("the cell of column `{column}` is not UTF-8 text"),
                None => "a cell is not UTF-8 text".to_owned(),
            },
        }
    }
}

/// What the first cell of a row of sums says, in en, de, fr, es, it, pt and nl.
const TOTALS: [&str; 9] = [
    "total", "totals", "sum", "summe", "gesamt", "somme", "suma", "totale", "totaal",
];

/// Whether a record is a word for a sum, numbers, and nothing else.
fn sums_up<R: BufRead>(records: &Records<R>) -> bool {
    let mut filled = records.cells().filter(|cell| !cell.is_empty());
    let word = filled.next().map(String::from_utf8_lossy);
    let word = word.unwrap_or_default().to_lowercase();
    let is_number = |cell: &[u8]| {
        cell.iter().any(u8::is_ascii_digit) && !cell.iter().any(u8::is_ascii_alphabetic)
    };
    let mut numbers = filled.peekable();
    TOTALS.contains(&word.trim_end_matches(':').trim())
        && numbers.peek().is_some()
        && numbers.all(is_number)
}
