//! What an object costs in calls: the currency of a load.

use serde::Serialize;

use super::plan::Step;
use crate::catalog::{List, Object, Write};

/// Rows of a bulk call, of a page and of a list call.
const ROWS: u64 = 100;
/// Looks at a bulk job until it has ended.
const LOOKS: u64 = 2;
const MOST_LOOKS: u64 = 5;
/// One row in so many ends in doubt when things go badly, is looked up and sent again.
const DOUBTFUL: u64 = 20;

/// In one line, what the least and the most calls of a plan stand for.
pub const ASSUMPTION: &str = "at the earliest: each bulk job has ended at the first look, and nothing is asked twice; \
    at the latest: five looks a job, one row in 20 is looked up and sent again, and others use as many calls again as are left free";

/// Calls of one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The fewest that still bring proof: the lower bound.
    pub least: u64,
    /// As things usually go.
    pub expected: u64,
    /// As things go badly.
    pub most: u64,
    /// The part of the expected ones that reads everything back.
    pub reading: u64,
}

/// The calls to write an object's rows and to prove them.
#[must_use]
pub fn of(object: &Object, step: &Step) -> Cost {
    let new = step.create + step.look_up;
    if !object.is_sent() || new + step.update == 0 {
        return Cost::default();
    }
    // An update reads the record first: what it was belongs into the ledger.
    let others = step.update * 2 + step.look_up;
    let reading = reading(object, new + step.update, step.done);
    let doubtful = new.div_ceil(DOUBTFUL) * 2;
    let jobs = new.div_ceil(ROWS);
    let (least, expected, most) = match object.write {
        Write::BulkUpsert => (
            jobs * 2,
            jobs * (1 + LOOKS),
            jobs * (1 + MOST_LOOKS) + doubtful,
        ),
        Write::ListMembers => (jobs, jobs, jobs * 2),
        _ => (new, new, new + doubtful),
    };
    Cost {
        least: least + step.update + reading.least,
        expected: expected + others + reading.expected + 2 * counting(object),
        most: most + others + reading.most + 2 * counting(object),
        reading: reading.expected,
    }
}

/// Calls that read back `written` rows: the fewest, the usual ones, the most.
fn reading(object: &Object, written: u64, done: u64) -> Cost {
    let pages = written.div_ceil(ROWS);
    let of = |least, expected, most| Cost {
        least,
        expected,
        most,
        reading: expected,
    };
    match &object.list {
        // The answer to a single write is the stored record. Where it shows too little, and for files, each parent is asked.
        Some(List::Children { .. }) if object.write == Write::Multipart => of(1, written, written),
        Some(List::Children { .. }) => of(0, 0, written),
        // The last written come first, so only the pages with our rows are read; ids and fields come together.
        Some(List::Views { .. } | List::Pages { .. }) => {
            let is_bulk = object.write == Write::BulkUpsert;
            let links = links(object, written);
            of(
                if is_bulk { pages } else { 0 },
                pages + links.expected,
                pages * 2 + links.most,
            )
        }
        Some(List::Members) => of(
            pages,
            (written + done).div_ceil(ROWS),
            pages * 2 + done.div_ceil(ROWS),
        ),
        Some(List::Selector) | None => of(0, 0, 0),
    }
}

/// Calls that tell the links of `written` rows: none where the list shows them, else a page of those at the other end for so
/// many, and the record itself at the most.
fn links(object: &Object, written: u64) -> Cost {
    match object.links {
        None => Cost::default(),
        Some(_) => Cost {
            expected: written.div_ceil(ROWS),
            most: written,
            ..Cost::default()
        },
    }
}

/// Calls that ask a list how long it is.
fn counting(object: &Object) -> u64 {
    match &object.list {
        Some(List::Views { named, .. }) => named.len() as u64,
        Some(List::Pages { filters, .. }) => filters.len().max(1) as u64,
        Some(List::Children { .. } | List::Members | List::Selector) | None => 0,
    }
}

/// So many calls, whatever happens.
#[must_use]
pub fn fixed(calls: u64) -> Cost {
    Cost {
        least: calls,
        expected: calls,
        most: calls,
        reading: 0,
    }
}

/// What the records of one object cost in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// The object, or `settings` for the destination's reference data.
    pub object: String,
    /// Rows that were sent.
    pub records: u64,
    /// Calls that were made, reading back included.
    pub calls: u64,
    /// Calls for a thousand records; `None` when none was sent.
    pub calls_per_1000: Option<u64>,
    /// The lower bound beside it.
    pub least_calls_per_1000: Option<u64>,
}

/// Whether any row was sent: what only reads has no price a row.
#[must_use]
pub fn is_any_sent(used: &[Used]) -> bool {
    used.iter().any(|used| used.records > 0)
}

/// Calls for a thousand rows, rounded up; none for no rows.
#[must_use]
pub fn per_thousand(calls: u64, rows: u64) -> Option<u64> {
    (rows > 0).then(|| (u128::from(calls) * 1000).div_ceil(u128::from(rows)) as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::catalog::{Catalog, Links};

    fn step(create: u64, update: u64, look_up: u64, done: u64) -> Step {
        Step {
            create,
            update,
            look_up,
            done,
            ..Step::default()
        }
    }

    fn written_by(write: Write) -> Object {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::load(folder.path()).unwrap();
        let found = catalog
            .objects
            .into_iter()
            .find(|object| object.write == write);
        found.unwrap()
    }

    fn linked() -> Option<Links> {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::load(folder.path()).unwrap();
        catalog.objects.into_iter().find_map(|object| object.links)
    }

    #[test]
    fn the_least_the_expected_and_the_most_are_in_order() {
        for write in [
            Write::BulkUpsert,
            Write::Upsert,
            Write::Create,
            Write::ListMembers,
        ] {
            let object = written_by(write);
            for step in [
                step(1, 0, 0, 0),
                step(100_000, 0, 0, 0),
                step(0, 7, 0, 90),
                step(5, 1, 900, 3),
            ] {
                let cost = of(&object, &step);
                assert!(cost.least > 0, "{write:?}");
                assert!(cost.least <= cost.expected, "{write:?} {cost:?}");
                assert!(cost.expected <= cost.most, "{write:?} {cost:?}");
                assert!(cost.reading <= cost.expected, "{write:?} {cost:?}");
            }
        }
    }

    #[test]
    fn a_thousand_by_bulk_cost_thirty_calls_at_least_and_one_by_one_a_thousand() {
        let bulk = of(&written_by(Write::BulkUpsert), &step(100_000, 0, 0, 0));
        let least = per_thousand(bulk.least, 100_000).unwrap();
        assert!((30..=31).contains(&least), "{least}");
        let usual = per_thousand(bulk.expected, 100_000).unwrap();
        assert!((40..=41).contains(&usual), "{usual}");
        let linked = Object {
            links: linked(),
            ..written_by(Write::BulkUpsert)
        };
        let linked = of(&linked, &step(100_000, 0, 0, 0));
        assert_eq!(linked.least, bulk.least, "the list may show the links");
        assert!(per_thousand(linked.expected, 100_000).unwrap() <= 51);
        assert!(linked.most >= 100_000, "each record may have to be asked");
        let single = of(&written_by(Write::Upsert), &step(1000, 0, 0, 0));
        assert_eq!(per_thousand(single.least, 1000), Some(1000));
    }

    #[test]
    fn what_is_done_or_is_not_sent_costs_nothing() {
        assert_eq!(
            of(&written_by(Write::BulkUpsert), &step(0, 0, 0, 500)),
            Cost::default()
        );
        assert_eq!(
            of(&written_by(Write::Match), &step(9, 0, 0, 0)),
            Cost::default()
        );
        assert_eq!(per_thousand(7, 0), None);
        assert_eq!(per_thousand(1, 3), Some(334));
        assert_eq!(per_thousand(u64::MAX / 1000, 1000), Some(u64::MAX / 1000));
    }
}
