//! The ledger against torn tails, damage, crowds, full disks and second holders.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
    assert_eq!(history.last_sealed("contacts").unwrap().sha256, "5ea1");
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
fn a_torn_tail_of_any_length_is_cut_off_and_said() {
    let (folder, whole) = logged(vec![intent("con_1"), intent("con_2")]);
    let file = log_file(folder.path(), 1);
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .unwrap()
        + 1;
    for end in last + 1..whole.len() {
        fs::write(&file, &whole[..end]).unwrap();

        let seen = history(folder.path()).unwrap();
        assert_eq!(seen.last_seq(), 1, "a reader sees what is whole");
        assert_eq!(fs::read(&file).unwrap().len(), end, "and leaves the rest");

        let ledger = open(folder.path()).unwrap();
        let torn = ledger.torn_tail().expect("said");
        assert_eq!((&torn.file, torn.bytes), (&file, (end - last) as u64));
        ledger.append(vec![intent("con_2")]).unwrap();
        drop(ledger);
        assert_eq!(fs::read(&file).unwrap(), whole, "torn at byte {end}");
    }
    assert!(open(folder.path()).unwrap().torn_tail().is_none());
}

#[test]
fn a_first_line_that_is_torn_leaves_an_empty_log() {
    let (folder, whole) = logged(vec![intent("con_1")]);
    fs::write(log_file(folder.path(), 1), &whole[..10]).unwrap();
    let ledger = open(folder.path()).unwrap();
    assert_eq!(ledger.torn_tail().unwrap().bytes, 10);
    assert_eq!(ledger.history().last_seq(), 0);
}

#[test]
fn any_changed_byte_is_found() {
    let (folder, whole) = logged(vec![intent("con_1"), intent("con_2")]);
    let file = log_file(folder.path(), 1);
    for place in 0..whole.len() - 1 {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(&file, &damaged).unwrap();
        let error = refusal(folder.path());
        assert_eq!(error.kind(), Kind::Source, "byte {place}: {error}");
    }
    fs::write(&file, &whole).unwrap();
    assert!(open(folder.path()).is_ok());
}

#[test]
fn damage_names_its_file_and_line() {
    let (folder, whole) = logged(vec![intent("con_1"), intent("con_2"), intent("con_3")]);
    let text = String::from_utf8(whole).unwrap();
    let file = log_file(folder.path(), 1);
    fs::write(&file, text.replace("con_2", "con_7")).unwrap();
    let message = refusal(folder.path()).to_string();
    assert_eq!(
        message,
        format!(
            "the ledger is damaged: {} line 2 has no valid checksum",
            file.display()
        )
    );
}

#[test]
fn a_missing_or_repeated_line_is_found() {
    let (folder, whole) = logged(vec![intent("con_1"), intent("con_2"), intent("con_3")]);
    let text = String::from_utf8(whole).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let file = log_file(folder.path(), 1);
    for (kept, message) in [
        (vec![0, 2], "line 2 is number 3, expected 2"),
        (vec![1, 2], "line 1 is number 2, expected 1"),
        (vec![0, 0], "line 2 is number 1, expected 2"),
    ] {
        let content: String = kept.iter().map(|line| lines[*line]).collect();
        fs::write(&file, content).unwrap();
        let error = refusal(folder.path());
        assert!(error.to_string().ends_with(message), "{error}");
    }
}

#[test]
fn a_line_of_a_newer_version_is_refused_by_name() {
    let (folder, whole) = logged(vec![intent("con_1")]);
    let text = String::from_utf8(whole).unwrap();
    let newer = line::resealed(&text.replace("\"intent\"", "\"teleported\""));
    fs::write(log_file(folder.path(), 1), newer).unwrap();
    let error = refusal(folder.path());
    assert!(
        error.to_string().contains("newer deskferry") && error.to_string().contains("`teleported`"),
        "{error}"
    );
}

#[test]
fn a_known_kind_without_its_fields_is_not_called_newer() {
    let (folder, whole) = logged(vec![intent("con_1")]);
    let text = String::from_utf8(whole).unwrap();
    let wrong = line::resealed(&text.replace("body_hash", "bodyhash"));
    fs::write(log_file(folder.path(), 1), wrong).unwrap();
    let error = refusal(folder.path());
    assert!(
        error.to_string().contains("missing field `body_hash`"),
        "{error}"
    );
}

#[test]
fn a_field_that_a_newer_version_added_is_passed_over() {
    let (folder, whole) = logged(vec![intent("con_1")]);
    let text = String::from_utf8(whole).unwrap();
    let newer = line::resealed(&text.replace("\"run_id\"", "\"mood\":\"good\",\"run_id\""));
    fs::write(log_file(folder.path(), 1), newer).unwrap();
    assert_eq!(read_back(folder.path()), vec![intent("con_1")]);
}

#[test]
fn a_crowd_loses_nothing_and_each_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let ledger = &ledger;
            scope.spawn(move || {
                for step in 0..25 {
                    let pair = ["a", "b"].map(|half| intent(&format!("{worker}-{step}-{half}")));
                    ledger.append(pair.to_vec()).unwrap();
                }
            });
        }
    });
    drop(ledger);
    let ids: Vec<String> = read_back(folder.path())
        .into_iter()
        .map(|event| match event {
            Event::Intent(intent) => intent.source_id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 8 * 25 * 2);
    for worker in 0..8 {
        let prefix = format!("{worker}-");
        let mine: Vec<&String> = ids.iter().filter(|id| id.starts_with(&prefix)).collect();
        let expected: Vec<String> = (0..25)
            .flat_map(|step| ["a", "b"].map(|half| format!("{worker}-{step}-{half}")))
            .collect();
        assert!(mine.iter().copied().eq(expected.iter()), "worker {worker}");
    }
    for pair in ids.chunks(2) {
        assert_eq!(
            pair[0].trim_end_matches("-a"),
            pair[1].trim_end_matches("-b")
        );
    }
}

#[test]
fn tasks_wait_without_blocking_their_thread() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(open(folder.path()).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..50)
            .map(|task| {
                let ledger = Arc::clone(&ledger);
                tokio::spawn(
                    async move { ledger.append_async(vec![intent(&task.to_string())]).await },
                )
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    assert_eq!(ledger.history().last_seq(), 50);
    assert_eq!(ledger.history().in_doubt().count(), 50);
}

#[test]
fn a_reopened_log_goes_on_counting() {
    let (folder, _) = logged(vec![intent("con_1")]);
    for expected in 2..5 {
        let ledger = open(folder.path()).unwrap();
        ledger.append(vec![intent("con_2")]).unwrap();
        assert_eq!(ledger.history().last_seq(), expected);
    }
    assert_eq!(read_back(folder.path()).len(), 4);
}

#[test]
fn a_full_file_is_followed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let rolling = || Ledger::open_rolling(lock(folder.path()).unwrap(), noon, 300).unwrap();
    let ledger = rolling();
    for number in 0..10 {
        ledger.append(vec![intent(&number.to_string())]).unwrap();
    }
    drop(ledger);
    assert!(log_file(folder.path(), 5).exists());
    rolling().append(vec![intent("10")]).unwrap();
    assert_eq!(read_back(folder.path()).len(), 11);
    for after in 0..=11 {
        let seqs: Vec<u64> = entries(folder.path(), after)
            .unwrap()
            .map(|entry| entry.unwrap().seq)
            .collect();
        assert_eq!(seqs, (after + 1..=11).collect::<Vec<_>>());
    }

    fs::remove_file(log_file(folder.path(), 2)).unwrap();
    let error = refusal(folder.path());
    assert!(
        error.to_string().contains("000002.jsonl is missing"),
        "{error}"
    );
}

#[test]
fn only_the_last_file_may_be_torn() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open_rolling(lock(folder.path()).unwrap(), noon, 1).unwrap();
    for number in 0..3 {
        ledger.append(vec![intent(&number.to_string())]).unwrap();
    }
    drop(ledger);
    let middle = log_file(folder.path(), 2);
    let bytes = fs::read(&middle).unwrap();
    fs::write(&middle, &bytes[..bytes.len() - 3]).unwrap();
    let error = refusal(folder.path());
    assert!(error.to_string().contains("000002.jsonl line 1"), "{error}");
}

#[test]
fn a_full_disk_fails_every_waiter_and_everyone_after() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::start(
        lock(folder.path()).unwrap(),
        Segment::full().unwrap(),
        History::default(),
        None,
        Box::new(noon),
    )
    .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let error = ledger.append(vec![intent("con_1")]).expect_err("no room");
                assert_eq!(error.kind(), Kind::Config);
                let cause = std::error::Error::source(&error).unwrap().to_string();
                assert!(cause.contains("No space left"), "{cause}");
            });
        }
    });
    assert!(ledger.append(Vec::new()).is_err(), "poisoned");
    assert_eq!(ledger.history().last_seq(), 0, "nothing is remembered");
}

#[test]
fn a_folder_that_went_away_is_an_error_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open_rolling(lock(folder.path()).unwrap(), noon, 1).unwrap();
    ledger.append(vec![intent("con_1")]).unwrap();
    fs::remove_dir_all(folder.path().join("ledger")).unwrap();
    assert!(ledger.append(vec![intent("con_2")]).is_err());
    assert!(ledger.append(vec![intent("con_3")]).is_err());
}

#[test]
fn an_event_that_is_no_line_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).unwrap();
    let events = vec![intent("con_1"), outcome("con_1", State::Intent, None)];
    assert_eq!(
        ledger.append(events).expect_err("no outcome").kind(),
        Kind::Bug
    );
    ledger.append(vec![intent("con_2")]).unwrap();
    assert_eq!(read_back(folder.path()), vec![intent("con_2")]);
}

#[test]
fn a_clock_set_back_changes_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut second = 1_800_000_000;
    let clock = move || {
        second -= 3600;
        Timestamp::new(second, 0).unwrap()
    };
    let ledger = Ledger::open(lock(folder.path()).unwrap(), clock).unwrap();
    ledger.append(vec![intent("con_1")]).unwrap();
    ledger
        .append(vec![outcome("con_1", State::Accepted, Some(7))])
        .unwrap();
    assert_eq!(ledger.history().in_doubt().count(), 0);
    assert_eq!(outcomes(folder.path()).unwrap()[0].state, State::Accepted);
}

#[test]
fn the_second_holder_is_refused_and_the_next_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let error = lock(folder.path()).expect_err("held");
    assert_eq!(error.kind(), Kind::Usage);
    let holder = format!("(process {})", std::process::id());
    assert!(error.to_string().contains(&holder), "{error}");
    assert!(history(folder.path()).is_ok(), "readers need no lock");
    drop(first);
    assert!(lock(folder.path()).is_ok());
}

#[cfg(unix)]
#[test]
fn the_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _) = logged(vec![intent("con_1")]);
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path().join("ledger")), 0o700);
    assert_eq!(mode(log_file(folder.path(), 1)), 0o600);
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

/// Rows in doubt after `events`, with their ids at the destination.
fn doubts(events: Vec<Event>) -> Vec<(String, bool, Option<i64>)> {
    let (folder, _) = logged(events);
    let history = history(folder.path()).unwrap();
    history
        .in_doubt()
        .map(|doubt| {
            (
                doubt.source_id.clone(),
                doubt.is_unknown,
                doubt.destination_id,
            )
        })
        .collect()
}

#[test]
fn an_intent_is_in_doubt_until_its_outcome() {
    let row = |unknown, id| vec![("con_1".to_owned(), unknown, id)];
    assert_eq!(doubts(vec![intent("con_1")]), row(false, None));
    for state in [State::Accepted, State::Rejected, State::NotTaken] {
        let events = vec![intent("con_1"), outcome("con_1", state, None)];
        assert_eq!(doubts(events), vec![], "{state:?}");
    }
    let unknown = vec![intent("con_1"), outcome("con_1", State::Unknown, None)];
    assert_eq!(doubts(unknown.clone()), row(true, None));
    let again = [unknown.clone(), vec![intent("con_1")]].concat();
    assert_eq!(doubts(again), row(false, None));
    let found = [unknown, vec![outcome("con_1", State::Accepted, Some(7))]].concat();
    assert_eq!(doubts(found), vec![]);
    let second = vec![
        intent("con_1"),
        outcome("con_1", State::Accepted, Some(7)),
        outcome("con_1", State::Unknown, Some(7)),
    ];
    assert_eq!(doubts(second), row(true, Some(7)));
}

#[test]
fn a_doubt_is_as_young_as_the_end_of_its_request() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).unwrap();
    ledger.append(vec![intent("con_1")]).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5));
    let unknown = outcome("con_1", State::Unknown, None);
    ledger.append(vec![unknown]).unwrap();
    let end = entries(folder.path(), 0).unwrap().last().unwrap().unwrap();
    assert_eq!(ledger.history().in_doubt().next().unwrap().at, end.at);
}

#[test]
fn the_last_outcome_counts_and_an_id_stays_known() {
    let (folder, _) = logged(vec![
        intent("con_2"),
        outcome("con_2", State::Accepted, Some(7)),
        intent("con_1"),
        intent("con_2"),
        outcome("con_2", State::Rejected, None),
        intent("con_3"),
        outcome("con_3", State::Accepted, Some(8)),
        intent("con_3"),
    ]);
    let rows: Vec<_> = outcomes(folder.path())
        .unwrap()
        .into_iter()
        .map(|row| {
            (
                row.source_id.to_string(),
                row.state.as_str(),
                row.destination_id,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("con_1".to_owned(), "intent", None),
            ("con_2".to_owned(), "rejected", Some(7)),
            ("con_3".to_owned(), "intent", Some(8)),
        ]
    );
}

#[test]
fn a_state_is_called_the_same_everywhere() {
    for state in [
        State::Accepted,
        State::Rejected,
        State::NotTaken,
        State::Unknown,
    ] {
        let written = serde_json::to_value(state).unwrap();
        assert_eq!(written, state.as_str());
    }
}

/// Names the workspace of the child process below.
const CHILD: &str = "DESKFERRY_TEST_APPENDS_IN";

#[test]
fn a_killed_process_leaves_all_it_was_promised_and_no_lock() {
    if let Some(staging) = std::env::var_os(CHILD) {
        append_until_killed(Path::new(&staging));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut promised = 0;
    for _ in 0..3 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("ledger::tests::a_killed_process_leaves_all_it_was_promised_and_no_lock")
            .env(CHILD, folder.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        let seqs = lines.filter_map(|line| line.unwrap().parse::<u64>().ok());
        promised = seqs.take(20).last().expect("the child appends");
        child.kill().unwrap();
        child.wait().unwrap();
        let ledger = open(folder.path()).unwrap();
        assert!(ledger.history().last_seq() >= promised);
    }
    assert!(
        promised >= 60,
        "each process went on where the last was killed"
    );
}

/// Says the number of each line once it is on disk.
fn append_until_killed(staging: &Path) -> ! {
    let ledger = open(staging).unwrap();
    loop {
        ledger.append(vec![intent("con_1")]).unwrap();
        println!("{}", ledger.history().last_seq());
    }
}
