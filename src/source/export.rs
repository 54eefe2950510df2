//! An export as a whole: what is in it, which file is which object, and whether it can be trusted.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use arrow::datatypes::SchemaRef;
use sha2::{Digest as _, Sha256};

use super::Limits;
use super::assign::{Knowledge, Names, Role};
use super::batches::{Sink, row_schema};
use super::choices::Choice;
use super::container::{Digest, Entry, hex};
use super::layout::Layout;
use super::manifest::{Account, Manifest, untrusted};
use super::originals::{Content, Originals};
use super::parts::joined;
use super::streams::Streams;
use super::survey::{Found, Survey, gather};
use super::table::{FileCounts, TableFiles};
use super::unpack::Unpacking;
use crate::error::{Error, Kind, Result};

/// An export whose files were all found, assigned and hashed, and agree with their manifest.
#[derive(Clone, Debug)]
pub struct Export {
    inventory: Vec<Listed>,
    tables: BTreeMap<String, TableFiles>,
    originals: BTreeMap<String, Originals>,
    choices: Vec<Choice>,
    manifest: Option<Manifest>,
    extract_id: String,
    limits: Limits,
}

/// One file of the export and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Path inside the export.
    pub path: String,
    /// What it was taken for.
    pub role: Role,
}

/// Opens folders, archives and files that together are one export, whatever they are packed in.
///
/// Every file that will be landed is read once, to hash it and to see its header; so is every other
/// file whose size or hash the manifest claims.
///
/// # Errors
/// `Kind::Source` when a path is missing, an archive is broken, encrypted, hostile or past `limits`,
/// a file is no text, a part is missing, or the manifest says otherwise; `Kind::Config` when
/// the header map names a header that its file does not have, or something unknown was decided.
pub fn open(paths: &[impl AsRef<Path>], names: Names, limits: &Limits) -> Result<Export> {
    let mut unpacking = Unpacking::new(names, limits);
    let entries = gather(paths, &mut unpacking)?;
    surveyed(&entries, names, limits, unpacking.allowance, unknown_files)
}

/// Opens what a command or an API gave: its records are read as the tables of an export.
///
/// # Errors
/// As [`open`]; `Kind::Source` also when there is no record; `Kind::Decision` when nothing says what any of them are of.
pub fn open_streams(streams: &Streams, names: Names, limits: &Limits) -> Result<Export> {
    let entries = streams.entries(names.layout, limits)?;
    surveyed(
        &entries,
        names,
        limits,
        limits.inflated_bytes,
        unknown_records,
    )
}

fn surveyed(
    entries: &[Entry],
    names: Names,
    limits: &Limits,
    allowance: u64,
    unknown: fn(&[Listed]) -> Error,
) -> Result<Export> {
    let layout = names.layout;
    let mut survey = Survey::new(limits, names, allowance);
    let (manifest, manifest_digest) = survey.manifest(entries)?.unzip();
    let knowledge = Knowledge {
        names,
        manifest: manifest.as_ref(),
    };
    for entry in entries {
        survey.take(entry, &knowledge)?;
    }
    if survey.found.is_empty() {
        return Err(empty(&survey.choices).unwrap_or_else(|| unknown(&survey.inventory)));
    }
    if let Some(manifest) = &manifest {
        survey.check_presence(manifest, entries, layout)?;
    }
    let export = sealed(survey, layout, manifest_digest.as_ref())?;
    Ok(Export { manifest, ..export })
}

/// What was surveyed, as an export without its manifest.
fn sealed(mut survey: Survey, layout: &Layout, manifest: Option<&Digest>) -> Result<Export> {
    let originals = survey.originals();
    let Survey {
        inventory,
        found,
        choices,
        limits,
        ..
    } = survey;
    let extract_id = extract_id(&found, &originals, manifest);
    let tables = found.into_iter();
    let table =
        |(object, parts): (String, _)| Ok((object.clone(), joined(object, parts, layout, limits)?));
    let tables = tables.map(table).collect::<Result<_>>()?;
    Ok(Export {
        inventory,
        tables,
        originals,
        choices,
        manifest: None,
        extract_id,
        limits: limits.clone(),
    })
}

impl Export {
    /// 16 hexadecimal digits that stand for the landed files, their manifest and the header decisions
    /// that apply to them. The same bytes have the same id, from a folder as from a zip.
    #[must_use]
    pub fn extract_id(&self) -> &str {
        &self.extract_id
    }

    /// The source objects that the export has files of: those with rows, then those that are files as they are.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        let objects = self.tables.keys().chain(self.originals.keys());
        objects.map(String::as_str)
    }

    /// The columns of an object under their canonical names, provenance left out; empty for an object
    /// without files.
    #[must_use]
    pub fn columns(&self, object: &str) -> &[String] {
        let table = self.tables.get(object).map(|table| &table.columns);
        let columns = table.or_else(|| Some(&self.originals.get(object)?.columns));
        columns.map_or(&[], Vec::as_slice)
    }

    /// How many bytes the files of an object hold together: what a progress bar counts against.
    #[must_use]
    pub fn bytes(&self, object: &str) -> u64 {
        if let Some(originals) = self.originals.get(object) {
            return originals.bytes();
        }
        let parts = self.tables.get(object).map(|table| &table.parts);
        let sizes = parts.into_iter().flatten().map(|part| part.digest.bytes);
        sizes.sum()
    }

    /// The schema of the batches of an object: its columns as text, then
    /// `_file, _part, _row, _line, _row_hash`.
    #[must_use]
    pub fn schema(&self, object: &str) -> SchemaRef {
        row_schema(self.columns(object))
    }

    /// Every file of the export with what it was taken for, by path.
    #[must_use]
    pub fn inventory(&self) -> &[Listed] {
        &self.inventory
    }

    /// How each file is read, with what speaks for it and against it.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The manifest, if the export has one.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The account's settings as the manifest gives them; all empty without one.
    #[must_use]
    pub fn account(&self) -> Account {
        self.manifest
            .as_ref()
            .map_or_else(Account::default, |manifest| manifest.account.clone())
    }

    /// Streams an object, part after part, in batches of at most 8,192 rows: rows to `rows`, records
    /// that cannot be rows (`quarantine_schema`) to `broken`. Memory does not grow with the files.
    /// Gives what became of each file.
    ///
    /// # Errors
    /// `Kind::Source` when a file cannot be read, changed since `open`, or has other counts than the
    /// manifest says; and whatever a sink returns.
    pub fn read(&self, object: &str, rows: Sink, broken: Sink) -> Result<Vec<FileCounts>> {
        if let Some(originals) = self.originals.get(object) {
            return originals.rows(object, rows);
        }
        let table = self.tables.get(object).ok_or_else(|| {
            Error::new(Kind::Bug, format!("the export has no files of `{object}`"))
        })?;
        let files = table.read(&self.limits, rows, broken)?;
        let found: u64 = files.iter().map(FileCounts::rows).sum();
        let said = self
            .manifest
            .as_ref()
            .and_then(|manifest| manifest.counts.get(object).copied());
        match said {
            Some(said) if said != found => Err(untrusted(format!(
                "the files hold {found} rows of {object}, manifest.json counts {said}"
            ))),
            _ => Ok(files),
        }
    }

    /// Whether files are to be landed as they are.
    #[must_use]
    pub fn has_contents(&self) -> bool {
        !self.originals.is_empty()
    }

    /// Streams every file that is landed as it is, each content once. What `on_file` leaves unread counts as changed.
    ///
    /// # Errors
    /// `Kind::Source` when a file cannot be read or changed since `open`; and whatever `on_file` returns.
    pub fn contents(
        &self,
        on_file: &mut dyn FnMut(Content<'_>, &mut dyn BufRead) -> Result<()>,
    ) -> Result<()> {
        let mut all = self.originals.values();
        all.try_for_each(|originals| originals.contents(&self.limits, on_file))
    }
}

fn extract_id(
    found: &BTreeMap<String, Vec<Found>>,
    originals: &BTreeMap<String, Originals>,
    manifest: Option<&Digest>,
) -> String {
    let mut hash = Sha256::new();
    hash.update("deskferry extract 1\n");
    if let Some(manifest) = manifest {
        hash.update(format!("manifest {}\n", manifest.sha256));
    }
    for (object, parts) in found {
        for part in parts {
            let Found { entry, digest, .. } = part;
            hash.update(format!("{object}\0{}\0{}\n", entry.path, digest.sha256));
            if let Some(dialect) = part.dialect.fingerprint() {
                hash.update(dialect);
            }
            if let Some(names) = part.renamed() {
                hash.update(names);
            }
            if let Some(map) = part.map {
                hash.update(map.fingerprint());
            }
        }
    }
    for (object, originals) in originals {
        for file in originals.fingerprints() {
            hash.update(format!("{object}\0{file}"));
        }
    }
    hex(&hash.finalize()[..8])
}

fn empty(choices: &[Choice]) -> Option<Error> {
    let empty = choices.iter().find(|choice| choice.is_of_nothing())?;
    let what = format!("`{}` is empty: not even a header row is there", empty.scope);
    Some(Error::new(Kind::Source, what).hint(
        "export again; if the object has no rows, give the file its header row or take it away",
    ))
}

fn unknown_files(inventory: &[Listed]) -> Error {
    let hint = match first_paths(inventory) {
        paths if paths.is_empty() => "the folder or archive is empty".to_owned(),
        paths => format!(
            "found {paths} …: say in sql/map/map_headers.csv which object each file is; \
             give zips by their own path"
        ),
    };
    Error::new(Kind::Source, "no file belongs to an object of the layout").hint(hint)
}

/// Nothing is wrong with the records: as soon as it is decided what they are of, they are of use.
fn unknown_records(inventory: &[Listed]) -> Error {
    let what = "no record belongs to an object of the layout; nothing was landed";
    Error::new(Kind::Decision, what).hint(format!(
        "{} …: say in sql/map/map_headers.csv which object each is, then `deskferry land` again",
        first_paths(inventory)
    ))
}

fn first_paths(inventory: &[Listed]) -> String {
    let files = inventory.iter().filter(|listed| listed.role != Role::Junk);
    let paths: Vec<&str> = files.map(|listed| listed.path.as_str()).take(5).collect();
    paths.join(", ")
}
