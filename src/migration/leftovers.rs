//! What a source leaves in the workspace for its next run: pages that are not landed yet, and the state of a script.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::workspace::{Workspace, private_folder};
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::ledger::Ledger;

/// Ending of all files that hold pages, whatever their endpoint is or was called.
const PAGES: &str = "jsonl";

/// The folder `staging/source`.
pub(super) struct Leftovers {
    folder: PathBuf,
}

impl Leftovers {
    /// Those of a workspace. Pages that count as landed are removed first: a run was killed before it came to that.
    ///
    /// # Errors
    /// [`Kind::Config`] when the folder cannot be used.
    pub fn open(workspace: &Workspace, ledger: &Ledger) -> Result<Self> {
        let folder = workspace.staging().join("source");
        private_folder(&folder)?;
        let leftovers = Self { folder };
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

    /// The state that a script gave last.
    pub fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// Keeps the state of a script.
    pub fn remember(&self, state: &str) -> Result<()> {
        landing::write_atomically(&self.state_file(), state.as_bytes())
    }

    fn note_file(&self) -> PathBuf {
        self.folder.join("landing")
    }

    /// Notes as what extract the pages are about to be landed.
    pub fn note(&self, extract_id: &str) -> Result<()> {
        landing::write_atomically(&self.note_file(), extract_id.as_bytes())
    }

    /// Removes all pages, also those of endpoints that nothing declares any more. The note goes last: it says that the
    /// others have to go.
    ///
    /// # Errors
    /// [`Kind::Config`] when a file cannot be removed.
    pub fn forget_pages(&self) -> Result<()> {
        let removed = self.pages().and_then(|pages| {
            let mut all = pages.into_iter().chain([self.note_file()]);
            all.try_for_each(|path| match fs::remove_file(path) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
                _ => Ok(()),
            })
        });
        removed.map_err(|cause| {
            let text = format!("pages of no more use cannot be removed from `{}`", self.folder.display());
            Error::new(Kind::Config, text)
                .hint("they hold people's data: check the owner of the folder, and run `deskferry land` again")
                .because(cause)
        })
    }

    fn pages(&self) -> io::Result<Vec<PathBuf>> {
        let files = fs::read_dir(&self.folder)?.map(|file| Ok(file?.path()));
        let files = files.collect::<io::Result<Vec<_>>>()?;
        let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == PAGES);
        Ok(files.into_iter().filter(is_page).collect())
    }
}
