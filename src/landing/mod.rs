//! Record batches in, sealed Parquet out: what was extracted and what was read back, as files.
//!
//! ```text
//! staging/landing/<system>/<object>/<id>/part-00001.parquet     rows, zstd, in the order they came
//! staging/landing/<system>/_extracts/<extract_id>.json          written last: the extract is whole
//! staging/quarantine/<system>/<extract_id>.parquet              records that could not be rows
//! staging/attachments/<extract_id>/<sha256>                     files as they came
//! ```
//!
//! A folder or file is written under a temporary name beside its place, synced, then renamed: what has
//! its real name is whole. The same batches give the same bytes. Files are readable by their owner only.

mod beside;
mod extract;
mod files;
mod hash;
mod originals;
mod writer;

use std::fs;
use std::path::{Path, PathBuf};

pub use beside::Beside;
pub use extract::{
    Account, Choice, Extract, FileCounts, LandedObject, begin, commit, extracts, quarantine_file,
};
pub use files::write_atomically;
pub use hash::{file_hash, hex};
pub use originals::{Held, Originals, originals_folder};
pub use writer::{FileWriter, Part, Writer};

use crate::error::Result;

/// The folder of the parts of one object: `staging/landing/<system>/<object>/<id>`.
#[must_use]
pub fn object_folder(staging: &Path, system: &str, object: &str, id: &str) -> PathBuf {
    system_folder(staging, system).join(object).join(id)
}

fn system_folder(staging: &Path, system: &str) -> PathBuf {
    staging.join("landing").join(system)
}

/// The ids that an object has a whole folder for, in the order of their names; empty when it has none.
///
/// # Errors
/// `Kind::Config` when the folder cannot be read.
pub fn ids(staging: &Path, system: &str, object: &str) -> Result<Vec<String>> {
    let folder = system_folder(staging, system).join(object);
    Ok(files::names(&folder)?
        .into_iter()
        .filter(|name| !files::is_partial(name) && folder.join(name).is_dir())
        .collect())
}

/// The part files of one object in their order; empty when the folder is not there.
///
/// # Errors
/// `Kind::Config` when the folder cannot be read.
pub fn parts(staging: &Path, system: &str, object: &str, id: &str) -> Result<Vec<PathBuf>> {
    let folder = object_folder(staging, system, object, id);
    Ok(files::names(&folder)?
        .into_iter()
        .filter(|name| name.starts_with("part-") && name.ends_with(".parquet"))
        .map(|name| folder.join(name))
        .collect())
}

/// Removes what interrupted runs left under temporary names. Call it while no other run is writing.
/// Gives how many files and folders were removed.
///
/// # Errors
/// `Kind::Config` when a folder cannot be read or an orphan cannot be removed.
pub fn remove_orphans(staging: &Path) -> Result<usize> {
    let mut removed = 0;
    let rooms = ["landing", "quarantine", "attachments"];
    let mut open: Vec<PathBuf> = rooms.iter().map(|room| staging.join(room)).collect();
    while let Some(folder) = open.pop() {
        for name in files::names(&folder)? {
            let path = folder.join(&name);
            if files::is_partial(&name) {
                files::remove(&path)?;
                removed += 1;
            } else if fs::symlink_metadata(&path).is_ok_and(|about| about.is_dir()) {
                open.push(path);
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
