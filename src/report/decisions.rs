//! What was decided about an export, as a table.

use comfy_table::Cell;

use super::print_text;
use super::tables::{number, table, warning};
use crate::error::Result;
use crate::migration::{Answered, Decision};

/// Prints decisions, the open ones as they come: first.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_decisions(decisions: &[Decision]) -> Result<()> {
    if decisions.is_empty() {
        return print_text(
            "nothing waits for a decision; `deskferry map show --all` shows what was decided",
        );
    }
    let mut table = table(&[
        "scope",
        "topic",
        "read as",
        "or",
        "for",
        "against",
        "what was counted",
        "decided by",
    ]);
    table.add_rows(decisions.iter().map(row));
    print_text(&table.to_string())?;
    match decisions.iter().any(|decision| decision.is_open) {
        true => print_text(
            "answer with `deskferry map set SCOPE TOPIC CHOICE`; the answer may be what was read",
        ),
        false => Ok(()),
    }
}

fn row(decision: &Decision) -> [Cell; 8] {
    let Decision {
        choice,
        answer,
        is_landed,
        is_open,
    } = decision;
    let by = match (is_open, answer) {
        (true, None) => "nobody yet".to_owned(),
        (true, Some(answer)) if *is_landed => format!("a person: {answer}; land again"),
        (true, Some(answer)) => format!("a person: {answer}, which is not known"),
        (false, Some(_)) => "a person".to_owned(),
        (false, None) => "the data".to_owned(),
    };
    [
        Cell::new(&choice.scope),
        Cell::new(&choice.topic),
        Cell::new(&choice.choice),
        Cell::new(choice.others.join(", ")),
        number(choice.evidence_for),
        warning(choice.evidence_against),
        Cell::new(&choice.evidence),
        Cell::new(by),
    ]
}

/// Says what an answer changes.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_answered(answered: &Answered) -> Result<()> {
    let next = match answered.must_land_again {
        true => "the export was read otherwise: `deskferry land PATH` again",
        false => "`deskferry plan` goes on with it",
    };
    print_text(&format!("written to {}; {next}", answered.file))
}
