//! Records that others made before the load. Writing by key would take them over, and replace what they hold of the account's
//! own fields, tags and links: they are found first, and written as updates, which read a record and keep what is someone
//! else's.

use serde::Deserialize;

use super::run::Run;
use super::{log, read_back, views};
use crate::catalog::{Object, Write};
use crate::error::{Error, Kind, Result};
use crate::ledger::{self, Event, State};
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// Rows whose outcomes are written down at a time.
const ROWS: i64 = 1_000;

/// Finds records that have the key of a row that is still to be made, and notes them as that row's. The list is read only where
/// it has more records than are known. Answers whether any row changed.
///
/// # Errors
/// [`Kind::Destination`] when the list cannot be read; [`Kind::Decision`] where several records have a row's keys.
pub async fn adopt(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<bool> {
    if !matches!(object.write, Write::Upsert | Write::BulkUpsert) {
        return Ok(false);
    }
    // The count that was just taken.
    log::refresh(&run.workspace.staging(), warehouse)?;
    views::stored_view(&run.inputs(), &object.name, warehouse)?;
    let others = others(run, object, warehouse)?;
    if !others.is_any_to_make {
        return Ok(false);
    }
    if others.are_more_there {
        read_back::list(run, object).await?;
    }
    views::stored_view(&run.inputs(), &object.name, warehouse)?;
    warehouse.run(&found(object))?;
    is_each_one(object, warehouse)?;
    let count = warehouse.number("select count(*) from there_before")?;
    for first in (0..count).step_by(ROWS as usize) {
        let next = format!(
            "select * from there_before where number > {first} and number <= {}",
            first + ROWS
        );
        let rows = warehouse.fetch::<Found>(&next)?;
        let events = rows.into_iter().map(|row| row.outcome(run, object));
        run.ledger.append(events.collect())?;
    }
    Ok(count > 0)
}

/// Which of several records is meant is not ours to say.
fn is_each_one(object: &Object, warehouse: &Warehouse) -> Result<()> {
    let shared = "select count(*) from there_before where records > 1";
    let shared = warehouse.number(shared)?;
    if shared == 0 {
        return Ok(());
    }
    let first = "select min(source_id) from there_before where records > 1";
    let text = format!(
        "{shared} rows of {} have a key that several records there share, {} is the first",
        object.name,
        warehouse.text(first)?
    );
    Err(Error::new(Kind::Decision, text)
        .hint("merge these records at the destination, then run `deskferry load` again; nothing of this object was sent"))
}

/// What there is to look for, and whether it has to be read.
#[derive(Default, Deserialize)]
struct Others {
    is_any_to_make: bool,
    are_more_there: bool,
}

fn others(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<Others> {
    let objects = run.workspace.catalog.objects.iter();
    let sharing: Vec<String> = objects
        .filter(|other| other.target == object.target)
        .map(|other| quote_text(&other.name))
        .collect();
    let sql = include_str!("others_there.sql")
        .replace("{to_make}", include_str!("to_make.sql"))
        .replace("{object}", &object.name)
        .replace("{sharing}", &sharing.join(", "));
    let others = warehouse.fetch::<Others>(&sql)?.into_iter().next();
    Ok(others.unwrap_or_default())
}

/// Makes `there_before`.
fn found(object: &Object) -> String {
    let columns: Vec<&str> = object.keys().map(|(column, _)| column).collect();
    let wanted: Vec<String> = columns
        .iter()
        .map(|column| {
            let (name, value) = (quote_text(column), quote_name(column));
            format!("{{'name': {name}, 'value': {value}::varchar}}")
        })
        .collect();
    let shown: Vec<String> = columns
        .iter()
        .map(|column| {
            include_str!("shown_keys.sql").replace("{column}", &column.replace('\'', "''"))
        })
        .collect();
    include_str!("there_before.sql")
        .replace("{to_make}", include_str!("to_make.sql"))
        .replace("{object}", &object.name)
        .replace("{wanted}", &wanted.join(", "))
        .replace("{shown}", &shown.join("\n    union all\n"))
}

/// A row, and the record there that has one of its keys.
#[derive(Deserialize)]
struct Found {
    source_id: String,
    destination_id: i64,
}

impl Found {
    /// No hash: whatever is wanted differs from it, so the record is written by its id.
    fn outcome(self, run: &Run<'_>, object: &Object) -> Event {
        Event::Outcome(ledger::Outcome {
            run_id: run.run_id.clone(),
            object: object.name.clone(),
            source_id: self.source_id,
            state: State::Accepted,
            destination_id: Some(self.destination_id),
            body_hash: String::new(),
            status: None,
            reason: Some("there before the load".to_owned()),
        })
    }
}
