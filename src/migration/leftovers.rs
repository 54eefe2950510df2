//! What a source leaves in the workspace for its next run: pages that are not landed yet, and the state of a script.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::workspace::{Workspace, private_folder};
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::ledger::Ledger;
use crate::source;

/// The folder `staging/source`.
pub(super) struct Leftovers {
    folder: PathBuf,
    /// Stands for the configured command.
    owner: String,
}

impl Leftovers {
    /// Those of a workspace. Pages that count as landed are removed first: a run was killed before it came to that.
    ///
    /// # Errors
    /// [`Kind::Config`] when the folder cannot be used.
    pub fn open(workspace: &Workspace, ledger: &Ledger) -> Result<Self> {
        let folder = workspace.staging().join("source");
        private_folder(&folder)?;
        let command = workspace.config.source.command.join("\0");
        let owner = landing::hex(&Sha256::digest(command));
        let leftovers = Self { folder, owner };
        let noted = fs::read_to_string(leftovers.note_file()).unwrap_or_default();
        let history = ledger.history();
        let last = history.last_landed(&workspace.config.source.system);
        if last.is_some_and(|last| last.extract_id == noted) {
            leftovers.forget_pages()?;
        }
        Ok(leftovers)
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file with the state that the configured command gave last.
    pub fn state(&self) -> Option<PathBuf> {
        let state = self.state_file();
        (state.is_file() && self.is_owner()).then_some(state)
    }

    /// Whether there is a state that another command gave: it says nothing about what this one has not given yet.
    pub fn has_state_of_another(&self) -> bool {
        self.state_file().is_file() && !self.is_owner()
    }

    /// Keeps the state of the configured command. Until all is written, the state is nobody's.
    pub fn remember(&self, state: &str) -> Result<()> {
        let is_owner = self.is_owner();
        if !is_owner {
            remove(&self.owner_file())?;
        }
        landing::write_atomically(&self.state_file(), state.as_bytes())?;
        match is_owner {
            true => Ok(()),
            false => landing::write_atomically(&self.owner_file(), self.owner.as_bytes()),
        }
    }

    fn is_owner(&self) -> bool {
        fs::read_to_string(self.owner_file()).is_ok_and(|owner| owner == self.owner)
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    fn owner_file(&self) -> PathBuf {
        self.folder.join("state.command")
    }

    fn note_file(&self) -> PathBuf {
        self.folder.join("landing")
    }

    /// Notes as what extract the pages are about to be landed.
    pub fn note(&self, extract_id: &str) -> Result<()> {
        landing::write_atomically(&self.note_file(), extract_id.as_bytes())
    }

    /// Removes all pages. The note goes last: it says that the others have to go.
    ///
    /// # Errors
    /// [`Kind::Config`] when a file cannot be removed.
    pub fn forget_pages(&self) -> Result<()> {
        source::forget_pages(&self.folder)?;
        remove(&self.note_file())
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            let text = format!("`{}` cannot be removed", path.display());
            Err(Error::new(Kind::Config, text)
                .hint("check the owner of its folder, and run `deskferry land` again")
                .because(cause))
        }
        _ => Ok(()),
    }
}
