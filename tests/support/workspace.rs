//! A workspace in a temporary folder, made from an overlay of the fixtures.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Ran, program, repository};

/// A workspace; its folder goes when it is dropped.
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// Copies `fixtures/<overlay>` and points its config at `base_url`.
    pub fn new(overlay: &str, base_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&repository("fixtures").join(overlay), folder.path());
        let workspace = Self { folder };
        workspace.point_at(base_url);
        workspace
    }

    /// The demo's workspace for another export: the demo's decisions are about its own.
    pub fn undecided(base_url: &str) -> Self {
        let workspace = Self::new("demo", base_url);
        fs::remove_dir_all(workspace.path().join("sql")).unwrap();
        workspace
    }

    /// A copy of a workspace, wherever it points.
    pub fn copied(from: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(from, folder.path());
        Self { folder }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path below `staging/`.
    pub fn staging(&self, path: &str) -> PathBuf {
        self.path().join("staging").join(path)
    }

    /// Changes the destination in `deskferry.toml`.
    pub fn point_at(&self, base_url: &str) {
        self.edit_config(|line| {
            let is_url = line.starts_with("base_url");
            is_url.then(|| format!("base_url    = \"{base_url}\""))
        });
    }

    /// Adds lines to `deskferry.toml`: a section that is not there yet.
    pub fn configure(&self, lines: &str) {
        let path = self.path().join("deskferry.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}\n{lines}\n")).unwrap();
    }

    /// Rewrites lines of `deskferry.toml`; `None` leaves a line as it is.
    pub fn edit_config(&self, change: impl Fn(&str) -> Option<String>) {
        let path = self.path().join("deskferry.toml");
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<String> = text
            .lines()
            .map(|line| change(line).unwrap_or_else(|| line.to_owned()))
            .collect();
        fs::write(&path, lines.join("\n") + "\n").unwrap();
    }

    /// The program on this workspace, for tests that start or stop it themselves.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut all = vec![OsString::from("--workspace"), self.path().into()];
        all.extend(arguments.iter().map(|argument| argument.as_ref().into()));
        program(&all)
    }

    /// Runs the program on this workspace to its end.
    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Ran {
        Ran::to_end(self.command(arguments))
    }

    /// Lands a path.
    #[track_caller]
    pub fn land(&self, path: impl AsRef<Path>) -> Ran {
        self.run(&["land".as_ref(), path.as_ref().as_os_str()])
            .passed()
    }

    /// Lands an export that consists of these files.
    #[track_caller]
    pub fn land_files(&self, files: &[(&str, &str)]) -> Ran {
        let export = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = export.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.land(export.path())
    }

    /// The JSON document of `status`.
    #[track_caller]
    pub fn status(&self) -> Value {
        self.run(&["status", "--format", "json"]).passed().json()
    }

    /// The rows that a query returns.
    #[track_caller]
    pub fn sql(&self, query: &str) -> Vec<Value> {
        let answer = self
            .run(&["sql", query, "--format", "json"])
            .passed()
            .json();
        serde_json::from_value(answer).unwrap()
    }

    /// The one number that a query returns.
    #[track_caller]
    pub fn number(&self, query: &str) -> i64 {
        let rows = self.sql(&format!("select ({query})::bigint as number"));
        rows[0]["number"].as_i64().unwrap()
    }

    /// Every line of the ledger, in order.
    pub fn ledger(&self) -> Vec<String> {
        let mut files = files_below(&self.staging("ledger"));
        files.retain(|file| file.extension().is_some_and(|found| found == "jsonl"));
        let text: String = files
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        text.lines().map(str::to_owned).collect()
    }
}

/// Copies a folder with everything below it.
pub fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
}

/// All files below a folder, sorted; none if it is not there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Other people of this machine read nothing in a folder, and do not see what it holds.
#[track_caller]
pub fn assert_private(folder: &Path) {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_private(&path);
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}
