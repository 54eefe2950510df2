//! How rows stand: in doubt, or by their last outcome.

use super::*;

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
    let history = ledger.history();
    let doubt = history.in_doubt().next().unwrap();
    let later = end.at + jiff::SignedDuration::from_secs(600);
    assert_eq!(doubt.written_by(later), end.at);
}

#[test]
fn what_a_process_sent_that_died_may_be_as_young_as_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).unwrap();
    ledger.append(vec![intent("con_1")]).unwrap();
    let history = ledger.history();
    let doubt = history.in_doubt().next().unwrap();
    let later = doubt.at + jiff::SignedDuration::from_secs(600);
    assert_eq!(doubt.written_by(later), later);
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
