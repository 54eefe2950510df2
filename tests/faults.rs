//! Whatever goes wrong at the destination, in whatever way of writing and in whatever phase: the end is the same, nothing
//! lost, nothing twice.
//!
//! `make test` spreads the kinds of faults over the phases of each way of writing: every kind meets every way, and every phase
//! meets some. `make endurance` lets every kind meet every phase.

use serde_json::{Value, json};

use crate::endurance::is_full;
use crate::endurance::stage::Stage;
use crate::resume::export::{Export, USUAL};
use crate::resume::scene::{Scene, undisturbed_scene};
use crate::support::{Ran, Simulator};

/// Every kind of fault that the simulator has, and what has happened at the destination when it is heard of.
const KINDS: [(&str, Done); 18] = [
    ("refuse", Done::Nothing),
    ("refuse_after_write", Done::All),
    ("fail_after_write", Done::All),
    ("timeout_after_write", Done::All),
    ("hold", Done::Late),
    ("slow", Done::Late),
    ("limit", Done::Nothing),
    ("limit with retry_after", Done::Nothing),
    ("limit_400", Done::Nothing),
    ("html_502", Done::Nothing),
    ("html_502_after_write", Done::All),
    ("reset", Done::Nothing),
    ("reset_in_upload", Done::Nothing),
    ("reset_in_answer", Done::All),
    ("bulk_405", Done::Nothing),
    ("duplicate_job", Done::Late),
    ("failed_job", Done::Nothing),
    ("expired_job", Done::Late),
];

/// What a call with a fault has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// It has to be sent again.
    Nothing,
    /// It is done, and its caller does not hear so.
    All,
    /// It is done as usual, later.
    Late,
}

/// A way of writing, in one phase.
#[derive(Clone, Copy, Debug)]
struct Way {
    mode: &'static str,
    phase: &'static str,
    method: &'static str,
    route: &'static str,
    /// Calls that pass before the first fault and between two of them.
    pause: usize,
}

const fn way(
    mode: &'static str,
    phase: &'static str,
    call: [&'static str; 2],
    pause: usize,
) -> Way {
    let [method, route] = call;
    Way {
        mode,
        phase,
        method,
        route,
        pause,
    }
}

/// How a first load writes and reads.
const FIRST: [Way; 13] = [
    way(
        "bulk upsert",
        "companies",
        ["POST", "sales_accounts/bulk_upsert"],
        0,
    ),
    way(
        "bulk upsert",
        "contacts and leads",
        ["POST", "contacts/bulk_upsert"],
        0,
    ),
    way("upsert", "deals", ["POST", "deals/upsert"], 2),
    way("create", "tasks", ["POST", "tasks"], 0),
    way(
        "create",
        "calls and e-mails",
        ["POST", "sales_activities"],
        0,
    ),
    way("create", "meetings", ["POST", "appointments"], 0),
    way("create", "notes", ["POST", "notes"], 0),
    way("create", "lists", ["POST", "lists"], 0),
    way("list members", "campaign members", ["PUT", "lists"], 0),
    way("multipart", "attachments", ["POST", "documents"], 0),
    way(
        "job",
        "companies, contacts, leads",
        ["GET", "job_statuses"],
        0,
    ),
    way("read", "contacts and leads", ["GET", "contacts/view"], 0),
    way("read", "deals", ["GET", "deals"], 0),
];

/// How a load of changes writes.
const CHANGES: [Way; 7] = [
    way("update", "companies", ["PUT", "sales_accounts"], 0),
    way("update", "contacts and leads", ["PUT", "contacts"], 0),
    way("update", "deals", ["PUT", "deals"], 0),
    way("update", "tasks", ["PUT", "tasks"], 0),
    way(
        "update",
        "calls and e-mails",
        ["PUT", "sales_activities"],
        0,
    ),
    way("update", "meetings", ["PUT", "appointments"], 0),
    way("update", "notes", ["PUT", "notes"], 0),
];

/// Why a kind of fault cannot meet a way.
fn impossible(way: Way, kind: &str, done: Done) -> Option<&'static str> {
    let is_of_jobs = matches!(kind, "bulk_405" | "duplicate_job" | "failed_job");
    match (way.mode, kind) {
        ("job" | "read", _) if done == Done::All => Some("a read writes nothing"),
        ("job" | "read", "reset_in_upload") => Some("a read sends no body"),
        ("bulk upsert", "expired_job") => Some("it meets the call that asks for the job"),
        ("bulk upsert", _) => None,
        ("job", "expired_job") => None,
        (_, "expired_job") => Some("there is no job"),
        _ if is_of_jobs => Some("only a bulk call makes a job"),
        _ => None,
    }
}

/// A kind of fault that meets a way.
#[derive(Clone, Copy, Debug)]
struct Meeting {
    way: Way,
    kind: &'static str,
    done: Done,
}

/// All that can meet.
fn meetings(ways: &[Way]) -> Vec<Meeting> {
    let all = ways.iter().flat_map(|way| {
        KINDS.map(|(kind, done)| Meeting {
            way: *way,
            kind,
            done,
        })
    });
    all.filter(|one| impossible(one.way, one.kind, one.done).is_none())
        .collect()
}

/// What is tried, load by load.
fn loads(ways: &[Way]) -> Vec<Vec<Meeting>> {
    let all = meetings(ways);
    let number = |kind| KINDS.iter().position(|(other, _)| *other == kind).unwrap();
    if is_full() {
        let batch = |kinds: &[(&str, Done)]| {
            let has = |one: &&Meeting| kinds.iter().any(|(kind, _)| *kind == one.kind);
            all.iter().filter(has).copied().collect()
        };
        return KINDS.chunks(3).map(batch).collect();
    }
    // Of the phases of one way, the nth takes every nth kind.
    let is_in_turn = |one: &&Meeting| {
        let mut alike = ways.iter().filter(|way| way.mode == one.way.mode);
        let many = alike.clone().count();
        let place = alike.position(|way| way.phase == one.way.phase).unwrap();
        number(one.kind) % many == place
    };
    vec![all.iter().filter(is_in_turn).copied().collect()]
}

/// The orders of one load. A fault does not count the calls that others hit, so those of one route hit one call each.
fn orders(meetings: &[Meeting]) -> Vec<Value> {
    let order = |(at, one): (usize, &Meeting)| {
        let before = meetings[..at]
            .iter()
            .filter(|other| other.way.route == one.way.route);
        let nth = 1 + (before.count() + 1) * one.way.pause;
        // A job is answered under another's id only when there is another.
        let nth = if one.kind == "duplicate_job" {
            nth + 1
        } else {
            nth
        };
        let kind = one.kind.split(' ').next().unwrap();
        let mut fault =
            json!({ "method": one.way.method, "route": one.way.route, "nth": nth, "kind": kind });
        if matches!(kind, "slow" | "hold" | "timeout_after_write") {
            fault["millis"] = json!(200);
        }
        if one.kind != kind {
            fault["retry_after"] = json!(1);
        }
        fault
    };
    meetings.iter().enumerate().map(order).collect()
}

/// Runs `load` for as long as it says: run me again later. Answers the last run, and how many there were.
#[track_caller]
fn load_until_done(load: impl Fn() -> Ran) -> (Ran, usize) {
    for runs in 1..=20 {
        let ran = load();
        if ran.code != 9 {
            return (ran.passed(), runs);
        }
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
    panic!("the load does not come to an end");
}

/// Prints what met what, and asserts that every fault has hit a call.
#[track_caller]
fn assert_fired(simulator: &Simulator, meetings: &[Meeting], end: &str) {
    println!(
        "{:<14}{:<28}{:<26}{:>6}  end",
        "mode", "phase", "fault", "fired"
    );
    let mut missed = Vec::new();
    for (one, fault) in meetings.iter().zip(simulator.faults()) {
        let Meeting { way, kind, .. } = one;
        let fired = fault["fired"].as_u64().unwrap();
        println!(
            "{:<14}{:<28}{kind:<26}{fired:>6}  {end}",
            way.mode, way.phase
        );
        if fired != 1 {
            missed.push(fault);
        }
    }
    assert!(missed.is_empty(), "these have hit nothing: {missed:#?}");
}

#[test]
fn every_fault_in_every_way_of_writing_comes_to_the_same_end() {
    for meetings in loads(&FIRST) {
        let scene = Scene::new();
        scene.simulator.order(&orders(&meetings));
        let (_, runs) = load_until_done(|| scene.load());
        assert_fired(
            &scene.simulator,
            &meetings,
            &format!("as undisturbed, {runs} loads"),
        );
        scene.assert_undisturbed();
        assert_sent_again(&scene, &meetings);
    }
}

/// A write is sent again only when it was not done: once for each fault that came before it.
#[track_caller]
fn assert_sent_again(scene: &Scene, meetings: &[Meeting]) {
    for (route, records) in [
        ("deals/upsert", USUAL.deals),
        ("tasks", USUAL.tasks),
        ("sales_activities", USUAL.activities / 2),
        ("appointments", USUAL.activities / 4),
        ("notes", USUAL.activities / 4),
        ("documents", USUAL.files),
    ] {
        let undone = |one: &&Meeting| one.way.route == route && one.done == Done::Nothing;
        let wanted = records + meetings.iter().filter(undone).count();
        assert_eq!(scene.calls("POST", &format!("/{route}")), wanted, "{route}");
    }
}

#[test]
fn every_fault_in_a_load_of_changes_comes_to_the_same_end() {
    let some = Export {
        companies: 8,
        contacts: 24,
        leads: 2,
        deals: 16,
        tasks: 16,
        activities: 24,
        campaigns: 2,
        members: 4,
        files: 2,
        edition: "",
    };
    let edition = " again";
    let stage = Stage::new(&[some, Export { edition, ..some }]);
    for meetings in loads(&CHANGES) {
        let attempt = stage.again();
        attempt.simulator.order(&orders(&meetings));
        let (ran, runs) = load_until_done(|| attempt.load());
        assert_fired(
            &attempt.simulator,
            &meetings,
            &format!("as undisturbed, {runs} loads"),
        );
        assert_eq!(stage.difference(&attempt, &ran.json()), None);
    }
}

#[test]
fn every_kind_of_fault_meets_every_way_of_writing() {
    for ways in [&FIRST[..], &CHANGES[..]] {
        let tried: Vec<Meeting> = loads(ways).into_iter().flatten().collect();
        for way in ways {
            for (kind, done) in KINDS {
                let has_met = tried
                    .iter()
                    .any(|one| one.way.mode == way.mode && one.kind == kind);
                let why = impossible(*way, kind, done);
                assert_eq!(has_met, why.is_none(), "{} and {kind}: {why:?}", way.mode);
            }
            let phase = |one: &Meeting| one.way.phase == way.phase && one.way.mode == way.mode;
            assert!(tried.iter().any(phase), "{} meets no fault", way.phase);
        }
    }
}

#[test]
fn what_others_did_behind_our_back_is_found() {
    let scene = undisturbed_scene();
    let deals = scene.simulator.records("deals");
    let contacts = scene.simulator.records("contacts");
    scene.call("DELETE", &format!("deals/{}", deals[0]["id"]), &json!(null));
    let change = json!({ "contact": { "last_name": "Renamed" } });
    scene.call("PUT", &format!("contacts/{}", contacts[0]["id"]), &change);

    let verified = scene.workspace.run(&["verify"]).ended(7);
    for finding in ["records_missing__deals", "fields_differ__contacts"] {
        let line = format!("recon_after_load__{finding}: 1 row");
        assert!(verified.stderr.contains(&line), "{}", verified.stderr);
    }
    let status = scene.workspace.status();
    assert_eq!(status["gates"], "blocked");
    for object in status["objects"].as_array().unwrap() {
        let lost = u64::from(object["object"] == "deals");
        assert_eq!(object["lost"], lost, "{object}");
    }
    let rows = scene
        .workspace
        .sql("select source_id, field from recon_after_load__fields_differ__contacts");
    let id = &contacts[0]["external_id"];
    assert_eq!(rows, [json!({ "source_id": id, "field": "last_name" })]);
}
