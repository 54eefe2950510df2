//! Names given by people: which file is which object, and which header is which column.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Layout, is_column_name};
use crate::error::{Error, Kind, Result};

/// The decisions of `sql/map/map_headers.csv`, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderMap {
    files: BTreeMap<String, FileMap>,
}

/// What was decided for one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileMap {
    /// The object; none when the file was decided to belong to no object.
    pub object: Option<String>,
    /// Canonical column and line of the map, by normalised header.
    pub columns: BTreeMap<String, (String, u64)>,
    line: u64,
}

impl HeaderMap {
    /// Reads CSV text with the columns `file,object,header,column`; the text may be empty.
    ///
    /// `file` is a path, a file name or its stem, in any case; `object` `-` leaves the file out; a row without
    /// `header` and `column` only says which object the file is.
    ///
    /// # Errors
    /// `Kind::Config` with the line, for a wrong header row, an object that the layout does not know,
    /// a file with two objects, and a header or column decided twice.
    pub fn parse(text: &str, layout: &Layout) -> Result<Self> {
        let mut map = Self::default();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|cause| {
                Error::new(Kind::Config, "map_headers.csv cannot be read")
                    .hint(HINT)
                    .because(cause)
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<&str> = record.iter().collect();
            match cells.as_slice() {
                ["file", "object", "header", "column"] if index == 0 => {}
                [file, object, header, column] if index > 0 => {
                    map.decide([file, object, header, column], line, layout)?;
                }
                _ => return Err(refused(line, "is not `file,object,header,column`")),
            }
        }
        Ok(map)
    }

    fn decide(&mut self, cells: [&str; 4], line: u64, layout: &Layout) -> Result<()> {
        let [file, object, header, column] = cells;
        if file.is_empty() {
            return Err(refused(line, "names no file"));
        }
        let object = match object {
            "-" => None,
            known if layout.get(known).is_some() => Some(known.to_owned()),
            other => return Err(refused(line, format!("names no object: `{other}`"))),
        };
        let decided = self
            .files
            .entry(file.to_lowercase())
            .or_insert_with(|| FileMap {
                object: object.clone(),
                columns: BTreeMap::new(),
                line,
            });
        if decided.object != object {
            let before = decided.line;
            return Err(refused(
                line,
                format!("gives `{file}` another object than line {before}"),
            ));
        }
        match (header.is_empty(), column.is_empty()) {
            (true, true) => Ok(()),
            (false, false) => decided.bind(header, column, line),
            _ => Err(refused(line, "has a header or a column but not both")),
        }
    }

    /// What was decided for a file, by the first of its names that has a decision.
    pub(super) fn of(&self, names: &[&str]) -> Option<&FileMap> {
        names
            .iter()
            .find_map(|key| self.files.get(&key.to_lowercase()))
    }
}

impl FileMap {
    fn bind(&mut self, header: &str, column: &str, line: u64) -> Result<()> {
        if !is_column_name(column) {
            return Err(refused(
                line,
                format!("column `{column}` is not a snake case name"),
            ));
        }
        if let Some((_, before)) = self.columns.values().find(|(known, _)| known == column) {
            return Err(refused(
                line,
                format!("fills column `{column}` a second time, after line {before}"),
            ));
        }
        let before = self
            .columns
            .insert(normalised(header), (column.to_owned(), line));
        match before {
            None => Ok(()),
            Some((_, before)) => Err(refused(
                line,
                format!("maps header `{header}` a second time, after line {before}"),
            )),
        }
    }

    /// The decisions as text, in a fixed order: part of what an extract id stands for.
    pub(super) fn fingerprint(&self) -> String {
        self.columns
            .iter()
            .map(|(header, (column, _))| format!("{header}={column}\n"))
            .collect()
    }
}

/// Canonical, distinct column names for the headers of one file, in the file's order.
///
/// Mapped headers take their column, then those that are called like one, then those that `mean` one; the others keep their
/// own name, normalised. A name that is taken already gets `__2`, `__3`; an empty header becomes `column_<position>`.
pub(super) fn columns(
    headers: &[String],
    map: Option<&FileMap>,
    mean: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut named: Vec<Option<String>> = headers
        .iter()
        .map(|header| {
            let (column, _) = map?.columns.get(&normalised(header))?;
            taken.insert(column.clone()).then(|| column.clone())
        })
        .collect();
    for is_alias in [false, true] {
        for (name, header) in named.iter_mut().zip(headers) {
            let is_free = |column: &String| (normalised(header) == *column) != is_alias;
            if name.is_none()
                && let Some(column) = mean(header).filter(is_free)
                && taken.insert(column.clone())
            {
                *name = Some(column);
            }
        }
    }
    for (index, name) in named.iter_mut().enumerate() {
        if name.is_none() {
            let mut own = normalised(&headers[index]);
            if own.is_empty() {
                own = format!("column_{}", index + 1);
            }
            *name = Some(free_name(&own, &mut taken));
        }
    }
    named.into_iter().flatten().collect()
}

fn free_name(own: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = own.to_owned();
    let mut copy = 1;
    while !taken.insert(name.clone()) {
        copy += 1;
        name = format!("{own}__{copy}");
    }
    name
}

/// A header as a column name: letters and digits in lower case, everything else one underscore.
/// Never begins with an underscore: those names are kept for provenance.
pub(super) fn normalised(header: &str) -> String {
    let mut name = String::with_capacity(header.len());
    for c in header.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

const HINT: &str = "each line of sql/map/map_headers.csv is `file,object,header,column`; \
                    object `-` leaves a file out";

fn refused(line: u64, what: impl AsRef<str>) -> Error {
    let what = what.as_ref();
    Error::new(Kind::Config, format!("map_headers.csv line {line} {what}")).hint(HINT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn layout() -> Layout {
        Layout::parse(include_str!("../../sql/layout.toml")).unwrap()
    }

    fn parse(rows: &str) -> Result<HeaderMap> {
        HeaderMap::parse(&format!("file,object,header,column\n{rows}"), &layout())
    }

    fn owned(headers: &[&str]) -> Vec<String> {
        headers.iter().map(|&header| header.to_owned()).collect()
    }

    #[test]
    fn files_are_found_by_name_stem_and_family_in_any_case() {
        let map = parse("Accounts.csv,company,,\nsales_pipeline,deal,,\ndata_dictionary.csv,-,,\n")
            .unwrap();
        let object = |name, stem, family| {
            map.of(&[name, stem, family])
                .map(|file| file.object.clone())
        };
        assert_eq!(
            object("accounts.CSV", "accounts", "accounts"),
            Some(Some("company".to_owned()))
        );
        assert_eq!(
            object(
                "sales_pipeline_002.csv",
                "sales_pipeline_002",
                "sales_pipeline"
            ),
            Some(Some("deal".to_owned()))
        );
        assert_eq!(
            object("data_dictionary.csv", "data_dictionary", "data_dictionary"),
            Some(None)
        );
        assert_eq!(object("other.csv", "other", "other"), None);
    }

    #[test]
    fn mapped_headers_win_and_doubles_get_a_number() {
        let map = parse("accounts,company,account_id,id\naccounts,company,Account,name\n").unwrap();
        let headers = owned(&[
            "Name",
            "account_id",
            " account ",
            "Phone",
            "phone",
            "",
            "_file",
            "Größe (m²)",
        ]);
        assert_eq!(
            columns(
                &headers,
                map.of(&["accounts.csv", "accounts", "accounts"]),
                |_| None
            ),
            [
                "name__2",
                "id",
                "name",
                "phone",
                "phone__2",
                "column_6",
                "file",
                "größe_m²"
            ]
        );
    }

    #[test]
    fn wrong_lines_are_refused_by_number() {
        for (rows, reason) in [
            ("a,nothing,,\n", "line 2 names no object: `nothing`"),
            (",deal,,\n", "line 2 names no file"),
            (
                "a,deal,,\na,task,,\n",
                "line 3 gives `a` another object than line 2",
            ),
            (
                "a,deal,x,id\na,deal,y,id\n",
                "line 3 fills column `id` a second time",
            ),
            (
                "a,deal,x,id\na,deal,X,name\n",
                "line 3 maps header `X` a second time",
            ),
            (
                "a,deal,x,\n",
                "line 2 has a header or a column but not both",
            ),
            ("a,deal,x,_row\n", "line 2 column `_row` is not"),
        ] {
            let error = parse(rows).unwrap_err();
            assert_eq!(error.kind(), Kind::Config);
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert!(HeaderMap::parse("file,object\n", &layout()).is_err());
        assert_eq!(
            HeaderMap::parse("", &layout()).unwrap(),
            HeaderMap::default()
        );
    }
}
