//! The account in which everything that may go either way goes the worse way: `fixtures/freshsales/profiles/harsh.toml`.

use std::fs;

use serde_json::Value;

use crate::support::{Simulator, Workspace, repository};

/// The demo's export, landed, and the harsh account; `workflow` says whether its own rules change what is written.
fn scene(workflow: bool) -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let profile = fs::read_to_string(repository("fixtures/freshsales/profiles/harsh.toml"));
    let mut profile: Value = toml::from_str(&profile.unwrap()).unwrap();
    if !workflow {
        profile.as_object_mut().unwrap().remove("workflow").unwrap();
    }
    simulator.switch(&profile);
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.edit_config(|line| {
        let is_wait = line.starts_with("index_wait_seconds");
        // Half a minute of its clock, which runs sixty times as fast.
        is_wait.then(|| "index_wait_seconds = 5".to_owned())
    });
    workspace.land(repository("fixtures/smartdesk"));
    (simulator, workspace)
}

/// Rows there, by object.
fn standing(status: &Value) -> Vec<(String, i64)> {
    let rows = status["objects"].as_array().unwrap().iter();
    let number = |row: &Value| row["accepted"].as_i64().unwrap();
    rows.map(|row| (row["object"].as_str().unwrap().to_owned(), number(row)))
        .collect()
}

#[test]
fn what_migrates_into_a_harsh_account_is_what_migrates_into_a_kind_one() {
    let (_simulator, workspace) = scene(false);
    let harsh = workspace.run(&["load", "--format", "json"]).passed().json();
    let simulator = Simulator::start("seed.json");
    let kind = Workspace::new("demo", &simulator.base_url);
    kind.land(repository("fixtures/smartdesk"));
    let kind = kind.run(&["load", "--format", "json"]).passed().json();
    assert_eq!(standing(&harsh), standing(&kind));
    assert_eq!(harsh["gates"], "passed");
}

#[test]
fn rules_of_the_account_that_change_what_was_written_stop_the_load() {
    let (_simulator, workspace) = scene(true);
    let stopped = workspace.run(&["load"]).ended(7);
    let finding = "recon_after_load__fields_differ__companies: 8 rows";
    assert!(stopped.stderr.contains(finding), "{}", stopped.stderr);
    let fields = "select distinct field, problem from recon_after_load__fields_differ__companies";
    let wanted = serde_json::json!({ "field": "owner_id", "problem": "different" });
    assert_eq!(workspace.sql(fields), [wanted]);
}
