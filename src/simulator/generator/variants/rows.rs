//! V23: records that are too long or too short. V36: records that stand there twice.

use std::collections::BTreeSet;

use super::super::account::Account;
use super::super::row::Row;
use super::super::text::Form;
use super::super::variant::Expected::{self, Quarantined, Recovered};
use super::super::variant::Variant;

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
    /// It is written once more, with these changes: place of a cell and its text.
    pub again: Option<Vec<(usize, String)>>,
    /// What to log.
    pub mark: Option<RowMark>,
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
            .filter(|row| variants.iter().any(|variant| variant.is(row.variant)))
            .filter(|row| row.objects.contains(&object))
            .map(|row| (row, 0));
        Self {
            account,
            rate,
            changes: changes.collect(),
        }
    }

    /// What is done to a record; mostly nothing.
    pub fn treat(&mut self, row: &Row, index: u64) -> Treated {
        if self.changes.is_empty() {
            return Treated::default();
        }
        let mut dice = self
            .account
            .dice(row.table.object, index ^ 0x2075_0000_0000);
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
        match treated(variant, row) {
            Some(treated) => {
                *turn += 1;
                treated
            }
            None => Treated::default(),
        }
    }
}

fn treated(variant: &RowVariant, row: &Row) -> Option<Treated> {
    let last = || row.cells.last().cloned().unwrap_or_default();
    let more = "left over".to_owned();
    match variant.change {
        Change::Longer => variant.formed(Form::Longer(more.clone()), None, Some(more)),
        Change::Padded => variant.formed(Form::Longer(String::new()), None, None),
        Change::Shorter => variant.formed(Form::Shorter(1), Some(last()), None),
        Change::Cut if last().is_empty() => variant.formed(Form::Shorter(1), None, None),
        Change::Cut => None,
        Change::Copy => Some(Treated {
            again: Some(Vec::new()),
            mark: Some(variant.mark(None, Some(row.id().to_owned()))),
            ..Treated::default()
        }),
        Change::Older => older(row).map(|changes| {
            let dirty = changes.first().map(|(_, text)| text.clone());
            Treated {
                mark: Some(variant.mark(Some(row.id().to_owned()), dirty)),
                again: Some(changes),
                ..Treated::default()
            }
        }),
    }
}

impl RowVariant {
    fn mark(&self, clean: Option<String>, dirty: Option<String>) -> RowMark {
        RowMark {
            variant: self.variant,
            expected: self.expected,
            finding: self.finding,
            clean,
            dirty,
        }
    }

    /// The record in another form.
    fn formed(&self, form: Form, clean: Option<String>, dirty: Option<String>) -> Option<Treated> {
        Some(Treated {
            form,
            again: None,
            mark: Some(self.mark(clean, dirty)),
        })
    }
}

/// The record as it was when it was made: another text, and the edit not yet there.
fn older(row: &Row) -> Option<Vec<(usize, String)>> {
    let created = row.get("created_at");
    let text = ["job_title", "description", "industry"];
    let place = text.iter().find_map(|name| row.table.place(name))?;
    let updated = row.table.place("updated_at")?;
    let is_older = created < row.get("updated_at");
    is_older.then(|| {
        vec![
            (place, "before the edit".to_owned()),
            (updated, created.to_owned()),
        ]
    })
}
