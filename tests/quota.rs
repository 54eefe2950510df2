//! A load within limits: rows, a time, windows of the day, calls an hour. The days themselves are in `src/freshsales/quota/tests`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::resume::open_intents;
use crate::support::{Simulator, Workspace, repository};

/// A landed export, an empty account, and these lines under `[quota]`.
fn scene(quota: &str) -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.configure(&format!("[quota]\ntime_zone = \"UTC\"\n{quota}"));
    workspace.land(repository("fixtures/smartdesk"));
    (simulator, workspace)
}

/// Rows whose request ended, whatever came of it.
fn outcomes(workspace: &Workspace) -> usize {
    let lines = workspace.ledger().into_iter();
    let events = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    events.filter(|line| line["event"] == "outcome").count()
}

/// A window that opens in two hours and closes in three.
fn later_window() -> String {
    let hour = |ahead: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(ahead);
        at.strftime("%H:%M").to_string()
    };
    format!("windows = [\"{}-{}\"]", hour(2), hour(3))
}

#[test]
fn a_limit_of_rows_is_kept_and_the_next_load_goes_on() {
    let (simulator, workspace) = scene("");
    // Matched rows take no call and are not counted.
    workspace
        .run(&["load", "owners", "pipelines", "stages"])
        .passed();
    let before = outcomes(&workspace);
    let limited = workspace.run(&["load", "--limit", "5"]).ended(9);
    assert!(limited.stderr.contains("`--limit`"), "{}", limited.stderr);
    assert_eq!(outcomes(&workspace), before + 5);
    assert_eq!(open_intents(&workspace.ledger()), [""; 0]);
    // What it cost is told on stderr, beside the lower bound: the load has no answer for stdout.
    let told = |line: &str| line.contains("at least") || line.trim().starts_with("settings");
    assert_eq!(limited.stderr.lines().filter(|line| told(line)).count(), 2);
    assert_eq!(limited.stdout, "");
    let companies = limited
        .stderr
        .lines()
        .rfind(|line| line.trim().starts_with("companies"));
    let numbers = companies.unwrap().split_whitespace().skip(1);
    let numbers: Vec<f64> = numbers
        .map(|cell| cell.replace(',', "").parse().unwrap())
        .collect();
    assert!(
        matches!(numbers[..], [5.0, calls, per, least] if calls >= 2.0 && per >= least),
        "{numbers:?}"
    );
    let limited = workspace.run(&["load", "--limit", "9"]).ended(9);
    assert!(limited.stderr.contains("goes on where it stopped"));
    assert_eq!(outcomes(&workspace), before + 14);
    workspace.run(&["load", "--limit", "100000"]).passed();
    let writes = simulator.writes();
    let single = writes
        .iter()
        .filter(|write| write.as_str() == "POST /notes");
    let notes = simulator.records("notes").len();
    assert_eq!(single.count(), notes, "nothing was sent twice");
    workspace.run(&["load", "--limit", "0"]).ended(2);
}

#[test]
fn no_call_begins_after_the_time_and_the_next_load_goes_on() {
    let (simulator, workspace) = scene("");
    let slow = serde_json::json!({
        "method": "POST", "route": "deals/upsert", "nth": 1, "times": 1000, "kind": "slow", "millis": 900,
    });
    simulator.order(&[slow]);
    let ended = workspace.run(&["load", "--until", "+8s"]).ended(9);
    assert!(ended.stderr.contains("the time is up"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--until"), "{}", ended.stderr);
    assert_eq!(open_intents(&workspace.ledger()), [""; 0]);
    simulator.order(&[]);
    workspace.run(&["load"]).passed();
    workspace
        .run(&["load", "--until", "1999-01-01T00:00"])
        .ended(2);
}

#[test]
fn outside_its_windows_a_load_makes_no_call_and_can_be_stopped() {
    let (simulator, workspace) = scene(&later_window());
    let ended = workspace.run(&["load", "--until", "+1h"]).ended(9);
    assert!(ended.stderr.contains("the time is up"), "{}", ended.stderr);

    let mut command = workspace.command(&["load"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut load = command.spawn().unwrap();
    let mut lines = BufReader::new(load.stderr.take().unwrap()).lines();
    let told = lines.find(|line| line.as_ref().unwrap().starts_with("waiting until"));
    let told = told.unwrap().unwrap();
    assert!(told.ends_with("no window is open"), "{told}");
    let interrupt = Command::new("kill")
        .args(["-INT", &load.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(load.wait().unwrap().code(), Some(130));
    assert_eq!(simulator.calls().len(), 0);
}

/// Starts a command, waits until it has said on stderr that it waits for a window, and ends it; all it said until then.
#[track_caller]
fn said_before_waiting(workspace: &Workspace, command: &str) -> Vec<String> {
    let mut command = workspace.command(&[command]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let (tell, told) = mpsc::channel();
    // Ends with the command.
    thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .try_for_each(|line| tell.send(line))
    });
    let mut said: Vec<String> = Vec::new();
    while let Ok(line) = told.recv_timeout(Duration::from_secs(60)) {
        said.push(line);
        if said.last().unwrap().starts_with("waiting until") {
            break;
        }
    }
    running.kill().unwrap();
    running.wait().unwrap();
    said
}

#[test]
fn who_waits_for_an_answer_is_told_at_once_that_no_window_is_open_and_may_choose_not_to() {
    let window = later_window();
    let (simulator, workspace) = scene(&window);
    let times = window.split('"').nth(1).unwrap();
    for command in ["plan", "probe", "verify"] {
        let said = said_before_waiting(&workspace, command);
        let is_told = |line: &String| {
            let is_closed = line.starts_with("no calls before ") && line.contains(times);
            is_closed && line.contains("`--now`")
        };
        assert!(said.iter().any(is_told), "{command}: {said:?}");
        assert!(
            said.last().unwrap().ends_with("no window is open"),
            "{said:?}"
        );
    }
    assert_eq!(simulator.calls().len(), 0);
    workspace.run(&["probe", "--now"]).passed();
    let plan = workspace.run(&["plan", "--now"]).passed();
    assert!(!plan.stderr.contains("--now"), "{}", plan.stderr);
    // Nothing is loaded yet, and verify says so.
    workspace.run(&["verify", "--now"]).ended(7);
    assert!(!simulator.calls().is_empty());
    // Only an answer is worth it: a load has the whole night.
    workspace.run(&["load", "--now"]).ended(2);
}

#[test]
fn calls_are_counted_on_disk_and_the_calendar_is_shown() {
    let (simulator, workspace) =
        scene("calls_per_hour = 1000\nminimum_gap_milliseconds = 0\nburst = 100");
    let plan = workspace.run(&["plan"]).passed();
    assert!(
        plan.stdout.contains("at 900 an hour, at any time"),
        "{}",
        plan.stdout
    );
    assert!(
        plan.stdout.contains("begun now, done about"),
        "{}",
        plan.stdout
    );
    let file = workspace.staging("quota.json");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let kept = || {
        let file: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let steps = file["calls"].as_array().unwrap().iter();
        steps.map(|step| step[1].as_u64().unwrap()).sum::<u64>() as usize
    };
    assert_eq!(kept(), simulator.calls().len());

    let load = workspace
        .run(&["load", "owners", "companies", "--format", "json"])
        .passed();
    assert!(
        load.stderr
            .contains("calls left in this hour, all done about"),
        "{}",
        load.stderr
    );
    assert_eq!(
        kept(),
        simulator.calls().len(),
        "all of this hour, over both runs"
    );
    let used = &load.json()["calls"];
    let companies = used
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["object"] == "companies");
    let companies = companies.unwrap();
    assert!(companies["records"].as_u64().unwrap() > 0, "{used}");
    assert!(companies["calls"].as_u64() >= Some(3), "{used}");
    assert!(companies["calls_per_1000"].as_u64() >= companies["least_calls_per_1000"].as_u64());

    // Damaged, it means that the hour is used up: a call would have to wait for longer than there is time.
    let calls = simulator.calls().len();
    fs::write(&file, "{").unwrap();
    let ended = workspace.run(&["load", "--until", "+30m"]).ended(9);
    assert!(ended.stderr.contains("the time is up"), "{}", ended.stderr);
    assert_eq!(simulator.calls().len(), calls);
}

#[test]
fn the_calendar_follows_what_the_account_says_of_its_hour() {
    let (simulator, workspace) =
        scene("calls_per_hour = 1000\nminimum_gap_milliseconds = 0\nburst = 100");
    simulator.switch(&json!({ "hourly_limit": 500, "ratelimit_headers": "limit_remaining_reset" }));
    let plan = workspace.run(&["plan"]).passed();
    let told = plan.stdout.contains("at 450 an hour, at any time");
    assert!(told, "{}", plan.stdout);
}
