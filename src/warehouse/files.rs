//! The files beside the published database: builds, what they hold beyond their memory, and what is left of killed ones.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::refusal::unwritable;
use crate::error::Result;

/// Shares the right to build. Whoever finds that nobody else has it removes the files of builds that were killed.
pub(super) fn claim(published: &Path) -> Result<File> {
    let path = beside(published, "lock");
    let refused = |e| unwritable(&path, e);
    let claim = File::create(&path).map_err(refused)?;
    private(&path)?;
    if claim.try_lock().is_ok() {
        remove_orphans(published).map_err(refused)?;
        claim.unlock().map_err(refused)?;
    }
    claim.lock_shared().map_err(refused)?;
    Ok(claim)
}

fn remove_orphans(published: &Path) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (published.parent(), published.file_name()) else {
        return Ok(());
    };
    let name = name.to_string_lossy();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.file_name();
        let rest = found.to_str().and_then(|found| found.strip_prefix(&*name));
        let is_orphan = |rest: &str| {
            rest.starts_with(".building-") || rest.starts_with(".next-") || is_reader_gone(rest)
        };
        if rest.is_some_and(is_orphan) {
            // What a build holds beyond its memory is a folder beside it.
            match entry.file_type()?.is_dir() {
                true => fs::remove_dir_all(entry.path())?,
                false => fs::remove_file(entry.path())?,
            }
        }
    }
    Ok(())
}

/// Whether a process that was reading is gone, by the rest of its folder's name: `.reading-PID.spill`.
fn is_reader_gone(rest: &str) -> bool {
    let number = rest
        .strip_prefix(".reading-")
        .and_then(|rest| rest.split('.').next());
    number.is_some_and(|number| !Path::new("/proc").join(number).exists())
}

/// `warehouse.duckdb.SUFFIX`, in the same folder.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// For this user only.
pub(super) fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|e| unwritable(path, e))
}
