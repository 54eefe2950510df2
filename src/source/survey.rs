//! The first pass over an export: every file assigned, hashed, and held against what was said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read as _};
use std::path::Path;

use super::assign::{Assigned, FileName, Knowledge, Names, Role};
use super::choices::Choice;
use super::container::{self, Digest, Entry};
use super::dialect::Dialect;
use super::headers::{FileMap, columns, normalised};
use super::layout::{Format, Layout};
use super::manifest::{Claim, Manifest, untrusted};
use super::originals::{Original, Originals};
use super::recognise::Recogniser;
use super::sniff::Sniffed;
use super::table::{Part, TableFiles};
use super::unpack::Unpacking;
use super::{Limits, Listed, json, sniff, streams};
use crate::error::{Error, Kind, Result};

/// The files of all paths; where two have one path, the later one gets its container's name before it.
pub(super) fn gather(paths: &[impl AsRef<Path>], unpacking: &mut Unpacking) -> Result<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    let mut taken = BTreeSet::new();
    for path in paths {
        let path = path.as_ref();
        for mut entry in container::entries(path, unpacking)? {
            while !taken.insert(entry.path.clone()) {
                if entry.path == "manifest.json" {
                    return Err(Error::new(Kind::Source, "the paths hold two manifest.json")
                        .hint("two exports are landed one after the other: one command each"));
                }
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                entry.path = format!("{name}/{}", entry.path);
            }
            all.push(entry);
        }
    }
    // Of two copies the one under its own path is kept.
    all.sort_by(|a, b| (a.path != a.inside, &a.path).cmp(&(b.path != b.inside, &b.path)));
    Ok(all)
}

/// A file with rows, before its place among the parts is known.
pub(super) struct Found<'a> {
    pub entry: Entry,
    pub digest: Digest,
    pub columns: Vec<String>,
    pub headers: Vec<String>,
    /// The headers as they stand in the file.
    pub spoken: Vec<String>,
    pub map: Option<&'a FileMap>,
    pub claim: Option<Claim>,
    pub dialect: Dialect,
}

pub(super) struct Survey<'a> {
    pub limits: &'a Limits,
    /// What files and columns may be called.
    pub names: Names<'a>,
    /// How files are read, and why.
    pub choices: Vec<Choice>,
    /// Bytes that archives may still inflate to.
    pub allowance: u64,
    pub inventory: Vec<Listed>,
    pub found: BTreeMap<String, Vec<Found<'a>>>,
    /// Files as they are, by source object.
    pub files: BTreeMap<String, Vec<Original>>,
    /// Objects whose files people decided to leave out.
    left_out: BTreeSet<String>,
}

impl Found<'_> {
    /// The columns by their headers, where one has another name: part of what an extract id stands for.
    pub fn renamed(&self) -> Option<String> {
        let pairs = self.headers.iter().zip(&self.columns);
        let is_renamed = pairs.clone().any(|(header, column)| header != column);
        is_renamed.then(|| {
            pairs
                .map(|(header, column)| format!("{header}>{column}\n"))
                .collect()
        })
    }
}

impl<'a> Survey<'a> {
    pub fn new(limits: &'a Limits, names: Names<'a>, allowance: u64) -> Self {
        Self {
            limits,
            names,
            choices: Vec::new(),
            allowance,
            inventory: Vec::new(),
            found: BTreeMap::new(),
            files: BTreeMap::new(),
            left_out: BTreeSet::new(),
        }
    }

    pub fn manifest(&mut self, entries: &[Entry]) -> Result<Option<(Manifest, Digest)>> {
        let Some(entry) = entries.iter().find(|entry| entry.path == "manifest.json") else {
            return Ok(None);
        };
        let (text, digest) = self.read(entry, |input| {
            let mut text = Vec::new();
            // The list of a very large export is some megabytes long.
            let read = input.take(64 << 20).read_to_end(&mut text);
            read.map_err(|cause| entry.unreadable(cause))?;
            Ok(text)
        })?;
        Ok(Some((Manifest::parse(&text)?, digest)))
    }

    /// Assigns one file; what will be landed or is claimed by the manifest is read and hashed.
    pub fn take(&mut self, entry: &Entry, knowledge: &Knowledge<'a>) -> Result<()> {
        let Assigned { mut role, map } = self.assigned(entry, knowledge)?;
        let claim = knowledge.claim(entry);
        match &role {
            Role::Table(object) => {
                let found = self.inspect(entry, object, map, claim)?;
                if map.is_none() && knowledge.is_called_otherwise(entry) {
                    self.explain(entry, object, &found.spoken, knowledge.is_named(entry));
                }
                let parts = self.found.entry(object.clone()).or_default();
                let is_same = |part: &&Found| {
                    part.entry.name() == entry.name() && part.digest == found.digest
                };
                match parts.iter().find(is_same) {
                    Some(part) => role = Role::Copy(part.entry.path.clone()),
                    None => parts.push(found),
                }
            }
            Role::File(object) => {
                let digest = self.hash(entry, claim)?;
                let files = self.files.entry(object.clone()).or_default();
                files.push(Original::new(entry, digest));
            }
            other => {
                if *other == Role::LeftOut {
                    self.left_out.extend(knowledge.known(entry));
                }
                if claim.is_some() {
                    self.hash(entry, claim)?;
                }
            }
        }
        self.inventory.push(Listed {
            path: entry.path.clone(),
            role,
        });
        Ok(())
    }

    /// Says why a file is taken for an object that its canonical name does not say.
    fn explain(&mut self, entry: &Entry, object: &str, headers: &[String], is_named: bool) {
        let recogniser = self.recogniser();
        let by_headers = match is_named {
            true => None,
            false => recogniser.object(&entry.path, headers),
        };
        let choice = by_headers.unwrap_or_else(|| recogniser.named(&entry.path, object, headers));
        self.choices.push(choice.answered(self.names.decided));
    }

    fn recogniser(&self) -> Recogniser<'a> {
        Recogniser {
            layout: self.names.layout,
            aliases: self.names.aliases,
        }
    }

    /// What a file is taken for: by people, by name, else by its headers.
    fn assigned(&mut self, entry: &Entry, knowledge: &Knowledge<'a>) -> Result<Assigned<'a>> {
        let assigned = knowledge.role_of(entry)?;
        let role = match assigned.role {
            Role::Unmapped => self.recognised(entry)?,
            role => role,
        };
        Ok(Assigned { role, ..assigned })
    }

    /// What a delimited file holds whose name says nothing.
    fn recognised(&mut self, entry: &Entry) -> Result<Role> {
        if FileName::of(&entry.inside).extension != "csv" {
            return Ok(Role::Unmapped);
        }
        let (decided, limit) = (self.names.decided, self.limits.record_bytes);
        let sniffed = self.read(entry, |input| {
            let sniffed = sniff::sniff(entry, input, decided, limit);
            drain(entry, input)?;
            // What is no table is none of ours.
            Ok(sniffed.ok().and_then(|sniffed| sniffed.headers))
        });
        let (headers, _) = sniffed?;
        let object = headers.and_then(|headers| self.recogniser().object(&entry.path, &headers));
        Ok(object.map_or(Role::Unmapped, |choice| Role::Table(choice.choice)))
    }

    /// Reads a file for nothing but its digest, and holds that against what is claimed of it.
    fn hash(&mut self, entry: &Entry, claim: Option<&Claim>) -> Result<Digest> {
        let ((), digest) = self.read(entry, |input| drain(entry, input))?;
        if let Some(claim) = claim {
            claim.check(&digest)?;
        }
        Ok(digest)
    }

    fn inspect(
        &mut self,
        entry: &Entry,
        object: &str,
        map: Option<&'a FileMap>,
        claim: Option<&Claim>,
    ) -> Result<Found<'a>> {
        let table = self.names.layout.get(object);
        let (decided, limit) = (self.names.decided, self.limits.record_bytes);
        let (sniffed, digest) = self.read(entry, |input| match table {
            Some(table) if table.format == Format::Json => {
                json::elements(entry, input)?;
                drain(entry, input)?;
                Ok(Sniffed::told(table.columns.clone()))
            }
            _ if entry.is_ours() => streams::told(entry, input),
            _ => sniff::sniff(entry, input, decided, limit),
        })?;
        if let Some(claim) = claim {
            claim.check(&digest)?;
        }
        let is_said_empty = claim.and_then(|claim| claim.rows) == Some(0);
        let headers = sniffed
            .headers
            .or_else(|| is_said_empty.then(Vec::new))
            .ok_or_else(|| empty(entry))?;
        self.choices.extend(sniffed.choices);
        let aliases = self.names.aliases;
        let mean = |header: &str| aliases.column(object, table?, header);
        Ok(Found {
            dialect: sniffed.dialect,
            entry: entry.clone(),
            digest,
            columns: columns(&headers, map, mean),
            spoken: headers.clone(),
            headers: headers.iter().map(|header| normalised(header)).collect(),
            map,
            claim: claim.cloned(),
        })
    }

    /// Reads a file and takes what it inflated to from the allowance.
    fn read<T>(
        &mut self,
        entry: &Entry,
        reading: impl FnOnce(&mut dyn BufRead) -> Result<T>,
    ) -> Result<(T, Digest)> {
        let (read, digest) = entry.read(self.limits, self.allowance, reading)?;
        if entry.is_packed() {
            self.allowance = self.allowance.saturating_sub(digest.bytes);
        }
        Ok((read, digest))
    }

    /// The files that are landed as they are, by source object.
    pub fn originals(&mut self) -> BTreeMap<String, Originals> {
        let files = std::mem::take(&mut self.files).into_iter();
        files
            .map(|(object, files)| (object, Originals::new(files)))
            .collect()
    }

    /// Every file and object that the manifest speaks of must be there.
    pub fn check_presence(
        &self,
        manifest: &Manifest,
        entries: &[Entry],
        layout: &Layout,
    ) -> Result<()> {
        let is_there =
            |object: &str| self.found.contains_key(object) || self.left_out.contains(object);
        let paths: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        for claim in &manifest.files {
            if !paths.contains(claim.path.as_str()) {
                return Err(untrusted(format!(
                    "manifest.json lists `{}`, which is not there",
                    claim.path
                )));
            }
        }
        for (object, said) in &manifest.counts {
            if *said > 0 && layout.get(object).is_some() && !is_there(object) {
                return Err(untrusted(format!(
                    "manifest.json counts {said} rows of {object}, but no file of it is there"
                )));
            }
        }
        Ok(())
    }
}

/// Reads to the end, so that the digest covers the whole file.
fn drain(entry: &Entry, input: &mut dyn BufRead) -> Result<()> {
    std::io::copy(input, &mut std::io::sink())
        .map(|_| ())
        .map_err(|cause| entry.unreadable(cause))
}

/// The parts of an object in their order, with the columns of all of them.
pub(super) fn joined(object: String, mut found: Vec<Found>, layout: &Layout) -> Result<TableFiles> {
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

/// A header that a person mapped must be in one of the files it was mapped for.
fn check_map(found: &[Found]) -> Result<()> {
    for part in found {
        let Some(map) = part.map else { continue };
        for (header, (column, line)) in &map.columns {
            let of_map = |other: &&Found| other.map == Some(map);
            let mut files = found.iter().filter(of_map);
            if !files.any(|other| other.headers.contains(header)) {
                return Err(Error::new(
                    Kind::Config,
                    format!(
                        "map_headers.csv line {line} fills `{column}` from header `{header}`, \
                         which `{}` does not have",
                        part.entry.path
                    ),
                )
                .hint(format!("its headers are: {}", part.headers.join(", "))));
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

fn empty(entry: &Entry) -> Error {
    Error::new(
        Kind::Source,
        format!("`{}` is empty: not even a header row is there", entry.path),
    )
    .hint("export again; if the object has no rows, give the file its header row or take it away")
}
