//! What a defect in a value is: where it may stand, and how it is written.

use super::super::account::{Account, number};
use super::super::row::Row;
use super::super::tables::{Column, Kind, Table};
use super::super::variant::Expected;

/// A way to write a value.
pub struct Spelling {
    /// Number of its variant.
    pub variant: u8,
    /// A short word for it.
    pub finding: &'static str,
    pub expected: Expected,
    pub place: Place,
    /// The dirty text; none where this value cannot be written so.
    pub write: fn(&Cell) -> Option<String>,
    /// The other column of a pair, which is left empty too.
    pub emptied: Option<&'static str>,
    /// The header that says what the cell no longer does.
    pub header: Option<&'static str>,
    /// Whether the cell is not quoted, whatever is in it.
    pub is_bare: bool,
}

/// Where a spelling may stand.
pub enum Place {
    /// In every cell of a column that can be written so; the others are left alone.
    Whole(&'static str, &'static str),
    /// In every cell of a column that can be written so, empty or not.
    Each(&'static str, &'static str),
    /// Here and there in a column.
    Some(&'static str, &'static str),
    /// Here and there in columns that hold such values.
    Kinds(&'static [Kind]),
    /// Here and there in empty cells of such columns.
    Blank(&'static [Kind]),
}

/// How many cells of a column a spelling is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Whole,
    Each,
    Some,
}

/// A clean cell with what stands around it.
pub struct Cell<'a> {
    pub clean: &'a str,
    /// The name of its column.
    pub column: &'a str,
    pub row: &'a Row<'a>,
    pub account: &'a Account,
    /// How often this spelling was written before.
    pub turn: u64,
}

impl Cell<'_> {
    /// One of several ways, each in its turn.
    pub fn one_of<'w>(&self, ways: &[&'w str]) -> &'w str {
        let count = ways.len().max(1) as u64;
        let place = usize::try_from(self.turn % count).unwrap_or(0);
        ways.get(place).copied().unwrap_or_default()
    }

    /// Another cell of the record.
    pub fn other(&self, column: &str) -> &str {
        self.row.get(column)
    }

    /// The number in the record's own id.
    pub fn number_of_row(&self, prefix: &str) -> Option<u64> {
        number(self.row.id(), prefix)
    }

    /// The number in an id of this kind.
    pub fn number(&self, prefix: &str) -> Option<u64> {
        number(self.clean, prefix)
    }
}

/// A spelling of quoted cells that changes no other.
pub const fn spelling(
    variant: u8,
    expected: Expected,
    finding: &'static str,
    place: Place,
    write: fn(&Cell) -> Option<String>,
) -> Spelling {
    Spelling {
        variant,
        finding,
        expected,
        place,
        write,
        emptied: None,
        header: None,
        is_bare: false,
    }
}

impl Spelling {
    /// The same, with the other column of the pair left empty: it would say what this one no longer does.
    pub const fn emptying(self, column: &'static str) -> Self {
        Self {
            emptied: Some(column),
            ..self
        }
    }

    /// The same, where the file has a header without which a reader could not tell what is meant.
    pub const fn under(self, header: &'static str) -> Self {
        Self {
            header: Some(header),
            ..self
        }
    }

    /// The same without quotes.
    pub const fn bare(self) -> Self {
        Self {
            is_bare: true,
            ..self
        }
    }

    /// How many cells of a column it is for; none where it may not stand.
    pub fn reach(&self, table: &Table, column: &Column) -> Option<Reach> {
        let is_it = |object: &str, name: &str| object == table.object && name == column.name;
        match self.place {
            Place::Whole(object, name) => is_it(object, name).then_some(Reach::Whole),
            Place::Each(object, name) => is_it(object, name).then_some(Reach::Each),
            Place::Some(object, name) => is_it(object, name).then_some(Reach::Some),
            Place::Kinds(kinds) | Place::Blank(kinds) => {
                (table.is_record && kinds.contains(&column.kind)).then_some(Reach::Some)
            }
        }
    }

    /// Whether it may be written into a cell with this text.
    pub fn suits(&self, clean: &str) -> bool {
        match self.place {
            Place::Each(..) => true,
            Place::Blank(_) => clean.is_empty(),
            _ => !clean.is_empty(),
        }
    }
}
