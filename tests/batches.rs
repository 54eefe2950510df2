//! Bulk jobs that say too little, answers that say enough, and an index that lags behind.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::resume::export::USUAL;
use crate::resume::scene::{Scene, undisturbed_scene};
use crate::support::{Middleman, Simulator, Workspace};

/// Contacts of one batch.
const ROWS: usize = 100;

/// So many landed contacts, and an account that wants a number of each: of these, it loses theirs on the way.
fn scene(rows: usize, bad: &[usize]) -> (Simulator, Middleman, Workspace) {
    let simulator = Simulator::start("seed.json");
    simulator.switch(&json!({ "required_fields": { "contacts": ["last_name", "mobile_number"] } }));
    let bad: Vec<String> = bad.iter().map(|n| format!("Person {n}")).collect();
    let lose = move |contact: &mut Value| {
        let is_bad = bad.iter().any(|name| contact["last_name"] == **name);
        if is_bad {
            contact
                .as_object_mut()
                .unwrap()
                .remove("mobile_number")
                .unwrap();
        }
    };
    let middleman = Middleman::start(&simulator.base_url, move |_, path, body| {
        if path.starts_with("contacts/bulk_upsert") {
            let rows = body["contacts"].as_array_mut().unwrap();
            rows.iter_mut().for_each(|row| lose(&mut row["data"]));
        } else if path.starts_with("contacts/upsert") {
            lose(&mut body["contact"]);
        }
        None
    });
    let workspace = Workspace::undecided(&middleman.base_url);
    let mut text = "id,last_name,email,mobile\n".to_owned();
    for n in 1..=rows {
        text += &format!("con_{n:09},Person {n},person-{n}@people.example,+49 170 55{n:05}\n");
    }
    workspace.land_files(&[("contacts.csv", &text)]);
    (simulator, middleman, workspace)
}

fn bulk_calls(simulator: &Simulator) -> usize {
    let calls = simulator.calls();
    let is_bulk = |call: &&Value| call["path"] == "/contacts/bulk_upsert";
    calls.iter().filter(is_bulk).count()
}

/// Source ids of contacts in this bucket, each with a reason.
fn bucket(workspace: &Workspace, bucket: &str) -> Vec<String> {
    let rows = workspace.sql(&format!(
        "select source_id, reason from ledger_buckets \
         where object = 'contacts' and bucket = '{bucket}' order by source_id"
    ));
    let id = |row: &Value| row["source_id"].as_str().unwrap().to_owned();
    if bucket == "rejected" {
        for row in &rows {
            assert!(
                row["reason"]
                    .as_str()
                    .is_some_and(|why| why.contains("Mobile number")),
                "{row}"
            );
        }
    }
    rows.iter().map(id).collect()
}

/// Two bad rows of a hundred are found, and cost no good row.
#[track_caller]
fn assert_bad_rows_stand_alone(profile: &Value) -> usize {
    let (simulator, _middleman, workspace) = scene(ROWS, &[17, 60]);
    simulator.switch(profile);
    workspace.run(&["load"]).ended(8);
    assert_eq!(
        bucket(&workspace, "rejected"),
        ["con_000000017", "con_000000060"]
    );
    assert_eq!(bucket(&workspace, "accepted").len(), ROWS - 2);
    assert_eq!(simulator.records("contacts").len(), ROWS - 2);
    bulk_calls(&simulator)
}

#[test]
fn a_job_that_names_its_bad_rows_is_one_call() {
    assert_eq!(
        assert_bad_rows_stand_alone(&json!({ "failure_report": "identifiers" })),
        1
    );
}

#[test]
fn a_job_that_does_not_name_its_bad_rows_is_halved() {
    let calls = assert_bad_rows_stand_alone(&json!({ "failure_report": "none" }));
    // Each of two rows is alone after seven halvings of a hundred, and each halving makes two calls.
    assert!((8..=1 + 2 * 2 * 7).contains(&calls), "{calls} calls");
}

#[test]
fn a_job_that_fails_as_a_whole_for_one_row_is_halved() {
    let calls =
        assert_bad_rows_stand_alone(&json!({ "failure_report": "none", "job_fails": "any_row" }));
    assert!(calls <= 1 + 2 * 2 * 7, "{calls} calls");
}

#[test]
fn a_job_that_fails_and_tells_nothing_is_halved() {
    let (simulator, _middleman, workspace) = scene(10, &[4]);
    let fail = json!({
        "method": "POST", "route": "contacts/bulk_upsert", "nth": "every", "kind": "failed_job",
    });
    simulator.order(&[fail]);
    workspace.run(&["load"]).ended(8);
    assert_eq!(bucket(&workspace, "rejected"), ["con_000000004"]);
    assert_eq!(simulator.records("contacts").len(), 9);
}

#[test]
fn a_batch_that_is_refused_as_a_whole_is_halved() {
    let (simulator, _middleman, workspace) = scene(ROWS, &[]);
    let refuse = json!({
        "method": "POST", "route": "contacts/bulk_upsert", "nth": 1, "kind": "refuse", "status": 400,
    });
    simulator.order(&[refuse]);
    workspace.run(&["load"]).passed();
    assert_eq!(simulator.records("contacts").len(), ROWS);
    assert_eq!(bulk_calls(&simulator), 3);
}

#[test]
fn a_batch_of_bad_rows_only_is_rejected_row_by_row() {
    let bad: Vec<usize> = (1..=10).collect();
    let (simulator, _middleman, workspace) = scene(10, &bad);
    simulator.switch(&json!({ "failure_report": "none", "job_fails": "every_row" }));
    let refused = workspace.run(&["load"]).ended(8);
    assert!(
        refused.stderr.contains("10 rows were rejected"),
        "{}",
        refused.stderr
    );
    assert_eq!(bucket(&workspace, "rejected").len(), 10);
    assert_eq!(simulator.counts()["contacts"], 0);
}

#[test]
fn an_index_that_lags_makes_no_twin() {
    let scene = Scene::new();
    scene.simulator.switch(&json!({ "index_lag": 3 }));
    scene.workspace.edit_config(|line| {
        let is_wait = line.starts_with("index_wait_seconds");
        is_wait.then(|| "index_wait_seconds = 5".to_owned())
    });
    let faults = [
        ("POST", "contacts/bulk_upsert", "fail_after_write"),
        ("GET", "job_statuses", "expired_job"),
        ("POST", "deals/upsert", "fail_after_write"),
        ("POST", "tasks", "fail_after_write"),
        ("POST", "notes", "html_502_after_write"),
        ("POST", "sales_activities", "reset_in_answer"),
        ("POST", "documents", "fail_after_write"),
    ];
    let faults = faults.map(
        |(method, route, kind)| json!({ "method": method, "route": route, "nth": 1, "kind": kind }),
    );
    scene.simulator.order(&faults);
    scene.load().passed();
    scene.assert_undisturbed();
    for (path, records) in [
        ("/tasks", USUAL.tasks),
        ("/notes", USUAL.activities / 4),
        ("/documents", USUAL.files),
    ] {
        assert_eq!(scene.calls("POST", path), records, "{path}");
    }
}

#[test]
fn a_child_in_doubt_whose_mark_is_lost_is_known_by_its_text() {
    let scene = Scene::new();
    let is_first = AtomicBool::new(true);
    // The account takes the mark out of one note, and its answer is lost.
    let middleman = Middleman::start(&scene.simulator.base_url, move |method, path, body| {
        if method == "POST" && path.starts_with("notes") && is_first.swap(false, Ordering::SeqCst) {
            let text = body["note"]["description"].as_str().unwrap();
            let at = text.find("[deskferry").unwrap();
            body["note"]["description"] = json!(text[..at].trim_end().to_owned() + "</p>");
        }
        None
    });
    scene.workspace.point_at(&middleman.base_url);
    scene.workspace.edit_config(|line| {
        let is_wait = line.starts_with("index_wait_seconds");
        is_wait.then(|| format!("{line}\nworkers = 1"))
    });
    let lose = json!({ "method": "POST", "route": "notes", "nth": 1, "kind": "fail_after_write" });
    scene.simulator.order(&[lose]);
    scene.load().passed();
    scene.assert_undisturbed();
    assert_eq!(scene.calls("POST", "/notes"), USUAL.activities / 4);
    // It is written once more, and what it was before is kept, from its parent's list.
    let lines = scene.workspace.ledger().into_iter();
    let events = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let is_update = |line: &Value| line["object"] == "notes" && line["action"] == "update";
    let updates: Vec<Value> = events.filter(is_update).collect();
    assert_eq!(updates.len(), 1);
    assert!(updates[0]["before"]["description"].is_string());
    assert_eq!(asked_by_id(&scene), 0);
}

/// Notes that were asked for by a route that is not there.
fn asked_by_id(scene: &Scene) -> usize {
    let calls = scene.simulator.calls();
    let is_by_id = |call: &&Value| {
        call["method"] == "GET" && call["path"].as_str().unwrap().starts_with("/notes/")
    };
    calls.iter().filter(is_by_id).count()
}

#[test]
fn a_child_that_its_parent_shows_late_is_waited_for() {
    let scene = Scene::new();
    let lists = AtomicUsize::new(0);
    let late = move |method: &str, path: &str, answer: &mut Value| {
        let route = path.split('?').next().unwrap();
        if method == "POST" && route == "notes" {
            // Proves nothing but that there is one.
            *answer = json!({ "note": { "id": answer["note"]["id"] } });
        } else if method == "GET" && route.ends_with("/notes") {
            let is_first_round = lists.fetch_add(1, Ordering::SeqCst) < 3;
            if is_first_round {
                answer["notes"] = json!([]);
            }
        }
    };
    let middleman = Middleman::changing_answers(&scene.simulator.base_url, late);
    scene.workspace.point_at(&middleman.base_url);
    scene.workspace.edit_config(|line| {
        let is_wait = line.starts_with("index_wait_seconds");
        is_wait.then(|| "index_wait_seconds = 5".to_owned())
    });
    scene.load().passed();
    assert_eq!(scene.calls("POST", "/notes"), USUAL.activities / 4);
    assert_eq!(asked_by_id(&scene), 0);
}

#[test]
fn a_custom_field_that_is_dropped_in_silence_is_said_of_its_row_and_stops_the_load() {
    let scene = Scene::new();
    let middleman = Middleman::start(&scene.simulator.base_url, |_, path, body| {
        if path.starts_with("deals/upsert") && body["deal"]["name"] == "Deal 7" {
            let custom = body["deal"]["custom_field"].as_object_mut().unwrap();
            custom.remove("cf_source_created_at").unwrap();
        }
        None
    });
    scene.workspace.point_at(&middleman.base_url);
    let stopped = scene.load().ended(7);
    let finding = "recon_after_load__fields_differ__deals: 1 row";
    assert!(stopped.stderr.contains(finding), "{}", stopped.stderr);
    let rows = scene.workspace.sql(
        "select source_id, reason from ledger_outcomes where object = 'deals' and reason is not null",
    );
    let wanted = json!({ "source_id": "dea_000000007", "reason": "kept there without cf_source_created_at" });
    assert_eq!(rows, [wanted]);
}

#[test]
fn answers_are_proof_and_no_child_is_listed_for_it() {
    let scene = undisturbed_scene();
    let calls = scene.simulator.calls();
    let lists_notes = |call: &&Value| {
        let path = call["path"].as_str().unwrap().split('?').next().unwrap();
        call["method"] == "GET" && path.ends_with("/notes")
    };
    assert_eq!(calls.iter().filter(lists_notes).count(), 0);
    assert_eq!(scene.calls("POST", "/notes"), USUAL.activities / 4);
}
