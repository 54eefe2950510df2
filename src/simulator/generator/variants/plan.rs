//! How one file is written: its style, its columns and headers, what stands around its rows.

use std::collections::BTreeSet;

use super::super::account::Account;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::text::Style;
use super::super::variant::{Expected, Variant};
use super::{dialects, headers};

/// The plan of a file.
pub struct FilePlan {
    pub style: Style,
    pub fields: Vec<Field>,
    /// Lines before the header, as they are.
    pub above: Vec<&'static str>,
    /// Whether empty lines stand between rows, here and there.
    pub has_blanks: bool,
    /// Whether the last row sums up the others.
    pub has_total: bool,
    /// After so many rows the header stands again.
    pub header_every: Option<u64>,
    /// Whether the last record opens a quote that nothing closes.
    pub ends_open: bool,
    /// What is wrong with the file as a whole.
    pub marks: Vec<Mark>,
    /// What is planned already: two variants do not share an aspect of a file.
    taken: Vec<Aspect>,
}

/// A column of the file.
pub struct Field {
    pub header: String,
    pub source: Source,
}

/// Where its cells come from.
pub enum Source {
    /// The place of a canonical column.
    Cell(usize),
    /// Worked out from the record.
    Made(fn(&Account, &Row) -> String),
}

/// Something a variant may change about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    Characters,
    Delimiter,
    Newline,
    Quotes,
    Above,
    Below,
    Between,
    Headers,
    Columns,
    Currency,
    Consent,
}

/// A defect of a whole file, or of a column's header.
pub struct Mark {
    pub variant: u8,
    pub expected: Expected,
    pub finding: &'static str,
    pub column: Option<&'static str>,
    pub dirty: Option<String>,
}

/// A variant of a whole file.
pub struct FileVariant {
    pub variant: u8,
    pub object: &'static str,
    pub aspect: Aspect,
    pub expected: Expected,
    pub finding: &'static str,
    pub plan: fn(&mut FilePlan, &Table),
}

impl FilePlan {
    /// The canonical plan of a table.
    pub fn canonical(table: &Table) -> Self {
        let fields = table
            .columns
            .iter()
            .enumerate()
            .map(|(place, column)| Field {
                header: column.name.to_owned(),
                source: Source::Cell(place),
            });
        Self {
            style: Style::default(),
            fields: fields.collect(),
            above: Vec::new(),
            has_blanks: false,
            has_total: false,
            header_every: None,
            ends_open: false,
            marks: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// The plan of a table with these variants.
    pub fn of(table: &Table, variants: &BTreeSet<Variant>) -> Self {
        let mut plan = Self::canonical(table);
        let all = dialects::VARIANTS.iter().chain(headers::VARIANTS);
        for variant in all {
            let is_wanted = variants.iter().any(|wanted| wanted.is(variant.variant));
            let is_here = variant.object == table.object;
            if is_wanted && is_here && !plan.taken.contains(&variant.aspect) {
                plan.taken.push(variant.aspect);
                let before = plan.headers();
                (variant.plan)(&mut plan, table);
                plan.conclude(variant, table, &before);
            }
        }
        plan
    }

    /// The headers in their order.
    pub fn headers(&self) -> Vec<String> {
        self.fields
            .iter()
            .map(|field| field.header.clone())
            .collect()
    }

    /// What a variant changed is marked: each changed header, else the file.
    fn conclude(&mut self, variant: &FileVariant, table: &Table, before: &[String]) {
        let mark = |column: Option<&'static str>, dirty: Option<String>| Mark {
            variant: variant.variant,
            expected: variant.expected,
            finding: variant.finding,
            column,
            dirty,
        };
        let is_same = self.fields.len() == before.len();
        let changed: Vec<Mark> = self
            .fields
            .iter()
            .zip(before)
            .filter(|(field, before)| is_same && field.header != **before)
            .filter_map(|(field, _)| match field.source {
                Source::Cell(place) => table.columns.get(place).map(|column| (column.name, field)),
                Source::Made(_) => None,
            })
            .map(|(column, field)| mark(Some(column), Some(field.header.clone())))
            .collect();
        // The record that ends the file is marked itself.
        if changed.is_empty() && !(self.ends_open && variant.variant == 22) {
            self.marks.push(mark(None, None));
        }
        self.marks.extend(changed);
    }

    /// Gives a column another header.
    pub fn rename(&mut self, table: &Table, column: &str, header: &str) {
        let place = table.place(column);
        for field in &mut self.fields {
            if matches!(field.source, Source::Cell(of) if Some(of) == place) {
                header.clone_into(&mut field.header);
            }
        }
    }

    /// Leaves a column out.
    pub fn drop(&mut self, table: &Table, column: &str) {
        let place = table.place(column);
        self.fields
            .retain(|field| !matches!(field.source, Source::Cell(of) if Some(of) == place));
    }

    /// Adds a column that the canonical export does not have.
    pub fn add(&mut self, header: &str, made: fn(&Account, &Row) -> String) {
        self.fields.push(Field {
            header: header.to_owned(),
            source: Source::Made(made),
        });
    }
}
