//! Records that come one after the other, from a command or an API: spooled by object, then read as any other table.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Write};
use std::time::Duration;

use super::Limits;
use super::cell::Cell;
use super::container::{Entry, Place};
use super::json_tables;
use super::layout::{Format, Layout};
use super::shared::{SharedFile, Spool};
use crate::error::{Error, Kind, Result};

/// Objects of one source. Each has an open file.
pub(super) const MOST_OBJECTS: usize = 200;

/// Longest name of an object.
const LONGEST_NAME: usize = 100;

/// What a source says while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// A line that the command wrote to its stderr, without control characters.
    Line(&'a str),
    /// Something to know about the next run.
    Remark(&'a str),
    /// An earlier reading was interrupted after so many pages, and goes on.
    GoesOn {
        /// The object of the source.
        object: &'a str,
        /// Pages that are here.
        pages: u64,
    },
    /// One more page of an object is here.
    Page {
        /// The object of the source.
        object: &'a str,
        /// Its pages so far.
        pages: u64,
        /// The records on them.
        records: u64,
    },
    /// All pages of an object are here.
    Read {
        /// The object of the source.
        object: &'a str,
        /// Its pages.
        pages: u64,
        /// The records on them.
        records: u64,
    },
    /// No call is made for so long, because the API asked for it or is in trouble.
    Waits {
        /// The object of the source.
        object: &'a str,
        /// How long.
        wait: Duration,
    },
}

/// Takes what a source says.
pub type Hear<'a> = &'a dyn Fn(Told<'_>);

/// Records by the object they are of, one JSON object a line.
#[derive(Clone, Debug)]
pub struct Streams {
    /// Where they come from: the first half of the path that is landed with each row.
    pub(super) origin: &'static str,
    pub(super) objects: BTreeMap<String, SharedFile>,
}

impl Streams {
    /// The tables of all objects that have records.
    ///
    /// # Errors
    /// `Kind::Source` when there is no record at all, or some of an object that is no table.
    pub(super) fn entries(&self, layout: &Layout, limits: &Limits) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for (object, lines) in &self.objects {
            if lines.length() > 0 {
                entries.extend(self.table(object, lines, layout, limits)?);
            }
        }
        if entries.is_empty() {
            return Err(Error::new(
                Kind::Source,
                format!("the {} gave no record; nothing was landed", self.origin),
            )
            .hint("see that it asks for the right objects, and for all of their records"));
        }
        Ok(entries)
    }

    fn table(
        &self,
        object: &str,
        lines: &SharedFile,
        layout: &Layout,
        limits: &Limits,
    ) -> Result<Option<Entry>> {
        let path = format!("{}:{object}", self.origin);
        let entry = Entry::new(path.clone(), Place::Shared(lines.clone()));
        let (inside, format) = canonical(object, layout);
        let text = match format {
            Format::Csv => json_tables::of_lines(&entry, limits, limits.inflated_bytes)?,
            Format::Json => Some(array(&entry, lines)?),
            Format::Files => {
                let what = format!("`{path}` has records, but {object} is files");
                return Err(Error::new(Kind::Source, what)
                    .hint("leave the object out; files are landed with `deskferry land PATH`"));
            }
        };
        Ok(text.map(|text| Entry::new(path, Place::Table(text)).called(inside)))
    }
}

/// The name that an object's file has in the canonical export, and how it is written there.
fn canonical(object: &str, layout: &Layout) -> (String, Format) {
    let named = layout.get(object);
    let file = named.and_then(|table| Some((table.file.first()?, table.format)));
    match file {
        Some((file, format)) => (format!("{file}.{}", format.extension()), format),
        None if layout.object_of(object, "json").is_some() => {
            (format!("{object}.json"), Format::Json)
        }
        None => (format!("{object}.csv"), Format::Csv),
    }
}

/// The lines as one array: objects that are settings are read as JSON documents.
fn array(entry: &Entry, lines: &SharedFile) -> Result<SharedFile> {
    let write = |output: &mut dyn Write| {
        let mut before = b"[".as_slice();
        for line in BufReader::new(lines.clone()).split(b'\n') {
            output.write_all(before)?;
            output.write_all(&line?)?;
            before = b",\n";
        }
        output.write_all(b"]")
    };
    let (text, ()) = SharedFile::spooled(write, |cause| entry.unreadable(cause))?;
    Ok(text)
}

/// Whether a text can be an object's name: it becomes part of a path and of messages.
pub(super) fn is_object_name(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
    text.len() <= LONGEST_NAME
        && text.starts_with(char::is_alphanumeric)
        && text.chars().all(is_part)
}

/// Files without a name on disk that records are written to, one an object.
pub(super) struct Spools {
    open: BTreeMap<String, Spool>,
}

impl Spools {
    pub fn new() -> Self {
        Self {
            open: BTreeMap::new(),
        }
    }

    /// Whether an object has a file, or can have one.
    pub fn has_room_for(&self, object: &str) -> bool {
        self.open.contains_key(object) || self.open.len() < MOST_OBJECTS
    }

    /// Makes sure that the object is among them.
    pub fn open(&mut self, object: &str) -> io::Result<&mut Spool> {
        if !self.open.contains_key(object) {
            self.open.insert(object.to_owned(), Spool::new()?);
        }
        let file = self.open.get_mut(object);
        file.ok_or_else(|| io::Error::other("the file was opened just now"))
    }

    /// Appends a record.
    pub fn put(&mut self, object: &str, record: &Cell) -> io::Result<()> {
        let file = self.open(object)?;
        record.write(file)?;
        file.write_all(b"\n")
    }

    /// All that was written.
    pub fn finish(self, origin: &'static str) -> io::Result<Streams> {
        let files = self.open.into_iter();
        let shared = files.map(|(object, file)| Ok((object, file.finish()?)));
        Ok(Streams {
            origin,
            objects: shared.collect::<io::Result<_>>()?,
        })
    }
}
