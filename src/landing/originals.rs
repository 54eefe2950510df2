//! Files of an export as they came, each under the hash of its bytes: no name from outside can lead anywhere.

use std::fs;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::files;
use crate::error::{Error, Kind, Result};

/// What is held of an extract's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Files; equal ones count once.
    pub files: u64,
    /// Their sizes together.
    pub bytes: u64,
}

/// Folder of an extract's files: `staging/attachments/<extract_id>`; a file's name in it is its SHA-256.
#[must_use]
pub fn originals_folder(staging: &Path, extract_id: &str) -> PathBuf {
    staging.join("attachments").join(extract_id)
}

/// Files on their way into a folder. Dropped before `finish`, nothing is left of them.
pub struct Originals {
    folder: PathBuf,
    partial: TempDir,
    held: Held,
}

impl Originals {
    /// Begins the folder; it appears under its name at `finish`.
    ///
    /// # Errors
    /// `Kind::Config` when nothing can be written there.
    pub fn create(folder: &Path) -> Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            partial: files::partial_folder(folder)?,
            held: Held::default(),
        })
    }

    /// Copies a file, however long, and syncs it.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be written, `Kind::Source` when it cannot be read to its end or its bytes do not have
    /// the hash they were announced with, `Kind::Bug` when that hash is none.
    pub fn put(&mut self, sha256: &str, input: &mut dyn Read) -> Result<()> {
        if !is_hash(sha256) {
            return Err(Error::new(Kind::Bug, "a file was to be named by no hash"));
        }
        let path = self.partial.path().join(sha256);
        let mut file = files::create(&path)?;
        let mut hash = Sha256::new();
        let mut block = vec![0; 1 << 16];
        loop {
            let read = match input.read(&mut block) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unread(error)),
            };
            hash.update(&block[..read]);
            self.held.bytes += read as u64;
            file.write_all(&block[..read])
                .map_err(|cause| files::failed("written", &path, cause))?;
        }
        file.sync_all()
            .map_err(|cause| files::failed("synced", &path, cause))?;
        self.held.files += 1;
        if super::hex(&hash.finalize()) != sha256 {
            return Err(Error::new(Kind::Source, "a file changed while it was read")
                .hint("wait until the export is written, then land it again"));
        }
        Ok(())
    }

    /// Gives the folder its name, in the place of one that had it.
    ///
    /// # Errors
    /// `Kind::Config` when that cannot be done; nothing is left under the name then.
    pub fn finish(self) -> Result<Held> {
        files::remove(&self.folder)?;
        files::publish_folder(self.partial, &self.folder)?;
        Ok(self.held)
    }
}

/// What is there now under an extract's folder.
pub(super) fn held(folder: &Path) -> Result<Held> {
    let mut held = Held::default();
    for name in files::names(folder)? {
        held.files += 1;
        held.bytes += fs::metadata(folder.join(name)).map_or(0, |about| about.len());
    }
    Ok(held)
}

fn is_hash(text: &str) -> bool {
    let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    text.len() == 64 && text.bytes().all(is_digit)
}

fn unread(cause: io::Error) -> Error {
    let error = Error::new(Kind::Source, "a file of the export cannot be read");
    match cause.downcast::<Error>() {
        Ok(own) => error.because(own),
        Err(cause) => error
            .hint("copy or download the export again; nothing of it was landed")
            .because(cause),
    }
}
