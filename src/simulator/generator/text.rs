//! A delimited file being written: how its text is written, on which line each record begins, and its hash.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use sha2::{Digest as _, Sha256};

use super::files;
use crate::error::Result;

/// In a cell of a UTF-8 file: here stands one byte that is no UTF-8.
pub const BROKEN: char = '\u{f8f0}';

/// How characters become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Characters {
    Utf8,
    Utf16Little,
    Utf16Big,
    /// One byte a character.
    Single(&'static Encoding),
}

impl Characters {
    /// Whether there are bytes for all of a text.
    pub fn have(self, text: &str) -> bool {
        match self {
            Self::Single(encoding) => !encoding.encode(text).2,
            _ => true,
        }
    }
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    Line,
    Return,
    Both,
    /// Now the one, now the other.
    Mixed,
}

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    pub characters: Characters,
    /// Whether it begins with a byte order mark.
    pub has_mark: bool,
    pub delimiter: char,
    pub newline: Newline,
    /// Whether a quote inside quotes is `\"`; else it is doubled.
    pub is_backslashed: bool,
    /// A delimiter after the last cell too.
    pub is_padded: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            characters: Characters::Utf8,
            has_mark: false,
            delimiter: ',',
            newline: Newline::Line,
            is_backslashed: false,
            is_padded: false,
        }
    }
}

/// What is unusual about how one record is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Plain,
    /// One cell more than the header has.
    Longer(String),
    /// So many of the last cells are left out.
    Shorter(usize),
    /// The cell in this place is not quoted, whatever is in it.
    Bare(usize),
    /// The quote of the cell in this place is never closed.
    Unclosed(usize),
}

/// A file being written.
pub struct TextFile {
    path: PathBuf,
    output: BufWriter<File>,
    style: Style,
    hash: Sha256,
    bytes: u64,
    /// Line that the next record begins on, from 1.
    line: u64,
    records: u64,
}

/// A file that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub bytes: u64,
    pub sha256: String,
}

impl TextFile {
    pub fn create(path: &Path, style: Style) -> Result<Self> {
        let mut file = Self {
            path: path.to_owned(),
            output: BufWriter::with_capacity(1 << 16, files::create(path)?),
            style,
            hash: Sha256::new(),
            bytes: 0,
            line: 1,
            records: 0,
        };
        if file.style.has_mark {
            file.text("\u{feff}")?;
        }
        Ok(file)
    }

    /// Writes a record; the line that it begins on.
    pub fn record<'c>(
        &mut self,
        cells: impl ExactSizeIterator<Item = &'c str>,
        form: &Form,
    ) -> Result<u64> {
        let kept = match form {
            Form::Shorter(missing) => cells.len().saturating_sub(*missing),
            _ => cells.len(),
        };
        let mut text = String::with_capacity(256);
        for (place, cell) in cells.take(kept).enumerate() {
            if place > 0 {
                text.push(self.style.delimiter);
            }
            match form {
                Form::Bare(bare) if *bare == place => text.push_str(cell),
                Form::Unclosed(open) if *open == place => {
                    text.push('"');
                    text.push_str(cell);
                }
                _ => self.quote(cell, &mut text),
            }
        }
        if let Form::Longer(more) = form {
            text.push(self.style.delimiter);
            self.quote(more, &mut text);
        }
        if self.style.is_padded {
            text.push(self.style.delimiter);
        }
        self.records += 1;
        text.push_str(self.newline());
        self.raw(&text)
    }

    /// Writes text as it is; the line that it begins on.
    pub fn raw(&mut self, text: &str) -> Result<u64> {
        let line = self.line;
        self.line += lines(text);
        self.text(text)?;
        Ok(line)
    }

    /// The line that the next record begins on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What ends the next record.
    pub fn newline(&self) -> &'static str {
        match self.style.newline {
            Newline::Line => "\n",
            Newline::Return => "\r",
            Newline::Both => "\r\n",
            Newline::Mixed if self.records.is_multiple_of(3) => "\r\n",
            Newline::Mixed => "\n",
        }
    }

    fn quote(&self, cell: &str, text: &mut String) {
        let needs = |c: char| c == self.style.delimiter || matches!(c, '"' | '\n' | '\r');
        if !cell.contains(needs) {
            text.push_str(cell);
            return;
        }
        let quote = if self.style.is_backslashed {
            "\\\""
        } else {
            "\"\""
        };
        text.push('"');
        text.push_str(&cell.replace('"', quote));
        text.push('"');
    }

    fn text(&mut self, text: &str) -> Result<()> {
        let bytes = encoded(self.style.characters, text);
        self.hash.update(&bytes);
        self.bytes += bytes.len() as u64;
        let written = self.output.write_all(&bytes);
        written.map_err(|cause| files::failed("written", &self.path, cause))
    }

    pub fn finish(mut self) -> Result<Written> {
        let flushed = self.output.flush();
        flushed.map_err(|cause| files::failed("written", &self.path, cause))?;
        Ok(Written {
            bytes: self.bytes,
            sha256: files::hex(&self.hash.finalize()),
        })
    }
}

/// Line ends in a text, as readers count them.
fn lines(text: &str) -> u64 {
    let returns = text.matches('\r').count();
    let both = text.matches("\r\n").count();
    (returns + text.matches('\n').count() - both) as u64
}

/// The bytes of a text; what an encoding does not have is a question mark.
pub fn encoded(characters: Characters, text: &str) -> Vec<u8> {
    match characters {
        Characters::Utf8 if text.contains(BROKEN) => {
            let mut bytes = Vec::with_capacity(text.len());
            for (place, piece) in text.split(BROKEN).enumerate() {
                if place > 0 {
                    // An `ü` of Windows-1252.
                    bytes.push(0xfc);
                }
                bytes.extend_from_slice(piece.as_bytes());
            }
            bytes
        }
        Characters::Utf8 => text.as_bytes().to_vec(),
        Characters::Utf16Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Characters::Utf16Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Characters::Single(encoding) => encoding.encode(&legible(encoding, text)).0.into_owned(),
    }
}

/// The text with a question mark for each character that the encoding does not have.
pub fn legible(encoding: &'static Encoding, text: &str) -> String {
    if text.is_ascii() || !encoding.encode(text).2 {
        return text.to_owned();
    }
    let mut buffer = [0; 4];
    let mut is_known = |c: char| !encoding.encode(c.encode_utf8(&mut buffer)).2;
    let known = text.chars().map(|c| if is_known(c) { c } else { '?' });
    known.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use encoding_rs::WINDOWS_1252;

    use super::*;

    fn written(style: Style, records: &[(&[&str], Form)]) -> (Vec<u64>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        let mut file = TextFile::create(&path, style).unwrap();
        let lines = records
            .iter()
            .map(|(cells, form)| file.record(cells.iter().copied(), form).unwrap())
            .collect();
        let written = file.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(written.bytes, bytes.len() as u64);
        (lines, bytes)
    }

    #[test]
    fn records_are_quoted_where_they_must_and_their_lines_are_known() {
        let records: &[(&[&str], Form)] = &[
            (&["a", "b;c"], Form::Plain),
            (&["x\ny", "say \"hi\""], Form::Plain),
            (&["5\" pipe", "z"], Form::Bare(0)),
            (&["1", "2"], Form::Longer("3".to_owned())),
            (&["1", "2"], Form::Shorter(1)),
            (&["1", "2"], Form::Unclosed(1)),
        ];
        let style = Style {
            delimiter: ';',
            newline: Newline::Both,
            ..Style::default()
        };
        let (lines, bytes) = written(style, records);
        assert_eq!(lines, [1, 2, 4, 5, 6, 7]);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "a;\"b;c\"\r\n\"x\ny\";\"say \"\"hi\"\"\"\r\n5\" pipe;z\r\n1;2;3\r\n1\r\n1;\"2\r\n"
        );
    }

    #[test]
    fn what_an_encoding_does_not_have_is_a_question_mark() {
        assert_eq!(
            encoded(Characters::Single(WINDOWS_1252), "é🎉€"),
            b"\xe9?\x80"
        );
        assert_eq!(encoded(Characters::Utf8, "M\u{f8f0}ller"), b"M\xfcller");
        assert_eq!(encoded(Characters::Utf16Big, "é"), b"\0\xe9");
    }
}
