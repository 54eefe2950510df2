//! Counts bad rows; where a check joins wide rows, a part of them at a time.

use super::Check;
use crate::error::Result;
use crate::warehouse::{Warehouse, quote_name};

/// Bytes of bodies that a check looks at together, where it looks at them in parts: it holds them, and as much of records. Of short
/// ones these are 100,000 rows.
const PART_BYTES: i64 = 30_000_000;

/// Counts a check's bad rows and keeps them, if there are any, in its table.
pub(super) fn bad_rows(warehouse: &Warehouse, check: &Check<'_>, table: &str) -> Result<i64> {
    bad_rows_by(PART_BYTES, warehouse, check, table)
}

fn bad_rows_by(
    part_bytes: i64,
    warehouse: &Warehouse,
    check: &Check<'_>,
    table: &str,
) -> Result<i64> {
    if !check.query.contains("in_part(") {
        return bad_rows_so_far(warehouse, check, table, 0);
    }
    let bytes = format!(
        "select sum(strlen(_body))::bigint from main.load_{}",
        check.object
    );
    let parts = 1 + warehouse.number(&bytes)? / part_bytes;
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::catalog::{Blocks, When};

    /// Every third of a hundred rows is bad: how many are found, and kept, in parts of so many bytes.
    fn found_by(part_bytes: i64) -> (i64, i64) {
        let warehouse = Warehouse::in_memory().unwrap();
        let rows = "create table load_notes as \
                    select 'n_' || i as _source_id, repeat('x', 100) as _body from range(1, 101) as rows (i)";
        warehouse.run(rows).unwrap();
        warehouse.run(&in_part(0, 1)).unwrap();
        let check = Check {
            name: "recon_after_load__thirds__notes".to_owned(),
            object: "notes",
            when: When::AfterLoad,
            blocks: Blocks::Yes,
            query: "select _source_id from load_notes \
                    where in_part(_source_id) and substr(_source_id, 3)::int % 3 = 0"
                .to_owned(),
        };
        let found = bad_rows_by(part_bytes, &warehouse, &check, "kept").unwrap();
        let kept = "select count(distinct _source_id) from kept";
        (found, warehouse.number(kept).unwrap())
    }

    #[test]
    fn each_row_is_looked_at_once_however_many_parts_there_are() {
        for part_bytes in [1_000_000, 5_000, 999] {
            assert_eq!(found_by(part_bytes), (33, 33), "{part_bytes}");
        }
    }
}
