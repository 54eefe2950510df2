//! Spreadsheets of the years before xlsx, made safe for the library that reads them: it believes what they claim, and
//! holds each sheet as a full rectangle, whatever stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use cfb::{CompoundFile, Version};

use super::shared::SharedFile;

/// The largest workbook that is read; it is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;

/// Cells of the rectangles of all sheets that are held without a question, and together at most.
const FEW_CELLS: u64 = 1 << 20;
const MOST_CELLS: u64 = 16 << 20;

/// How many places a rectangle may have for each cell that is in it.
const SPARSEST: u64 = 16;

/// Kinds of records.
const START: u16 = 0x0809;
const PASSWORD: u16 = 0x002F;
const SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const CELLS: [u16; 8] = [
    0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E,
];
const SEVERAL_CELLS: u16 = 0x00BD;

/// The workbook alone, without what surrounds it and without what it only claims.
///
/// # Errors
/// When it is no such file, is protected by a password, too large, or has a sheet that is almost nothing but empty places.
pub(super) fn made_safe(file: SharedFile) -> io::Result<SharedFile> {
    let mut outer = CompoundFile::open(file)?;
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| outer.is_stream(name));
    let name = name.ok_or_else(|| io::Error::other("it holds no workbook"))?;
    let mut book = Vec::new();
    let stream = outer.open_stream(name)?;
    stream.take(MOST_BYTES + 1).read_to_end(&mut book)?;
    if book.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("it is larger than 256 MB"));
    }
    check(&mut book)?;
    let mut safe = CompoundFile::create_with_version(Version::V3, tempfile::tempfile()?)?;
    safe.create_stream(name)?.write_all(&book)?;
    safe.flush()?;
    let mut file = safe.into_inner();
    file.seek(SeekFrom::Start(0))?;
    SharedFile::of(file)
}

/// Where the cells of a sheet lie.
#[derive(Default)]
struct Rectangle {
    cells: u64,
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl Rectangle {
    fn take(&mut self, kind: u16, body: &[u8]) {
        let (Some(row), Some(first)) = (number(body, 0), number(body, 2)) else {
            return;
        };
        let several = kind == SEVERAL_CELLS;
        let last = several.then(|| number(body, body.len().saturating_sub(2)));
        let last = last.flatten().unwrap_or(first);
        self.cells += u64::from(last.saturating_sub(first)) + 1;
        self.rows = Some(widened(self.rows, row, row));
        self.columns = Some(widened(self.columns, first, last));
    }

    fn places(&self) -> u64 {
        let length = |range: Option<(u16, u16)>| range.map_or(0, |(a, b)| u64::from(b - a) + 1);
        length(self.rows) * length(self.columns)
    }
}

fn widened(range: Option<(u16, u16)>, one: u16, other: u16) -> (u16, u16) {
    let (low, high) = (one.min(other), one.max(other));
    range.map_or((low, high), |(from, to)| (from.min(low), to.max(high)))
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

/// Goes through the records as they stand, and takes the kind from those that only claim how large a sheet is.
fn check(book: &mut [u8]) -> io::Result<()> {
    let mut starts = BTreeSet::new();
    let mut sheets = Vec::new();
    let mut found: BTreeMap<usize, Rectangle> = BTreeMap::new();
    let mut at = 0;
    let mut start = 0;
    while let (Some(kind), Some(length)) = (number(book, at), number(book, at + 2)) {
        let end = at + 4 + usize::from(length);
        let Some(body) = book.get(at + 4..end) else {
            break;
        };
        match kind {
            START => {
                start = at;
                starts.insert(at);
            }
            PASSWORD if number(body, 0) != Some(0) => {
                return Err(io::Error::other("it is protected by a password"));
            }
            SHEET => sheets.push(body.get(..4).map_or(0, place)),
            DIMENSIONS => book[at..at + 2].fill(0),
            kind if CELLS.contains(&kind) => found.entry(start).or_default().take(kind, body),
            _ => {}
        }
        at = end;
    }
    let all = sheets.len();
    sheets.sort_unstable();
    sheets.dedup();
    if sheets.len() < all || !sheets.iter().all(|sheet| starts.contains(sheet)) {
        return Err(io::Error::other(
            "a sheet of it does not stand where it says",
        ));
    }
    held(found.values())
}

fn place(four: &[u8]) -> usize {
    let digits = four.iter().rev();
    digits.fold(0, |place, byte| place << 8 | usize::from(*byte))
}

/// Whether the rectangles can be held.
fn held<'a>(sheets: impl Iterator<Item = &'a Rectangle>) -> io::Result<()> {
    let (mut places, mut cells) = (0, 0);
    for sheet in sheets {
        places += sheet.places();
        cells += sheet.cells;
    }
    if places > MOST_CELLS || places > FEW_CELLS + SPARSEST * cells {
        let what =
            format!("its {cells} cells lie in a rectangle of {places} places: save it as xlsx");
        return Err(io::Error::other(what));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn record(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
    }

    fn cell(row: u16, column: u16) -> Vec<u8> {
        let body = [row, column, 0].map(u16::to_le_bytes).concat();
        record(0x0203, &[body, vec![0; 8]].concat())
    }

    /// A workbook whose sheets have these records.
    fn book(sheets: &[Vec<u8>]) -> Vec<u8> {
        let start = record(START, &[0; 16]);
        let mut at = start.len() + sheets.len() * 8 + 4;
        let (mut head, mut rest) = (start.clone(), Vec::new());
        for sheet in sheets {
            head.extend(record(SHEET, &u32::try_from(at).unwrap().to_le_bytes()));
            at += start.len() + sheet.len();
            rest.extend([start.clone(), sheet.clone()].concat());
        }
        [head, record(0x000A, &[]), rest].concat()
    }

    fn refusal(book: &mut [u8]) -> String {
        check(book).unwrap_err().to_string()
    }

    #[test]
    fn what_is_only_claimed_is_taken_out() {
        let claim = record(DIMENSIONS, &[0xFF; 14]);
        let mut claimed = book(&[[claim.clone(), cell(0, 0)].concat()]);
        let at = claimed.len() - claim.len() - cell(0, 0).len();
        check(&mut claimed).unwrap();
        assert_eq!(claimed[at..at + 4], [0, 0, 14, 0]);
    }

    #[test]
    fn almost_empty_rectangles_are_not_held() {
        check(&mut book(&[[cell(0, 0), cell(65_535, 15)].concat()])).unwrap();
        let far = [cell(0, 0), cell(65_535, 255)].concat();
        assert!(
            refusal(&mut book(std::slice::from_ref(&far))).contains("2 cells lie in a rectangle")
        );
        let wide = [3_u16, 0, 0xFFFF].map(u16::to_le_bytes).concat();
        let wide = [record(SEVERAL_CELLS, &wide), cell(60_000, 0)].concat();
        assert!(refusal(&mut book(&[wide])).contains("rectangle"));
        let near = [cell(0, 0), cell(40_000, 15)].concat();
        assert!(refusal(&mut book(&[near.clone(), near])).contains("4 cells"));
    }

    #[test]
    fn sheets_stand_where_they_say() {
        let mut twice = book(&[cell(0, 0), cell(0, 0)]);
        let first = twice[24..28].to_vec();
        twice[32..36].copy_from_slice(&first);
        assert!(refusal(&mut twice).contains("does not stand where it says"));
        let mut nowhere = book(&[cell(0, 0)]);
        nowhere[24] ^= 1;
        assert!(refusal(&mut nowhere).contains("does not stand where it says"));
        let locked = record(PASSWORD, &[1, 0]);
        assert!(refusal(&mut [record(START, &[0; 16]), locked].concat()).contains("password"));
    }
}
