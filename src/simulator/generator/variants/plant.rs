//! Chooses the cells of a record that are written otherwise, and how.

use std::collections::BTreeSet;

use super::super::account::Account;
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::variant::Variant;
use super::spelling::{Cell, Reach, Spelling};

/// Each spelling is wanted so often before the rate alone decides.
const WANTED: u64 = 3;
/// How likely a cell is taken while a spelling is still wanted.
const EAGER: f64 = 0.34;
/// Only the first cells of a column are taken so: what cannot be written in it stays unwritten.
const FIRST_CELLS: u64 = 200;

/// Plants spellings into the records of one table.
pub struct Planter<'a> {
    account: &'a Account,
    rate: f64,
    columns: Vec<Ways>,
    /// How often each spelling was written.
    turns: Vec<(&'static Spelling, u64)>,
}

/// A cell that is written otherwise.
pub struct Dirty {
    /// Place of its column among those of the table.
    pub place: usize,
    pub spelling: &'static Spelling,
    pub text: String,
}

/// Whether a cell can be written so where it stands.
pub type IsPossible<'a> = &'a dyn Fn(&Dirty) -> bool;

/// How the cells of a column may be written.
#[derive(Default)]
struct Ways {
    /// A spelling of every cell.
    whole: Option<usize>,
    /// Spellings of every cell that can be written so.
    each: Vec<usize>,
    some: Vec<usize>,
    turn: usize,
    /// Cells that were looked at.
    cells: u64,
}

impl<'a> Planter<'a> {
    pub fn new(
        account: &'a Account,
        table: &Table,
        variants: &BTreeSet<Variant>,
        rate: f64,
    ) -> Self {
        let turns: Vec<(&'static Spelling, u64)> = super::spellings()
            .filter(|spelling| variants.contains(&Variant::numbered(spelling.variant)))
            .map(|spelling| (spelling, 0))
            .collect();
        let ways = table.columns.iter().map(|column| {
            let mut ways = Ways::default();
            for (number, (spelling, _)) in turns.iter().enumerate() {
                match spelling.reach(table, column) {
                    Some(Reach::Whole) => ways.whole = ways.whole.or(Some(number)),
                    Some(Reach::Each) => ways.each.push(number),
                    Some(Reach::Some) => ways.some.push(number),
                    None => {}
                }
            }
            ways
        });
        let columns = ways.collect();
        Self {
            account,
            rate,
            columns,
            turns,
        }
    }

    /// The cells of a record that are written otherwise. A spelling has had its turn only when it is possible.
    pub fn plant(&mut self, row: &Row, index: u64, is_possible: IsPossible) -> Vec<Dirty> {
        let mut planted: Vec<Dirty> = Vec::new();
        if self.turns.is_empty() {
            return planted;
        }
        let mut dice = self
            .account
            .dice(row.table.object, index ^ 0xd127_0000_0000);
        for place in 0..self.columns.len() {
            let is_alone = |dirty: &Dirty| {
                let mut others = planted.iter();
                is_possible(dirty) && others.all(|other| goes_with(row.table, other, dirty))
            };
            let order = self.order(place, &mut dice);
            let found = order.into_iter().find_map(|number| {
                let dirty = written(self.turns.get(number)?, self.account, (row, place));
                Some((number, dirty.filter(is_alone)?))
            });
            if let Some((number, dirty)) = found {
                if let Some((_, turn)) = self.turns.get_mut(number) {
                    *turn += 1;
                }
                let emptied = emptied(row, &dirty).filter(is_possible);
                planted.push(dirty);
                planted.extend(emptied);
            }
        }
        planted
    }

    /// The spellings to try for a cell, one after the other.
    fn order(&mut self, place: usize, dice: &mut Dice) -> Vec<usize> {
        let Some(ways) = self.columns.get_mut(place) else {
            return Vec::new();
        };
        if let Some(whole) = ways.whole {
            return vec![whole];
        }
        let drawn = dice.fraction();
        let some = ways.drawn(drawn, self.rate, &self.turns);
        ways.each.iter().copied().chain(some).collect()
    }
}

impl Ways {
    /// The ways to try for a cell: none for most cells, all for one of the rate, and for some of the first ones those
    /// that are still wanted.
    fn drawn(&mut self, drawn: f64, rate: f64, turns: &[(&'static Spelling, u64)]) -> Vec<usize> {
        if self.some.is_empty() {
            return Vec::new();
        }
        self.cells += 1;
        if drawn < rate {
            let begin = self.turn % self.some.len();
            self.turn += 1;
            let around = self.some.iter().cycle().skip(begin);
            return around.take(self.some.len()).copied().collect();
        }
        if drawn >= EAGER || self.cells > FIRST_CELLS {
            return Vec::new();
        }
        let is_wanted = |number: &&usize| {
            let turn = turns.get(**number).map(|(_, turn)| *turn);
            turn.is_some_and(|turn| turn < WANTED)
        };
        self.some.iter().filter(is_wanted).copied().collect()
    }
}

/// Whether two cells of a record may both be dirty: what one column of a pair no longer says the other one must, and of
/// two cells without quotes a reader could not tell where they end.
fn goes_with(table: &Table, one: &Dirty, other: &Dirty) -> bool {
    let pair = |dirty: &Dirty| {
        table
            .columns
            .get(dirty.place)
            .map(|column| role(column.name))
    };
    pair(one) != pair(other) && !(one.spelling.is_bare && other.spelling.is_bare)
}

/// What the columns of a pair have in common: `owner` of `owner_id` and `owner_email`.
fn role(column: &str) -> &str {
    let mut ends = ["_id", "_name", "_email", "_type"].iter();
    let role = ends.find_map(|end| column.strip_suffix(end));
    role.unwrap_or(column)
}

/// The other cell of a pair, where it is left empty too.
fn emptied(row: &Row, dirty: &Dirty) -> Option<Dirty> {
    let place = row.table.place(dirty.spelling.emptied?)?;
    let is_full = row.cells.get(place).is_some_and(|cell| !cell.is_empty());
    is_full.then(|| Dirty {
        place,
        spelling: dirty.spelling,
        text: String::new(),
    })
}

/// A cell as a spelling writes it; none where it cannot, or where nothing would change.
fn written(
    (spelling, turn): &(&'static Spelling, u64),
    account: &Account,
    (row, place): (&Row, usize),
) -> Option<Dirty> {
    let clean = row.cells.get(place)?;
    if !spelling.suits(clean) {
        return None;
    }
    let cell = Cell {
        clean,
        column: row.table.columns.get(place)?.name,
        row,
        account,
        turn: *turn,
    };
    let text = (spelling.write)(&cell)?;
    // A stray quote is in how the cell is written, not in what it says.
    let is_change = text != *clean || spelling.is_bare;
    is_change.then_some(Dirty {
        place,
        spelling,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_columns_of_a_pair_have_one_role() {
        assert_eq!(role("owner_id"), role("owner_email"));
        assert_eq!(role("parent_type"), role("parent_name"));
        assert_ne!(role("company_id"), role("parent_company_id"));
        assert_eq!(role("email"), "email");
    }
}
