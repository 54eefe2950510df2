//! What `simulate` is told by its arguments.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::json;

use crate::support::{Ran, Simulator, Workspace, program, repository};

#[test]
fn an_account_below_another_prefix_is_migrated_into_as_any() {
    let simulator = Simulator::told("seed.json", &["--prefix", "/crm-sandbox/sales/api"]);
    let base_url = &simulator.base_url;
    assert!(base_url.ends_with("/crm-sandbox/sales/api"), "{base_url}");
    let workspace = Workspace::new("demo", base_url);
    workspace.land(repository("fixtures/smartdesk"));
    let status = workspace.run(&["load", "--format", "json"]).passed().json();
    assert_eq!(status["gates"], "passed");
    let links = simulator.records("contacts")[0]["links"].clone();
    let notes = links["notes"].as_str().unwrap();
    assert!(notes.starts_with("/crm-sandbox/sales/contacts/"), "{notes}");
}

#[test]
fn a_profile_wins_over_the_seed() {
    let folder = repository("fixtures/freshsales/profiles");
    let growth = folder.join("growth.toml");
    let simulator = Simulator::told("seed.json", &["--profile", growth.to_str().unwrap()]);
    let switches = simulator.switches();
    assert_eq!(switches["plan"], "growth");
    assert_eq!(switches["hourly_limit"], 1000, "the seed has none");

    let own = tempfile::tempdir().unwrap();
    let own = own.path().join("own.toml");
    fs::write(&own, "ids_in_full_answers = true\n").unwrap();
    let simulator = Simulator::told("seed.json", &["--profile", own.to_str().unwrap()]);
    let contact = json!({"contact": {"last_name": "A", "email": "a@x.test"}});
    let made = simulator.caller().post("contacts", &contact).unwrap();
    assert_eq!(made["contact"]["owner_id"], 101, "it acts by the profile");
}

#[test]
fn a_profile_with_an_unknown_switch_starts_nothing() {
    let own = tempfile::tempdir().unwrap();
    let own = own.path().join("own.toml");
    fs::write(&own, "page_rows = 50\nhourly = 5\n").unwrap();
    let arguments = [
        "simulate",
        "--port",
        "0",
        "--profile",
        own.to_str().unwrap(),
    ];
    let mut command = program(&arguments);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut started = String::new();
    // It would serve until somebody ends it.
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut started)
        .unwrap();
    if !started.is_empty() {
        child.kill().unwrap();
    }
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(started, "");
    assert_ne!(ran.code, 0);
    for told in ["own.toml", "line 2", "`hourly`"] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
}
