//! The files of the log: `staging/ledger/000001.jsonl`, `000002.jsonl`, ..., one growing at a time.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::event::Entry;
use super::line::{self, Flaw};
use crate::error::{Error, Kind, Result};

/// A log file that has reached this size is followed by a new one.
pub(super) const ROLL_AT: u64 = 16 * 1024 * 1024;

/// A line that was being written when the power or the process went away. Nobody was told that it is on
/// disk, so nothing that depends on it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file it was found in.
    pub file: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The folder of the log below `staging/`.
pub(super) fn folder(staging: &Path) -> PathBuf {
    staging.join("ledger")
}

fn file_name(number: usize) -> String {
    format!("{number:06}.jsonl")
}

/// Makes a folder that only its owner may enter; one that exists is left as it is.
pub(super) fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|cause| unwritable(folder, cause))
}

/// The files in order. A hole in their numbers means that a file was taken away.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names = match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<Vec<_>>>()
            .map_err(|cause| unreadable(folder, cause))?,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(cause) => return Err(unreadable(folder, cause)),
    };
    names.retain(|name| name.ends_with(".jsonl"));
    names.sort();
    for (index, name) in names.iter().enumerate() {
        let expected = file_name(index + 1);
        if *name != expected {
            let found = folder.join(name);
            return Err(untrusted(format!(
                "the ledger is not whole: {expected} is missing before {}",
                found.display()
            )));
        }
    }
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// The lines of the log in order, each verified, in flat memory. Ends before a torn tail, and for good at
/// the first error.
#[derive(Debug)]
pub struct Entries {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<OpenFile>,
    next_seq: u64,
    after: u64,
    torn: Option<TornTail>,
    /// File and length of what is whole.
    whole: Option<(PathBuf, u64)>,
}

#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    reader: BufReader<File>,
    /// The line read last, with its line feed, if it has one.
    text: Vec<u8>,
    line: u64,
    /// Length of all whole lines before it.
    bytes: u64,
}

impl Entries {
    /// The lines with `seq > after`. Files that end before that are not read.
    pub(super) fn open(staging: &Path, after: u64) -> Result<Self> {
        let mut files = files(&folder(staging))?;
        let mut next_seq = 1;
        while let Some(second) = files.get(1) {
            let first_seq = match first_line(second)? {
                Some(seq) if seq <= after + 1 => seq,
                _ => break,
            };
            next_seq = first_seq;
            files.remove(0);
        }
        Ok(Self {
            files: files.into_iter(),
            open: None,
            next_seq,
            after,
            torn: None,
            whole: None,
        })
    }

    /// The torn tail, once the iteration has come to it.
    #[must_use]
    pub fn torn_tail(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// Number of the last line that was read; 0 if there is none.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.next_seq - 1
    }

    /// The last file and how much of it is whole, once the iteration has ended.
    pub(super) fn whole(&self) -> Option<(&Path, u64)> {
        self.whole
            .as_ref()
            .map(|(path, bytes)| (path.as_path(), *bytes))
    }

    fn step(&mut self) -> Result<Option<Entry>> {
        loop {
            let Some(open) = &mut self.open else {
                let Some(path) = self.files.next() else {
                    return Ok(None);
                };
                self.open = Some(OpenFile::new(path)?);
                continue;
            };
            if !open.next_line()? {
                self.close();
                continue;
            }
            let length = open.text.len() as u64;
            let Some(text) = open.text.strip_suffix(b"\n") else {
                self.tear(length)?;
                return Ok(None);
            };
            let entry = line::parse(text).map_err(|flaw| open.flawed(&flaw))?;
            if entry.seq != self.next_seq {
                return Err(open.out_of_order(self.next_seq, entry.seq));
            }
            open.bytes += length;
            self.next_seq += 1;
            if entry.seq > self.after {
                return Ok(Some(entry));
            }
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.whole = Some((open.path, open.bytes));
        }
    }

    /// Only the last file may end within a line: a new one is begun after the old one is synced.
    fn tear(&mut self, bytes: u64) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        if self.files.len() > 0 {
            return Err(open.flawed(&Flaw::Checksum));
        }
        self.torn = Some(TornTail {
            file: open.path.clone(),
            bytes,
        });
        self.whole = Some((open.path, open.bytes));
        Ok(())
    }
}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            self.open = None;
            self.files = Vec::new().into_iter();
        }
        step.transpose()
    }
}

impl OpenFile {
    fn new(path: PathBuf) -> Result<Self> {
        let file = File::open(&path).map_err(|cause| unreadable(&path, cause))?;
        Ok(Self {
            path,
            reader: BufReader::with_capacity(1 << 16, file),
            text: Vec::new(),
            line: 0,
            bytes: 0,
        })
    }

    /// Reads the next line, or says that there is none.
    fn next_line(&mut self) -> Result<bool> {
        self.text.clear();
        self.reader
            .read_until(b'\n', &mut self.text)
            .map_err(|cause| unreadable(&self.path, cause))?;
        self.line += 1;
        Ok(!self.text.is_empty())
    }

    fn flawed(&self, flaw: &Flaw) -> Error {
        let place = format!("{} line {}", self.path.display(), self.line);
        match flaw {
            Flaw::Checksum => untrusted(format!(
                "the ledger is damaged: {place} has no valid checksum"
            )),
            Flaw::Shape(why) => {
                untrusted(format!("the ledger cannot be understood: {place}: {why}"))
            }
            Flaw::Kind(kind) => Error::new(
                Kind::Source,
                format!(
                    "the ledger was written by a newer deskferry: {place} has the event `{kind}`"
                ),
            )
            .hint("go on with the version that wrote it, or a newer one"),
        }
    }

    fn out_of_order(&self, expected: u64, found: u64) -> Error {
        untrusted(format!(
            "the ledger is not whole: {} line {} is number {found}, expected {expected}",
            self.path.display(),
            self.line
        ))
    }
}

/// Number of the first line of a file; `None` if it has no whole line yet.
fn first_line(path: &Path) -> Result<Option<u64>> {
    let mut open = OpenFile::new(path.to_path_buf())?;
    open.next_line()?;
    let Some(text) = open.text.strip_suffix(b"\n") else {
        return Ok(None);
    };
    let entry = line::parse(text).map_err(|flaw| open.flawed(&flaw))?;
    Ok(Some(entry.seq))
}

/// The file that grows.
#[derive(Debug)]
pub(super) struct Segment {
    folder: PathBuf,
    number: usize,
    file: File,
    bytes: u64,
    roll_at: u64,
}

impl Segment {
    /// Goes on behind the whole part of the last file, cutting a torn tail off; else begins the first file.
    pub(super) fn resume(staging: &Path, entries: &Entries, roll_at: u64) -> Result<Self> {
        let folder = folder(staging);
        let Some((path, bytes)) = entries.whole() else {
            return Self::begin(folder, 1, roll_at);
        };
        let open = OpenOptions::new().append(true).open(path);
        let file = open.map_err(|cause| unwritable(path, cause))?;
        if entries.torn_tail().is_some() {
            let cut = file.set_len(bytes).and_then(|()| file.sync_all());
            cut.map_err(|cause| unwritable(path, cause))?;
        }
        let number = files(&folder)?.len();
        Ok(Self {
            folder,
            number,
            file,
            bytes,
            roll_at,
        })
    }

    fn begin(folder: PathBuf, number: usize, roll_at: u64) -> Result<Self> {
        let path = folder.join(file_name(number));
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let created = options.open(&path).and_then(|file| {
            // The name must survive a power cut as well as the bytes do.
            File::open(&folder)?.sync_all()?;
            Ok(file)
        });
        let file = created.map_err(|cause| unwritable(&path, cause))?;
        Ok(Self {
            folder,
            number,
            file,
            bytes: 0,
            roll_at,
        })
    }

    /// Writes whole lines and returns when they are on disk. After an error the end of the file is unknown
    /// and nothing more may be written to it.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<()> {
        if self.bytes >= self.roll_at {
            let folder = std::mem::take(&mut self.folder);
            *self = Self::begin(folder, self.number + 1, self.roll_at)?;
        }
        let written = self.file.write_all(lines);
        written
            .and_then(|()| self.file.sync_data())
            .map_err(|cause| unwritable(&self.folder.join(file_name(self.number)), cause))?;
        self.bytes += lines.len() as u64;
        Ok(())
    }

    /// A segment whose disk is full.
    #[cfg(test)]
    pub(super) fn full() -> std::io::Result<Self> {
        Ok(Self {
            folder: PathBuf::from("/dev"),
            number: 1,
            file: OpenOptions::new().write(true).open("/dev/full")?,
            bytes: 0,
            roll_at: ROLL_AT,
        })
    }
}

fn untrusted(message: String) -> Error {
    Error::new(Kind::Source, message).hint(
        "bring the ledger folder back from a backup; do not edit it: \
         what it forgets would be sent a second time",
    )
}

fn unreadable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(Kind::Config, format!("{} cannot be read", path.display()))
        .because(cause)
        .hint("make it readable for the user who runs deskferry")
}

fn unwritable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("{} cannot be written", path.display()),
    )
    .because(cause)
    .hint("free the disk or make the folder writable, then run the same command again")
}
