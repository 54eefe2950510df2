//! A workspace: a folder with `deskferry.toml`, `sql/` and `staging/`.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use crate::catalog::{self, Catalog};
use crate::config::{self, Config};
use crate::error::{Error, Kind, Result};
use crate::freshsales::{Clock, WallClock};

/// An opened workspace: config and scripts are checked, nothing was written.
pub struct Workspace {
    /// The folder, absolute.
    pub root: PathBuf,
    /// `deskferry.toml`.
    pub config: Config,
    /// `sql/`, the built-in files overlaid by the workspace's.
    pub catalog: Catalog,
    /// A key from elsewhere than the environment: the embedded destination makes its own.
    pub embedded_key: Option<SecretString>,
    /// Calls leave also while no window is open: somebody waits for an answer.
    pub is_open_always: bool,
    /// The time that quota and windows go by; a rehearsal may bring a quicker one.
    pub clock: Arc<dyn Clock>,
}

impl Workspace {
    /// Opens `root`.
    ///
    /// # Errors
    /// [`Kind::Config`] for the config, [`Kind::Script`] for `sql/`.
    pub fn open(root: &Path) -> Result<Self> {
        let config = Config::load(root)?;
        let root = fs::canonicalize(root).map_err(|e| unwritable(root, e))?;
        let catalog = Catalog::load(&root.join("sql"))?.in_edition(config.destination.edition);
        Ok(Self {
            root,
            config,
            catalog,
            embedded_key: None,
            is_open_always: false,
            clock: Arc::new(WallClock::default()),
        })
    }

    /// Folder of everything that runs write.
    #[must_use]
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// The published warehouse.
    #[must_use]
    pub fn warehouse(&self) -> PathBuf {
        self.staging().join("warehouse.duckdb")
    }

    /// The destination's key.
    ///
    /// # Errors
    /// [`Kind::Config`] when its environment variable is not set.
    pub fn api_key(&self) -> Result<SecretString> {
        match &self.embedded_key {
            Some(key) => Ok(key.clone()),
            None => self.config.api_key(),
        }
    }

    /// Makes `staging/`, private to this user, if it is not there.
    ///
    /// # Errors
    /// [`Kind::Config`] when the folder cannot be made.
    pub fn prepare(&self) -> Result<()> {
        private_folder(&self.staging())
    }
}

/// Writes a new workspace: commented config, the scripts, an empty staging folder. Files that are there stay as they are.
///
/// # Errors
/// [`Kind::Config`] when a file cannot be written.
pub fn init(root: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    fs::create_dir_all(root).map_err(|e| unwritable(root, e))?;
    put(
        root,
        Path::new(config::FILE),
        &Config::template(),
        &mut written,
    )?;
    for (path, text) in catalog::built_in_files()? {
        put(root, &Path::new("sql").join(path), &text, &mut written)?;
    }
    private_folder(&root.join("staging"))?;
    put(
        root,
        Path::new("staging/.gitignore"),
        "*\n!.gitignore\n!README.md\n",
        &mut written,
    )?;
    Ok(written)
}

fn put(root: &Path, path: &Path, text: &str, written: &mut Vec<PathBuf>) -> Result<()> {
    let target = root.join(path);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|e| unwritable(folder, e))?;
    }
    let file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&target);
    match file {
        Ok(mut file) => {
            file.write_all(text.as_bytes())
                .map_err(|e| unwritable(&target, e))?;
            written.push(path.to_path_buf());
            Ok(())
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(unwritable(&target, e)),
    }
}

/// Makes a folder that only this user can enter.
///
/// # Errors
/// [`Kind::Config`] when it cannot be made.
pub fn private_folder(folder: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|e| unwritable(folder, e))
}

fn unwritable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("{} cannot be written", path.display()),
    )
    .because(cause)
    .hint("check the path, free space and rights")
}
