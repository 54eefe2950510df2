//! Which column each field of a table's records stands in: one for each path from a record to a value, in every record.

use std::collections::{HashMap, HashSet};

use super::cell::Cell;

/// The fields of all records of a table.
#[derive(Default)]
pub(super) struct Fields {
    top: Field,
    known: Known,
}

/// How many there are.
#[derive(Default)]
struct Known {
    columns: usize,
    /// Of values and of records, on whatever level.
    names: usize,
}

/// What stands under a name: a value in a column, in other records a record with fields of its own.
#[derive(Default)]
struct Field {
    column: Option<usize>,
    inner: HashMap<String, Field>,
}

/// The names on the way to a field, and its column.
type Place<'a> = (Vec<&'a str>, usize);

impl Fields {
    /// Makes the fields of a record known. A new one gets the next column.
    pub fn learn(&mut self, record: &Cell) {
        self.top.learn(record, &mut self.known);
    }

    /// How many columns they have.
    pub fn len(&self) -> usize {
        self.known.columns
    }

    /// How many names they have, those of records without a value too.
    pub fn names_known(&self) -> usize {
        self.known.names
    }

    /// The names of the columns: `a.b` is `a_b`. A name that is taken gets a number, and a shorter path takes it before a
    /// longer one does: what the columns are called does not depend on what record comes first.
    pub fn names(&self) -> Vec<String> {
        let mut places = Vec::new();
        self.top.places(&mut Vec::new(), &mut places);
        places.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
        let mut names = vec![String::new(); self.known.columns];
        let mut taken = HashSet::new();
        for (path, column) in places {
            let name = path.join("_");
            let mut free = name.clone();
            let mut copy = 1;
            while !taken.insert(free.clone()) {
                copy += 1;
                free = format!("{name}_{copy}");
            }
            if let Some(column) = names.get_mut(column) {
                *column = free;
            }
        }
        names
    }

    /// Moves the values of a record into its row, which is empty. Whether each has a place there.
    pub fn fill(&self, record: Cell, row: &mut [String]) -> bool {
        self.top.fill(record, row)
    }
}

impl Field {
    fn learn(&mut self, value: &Cell, known: &mut Known) {
        let Cell::Record(members) = value else {
            self.column.get_or_insert_with(|| {
                known.columns += 1;
                known.columns - 1
            });
            return;
        };
        for (name, value) in members {
            match self.inner.get_mut(name) {
                Some(field) => field.learn(value, known),
                None => {
                    known.names += 1;
                    let field = self.inner.entry(name.clone()).or_default();
                    field.learn(value, known);
                }
            }
        }
    }

    fn places<'a>(&'a self, above: &mut Vec<&'a str>, found: &mut Vec<Place<'a>>) {
        if let Some(column) = self.column {
            found.push((above.clone(), column));
        }
        for (name, field) in &self.inner {
            above.push(name);
            field.places(above, found);
            above.pop();
        }
    }

    fn fill(&self, value: Cell, row: &mut [String]) -> bool {
        if let Cell::Record(members) = value {
            let mut members = members.into_iter();
            return members.all(|(name, value)| {
                let field = self.inner.get(&name);
                field.is_some_and(|field| field.fill(value, row))
            });
        }
        let cell = self.column.and_then(|column| row.get_mut(column));
        cell.map(|cell| *cell = text(value)).is_some()
    }
}

/// A list of plain values with `;` between, a list of records as JSON.
fn text(value: Cell) -> String {
    match value {
        Cell::List(items) if items.iter().all(Cell::is_plain) => {
            let items: Vec<String> = items.into_iter().map(item).collect();
            items.join(";")
        }
        Cell::Null => String::new(),
        Cell::Text(text) => text,
        other => other.to_string(),
    }
}

/// As the canonical layout writes what stands in a list.
fn item(value: Cell) -> String {
    let item = text(value);
    match item.contains(['\\', ';']) {
        true => item.replace('\\', "\\\\").replace(';', "\\;"),
        false => item,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn names_are_free_and_do_not_depend_on_the_order_of_records() {
        let records = [
            r#"{"a":{"b":{"c":1},"b_c":2},"a_b":{"c":3}}"#,
            r#"{"a_b_c_2":4,"a":{},"":{"":5}}"#,
            r#"{"a_b_c":6,"a":null}"#,
        ];
        let named = |order: [usize; 3]| {
            let mut fields = Fields::default();
            for at in order {
                fields.learn(&cell(records[at]));
            }
            let names = fields.names();
            let of = |record: &str| {
                let mut row = vec![String::new(); names.len()];
                assert!(fields.fill(cell(record), &mut row));
                let told = names.iter().cloned().zip(row);
                let mut told: Vec<_> = told.filter(|(_, cell)| !cell.is_empty()).collect();
                told.sort();
                told
            };
            records.map(of)
        };
        let pair = |name: &str, cell: &str| (name.to_owned(), cell.to_owned());
        let first = vec![
            pair("a_b_c_3", "2"),
            pair("a_b_c_4", "3"),
            pair("a_b_c_5", "1"),
        ];
        let second = vec![pair("_", "5"), pair("a_b_c_2", "4")];
        let third = vec![pair("a_b_c", "6")];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let [one, two, three] = named(order);
            assert_eq!((&one, &two, &three), (&first, &second, &third));
        }
    }

    #[test]
    fn a_value_without_a_place_is_told() {
        let mut fields = Fields::default();
        fields.learn(&cell(r#"{"a":{"b":1}}"#));
        for unknown in [r#"{"c":1}"#, r#"{"a":1}"#, r#"{"a":{"b":{"c":1}}}"#] {
            assert!(
                !fields.fill(cell(unknown), &mut [String::new()]),
                "{unknown}"
            );
        }
        assert!(!fields.fill(cell(r#"{"a":{"b":1}}"#), &mut []));
    }
}
