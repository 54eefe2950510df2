//! Stopped at any moment, a load that is run again ends like one that nothing disturbed: nothing lost, nothing twice.

pub mod export;
pub mod holdings;
pub mod scene;

use std::fs;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};

use duckdb::{AccessMode, Config, Connection};
use serde_json::Value;

use export::USUAL;
use scene::Scene;

use crate::support::{assert_private, files_below};

#[test]
fn killed_among_the_deals_a_load_ends_as_if_undisturbed() {
    let scene = Scene::new();
    scene.load_killed_at(Some("POST"), "deals/upsert", 21);
    let arrived = scene.count("deals");
    assert!(
        (21..USUAL.deals).contains(&arrived),
        "{arrived} deals arrived"
    );
    // Also what DuckDB made beside the build, which nobody had time to take away.
    let left = files_below(&scene.workspace.staging(""));
    let is_of_a_build = |file: &PathBuf| file.to_string_lossy().contains(".building-");
    assert!(left.iter().any(is_of_a_build), "{left:#?}");
    assert_private(&scene.workspace.staging(""));
    assert_status_needs_no_cache(&scene);

    scene.load().passed();
    scene.assert_undisturbed();
    // What had arrived without an answer was looked up and is not sent as new.
    assert_eq!(scene.calls("POST", "/deals/upsert"), USUAL.deals);
}

/// Status is the same with the warehouse, and after it was deleted.
#[track_caller]
fn assert_status_needs_no_cache(scene: &Scene) {
    let before = scene.workspace.status();
    let deals = before["objects"].as_array().unwrap().iter();
    let deals = deals.clone().find(|o| o["object"] == "deals").unwrap();
    assert!(deals["unknown"].as_u64().unwrap() > 0, "{deals}");
    assert!(deals["pending"].as_u64().unwrap() > 0, "{deals}");
    fs::remove_file(scene.workspace.staging("warehouse.duckdb")).unwrap();
    assert_eq!(scene.workspace.status(), before);
}

#[test]
fn killed_again_and_again_a_load_ends_as_if_undisturbed() {
    let scene = Scene::new();
    // The job is handed over, and nobody hears of it.
    scene.load_killed_at(Some("POST"), "contacts/bulk_upsert", 2);
    scene.load_killed_at(Some("GET"), "contacts/view", 1);
    scene.load_killed_at(Some("POST"), "tasks", 8);
    let arrived = scene.count("tasks");
    assert!(
        (8..USUAL.tasks).contains(&arrived),
        "{arrived} tasks arrived"
    );

    scene.load().passed();
    scene.assert_undisturbed();
    assert_eq!(scene.calls("POST", "/tasks"), USUAL.tasks);
}

#[test]
fn killed_at_any_moment_a_load_ends_as_if_undisturbed() {
    let scene = Scene::new();
    for call in numbers(20_261_122).take(2) {
        scene.load_killed_at(None, "", 20 + call % 80);
    }
    // Now no call is waited for: wherever the process stands just then, between two bytes too.
    let lines = || scene.workspace.ledger().len();
    let grown = lines() + 60;
    let running = scene.begin_load();
    scene.until("the ledger has grown", || lines() >= grown);
    running.kill();

    scene.load().passed();
    scene.assert_undisturbed();
}

/// Numbers without a pattern, the same in every run (SplitMix64).
pub fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    (1..).map(move |step: u64| {
        let mut z = seed.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap()
    })
}

#[test]
fn ctrl_c_lets_calls_in_flight_end_and_leaves_a_complete_ledger() {
    let scene = Scene::new();
    let slow = serde_json::json!({
        "method": "POST", "route": "deals/upsert", "nth": 11, "times": 1000, "kind": "slow", "millis": 800,
    });
    scene.simulator.order(&[slow]);
    let running = scene.begin_load();
    scene.until_fired();
    running.interrupt();
    assert_eq!(running.exit_code(), Some(130));
    assert!(scene.count("deals") < USUAL.deals);
    assert_eq!(
        open_intents(&scene.workspace.ledger()),
        Vec::<String>::new()
    );

    scene.simulator.order(&[]);
    scene.load().passed();
    scene.assert_undisturbed();
    assert_eq!(scene.calls("POST", "/deals/upsert"), USUAL.deals);
    assert_eq!(
        scene.calls("POST", "/filtered_search/deal"),
        0,
        "no look-up"
    );
}

/// Intents without an outcome.
pub fn open_intents(ledger: &[String]) -> Vec<String> {
    let mut open = std::collections::BTreeSet::new();
    for line in ledger {
        let line: Value = serde_json::from_str(line).unwrap();
        let row = format!("{} {}", line["object"], line["source_id"]);
        match line["event"].as_str() {
            Some("intent") => drop(open.insert(row)),
            Some("outcome") => drop(open.remove(&row)),
            _ => {}
        }
    }
    open.into_iter().collect()
}

#[test]
fn a_second_ctrl_c_does_not_wait_for_an_answer() {
    let scene = Scene::new();
    scene.silence(None, "", 1);
    let mut running = scene.begin_load();
    scene.until_fired();
    running.interrupt();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(running.is_running(), "the first one waits");
    running.interrupt();
    assert_eq!(running.exit_code(), Some(130));
}

#[test]
fn a_second_load_is_refused_and_the_lock_dies_with_its_holder() {
    let scene = Scene::new();
    scene.silence(None, "", 1);
    let running = scene.begin_load();
    scene.until_fired();
    let second = scene.load().ended(2);
    assert!(
        second.stderr.contains("another deskferry (process"),
        "{}",
        second.stderr
    );
    assert!(second.stderr.contains("is locked"), "{}", second.stderr);
    running.kill();
    // Landing takes the same lock.
    let export = tempfile::tempdir().unwrap();
    USUAL.write(export.path());
    scene.workspace.land(export.path());
}

#[test]
fn readers_answer_while_a_load_runs_and_do_not_disturb_it() {
    let scene = Scene::new();
    let hold = serde_json::json!({"method": "POST", "route": "deals", "nth": 20, "times": 1000, "kind": "hold"});
    scene.simulator.order(&[hold]);
    let running = scene.begin_load();
    let published = scene.workspace.staging("warehouse.duckdb");
    scene.until("a warehouse is published", || published.exists());
    // It keeps the file open from before the first phase to after the last.
    let reader = open(&published);
    let mut file = fs::File::open(&published).unwrap();
    let bytes = read(&mut file);
    scene.until_fired();
    assert_eq!(
        number(&reader, "select count(*) from load_deals"),
        USUAL.deals
    );

    // Another process, another in-process reader, the Parquet, and a status that builds a warehouse of its own.
    let deals = "select count(*) from load_deals";
    assert_eq!(scene.workspace.number(deals), USUAL.deals as i64);
    let landed = scene
        .workspace
        .staging("landing/smartdesk/deal/*/*.parquet");
    let landed = format!("select count(*) from read_parquet('{}')", landed.display());
    assert_eq!(number(&open(&published), &landed), USUAL.deals);
    let status = scene.workspace.status();
    let mut objects = status["objects"].as_array().unwrap().iter();
    let deals = objects.find(|o| o["object"] == "deals").unwrap();
    assert!(deals["accepted"].as_u64().unwrap() > 0, "{deals}");
    assert!(deals["pending"].as_u64().unwrap() > 0, "{deals}");

    scene.simulator.order(&[]);
    assert_eq!(running.exit_code(), Some(0));
    assert_eq!(
        number(&reader, "select count(*) from load_tasks"),
        USUAL.tasks
    );
    assert!(read(&mut file) == bytes, "what a reader has open changed");
    scene.assert_undisturbed();
}

fn read(file: &mut fs::File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Opens a database as any tool would that only reads.
fn open(path: &Path) -> Connection {
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    Connection::open_with_flags(path, config).unwrap()
}

fn number(reader: &Connection, query: &str) -> usize {
    reader.query_row(query, [], |row| row.get(0)).unwrap()
}
