//! Counts bad rows; a check that takes records apart looks at some of them at a time.
//!
//! DuckDB works on 2,048 rows at once. Of records of some kilobytes these are many megabytes, several times over: more than a build
//! may hold. So such records are joined a share at a time, by hash, and taken apart a part at a time.

use super::Check;
use crate::error::Result;
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// Bytes that are looked at together.
struct Bytes {
    /// Of records that are joined at once: of 2,048 rows, those of one share.
    joined: i64,
    /// Of records that are taken apart at once. It needs ten times as much.
    taken_apart: i64,
}

const BYTES: Bytes = Bytes {
    joined: 1_000_000,
    taken_apart: 2_000_000,
};

/// Rows that DuckDB works on at once.
const ROWS_AT_ONCE: i64 = 2_048;

/// Records whose length is asked for; the others are taken to be as long.
const SAMPLE: i64 = 5_000;

/// Counts a check's bad rows and keeps them, if there are any, in its table.
pub(super) fn bad_rows(warehouse: &Warehouse, check: &Check<'_>, table: &str) -> Result<i64> {
    bad_rows_by(&BYTES, warehouse, check, table)
}

fn bad_rows_by(
    bytes: &Bytes,
    warehouse: &Warehouse,
    check: &Check<'_>,
    table: &str,
) -> Result<i64> {
    if !check.query.contains(&sent_and_stored(check.object)) {
        return bad_rows_so_far(warehouse, &check.query, table, 0);
    }
    let shares = shares(bytes, warehouse, check.object)?;
    let found = (0..shares).try_fold(0, |found, share| {
        warehouse.run(&in_share(share, shares))?;
        bad_rows_of_share(bytes, warehouse, check, table, found)
    });
    // The macro stays behind as the build makes it, whatever happened: people run these queries too.
    warehouse.run(&format!("drop table if exists parts; {}", in_share(0, 1)))?;
    found
}

/// How many shares keep what is joined at once small.
fn shares(bytes: &Bytes, warehouse: &Warehouse, object: &str) -> Result<i64> {
    let width = |column: &str, relation: &str| {
        warehouse.number(&format!(
            "select avg(strlen({column}))::bigint from (select {column} from {relation} limit {SAMPLE})"
        ))
    };
    let sent = width("_body", &format!("main.load_{object}"))?;
    let stored = width("record", &format!("raw_freshsales__{object}"))?;
    Ok(1 + (sent + stored) * ROWS_AT_ONCE / bytes.joined)
}

/// The bad rows of the share at hand, on top of those that are kept already.
fn bad_rows_of_share(
    bytes: &Bytes,
    warehouse: &Warehouse,
    check: &Check<'_>,
    table: &str,
    kept: i64,
) -> Result<i64> {
    let whole = sent_and_stored(check.object);
    // Numbered as they come, so that a part costs what it holds, not what all hold.
    warehouse.run(&format!(
        "create or replace temp table parts as select *, (sum(strlen(_body) + strlen(record)) \
         over (rows unbounded preceding) // {})::bigint as part from {whole}",
        bytes.taken_apart
    ))?;
    let last = warehouse.number("select max(part) from parts")?;
    (0..=last).try_fold(kept, |kept, part| {
        let some = format!("(select * from parts where part = {part})");
        let query = check.query.replace(&whole, &some);
        bad_rows_so_far(warehouse, &query, table, kept)
    })
}

/// How a check calls what is cut: see `migration/sent_and_stored.sql`.
fn sent_and_stored(object: &str) -> String {
    format!("sent_and_stored({})", quote_text(object))
}

fn in_share(share: i64, shares: i64) -> String {
    format!("create or replace macro in_share(id) as hash(id) % {shares} = {share}")
}

/// The same, on top of those that are kept already.
fn bad_rows_so_far(warehouse: &Warehouse, query: &str, table: &str, kept: i64) -> Result<i64> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::catalog::{Blocks, When};

    /// Every third of a hundred rows is bad: how many are found, and kept, when so many bytes are looked at together.
    fn found_by(joined: i64, taken_apart: i64) -> (i64, i64) {
        let warehouse = Warehouse::in_memory().unwrap();
        let rows = "create macro in_share(id) as true; \
                    create macro sent_and_stored(name) as table \
                    select 'n_' || i as _source_id, repeat('x', 60) as _body, repeat('y', 40) as record, name as object \
                    from range(1, 101) as rows (i) where in_share(i); \
                    create view load_notes as from sent_and_stored('notes'); \
                    create view raw_freshsales__notes as from load_notes";
        warehouse.run(rows).unwrap();
        let check = Check {
            name: "recon_after_load__thirds__notes".to_owned(),
            object: "notes",
            when: When::AfterLoad,
            blocks: Blocks::Yes,
            query: "select _source_id from sent_and_stored('notes') where substr(_source_id, 3)::int % 3 = 0"
                .to_owned(),
        };
        let bytes = Bytes {
            joined,
            taken_apart,
        };
        let found = bad_rows_by(&bytes, &warehouse, &check, "kept").unwrap();
        let left = "select count(*) from sent_and_stored('notes')";
        assert_eq!(
            warehouse.number(left).unwrap(),
            100,
            "the macro is as it was"
        );
        let kept = "select count(distinct _source_id) from kept";
        (found, warehouse.number(kept).unwrap())
    }

    #[test]
    fn each_row_is_looked_at_once_however_many_shares_and_parts_there_are() {
        for joined in [1_000_000, 70_000] {
            for taken_apart in [1_000_000, 5_000, 999] {
                assert_eq!(
                    found_by(joined, taken_apart),
                    (33, 33),
                    "{joined} {taken_apart}"
                );
            }
        }
    }
}
