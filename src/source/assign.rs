//! Which file of an export is what: part of an object, or one of the things that are not landed.

use super::aliases::Aliases;
use super::choices::Choices;
use super::container::{self, Entry};
use super::headers::{FileMap, HeaderMap};
use super::layout::Layout;
use super::manifest::{Claim, Manifest};
use crate::error::{Error, Kind, Result};

/// What a file of the export is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Rows of this source object.
    Table(String),
    /// `manifest.json`.
    Manifest,
    /// A file as it is, one of this source object.
    File(String),
    /// `map_headers.csv` decided that it belongs to no object.
    LeftOut,
    /// The same bytes as another file of the same name, whose path this is.
    Copy(String),
    /// Left behind by an operating system or an office program.
    Junk,
    /// Nothing says what it is; `map_headers.csv` can.
    Unmapped,
}

/// A file with its role, and what people decided about its headers.
pub(super) struct Assigned<'a> {
    pub role: Role,
    pub map: Option<&'a FileMap>,
}

/// What files and their columns may be called.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The canonical names.
    pub layout: &'a Layout,
    /// What other systems and languages call them.
    pub aliases: &'a Aliases,
    /// What people decided about files and headers.
    pub headers: &'a HeaderMap,
    /// What people decided about how files are read.
    pub decided: &'a Choices,
}

impl<'a> Names<'a> {
    /// What people decided about the headers of a file.
    fn map_of(&self, entry: &Entry) -> Option<&'a FileMap> {
        let name = FileName::of(&entry.inside);
        let (stem, family) = (basename(name.stem), basename(name.family));
        self.headers.of(&[&entry.path, entry.name(), stem, family])
    }

    /// Whether people decided that a file belongs to no object: it is not opened then, and may be broken.
    pub(super) fn leave_out(&self, entry: &Entry) -> bool {
        self.is_left_out(entry, self.map_of(entry))
    }

    /// Whether they meant this very file, and not a table by its stem: it may be an archive with other files in it, or
    /// stand in a folder where anything can be called like a table.
    pub(super) fn leave_out_by_name(&self, entry: &Entry) -> bool {
        self.is_left_out(entry, self.headers.of(&[&entry.path, entry.name()]))
    }

    fn is_left_out(&self, entry: &Entry, map: Option<&FileMap>) -> bool {
        match map {
            Some(map) => map.object.is_none(),
            None => self.decided.of(&entry.path, "object") == Some("-"),
        }
    }
}

/// Where the knowledge about files comes from, the strongest first: people, the manifest, the layout, the aliases.
pub(super) struct Knowledge<'a> {
    pub names: Names<'a>,
    pub manifest: Option<&'a Manifest>,
}

impl<'a> Knowledge<'a> {
    /// What the manifest says about a file.
    pub fn claim(&self, entry: &Entry) -> Option<&'a Claim> {
        self.manifest?.claim(&entry.path)
    }

    /// The role of a file.
    ///
    /// # Errors
    /// `Kind::Config` when people gave an object to a file that is not written as that object's files are.
    pub fn role_of(&self, entry: &Entry) -> Result<Assigned<'a>> {
        let plain = |role| Ok(Assigned { role, map: None });
        if container::is_junk(&entry.inside) {
            return plain(Role::Junk);
        }
        if entry.path == "manifest.json" {
            return plain(Role::Manifest);
        }
        if let Some(object) = self.names.layout.object_of_folder(&entry.inside)
            && !self.names.leave_out_by_name(entry)
        {
            return plain(Role::File(object.to_owned()));
        }
        if let Some(map) = self.names.map_of(entry) {
            let role = self.given(entry, map.object.as_deref(), "map_headers.csv")?;
            let map = Some(map);
            return Ok(Assigned { role, map });
        }
        if let Some(object) = self.names.decided.of(&entry.path, "object") {
            let object = (object != "-").then_some(object);
            return plain(self.given(entry, object, "map_decisions.csv")?);
        }
        let known = self.known(entry);
        plain(known.map_or(Role::Unmapped, Role::Table))
    }

    /// The role of a file that people gave to an object, or to none.
    fn given(&self, entry: &Entry, object: Option<&str>, map: &str) -> Result<Role> {
        let Some(object) = object else {
            return Ok(Role::LeftOut);
        };
        let refused = |what: String, hint: &str| {
            let given = format!("{map} gives `{}` to {object}, {what}", entry.path);
            Err(Error::new(Kind::Config, given).hint(hint))
        };
        let Some(table) = self.names.layout.get(object) else {
            return refused(
                "which is no object".to_owned(),
                "objects are those of sql/layout.toml; `-` leaves the file out",
            );
        };
        let format = table.format.extension();
        if format != FileName::of(&entry.inside).extension {
            return refused(
                format!("which is read from .{format} files"),
                "save the file in that format (UTF-8, comma), or leave it out with object `-`",
            );
        }
        Ok(Role::Table(object.to_owned()))
    }

    /// The object by what the manifest says, else by the canonical file name.
    pub fn known(&self, entry: &Entry) -> Option<String> {
        let name = &FileName::of(&entry.inside);
        let extension = name.extension.as_str();
        let said = self
            .claim(entry)
            .and_then(|claim| claim.object.as_deref())
            .filter(|object| {
                let table = self.names.layout.get(object);
                table.is_some_and(|table| table.format.extension() == extension)
            });
        said.or_else(|| self.canonical(name))
            .or_else(|| self.called(name))
            .map(str::to_owned)
    }

    fn canonical(&self, name: &FileName) -> Option<&'a str> {
        let layout = self.names.layout;
        let object = |stem| layout.object_of(stem, &name.extension);
        object(name.stem).or_else(|| object(name.family))
    }

    fn called(&self, name: &FileName) -> Option<&'a str> {
        let is_table = name.extension == "csv";
        let object = self.names.aliases.object_of(name.family);
        object.filter(|_| is_table)
    }

    /// Whether its name says what a file is, in whatever language.
    pub fn is_named(&self, entry: &Entry) -> bool {
        self.known(entry).is_some()
    }

    /// Whether only another name than the canonical one, or no name at all, says what a file is.
    pub fn is_called_otherwise(&self, entry: &Entry) -> bool {
        let is_said = self
            .claim(entry)
            .is_some_and(|claim| claim.object.is_some());
        !is_said && self.canonical(&FileName::of(&entry.inside)).is_none()
    }
}

/// A path taken apart: `data/contacts_002.csv` is part 2 of the family `data/contacts`.
pub(super) struct FileName<'a> {
    /// The path without extension.
    pub stem: &'a str,
    /// The path without extension and part suffix.
    pub family: &'a str,
    /// The number of the part suffix.
    pub part: Option<u32>,
    /// Lower case; `csv` for every ending of delimited text.
    pub extension: String,
}

impl<'a> FileName<'a> {
    pub fn of(path: &'a str) -> Self {
        let (stem, extension) = match path.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, extension),
            _ => (path, ""),
        };
        let (family, part) = part_suffix(stem).map_or((stem, None), |(f, part)| (f, Some(part)));
        Self {
            stem,
            family,
            part,
            extension: reads_as(extension),
        }
    }

    /// Whether the part suffix is the canonical one: an underscore and three digits.
    pub fn is_canonical_part(&self) -> bool {
        self.part
            .is_some_and(|part| part < 1000 && self.stem == format!("{}_{part:03}", self.family))
    }
}

/// Delimited text has many endings; what it really is, its content says.
fn reads_as(extension: &str) -> String {
    let extension = extension.to_lowercase();
    match extension.as_str() {
        "" | "txt" | "tsv" | "tab" | "psv" | "dat" | "asc" | "xls" | "xlsx" => "csv".to_owned(),
        _ => extension,
    }
}

/// `_001`, `_2`, ` (1)`, `-part-2`, `_part2` at the end of a stem.
fn part_suffix(stem: &str) -> Option<(&str, u32)> {
    let open = stem.strip_suffix(')');
    let head = open.unwrap_or(stem);
    let before = head.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: u32 = head[before.len()..].parse().ok()?;
    let marks: &[&str] = if open.is_some() {
        &[" (", "("]
    } else {
        &["-part-", "-part", "_part_", "_part", "_"]
    };
    let family = marks.iter().find_map(|mark| before.strip_suffix(mark))?;
    (!basename(family).is_empty()).then_some((family, number))
}

fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn part_suffixes_are_taken_off() {
        for (path, family, part) in [
            ("data/contacts_001.csv", "data/contacts", Some(1)),
            ("contacts_2.CSV", "contacts", Some(2)),
            ("contacts (1).csv", "contacts", Some(1)),
            ("contacts-part-12.csv", "contacts", Some(12)),
            ("contacts_part2.csv", "contacts", Some(2)),
            ("contacts.csv", "contacts", None),
            ("contacts2.csv", "contacts2", None),
            ("data/_001.csv", "data/_001", None),
            ("data.d/readme", "data.d/readme", None),
        ] {
            let name = FileName::of(path);
            assert_eq!((name.family, name.part), (family, part), "{path}");
        }
        assert!(FileName::of("a_001.csv").is_canonical_part());
        assert!(!FileName::of("a_2021.csv").is_canonical_part());
    }
}
