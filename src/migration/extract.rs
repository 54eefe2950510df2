//! Lands an export: every byte of it as text in Parquet, or in quarantine, before anything is interpreted.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::workspace::Workspace;
use crate::catalog::Catalog;
use crate::error::{Error, Kind, Result};
use crate::landing::{
    self, Account, Beside, Choice, Extract, FileCounts, FileWriter, Held, LandedObject, Originals,
    Part, Writer,
};
use crate::ledger::{self, Event, History, Ledger};
use crate::source::{
    self, Aliases, Choices, DecidedBy, Export, HeaderMap, Layout, Limits, Names, Role,
};
use crate::warehouse::Warehouse;

/// What `land` did.
#[derive(Clone, Debug, Serialize)]
pub struct Landed {
    /// Hash of what was landed.
    pub extract_id: String,
    /// The same bytes were landed before; nothing was written.
    pub is_known: bool,
    /// Source object → rows and quarantined records.
    pub objects: Vec<LandedRows>,
    /// Files that nothing says the object of.
    pub unmapped: Vec<String>,
    /// Files that people decided to leave out.
    pub left_out: Vec<String>,
}

/// Rows of one source object.
#[derive(Clone, Debug, Serialize)]
pub struct LandedRows {
    /// The source object.
    pub object: String,
    /// Files it came in.
    pub files: usize,
    /// Rows in Parquet.
    pub rows: u64,
    /// Records set aside with their bytes.
    pub quarantined: u64,
}

/// Lands `paths`, which together are one export.
///
/// # Errors
/// [`Kind::Source`] when the export cannot be read or trusted; nothing of it counts as landed then.
pub fn land(workspace: &Workspace, paths: &[impl AsRef<Path>]) -> Result<Landed> {
    let words = Words::of(workspace)?;
    let export = source::open(paths, words.names(), &Limits::default())?;
    workspace.prepare()?;
    let lock = ledger::lock(&workspace.staging())?;
    keep(workspace, &export, &Ledger::open(lock, Timestamp::now)?)
}

/// Lands an opened export: it counts as soon as the ledger says so.
pub(super) fn keep(workspace: &Workspace, export: &Export, ledger: &Ledger) -> Result<Landed> {
    let staging = workspace.staging();
    landing::remove_orphans(&staging)?;
    let system = &workspace.config.source.system;
    let known = landing::begin(&staging, system, export.extract_id())?;
    let is_known = known.is_some();
    let extract = match known {
        Some(extract) => extract,
        None => write(&staging, system, export).or_else(|refused| {
            // What was written of a refused export is people's data without a use: this removes it.
            landing::begin(&staging, system, export.extract_id())?;
            Err(refused)
        })?,
    };
    let last = ledger.history();
    let last = last.last_landed(system);
    if last.is_none_or(|last| last.extract_id != extract.extract_id) {
        ledger.append(vec![Event::Landed(ledger::Landed {
            system: system.clone(),
            extract_id: extract.extract_id.clone(),
            objects: extract
                .objects
                .iter()
                .map(|(name, landed)| (name.clone(), landed.rows))
                .collect(),
        })])?;
    }
    Ok(report(extract, is_known))
}

/// What people, packs and the layout call files and columns.
pub(super) struct Words {
    layout: Layout,
    aliases: Aliases,
    headers: HeaderMap,
    decided: Choices,
}

impl Words {
    /// # Errors
    /// [`Kind::Config`] when a map or an alias pack says something that cannot be.
    pub fn of(workspace: &Workspace) -> Result<Self> {
        let catalog = &workspace.catalog;
        let layout = Layout::parse(&catalog.layout)?;
        Ok(Self {
            headers: HeaderMap::parse(map_text(catalog, "map_headers"), &layout)?,
            decided: Choices::parse(map_text(catalog, "map_decisions"))?,
            aliases: aliases(catalog, &layout)?,
            layout,
        })
    }

    pub fn names(&self) -> Names<'_> {
        Names {
            aliases: &self.aliases,
            layout: &self.layout,
            headers: &self.headers,
            decided: &self.decided,
        }
    }
}

pub(super) fn aliases(catalog: &Catalog, layout: &Layout) -> Result<Aliases> {
    let packs = catalog.aliases.iter();
    Aliases::parse(
        packs.map(|pack| (pack.name.as_str(), pack.text.as_str())),
        layout,
    )
}

/// The text of a map; empty where there is none.
#[must_use]
pub fn map_text<'a>(catalog: &'a Catalog, name: &str) -> &'a str {
    let map = catalog.maps.iter().find(|map| map.name == name);
    map.map(|map| map.text.as_str()).unwrap_or_default()
}

/// Streams every object into its folder; the record is written last and makes the extract count.
fn write(staging: &Path, system: &str, export: &Export) -> Result<Extract> {
    let id = export.extract_id();
    let mut broken = FileWriter::create(
        &landing::quarantine_file(staging, system, id),
        &source::quarantine_schema(),
    )?;
    let mut objects = BTreeMap::new();
    for object in export.objects() {
        let folder = landing::object_folder(staging, system, object, id);
        let mut writer = Beside::new(Writer::create(&folder, export.schema(object))?)?;
        let files = export.read(object, &mut |batch| writer.write(batch), &mut |batch| {
            broken.write(&batch)
        })?;
        let parts = writer.finish()?;
        objects.insert(
            object.to_owned(),
            landed(export.columns(object), &files, parts),
        );
    }
    let quarantine = broken.finish()?;
    let extract = Extract {
        held: hold(staging, export)?,
        quarantine: Some(quarantine),
        objects,
        ..described(export)
    };
    landing::commit(staging, system, &extract)?;
    Ok(extract)
}

/// Copies the files that are landed as they are.
fn hold(staging: &Path, export: &Export) -> Result<Option<Held>> {
    if !export.has_contents() {
        return Ok(None);
    }
    let folder = landing::originals_folder(staging, export.extract_id());
    let mut originals = Originals::create(&folder)?;
    export.contents(&mut |content, mut input| originals.put(content.sha256, &mut input))?;
    originals.finish().map(Some)
}

/// What the export says about itself, without its rows.
fn described(export: &Export) -> Extract {
    let account = export.account();
    Extract {
        extract_id: export.extract_id().to_owned(),
        landed_at: Timestamp::now().to_string(),
        exported_at: export
            .manifest()
            .and_then(|manifest| manifest.exported_at.clone()),
        export_type: export
            .manifest()
            .and_then(|manifest| manifest.export_type.clone()),
        since: export
            .manifest()
            .and_then(|manifest| manifest.since.clone()),
        account: Account {
            timezone: account.timezone,
            currency: account.currency,
            locale: account.locale,
            list_separator: account.list_separator.map(str::to_owned),
        },
        choices: export.choices().iter().map(choice).collect(),
        left_out: listed(export, &Role::LeftOut),
        unmapped: listed(export, &Role::Unmapped),
        ..Extract::default()
    }
}

fn landed(columns: &[String], files: &[source::FileCounts], parts: Vec<Part>) -> LandedObject {
    let counts = |file: &source::FileCounts| FileCounts {
        path: file.path.clone(),
        part: file.part,
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        records: file.records,
        landed: file.landed,
        quarantined: file.quarantined,
        header_rows: file.header_rows,
        title_rows: file.title_rows,
        total_rows: file.total_rows,
        blank_lines: file.blank_lines,
        missing: file.missing.clone(),
    };
    LandedObject {
        rows: files.iter().map(|file| file.landed).sum(),
        quarantined: files.iter().map(|file| file.quarantined).sum(),
        columns: columns.to_vec(),
        parts,
        files: files.iter().map(counts).collect(),
    }
}

fn choice(choice: &source::Choice) -> Choice {
    Choice {
        scope: choice.scope.clone(),
        topic: choice.topic.clone(),
        choice: choice.choice.clone(),
        others: choice.others.clone(),
        evidence_for: choice.evidence_for,
        evidence_against: choice.evidence_against,
        evidence: choice.evidence.clone(),
        decided_by: match choice.decided_by {
            DecidedBy::Rule => "rule",
            DecidedBy::Person => "person",
            DecidedBy::Pending => "pending",
        }
        .to_owned(),
    }
}

fn listed(export: &Export, role: &Role) -> Vec<String> {
    let files = export.inventory().iter().filter(|file| file.role == *role);
    files.map(|file| file.path.clone()).collect()
}

fn report(extract: Extract, is_known: bool) -> Landed {
    let rows = |(object, landed): (String, LandedObject)| LandedRows {
        object,
        files: landed.files.len(),
        rows: landed.rows,
        quarantined: landed.quarantined,
    };
    Landed {
        extract_id: extract.extract_id,
        is_known,
        objects: extract.objects.into_iter().map(rows).collect(),
        unmapped: extract.unmapped,
        left_out: extract.left_out,
    }
}

/// The extract that was landed last.
///
/// # Errors
/// [`Kind::Decision`] when there is none, [`Kind::Source`] when a part of it is gone.
pub fn newest(workspace: &Workspace, history: &History) -> Result<Extract> {
    let system = &workspace.config.source.system;
    let nothing = || {
        Error::new(Kind::Decision, "nothing is landed in this workspace yet")
            .hint("`deskferry land PATH` reads an export: a folder, a zip, or its files")
    };
    let last = history.last_landed(system).ok_or_else(nothing)?;
    landing::extracts(&workspace.staging(), system)?
        .into_iter()
        .find(|extract| extract.extract_id == last.extract_id)
        .ok_or_else(nothing)
}

/// Begins a warehouse beside the published one, with room for an extract.
///
/// # Errors
/// [`Kind::Config`] when the folder cannot be written.
pub fn aside(workspace: &Workspace, extract: &Extract) -> Result<Warehouse> {
    let megabytes = workspace.config.warehouse_memory;
    Warehouse::build_aside(&workspace.warehouse(), largest(extract), megabytes)
}

/// Rows of its largest table.
fn largest(extract: &Extract) -> u64 {
    let rows = extract.objects.values().map(|landed| landed.rows);
    rows.max().unwrap_or_default()
}

/// Quarantined records by the object that answers for them.
#[must_use]
pub fn quarantined(extract: &Extract, catalog: &Catalog) -> BTreeMap<String, u64> {
    let answering = catalog.objects.iter().filter(|object| object.quarantine);
    answering
        .filter_map(|object| {
            let landed = extract.objects.get(&object.source)?;
            Some((object.name.clone(), landed.quarantined))
        })
        .collect()
}
