//! One record on its way: its cells by column name, as the clean export has them.

use super::tables::Table;

/// The cells of one record; an empty cell is null.
#[derive(Clone, Debug)]
pub struct Row<'t> {
    pub table: &'t Table,
    pub cells: Vec<String>,
    /// In a delta, the cells as they were; none for a record that was not there.
    pub before: Option<Vec<String>>,
    /// Where the last cell was set: records are mostly filled in the order of their columns.
    last: usize,
    /// A column that the table does not have; a fault of this program.
    pub stranger: Option<&'static str>,
}

impl<'t> Row<'t> {
    pub fn new(table: &'t Table) -> Self {
        Self {
            table,
            cells: vec![String::new(); table.columns.len()],
            before: None,
            last: 0,
            stranger: None,
        }
    }

    /// Fills a cell.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) -> &mut Self {
        let columns = &self.table.columns;
        let is_it = |place: &usize| {
            columns
                .get(*place)
                .is_some_and(|column| column.name == name)
        };
        let places = (self.last..columns.len()).chain(0..self.last);
        let mut places = places.filter(is_it);
        match places.next() {
            Some(place) => {
                if let Some(cell) = self.cells.get_mut(place) {
                    *cell = value.into();
                }
                self.last = place;
            }
            None => self.stranger = Some(name),
        }
        self
    }

    /// Fills a cell if there is something to put in.
    pub fn set_some(&mut self, name: &'static str, value: Option<impl Into<String>>) -> &mut Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// A cell's text; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let place = self.table.place(name);
        let cell = place.and_then(|place| self.cells.get(place));
        cell.map_or("", String::as_str)
    }

    /// The record's id, or what else stands first.
    pub fn id(&self) -> &str {
        self.cells.first().map_or("", String::as_str)
    }
}
