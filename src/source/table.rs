//! One object of an export: its parts in order, read as one stream.

use std::io::BufRead;

use super::Limits;
use super::batches::{Broken, Defect, Position, Rows, Sink};
use super::container::{Digest, Entry};
use super::json;
use super::layout::Format;
use super::manifest::Claim;
use super::originals::changed;
use super::records::Records;
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
}

/// What became of one file, record by record.
/// `landed + quarantined + header_rows + blank_lines = records`, always.
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
    /// Lines without any character.
    pub blank_lines: u64,
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
        if self.rows() + self.header_rows + self.blank_lines == self.records {
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
        let mut records = Records::new(input, self.limit);
        let mut header: Option<Vec<Vec<u8>>> = None;
        let from = self.sources();
        while records
            .advance()
            .map_err(|cause| self.part.entry.unreadable(cause))?
        {
            counts.records += 1;
            let cells = || records.cells().map(without_mark);
            let header = header.get_or_insert_with(|| cells().map(<[u8]>::to_vec).collect());
            if cells().eq(header.iter()) {
                counts.header_rows += 1;
                continue;
            }
            let at = self.position(counts.rows() + 1, Some(records.line()));
            match (self.defect(&records), records.text()) {
                (None, Some(text)) => {
                    rows.push(at, |column| text.cell(from[column]?))?;
                    counts.landed += 1;
                }
                (defect, _) => {
                    let defect = defect.unwrap_or_else(|| self.not_utf8(&records));
                    broken.push(&self.table.object, at, &defect, records.raw())?;
                    counts.quarantined += 1;
                }
            }
        }
        counts.blank_lines = records.blank_lines();
        counts.records += counts.blank_lines;
        Ok(counts)
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

/// Joined files carry a byte order mark before a header in their middle.
fn without_mark(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\xef\xbb\xbf").unwrap_or(cell)
}

/// The header row of a CSV file; none when the file has no line with text.
///
/// # Errors
/// `Kind::Source` when the file is not comma-separated UTF-8 text.
pub(super) fn header(
    entry: &Entry,
    input: &mut dyn BufRead,
    limit: usize,
) -> Result<Option<Vec<String>>> {
    let refused = |what: &str| {
        Err(Error::new(Kind::Source, format!("`{}` {what}", entry.path))
            .hint("save the file as CSV, UTF-8, separated by commas"))
    };
    let mut records = Records::new(input, limit);
    let found = records.advance().map_err(|cause| entry.unreadable(cause))?;
    if !found {
        return Ok(None);
    }
    if records.raw().contains(&0) || records.raw().starts_with(b"\xff\xfe") {
        return refused("is UTF-16 or binary, not UTF-8 text");
    }
    if records.is_unclosed() {
        return refused("opens a quote in its header and never closes it");
    }
    let cells = records.cells().map(without_mark).map(<[u8]>::to_vec);
    let Ok(headers) = cells.map(String::from_utf8).collect::<Result<Vec<_>, _>>() else {
        return refused("has a header that is not UTF-8 text");
    };
    if let [only] = headers.as_slice()
        && only.contains([';', '\t', '|'])
    {
        return refused("is not separated by commas");
    }
    Ok(Some(headers))
}
