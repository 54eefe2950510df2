//! The source in: an export as files, and each of its objects as a stream of record batches.
//!
//! ```text
//! folder · zip · CSV ────────► open ─► Export: manifest checked, files assigned, bytes hashed, extract id
//! command · API ─► Streams ─► open_streams ─┤
//!                                           │ read(object)
//!                                           ├─► rows     every cell as text, with file, part, row, line and hash
//!                                           ├─► broken   records that cannot be rows, with their bytes
//!                                           └─► contents files that are landed as they are, by the hash of their bytes
//! ```
//!
//! Nothing is interpreted here: no date, no number, no name. What a column means is decided in SQL.

mod aliases;
mod archive;
mod assign;
mod batches;
mod cell;
mod choices;
mod command;
mod container;
mod delimiter;
mod dialect;
mod encoding;
mod export;
mod fields;
mod hashing;
mod headers;
mod html_tables;
mod json;
mod json_tables;
mod layout;
mod manifest;
mod messages;
mod old_workbook;
mod originals;
mod parts;
mod recognise;
mod records;
mod remote;
mod shared;
mod shelter;
mod sniff;
mod streams;
mod stretch;
mod survey;
mod table;
mod unpack;
mod weight;
mod workbook;

pub use aliases::Aliases;
pub use assign::{Names, Role};
pub use batches::{Sink, quarantine_schema};
pub use choices::{Choice, Choices, DecidedBy};
pub use command::{Given, Script};
pub use export::{Export, Listed, open, open_streams};
pub use headers::HeaderMap;
pub use layout::{Format, Layout, Table};
pub use manifest::{Account, Manifest};
pub use originals::Content;
pub use remote::{Api, forget_pages};
pub use shelter::is_sheltered;
pub use streams::{Hear, Streams, Told};
pub use table::FileCounts;

/// How much an export may ask of this machine. What exceeds it is refused while it is read,
/// by what really comes out, not by what a header claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Files in one folder or archive.
    pub entries: usize,
    /// Bytes that all archives together may inflate to.
    pub inflated_bytes: u64,
    /// How many times its packed size an archive entry may inflate to.
    pub ratio: u64,
    /// Bytes an archive entry may always inflate to, whatever the ratio.
    pub ratio_floor: u64,
    /// Bytes of one record. It is held in memory, so this bounds what a stray quote can do.
    pub record_bytes: usize,
    /// Bytes of one part of a workbook that the library holds in memory whole, as its shared strings are.
    pub held_bytes: u64,
    /// Columns of one object. A row group holds room for each.
    pub columns: usize,
}

impl Limits {
    /// The most that `packed` bytes may inflate to, of the bytes that all archives may still take.
    fn inflated(&self, packed: u64, allowance: u64) -> u64 {
        let by_ratio = packed.saturating_mul(self.ratio);
        by_ratio.max(self.ratio_floor).min(allowance)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 500_000,
            inflated_bytes: 64 << 30,
            ratio: 200,
            ratio_floor: 16 << 20,
            record_bytes: 16 << 20,
            held_bytes: 256 << 20,
            columns: 4_096,
        }
    }
}

#[cfg(test)]
mod tests;
