//! Files and folders for their owner only, and what to say when they cannot be written.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

use crate::error::{Error, Kind, Result};

/// Why a file operation failed.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failed file operation; `what` is what did not happen.
pub fn failed(what: &str, path: &Path, cause: impl Into<Cause>) -> Error {
    Error::new(
        Kind::Config,
        format!("`{}` cannot be {what}", path.display()),
    )
    .hint("check the free space and the owner of the folder")
    .because(cause)
}

/// A new file; the folder it stands in is made.
pub fn create(path: &Path) -> Result<File> {
    if let Some(parent) = path.parent() {
        folder(parent)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|cause| failed("written", path, cause))
}

/// A folder with those above it.
pub fn folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|cause| failed("made", path, cause))
}

/// A small file with these bytes.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = create(path)?;
    io::Write::write_all(&mut file, bytes).map_err(|cause| failed("written", path, cause))
}

/// All files below a folder as paths in it, `/` between folders, sorted.
pub fn below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(inside) = open.pop() {
        let path = folder.join(&inside);
        let entries = fs::read_dir(&path).map_err(|cause| failed("read", &path, cause))?;
        for entry in entries {
            let entry = entry.map_err(|cause| failed("read", &path, cause))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = match inside.as_str() {
                "" => name,
                inside => format!("{inside}/{name}"),
            };
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                open.push(name)
            } else {
                found.push(name)
            }
        }
    }
    found.sort();
    Ok(found)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
