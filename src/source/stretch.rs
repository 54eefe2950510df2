//! Bytes of one record, counted while a library reads and holds them: it would hold any number.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use super::Limits;

/// Ends in an error when a record is longer than `limits` allow. Whoever has taken one sets `since` back to zero.
pub(super) struct Stretch<'a> {
    input: &'a mut dyn BufRead,
    what: &'static str,
    since: &'a Cell<u64>,
    most: u64,
}

impl<'a> Stretch<'a> {
    /// `what` is what a record is called here.
    pub fn new(
        input: &'a mut dyn BufRead,
        what: &'static str,
        since: &'a Cell<u64>,
        limits: &Limits,
    ) -> Self {
        Self {
            input,
            what,
            since,
            most: limits.record_bytes as u64,
        }
    }

    /// What is not read yet, however long it is.
    pub fn rest(self) -> &'a mut dyn BufRead {
        self.input
    }
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Stretch<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since.get() > self.most {
            let what = format!("a {} of it is longer than {} bytes", self.what, self.most);
            return Err(io::Error::other(what));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.since.set(self.since.get() + bytes as u64);
        self.input.consume(bytes);
    }
}
