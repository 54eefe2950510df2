//! The canonical layout as data: which files belong to which source object, and its columns.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::error::{Error, Kind, Result};

/// How the rows of an object are written in the export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated text with a header row.
    #[default]
    Csv,
    /// One JSON document: an array is one row per element, an object is one row.
    Json,
    /// No rows but files as they are, in a folder: each file is one row that says what it is.
    Files,
}

impl Format {
    /// Whether its files are text with a header row.
    pub(super) fn is_delimited(self) -> bool {
        self == Self::Csv
    }

    /// The file name extension, in lower case; files as they are have any.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Files => "*",
        }
    }
}

/// One source object of the layout.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// File names without extension and part suffix; `schema/objects` also asks for the folder. Folder names, ending in `/`,
    /// where the format is `files`.
    pub file: Vec<String>,
    /// Every canonical column, in order; the first is `id`.
    pub columns: Vec<String>,
    /// Columns that other systems' exports have and our SQL reads: names where the canonical layout has ids.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether the rows carry an id of their own.
    #[serde(default)]
    pub id: bool,
    /// How the files are written.
    #[serde(default)]
    pub format: Format,
}

/// The layout: source objects by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    tables: BTreeMap<String, Table>,
}

impl Layout {
    /// Reads the text of `sql/layout.toml`.
    ///
    /// # Errors
    /// `Kind::Config` for unknown keys, names that are not snake case, a table without files or `id`,
    /// a column twice, and a file that two objects claim.
    pub fn parse(text: &str) -> Result<Self> {
        let tables: BTreeMap<String, Table> = toml::from_str(text)
            .map_err(|cause| refused("layout.toml cannot be read").because(cause))?;
        let mut claimed = BTreeMap::new();
        for (object, table) in &tables {
            check(object, table)?;
            for file in &table.file {
                if let Some(other) = claimed.insert(file.to_lowercase(), object) {
                    return Err(refused(format!(
                        "layout.toml: file `{file}` belongs to both [{other}] and [{object}]"
                    )));
                }
            }
        }
        Ok(Self { tables })
    }

    /// The entry of an object.
    #[must_use]
    pub fn get(&self, object: &str) -> Option<&Table> {
        self.tables.get(object)
    }

    /// All objects with their entries, by name.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &Table)> {
        self.tables
            .iter()
            .map(|(object, table)| (object.as_str(), table))
    }

    /// The object that a file of the export belongs to by its canonical name.
    /// `stem` is the path without extension and part suffix, with `/` between folders.
    pub(super) fn object_of(&self, stem: &str, extension: &str) -> Option<&str> {
        let stem = stem.to_lowercase();
        self.objects()
            .filter(|(_, table)| table.format.extension() == extension)
            .find(|(_, table)| table.file.iter().any(|file| names(file, &stem)))
            .map(|(object, _)| object)
    }

    /// The object whose rows are files as they are, if this file lies in one of its folders.
    pub(super) fn object_of_folder(&self, path: &str) -> Option<&str> {
        self.objects()
            .filter(|(_, table)| table.format == Format::Files)
            .find(|(_, table)| table.file.iter().any(|folder| is_below(folder, path)))
            .map(|(object, _)| object)
    }
}

/// Whether a path leads through this folder, in whatever case.
fn is_below(folder: &str, path: &str) -> bool {
    let (folder, path) = (folder.to_lowercase(), path.to_lowercase());
    path.starts_with(&folder) || path.contains(&format!("/{folder}"))
}

/// Whether a path ends in this file name, at a folder boundary.
fn names(file: &str, stem: &str) -> bool {
    stem.strip_suffix(&file.to_lowercase())
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn check(object: &str, table: &Table) -> Result<()> {
    let wrong = |what: String| Err(refused(format!("layout.toml: [{object}] {what}")));
    if !is_column_name(object) {
        return wrong("is not a snake case name".to_owned());
    }
    if table.file.is_empty() {
        return wrong("names no file".to_owned());
    }
    let is_folder = |file: &String| file.ends_with('/');
    if table.format == Format::Files && !table.file.iter().all(is_folder) {
        return wrong("is made of files and names something that is no folder".to_owned());
    }
    if table.columns.first().map(String::as_str) != Some("id") {
        return wrong("does not begin its columns with `id`".to_owned());
    }
    let mut seen = BTreeSet::new();
    for column in table.columns.iter().chain(&table.also) {
        if !is_column_name(column) {
            return wrong(format!("column `{column}` is not a snake case name"));
        }
        if !seen.insert(column) {
            return wrong(format!("names column `{column}` twice"));
        }
    }
    Ok(())
}

/// Whether a name can stand in SQL as it is: lower case, digits, underscores, a letter first.
/// Names that begin with an underscore are kept for provenance.
pub(super) fn is_column_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::Config, message)
        .hint("correct sql/layout.toml, or take the one that `deskferry init` writes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn the_layout_of_this_repository_is_whole() {
        let layout = Layout::parse(include_str!("../../sql/layout.toml")).unwrap();
        let contact = layout.get("contact").unwrap();
        assert_eq!(contact.columns[0], "id");
        assert!(contact.columns.iter().any(|column| column == "updated_at"));
        assert!(contact.id);
        assert!(!layout.get("deal_contact").unwrap().id);
        assert_eq!(layout.get("automation").unwrap().format, Format::Json);
        assert_eq!(layout.objects().count(), 30);
    }

    #[test]
    fn a_file_finds_its_object_by_name_and_folder() {
        let layout = Layout::parse(include_str!("../../sql/layout.toml")).unwrap();
        assert_eq!(layout.object_of("data/contacts", "csv"), Some("contact"));
        assert_eq!(layout.object_of("Contacts", "csv"), Some("contact"));
        assert_eq!(
            layout.object_of("schema/fields", "csv"),
            Some("schema_field")
        );
        assert_eq!(layout.object_of("data/fields", "csv"), None);
        assert_eq!(layout.object_of("data/old_contacts", "csv"), None);
        assert_eq!(
            layout.object_of("schema/automations", "json"),
            Some("automation")
        );
        assert_eq!(layout.object_of("schema/automations", "csv"), None);
        for path in ["attachments/a.csv", "Backup/Attachments/x/a"] {
            let object = layout.object_of_folder(path);
            assert_eq!(object, Some("attachment_file"), "{path}");
        }
        assert_eq!(layout.object_of_folder("old_attachments/a.csv"), None);
    }

    #[test]
    fn a_wrong_layout_is_refused_with_its_reason() {
        for (text, reason) in [
            ("[a]\nfile=[\"a\"]\ncolumns=[\"name\"]", "begin its columns"),
            ("[a]\nfile=[]\ncolumns=[\"id\"]", "names no file"),
            ("[a]\nfile=[\"a\"]\ncolumns=[\"id\",\"_row\"]", "snake case"),
            ("[a]\nfile=[\"a\"]\ncolumns=[\"id\",\"id\"]", "twice"),
            (
                "[a]\nfile=[\"x\"]\ncolumns=[\"id\"]\n[b]\nfile=[\"X\"]\ncolumns=[\"id\"]",
                "belongs to both",
            ),
            (
                "[a]\nfile=[\"a\"]\nformat=\"files\"\ncolumns=[\"id\"]",
                "no folder",
            ),
            (
                "[a]\nfile=[\"a\"]\ncolumns=[\"id\"]\nkey=1",
                "cannot be read",
            ),
        ] {
            let error = Layout::parse(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Config);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
}
