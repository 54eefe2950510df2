//! Chooses the cells of a record that are written otherwise, and how.

use std::collections::BTreeSet;

use super::super::account::Account;
use super::super::dice::Dice;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::variant::Variant;
use super::spelling::{Cell, Place, Spelling};

/// Each spelling is wanted so often before the rate alone decides.
const WANTED: u64 = 3;
/// How likely a cell is taken while a spelling is still wanted.
const EAGER: f64 = 0.34;
/// Only the first cells of a column are taken so: what cannot be written in it stays unwritten.
const FIRST_CELLS: u64 = 200;

/// A cell with a quote in it that is not quoted.
pub const STRAY_QUOTE: &str = "stray_quote";

/// Plants spellings into the records of one table.
pub struct Planter<'a> {
    account: &'a Account,
    rate: f64,
    columns: Vec<Ways>,
    /// How often each spelling was written.
    turns: Vec<(&'static Spelling, u64)>,
}

/// How the cells of a column may be written.
#[derive(Default)]
struct Ways {
    /// A spelling of every cell.
    whole: Option<usize>,
    /// A spelling of every empty cell.
    fill: Option<usize>,
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
        let is_wanted =
            |spelling: &&Spelling| variants.iter().any(|variant| variant.is(spelling.variant));
        let turns: Vec<(&'static Spelling, u64)> = super::spellings()
            .filter(is_wanted)
            .map(|spelling| (spelling, 0))
            .collect();
        let ways = table.columns.iter().map(|column| {
            let mut ways = Ways::default();
            for (number, (spelling, _)) in turns.iter().enumerate() {
                match spelling.fits(table.object, column.name, column.kind) {
                    Some(false) if matches!(spelling.place, Place::Fill(..)) => {
                        ways.fill = Some(number)
                    }
                    Some(true) if ways.whole.is_none() => ways.whole = Some(number),
                    Some(false) => ways.some.push(number),
                    _ => {}
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

    /// The cells of a record that are written otherwise, by their place.
    pub fn plant(&mut self, row: &Row, index: u64) -> Vec<(usize, &'static Spelling, String)> {
        let mut planted = Vec::new();
        if self.turns.is_empty() {
            return planted;
        }
        let mut dice = self
            .account
            .dice(row.table.object, index ^ 0xd127_0000_0000);
        for place in 0..self.columns.len() {
            let found = self.plant_cell(row, place, &mut dice);
            if let Some((number, dirty)) = found
                && let Some((spelling, turn)) = self.turns.get_mut(number)
            {
                *turn += 1;
                planted.push((place, *spelling, dirty));
            }
        }
        planted
    }

    fn plant_cell(&mut self, row: &Row, place: usize, dice: &mut Dice) -> Option<(usize, String)> {
        let ways = self.columns.get_mut(place)?;
        if let Some(whole) = ways.whole {
            return Some((
                whole,
                written(&self.turns, whole, self.account, (row, place))?,
            ));
        }
        if let Some(fill) = ways.fill
            && let Some(dirty) = written(&self.turns, fill, self.account, (row, place))
        {
            return Some((fill, dirty));
        }
        let drawn = dice.fraction();
        let order = ways.order(drawn, self.rate, &self.turns);
        order.into_iter().find_map(|number| {
            let dirty = written(&self.turns, number, self.account, (row, place))?;
            Some((number, dirty))
        })
    }
}

impl Ways {
    /// The ways to try for a cell: none for most cells, all for one of the rate, and for some of the first ones those
    /// that are still wanted.
    fn order(&mut self, drawn: f64, rate: f64, turns: &[(&'static Spelling, u64)]) -> Vec<usize> {
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

/// A cell as a spelling writes it; none where it cannot, or where nothing would change.
fn written(
    turns: &[(&'static Spelling, u64)],
    number: usize,
    account: &Account,
    (row, place): (&Row, usize),
) -> Option<String> {
    let (spelling, turn) = turns.get(number)?;
    let clean = row.cells.get(place)?;
    if clean.is_empty() != spelling.fills() {
        return None;
    }
    let cell = Cell {
        clean,
        column: row.table.columns.get(place)?.name,
        row,
        account,
        turn: *turn,
    };
    // A stray quote is in how the cell is written, not in what it says.
    let is_change = |dirty: &String| dirty != clean || spelling.finding == STRAY_QUOTE;
    (spelling.write)(&cell).filter(is_change)
}
