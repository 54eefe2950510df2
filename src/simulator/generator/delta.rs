//! The second export of an account: what was made, edited, deleted and merged since the first.

use super::account::{Account, exported_again_at, exported_at, id};
use super::records::{self, Sink};
use super::row::Row;
use super::tables::Table;
use super::truth::TextTable;
use crate::error::Result;

/// Objects whose changes a delta tells.
pub const OBJECTS: &[&str] = &["company", "contact", "lead", "deal", "task", "activity"];

/// Columns of `changes.parquet`.
pub const COLUMNS: &[&str] = &["object", "record_id", "change", "merged_into_id", "columns"];

/// The account at both moments.
pub struct Moments {
    pub before: Account,
    pub after: Account,
}

/// Hands over the rows of a table in the delta: changed and new records, or the marks of deleted ones.
pub fn each<'t>(
    moments: &Moments,
    table: &'t Table,
    tables: &[Table],
    sink: Sink<'_, 't>,
) -> Result<()> {
    match table.object {
        "activity" => each_activity(moments, table, sink),
        "deleted" => each_fallen(moments, table, tables, sink),
        object => {
            for index in 1..=moments.after.size_now(object) {
                let Some(mut row) = records::record(&moments.after, table, index) else {
                    continue;
                };
                let is_new = index > moments.before.size(object);
                let before = records::record(&moments.before, table, index).filter(|_| !is_new);
                row.before = before.map(|before| before.cells);
                if row.before.as_ref() != Some(&row.cells) {
                    touch(&moments.after, &mut row, index);
                    sink(row)?;
                }
            }
            Ok(())
        }
    }
}

fn each_activity<'t>(moments: &Moments, table: &'t Table, sink: Sink<'_, 't>) -> Result<()> {
    let (before, after) = (&moments.before, &moments.after);
    for doing in records::doings(after) {
        let parent = records::parent_of(after, doing);
        if !doing.is_new && parent == records::parent_of(before, doing) {
            continue;
        }
        if let Some(mut row) = records::activity(after, table, doing) {
            let was = records::activity(before, table, doing).filter(|_| !doing.is_new);
            row.before = was.map(|was| was.cells);
            touch(after, &mut row, doing.number);
            sink(row)?;
        }
    }
    Ok(())
}

/// It was edited between the exports, or made.
fn touch(account: &Account, row: &mut Row, index: u64) {
    let mut dice = account.dice("touched", index);
    let when = dice.moment(exported_at(), exported_again_at()).to_string();
    if row.before.is_none() {
        row.set("created_at", when.as_str());
    }
    row.set("updated_at", when);
}

fn each_fallen<'t>(
    moments: &Moments,
    table: &'t Table,
    tables: &[Table],
    sink: Sink<'_, 't>,
) -> Result<()> {
    let after = &moments.after;
    let mut count = 0;
    for of in tables.iter().filter(|of| OBJECTS.contains(&of.object)) {
        for index in 1..=after.size(of.object) {
            let mut row = Row::new(table);
            if records::fallen(after, (of.object, of.prefix), index, &mut row) {
                count += 1;
                row.set("id", id(table.prefix, count));
                sink(row)?;
            }
        }
    }
    let gone = |doing| {
        let was = records::parent_of(&moments.before, doing).is_some();
        was && records::parent_of(after, doing).is_none()
    };
    for doing in records::doings(&moments.before).filter(|doing| gone(*doing)) {
        count += 1;
        let mut row = Row::new(table);
        records::fallen_with_parent(after, doing, &mut row);
        row.set("id", id(table.prefix, count));
        sink(row)?;
    }
    Ok(())
}

/// Writes what a row of the delta means.
pub fn log(row: &Row, changes: &mut TextTable) -> Result<()> {
    let object = row.table.object;
    if object == "deleted" {
        let into = row.get("merged_into_id");
        let change = if into.is_empty() { "delete" } else { "merge" };
        let cells = [row.get("object"), row.get("record_id"), change, into, ""];
        return changes.push(cells.into_iter());
    }
    let (change, columns) = match &row.before {
        None => ("create", String::new()),
        Some(before) => ("update", differing(row, before)),
    };
    changes.push([object, row.id(), change, "", &columns].into_iter())
}

/// The columns that differ, joined by `;`.
fn differing(row: &Row, before: &[String]) -> String {
    let both = row.cells.iter().zip(before).zip(&row.table.columns);
    let differing = both.filter(|((now, then), _)| now != then);
    let names: Vec<&str> = differing.map(|(_, column)| column.name).collect();
    names.join(";")
}
