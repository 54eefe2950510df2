//! Spreadsheets of the years before xlsx, made safe for the library that reads them: it believes what they claim, and
//! holds each sheet as a full rectangle, whatever stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use cfb::{CompoundFile, Version};

use super::shared::{SharedFile, unspooled};
use crate::error::{Error, Result};

/// The largest workbook that is read; it is held in memory whole.
const MOST_BYTES: u64 = 256 << 20;

/// Cells of the rectangles of all sheets that are held without a question, and together at most.
const FEW_CELLS: u64 = 1 << 20;
const MOST_CELLS: u64 = 16 << 20;

/// How many places a rectangle may have for each cell that is in it.
const SPARSEST: u64 = 16;

/// Kinds of records.
const START: u16 = 0x0809;
const END: u16 = 0x000A;
const PASSWORD: u16 = 0x002F;
const FORMULA: u16 = 0x0006;
const SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const CELLS: [u16; 9] = [
    FORMULA,
    0x00BD,
    0x00D6,
    0x00FD,
    0x0203,
    0x0204,
    0x0205,
    FORMULA_TEXT,
    0x027E,
];
const SEVERAL_CELLS: u16 = 0x00BD;
/// The text that a formula comes to.
const FORMULA_TEXT: u16 = 0x0207;

/// The workbook alone, without what surrounds it and without what it only claims.
///
/// # Errors
/// `Kind::Config` when there is no room for it. What `unread` makes of it when it is no such file, is protected by a
/// password, too large, or has a sheet that is almost nothing but empty places.
pub(super) fn made_safe(
    file: SharedFile,
    unread: impl Fn(io::Error) -> Error,
) -> Result<SharedFile> {
    copied(file, tempfile::tempfile, unread)
}

fn copied(
    file: SharedFile,
    output: impl FnOnce() -> io::Result<File>,
    unread: impl Fn(io::Error) -> Error,
) -> Result<SharedFile> {
    let (name, book) = checked(file).map_err(unread)?;
    let safe = output().and_then(|output| written(output, name, &book));
    safe.map_err(unspooled)
}

/// The workbook, and what it is called.
fn checked(file: SharedFile) -> io::Result<(&'static str, Vec<u8>)> {
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
    Ok((name, book))
}

fn written(output: File, name: &str, book: &[u8]) -> io::Result<SharedFile> {
    let mut safe = CompoundFile::create_with_version(Version::V3, output)?;
    safe.create_stream(name)?.write_all(book)?;
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
    /// Row and column of the last formula; the text without one stands in the first place.
    formula: (u16, u16),
}

impl Rectangle {
    fn take(&mut self, kind: u16, body: &[u8]) {
        let place = match kind {
            FORMULA_TEXT => Some(self.formula),
            _ => number(body, 0).zip(number(body, 2)),
        };
        let Some((row, first)) = place else {
            return;
        };
        if kind == FORMULA {
            self.formula = (row, first);
        }
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
    // Those whose end has not come: a chart stands inside its sheet.
    let mut open = Vec::new();
    let mut sheets = Vec::new();
    let mut found: BTreeMap<usize, Rectangle> = BTreeMap::new();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (number(book, at), number(book, at + 2)) {
        let end = at + 4 + usize::from(length);
        let Some(body) = book.get(at + 4..end) else {
            break;
        };
        match kind {
            START => {
                open.push(at);
                starts.insert(at);
            }
            END => drop(open.pop()),
            PASSWORD => return Err(io::Error::other("it is protected by a password")),
            SHEET => sheets.push(place(body)),
            DIMENSIONS => book[at..at + 2].fill(0),
            kind if CELLS.contains(&kind) => {
                if let Some(start) = open.last() {
                    found.entry(*start).or_default().take(kind, body);
                }
            }
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

/// Where a sheet says that it stands.
fn place(body: &[u8]) -> usize {
    let four = body.get(..4).and_then(|four| four.try_into().ok());
    four.map_or(0, |four| u32::from_le_bytes(four) as usize)
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
    use crate::error::Kind;

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
            at += start.len() + sheet.len() + 4;
            rest.extend([start.clone(), sheet.clone(), record(END, &[])].concat());
        }
        [head, record(END, &[]), rest].concat()
    }

    fn refusal(book: &mut [u8]) -> String {
        check(book).unwrap_err().to_string()
    }

    #[test]
    fn what_is_only_claimed_is_taken_out() {
        let claim = record(DIMENSIONS, &[0xFF; 14]);
        let mut claimed = book(&[[claim.clone(), cell(0, 0)].concat()]);
        let at = claimed.len() - claim.len() - cell(0, 0).len() - 4;
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
    fn the_texts_of_formulas_are_cells() {
        let text = record(0x0207, &[0; 8]);
        // Without a formula before it, it stands in the first place.
        let first = [cell(65_535, 255), text.clone()].concat();
        assert!(refusal(&mut book(&[first])).contains("2 cells lie in a rectangle"));
        let formula = |row: u16, column: u16| {
            let place = [row, column].map(u16::to_le_bytes).concat();
            record(FORMULA, &[place, vec![0; 18]].concat())
        };
        let near = [formula(65_000, 200), text.clone(), cell(65_000, 255)].concat();
        check(&mut book(&[near])).unwrap();
    }

    #[test]
    fn cells_behind_what_stands_inside_a_sheet_are_the_sheets() {
        let inside = [record(START, &[0; 16]), record(END, &[])].concat();
        let sheet = [cell(0, 0), inside, cell(65_535, 255)].concat();
        assert!(refusal(&mut book(&[sheet])).contains("2 cells lie in a rectangle"));
        // What stands inside is in no rectangle but its own.
        let far = [record(START, &[0; 16]), cell(65_535, 255), record(END, &[])].concat();
        check(&mut book(&[[cell(0, 0), far, cell(1, 1)].concat()])).unwrap();
    }

    #[test]
    fn no_room_is_not_the_workbooks_fault() {
        let full = || File::options().read(true).write(true).open("/dev/full");
        let (unread, book) = (
            |cause| Error::new(Kind::Source, "unread").because(cause),
            book(&[]),
        );
        let whole = written(tempfile::tempfile().unwrap(), "/Workbook", &book).unwrap();
        let fault = copied(whole, full, unread).unwrap_err();
        assert_eq!(fault.kind(), Kind::Config);
        let torn = SharedFile::of(tempfile::tempfile().unwrap()).unwrap();
        let fault = copied(torn, tempfile::tempfile, unread).unwrap_err();
        assert_eq!(fault.kind(), Kind::Source);
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
        // However it is locked: 0 is the oldest way.
        for kind in [0, 1] {
            let locked = record(PASSWORD, &[kind, 0]);
            assert!(refusal(&mut [record(START, &[0; 16]), locked].concat()).contains("password"));
        }
    }
}
