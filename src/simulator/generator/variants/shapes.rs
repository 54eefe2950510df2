//! V03, V05, V06, V08-V11, V65, V77: into which files an object goes, and in which format.

use std::collections::BTreeSet;

use super::super::manifest::PART_ROWS;
use super::super::row::Row;
use super::super::tables::Table;
use super::super::variant::Variant;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Delimited text.
    Text,
    /// One array.
    Json,
    /// An array in an object, under the plural of what it holds.
    JsonWrapped,
    /// An object a line.
    JsonLines,
    /// A table in HTML.
    Html,
    /// A sheet of the one workbook.
    Sheet,
}

/// The files of one object.
pub struct Shape {
    pub format: Format,
    /// Path without part and ending.
    stem: String,
    ending: &'static str,
    /// Clean records in a part.
    pub part_rows: u64,
    /// How parts are numbered; nothing where it is the canonical way.
    odd: bool,
    /// The last records of a part stand in the next one again.
    pub is_overlapping: bool,
    /// Every other part has fewer columns, the last one first.
    pub is_uneven: bool,
    /// One file for each type of activity.
    is_typed: bool,
    has_parts: bool,
    /// Between cells, where the format says it.
    pub delimiter: Option<char>,
    /// After so many records the file ends, whatever there is more.
    pub most: Option<u64>,
    /// The variants that made it so.
    variants: Vec<ShapeMark>,
}

/// A variant of files, and which of an object's files show it.
struct ShapeMark {
    variant: u8,
    finding: &'static str,
    is_in: fn(&Shape, u64) -> bool,
}

/// Another format for the file of an object.
struct Dress {
    variant: u8,
    object: &'static str,
    format: Format,
    ending: &'static str,
    finding: &'static str,
    delimiter: Option<char>,
}

const fn dress(
    variant: u8,
    object: &'static str,
    format: Format,
    ending: &'static str,
    finding: &'static str,
) -> Dress {
    Dress {
        variant,
        object,
        format,
        ending,
        finding,
        delimiter: None,
    }
}

const fn tabbed(dress: Dress) -> Dress {
    Dress {
        delimiter: Some('\t'),
        ..dress
    }
}

/// How many records a view shows.
const VIEW_ROWS: u64 = 10_000;

/// Other names for files.
const NAMES: &[(&str, &str)] = &[
    ("company", "data/Accounts"),
    ("contact", "data/hubspot-like-all-contacts-2026-09-01"),
    ("deal", "data/Opportunities_export_2026-09-01"),
    ("lead", "data/Interessenten"),
    ("task", "data/To-dos"),
    ("user", "data/Utilisateurs"),
];

const FORMATS: &[Dress] = &[
    dress(9, "campaign", Format::Sheet, "", "workbook"),
    dress(9, "email_template", Format::Sheet, "", "workbook"),
    dress(9, "kb_article", Format::Sheet, "", "workbook"),
    dress(10, "user", Format::Json, ".json", "json_array"),
    dress(10, "team", Format::JsonWrapped, ".json", "json_wrapped"),
    dress(10, "tag", Format::JsonLines, ".jsonl", "json_lines"),
    tabbed(dress(
        11,
        "deal_stage_history",
        Format::Text,
        ".csv",
        "tabs_as_csv",
    )),
    dress(11, "record_tag", Format::Text, ".txt", "text"),
    dress(11, "campaign_member", Format::Html, ".xls", "html_as_xls"),
    dress(11, "activity_participant", Format::Text, ".csv.gz", "gzip"),
    tabbed(dress(11, "ticket", Format::Text, ".xls", "tabs_as_xls")),
];

impl Shape {
    /// The canonical file of a table.
    fn canonical(table: &Table) -> Self {
        Self {
            format: Format::Text,
            stem: table.file.to_owned(),
            ending: ".csv",
            part_rows: PART_ROWS,
            odd: false,
            is_overlapping: false,
            is_uneven: false,
            is_typed: false,
            has_parts: false,
            delimiter: None,
            most: None,
            variants: Vec::new(),
        }
    }

    /// The files of an object with `total` clean records.
    pub fn of(table: &Table, total: u64, variants: &BTreeSet<Variant>) -> Self {
        let has = |number| variants.contains(&Variant::numbered(number));
        let mut shape = Self::canonical(table);
        let mut formats = FORMATS.iter();
        let format = formats.find(|format| has(format.variant) && format.object == table.object);
        if let Some(format) = format {
            shape.format = format.format;
            shape.ending = format.ending;
            shape.delimiter = format.delimiter;
            shape.mark(format.variant, format.finding, |_, _| true);
        }
        let name = NAMES
            .iter()
            .find(|(object, _)| *object == table.object && has(8));
        if let Some((_, name)) = name {
            (*name).clone_into(&mut shape.stem);
            shape.mark(8, "other_name", |_, _| true);
        }
        if table.object == "activity" && has(65) {
            shape.is_typed = true;
            shape.mark(65, "file_per_type", |_, _| true);
        }
        if table.object == "activity" && has(77) && !shape.is_typed {
            shape.most = Some(VIEW_ROWS);
        }
        shape.cut(table.object, total, has);
        shape.has_parts = total > shape.part_rows;
        shape
    }

    fn mark(&mut self, variant: u8, finding: &'static str, is_in: fn(&Self, u64) -> bool) {
        self.variants.push(ShapeMark {
            variant,
            finding,
            is_in,
        });
    }

    fn cut(&mut self, object: &str, total: u64, has: impl Fn(u8) -> bool) {
        match object {
            "contact" if has(3) => {
                self.odd = true;
                // The first part of five is numbered as always.
                self.mark(3, "part_numbers", |shape, part| {
                    shape.has_parts && part % 5 > 0
                });
            }
            "company" if has(5) => {
                self.is_overlapping = true;
                self.mark(5, "parts_overlap", |shape, _| shape.has_parts);
            }
            "lead" if has(6) => {
                self.is_uneven = true;
                self.mark(6, "parts_differ", |_, part| part % 2 == 1);
            }
            _ => return,
        }
        self.part_rows = (total / 4 + 1).min(PART_ROWS);
    }

    /// What is wrong with a part as a whole.
    pub fn marks(&self, part: u64) -> Vec<(u8, &'static str)> {
        let marks = self.variants.iter();
        marks
            .filter(|mark| (mark.is_in)(self, part))
            .map(|mark| (mark.variant, mark.finding))
            .collect()
    }

    /// The column that a part does not have.
    pub fn missing(&self, part: u64) -> Option<&'static str> {
        match self.is_uneven && part % 2 == 1 {
            true => Some("score"),
            false => self.is_typed.then_some("type"),
        }
    }

    /// Which part, from 0, the clean record number `index` is in.
    pub fn part(&self, index: u64) -> u64 {
        (index - 1) / self.part_rows
    }

    /// The file of a record.
    pub fn path(&self, row: &Row, index: u64) -> String {
        if self.is_typed {
            let name = match row.get("type") {
                "call" => "Calls",
                "email" => "Emails",
                "meeting" => "Meetings",
                _ => "Notes",
            };
            return format!("data/{name}.csv");
        }
        self.part_path(self.part(index))
    }

    /// The path of a part, from 0.
    pub fn part_path(&self, part: u64) -> String {
        let (stem, ending) = (&self.stem, self.ending);
        let number = part + 1;
        match part % 5 {
            _ if !self.has_parts => format!("{stem}{ending}"),
            1 if self.odd => format!("{stem}_{number}{ending}"),
            2 if self.odd => format!("{stem} ({number}){ending}"),
            3 if self.odd => format!("{stem}-part-{number}{ending}"),
            4 if self.odd => format!("{stem}.part{number}{ending}"),
            _ => format!("{stem}_{number:03}{ending}"),
        }
    }

    /// Whether files of types have no column for the type.
    pub fn is_typed(&self) -> bool {
        self.is_typed
    }
}
