//! The tables of `land`, `plan` and `status`.

use comfy_table::{Cell, CellAlignment, Color, Table, TableComponent, presets};

use super::calendar::{print_calendar, print_used};
use super::{print_text, say};
use crate::error::Result;
use crate::migration::{Answer, Landed, Plan, Standing, Status};
use crate::reconcile::Finding;

/// Prints what was landed.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_landed(landed: &Landed) -> Result<()> {
    let mut table = table(&["object", "files", "rows", "quarantined"]);
    for object in &landed.objects {
        table.add_row([
            Cell::new(&object.object),
            number(object.files as u64),
            number(object.rows),
            warning(object.quarantined),
        ]);
    }
    print_text(&table.to_string())?;
    let known = if landed.is_known {
        " (the same bytes were landed before)"
    } else {
        ""
    };
    print_text(&format!("extract {}{known}", landed.extract_id))?;
    for file in &landed.unmapped {
        say(&format!(
            "warning: {file} belongs to no object; name one in sql/map/map_headers.csv, or `-`"
        ));
    }
    Ok(())
}

/// Prints the plan.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_plan(plan: &Plan) -> Result<()> {
    let names = [
        "object", "how", "rows", "create", "update", "look up", "skip", "queue", "done",
        "rejected", "calls",
    ];
    let mut table = table(&names);
    for step in plan.objects.iter().filter(|step| step.source_rows > 0) {
        let counts = [
            step.source_rows,
            step.create,
            step.update,
            step.look_up,
            step.skip,
            step.queue,
            step.done,
            step.rejected,
            step.calls,
        ];
        let names = [Cell::new(&step.object), Cell::new(step.write)];
        table.add_row(names.into_iter().chain(counts.map(number)));
    }
    print_text(&table.to_string())?;
    print_calendar(plan)?;
    for answer in &plan.probes {
        let Answer {
            probe,
            answer: told,
            decides,
            ..
        } = answer;
        print_text(&format!("probe {probe}: {told} (decides: {decides})"))?;
    }
    print_scripts(plan)?;
    print_findings(&plan.findings)
}

/// Prints what an account answered.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_answers(answers: &[Answer]) -> Result<()> {
    let mut table = table(&["probe", "answer", "decides"]);
    for answer in answers {
        let told = Cell::new(&answer.answer);
        table.add_row([
            Cell::new(&answer.probe),
            if answer.differs() {
                told.fg(Color::Yellow)
            } else {
                told
            },
            Cell::new(answer.decides),
        ]);
    }
    print_text(&table.to_string())
}

fn print_scripts(plan: &Plan) -> Result<()> {
    let count = |state: &str| {
        plan.scripts
            .iter()
            .filter(|change| change.state == state)
            .count()
    };
    let [same, changed, new, removed] = ["same", "changed", "new", "removed"].map(count);
    print_text(&format!(
        "scripts since the last load: {same} same, {changed} changed, {new} new, {removed} removed"
    ))?;
    // Before the first load everything is new, which tells nobody anything.
    for change in plan
        .scripts
        .iter()
        .filter(|change| same > 0 && change.state != "same")
    {
        print_text(&format!("  {:<8} sql/{}", change.state, change.script))?;
    }
    Ok(())
}

/// Prints checks that returned rows.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_findings(findings: &[Finding]) -> Result<()> {
    let mut table = table(&["finding", "rows", "stops", "first ids"]);
    for finding in findings.iter().filter(|finding| finding.rows > 0) {
        table.add_row([
            Cell::new(&finding.check),
            number(finding.rows),
            Cell::new(finding.blocks),
            Cell::new(finding.sample.join(", ")),
        ]);
    }
    if table.row_count() == 0 {
        return print_text("no findings");
    }
    print_text(&table.to_string())
}

/// Prints where every row stands.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_status(status: &Status) -> Result<()> {
    let names = [
        "object", "source", "accepted", "skipped", "queued", "rejected", "unknown", "pending",
        "lost", "there",
    ];
    let mut table = table(&names);
    for standing in status
        .objects
        .iter()
        .filter(|standing| standing.source_rows > 0)
    {
        table.add_row(standing_row(standing));
    }
    print_text(&table.to_string())?;
    let run = status.run_id.as_deref().unwrap_or("none yet");
    print_text(&format!("gates: {}    last run: {run}", status.gates))?;
    if status.calls.is_empty() {
        return Ok(());
    }
    print_used(&status.calls)
}

fn standing_row(standing: &Standing) -> Vec<Cell> {
    vec![
        Cell::new(&standing.object),
        number(standing.source_rows),
        number(standing.accepted),
        number(standing.skipped),
        number(standing.queued),
        warning(standing.rejected),
        warning(standing.unknown),
        number(standing.pending),
        warning(standing.lost),
        number(standing.destination_rows),
    ]
}

pub(super) fn table(names: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections)
        .set_header(names);
    table
}

pub(super) fn number(value: u64) -> Cell {
    Cell::new(grouped(value)).set_alignment(CellAlignment::Right)
}

/// A number that should be 0; coloured when it is not, on a terminal.
pub(super) fn warning(value: u64) -> Cell {
    let cell = number(value);
    if value == 0 {
        cell
    } else {
        cell.fg(Color::Yellow)
    }
}

/// `12345` → `12,345`.
pub(super) fn grouped(value: u64) -> String {
    grouped_text(&value.to_string())
}

/// `-12345.50` → `-12,345.50`.
pub(super) fn grouped_text(number: &str) -> String {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (number, String::new()),
    };
    let digits = whole.trim_start_matches('-');
    let sign = if digits.len() < whole.len() { "-" } else { "" };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (10_005_534, "10,005,534"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(value), text);
        }
    }
}
