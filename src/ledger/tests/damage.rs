//! Torn tails, changed bytes, missing lines, newer versions.

use super::*;

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
