//! The score of the reader: a line a variant, and below it where it erred.

use comfy_table::Cell;

use super::print_text;
use super::tables::{number, table, warning};
use crate::error::Result;
use crate::migration::score::{ERRORS, VariantScore};

/// What may become of a defect.
const OUTCOMES: [&str; 6] = [
    "recovered",
    "quarantined",
    "asked",
    "reported",
    "kept",
    "refused",
];

/// Prints a line a variant, then each place where something was guessed, left unsaid or lost.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_scores(scores: &[VariantScore]) -> Result<()> {
    let names = ["variant", "what it is", "planted"];
    let beside = ["stray", "needless"];
    let names: Vec<&str> = names
        .into_iter()
        .chain(OUTCOMES)
        .chain(ERRORS)
        .chain(beside)
        .collect();
    let mut table = table(&names);
    for score in scores {
        let planted = score.score.verdicts.iter().map(|verdict| verdict.defects);
        let mut row = vec![
            Cell::new(&score.variant),
            Cell::new(score.about),
            number(planted.sum()),
        ];
        row.extend(OUTCOMES.map(|outcome| number(score.count(outcome))));
        row.extend(ERRORS.map(|outcome| warning(score.count(outcome))));
        row.push(warning(score.score.beside.stray));
        row.push(number(score.score.beside.needless));
        table.add_row(row);
    }
    print_text(&table.to_string())?;
    for score in scores {
        let verdicts = score.score.verdicts.iter();
        for verdict in verdicts.filter(|verdict| ERRORS.contains(&verdict.outcome.as_str())) {
            print_text(&format!(
                "{} {}: {} of {} in {} (should be {})",
                score.variant,
                verdict.outcome,
                verdict.defects,
                verdict.finding,
                verdict.place,
                verdict.expected
            ))?;
        }
    }
    Ok(())
}
