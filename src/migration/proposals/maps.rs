//! Proposals that are sure enough, as rows of `sql/map/*.csv`. No row that is there is touched.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::extract;
use super::super::workspace::Workspace;
use super::{Proposal, Proposals};
use crate::error::{Error, Kind, Result};
use crate::landing;

/// What somebody asked for beside what is certain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Also what is as sure as the threshold, and no more.
    pub likely: bool,
    /// Also rows of fields that are not there yet.
    pub creates: bool,
}

/// What was put into the maps, and what was left for people.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Written {
    /// Rows by map.
    pub rows: BTreeMap<String, usize>,
    /// Proposals that are as sure as the threshold, and nobody asked for those.
    pub likely: usize,
    /// Proposals whose runner-up is too near.
    pub ambiguous: usize,
    /// Things for which nothing is sure enough.
    pub without: usize,
    /// Fields that the destination's admin would have to create, and that no map row names.
    pub to_create: usize,
    /// Sure proposals that no map row can say.
    pub unwritable: usize,
    /// Headers are mapped when an export is landed.
    pub must_land_again: bool,
}

/// Writes the rows of certain proposals into the maps that have no row for them yet, and of others only if they were asked for.
/// What is below the threshold, or has a rival, cannot be asked for: it stays with people.
///
/// # Errors
/// [`Kind::Script`] when a map is no CSV, [`Kind::Config`] when one cannot be written.
pub fn take(workspace: &Workspace, proposed: &Proposals, asked: Asked) -> Result<Written> {
    let mut written = Written::default();
    let mut taken: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for proposal in &proposed.proposals {
        match (place(proposal, asked), &proposal.map) {
            (Place::Written, Some(map)) => taken.entry(map).or_default().extend(&proposal.answers),
            (place, _) => written.leave(place),
        }
    }
    for (map, answers) in taken {
        let text = extract::map_text(&workspace.catalog, map);
        let (text, rows) = appended(map, text, &answers)?;
        if rows > 0 {
            let path = workspace.root.join(format!("sql/map/{map}.csv"));
            landing::write_atomically(&path, &text)?;
            written.rows.insert(map.to_owned(), rows);
        }
    }
    written.must_land_again = written.rows.contains_key("map_headers");
    Ok(written)
}

/// Where a proposal ends.
#[derive(Clone, Copy)]
enum Place {
    Decided,
    Written,
    Likely,
    Ambiguous,
    Without,
    ToCreate,
    Unwritable,
}

fn place(proposal: &Proposal, asked: Asked) -> Place {
    let is_writable = proposal.map.is_some() && !proposal.answers.is_empty();
    match proposal.status.as_str() {
        "decided" => Place::Decided,
        _ if proposal.is_to_create && asked.creates && is_writable => Place::Written,
        _ if proposal.is_to_create => Place::ToCreate,
        "ambiguous" => Place::Ambiguous,
        _ if !proposal.is_sure() => Place::Without,
        _ if !is_writable => Place::Unwritable,
        "proposed" if !asked.likely => Place::Likely,
        _ => Place::Written,
    }
}

impl Written {
    fn leave(&mut self, place: Place) {
        match place {
            Place::Decided => {}
            Place::Likely => self.likely += 1,
            Place::Ambiguous => self.ambiguous += 1,
            Place::Without => self.without += 1,
            Place::ToCreate => self.to_create += 1,
            Place::Written | Place::Unwritable => self.unwritable += 1,
        }
    }
}

/// The text of a map with more rows at its end, and how many: what stands there stays byte by byte.
fn appended(
    map: &str,
    text: &str,
    answers: &[&BTreeMap<String, String>],
) -> Result<(Vec<u8>, usize)> {
    let refused = |cause: csv::Error| {
        Error::new(Kind::Script, format!("sql/map/{map}.csv is no CSV")).because(cause)
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().map_err(refused)?.clone();
    let mut known: BTreeSet<Vec<String>> = BTreeSet::new();
    for record in reader.records() {
        known.insert(record.map_err(refused)?.iter().map(str::to_owned).collect());
    }
    let mut rows = csv::Writer::from_writer(Vec::new());
    let mut count = 0;
    for answer in answers {
        let cell = |column: &str| {
            answer
                .get(column)
                .map_or_else(String::new, |text| guarded(text))
        };
        let record: Vec<String> = columns.iter().map(cell).collect();
        if known.insert(record.clone()) {
            rows.write_record(&record).map_err(refused)?;
            count += 1;
        }
    }
    let rows = rows
        .into_inner()
        .map_err(|e| refused(e.into_error().into()))?;
    let mut text = text.as_bytes().to_vec();
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.extend(rows);
    Ok((text, count))
}

/// A cell that no spreadsheet computes: whoever reads a map takes the apostrophe away again.
fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn answer(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
        let cells = cells.iter();
        cells
            .map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned()))
            .collect()
    }

    fn proposal(status: &str, is_to_create: bool) -> Proposal {
        Proposal {
            what: "field".to_owned(),
            object: "contact".to_owned(),
            source: "a".to_owned(),
            destination: Some("b".to_owned()),
            confidence: 1.0,
            evidence: String::new(),
            runner_up: None,
            runner_up_confidence: None,
            lossy: Vec::new(),
            rows_affected: 0,
            rows: 1,
            status: status.to_owned(),
            is_to_create,
            map: Some("map_fields".to_owned()),
            answers: vec![answer(&[("object", "contact")])],
        }
    }

    #[test]
    fn only_what_is_certain_or_asked_for_is_written() {
        let asks = [(false, false), (true, false), (false, true), (true, true)];
        let written = |status: &str, is_to_create: bool| {
            asks.map(|(likely, creates)| {
                let asked = Asked { likely, creates };
                matches!(
                    place(&proposal(status, is_to_create), asked),
                    Place::Written
                )
            })
        };
        assert_eq!(written("certain", false), [true; 4]);
        assert_eq!(written("proposed", false), [false, true, false, true]);
        assert_eq!(written("none", true), [false, false, true, true]);
        for status in ["decided", "ambiguous", "none", "a word of tomorrow"] {
            assert_eq!(written(status, false), [false; 4], "{status}");
        }
    }

    #[test]
    fn rows_go_behind_those_that_are_there() {
        let text = "object,field,note\r\ncontact, a ,\"x\ny\"";
        let answers = [
            answer(&[("object", "contact"), ("field", "b")]),
            answer(&[("field", "=1+1"), ("object", "deal"), ("unknown", "x")]),
        ];
        let answers: Vec<_> = answers.iter().collect();
        let (bytes, rows) = appended("map_x", text, &answers).unwrap();
        assert_eq!(rows, 2);
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            "object,field,note\r\ncontact, a ,\"x\ny\"\ncontact,b,\ndeal,'=1+1,\n"
        );
        let text = String::from_utf8(bytes.clone()).unwrap();
        let (again, rows) = appended("map_x", &text, &answers).unwrap();
        assert_eq!((again, rows), (bytes, 0));
    }

    #[test]
    fn a_map_that_is_no_csv_is_left_alone() {
        let row = answer(&[("a", "1")]);
        let error = appended("map_x", "a,b\n1,2,3\n", &[&row]).unwrap_err();
        assert_eq!(error.to_string(), "sql/map/map_x.csv is no CSV");
    }
}
