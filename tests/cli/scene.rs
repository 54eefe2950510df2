//! Broken input, what a workspace holds, and texts without what differs from run to run.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{Ran, Workspace, files_below, repository};

/// Nothing listens there.
pub const NOBODY: &str = "http://127.0.0.1:1/crm/sales/api";

/// The demo's workspace before anything happened in it.
pub fn fresh() -> Workspace {
    Workspace::new("demo", NOBODY)
}

/// What must not get lost: landed files with a hash of each, and the lines of the ledger.
pub struct Held {
    landed: BTreeMap<PathBuf, u64>,
    ledger: Vec<String>,
}

impl Held {
    /// What this workspace holds now.
    pub fn by(workspace: &Workspace) -> Self {
        let folders = ["landing/smartdesk", "quarantine"];
        let files = folders.map(|folder| files_below(&workspace.staging(folder)));
        let read = |path: PathBuf| {
            let mut hasher = DefaultHasher::new();
            fs::read(&path).unwrap().hash(&mut hasher);
            (path, hasher.finish())
        };
        Self {
            landed: files.into_iter().flatten().map(read).collect(),
            ledger: workspace.ledger(),
        }
    }

    /// Nothing is gone, changed or new, but for lines of the ledger that tell of a run.
    #[track_caller]
    pub fn assert_still_there(&self, workspace: &Workspace) {
        let now = Self::by(workspace);
        assert_eq!(now.landed, self.landed);
        let (earlier, later) = now.ledger.split_at(self.ledger.len());
        assert_eq!(earlier, self.ledger);
        let landings = later.iter().filter(|line| line.contains("\"landed\""));
        assert_eq!(landings.count(), 0, "{later:#?}");
    }
}

/// Compares exit code, stdout and stderr with the snapshot of this name. `path` is shown as `[path]`.
#[track_caller]
pub fn show(name: &str, workspace: &Workspace, path: &Path, ran: &Ran) {
    let place = |text: &str| {
        let text = text.replace(path.to_str().unwrap(), "[path]");
        text.replace(workspace.path().to_str().unwrap(), "[workspace]")
    };
    let shown = format!(
        "exit code {}\n--- stdout\n{}--- stderr\n{}",
        ran.code,
        place(&ran.stdout),
        place(&ran.stderr)
    );
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("../snapshots");
    settings.set_omit_expression(true);
    settings.add_filter(r"\d{8}T\d{6}-\d+", "[run]");
    settings.add_filter(r"\b[0-9a-f]{16,64}\b", "[hash]");
    settings.add_filter(r"127\.0\.0\.1:\d{2,5}", "127.0.0.1:[port]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*", "[time]");
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

/// Runs a command without the variable that holds the key.
pub fn without_key(mut command: Command) -> Ran {
    command.env_remove("FRESHSALES_API_KEY");
    Ran::to_end(command)
}

/// The first half of a zip of the bundled export.
pub fn broken_zip(folder: &Path) -> PathBuf {
    let export = repository("fixtures/smartdesk");
    let files = files_below(&export).into_iter().map(|file| {
        let name = file.strip_prefix(&export).unwrap().to_str().unwrap();
        (name.to_owned(), fs::read(&file).unwrap())
    });
    let path = zipped(folder, files);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    path
}

/// A zip with an entry that would land beside the folder it is unpacked in.
pub fn leaving_zip(folder: &Path) -> PathBuf {
    let contacts = b"id,last_name\ncon_1,One\n".to_vec();
    let outside = b"id,last_name\ncon_2,Two\n".to_vec();
    let files = [("data/contacts.csv", contacts), ("../outside.csv", outside)];
    zipped(
        folder,
        files
            .map(|(name, bytes)| (name.to_owned(), bytes))
            .into_iter(),
    )
}

fn zipped(folder: &Path, files: impl Iterator<Item = (String, Vec<u8>)>) -> PathBuf {
    let path = folder.join("export.zip");
    let mut writer = ZipWriter::new(File::create(&path).unwrap());
    for (name, bytes) in files {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// The bundled export, whose manifest counts one user more than there are.
pub fn recounted(folder: &Path) -> PathBuf {
    let from = repository("fixtures/smartdesk");
    let export = folder.join("export");
    for file in files_below(&from) {
        let target = export.join(file.strip_prefix(&from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
    let manifest = export.join("manifest.json");
    let mut document: serde_json::Value =
        serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    let users = &mut document["files"][0]["rows"];
    *users = (users.as_u64().unwrap() + 1).into();
    fs::write(&manifest, document.to_string()).unwrap();
    export
}

/// An export of one file of contacts.
pub fn one_file(folder: &Path, text: &str) -> PathBuf {
    let export = folder.join("export");
    fs::create_dir_all(export.join("data")).unwrap();
    fs::write(export.join("data/contacts.csv"), text).unwrap();
    export
}
