//! Zip archives: nothing is unpacked to disk, names are not trusted, sizes are counted, not believed.

use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::Arc;

use encoding_rs::WINDOWS_1252;
use zip::ZipArchive;
use zip::result::ZipError;

use super::Limits;
use super::container::{Entry, Place, too_many};
use super::shared::SharedFile;
use crate::error::{Error, Kind, Result};

/// An open archive: its directory is read once, whatever the number of its files.
#[derive(Debug)]
struct Archive {
    zip: ZipArchive<SharedFile>,
}

/// A file inside an archive.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    archive: Arc<Archive>,
    index: usize,
    is_locked: bool,
    /// Its size in the archive: what is claimed, and never more than there is.
    bytes: u64,
}

impl Packed {
    /// Its size in the archive.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Opens the file, whose path is `path`, as a stream that ends in an error past `most` bytes.
    ///
    /// # Errors
    /// `Kind::Source` when it is encrypted or cannot be unpacked; and whatever `reading` returns.
    pub fn read<T>(
        &self,
        path: &str,
        most: u64,
        reading: impl FnOnce(&mut dyn Read) -> Result<T>,
    ) -> Result<T> {
        if self.is_locked {
            let what = "is encrypted: it needs a password";
            let hint =
                "unpack the archive with its password and land the folder, or leave the file out";
            return Err(refused(path, what, &format!("{hint}: {LEAVE_OUT}")));
        }
        let mut zip = self.archive.zip.clone();
        let entry = zip
            .by_index(self.index)
            .map_err(|cause| broken(path, cause))?;
        reading(&mut Guarded::new(entry, most))
    }
}

/// Counts what really comes out of an archive; sizes that the archive claims are not believed.
pub(super) struct Guarded<R> {
    inner: R,
    left: u64,
}

impl<R> Guarded<R> {
    /// At most so many bytes may come out of `inner`.
    pub fn new(inner: R, left: u64) -> Self {
        Self { inner, left }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                return Err(io::Error::other(
                    Error::new(
                        Kind::Source,
                        "it inflates past the limit for archives, as a zip bomb would",
                    )
                    .hint("unpack the archive with a tool you trust and land the folder"),
                ));
            }
        }
        Ok(read)
    }
}

/// Whether an archive is an office program's file: a spreadsheet, or another one.
pub(super) fn is_office(file: &SharedFile) -> (bool, bool) {
    let Ok(zip) = ZipArchive::new(file.clone()) else {
        return (false, false);
    };
    let has = |name: &str| zip.index_for_name(name).is_some();
    let is_workbook = has("xl/workbook.xml") || has("xl/workbook.bin");
    let is_office = has("[Content_Types].xml") || (has("mimetype") && has("content.xml"));
    (is_workbook, is_office)
}

/// An archive that cannot be read as a whole.
fn damaged(path: &str, cause: ZipError) -> Error {
    let (what, hint) = match cause {
        ZipError::UnsupportedArchive(_) => ("is packed in a way that is not read here", UNPACK),
        _ => (
            "is not a whole zip archive",
            "copy or download it again; nothing of it was landed",
        ),
    };
    refused(path, what, hint).because(cause)
}

/// A file of an archive that cannot be read; the others may be good.
fn broken(path: &str, cause: ZipError) -> Error {
    let hint = format!("copy or download the archive again, or leave the file out: {LEAVE_OUT}");
    refused(path, "cannot be read", &hint).because(cause)
}

fn refused(path: &str, what: impl AsRef<str>, hint: &str) -> Error {
    let message = format!("`{path}` {}", what.as_ref());
    Error::new(Kind::Source, message).hint(hint)
}

/// The files of an archive, whose names and kinds are safe.
///
/// # Errors
/// `Kind::Source` when it is not whole, or holds more files than `limits` allows, a name twice, a link,
/// a name that leads out of its folder, bytes that are those of two files, or files that it does not list.
pub(super) fn entries(path: &str, file: SharedFile, limits: &Limits) -> Result<Vec<Entry>> {
    let bytes = file.length();
    let zip = ZipArchive::new(file.clone()).map_err(|cause| damaged(path, cause))?;
    if zip.len() > limits.entries {
        return Err(too_many(path, limits));
    }
    if let Some(what) = untrusted(&zip, file).map_err(|cause| damaged(path, cause))? {
        return Err(refused(path, what, UNPACK));
    }
    let archive = Arc::new(Archive { zip });
    let mut found = Vec::new();
    for index in 0..archive.zip.len() {
        let entry = archive
            .zip
            .by_index_data(index)
            .map_err(|cause| damaged(path, cause))?;
        let by_format = entry.name().map_err(|cause| damaged(path, cause))?;
        let name = name_of(entry.name_raw(), &by_format);
        let inside = safe_path(&name).ok_or_else(|| leads_out(path, index))?;
        if entry.is_symlink() {
            return Err(refused(path, format!("holds a link: `{inside}`"), UNPACK));
        }
        if !entry.is_dir() && !name.ends_with('\\') {
            let packed = Packed {
                archive: Arc::clone(&archive),
                index,
                is_locked: entry.encrypted(),
                bytes: entry.compressed_size().min(bytes),
            };
            found.push(Entry::new(inside, Place::Zip(packed)));
        }
    }
    Ok(found)
}

/// The name of an entry. Tools that do not write UTF-8 write the encoding that the format began with, as `by_format` has it,
/// or their system's: the one with more accented letters is it. Nothing hangs on it but the look of a name.
fn name_of(raw: &[u8], by_format: &str) -> String {
    if let Ok(name) = std::str::from_utf8(raw) {
        return name.to_owned();
    }
    let by_system = WINDOWS_1252.decode_without_bom_handling(raw).0;
    let letters = |name: &str| {
        let is_accented = |c: &char| matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic();
        name.chars().filter(is_accented).count()
    };
    match letters(&by_system) > letters(by_format) {
        true => by_system.into_owned(),
        false => by_format.to_owned(),
    }
}

/// What there is to say against an archive whose directory can be read.
fn untrusted(
    zip: &ZipArchive<SharedFile>,
    file: SharedFile,
) -> Result<Option<&'static str>, ZipError> {
    if zip.has_duplicate_names() {
        return Ok(Some("holds a file name twice"));
    }
    if zip.offset() > 0 {
        return Ok(Some(
            "begins with something else: perhaps it is two archives in one file",
        ));
    }
    if goes_on(zip, file)? {
        return Ok(Some("holds more files than it says"));
    }
    // A broken header is told when its file is read.
    let overlaps = zip.clone().has_overlapping_entries().unwrap_or(false);
    Ok(overlaps.then_some("holds files that share their bytes, as zip bombs do"))
}

/// Whether the directory goes on behind its last file. Old tools count files to 65,535 and begin anew, and what is not counted
/// would not be seen.
fn goes_on(zip: &ZipArchive<SharedFile>, mut file: SharedFile) -> Result<bool, ZipError> {
    let Some(last) = zip.len().checked_sub(1) else {
        return Ok(false);
    };
    let start = zip.by_index_data(last)?.central_header_start();
    let mut header = [0; HEADER_BYTES];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut header)?;
    // Name, extra and comment follow the header.
    let lengths =
        [28, 30, 32].map(|at| i64::from(u16::from_le_bytes([header[at], header[at + 1]])));
    file.seek(SeekFrom::Current(lengths.iter().sum()))?;
    let mut mark = Vec::new();
    file.take(HEADER_MARK.len() as u64).read_to_end(&mut mark)?;
    Ok(mark == HEADER_MARK)
}

/// The name itself is not printed: it was written to do harm.
fn leads_out(path: &str, index: usize) -> Error {
    refused(
        path,
        format!(
            "holds entry {}, whose name leads out of its folder",
            index + 1
        ),
        "an archive like this is not an export; nothing of it was landed",
    )
}

/// What a file begins with in the directory of an archive.
const HEADER_MARK: &[u8] = b"PK\x01\x02";
const HEADER_BYTES: usize = 46;

pub(super) const LEAVE_OUT: &str = "object `-` in sql/map/map_headers.csv";
const UNPACK: &str = "unpack the archive, look at it, and land the folder";

/// A name inside an archive as a relative path; none when it would lead out of the folder.
/// Old Windows tools write `\` between folders.
fn safe_path(name: &str) -> Option<String> {
    let path = name.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':');
    let leaves = path.split('/').any(|part| part == "..");
    let refused = drive || leaves || path.starts_with('/') || path.contains('\0');
    let kept: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    (!refused && !kept.is_empty()).then(|| kept.join("/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn names_in_old_encodings_are_told_apart_by_their_letters() {
        for (raw, by_format, name) in [
            (b"M\x81ller".as_slice(), "M\u{fc}ller", "Müller"),
            (b"M\xfcller", "M\u{207f}ller", "Müller"),
            ("Müller".as_bytes(), "M├╝ller", "Müller"),
        ] {
            assert_eq!(name_of(raw, by_format), name);
        }
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for name in [
            "../a.csv",
            "a/../../b",
            "/etc/passwd",
            "C:\\a",
            "..\\a",
            "a\0b",
            "",
            "./",
        ] {
            assert_eq!(safe_path(name), None, "{name}");
        }
        assert_eq!(safe_path("a\\b.csv").as_deref(), Some("a/b.csv"));
        assert_eq!(safe_path("./a//b.csv").as_deref(), Some("a/b.csv"));
        assert_eq!(safe_path("a..b.csv").as_deref(), Some("a..b.csv"));
    }
}
