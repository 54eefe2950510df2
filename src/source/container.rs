//! Folder, zip or single file: the list of what is inside, and each file as a stream of hashed bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::Limits;
use super::archive::{LEAVE_OUT, Packed};
use super::hashing::Hashing;
use super::shared::SharedFile;
use super::unpack::Unpacking;
use crate::error::{Error, Kind, Result};

/// One file inside an export.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Path inside the export, `/` between folders, a common top folder left out. Where several
    /// containers are one export and hold the same path, the container's name stands before it.
    pub path: String,
    /// Path inside its container.
    pub inside: String,
    place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum Place {
    Disk(PathBuf),
    Zip(Packed),
    /// Taken out of something packed; it may be packed itself.
    Shared(SharedFile),
    /// A sheet as comma-separated text: titles may stand above its header.
    Sheet(SharedFile),
    /// Records of another format as comma-separated text, the header first.
    Table(SharedFile),
}

/// How long a file is, and what its bytes hash to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digest {
    pub bytes: u64,
    pub sha256: String,
}

/// The files inside a folder or a single file, by path: what is packed is taken apart.
///
/// # Errors
/// `Kind::Source` when the path does not exist, and for an archive that is not whole or does harm.
pub(super) fn entries(path: &Path, unpacking: &mut Unpacking) -> Result<Vec<Entry>> {
    let about = fs::metadata(path).map_err(|cause| {
        Error::new(
            Kind::Source,
            format!("`{}` cannot be opened", path.display()),
        )
        .hint("give the export's zip, its unpacked folder, or its files")
        .because(cause)
    })?;
    let limits = unpacking.limits;
    let packed = match about.is_dir() {
        true => folder(path, limits)?,
        false => vec![single(path)],
    };
    let mut found = Vec::new();
    for entry in packed {
        found.extend(unpacking.unpacked(entry, 0)?);
        if found.len() > limits.entries {
            return Err(too_many(&path.to_string_lossy(), limits));
        }
    }
    while strip_top_folder(&mut found) {}
    come_out_of_archives(&mut found);
    while strip_top_folder(&mut found) {}
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

impl Entry {
    /// A file whose path is not shared with another container.
    pub fn new(path: String, place: Place) -> Self {
        Self {
            inside: path.clone(),
            path,
            place,
        }
    }

    /// The file under another path inside its container: the one that says what it is.
    pub fn called(self, inside: String) -> Self {
        Self { inside, ..self }
    }

    /// Streams the file through `reading`; the digest covers what was read.
    ///
    /// An archive entry may not inflate past `allowance` bytes nor past the ratio of `limits`.
    pub fn read<T>(
        &self,
        limits: &Limits,
        allowance: u64,
        reading: impl FnOnce(&mut dyn BufRead) -> Result<T>,
    ) -> Result<(T, Digest)> {
        match &self.place {
            Place::Disk(path) => {
                let file = File::open(path).map_err(|cause| self.unreadable(cause))?;
                hashed(file, reading)
            }
            Place::Shared(file) | Place::Sheet(file) | Place::Table(file) => {
                hashed(file.clone(), reading)
            }
            Place::Zip(packed) => {
                let most = limits.inflated(packed.bytes(), allowance);
                packed.read(&self.path, most, |input| hashed(input, reading))
            }
        }
    }

    /// Whether the file comes out of an archive, so that its size there proves nothing.
    pub fn is_packed(&self) -> bool {
        matches!(self.place, Place::Zip(_))
    }

    /// Whether its records were written here, and are read as they were written.
    pub fn is_ours(&self) -> bool {
        matches!(self.place, Place::Table(_))
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// A failed read of this file as an error that names it.
    pub fn unreadable(&self, cause: io::Error) -> Error {
        let error = Error::new(Kind::Source, format!("`{}` cannot be read", self.path));
        match cause.downcast::<Error>() {
            Ok(own) => error.because(own),
            Err(cause) if self.is_packed() => error
                .hint(format!(
                    "copy or download the archive again, or leave the file out: {LEAVE_OUT}"
                ))
                .because(cause),
            Err(cause) => error
                .hint("copy or download the export again; nothing of it was landed")
                .because(cause),
        }
    }
}

fn hashed<T>(
    input: impl Read,
    reading: impl FnOnce(&mut dyn BufRead) -> Result<T>,
) -> Result<(T, Digest)> {
    let mut input = BufReader::with_capacity(1 << 17, Hashing::new(input));
    let read = reading(&mut input)?;
    Ok((read, input.into_inner().digest()))
}

/// Bytes as lower-case hexadecimal text.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    // Asked for each row: formatting took longer than hashing.
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xF] {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    text
}

fn single(path: &Path) -> Entry {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Entry::new(name.into_owned(), Place::Disk(path.to_owned()))
}

/// Walks a folder. Linked files are read, linked folders are not entered: they can lead in a circle.
fn folder(root: &Path, limits: &Limits) -> Result<Vec<Entry>> {
    let unreadable = |path: &Path, cause: io::Error| {
        Error::new(Kind::Source, format!("`{}` cannot be read", path.display())).because(cause)
    };
    let mut found = Vec::new();
    let mut open = vec![(root.to_owned(), String::new())];
    while let Some((folder, before)) = open.pop() {
        let inside = fs::read_dir(&folder).map_err(|cause| unreadable(&folder, cause))?;
        for item in inside {
            let item = item.map_err(|cause| unreadable(&folder, cause))?;
            let kind = item
                .file_type()
                .map_err(|cause| unreadable(&item.path(), cause))?;
            let path = format!("{before}{}", item.file_name().to_string_lossy());
            if kind.is_dir() {
                open.push((item.path(), format!("{path}/")));
            } else if item.path().is_file() {
                found.push(Entry::new(path, Place::Disk(item.path())));
            }
            if found.len() > limits.entries {
                return Err(too_many(&root.to_string_lossy(), limits));
            }
        }
    }
    Ok(found)
}

pub(super) fn too_many(path: &str, limits: &Limits) -> Error {
    Error::new(
        Kind::Source,
        format!("`{}` holds more than {} files", path, limits.entries),
    )
    .hint("give the export itself, not a folder above it")
}

/// Whether a path is left behind by an operating system or an office program.
pub(super) fn is_junk(path: &str) -> bool {
    path.split('/').any(|part| {
        part == "__MACOSX"
            || part.starts_with('.')
            || part.starts_with("~$")
            || part.eq_ignore_ascii_case("thumbs.db")
            || part.eq_ignore_ascii_case("desktop.ini")
    })
}

/// Takes away one top folder that all files share, unless it is a folder of the layout itself. Whether there was one.
fn strip_top_folder(entries: &mut [Entry]) -> bool {
    let mut tops = entries
        .iter()
        .filter(|entry| !is_junk(&entry.path))
        .map(|entry| entry.path.split_once('/').map(|(top, _)| top));
    let Some(Some(top)) = tops.next() else {
        return false;
    };
    let own = top.to_lowercase();
    if matches!(own.as_str(), "data" | "schema" | "attachments")
        || tops.any(|other| other != Some(top))
    {
        return false;
    }
    let top = format!("{top}/");
    for entry in entries {
        if let Some(rest) = entry.path.strip_prefix(&top) {
            entry.path = rest.to_owned();
            entry.inside.clone_from(&entry.path);
        }
    }
    true
}

/// A file of an archive stands where it would stand without one, unless two would stand there.
fn come_out_of_archives(entries: &mut [Entry]) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries.iter() {
        *places.entry(entry.inside.clone()).or_default() += 1;
    }
    for entry in entries {
        if places.get(&entry.inside) == Some(&1) {
            entry.path.clone_from(&entry.inside);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn junk_is_known() {
        for path in ["__MACOSX/a", "data/.DS_Store", "Thumbs.db", "~$book.xlsx"] {
            assert!(is_junk(path), "{path}");
        }
        assert!(!is_junk("data/contacts.csv"));
    }
}
