//! What a person sees when something is wrong: exit code, one sentence, a hint; and what was there is still there.
//!
//! The texts are in `snapshots/`. `INSTA_UPDATE=always cargo test cli` writes them anew; read them as that person would.

mod scene;

use std::fs;

use crate::support::{Ran, Simulator, Workspace, repository};
use scene::{Held, broken_zip, fresh, leaving_zip, one_file, recounted, show, without_key};

/// Lands something that cannot be trusted on top of a good export: the good one stays, and nothing new counts as landed.
#[track_caller]
fn assert_not_landed(name: &str, path: &std::path::Path) {
    let workspace = fresh();
    workspace.land(repository("fixtures/smartdesk"));
    let held = Held::by(&workspace);
    let ran = workspace.run(&["land".as_ref(), path.as_os_str()]);
    show(name, &workspace, path, &ran);
    held.assert_still_there(&workspace);
}

#[test]
fn a_path_that_is_not_there() {
    assert_not_landed("missing_path", "no/such/export".as_ref());
}

#[test]
fn a_zip_that_ends_too_early() {
    let folder = tempfile::tempdir().unwrap();
    assert_not_landed("truncated_zip", &broken_zip(folder.path()));
}

#[test]
fn a_zip_that_leaves_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    assert_not_landed("leaving_zip", &leaving_zip(folder.path()));
    assert!(!folder.path().join("outside.csv").exists());
}

#[test]
fn a_manifest_that_counts_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    assert_not_landed("wrong_count", &recounted(folder.path()));
}

#[test]
fn a_file_of_no_bytes() {
    let folder = tempfile::tempdir().unwrap();
    assert_not_landed("zero_bytes", &one_file(folder.path(), ""));
}

#[test]
fn a_file_with_a_header_and_no_rows_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let export = one_file(folder.path(), "id,first_name,last_name,email\n");
    let workspace = fresh();
    let ran = workspace.run(&["land".as_ref(), export.as_os_str()]);
    show("header_only", &workspace, &export, &ran);
    let objects = workspace.status()["objects"].clone();
    let objects = objects.as_array().unwrap();
    assert!(objects.iter().all(|object| object["source_rows"] == 0));
}

/// Runs a command on a workspace with a landed export: it is refused, and everything landed and logged stays.
#[track_caller]
fn assert_refused(name: &str, workspace: &Workspace, arguments: &[&str]) {
    let held = Held::by(workspace);
    let ran = workspace.run(arguments);
    show(name, workspace, workspace.path(), &ran);
    held.assert_still_there(workspace);
}

fn landed() -> Workspace {
    let workspace = fresh();
    workspace.land(repository("fixtures/smartdesk"));
    workspace
}

#[test]
fn a_key_of_the_config_that_nobody_knows() {
    let workspace = landed();
    workspace.edit_config(|line| {
        let is_zone = line.starts_with("time_zone");
        is_zone.then(|| line.replace("time_zone", "timezone"))
    });
    assert_refused("unknown_key", &workspace, &["plan"]);
}

#[test]
fn a_value_of_the_config_that_means_nothing() {
    let workspace = landed();
    workspace.edit_config(|line| {
        let is_order = line.starts_with("date_order");
        is_order.then(|| "date_order = \"dym\"".to_owned())
    });
    assert_refused("bad_value", &workspace, &["plan"]);
}

#[test]
fn a_key_variable_that_is_not_set() {
    let workspace = landed();
    let held = Held::by(&workspace);
    let ran = without_key(workspace.command(&["load"]));
    show("missing_key", &workspace, workspace.path(), &ran);
    held.assert_still_there(&workspace);
}

#[test]
fn a_destination_that_is_down() {
    assert_refused("destination_down", &landed(), &["load"]);
}

#[test]
fn a_key_that_the_destination_refuses() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed();
    workspace.point_at(&simulator.base_url);
    let held = Held::by(&workspace);
    let mut load = workspace.command(&["load"]);
    load.env("FRESHSALES_API_KEY", "a-wrong-key");
    let ran = Ran::to_end(load);
    assert!(!ran.stderr.contains("a-wrong-key"), "{}", ran.stderr);
    show("wrong_key", &workspace, workspace.path(), &ran);
    held.assert_still_there(&workspace);
    assert_eq!(simulator.writes(), [""; 0]);
}

#[test]
fn a_load_before_anything_is_landed() {
    assert_refused("load_before_land", &fresh(), &["load"]);
}

#[test]
fn a_status_before_anything_is_landed() {
    assert_refused("status_before_land", &fresh(), &["status"]);
}

#[test]
fn an_object_that_does_not_exist() {
    assert_refused("unknown_object", &landed(), &["load", "planets"]);
}

#[test]
fn a_query_that_would_change_something() {
    let workspace = landed();
    workspace.status();
    let update = "update ledger_outcomes set state = 'accepted'";
    assert_refused("sql_update", &workspace, &["sql", update]);
    assert_refused("sql_unknown", &workspace, &["sql", "select * from planets"]);
    assert_refused(
        "sql_two",
        &workspace,
        &["sql", "select 1; drop table built_from"],
    );
}

#[test]
fn a_folder_that_is_no_workspace() {
    let workspace = fresh();
    fs::remove_file(workspace.path().join("deskferry.toml")).unwrap();
    assert_refused("no_workspace", &workspace, &["status"]);
    assert!(!workspace.staging("").exists());
}
