//! Files of the export that are landed as they are: each is a row that says what it is, and a stream of bytes.

use std::collections::BTreeSet;
use std::io::BufRead;

use sha2::{Digest as _, Sha256};

use super::Limits;
use super::batches::{Position, Rows, Sink};
use super::container::{Digest, Entry, hex};
use super::table::FileCounts;
use crate::error::{Error, Kind, Result};

/// The columns of a row that stands for a file.
const COLUMNS: [&str; 4] = ["id", "path", "size_bytes", "sha256"];

/// One file as it is.
#[derive(Clone, Debug)]
pub(super) struct Original {
    entry: Entry,
    digest: Digest,
}

impl Original {
    pub fn new(entry: &Entry, digest: Digest) -> Self {
        Self {
            entry: entry.clone(),
            digest,
        }
    }

    fn fingerprint(&self) -> String {
        format!("{}\0{}\n", self.entry.path, self.digest.sha256)
    }
}

/// A file whose bytes are handed over. The name it has in the export is not part of it: it proves nothing and may harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// Hash of its bytes, hexadecimal.
    pub sha256: &'a str,
    /// Its size.
    pub bytes: u64,
}

/// The files of one source object, by path.
#[derive(Clone, Debug)]
pub(super) struct Originals {
    /// See [`COLUMNS`].
    pub columns: Vec<String>,
    files: Vec<Original>,
}

impl Originals {
    pub fn new(mut files: Vec<Original>) -> Self {
        files.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
        Self {
            columns: COLUMNS.map(str::to_owned).to_vec(),
            files,
        }
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.digest.bytes).sum()
    }

    /// Each file's part of the extract id.
    pub fn fingerprints(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(Original::fingerprint)
    }

    /// One row a file. The counts are of all files as if they were one: there may be a great many of them.
    pub fn rows(&self, object: &str, sink: Sink) -> Result<Vec<FileCounts>> {
        let mut rows = Rows::new(&self.columns, sink);
        let mut all = Sha256::new();
        let mut count = 0;
        for file in &self.files {
            count += 1;
            let Original { entry, digest } = file;
            let size = digest.bytes.to_string();
            let cells = [&entry.path, &entry.path, &size, &digest.sha256];
            let at = Position {
                file: &entry.path,
                part: 1,
                row: count,
                line: None,
            };
            rows.push(at, |column| Some(cells[column].as_str()))?;
            all.update(file.fingerprint());
        }
        rows.flush()?;
        Ok(vec![FileCounts {
            path: object.to_owned(),
            part: 1,
            bytes: self.bytes(),
            sha256: hex(&all.finalize()),
            records: count,
            landed: count,
            ..FileCounts::default()
        }])
    }

    /// Streams each content once, however many files hold it.
    pub fn contents(
        &self,
        limits: &Limits,
        on_file: &mut dyn FnMut(Content<'_>, &mut dyn BufRead) -> Result<()>,
    ) -> Result<()> {
        let mut seen = BTreeSet::new();
        for Original { entry, digest } in &self.files {
            if !seen.insert(&digest.sha256) {
                continue;
            }
            let content = Content {
                sha256: &digest.sha256,
                bytes: digest.bytes,
            };
            let ((), found) = entry.read(limits, digest.bytes, |input| on_file(content, input))?;
            if found != *digest {
                return Err(changed(entry));
            }
        }
        Ok(())
    }
}

/// A file is not what it was when the export was opened.
pub(super) fn changed(entry: &Entry) -> Error {
    Error::new(
        Kind::Source,
        format!("`{}` changed while it was read", entry.path),
    )
    .hint("wait until the export is written, then land it again")
}
