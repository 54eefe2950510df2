//! Counts bad rows; where a check joins wide rows, a part of them at a time.

use super::Check;
use crate::error::Result;
use crate::warehouse::{Warehouse, quote_name};

/// Rows of an object that a check looks at together, where it looks at them in parts: what it joins is wide, and is held.
const PART_ROWS: i64 = 100_000;

/// Counts a check's bad rows and keeps them, if there are any, in its table.
pub(super) fn bad_rows(warehouse: &Warehouse, check: &Check<'_>, table: &str) -> Result<i64> {
    if !check.query.contains("in_part(") {
        return bad_rows_so_far(warehouse, check, table, 0);
    }
    let rows = warehouse.number(&format!("select count(*) from main.load_{}", check.object))?;
    let parts = 1 + rows / PART_ROWS;
    let found = (0..parts).try_fold(0, |found, part| {
        warehouse.run(&in_part(part, parts))?;
        bad_rows_so_far(warehouse, check, table, found)
    });
    // The macro stays behind as sql/lib makes it, whatever happened: people run these queries too.
    warehouse.run(&in_part(0, 1))?;
    found
}

/// The same, on top of those that are kept already.
fn bad_rows_so_far(
    warehouse: &Warehouse,
    check: &Check<'_>,
    table: &str,
    kept: i64,
) -> Result<i64> {
    let query = &check.query;
    let rows = warehouse.number(&format!("select count(*) from ({query})"))?;
    if rows > 0 {
        let name = quote_name(table);
        let keep = match kept {
            0 => format!("create or replace table {name} as"),
            _ => format!("insert into {name}"),
        };
        warehouse.run(&format!("{keep}\n{query}"))?;
    }
    Ok(kept + rows)
}

/// See `sql/lib/parts.sql`.
fn in_part(part: i64, parts: i64) -> String {
    format!("create or replace macro in_part(key) as hash(key) % {parts} = {part}")
}
