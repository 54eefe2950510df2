//! The ledger: what is written is read back, and boiled down to a history.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod standing;
mod writing;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;

/// A clock that stands still.
fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn open(staging: &Path) -> Result<Ledger> {
    Ledger::open(lock(staging)?, noon)
}

fn intent(source_id: &str) -> Event {
    Event::Intent(Intent {
        run_id: "run_1".into(),
        object: "contacts".into(),
        source_id: source_id.into(),
        action: Action::Create,
        body_hash: "b0d1".into(),
        destination_id: None,
        before: None,
    })
}

fn outcome(source_id: &str, state: State, destination_id: Option<i64>) -> Event {
    Event::Outcome(Outcome {
        run_id: "run_1".into(),
        object: "contacts".into(),
        source_id: source_id.into(),
        state,
        destination_id,
        body_hash: "b0d1".into(),
        status: Some(200),
        reason: None,
    })
}

/// One of each kind.
fn every_kind() -> Vec<Event> {
    let names = |name: &str| BTreeMap::from([(name.to_owned(), "hash".to_owned())]);
    vec![
        Event::Landed(Landed {
            system: "smartdesk".into(),
            extract_id: "ext_1".into(),
            objects: BTreeMap::from([("contact".into(), 30)]),
        }),
        Event::RunStarted(RunStarted {
            run_id: "run_1".into(),
            command: "load".into(),
            destination: "http://127.0.0.1:1/api".into(),
            scripts: names("load_contacts.sql"),
            extract_id: Some("ext_1".into()),
        }),
        Event::Read(Read {
            name: "contacts".into(),
            read_id: "read_1".into(),
            rows: 2,
            complete: true,
        }),
        Event::Sealed(Sealed {
            run_id: "run_1".into(),
            object: "contacts".into(),
            file: "load/run_1/contacts.parquet".into(),
            sha256: "5ea1".into(),
            rows: 2,
        }),
        Event::Intent(Intent {
            run_id: "run_1".into(),
            object: "contacts".into(),
            source_id: "con_1".into(),
            action: Action::Update,
            body_hash: "b0d1".into(),
            destination_id: Some(7),
            before: Some(serde_json::json!({"city": "Ulm\n\"\u{1F600}", "sum": "\"}"})),
        }),
        outcome("con_1", State::Accepted, Some(7)),
        Event::Checked(Checked {
            run_id: "run_1".into(),
            check: "recon_after_load__counts".into(),
            phase: "contacts".into(),
            rows: 0,
            blocks: true,
            script_hash: "5c12".into(),
        }),
        Event::Decision(Decision {
            question: "date_order".into(),
            answer: "dmy".into(),
            by: "admin".into(),
        }),
        Event::Approval(Approval {
            plan_hash: "914a".into(),
            items: [("sql/load/load_deals.sql".to_owned(), "c0de".to_owned())].into(),
            by: "admin".into(),
        }),
        Event::Queue(Queue {
            object: "contacts".into(),
            source_id: "con_2".into(),
            change: QueueChange::Retry,
            by: "admin".into(),
        }),
        Event::Probed(Probed {
            destination: "http://127.0.0.1:1/api".into(),
            probe: "contacts: created_at".into(),
            answer: "set by the account".into(),
        }),
        Event::RunEnded(RunEnded {
            run_id: "run_1".into(),
            exit_code: 0,
            calls: 12,
        }),
    ]
}

fn log_file(staging: &Path, number: usize) -> PathBuf {
    staging.join(format!("ledger/{number:06}.jsonl"))
}

/// A workspace whose log holds `events`, and the bytes of its one file.
fn logged(events: Vec<Event>) -> (tempfile::TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap().append(events).unwrap();
    let bytes = fs::read(log_file(folder.path(), 1)).unwrap();
    (folder, bytes)
}

fn read_back(staging: &Path) -> Vec<Event> {
    let entries = entries(staging, 0).unwrap();
    entries.map(|entry| entry.unwrap().event).collect()
}

/// The error of a log that must be refused, for writers and readers alike.
fn refusal(staging: &Path) -> Error {
    let error = open(staging).expect_err("a damaged log");
    let reading = history(staging).expect_err("a damaged log");
    assert_eq!(error.to_string(), reading.to_string());
    assert!(error.next_step().is_some(), "{error}");
    error
}

#[test]
fn what_is_appended_is_read_back_word_for_word() {
    let (folder, bytes) = logged(every_kind());
    assert_eq!(read_back(folder.path()), every_kind());
    let first = String::from_utf8(bytes).unwrap();
    let first = first.lines().next().unwrap();
    assert!(
        first.starts_with(
            r#"{"seq":1,"at":"2026-03-01T12:00:00.000Z","event":"landed","system":"smartdesk""#
        ),
        "{first}"
    );
}

#[test]
fn the_history_in_memory_is_the_one_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut nanosecond = 0;
    let clock = move || {
        nanosecond += 1;
        Timestamp::new(1_800_000_000, nanosecond).unwrap()
    };
    let ledger = Ledger::open(lock(folder.path()).unwrap(), clock).unwrap();
    ledger.append(every_kind()).unwrap();
    ledger.append(vec![intent("con_9")]).unwrap();
    let replayed = history(folder.path()).unwrap();
    assert_eq!(format!("{:?}", ledger.history()), format!("{replayed:?}"));
}

#[test]
fn the_history_keeps_the_newest_of_everything() {
    let (folder, _) = logged(every_kind());
    let history = history(folder.path()).unwrap();
    assert_eq!(history.last_seq(), 12);
    let probed = history.probed("http://127.0.0.1:1/api");
    assert_eq!(probed.count(), 1);
    assert_eq!(history.probed("http://127.0.0.1:2/api").count(), 0);
    assert_eq!(
        history.last_landed("smartdesk").unwrap().extract_id,
        "ext_1"
    );
    assert_eq!(history.last_landed("other"), None);
    assert_eq!(history.reads("contacts")[0].read.rows, 2);
    assert_eq!(history.sealed("contacts").last().unwrap().sha256, "5ea1");
    assert_eq!(history.decision("date_order").unwrap().answer, "dmy");
    assert_eq!(history.approval().unwrap().plan_hash, "914a");
    assert_eq!(history.checks().count(), 1);
    assert_eq!(history.calls(), 12);
    assert_eq!(
        history.queue_change("contacts", "con_2"),
        Some(QueueChange::Retry)
    );
    let run = history.last_run().unwrap();
    assert_eq!(run.scripts["load_contacts.sql"], "hash");
    assert_eq!(run.end.unwrap().exit_code, 0);
}

#[test]
fn a_run_that_was_killed_has_no_end() {
    let (folder, _) = logged(every_kind().into_iter().take(5).collect());
    let history = history(folder.path()).unwrap();
    assert_eq!(history.last_run().unwrap().end, None);
}

#[test]
fn no_log_is_an_empty_history() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(history(folder.path()).unwrap().last_seq(), 0);
    assert!(outcomes(folder.path()).unwrap().is_empty());
    assert!(
        !folder.path().join("ledger").exists(),
        "reading writes nothing"
    );
}

/// Names the workspace of the child process below.
const CHILD: &str = "DESKFERRY_TEST_APPENDS_IN";
