//! The simulator is killed while it is written to, and goes on from its state file.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Simulator;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kills the process when it has answered so many creates, and says which ids it had named until then.
fn killed_after(state: &Path, answers: usize, from: usize) -> Vec<u64> {
    let simulator = Simulator::keeping("seed.json", state);
    let (tell, told) = mpsc::channel();
    let caller = simulator.caller();
    let writer = thread::spawn(move || {
        for n in from.. {
            let contact =
                json!({"contact": {"last_name": format!("N{n}"), "email": format!("n{n}@x.test")}});
            let Some(body) = caller.post("contacts", &contact) else {
                return;
            };
            let _ = tell.send(body["contact"]["id"].as_u64().unwrap());
        }
    });
    let mut ids: Vec<u64> = (0..answers)
        .map(|_| told.recv_timeout(PATIENCE).unwrap())
        .collect();
    drop(simulator);
    writer.join().unwrap();
    // Answers that came between the last look and the kill.
    ids.extend(told.try_iter());
    ids
}

#[test]
fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("account.state");
    let mut answered = Vec::new();
    for (round, answers) in [1, 7, 40, 150].into_iter().enumerate() {
        answered.extend(killed_after(&state, answers, round * 10_000));
    }
    let simulator = Simulator::keeping("seed.json", &state);
    let there = simulator.records("contacts");
    let id = |record: &Value| record["id"].as_u64().unwrap();
    let there: Vec<u64> = there.iter().map(id).collect();
    let lost: Vec<&u64> = answered.iter().filter(|id| !there.contains(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    // A kill can hit the one call that was written and not answered.
    assert!(
        there.len() <= answered.len() + 4,
        "{} of {}",
        there.len(),
        answered.len()
    );
    let distinct: std::collections::BTreeSet<u64> = answered.iter().copied().collect();
    assert_eq!(distinct.len(), answered.len(), "no id was given twice");
}
