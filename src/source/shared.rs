//! A file that many can read at once, each from its own place: an archive, or what was unpacked out of one.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Kind, Result};

/// A cheap copy of an open file with a place of its own.
#[derive(Clone, Debug)]
pub(super) struct SharedFile {
    file: Arc<File>,
    at: u64,
    bytes: u64,
}

impl SharedFile {
    /// Opens a file on disk.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?)
    }

    /// What `write` writes into a [`Spool`]. What it cannot read for that, `unread` makes an error of.
    ///
    /// # Errors
    /// `Kind::Config` when there is no room; whatever `unread` returns.
    pub fn spooled<T>(
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
        unread: impl FnOnce(io::Error) -> Error,
    ) -> Result<(Self, T)> {
        Spool::new().map_err(unspooled)?.filled(write, unread)
    }

    /// All of an open file.
    pub fn of(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(file),
            at: 0,
            bytes,
        })
    }

    /// Its bytes.
    pub fn length(&self) -> u64 {
        self.bytes
    }
}

/// A file without a name that is being written: nobody else can open it, and no kill leaves it behind.
pub(super) struct Spool {
    file: BufWriter<File>,
    /// Something could not be written.
    has_failed: bool,
}

impl Spool {
    /// An empty one.
    pub fn new() -> io::Result<Self> {
        Ok(Self::of(tempfile::tempfile()?))
    }

    fn of(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(1 << 16, file),
            has_failed: false,
        }
    }

    /// What was written, to be read.
    pub fn finish(self) -> io::Result<SharedFile> {
        let file = self.file.into_inner();
        SharedFile::of(file.map_err(io::IntoInnerError::into_error)?)
    }

    fn filled<T>(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
        unread: impl FnOnce(io::Error) -> Error,
    ) -> Result<(SharedFile, T)> {
        match write(&mut self) {
            Ok(written) => Ok((self.finish().map_err(unspooled)?, written)),
            Err(cause) if self.has_failed => Err(unspooled(cause)),
            Err(cause) => Err(unread(cause)),
        }
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.has_failed |= written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.has_failed |= flushed.is_err();
        flushed
    }
}

/// That there is no room is not the fault of what was read, which may be of use later.
pub(super) fn unspooled(cause: io::Error) -> Error {
    Error::new(
        Kind::Config,
        "what is read cannot be kept until it is landed",
    )
    .hint("make room in the folder for temporary files (TMPDIR)")
    .because(cause)
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::End(by) => (self.bytes, by),
            SeekFrom::Current(by) => (self.at, by),
        };
        self.at = from.checked_add_signed(by).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "a place before the start")
        })?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn unread(cause: io::Error) -> Error {
        Error::new(Kind::Source, "cannot be read").because(cause)
    }

    #[test]
    fn no_room_is_something_else_than_what_cannot_be_read() {
        let full = || Spool::of(File::options().write(true).open("/dev/full").unwrap());
        for bytes in [1, 1 << 20] {
            let write = |output: &mut dyn Write| output.write_all(&vec![b'x'; bytes]);
            let fault = full().filled(write, unread).unwrap_err();
            assert_eq!(fault.kind(), Kind::Config, "{bytes}");
        }
        let flush = |output: &mut dyn Write| {
            output.write_all(b"x")?;
            output.flush()
        };
        assert_eq!(
            full().filled(flush, unread).unwrap_err().kind(),
            Kind::Config
        );
        let read = |output: &mut dyn Write| {
            output.write_all(b"x")?;
            Err::<(), _>(io::Error::other("torn"))
        };
        assert_eq!(
            full().filled(read, unread).unwrap_err().kind(),
            Kind::Source
        );
    }

    #[test]
    fn copies_read_from_places_of_their_own() {
        let write = |output: &mut dyn Write| output.write_all(b"0123456789");
        let (mut one, ()) = SharedFile::spooled(write, unread).unwrap();
        let mut other = one.clone();
        one.seek(SeekFrom::End(-2)).unwrap();
        let (mut end, mut all) = (String::new(), String::new());
        one.read_to_string(&mut end).unwrap();
        other.read_to_string(&mut all).unwrap();
        assert_eq!((end.as_str(), all.as_str()), ("89", "0123456789"));
        assert!(one.seek(SeekFrom::Current(-11)).is_err());
    }
}
