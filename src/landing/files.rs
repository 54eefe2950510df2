//! Files and folders that are whole as soon as they have their name, and belong to their owner only.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

use crate::error::{Error, Kind, Result};

const PARTIAL: &str = ".partial-";

/// Whether a name is a temporary one.
pub(super) fn is_partial(name: &str) -> bool {
    name.starts_with(PARTIAL)
}

/// A failed file operation; `what` is what did not happen.
pub(super) fn failed(what: &str, path: &Path, cause: io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("`{}` cannot be {what}", path.display()),
    )
    .hint("check the free space and the owner of the workspace's staging folder")
    .because(cause)
}

/// The names inside a folder in their order; empty when the folder is not there.
pub(super) fn names(folder: &Path) -> Result<Vec<String>> {
    let inside = match fs::read_dir(folder) {
        Ok(inside) => inside,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read", folder, error)),
    };
    let mut names = inside
        .map(|item| Ok(item?.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<String>>>()
        .map_err(|cause| failed("read", folder, cause))?;
    names.sort();
    Ok(names)
}

/// Removes a file or a folder with what is in it; fine when it is not there.
pub(super) fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed("removed", path, error))
        }
        _ => Ok(()),
    }
}

/// The folder that `path` is to stand in, made if it is not there.
pub(super) fn parent(path: &Path) -> Result<&Path> {
    let parent = path.parent().unwrap_or(Path::new("."));
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(parent)
        .map_err(|cause| failed("made", parent, cause))?;
    Ok(parent)
}

/// An empty folder under a temporary name beside `path`; dropped, it is removed.
pub(super) fn partial_folder(path: &Path) -> Result<TempDir> {
    let parent = parent(path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PARTIAL);
    #[cfg(unix)]
    builder.permissions(owner_only(0o700));
    builder
        .tempdir_in(parent)
        .map_err(|cause| failed("written", path, cause))
}

/// An empty file under a temporary name beside `path`; dropped, it is removed.
pub(super) fn partial_file(path: &Path) -> Result<NamedTempFile> {
    let parent = parent(path)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(PARTIAL);
    #[cfg(unix)]
    builder.permissions(owner_only(0o600));
    builder
        .tempfile_in(parent)
        .map_err(|cause| failed("written", path, cause))
}

/// A new file for its owner only.
pub(super) fn create(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|cause| failed("written", path, cause))
}

#[cfg(unix)]
fn owner_only(mode: u32) -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

/// Makes names and renames inside a folder last.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| failed("synced", folder, cause))
}

/// Gives a finished temporary folder its name.
pub(super) fn publish_folder(partial: TempDir, path: &Path) -> Result<()> {
    sync_folder(partial.path())?;
    fs::rename(partial.path(), path).map_err(|cause| failed("written", path, cause))?;
    // The folder has another name now: nothing is left that a drop should remove.
    let _ = partial.keep();
    sync_folder(parent(path)?)
}

/// Gives a finished temporary file its name, in the place of a file that had it.
pub(super) fn publish_file(partial: NamedTempFile, path: &Path) -> Result<()> {
    partial
        .as_file()
        .sync_all()
        .map_err(|cause| failed("synced", path, cause))?;
    partial
        .persist(path)
        .map_err(|cause| failed("written", path, cause.error))?;
    sync_folder(parent(path)?)
}

/// Writes a file whole or not at all; its folder is made, a file of that name is replaced.
///
/// # Errors
/// `Kind::Config` when it cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut partial = partial_file(path)?;
    partial
        .write_all(bytes)
        .map_err(|cause| failed("written", path, cause))?;
    publish_file(partial, path)
}
