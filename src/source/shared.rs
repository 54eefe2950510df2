//! A file that many can read at once, each from its own place: an archive, or what was unpacked out of one.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

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

    /// What `write` writes into a [`Spool`].
    pub fn spooled<T>(
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<(Self, T)> {
        let mut spool = Spool::new()?;
        let written = write(&mut spool)?;
        Ok((spool.finish()?, written))
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
pub(super) struct Spool(BufWriter<File>);

impl Spool {
    /// An empty one.
    pub fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        Ok(Self(BufWriter::with_capacity(1 << 16, file)))
    }

    /// What was written, to be read.
    pub fn finish(self) -> io::Result<SharedFile> {
        let file = self.0.into_inner();
        SharedFile::of(file.map_err(io::IntoInnerError::into_error)?)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
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

    #[test]
    fn copies_read_from_places_of_their_own() {
        let write = |output: &mut dyn Write| output.write_all(b"0123456789");
        let (mut one, ()) = SharedFile::spooled(write).unwrap();
        let mut other = one.clone();
        one.seek(SeekFrom::End(-2)).unwrap();
        let (mut end, mut all) = (String::new(), String::new());
        one.read_to_string(&mut end).unwrap();
        other.read_to_string(&mut all).unwrap();
        assert_eq!((end.as_str(), all.as_str()), ("89", "0123456789"));
        assert!(one.seek(SeekFrom::Current(-11)).is_err());
    }
}
