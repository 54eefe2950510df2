//! `fixtures/broken_sql/<case>/` lies over the built-in `sql/` of a workspace; `plan` must refuse it before anything runs,
//! with the exit code and the words of `expected.txt` beside it. `UPDATE=1` rewrites those.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_broken_folder_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/broken_sql");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "the broken folders are gone");
    let failures: Vec<String> = folders
        .iter()
        .filter_map(|folder| failure(folder))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is wrong with the answer to one folder.
fn failure(folder: &Path) -> Option<String> {
    let actual = answer(&folder.join("sql"));
    let path = folder.join("expected.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, actual).unwrap();
        return None;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    let name = folder.file_name().unwrap().display();
    (expected != actual).then(|| format!("{name}\nexpected: {expected}\nactual: {actual}"))
}

/// Exit code and messages of `plan` in a new workspace with these scripts.
fn answer(sql: &Path) -> String {
    let workspace = tempfile::tempdir().unwrap();
    let config = deskferry::config::Config::template();
    fs::write(workspace.path().join("deskferry.toml"), config).unwrap();
    copy(sql, &workspace.path().join("sql"));
    let output = Command::new(env!("CARGO_BIN_EXE_deskferry"))
        .args(["plan", "--workspace"])
        .arg(workspace.path())
        .output()
        .unwrap();
    assert!(output.stdout.is_empty(), "stdout is for data");
    assert!(!workspace.path().join("staging").exists(), "something ran");
    let words = String::from_utf8(output.stderr).unwrap();
    format!("exit {}\n{words}", output.status.code().unwrap())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
