//! What a defect in a value is: where it may stand, and how it is written.

use super::super::account::Account;
use super::super::row::Row;
use super::super::tables::Kind;
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
}

/// Where a spelling may stand.
pub enum Place {
    /// In every cell of a column that can be written so.
    Whole(&'static str, &'static str),
    /// In every empty cell of a column that can be written so.
    Fill(&'static str, &'static str),
    /// Here and there in a column.
    Some(&'static str, &'static str),
    /// Here and there in columns that hold such values.
    Kinds(&'static [Kind]),
    /// Here and there in empty cells of such columns.
    Blank(&'static [Kind]),
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

/// The number in an id.
pub fn number(id: &str, prefix: &str) -> Option<u64> {
    id.strip_prefix(prefix)?.strip_prefix('_')?.parse().ok()
}

impl Spelling {
    /// Whether it may stand in a column, and whether in each of its cells.
    pub fn fits(&self, object: &str, column: &str, kind: Kind) -> Option<bool> {
        match self.place {
            Place::Whole(wanted, name) => (wanted == object && name == column).then_some(true),
            Place::Some(wanted, name) | Place::Fill(wanted, name) => {
                (wanted == object && name == column).then_some(false)
            }
            Place::Kinds(kinds) | Place::Blank(kinds) => {
                let is_data = !matches!(object, "pipeline" | "stage" | "deleted");
                (is_data && kinds.contains(&kind)).then_some(false)
            }
        }
    }

    /// Whether it is written into empty cells.
    pub fn fills(&self) -> bool {
        matches!(self.place, Place::Blank(_) | Place::Fill(..))
    }
}
