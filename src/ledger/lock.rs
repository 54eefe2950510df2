//! One writer a workspace: a lock that the operating system lets go when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// The right to write in a workspace, as long as it lives.
#[derive(Debug)]
pub struct Lock {
    staging: PathBuf,
    /// A killed process closes its files, and with the last one the lock is gone.
    file: File,
}

impl Lock {
    /// The `staging/` folder this lock guards.
    #[must_use]
    pub fn staging(&self) -> &Path {
        &self.staging
    }
}

impl Drop for Lock {
    /// Closing alone would not do: a child process that is just being started holds a copy of the file.
    fn drop(&mut self) {
        drop(self.file.unlock());
    }
}

/// Takes the lock of the workspace with this `staging/` folder, or refuses at once.
///
/// # Errors
/// `Usage` if another process holds it; `Config` if the folder cannot be written.
pub fn lock(staging: &Path) -> Result<Lock> {
    let path = staging.join(".lock");
    super::segment::create_private_folder(staging)?;
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(|cause| unusable(&path, cause))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(taken(staging, &mut file)),
        Err(TryLockError::Error(cause)) => return Err(unusable(&path, cause)),
    }
    sign(&mut file).map_err(|cause| unusable(&path, cause))?;
    Ok(Lock {
        staging: staging.to_path_buf(),
        file,
    })
}

/// Leaves the process id for the message of whoever comes second. It says nothing about who holds the lock.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn taken(staging: &Path, file: &mut File) -> Error {
    let mut text = String::new();
    let holder = match file.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
        _ => String::new(),
    };
    Error::new(
        Kind::Usage,
        format!(
            "another deskferry{holder} works in this workspace: {} is locked",
            staging.display()
        ),
    )
    .hint("wait until it ends; `deskferry status` and `deskferry sql` work meanwhile")
}

fn unusable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("the lock file {} cannot be used", path.display()),
    )
    .because(cause)
    .hint("the workspace must be on a disk that can be written and that knows file locks")
}
