//! `estimated_calls`: what a load costs in which nothing waits any more, laid on the calendar of the quota. Documents read it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::calendar::{self, Calendar, Entry, Pace};
use super::plan::{self, Step};
use super::relations::Inputs;
use super::{account, cost, extract};
use crate::error::Result;
use crate::freshsales::Windows;
use crate::warehouse::{Warehouse, quote_text};

/// Makes the relation as a `kind` of table: one row for each phase that costs calls, as if the load began at `now`.
///
/// Before decisions nearly all rows wait, and a calendar of what goes would be one of nothing: rows that wait are taken as sent.
///
/// # Errors
/// [`crate::error::Kind::Script`] when the buckets cannot be counted.
pub fn relation(
    inputs: &Inputs<'_>,
    kind: &str,
    now: Timestamp,
    warehouse: &Warehouse,
) -> Result<()> {
    let steps = decided(inputs, warehouse)?;
    let windows = account::windows(inputs.config);
    let hour = account::planned_hour(inputs.config);
    let pace = Pace::new(&hour, inputs.config.quota.minimum_gap);
    let phases = calendar::phases(inputs.catalog, &steps);
    let calendar = calendar::calendar(&phases, Some(&pace), &windows, now);
    let waits = steps.iter().map(|step| (step.object.as_str(), step));
    warehouse.run(&table(kind, &calendar, &waits.collect()))
}

/// Every object's rows, those that wait taken as new.
fn decided(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<Vec<Step>> {
    let catalog = inputs.catalog;
    let broken = inputs.extract;
    let broken = broken.map(|extract| extract::quarantined(extract, catalog));
    let mut steps = plan::steps(catalog, warehouse, &broken.unwrap_or_default())?;
    for (object, step) in catalog.objects.iter().zip(&mut steps) {
        step.create += step.queue;
        step.cost = cost::of(object, step);
    }
    Ok(steps)
}

fn table(kind: &str, calendar: &Calendar, steps: &BTreeMap<&str, &Step>) -> String {
    let rows = calendar.phases.iter().enumerate().map(|(place, entry)| {
        let step = steps.get(entry.phase.as_str());
        row(place, entry, step.copied(), &calendar.windows)
    });
    let rows: Vec<String> = rows.collect();
    let all = match rows.is_empty() {
        true => String::new(),
        false => format!("insert into estimated_calls values {};", rows.join(", ")),
    };
    let per_hour = calendar.calls_per_hour.unwrap_or_default();
    let open = quote_text(&calendar.open);
    format!(
        "create or replace {kind} estimated_calls (place integer, phase varchar, rows_count ubigint, waits_count ubigint, \
             calls_count ubigint, calls_so_far_count ubigint, begins timestamp, done timestamp, at_the_latest timestamp, \
             calls_per_hour_count ubigint default {per_hour}, windows varchar default {open});\n{all}"
    )
}

/// Moments are shown by the clocks of the windows' zone.
fn row(place: usize, entry: &Entry, step: Option<&Step>, windows: &Windows) -> String {
    let at = |at: Option<Timestamp>| {
        let at = at.map(|at| windows.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
        at.map_or_else(|| "null".to_owned(), |at| quote_text(&at))
    };
    format!(
        "({place}, {}, {}, {}, {}, {}, {}, {}, {}, default, default)",
        quote_text(&entry.phase),
        step.map(Step::sent).unwrap_or_default(),
        step.map(|step| step.queue).unwrap_or_default(),
        entry.calls,
        entry.calls_so_far,
        at(entry.starts),
        at(entry.finish.map(|finish| finish.expected)),
        at(entry.finish.map(|finish| finish.latest)),
    )
}
