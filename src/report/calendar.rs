//! The calendar of a load, and what it cost in calls.

use comfy_table::Cell;
use jiff::{Timestamp, Zoned};

use super::print_text;
use super::tables::{grouped, number, table};
use crate::error::Result;
use crate::migration::{Calendar, Entry, Plan, Used};

/// Prints when which phase begins and ends, and how sure that is.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_calendar(plan: &Plan) -> Result<()> {
    let calendar = &plan.calendar;
    let mut names = vec!["phase", "calls", "in all", "per 1,000", "at least"];
    if calendar.finish.is_some() {
        names.extend(["begins", "done", "at the latest"]);
    }
    let mut table = table(&names);
    for entry in &calendar.phases {
        table.add_row(row(plan, entry));
    }
    print_text(&table.to_string())?;
    print_text(&summary(plan.calls, calendar))
}

fn row(plan: &Plan, entry: &Entry) -> Vec<Cell> {
    let step = plan.objects.iter().find(|step| step.object == entry.phase);
    let mut row = vec![
        Cell::new(&entry.phase),
        number(entry.calls),
        number(entry.calls_so_far),
        optional(step.and_then(|step| step.calls_per_1000)),
        optional(step.and_then(|step| step.least_calls_per_1000)),
    ];
    if let (Some(starts), Some(finish)) = (entry.starts, entry.finish) {
        let moments = [starts, finish.expected, finish.latest];
        row.extend(moments.map(|at| Cell::new(minute(&plan.calendar, at))));
    }
    row
}

fn summary(calls: u64, calendar: &Calendar) -> String {
    let calls = grouped(calls);
    let (Some(finish), Some(per_hour)) = (&calendar.finish, calendar.calls_per_hour) else {
        return format!("about {calls} calls; they are not limited here");
    };
    let minute = |at| minute(calendar, at);
    format!(
        "about {calls} calls at {} an hour, {}\nbegun now, done about {}: at the earliest {}, at the latest {}\n({})",
        grouped(per_hour),
        calendar.open,
        minute(finish.expected),
        minute(finish.earliest),
        minute(finish.latest),
        calendar.assumption,
    )
}

/// Prints what each object cost in calls, beside the lower bound.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_used(used: &[Used]) -> Result<()> {
    print_text(&used_table(used))
}

/// What each object cost in calls, beside the lower bound.
pub fn used_table(used: &[Used]) -> String {
    let mut table = table(&["object", "sent", "calls", "per 1,000", "at least"]);
    for used in used {
        table.add_row([
            Cell::new(&used.object),
            number(used.records),
            number(used.calls),
            optional(used.calls_per_1000),
            optional(used.least_calls_per_1000),
        ]);
    }
    table.to_string()
}

fn optional(value: Option<u64>) -> Cell {
    value.map_or_else(|| Cell::new(""), number)
}

fn minute(calendar: &Calendar, at: Timestamp) -> String {
    clock_time(&calendar.windows.local(at))
}

/// `Thu 2026-01-15 20:00`, by the clocks of the moment's own zone.
pub fn clock_time(at: &Zoned) -> String {
    at.strftime("%a %Y-%m-%d %H:%M").to_string()
}
