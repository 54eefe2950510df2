//! The parts of an object: in their order, none missing, with the columns of all of them.

use std::collections::BTreeMap;

use super::Limits;
use super::assign::FileName;
use super::layout::{Format, Layout};
use super::survey::Found;
use super::table::{Part, TableFiles};
use crate::error::{Error, Kind, Result};

/// The parts of an object in their order, with the columns of all of them.
///
/// # Errors
/// `Kind::Source` when a part is missing, or there are more columns than `limits` allows; `Kind::Config` when a person
/// mapped a header that is not there.
pub(super) fn joined(
    object: String,
    mut found: Vec<Found>,
    layout: &Layout,
    limits: &Limits,
) -> Result<TableFiles> {
    check_map(&found)?;
    found.sort_by_cached_key(|part| {
        let name = FileName::of(&part.entry.path);
        (name.part, part.entry.path.clone())
    });
    check_gaps(&object, &found)?;
    let mut table = TableFiles {
        format: layout
            .get(&object)
            .map_or(Format::Csv, |table| table.format),
        object,
        columns: Vec::new(),
        parts: Vec::with_capacity(found.len()),
    };
    for (number, part) in (1..).zip(found) {
        for column in &part.columns {
            if !table.columns.contains(column) {
                table.columns.push(column.clone());
            }
            if table.columns.len() > limits.columns {
                return Err(too_wide(&part.entry.path, limits));
            }
        }
        table.parts.push(Part {
            entry: part.entry,
            number,
            digest: part.digest,
            columns: part.columns,
            claim: part.claim,
            dialect: part.dialect,
        });
    }
    Ok(table)
}

/// Room is held for each column: a header without end would take all there is.
pub(super) fn too_wide(path: &str, limits: &Limits) -> Error {
    let what = format!("`{path}` has more than {} columns", limits.columns);
    Error::new(Kind::Source, what)
        .hint("correct its header, or leave the file out: object `-` in sql/map/map_headers.csv")
}

/// A header that a person mapped must be in one of the files it was mapped for.
fn check_map(found: &[Found]) -> Result<()> {
    for part in found {
        let Some(map) = part.map else { continue };
        for (header, (column, line)) in &map.columns {
            let of_map = |other: &&Found| other.map == Some(map);
            let mut files = found.iter().filter(of_map);
            if !files.any(|other| other.names().any(|name| name == *header)) {
                return Err(Error::new(
                    Kind::Config,
                    format!(
                        "map_headers.csv line {line} fills `{column}` from header `{header}`, \
                         which `{}` does not have",
                        part.entry.path
                    ),
                )
                .hint(format!(
                    "its headers are: {}",
                    part.names().collect::<Vec<_>>().join(", ")
                )));
            }
        }
    }
    Ok(())
}

/// Canonical parts `_001, _002, …` must follow each other: a hole means rows that never arrived.
fn check_gaps(object: &str, found: &[Found]) -> Result<()> {
    let mut families: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for part in found {
        let name = FileName::of(&part.entry.path);
        if let Some(number) = name.part.filter(|_| name.is_canonical_part()) {
            // Parts may lie in several archives, each a folder of its own.
            let family = name.family.rsplit('/').next().unwrap_or(name.family);
            families.entry(family).or_default().push(number);
        }
    }
    for (family, mut numbers) in families {
        numbers.sort_unstable();
        let starts_late = numbers.first().is_some_and(|first| *first > 1);
        let hole = numbers.windows(2).find(|pair| pair[1] > pair[0] + 1);
        let missing = match hole {
            _ if starts_late => 1,
            Some(pair) => pair[0] + 1,
            None => continue,
        };
        return Err(Error::new(
            Kind::Source,
            format!("part `{family}_{missing:03}.csv` of {object} is missing"),
        )
        .hint("copy the whole export; if that part never existed, rename the others to follow each other"));
    }
    Ok(())
}
