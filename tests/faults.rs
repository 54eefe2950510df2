//! Whatever goes wrong at the destination, in whatever phase: the end is the same, nothing lost, nothing twice.

use serde_json::json;

use crate::resume::export::USUAL;
use crate::resume::scene::{Scene, undisturbed_scene};

/// Every kind of fault in every way of writing. In one load: a fault hits single calls, and the others go on beside it.
#[test]
fn every_fault_in_every_phase_comes_to_the_same_end() {
    let scene = Scene::new();
    let singly = [
        "fail_after_write",
        "refuse",
        "html_502",
        "limit",
        "reset",
        "slow",
        "hold",
        "fail_after_write",
    ];
    let mut faults = Vec::new();
    let mut order = |method: &str, route: &str, kinds: &[&str]| {
        // Equal numbers hit one call after the other; only what writes one record has calls to let pass before.
        let nth = if kinds.len() == singly.len() { 3 } else { 1 };
        for kind in kinds {
            let mut fault = json!({ "method": method, "route": route, "nth": nth, "kind": kind });
            if matches!(*kind, "slow" | "hold") {
                fault["millis"] = json!(200);
            }
            faults.push(fault);
        }
    };
    order(
        "POST",
        "sales_accounts/bulk_upsert",
        &["bulk_405", "fail_after_write", "refuse"],
    );
    order(
        "POST",
        "contacts/bulk_upsert",
        &["limit", "html_502", "slow", "hold"],
    );
    order("POST", "deals/upsert", &singly);
    order("POST", "tasks", &singly);
    order("POST", "sales_activities", &singly);
    order("POST", "appointments", &singly);
    order("POST", "notes", &singly);
    order("POST", "lists", &["fail_after_write", "html_502"]);
    order(
        "PUT",
        "lists",
        &["fail_after_write", "refuse", "limit", "hold"],
    );
    scene.simulator.order(&faults);

    load_until_done(&scene);
    for fault in scene.simulator.faults() {
        assert_eq!(fault["fired"], 1, "this fault has hit nothing: {fault}");
    }
    scene.assert_undisturbed();
    // A write is sent again only after it was looked up and not found: once for each fault that came before the write.
    for (path, records) in [
        ("/deals/upsert", USUAL.deals),
        ("/tasks", USUAL.tasks),
        ("/sales_activities", USUAL.activities / 2),
        ("/appointments", USUAL.activities / 4),
        ("/notes", USUAL.activities / 4),
    ] {
        let unwritten = 4;
        assert_eq!(scene.calls("POST", path), records + unwritten, "{path}");
    }
}

/// Runs `load` for as long as it says: run me again later.
#[track_caller]
fn load_until_done(scene: &Scene) {
    for _ in 0..6 {
        let ran = scene.load();
        if ran.code != 9 {
            ran.passed();
            return;
        }
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
    panic!("the load does not come to an end");
}

#[test]
fn what_others_did_behind_our_back_is_found() {
    let scene = undisturbed_scene();
    let deals = scene.simulator.records("deals");
    let contacts = scene.simulator.records("contacts");
    scene.call("DELETE", &format!("deals/{}", deals[0]["id"]), &json!(null));
    let change = json!({ "contact": { "last_name": "Renamed" } });
    scene.call("PUT", &format!("contacts/{}", contacts[0]["id"]), &change);

    let verified = scene.workspace.run(&["verify"]).ended(7);
    for finding in ["records_missing__deals", "fields_differ__contacts"] {
        let line = format!("recon_after_load__{finding}: 1 row");
        assert!(verified.stderr.contains(&line), "{}", verified.stderr);
    }
    let status = scene.workspace.status();
    assert_eq!(status["gates"], "blocked");
    for object in status["objects"].as_array().unwrap() {
        let lost = u64::from(object["object"] == "deals");
        assert_eq!(object["lost"], lost, "{object}");
    }
    let rows = scene
        .workspace
        .sql("select source_id, field from recon_after_load__fields_differ__contacts");
    let id = &contacts[0]["external_id"];
    assert_eq!(rows, [json!({ "source_id": id, "field": "last_name" })]);
}
