//! Ctrl-C by a real signal, to the real program: the calls in flight end and no other leaves, wherever the load stands.

use serde_json::{Value, json};

use crate::resume::export::USUAL;
use crate::resume::open_intents;
use crate::resume::scene::{Running, Scene};

/// Calls that were on their way when the signal came: one a worker.
const IN_FLIGHT: usize = 4;
/// Interrupts the load, asserts that hardly a call follows, and answers the calls that arrived from then on.
#[track_caller]
fn interrupted(scene: &Scene, load: Running) -> Vec<Value> {
    ended_by(Running::interrupt, scene, load)
}

#[track_caller]
fn ended_by(signal: fn(&Running), scene: &Scene, load: Running) -> Vec<Value> {
    let before = scene.simulator.calls().len();
    signal(&load);
    assert_eq!(load.exit_code(), Some(130));
    let later = scene.simulator.calls().split_off(before);
    assert!(later.len() <= IN_FLIGHT, "{later:?}");
    assert_eq!(open_intents(&scene.workspace.ledger()), [""; 0]);
    later
}

/// Loads to the end: nothing is lost, and nothing there twice.
#[track_caller]
fn goes_on(scene: &Scene) {
    scene.simulator.order(&[]);
    scene.load().passed();
    scene.assert_undisturbed();
    assert_eq!(
        scene.count("contacts"),
        USUAL.contacts + USUAL.leads,
        "nothing is there twice"
    );
}

/// Calls so far to a path that begins so.
fn calls_to(scene: &Scene, path: &str) -> usize {
    let calls = scene.simulator.calls();
    let is_one = |call: &&Value| call["path"].as_str().unwrap().starts_with(path);
    calls.iter().filter(is_one).count()
}

/// Holds every matching call back from this one on, each for so long.
fn held(method: &str, route: &str, millis: u64) -> Value {
    json!({ "method": method, "route": route, "nth": 1, "times": 100_000, "kind": "hold", "millis": millis })
}

#[test]
fn a_paged_reading_ends_with_the_page_in_flight() {
    let scene = Scene::new();
    // Pages of two records: 70 of them, a second each.
    scene.simulator.switch(&json!({ "page_rows": 2 }));
    scene
        .simulator
        .order(&[held("GET", "contacts/view", 1_000)]);
    let load = scene.begin_load();
    scene.until("three pages are asked for", || {
        calls_to(&scene, "/contacts/view/") >= 3
    });
    interrupted(&scene, load);
    assert_eq!(scene.count("deals"), 0, "no further phase begins");
    goes_on(&scene);
}

#[test]
fn a_service_manager_ends_it_as_ctrl_c_does() {
    let scene = Scene::new();
    let write = held("POST", "contacts/bulk_upsert", 1_000);
    scene.simulator.order(&[write]);
    let load = scene.begin_load();
    scene.until_fired();
    ended_by(Running::terminate, &scene, load);
    goes_on(&scene);
}

#[test]
fn a_job_is_not_watched_to_its_end() {
    let scene = Scene::new();
    scene
        .simulator
        .switch(&json!({ "job_polls": 100_000, "job_seconds": 100_000 }));
    let load = scene.begin_load();
    scene.until("a job is looked at", || {
        calls_to(&scene, "/job_statuses/") >= 8
    });
    interrupted(&scene, load);
    scene
        .simulator
        .switch(&json!({ "job_polls": 2, "job_seconds": 5 }));
    goes_on(&scene);
}

#[test]
fn a_batch_is_not_halved_any_further_and_its_rows_are_in_doubt() {
    let scene = Scene::new();
    // Two batches are whole; the third call is a half.
    let half = json!({ "route": "contacts/bulk_upsert", "nth": 3, "times": 100, "kind": "hold", "millis": 2_000 });
    let failed =
        json!({ "route": "contacts/bulk_upsert", "nth": 1, "times": 2, "kind": "failed_job" });
    scene.simulator.order(&[half, failed]);
    let load = scene.begin_load();
    scene.until_fired();
    interrupted(&scene, load);
    let not_taken = scene.workspace.ledger().into_iter();
    let not_taken = not_taken.filter(|line| line.contains("\"not_taken\""));
    assert_eq!(not_taken.count(), 0, "an earlier job may have written them");
    goes_on(&scene);
}

fn wait_for_the_index(scene: &Scene, seconds: u64) {
    scene.workspace.edit_config(|line| {
        let is_wait = line.starts_with("index_wait_seconds");
        is_wait.then(|| format!("index_wait_seconds = {seconds}"))
    });
}

#[test]
fn an_index_that_lags_behind_is_not_waited_for() {
    let scene = Scene::new();
    wait_for_the_index(&scene, 600);
    scene.simulator.switch(&json!({ "index_lag": 3_600 }));
    let load = scene.begin_load();
    scene.until("a record is looked for in vain", || {
        calls_to(&scene, "/filtered_search/") >= 1
    });
    interrupted(&scene, load);
    scene.simulator.switch(&json!({ "index_lag": 0 }));
    wait_for_the_index(&scene, 0);
    goes_on(&scene);
}
