//! Counts bad rows; a check that takes records apart looks at some of them at a time.
//!
//! DuckDB works on 2,048 rows at once. Of records of some kilobytes these are many megabytes, several times over: more than a build
//! may hold. So no join holds records, and they are taken apart by the megabyte.

use super::Check;
use crate::error::Result;
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// What is looked at together.
struct Cut {
    /// Rows of a share. The records are read once for each share, and each part of one looks through its rows.
    share_rows: i64,
    /// Bytes of the records of a part. Taking wide ones apart needs thirty times as much; planning a part takes as long as comparing some
    /// five hundred.
    part_bytes: i64,
}

const CUT: Cut = Cut {
    share_rows: 100_000,
    part_bytes: 3_000_000,
};

/// Counts a check's bad rows and keeps them, if there are any, in its table.
pub(super) fn bad_rows(warehouse: &Warehouse, check: &Check<'_>, table: &str) -> Result<i64> {
    bad_rows_by(&CUT, warehouse, check, table)
}

fn bad_rows_by(cut: &Cut, warehouse: &Warehouse, check: &Check<'_>, table: &str) -> Result<i64> {
    if !check.query.contains(&sent_and_stored(check.object)) {
        return bad_rows_so_far(warehouse, &check.query, table, 0);
    }
    let rows = format!("select count(*) from main.load_{}", check.object);
    let shares = 1 + warehouse.number(&rows)? / cut.share_rows;
    let found = (0..shares).try_fold(0, |found, share| {
        let is_in_share = format!("hash(destination_id) % {shares} = {share}");
        match take_share(cut, warehouse, check.object, &is_in_share)? {
            0 => Ok(found),
            _ => bad_rows_of_share(warehouse, check, table, found),
        }
    });
    warehouse.run("drop table if exists sent_share; drop table if exists stored_share")?;
    found
}

/// Both sides of `sent_and_stored`, each by itself; answers how many rows were sent. Where none was, no record is read. Records are
/// numbered by part as they come.
fn take_share(cut: &Cut, warehouse: &Warehouse, object: &str, is_in_share: &str) -> Result<i64> {
    let part_bytes = cut.part_bytes;
    warehouse.run(&format!(
        "create or replace temp table sent_share as from sent_of({}) where {is_in_share}",
        quote_text(object)
    ))?;
    let sent = warehouse.number("select count(*) from sent_share")?;
    if sent == 0 {
        return Ok(sent);
    }
    warehouse.run(&format!(
        "create or replace temp table stored_share as select destination_id, record, \
         (sum(strlen(record)) over (rows unbounded preceding) // {part_bytes})::bigint as part \
         from (select try_cast(id as bigint) as destination_id, record from raw_freshsales__{object}) \
         where {is_in_share}"
    ))?;
    Ok(sent)
}

/// The bad rows of the share at hand, on top of those that are kept already.
fn bad_rows_of_share(
    warehouse: &Warehouse,
    check: &Check<'_>,
    table: &str,
    kept: i64,
) -> Result<i64> {
    let last = warehouse.number("select max(part) from stored_share")?;
    (0..=last).try_fold(kept, |kept, part| {
        let some = format!(
            "(select sent._source_id, sent._body, stored.record from stored_share as stored \
             inner join sent_share as sent using (destination_id) where stored.part = {part})"
        );
        let query = check.query.replace(&sent_and_stored(check.object), &some);
        bad_rows_so_far(warehouse, &query, table, kept)
    })
}

/// How a check calls what is cut: see `migration/sent_and_stored.sql`.
fn sent_and_stored(object: &str) -> String {
    format!("sent_and_stored({})", quote_text(object))
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

    /// Every third of a hundred rows is bad: how many are found, and kept, cut in such a way.
    fn found_by(share_rows: i64, part_bytes: i64) -> (i64, i64) {
        let warehouse = Warehouse::in_memory().unwrap();
        let rows = "create table load_notes as select 'n_' || i as _source_id, 'b' as _body, i as destination_id \
                    from range(1, 101) as rows (i); \
                    create view raw_freshsales__notes as \
                    select destination_id::varchar as id, repeat('y', 40) as record from load_notes; \
                    create macro sent_of(name) as table select *, name as object from load_notes";
        warehouse.run(rows).unwrap();
        let check = Check {
            name: "recon_after_load__thirds__notes".to_owned(),
            object: "notes",
            when: When::AfterLoad,
            blocks: Blocks::Yes,
            fix: String::new(),
            query: "select _source_id from sent_and_stored('notes') where substr(_source_id, 3)::int % 3 = 0"
                .to_owned(),
        };
        let cut = Cut {
            share_rows,
            part_bytes,
        };
        let found = bad_rows_by(&cut, &warehouse, &check, "kept").unwrap();
        let kept = "select count(distinct _source_id) from kept";
        (found, warehouse.number(kept).unwrap())
    }

    #[test]
    fn each_row_is_looked_at_once_however_many_shares_and_parts_there_are() {
        for share_rows in [1_000, 30] {
            for part_bytes in [1_000_000, 2_000, 39] {
                let found = found_by(share_rows, part_bytes);
                assert_eq!(found, (33, 33), "{share_rows} {part_bytes}");
            }
        }
    }
}
