//! How one file is written: its style, its columns and headers, what stands around its rows.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Its name in the canonical export, or as it was added.
    pub name: &'static str,
    pub header: String,
    pub source: Source,
}

/// Where its cells come from.
pub enum Source {
    /// The place of a canonical column.
    Cell(usize),
    /// Worked out from the record.
    Made(fn(&Account, &Row) -> String),
    /// What else an activity is about: the place among its relations.
    Relation(usize),
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

/// A defect of a whole file, or of a column.
pub struct Mark {
    pub variant: u8,
    pub expected: Expected,
    pub finding: &'static str,
    pub aspect: Aspect,
    pub column: Option<&'static str>,
    /// The header as it should be; none for a column that was added.
    pub clean: Option<&'static str>,
    /// The header as it is; none for a column that was left out.
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
                name: column.name,
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
            let is_wanted = variants.contains(&Variant::numbered(variant.variant));
            let is_here = variant.object == table.object;
            if is_wanted && is_here && !plan.taken.contains(&variant.aspect) {
                plan.taken.push(variant.aspect);
                let before = plan.names();
                (variant.plan)(&mut plan, table);
                plan.conclude(variant, &before);
            }
        }
        plan
    }

    /// The headers in their order.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.header.as_str())
    }

    /// Which field a canonical column is; none where it is left out.
    pub fn position(&self, place: usize) -> Option<usize> {
        let is_it = |field: &Field| matches!(field.source, Source::Cell(of) if of == place);
        self.fields.iter().position(is_it)
    }

    /// The columns and their headers.
    fn names(&self) -> BTreeMap<&'static str, String> {
        let fields = self.fields.iter();
        fields
            .map(|field| (field.name, field.header.clone()))
            .collect()
    }

    /// What a variant changed is marked: each column that was renamed, added or left out, else the file.
    fn conclude(&mut self, variant: &FileVariant, before: &BTreeMap<&'static str, String>) {
        let mark = |column: Option<&'static str>, clean, dirty| Mark {
            variant: variant.variant,
            expected: variant.expected,
            finding: variant.finding,
            aspect: variant.aspect,
            column,
            clean,
            dirty,
        };
        let after = self.names();
        let mut marks = Vec::new();
        for (name, header) in &after {
            let was = before.get(name);
            if was != Some(header) {
                let clean = was.map(|_| *name);
                marks.push(mark(Some(*name), clean, Some(header.clone())));
            }
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            marks.push(mark(Some(*name), Some(*name), None));
        }
        // The record that ends the file is marked itself.
        let is_in_record = self.ends_open && variant.aspect == Aspect::Quotes;
        if marks.is_empty() && !is_in_record {
            marks.push(mark(None, None, None));
        }
        self.marks.extend(marks);
    }

    /// Gives a column another header, if the file can be written with it.
    pub fn rename(&mut self, column: &str, header: &str) {
        if !self.style.characters.have(header) {
            return;
        }
        for field in self.fields.iter_mut().filter(|field| field.name == column) {
            header.clone_into(&mut field.header);
        }
    }

    /// Leaves a column out.
    pub fn drop(&mut self, column: &str) {
        self.fields.retain(|field| field.name != column);
    }

    /// Adds a column that the canonical export does not have.
    pub fn add(&mut self, name: &'static str, source: Source) {
        self.fields.push(Field {
            name,
            header: name.to_owned(),
            source,
        });
    }
}
