//! The first pass over an export: every file assigned, hashed, and held against what was said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read as _};
use std::path::Path;

use super::assign::{Assigned, FileName, Knowledge, Names, Role};
use super::choices::{Choice, DecidedBy};
use super::container::{self, Digest, Entry};
use super::dialect::Dialect;
use super::headers::{FileMap, columns, normalised};
use super::layout::{Format, Layout};
use super::manifest::{Claim, Manifest, untrusted};
use super::originals::{Original, Originals};
use super::recognise::Recogniser;
use super::sniff::Sniffed;
use super::unpack::Unpacking;
use super::{Limits, Listed, json, sniff};
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
    /// The headers as they stand in the file.
    pub headers: Vec<String>,
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
    /// The headers as names of columns.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.headers.iter().map(|header| normalised(header))
    }

    /// The columns by their headers, where one has another name: part of what an extract id stands for.
    pub fn renamed(&self) -> Option<String> {
        let pairs: Vec<(String, &String)> = self.names().zip(&self.columns).collect();
        let is_renamed = pairs.iter().any(|(header, column)| header != *column);
        let pair = |(header, column): &(String, &String)| format!("{header}>{column}\n");
        is_renamed.then(|| pairs.iter().map(pair).collect())
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
                let other = self.take_table(entry, object, map, knowledge)?;
                role = other.unwrap_or(role);
            }
            Role::File(object) => {
                let digest = self.hash(entry, claim)?;
                let files = self.files.entry(object.clone()).or_default();
                files.push(Original::new(entry, digest));
            }
            other => {
                if *other == Role::LeftOut {
                    self.left_out.extend(knowledge.known(entry));
                    if map.is_none() {
                        self.choices.push(left_out(entry));
                    }
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

    /// Takes a file of an object; what it is instead, if it is a copy, or empty.
    fn take_table(
        &mut self,
        entry: &Entry,
        object: &str,
        map: Option<&'a FileMap>,
        knowledge: &Knowledge<'a>,
    ) -> Result<Option<Role>> {
        let Some(found) = self.inspect(entry, object, map, knowledge.claim(entry))? else {
            let choice = empty(entry, object).answered(self.names.decided);
            self.choices.push(choice);
            return Ok(Some(Role::LeftOut));
        };
        if map.is_none() && self.is_asked(entry, knowledge) {
            self.explain(entry, object, &found.headers, knowledge.is_named(entry));
        }
        Ok(self.put(object, found).map(Role::Copy))
    }

    /// Takes a file with rows in; the path of a file of the same name and bytes, if there is one already.
    fn put(&mut self, object: &str, found: Found<'a>) -> Option<String> {
        let parts = self.found.entry(object.to_owned()).or_default();
        let is_same =
            |part: &&Found| part.entry.name() == found.entry.name() && part.digest == found.digest;
        let same = parts.iter().find(is_same);
        let same = same.map(|part| part.entry.path.clone());
        if same.is_none() {
            parts.push(found);
        }
        same
    }

    /// Whether something else than its canonical name says what a file is.
    fn is_asked(&self, entry: &Entry, knowledge: &Knowledge) -> bool {
        let decided = self.names.decided.of(&entry.path, "object");
        decided.is_some() || knowledge.is_called_otherwise(entry)
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
        let (decided, limits) = (self.names.decided, self.limits);
        let sniffed = self.read(entry, |input| {
            // What is no table is none of ours.
            let sniffed = sniff::look_at(entry, input, decided, limits);
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

    /// What a file with rows is; none when not even a header is there.
    fn inspect(
        &mut self,
        entry: &Entry,
        object: &str,
        map: Option<&'a FileMap>,
        claim: Option<&Claim>,
    ) -> Result<Option<Found<'a>>> {
        let table = self.names.layout.get(object);
        let (decided, limits) = (self.names.decided, self.limits);
        let (sniffed, digest) = self.read(entry, |input| match table {
            Some(table) if table.format == Format::Json => {
                json::elements(entry, input)?;
                drain(entry, input)?;
                Ok(Sniffed::told(table.columns.clone()))
            }
            _ => sniff::look_at(entry, input, decided, limits),
        })?;
        if let Some(claim) = claim {
            claim.check(&digest)?;
        }
        let is_said_empty = claim.and_then(|claim| claim.rows) == Some(0);
        let headers = sniffed.headers.or_else(|| is_said_empty.then(Vec::new));
        let Some(headers) = headers else {
            return Ok(None);
        };
        let twice = twice(entry, &headers, map).map(|choice| choice.answered(decided));
        self.choices
            .extend(sniffed.choices.into_iter().chain(twice));
        let aliases = self.names.aliases;
        let mean = |header: &str| aliases.column(object, table?, header);
        Ok(Some(Found {
            dialect: sniffed.dialect,
            entry: entry.clone(),
            digest,
            columns: columns(&headers, map, mean),
            headers,
            map,
            claim: claim.cloned(),
        }))
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

/// Asks about headers that stand over two columns: they are told apart by their places, and nothing but a person knows
/// which is which. None where there are no such headers, or a map names columns by hand.
fn twice(entry: &Entry, headers: &[String], map: Option<&FileMap>) -> Option<Choice> {
    let mut met = BTreeSet::new();
    let names = headers.iter().map(|header| normalised(header));
    let again = names.filter(|name| !name.is_empty() && !met.insert(name.clone()));
    let again: Vec<String> = again.collect();
    (map.is_none() && !again.is_empty()).then(|| Choice {
        choice: "by_place".to_owned(),
        evidence_for: again.len() as u64,
        evidence_against: again.len() as u64,
        evidence: format!("columns whose header another has too: {}", again.join(", ")),
        ..Choice::open(&entry.path, "headers_twice")
    })
}

/// What a person decided about a file that belongs to no object.
fn left_out(entry: &Entry) -> Choice {
    Choice {
        choice: "-".to_owned(),
        evidence: "left out".to_owned(),
        decided_by: DecidedBy::Person,
        ..Choice::open(&entry.path, "object")
    }
}

/// Reads to the end, so that the digest covers the whole file.
fn drain(entry: &Entry, input: &mut dyn BufRead) -> Result<()> {
    std::io::copy(input, &mut std::io::sink())
        .map(|_| ())
        .map_err(|cause| entry.unreadable(cause))
}

/// Asks whether an object has no rows, or its file was lost on the way: nothing in it tells.
fn empty(entry: &Entry, object: &str) -> Choice {
    Choice {
        choice: "-".to_owned(),
        others: vec![object.to_owned()],
        evidence: format!("a file of {object} without even a header; `-`: there is none of it"),
        ..Choice::open(&entry.path, "object")
    }
}
