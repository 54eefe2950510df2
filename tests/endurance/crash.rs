//! The crash matrix: SIGKILL at every line of the ledger, after it and in its midst.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::Value;

use super::is_full;
use super::stage::Stage;
use crate::resume::export::Export;
use crate::resume::numbers;

/// Some of every object, in every way of writing, and as few as that takes.
const LITTLE: Export = Export {
    companies: 3,
    contacts: 6,
    leads: 2,
    deals: 4,
    tasks: 3,
    activities: 8,
    campaigns: 2,
    members: 4,
    files: 2,
    edition: "",
};
/// Every record of it is a changed one.
const CHANGED: Export = Export {
    edition: " again",
    ..LITTLE
};
/// Points of a load of changes when not all are tried: the first load's have met every phase.
const FEW: usize = 6;
/// The signal that no process can catch.
const SIGKILL: i32 = 9;

/// A moment at which the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    /// The line of the load, counted from 1.
    line: usize,
    /// Half of the line is on disk; else it is there as a whole.
    is_torn: bool,
}

/// Of 2,000 records.
const LONG: Export = Export {
    companies: 100,
    contacts: 800,
    leads: 100,
    deals: 300,
    tasks: 200,
    activities: 296,
    campaigns: 4,
    members: 200,
    files: 4,
    edition: "",
};

/// Chooses points among lines, by a seed.
type Choose = fn(&[Value], u64) -> Vec<Point>;

#[test]
fn killed_at_random_moments_of_a_long_load_the_next_one_ends_as_if_undisturbed() {
    let choose: Choose = |events, seed| {
        let points = shuffled(every(events), seed).into_iter();
        points.take(if is_full() { 200 } else { 2 }).collect()
    };
    try_points("2,000 records", &[LONG], 20_261_126, choose);
}

#[test]
fn killed_at_any_event_of_the_first_load_the_next_one_ends_as_if_undisturbed() {
    try_points(
        "create, upsert, bulk upsert, list members, multipart, match and bundle",
        &[LITTLE],
        20_261_124,
        all_or_some,
    );
}

#[test]
fn killed_at_any_event_of_a_load_of_changes_the_next_one_ends_as_if_undisturbed() {
    let choose: Choose = |events, seed| {
        let mut points = shuffled(every(events), seed);
        if !is_full() {
            points.retain(|point| is_sent(&events[point.line - 1]));
            points.truncate(FEW);
        }
        points
    };
    try_points("updates", &[LITTLE, CHANGED], 20_261_125, choose);
}

/// Tries the points of one load, on several stages at a time, and prints what came of them.
#[track_caller]
fn try_points(what: &str, exports: &[Export], seed: u64, choose: Choose) {
    let begun = Instant::now();
    let first = Stage::new(exports);
    let events = first.events.clone();
    let points = choose(&events, seed);
    let next = AtomicUsize::new(0);
    let is_long = points.len() > 100;
    let failures = Mutex::new(Vec::new());
    let work = |stage: Stage| {
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            let Some(point) = points.get(at) else {
                return;
            };
            if is_long && at.is_multiple_of(20) {
                let seconds = begun.elapsed().as_secs();
                eprintln!("{at} of {} points after {seconds} s", points.len());
            }
            if let Err(why) = try_point(&stage, *point) {
                let failure = format!("{point:?}, {}: {why}", name(&events, *point));
                // Said at once: the whole matrix takes long.
                eprintln!("FAILED: {failure}");
                failures.lock().unwrap().push((*point, failure));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..lanes() {
            scope.spawn(|| work(Stage::new(exports)));
        }
        work(first);
    });
    let failures = failures.into_inner().unwrap();
    let failed: Vec<Point> = failures.iter().map(|(point, _)| *point).collect();
    println!(
        "killed in a load of {what}: {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    println!("{}", table(&events, &points, &failed));
    let failures: Vec<String> = failures.into_iter().map(|(_, failure)| failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Stages beside each other: a load keeps about one core at work.
fn lanes() -> usize {
    let wanted = std::env::var("ENDURANCE_LANES").ok();
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    wanted
        .and_then(|lanes| lanes.parse().ok())
        .unwrap_or_else(cores)
}

/// All points, or a sample of them.
fn all_or_some(events: &[Value], seed: u64) -> Vec<Point> {
    match is_full() {
        true => shuffled(every(events), seed),
        false => sample(events, seed),
    }
}

/// Every line, after it and in its midst. The results of checks go to disk as one group, and what comes next depends on none
/// of them: half of such a line is no other case than the line before.
fn every(events: &[Value]) -> Vec<Point> {
    let point = |line, is_torn| Point { line, is_torn };
    let lines = 1..=events.len();
    let (checks, others): (Vec<usize>, Vec<usize>) =
        lines.partition(|line| events[line - 1]["event"] == "checked");
    let both = others
        .into_iter()
        .flat_map(|line| [point(line, false), point(line, true)]);
    // What can go wrong first: the whole matrix takes long.
    both.chain(checks.into_iter().map(|line| point(line, false)))
        .collect()
}

/// In an order without a pattern, so that the part of a long matrix that has been tried says something about the rest.
fn shuffled(points: Vec<Point>, seed: u64) -> Vec<Point> {
    let mut numbered: Vec<(usize, Point)> = numbers(seed).zip(points).collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, point)| point).collect()
}

/// A few points, the same in every run, with every kind of event and every phase that sends among them.
fn sample(events: &[Value], seed: u64) -> Vec<Point> {
    let mut seen = BTreeSet::new();
    let mut chosen = Vec::new();
    for point in shuffled(every(events), seed) {
        let event = &events[point.line - 1];
        let is_new_kind = seen.insert(event["event"].to_string());
        let is_new_phase = is_sent(event) && seen.insert(format!("phase {}", phase(event)));
        if is_new_kind || is_new_phase {
            chosen.push(point);
        }
    }
    chosen
}

/// Whether a line stands before or after a request.
fn is_sent(event: &Value) -> bool {
    event["event"] == "intent" || event["event"] == "outcome"
}

/// The object that a line is about; a check of no object, and a run, are about all of them.
fn phase(event: &Value) -> &str {
    let object = ["object", "phase", "name"]
        .iter()
        .find_map(|key| event[key].as_str());
    object.unwrap_or("run")
}

fn name(events: &[Value], point: Point) -> String {
    let event = &events[point.line - 1];
    format!("{} of {}", event["event"], phase(event))
}

/// Dies there, loads again, and says what is otherwise than after the undisturbed load.
fn try_point(stage: &Stage, point: Point) -> Result<(), String> {
    let attempt = stage.again();
    let order = match point.is_torn {
        true => "DESKFERRY_KILL_IN_EVENT",
        false => "DESKFERRY_KILL_AFTER_EVENT",
    };
    let killed = attempt
        .loading()
        .env(order, point.line.to_string())
        .output();
    let killed = killed.unwrap();
    if killed.status.signal() != Some(SIGKILL) {
        let stderr = String::from_utf8_lossy(&killed.stderr);
        return Err(format!("it did not die: {}: {stderr}", killed.status));
    }
    let next = attempt.load();
    if next.code != 0 {
        return Err(format!(
            "the next load ends with {}: {}",
            next.code, next.stderr
        ));
    }
    stage.difference(&attempt, &next.json()).map_or(Ok(()), Err)
}

/// Kind of event, how often it is written, how many points of it were tried, and how many failed.
fn table(events: &[Value], points: &[Point], failed: &[Point]) -> String {
    let kind = |line: usize| events[line - 1]["event"].as_str().unwrap().to_owned();
    let mut rows: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for line in 1..=events.len() {
        rows.entry(kind(line)).or_default()[0] += 1;
    }
    for (at, points) in [(1, points), (2, failed)] {
        for point in points {
            rows.entry(kind(point.line)).or_default()[at] += 1;
        }
    }
    let mut text = format!(
        "{:<14}{:>8}{:>8}{:>8}\n",
        "event", "lines", "points", "failed"
    );
    for (kind, [lines, points, failed]) in rows {
        text += &format!("{kind:<14}{lines:>8}{points:>8}{failed:>8}\n");
    }
    text + &format!(
        "{:<14}{:>8}{:>8}{:>8}",
        "all",
        events.len(),
        points.len(),
        failed.len()
    )
}
