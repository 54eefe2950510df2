//! Generated exports, by the real program: a clean one is read without a question, a messy one as its truth says.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Ran, Workspace, files_below, program};

/// Generates an export; what to land, and what must be counted.
fn generated(folder: &Path, arguments: &[&str]) -> (Vec<PathBuf>, Value) {
    let folder_text = folder.to_str().unwrap();
    let all = [&["generate", folder_text, "--format", "json"], arguments].concat();
    let made = Ran::to_end(program(&all)).passed().json();
    let export = made["export"].as_array().unwrap().iter();
    let export = export.map(|path| PathBuf::from(path.as_str().unwrap()));
    let expected = fs::read_to_string(folder.join("truth/expected.json")).unwrap();
    (export.collect(), serde_json::from_str(&expected).unwrap())
}

/// A workspace as `init` makes it.
fn workspace(folder: &TempDir) -> Workspace {
    let path = folder.path().join("workspace");
    Ran::to_end(program(&["init".as_ref(), path.as_os_str()])).passed();
    Workspace::copied(&path)
}

/// Lands an export; rows and quarantined records by object.
fn landed(workspace: &Workspace, export: &[PathBuf]) -> Value {
    let mut arguments = vec!["land", "--format", "json"];
    arguments.extend(export.iter().map(|path| path.to_str().unwrap()));
    workspace.run(&arguments).passed().json()
}

fn assert_counts(landed: &Value, expected: &Value) {
    for (object, rows) in expected["rows"].as_object().unwrap() {
        let objects = landed["objects"].as_array().unwrap().iter();
        let found = objects.clone().find(|found| found["object"] == **object);
        let found = found.unwrap_or_else(|| panic!("{object} was not landed"));
        assert_eq!(&found["rows"], rows, "{object}");
        assert_eq!(found["quarantined"], 0, "{object}");
    }
    assert_eq!(landed["unmapped"], serde_json::json!([]));
}

/// Where the manifest does not say what separates lists, a comma in a tag is asked about, and nothing else.
fn assert_lists_only(workspace: &Workspace) {
    let open = workspace.run(&["map", "show", "--format", "json"]).passed();
    let open = open.json();
    let topics: Vec<&Value> = open
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["topic"])
        .collect();
    assert_eq!(topics, ["separator"], "{open}");
}

/// Seed 4 of V01 is a folder.
const AS_FOLDER: &[&str] = &["--seed", "4", "--contacts", "60", "--variants", "V01"];

#[test]
fn a_folder_is_landed_with_its_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (export, expected) = generated(folder.path(), AS_FOLDER);
    assert!(export[0].is_dir());
    assert!(export[0].join("manifest.json").exists());
    let workspace = workspace(&folder);
    assert_counts(&landed(&workspace, &export), &expected);
    assert_lists_only(&workspace);
}

#[test]
fn a_clean_archive_of_any_seed_is_landed_without_a_question() {
    for seed in ["1", "3", "7"] {
        let folder = tempfile::tempdir().unwrap();
        let (export, expected) = generated(folder.path(), &["--seed", seed, "--contacts", "120"]);
        let workspace = workspace(&folder);
        assert_counts(&landed(&workspace, &export), &expected);
        let open = workspace.run(&["map", "show", "--format", "json"]).passed();
        assert_eq!(open.json(), serde_json::json!([]), "seed {seed}");
        let zone = "select source_time_zone() as zone";
        assert_eq!(workspace.sql(zone)[0]["zone"], "Europe/Berlin");
    }
}

#[test]
fn an_archive_with_a_file_for_each_type_is_landed_with_its_counts() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--seed", "4", "--contacts", "60", "--variants", "V65"];
    let (export, expected) = generated(folder.path(), &arguments);
    assert_eq!(export[0].extension().unwrap(), "zip");
    let workspace = workspace(&folder);
    assert_counts(&landed(&workspace, &export), &expected);
    assert_lists_only(&workspace);
}

#[test]
fn an_archive_made_to_do_harm_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    generated(
        folder.path(),
        &["--contacts", "50", "--variants", "V12,V13"],
    );
    let workspace = workspace(&folder);
    let archives = files_below(&folder.path().join("refused"));
    assert_eq!(archives.len(), 7);
    for archive in archives {
        workspace
            .run(&["land".as_ref(), archive.as_os_str()])
            .ended(4);
    }
}

#[test]
fn a_delta_of_the_account_is_landed() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [AS_FOLDER, &["--delta"]].concat();
    let (export, expected) = generated(folder.path(), &arguments);
    let landed = landed(&workspace(&folder), &export);
    assert_counts(&landed, &expected);
    assert!(expected["rows"]["deleted"].as_u64() > Some(0));
}

#[test]
fn what_cannot_be_made_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let unknown = Ran::to_end(program(&["generate", path, "--variants", "V99"])).ended(2);
    assert!(unknown.stderr.contains("V99"), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("--list"), "{}", unknown.stderr);
    let list = Ran::to_end(program(&["generate", "--list"])).passed();
    assert!(list.stdout.contains("V43  recovered"), "{}", list.stdout);
}
