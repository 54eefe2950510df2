//! CSV bytes to records: each with its cells, its bytes as they stood and the line it begins on.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

use super::dialect::Dialect;
use crate::error::{Error, Kind};

/// Reads records one after the other in buffers of their own, so memory follows the longest record.
///
/// A line break inside quotes belongs to its cell; `\n`, `\r\n` and `\r` end a line. A byte order mark
/// at the start is skipped; blank lines are counted, not returned.
pub(super) struct Records<R> {
    input: R,
    parser: csv_core::Reader,
    delimiter: u8,
    escape: Option<u8>,
    limit: usize,
    raw: Vec<u8>,
    text: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    line: u64,
    next_line: u64,
    blank_lines: u64,
    is_begun: bool,
    /// The last line ended in `\r`: a `\n` that follows belongs to it.
    after_cr: bool,
    is_unclosed: bool,
    is_cut: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads decoded text from the start of a file; a record may be `limit` bytes long.
    pub fn new(input: R, dialect: &Dialect, limit: usize) -> Self {
        Self {
            input,
            parser: csv_core::ReaderBuilder::new()
                .delimiter(dialect.delimiter)
                .escape(dialect.escape)
                .build(),
            delimiter: dialect.delimiter,
            escape: dialect.escape,
            limit,
            raw: Vec::new(),
            text: vec![0; 4096],
            ends: vec![0; 64],
            cells: 0,
            line: 1,
            next_line: 1,
            blank_lines: 0,
            is_begun: false,
            after_cr: false,
            is_unclosed: false,
            is_cut: false,
        }
    }

    /// Moves to the next record; false at the end.
    pub fn advance(&mut self) -> io::Result<bool> {
        if !self.skip_to_record()? {
            return Ok(false);
        }
        self.raw.clear();
        self.cells = 0;
        self.line = self.next_line;
        let mut written = 0;
        loop {
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let (result, read, wrote, ended) = self.parser.read_record(
                input,
                &mut self.text[written..],
                &mut self.ends[self.cells..],
            );
            self.raw.extend_from_slice(&input[..read]);
            self.input.consume(read);
            written += wrote;
            self.cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.close(at_end);
                    return Ok(true);
                }
                ReadRecordResult::End => return Ok(false),
            }
            if self.raw.len() > self.limit {
                return Err(self.too_long());
            }
        }
    }

    fn skip_to_record(&mut self) -> io::Result<bool> {
        let mut is_there = self.skip_blank_lines()?;
        while is_there && !self.is_begun && self.skip_lonely_mark()? {
            is_there = self.skip_blank_lines()?;
        }
        self.is_begun = true;
        Ok(is_there)
    }

    /// A byte order mark that is alone on its line: the parser would take the next line for its own. Whether there was one.
    fn skip_lonely_mark(&mut self) -> io::Result<bool> {
        let ahead = self.input.fill_buf()?;
        let is_last = match ahead.strip_prefix(b"\xef\xbb\xbf") {
            Some([]) => true,
            Some([b'\r' | b'\n', ..]) => false,
            _ => return Ok(false),
        };
        self.input.consume(3);
        self.blank_lines += u64::from(is_last);
        Ok(true)
    }

    fn skip_blank_lines(&mut self) -> io::Result<bool> {
        loop {
            let next = self.input.fill_buf()?.first().copied();
            let belongs = next == Some(b'\n') && self.after_cr;
            self.after_cr = next == Some(b'\r');
            match next {
                Some(b'\n' | b'\r') => self.input.consume(1),
                other => return Ok(other.is_some()),
            }
            if !belongs {
                self.blank_lines += 1;
                self.next_line += 1;
            }
        }
    }

    fn close(&mut self, at_end: bool) {
        self.next_line += line_ends(&self.raw);
        self.is_cut = at_end;
        self.is_unclosed = at_end && ends_in_quotes(&self.raw, self.delimiter, self.escape);
        if !at_end {
            self.after_cr = self.raw.pop() == Some(b'\r');
        }
    }

    fn too_long(&self) -> io::Error {
        io::Error::other(
            Error::new(
                Kind::Source,
                format!(
                    "the record that begins on line {} is longer than {} bytes",
                    self.line, self.limit
                ),
            )
            .hint(
                "a quote on that line is probably never closed: correct the file, or export again",
            ),
        )
    }

    /// The record's bytes as they stood, without the line end.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// How many cells the record has.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// The cells, unquoted.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.cells).map(|index| self.cell(index))
    }

    fn cell(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    /// The cells as text; none when one of them is not UTF-8.
    pub fn text(&self) -> Option<Text<'_>> {
        let ends = &self.ends[..self.cells];
        let whole = std::str::from_utf8(&self.text[..*ends.last()?]).ok()?;
        // Two halves of a character may stand in two cells: together valid, apart not.
        ends.iter()
            .all(|&end| whole.is_char_boundary(end))
            .then_some(Text { whole, ends })
    }

    /// The physical line the record begins on, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many physical lines the record covers.
    pub fn lines(&self) -> u64 {
        (self.next_line - self.line).max(1)
    }

    /// Whether the file ended inside the record's quotes.
    pub fn is_unclosed(&self) -> bool {
        self.is_unclosed
    }

    /// Whether the text ended inside the record, before a line end: it may be cut off.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether nothing but line ends follows the record, as far as was read ahead.
    pub fn is_last(&mut self) -> io::Result<bool> {
        let ahead = self.input.fill_buf()?;
        Ok(ahead.iter().all(|byte| matches!(byte, b'\r' | b'\n')))
    }

    /// Blank lines met so far.
    pub fn blank_lines(&self) -> u64 {
        self.blank_lines
    }
}

/// The cells of one record, checked once.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    whole: &'a str,
    ends: &'a [usize],
}

impl<'a> Text<'a> {
    /// A cell; none when the record has fewer, or the cell is empty.
    pub fn cell(&self, index: usize) -> Option<&'a str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.whole.get(start..end).filter(|cell| !cell.is_empty())
    }
}

/// Line ends inside bytes, `\r\n` as one.
fn line_ends(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n'));
    let ends = ends.count() as u64;
    match bytes.contains(&b'\r') {
        true => ends - bytes.windows(2).filter(|pair| pair == b"\r\n").count() as u64,
        false => ends,
    }
}

/// Whether a record that the file's end cut off was still inside quotes. The parser forgives this.
fn ends_in_quotes(record: &[u8], delimiter: u8, escape: Option<u8>) -> bool {
    let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
    let mut state = State::CellStart;
    for &byte in record {
        state = match (state, byte) {
            (State::Escaped, _) => State::Quoted,
            (State::Quoted, byte) if Some(byte) == escape => State::Escaped,
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, _) => State::Quoted,
            // After a closed quote, this one was the second of a doubled one.
            (State::CellStart | State::Closed, b'"') => State::Quoted,
            (_, byte) if byte == delimiter => State::CellStart,
            _ => State::Plain,
        };
    }
    matches!(state, State::Quoted | State::Escaped)
}

/// Where in a record a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Quoted,
    Escaped,
    Closed,
    Plain,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    type Seen = (u64, Vec<String>, Vec<u8>);

    fn seen(text: &str, buffer: usize) -> (Vec<Seen>, u64, bool) {
        let input = io::BufReader::with_capacity(buffer, text.as_bytes());
        let mut records = Records::new(input, &Dialect::default(), 10_000);
        let mut all = Vec::new();
        while records.advance().unwrap() {
            let cells = records
                .cells()
                .map(|cell| String::from_utf8_lossy(cell).into_owned())
                .collect();
            all.push((records.line(), cells, records.raw().to_vec()));
        }
        (all, records.blank_lines(), records.is_unclosed())
    }

    #[test]
    fn records_keep_cells_bytes_and_line_at_any_buffer_size() {
        let text = "a,b\r\n\r\n1,\"x\r\ny\"\n\n2,\"say \"\"hi\"\"\"\r3,\rlast,\"\"";
        for buffer in [1, 2, 3, 7, 4096] {
            let (all, blank, unclosed) = seen(text, buffer);
            let expected: [(u64, [&str; 2], &str); 5] = [
                (1, ["a", "b"], "a,b"),
                (3, ["1", "x\r\ny"], "1,\"x\r\ny\""),
                (6, ["2", "say \"hi\""], "2,\"say \"\"hi\"\"\""),
                (7, ["3", ""], "3,"),
                (8, ["last", ""], "last,\"\""),
            ];
            assert_eq!(all.len(), expected.len());
            for ((line, cells, raw), (expected_line, expected_cells, expected_raw)) in
                all.iter().zip(expected)
            {
                assert_eq!(*line, expected_line);
                assert_eq!(*cells, expected_cells);
                assert_eq!(raw, expected_raw.as_bytes());
            }
            assert_eq!(blank, 2);
            assert!(!unclosed);
        }
    }

    #[test]
    fn a_mark_alone_on_its_line_is_a_blank_line() {
        for end in ["\n", "\r\n", "\r"] {
            let (all, blank, _) = seen(&format!("\u{feff}{end}id{end}1"), 4096);
            let lines: Vec<u64> = all.iter().map(|(line, ..)| *line).collect();
            assert_eq!((lines, blank), (vec![2, 3], 1));
            assert_eq!(all[0].2, b"id");
            let mark = format!("{end}\u{feff}");
            let (all, blank, _) = seen(&format!("{mark}{mark}"), 4096);
            assert_eq!((all.len(), blank), (0, 3));
        }
    }

    #[test]
    fn a_quote_that_never_closes_is_seen() {
        for (record, unclosed) in [
            ("1,\"x\ny\n", true),
            ("1,\"x\"\"", true),
            ("\"", true),
            ("1,\"x\"", false),
            ("1,\"x\"\"y\"", false),
            ("1,5\" pipe", false),
            ("1,\"\"", false),
            ("1,\"\"\"", true),
            ("1,\"x\"y\"", false),
        ] {
            let (all, _, found) = seen(record, 4096);
            assert_eq!(found, unclosed, "{record}");
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].2, record.as_bytes());
        }
    }

    #[test]
    fn long_and_wide_records_grow_the_buffers_up_to_the_limit() {
        let wide = vec!["cell"; 1500].join(",");
        let (all, ..) = seen(&format!("{wide}\n{wide}"), 4096);
        assert_eq!(all[1].1.len(), 1500);
        let text = io::Cursor::new(format!("a\n\"{wide}{wide}"));
        let mut records = Records::new(text, &Dialect::default(), 10_000);
        assert!(records.advance().unwrap());
        let error = records.advance().unwrap_err();
        assert!(error.to_string().contains("begins on line 2"), "{error}");
    }
}
