//! The whole way with the bundled export: every row ends where `fixtures/verdicts.csv` says, and nothing is left lying about.

mod classic;
mod opportunities;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{
    KEY, Ran, Simulator, Workspace, assert_private, files_below, program, repository,
};

/// Buckets of `status`, in which every source row is counted once.
const BUCKETS: [&str; 7] = [
    "accepted", "skipped", "queued", "rejected", "unknown", "pending", "lost",
];

/// Object, source id, bucket, reason.
type Verdict = [String; 4];

#[test]
fn demo_ends_with_every_row_where_its_verdict_says() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("demo");
    let mut demo = program(&["demo", "--format", "json"]);
    demo.arg(&workspace).env_remove("FRESHSALES_API_KEY");
    let ran = Ran::to_end(demo).passed();
    assert_closed(&ran.json());
    let all = "select object, source_id, bucket, reason from ledger_buckets";
    assert_same(&verdicts(&in_demo(&workspace, &["sql", all])), &expected());
    assert_same(&quarantined(&workspace), &expected_quarantined());
    assert_rebuilt_alike(&workspace);
    assert_private_and_whole(&workspace.join("staging"));
}

/// Every bucket is closed, nothing is open, and the gates let it through.
#[track_caller]
fn assert_closed(status: &Value) {
    assert_eq!(status["gates"], "passed", "{status:#}");
    let objects = status["objects"].as_array().unwrap();
    assert!(objects.len() > 20, "{status:#}");
    for object in objects {
        let rows: u64 = BUCKETS.iter().map(|b| object[b].as_u64().unwrap()).sum();
        assert_eq!(object["source_rows"], rows, "{object}");
        for open in ["rejected", "unknown", "pending", "lost"] {
            assert_eq!(object[open], 0, "{open} of {object}");
        }
        assert_eq!(object["destination_rows"], object["accepted"], "{object}");
    }
}

/// The warehouse is a cache: without it `status` says the same, to the byte.
#[track_caller]
fn assert_rebuilt_alike(workspace: &Path) {
    let before = in_demo(workspace, &["status"]);
    let objects = before.json()["objects"].clone();
    fs::remove_file(workspace.join("staging/warehouse.duckdb")).unwrap();
    let after = in_demo(workspace, &["status"]);
    assert_eq!(before.stdout, after.stdout);
    assert!(!objects.as_array().unwrap().is_empty());
    assert!(workspace.join("staging/warehouse.duckdb").exists());
}

/// Other people of this machine read nothing of it.
#[track_caller]
fn assert_private_and_whole(staging: &Path) {
    for below in ["landing", "quarantine", "attachments", "ledger", "load"] {
        assert!(
            !files_below(&staging.join(below)).is_empty(),
            "nothing in {below}"
        );
    }
    assert_private(staging);
}

fn in_demo(workspace: &Path, arguments: &[&str]) -> Ran {
    let mut command = program(arguments);
    command.args(["--format", "json", "--workspace"]);
    command.arg(workspace);
    Ran::to_end(command).passed()
}

fn verdicts(answer: &Ran) -> BTreeSet<Verdict> {
    let rows: Vec<Value> = serde_json::from_value(answer.json()).unwrap();
    let verdicts: BTreeSet<Verdict> = rows.iter().map(verdict).collect();
    assert_eq!(verdicts.len(), rows.len(), "a row is in two buckets");
    verdicts
}

fn verdict(row: &Value) -> Verdict {
    ["object", "source_id", "bucket", "reason"]
        .map(|column| row[column].as_str().unwrap_or_default().to_owned())
}

/// Shows what differs, either way.
#[track_caller]
fn assert_same(found: &BTreeSet<Verdict>, wanted: &BTreeSet<Verdict>) {
    let unexpected: Vec<_> = found.difference(wanted).collect();
    let missing: Vec<_> = wanted.difference(found).collect();
    assert!(
        unexpected.is_empty() && missing.is_empty(),
        "unexpected: {unexpected:#?}\nmissing: {missing:#?}"
    );
}

/// The verdicts on landed rows.
fn expected() -> BTreeSet<Verdict> {
    model(|bucket| bucket != "quarantined")
}

/// Object, file and row, `quarantined`, code.
fn quarantined(workspace: &Path) -> BTreeSet<Verdict> {
    let file = files_below(&workspace.join("staging/quarantine")).remove(0);
    let query = format!(
        "select object || 's' as object, _file || ':' || _row as source_id, \
         'quarantined' as bucket, code as reason from read_parquet('{}')",
        file.display()
    );
    verdicts(&in_demo(workspace, &["sql", &query]))
}

/// The verdicts on records that were never rows: their file and row stand for an id.
fn expected_quarantined() -> BTreeSet<Verdict> {
    model(|bucket| bucket == "quarantined")
}

fn model(is_wanted: impl Fn(&str) -> bool) -> BTreeSet<Verdict> {
    let mut reader = csv::Reader::from_path(repository("fixtures/verdicts.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let model: BTreeSet<Verdict> = rows
        .filter(|row| is_wanted(&row[2]))
        .map(|row| [0, 1, 2, 3].map(|column| row[column].to_owned()))
        .collect();
    assert!(!model.is_empty());
    model
}

#[test]
fn a_second_load_sends_nothing_and_no_secret_is_written_down() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.land(repository("fixtures/smartdesk"));
    let first = workspace.run(&["load", "--format", "json"]).passed();
    assert_closed(&first.json());
    let (sent, counts) = (simulator.writes(), simulator.counts());
    assert!(sent.len() > 20, "{sent:?}");

    let second = workspace.run(&["load", "--format", "json"]).passed();
    assert_eq!(second.json()["objects"], first.json()["objects"]);
    assert_eq!(simulator.writes(), sent);
    assert_eq!(simulator.counts(), counts);

    let again = workspace.run(&["land", repository("fixtures/smartdesk").to_str().unwrap()]);
    let again_stdout = again.passed().stdout;
    assert!(
        again_stdout.contains("were landed before"),
        "{again_stdout}"
    );
    for said in [
        &first.stderr,
        &second.stderr,
        &ledger_without_images(&workspace),
    ] {
        assert_nothing_personal(said);
    }
    assert_key_is_nowhere(workspace.path());
}

#[test]
fn rows_that_differ_in_every_build_are_not_sent_for_ever() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    let script = fs::read_to_string(repository("sql/load/load_lists.sql")).unwrap();
    let restless = script.replace("coalesce(name || ' ', '')", "random()::varchar || ' '");
    assert_ne!(restless, script);
    fs::create_dir_all(workspace.path().join("sql/load")).unwrap();
    fs::write(workspace.path().join("sql/load/load_lists.sql"), restless).unwrap();
    workspace.land(repository("fixtures/smartdesk"));
    let refused = workspace.run(&["load", "lists"]).ended(5);
    assert!(
        refused.stderr.contains("differ from one build to the next"),
        "{}",
        refused.stderr
    );
}

/// The log, without the images of records as they were before an update: those are kept to be put back.
fn ledger_without_images(workspace: &Workspace) -> String {
    let lines = workspace.ledger();
    assert!(lines.len() > 100, "{} lines", lines.len());
    let without = lines.iter().map(|line| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        event.as_object_mut().unwrap().remove("before");
        event.to_string()
    });
    without.collect::<Vec<_>>().join("\n")
}

/// Columns of the export that are about a person.
const PERSONAL: [&str; 9] = [
    "full_name",
    "last_name",
    "email",
    "email_secondary",
    "phone",
    "mobile",
    "street",
    "birthday",
    "linkedin_url",
];

#[track_caller]
fn assert_nothing_personal(text: &str) {
    let mut looked_for = 0;
    for file in ["contacts.csv", "leads.csv", "users.csv"] {
        let path = repository("fixtures/smartdesk/data").join(file);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(path)
            .unwrap();
        let headers = reader.headers().unwrap().clone();
        for row in reader.records().map(Result::unwrap) {
            for (column, value) in headers.iter().zip(&row) {
                // Shorter ones turn up in hashes and words.
                if PERSONAL.contains(&column) && value.chars().count() >= 5 {
                    looked_for += 1;
                    assert!(
                        !text.contains(value),
                        "{file}: {column} of {} was written",
                        &row[0]
                    );
                }
            }
        }
    }
    assert!(looked_for > 100, "only {looked_for} values");
}

/// Not in a log, not in a Parquet file, not in the warehouse.
#[track_caller]
fn assert_key_is_nowhere(workspace: &Path) {
    for file in files_below(workspace) {
        let bytes = fs::read(&file).unwrap();
        let is_there = bytes
            .windows(KEY.len())
            .any(|window| window == KEY.as_bytes());
        assert!(!is_there, "the key is in {}", file.display());
    }
}
