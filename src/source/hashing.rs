//! SHA-256 of bytes that are being read. Of a long file it is made in a thread of its own: reading does not wait for it.

use std::io::{self, Read};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use sha2::{Digest as _, Sha256};

use super::container::{Digest, hex};

/// Up to here a thread would cost more than it spares.
const SHORT: u64 = 1 << 20;

/// Blocks that may wait for the thread.
const WAITING: usize = 4;

/// Fills the buffer it is given as far as the input goes, so that a byte order mark is never cut.
pub(super) struct Hashing<R> {
    inner: R,
    bytes: u64,
    hash: Sha256,
    aside: Option<Aside>,
}

impl<R> Hashing<R> {
    pub fn new(inner: R) -> Self {
        Self {
            inner,
            bytes: 0,
            hash: Sha256::new(),
            aside: None,
        }
    }

    /// Of all that was read.
    pub fn digest(self) -> Digest {
        let hash = self.aside.map_or(self.hash, Aside::finish);
        Digest {
            bytes: self.bytes,
            sha256: hex(&hash.finalize()),
        }
    }

    fn take(&mut self, block: &[u8]) {
        self.bytes += block.len() as u64;
        if self.bytes > SHORT && self.aside.is_none() {
            self.aside = Aside::begin(&self.hash);
        }
        match &self.aside {
            Some(aside) => aside.take(block),
            None => self.hash.update(block),
        }
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.inner.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.take(&buffer[..filled]);
        Ok(filled)
    }
}

/// A thread that hashes blocks in their order.
struct Aside {
    blocks: SyncSender<Vec<u8>>,
    /// Blocks that are hashed: their memory is used again.
    hashed: Receiver<Vec<u8>>,
    hash: JoinHandle<Sha256>,
}

impl Aside {
    /// Goes on from a hash; none when the machine has no thread left.
    fn begin(so_far: &Sha256) -> Option<Self> {
        let mut hash = so_far.clone();
        let (blocks, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let (back, hashed) = channel();
        let work = move || {
            for block in waiting {
                hash.update(&block);
                // Nobody takes it back once all is read.
                let _ = back.send(block);
            }
            hash
        };
        let hash = thread::Builder::new().spawn(work).ok()?;
        Some(Self {
            blocks,
            hashed,
            hash,
        })
    }

    fn take(&self, bytes: &[u8]) {
        let mut block = self.hashed.try_recv().unwrap_or_default();
        block.clear();
        block.extend_from_slice(bytes);
        // It can only fail when the thread broke off, and then `finish` does too.
        let _ = self.blocks.send(block);
    }

    fn finish(self) -> Sha256 {
        drop(self.blocks);
        self.hash
            .join()
            .unwrap_or_else(|cause| resume_unwind(cause))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{BufRead as _, BufReader};

    use super::*;

    #[test]
    fn a_hash_does_not_depend_on_where_it_is_made() {
        let all: Vec<u8> = (0..5_u32 << 18).flat_map(u32::to_le_bytes).collect();
        for length in [0, 1, 1 << 20, (1 << 20) + 1, all.len()] {
            let bytes = &all[..length];
            for capacity in [4_096, 100_003, 1 << 21] {
                let mut input = BufReader::with_capacity(capacity, Hashing::new(bytes));
                while !input.fill_buf().unwrap().is_empty() {
                    let read = input.buffer().len();
                    input.consume(read);
                }
                let expected = Digest {
                    bytes: length as u64,
                    sha256: hex(&Sha256::digest(bytes)),
                };
                assert_eq!(input.into_inner().digest(), expected, "{length} {capacity}");
            }
        }
    }

    #[test]
    fn what_is_read_half_is_hashed_half() {
        let bytes = vec![7; 3 << 20];
        let mut hashing = Hashing::new(bytes.as_slice());
        let mut half = vec![0; 2 << 20];
        hashing.read_exact(&mut half).unwrap();
        assert_eq!(hashing.digest().sha256, hex(&Sha256::digest(&half)));
    }
}
