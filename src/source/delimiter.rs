//! What may stand between cells: its names, and how well it explains the records of a file.

use std::collections::BTreeMap;

/// What may stand between cells, the likeliest first.
pub(super) const DELIMITERS: [u8; 5] = [b',', b';', b'\t', b'|', b'^'];

/// How well a dialect explains the sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    /// Cells that most records have.
    pub width: usize,
    /// Records by their number of cells, in order.
    widths: Vec<usize>,
}

impl Fit {
    pub fn of(widths: Vec<usize>) -> Self {
        let mut counts = BTreeMap::new();
        for width in &widths {
            *counts.entry(*width).or_insert(0_usize) += 1;
        }
        let usual = counts
            .into_iter()
            .max_by_key(|(width, count)| (*count, *width));
        Self {
            width: usual.map_or(0, |(width, _)| width),
            widths,
        }
    }

    fn explains(&self, record: usize) -> bool {
        self.width > 1 && self.widths.get(record) == Some(&self.width)
    }

    pub fn explained(&self) -> usize {
        let records = 0..self.widths.len();
        records.filter(|record| self.explains(*record)).count()
    }

    /// The part of its records that it explains, in thousandths of thousandths. Their number tells nothing: read wrongly, a line
    /// break inside quotes makes two of one.
    pub fn share(&self) -> usize {
        self.explained() * 1_000_000 / self.widths.len().max(1)
    }

    /// Whether it explains every record.
    fn is_whole(&self) -> bool {
        self.width > 1 && self.explained() == self.widths.len()
    }

    /// How many records speak for this and against `best`: all, when it explains as much with as many cells.
    pub fn against(&self, best: &Self) -> u64 {
        if self.width > 1 && self == best {
            return self.explained() as u64;
        }
        // Read otherwise, a line break inside quotes makes records that are none, some of them wide by chance.
        if best.is_whole() {
            return 0;
        }
        let records = 0..self.widths.len();
        let only_here = records.filter(|record| self.explains(*record) && !best.explains(*record));
        only_here.count() as u64
    }
}

/// The name of a delimiter; one without a name is called by its character.
pub(super) fn delimiter_name(delimiter: u8) -> String {
    let name = match delimiter {
        b',' => "comma",
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "pipe",
        b'^' => "caret",
        other => return char::from(other).to_string(),
    };
    name.to_owned()
}

pub(super) fn delimiter_of(name: &str) -> Option<u8> {
    let mut possible = (0..128).filter(is_delimiter);
    possible.find(|delimiter| delimiter_name(*delimiter) == name)
}

/// What stands in no word, number or quote.
pub(super) fn is_delimiter(byte: &u8) -> bool {
    *byte == b'\t' || (byte.is_ascii_punctuation() && *byte != b'"')
}
