//! Crowds, full files and disks, a second holder, and a process that is killed.

use super::*;

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
fn a_killed_process_leaves_all_it_was_promised_and_no_lock() {
    if let Some(staging) = std::env::var_os(CHILD) {
        append_until_killed(Path::new(&staging));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut promised = 0;
    for _ in 0..3 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("ledger::tests::writing::a_killed_process_leaves_all_it_was_promised_and_no_lock")
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
