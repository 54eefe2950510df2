//! `probe`: what an account is asked before it is trusted, and that nothing of it stays there.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Ran, Simulator, Workspace, changed_seed, repository};

/// A step that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn scene() -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    (simulator, workspace)
}

fn asked(workspace: &Workspace) -> Ran {
    workspace.run(&["probe", "--write", "--format", "json"])
}

#[track_caller]
fn answer(answers: &Value, probe: &str) -> String {
    let mut all = answers.as_array().unwrap().iter();
    let found = all.find(|answer| answer["probe"] == probe);
    let found = found.unwrap_or_else(|| panic!("{probe} is not in {answers:#}"));
    found["answer"].as_str().unwrap().to_owned()
}

/// Nothing is there, and nothing is in the Recycle Bin.
#[track_caller]
fn assert_nothing_left(simulator: &Simulator) {
    let counts = simulator.counts();
    for (object, count) in counts.as_object().unwrap() {
        // No route deletes one: it is out of reach with its contact.
        if object == "documents" {
            continue;
        }
        assert_eq!(count, 0, "{object} in {counts}");
    }
    for object in ["contacts", "sales_accounts", "deals"] {
        let bin = simulator.records(&format!("{object}?bin=true"));
        assert!(bin.is_empty(), "{object}: {bin:#?}");
    }
}

#[test]
fn without_consent_nothing_is_written() {
    let (simulator, workspace) = scene();
    let answers = workspace
        .run(&["probe", "--format", "json"])
        .passed()
        .json();
    assert_eq!(simulator.writes(), [""; 0]);
    assert_eq!(answer(&answers, "edition"), "suite");
    assert_eq!(answer(&answers, "deals: views"), "found");
    assert_eq!(answer(&answers, "contacts: required fields"), "last_name");
    assert_eq!(answer(&answers, "limit headers"), "none");
    let table = workspace.run(&["probe"]).passed().stdout;
    assert!(table.contains("nothing was written there"), "{table}");
}

#[test]
fn with_consent_the_account_shows_how_it_behaves_and_keeps_nothing() {
    let (simulator, workspace) = scene();
    let answers = asked(&workspace).passed().json();
    for (probe, wanted) in [
        ("contacts: creation", "accepted"),
        ("contacts: optional fields left out", "accepted"),
        ("contacts: created_at", "set by the account"),
        ("contacts: custom fields", "kept"),
        ("contacts: update of custom fields", "replaces"),
        ("contacts: key emails", "one record"),
        ("contacts: key external_id", "one record"),
        ("contacts: bulk job", "QUEUED > IN_PROGRESS > SUCCESS"),
        ("contacts: bulk failure", "named"),
        ("companies: key name", "one record"),
        ("deals: key cf_source_id", "one record"),
        ("deals: created_at", "set by the account"),
        ("calls: creation", "accepted"),
        ("attachments: creation", "accepted"),
    ] {
        assert_eq!(answer(&answers, probe), wanted, "{probe}");
    }
    assert_nothing_left(&simulator);
    let remembered = workspace.ledger();
    let probed = remembered.iter().filter(|line| line.contains("\"probed\""));
    assert_eq!(probed.count(), answers.as_array().unwrap().len());
}

#[test]
fn a_failure_in_the_middle_leaves_nothing_and_ends_with_9() {
    let (simulator, workspace) = scene();
    // Done there, and no answer: nobody knows the id.
    simulator.order(&[
        json!({"method": "POST", "route": "sales_activities", "kind": "fail_after_write"}),
    ]);
    let ran = asked(&workspace).ended(9);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert_eq!(simulator.faults()[0]["fired"], 1);
    assert_nothing_left(&simulator);
}

#[test]
fn what_a_killed_probe_left_is_removed_by_the_next_one() {
    let (simulator, workspace) = scene();
    let never = 600_000;
    simulator.order(&[
        json!({"method": "POST", "route": "sales_activities", "kind": "slow", "millis": never}),
    ]);
    let mut command = workspace.command(&["probe", "--write", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    let begun = Instant::now();
    while simulator.faults()[0]["fired"] == 0 {
        assert!(begun.elapsed() < PATIENCE, "the probe does not get there");
        sleep(Duration::from_millis(50));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    simulator.order(&[]);
    let left = simulator.counts();
    assert!(left["contacts"].as_u64().unwrap() > 0, "{left}");
    assert_eq!(left["sales_activities"], 1, "{left}");

    asked(&workspace).passed();
    assert_nothing_left(&simulator);
}

#[test]
fn records_of_others_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed_seed(folder.path(), |seed| {
        seed["records"] = json!({"contacts": [
            {"id": 70_000_000_001_u64, "last_name": "About the deskferry probe "},
        ]});
    });
    let simulator = Simulator::start(&path);
    let workspace = Workspace::new("demo", &simulator.base_url);
    asked(&workspace).passed();
    let contacts = simulator.records("contacts");
    assert_eq!(contacts.len(), 1, "{contacts:#?}");
}

#[test]
fn an_object_whose_key_does_not_work_is_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = changed_seed(folder.path(), |seed| {
        for field in seed["fields"]["deals"].as_array_mut().unwrap() {
            if field["name"] == "cf_source_id" {
                field["unique"] = json!(false);
            }
        }
    });
    let simulator = Simulator::start(&path);
    // Forms would say so without a probe. An account may show none.
    simulator.order(&[json!({
        "method": "GET", "route": "settings/deals/forms", "nth": "every", "kind": "refuse", "status": 404,
    })]);
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.land(repository("fixtures/smartdesk"));
    let owners = workspace.run(&["load", "owners"]);
    assert!(
        owners.stderr.contains("no write probes on record"),
        "{}",
        owners.stderr
    );

    let answers = asked(&workspace).passed().json();
    let told = answer(&answers, "deals: key cf_source_id");
    assert!(told.starts_with("refused: "), "{told}");
    assert_nothing_left(&simulator);

    let written = simulator.writes().len();
    let plan = workspace.run(&["plan"]).ended(6);
    let line = "probe deals: key cf_source_id: refused";
    assert!(plan.stdout.contains(line), "{}", plan.stdout);
    let load = workspace.run(&["load", "deals"]).ended(6);
    for ran in [&plan, &load] {
        let hint = "marks the field `cf_source_id` of deals as unique";
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    }
    assert!(!load.stderr.contains("no write probes"), "{}", load.stderr);
    assert_eq!(simulator.writes().len(), written);
    assert_eq!(workspace.run(&["load", "owners"]).code, owners.code);
}
