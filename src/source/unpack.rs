//! What a file is by its bytes, whatever its name: archives and spreadsheets are taken apart into the files they hold.

use std::io::{self, BufRead, Read as _, Write};

use flate2::bufread::MultiGzDecoder;

use super::Limits;
use super::archive::{self, Guarded};
use super::assign::Names;
use super::container::{Entry, Place, is_junk, too_many};
use super::html_tables;
use super::json_tables;
use super::shared::SharedFile;
use super::weight;
use super::workbook::{self, Kept, SheetText};
use crate::error::{Error, Kind, Result};

/// Archives inside archives, at most so deep.
const DEEPEST: usize = 4;

/// The beginning of a file that says what it is.
const HEAD_BYTES: u64 = 1 << 12;

/// What a file is by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Zip,
    Gzip,
    /// A spreadsheet of the years before xlsx.
    OldWorkbook,
    Json,
    /// A JSON record a line.
    Lines,
    /// A page with a table, under the name of a spreadsheet.
    Page,
    /// Delimited text, or something that nobody reads.
    Other,
}

impl Content {
    fn of(head: &[u8], entry: &Entry) -> Self {
        let text = head
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(head)
            .trim_ascii_start();
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Self::OldWorkbook,
            _ if is_called(entry, &["zip"]) => Self::Zip,
            _ if text.starts_with(b"{") && is_called(entry, &["jsonl", "ndjson"]) => Self::Lines,
            // A header may begin with a bracket.
            [..] if is_called(entry, &["json", "jsonl", "ndjson"])
                || text.starts_with(b"{\"")
                || text.starts_with(b"[{") =>
            {
                Self::Json
            }
            _ if is_page(text) && !is_called(entry, &["html", "htm"]) => Self::Page,
            _ => Self::Other,
        }
    }
}

/// Takes files apart, and what comes out of them, until nothing is packed.
pub(super) struct Unpacking<'a> {
    pub names: Names<'a>,
    pub limits: &'a Limits,
    /// Bytes that archives may still inflate to.
    pub allowance: u64,
    /// Files that came out of archives.
    files: usize,
}

impl<'a> Unpacking<'a> {
    pub fn new(names: Names<'a>, limits: &'a Limits) -> Self {
        Self {
            names,
            limits,
            allowance: limits.inflated_bytes,
            files: 0,
        }
    }

    /// The files that one entry stands for: itself, if it is not packed.
    ///
    /// # Errors
    /// `Kind::Source` when what it is cannot be taken apart: broken, hostile, encrypted or too deep.
    pub fn unpacked(&mut self, entry: Entry, depth: usize) -> Result<Vec<Entry>> {
        if self.stays(&entry) {
            return Ok(vec![entry]);
        }
        let is_left_out = self.names.leave_out(&entry);
        let content = match self.content(&entry) {
            // It may be broken, unless it is an archive with others in it.
            Err(_) if is_left_out && !is_called(&entry, &["zip", "gz"]) => Content::Other,
            content => content?,
        };
        let is_archive = matches!(content, Content::Zip | Content::Gzip);
        if content == Content::Other || is_left_out && !is_archive {
            return Ok(vec![entry]);
        }
        if depth == DEEPEST {
            let what = format!("`{}` lies {DEEPEST} archives deep", entry.path);
            return Err(Error::new(Kind::Source, what)
                .hint("unpack the outer archives and land the folder"));
        }
        let apart = self.apart(&entry, content)?;
        if apart.is_empty() {
            return Ok(vec![entry]);
        }
        let mut all = Vec::new();
        for inner in apart {
            all.extend(self.unpacked(inner, depth + 1)?);
        }
        Ok(all)
    }

    fn content(&self, entry: &Entry) -> Result<Content> {
        let (content, _) = entry.read(self.limits, self.allowance, |input| {
            let mut head = Vec::new();
            let read = input.take(HEAD_BYTES).read_to_end(&mut head);
            read.map_err(|cause| entry.unreadable(cause))?;
            Ok(Content::of(&head, entry))
        })?;
        Ok(content)
    }

    /// What is landed as it is, and settings that are read as JSON.
    fn stays(&self, entry: &Entry) -> bool {
        let stem = entry.inside.strip_suffix(".json");
        is_junk(&entry.inside)
            || self.names.leave_out_by_name(entry)
            // Its folder may be one that is taken away later.
            || entry.name() == "manifest.json"
            || matches!(entry.place(), Place::Sheet(_) | Place::Table(_))
            || self.names.layout.object_of_folder(&entry.inside).is_some()
            || stem.is_some_and(|stem| self.names.layout.object_of(stem, "json").is_some())
    }

    fn apart(&mut self, entry: &Entry, content: Content) -> Result<Vec<Entry>> {
        match content {
            Content::Gzip => {
                let name = stem_of(&entry.path, "gz").to_owned();
                Ok(vec![Entry::new(name, Place::Shared(self.inflated(entry)?))])
            }
            Content::Zip => self.unzipped(entry),
            Content::OldWorkbook => {
                let file = self.as_file(entry)?;
                self.sheets(entry, file, Kept::InRecords)
            }
            Content::Json => {
                let tables = json_tables::tables(entry, self.limits, self.allowance)?.into_iter();
                let table = |(name, text): (String, _)| inside(entry, &name, Place::Table(text));
                Ok(tables.map(table).collect())
            }
            Content::Lines => {
                let table = json_tables::of_lines(entry, self.limits, self.allowance)?.into_iter();
                let name = json_tables::name_of(entry);
                Ok(table
                    .map(|text| inside(entry, name, Place::Table(text)))
                    .collect())
            }
            Content::Page => {
                let tables = html_tables::tables(entry, self.limits, self.allowance)?.into_iter();
                let table = |(name, text): (String, _)| inside(entry, &name, Place::Sheet(text));
                Ok(tables.map(table).collect())
            }
            Content::Other => Ok(Vec::new()),
        }
    }

    /// The sheets of a workbook, nothing of another office file, and the files of any other archive.
    fn unzipped(&mut self, entry: &Entry) -> Result<Vec<Entry>> {
        let file = self.as_file(entry)?;
        match archive::is_office(&file) {
            (true, _) => {
                self.weigh(entry, &file)?;
                self.sheets(entry, file, Kept::InArchive)
            }
            (false, true) => Ok(Vec::new()),
            (false, false) => {
                let files = archive::entries(&entry.path, file, self.limits)?;
                self.count(entry, files.len())?;
                Ok(below(entry, files))
            }
        }
    }

    /// Archives in archives may hold no more files together than one.
    fn count(&mut self, entry: &Entry, files: usize) -> Result<()> {
        self.files += files;
        match self.files > self.limits.entries {
            true => Err(too_many(&entry.path, self.limits)),
            false => Ok(()),
        }
    }

    /// Inflates all of a workbook once, for nothing but its weight: the library that reads it believes what it claims.
    fn weigh(&self, entry: &Entry, file: &SharedFile) -> Result<()> {
        let parts = archive::entries(&entry.path, file.clone(), self.limits)?;
        let mut left = self.allowance;
        for part in parts {
            let ((), weighed) = part.read(self.limits, left, |input| {
                let weighed = weight::weigh(&part.path, input, self.limits);
                weighed.map_err(|cause| entry.unreadable(cause))
            })?;
            left = left.saturating_sub(weighed.bytes);
        }
        Ok(())
    }

    /// `book.xlsx` with a sheet `Contacts` is read as `book.xlsx/Contacts.csv`.
    fn sheets(&mut self, entry: &Entry, file: SharedFile, kept: Kept) -> Result<Vec<Entry>> {
        let most = self.limits.inflated(file.length(), self.allowance);
        let sheets = workbook::sheets(&entry.path, file, kept, most)?;
        let written: u64 = sheets.iter().map(|sheet| sheet.text.length()).sum();
        self.allowance = self.allowance.saturating_sub(written);
        let sheet = |sheet: SheetText| inside(entry, &sheet.name, Place::Sheet(sheet.text));
        Ok(sheets.into_iter().map(sheet).collect())
    }

    /// The file as one that can be read from any place.
    fn as_file(&mut self, entry: &Entry) -> Result<SharedFile> {
        if let Place::Disk(path) = entry.place() {
            return SharedFile::open(path).map_err(|cause| entry.unreadable(cause));
        }
        if let Place::Shared(file) = entry.place() {
            return Ok(file.clone());
        }
        self.spooled(entry, |input, output| io::copy(input, output))
    }

    fn inflated(&mut self, entry: &Entry) -> Result<SharedFile> {
        let packed = match entry.place() {
            Place::Disk(path) => std::fs::metadata(path).map_or(0, |about| about.len()),
            Place::Zip(packed) => packed.bytes(),
            Place::Shared(file) | Place::Sheet(file) | Place::Table(file) => file.length(),
        };
        let most = self.limits.inflated(packed, self.allowance);
        self.spooled(entry, move |input, output| {
            io::copy(&mut Guarded::new(MultiGzDecoder::new(input), most), output)
        })
    }

    fn spooled(
        &mut self,
        entry: &Entry,
        copy: impl FnOnce(&mut dyn BufRead, &mut dyn Write) -> io::Result<u64>,
    ) -> Result<SharedFile> {
        let (file, _) = entry.read(self.limits, self.allowance, |input| {
            SharedFile::spooled(
                |output| copy(input, output),
                |cause| entry.unreadable(cause),
            )
            .map(|(file, _)| file)
        })?;
        self.allowance = self.allowance.saturating_sub(file.length());
        Ok(file)
    }
}

fn inside(entry: &Entry, name: &str, place: Place) -> Entry {
    let name = name.replace(['/', '\\'], "_");
    Entry::new(format!("{}/{name}.csv", entry.path), place)
}

/// The files of an archive stand below a folder of its name.
fn below(archive: &Entry, files: Vec<Entry>) -> Vec<Entry> {
    let folder = stem_of(&archive.path, "zip");
    let file = |file: Entry| {
        let path = format!("{folder}/{}", file.path);
        Entry::new(path, file.place().clone()).called(file.inside)
    };
    files.into_iter().map(file).collect()
}

/// Whether a text is a web page that shows a table, as far as its beginning tells.
fn is_page(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(text).to_lowercase();
    head.starts_with('<') && (head.contains("<table") || head.contains("<html"))
}

fn is_called(entry: &Entry, endings: &[&str]) -> bool {
    let ending = entry
        .name()
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn stem_of<'a>(path: &'a str, extension: &str) -> &'a str {
    match path.rsplit_once('.') {
        Some((stem, found)) if found.eq_ignore_ascii_case(extension) => stem,
        _ => path,
    }
}
