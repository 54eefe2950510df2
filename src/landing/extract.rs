//! The record of an extract: what was landed of it. Its presence means that the landing is whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::originals::{self, Held, originals_folder};
use super::writer::Part;
use super::{files, object_folder, system_folder};
use crate::error::{Error, Kind, Result};

/// What was landed of one export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// 16 hexadecimal digits; the same bytes have the same id.
    pub extract_id: String,
    /// When it was landed, RFC 3339 in UTC.
    pub landed_at: String,
    /// When the source made it, RFC 3339, if it says so.
    pub exported_at: Option<String>,
    /// `full` or `delta`, if the source says so.
    pub export_type: Option<String>,
    /// For a delta, the time that its rows were changed after, RFC 3339, if the source says so.
    #[serde(default)]
    pub since: Option<String>,
    /// Settings that values without zone or currency follow.
    pub account: Account,
    /// What was landed, by source object.
    pub objects: BTreeMap<String, LandedObject>,
    /// How the files are read, with what speaks for it and against it.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// Files that people decided to leave out.
    pub left_out: Vec<String>,
    /// Files that nothing says the object of.
    pub unmapped: Vec<String>,
    /// The records that could not be rows; also there when there are none.
    pub quarantine: Option<Part>,
    /// Files that were landed as they are; none when the export brought none.
    #[serde(default)]
    pub held: Option<Held>,
}

/// Settings of the source account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// IANA name.
    pub timezone: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// For example `de-DE`.
    pub locale: Option<String>,
    /// What stands between the values of a list: `semicolon`, `comma`, `pipe` or `line_break`.
    #[serde(default)]
    pub list_separator: Option<String>,
}

/// What was landed of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LandedObject {
    /// Rows in the parts.
    pub rows: u64,
    /// Records set aside.
    pub quarantined: u64,
    /// The columns that the files have, under their canonical names.
    pub columns: Vec<String>,
    /// The Parquet files, in order.
    pub parts: Vec<Part>,
    /// The files of the export, in order.
    pub files: Vec<FileCounts>,
}

/// What became of one file. `landed + quarantined + header_rows + title_rows + total_rows + blank_lines = records`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCounts {
    /// Path inside the export.
    pub path: String,
    /// Place among the object's parts, from 1.
    pub part: u32,
    /// Size of the file.
    pub bytes: u64,
    /// Hash of the file, hexadecimal.
    pub sha256: String,
    /// Everything the file holds, rows or not.
    pub records: u64,
    /// Rows in the parts.
    pub landed: u64,
    /// Records set aside.
    pub quarantined: u64,
    /// The header row and its repetitions.
    pub header_rows: u64,
    /// Titles above the header.
    #[serde(default)]
    pub title_rows: u64,
    /// Rows that sum up others.
    #[serde(default)]
    pub total_rows: u64,
    /// Lines without any character.
    pub blank_lines: u64,
    /// Columns that other files of the object have and this one has not.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// How one thing of the export is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The file, by its path inside the export.
    pub scope: String,
    /// What was decided, for example `encoding`.
    pub topic: String,
    /// What was chosen.
    pub choice: String,
    /// What it could be instead.
    pub others: Vec<String>,
    /// How much speaks for it.
    pub evidence_for: u64,
    /// How much speaks for something else.
    pub evidence_against: u64,
    /// What was counted.
    pub evidence: String,
    /// `rule`, `person` or `pending`.
    pub decided_by: String,
}

/// Where the broken records of an extract are: `staging/quarantine/<system>/<extract_id>.parquet`.
#[must_use]
pub fn quarantine_file(staging: &Path, system: &str, extract_id: &str) -> PathBuf {
    let folder = staging.join("quarantine").join(system);
    folder.join(format!("{extract_id}.parquet"))
}

fn record_file(staging: &Path, system: &str, extract_id: &str) -> PathBuf {
    let folder = system_folder(staging, system).join("_extracts");
    folder.join(format!("{extract_id}.json"))
}

/// Begins to land an extract: gives its record when it is landed already and whole, so nothing is to
/// be done; otherwise removes what an earlier attempt left of it.
///
/// # Errors
/// `Kind::Config` when the staging folder cannot be read or cleaned.
pub fn begin(staging: &Path, system: &str, extract_id: &str) -> Result<Option<Extract>> {
    let record = record_file(staging, system, extract_id);
    if let Ok(extract) = read(&record)
        && first_missing(staging, system, &extract).is_none()
        && extract.held.unwrap_or_default()
            == originals::held(&originals_folder(staging, extract_id))?
    {
        return Ok(Some(extract));
    }
    // The record goes first: without it the rest counts for nothing.
    files::remove(&record)?;
    files::remove(&quarantine_file(staging, system, extract_id))?;
    files::remove(&originals_folder(staging, extract_id))?;
    for object in files::names(&system_folder(staging, system))? {
        files::remove(&object_folder(staging, system, &object, extract_id))?;
    }
    Ok(None)
}

/// Writes the record of an extract. Call it last: from then on the extract counts as landed.
///
/// # Errors
/// `Kind::Config` when it cannot be written, `Kind::Bug` when it names a part that is not there.
pub fn commit(staging: &Path, system: &str, extract: &Extract) -> Result<()> {
    if let Some(missing) = first_missing(staging, system, extract) {
        return Err(Error::new(
            Kind::Bug,
            format!("`{}` was to be landed and is not there", missing.display()),
        ));
    }
    let mut text = serde_json::to_vec_pretty(extract).map_err(|cause| {
        Error::new(Kind::Bug, "the record of an extract is not JSON").because(cause)
    })?;
    text.push(b'\n');
    files::write_atomically(&record_file(staging, system, &extract.extract_id), &text)
}

/// All extracts that were landed, the oldest first.
///
/// # Errors
/// `Kind::Source` when a record is damaged or a part of it is gone.
pub fn extracts(staging: &Path, system: &str) -> Result<Vec<Extract>> {
    let folder = system_folder(staging, system).join("_extracts");
    let mut all = Vec::new();
    for name in files::names(&folder)? {
        if files::is_partial(&name) || !name.ends_with(".json") {
            continue;
        }
        let path = folder.join(name);
        let extract = read(&path)?;
        if let Some(missing) = first_missing(staging, system, &extract) {
            return Err(Error::new(
                Kind::Source,
                format!(
                    "extract {} is not whole: `{}` is gone or has another size",
                    extract.extract_id,
                    missing.display()
                ),
            )
            .hint("land the export again: only what is missing is written"));
        }
        all.push(extract);
    }
    all.sort_by(|a: &Extract, b| (&a.landed_at, &a.extract_id).cmp(&(&b.landed_at, &b.extract_id)));
    Ok(all)
}

fn read(path: &Path) -> Result<Extract> {
    let damaged = |cause: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(
            Kind::Source,
            format!("the record `{}` cannot be read", path.display()),
        )
        .hint("land the export again")
        .because(cause)
    };
    let text = fs::read(path).map_err(|cause| damaged(cause.into()))?;
    serde_json::from_slice(&text).map_err(|cause| damaged(cause.into()))
}

/// The first file of an extract that is gone or has another size than when it was sealed.
fn first_missing(staging: &Path, system: &str, extract: &Extract) -> Option<PathBuf> {
    let id = &extract.extract_id;
    let is_missing = |path: &PathBuf, part: &Part| {
        !fs::metadata(path).is_ok_and(|about| about.len() == part.bytes)
    };
    let quarantine = extract.quarantine.iter();
    let quarantine = quarantine.map(|part| (quarantine_file(staging, system, id), part));
    let objects = extract.objects.iter().flat_map(|(object, landed)| {
        let folder = object_folder(staging, system, object, id);
        let parts = landed.parts.iter();
        parts.map(move |part| (folder.join(&part.file), part))
    });
    quarantine
        .chain(objects)
        .find(|(path, part)| is_missing(path, part))
        .map(|(path, _)| path)
}
