//! V23: records that are too long or too short. V36: records that stand there twice.

use std::collections::BTreeSet;

use super::super::account::Account;
use super::super::row::Row;
use super::super::text::Form;
use super::super::variant::Expected::{self, Quarantined, Recovered};
use super::super::variant::Variant;
use super::plan::FilePlan;

/// What becomes of a record.
#[derive(Clone, Copy)]
enum Change {
    /// A cell more, with something in it.
    Longer,
    /// Cells more, with nothing in them.
    Padded,
    /// The last cells are missing, and something was in them.
    Shorter,
    /// The last cell is missing, and nothing was in it.
    Cut,
    /// The record stands there once more.
    Copy,
    /// It stands there once more as it was before an edit.
    Older,
}

/// A variant of records.
struct RowVariant {
    variant: u8,
    objects: &'static [&'static str],
    expected: Expected,
    finding: &'static str,
    change: Change,
}

const fn row(
    variant: u8,
    objects: &'static [&'static str],
    expected: Expected,
    finding: &'static str,
    change: Change,
) -> RowVariant {
    RowVariant {
        variant,
        objects,
        expected,
        finding,
        change,
    }
}

const VARIANTS: &[RowVariant] = &[
    row(
        23,
        &["contact", "deal"],
        Quarantined,
        "row_too_long",
        Change::Longer,
    ),
    row(
        23,
        &["contact", "lead"],
        Recovered,
        "row_padded",
        Change::Padded,
    ),
    row(
        23,
        &["activity", "lead"],
        Quarantined,
        "row_too_short",
        Change::Shorter,
    ),
    row(23, &["deleted"], Recovered, "row_cut", Change::Cut),
    row(
        36,
        &["contact", "company", "deal"],
        Recovered,
        "row_twice",
        Change::Copy,
    ),
    row(
        36,
        &["contact", "company", "task"],
        Quarantined,
        "id_twice",
        Change::Older,
    ),
];

/// How a record is written, beside its cells.
#[derive(Default)]
pub struct Treated {
    pub form: Form,
    /// It is written once more, with these changes: place of a field and its text.
    pub again: Option<Vec<(usize, String)>>,
    /// What to log.
    pub mark: Option<RowMark>,
}

/// A record before it is written.
pub struct Written<'a> {
    pub row: &'a Row<'a>,
    pub plan: &'a FilePlan,
    /// What stands in its last cell.
    pub last: &'a str,
    /// Whether that is as it should be: what is left out has no other defect.
    pub is_last_clean: bool,
    /// Whether each cell with a quote in it is quoted.
    pub is_quoted: bool,
}

/// A defect of a whole record.
pub struct RowMark {
    pub variant: u8,
    pub expected: Expected,
    pub finding: &'static str,
    pub clean: Option<String>,
    pub dirty: Option<String>,
}

/// Chooses records of one table.
pub struct Treatment<'a> {
    account: &'a Account,
    rate: f64,
    changes: Vec<(&'static RowVariant, u64)>,
}

impl<'a> Treatment<'a> {
    pub fn new(
        account: &'a Account,
        object: &str,
        variants: &BTreeSet<Variant>,
        rate: f64,
    ) -> Self {
        let changes = VARIANTS
            .iter()
            .filter(|row| variants.contains(&Variant::numbered(row.variant)))
            .filter(|row| row.objects.contains(&object))
            .map(|row| (row, 0));
        Self {
            account,
            rate,
            changes: changes.collect(),
        }
    }

    /// Whether nothing is done to any record.
    pub fn is_idle(&self) -> bool {
        self.changes.is_empty()
    }

    /// What is done to a record; mostly nothing.
    pub fn treat(&mut self, written: &Written, index: u64) -> Treated {
        if self.is_idle() {
            return Treated::default();
        }
        let mut dice = self
            .account
            .dice(written.row.table.object, index ^ 0x2075_0000_0000);
        let share = dice.fraction();
        let drawn = usize::try_from(dice.below(self.changes.len() as u64)).unwrap_or(0);
        let wanted = self.changes.iter().position(|(_, turn)| *turn < 3);
        let chosen = match wanted {
            _ if share < self.rate => drawn,
            Some(wanted) if share < 0.34 => wanted,
            _ => return Treated::default(),
        };
        let Some((variant, turn)) = self.changes.get_mut(chosen) else {
            return Treated::default();
        };
        match treated(variant, written) {
            Some(treated) => {
                *turn += 1;
                treated
            }
            None => Treated::default(),
        }
    }
}

/// None where the record cannot be written so.
fn treated(variant: &RowVariant, written: &Written) -> Option<Treated> {
    let more = || "left over".to_owned();
    let last = || written.last.to_owned();
    let id = || written.row.id().to_owned();
    match variant.change {
        Change::Copy => Some(variant.again(Vec::new(), [None, Some(id())])),
        Change::Older => {
            let (text, changes) = older(written)?;
            Some(variant.again(changes, [Some(id()), Some(text)]))
        }
        // A record has one form.
        _ if !written.is_quoted => None,
        Change::Longer => Some(variant.formed(Form::Longer(more()), [None, Some(more())])),
        Change::Padded => Some(variant.formed(Form::Longer(String::new()), [None, None])),
        Change::Shorter | Change::Cut if !written.is_last_clean => None,
        Change::Shorter if !written.last.is_empty() => {
            Some(variant.formed(Form::Shorter(1), [Some(last()), None]))
        }
        Change::Cut if written.last.is_empty() => {
            Some(variant.formed(Form::Shorter(1), [None, None]))
        }
        Change::Shorter | Change::Cut => None,
    }
}

impl RowVariant {
    fn mark(&self, [clean, dirty]: [Option<String>; 2]) -> Option<RowMark> {
        Some(RowMark {
            variant: self.variant,
            expected: self.expected,
            finding: self.finding,
            clean,
            dirty,
        })
    }

    /// The record in another form.
    fn formed(&self, form: Form, texts: [Option<String>; 2]) -> Treated {
        Treated {
            form,
            again: None,
            mark: self.mark(texts),
        }
    }

    /// The record once more.
    fn again(&self, changes: Vec<(usize, String)>, texts: [Option<String>; 2]) -> Treated {
        Treated {
            form: Form::Plain,
            again: Some(changes),
            mark: self.mark(texts),
        }
    }
}

/// The record as it was when it was made: another text, and the edit not yet there.
fn older(written: &Written) -> Option<(String, Vec<(usize, String)>)> {
    let row = written.row;
    let position = |name| written.plan.position(row.table.place(name)?);
    let created = row.get("created_at");
    let text = ["job_title", "description", "industry"];
    let (place, updated) = (
        text.into_iter().find_map(position)?,
        position("updated_at")?,
    );
    let before = "before the edit".to_owned();
    let changes = vec![(place, before.clone()), (updated, created.to_owned())];
    (created < row.get("updated_at")).then_some((before, changes))
}
