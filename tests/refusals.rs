//! A phase whose way is barred, or whose rows are refused alike again and again, stops after a few calls. What was not sent
//! waits for the next start.

use serde_json::{Value, json};

use crate::support::{Ran, Simulator, Workspace};

/// Records of each kind, each in a row of its own.
const ROWS: usize = 240;
/// A phase stops after so many answers, beside those that were on their way just then.
const MOST_BARRED: usize = 5 + 4;

/// One company, and `ROWS` contacts, tasks and notes.
fn export() -> Vec<(&'static str, String)> {
    let rows = |row: &dyn Fn(usize) -> String| (1..=ROWS).map(row).collect::<String>();
    let contacts = rows(&|n| format!("con_{n:03},Person {n},person-{n}@refused.example\n"));
    let deals =
        rows(&|n| format!("dea_{n:03},Deal {n},5,EUR,New Business,First talk,con_{n:03}\n"));
    let tasks =
        rows(&|n| format!("tsk_{n:03},Task {n},open,2026-10-01T07:00:00Z,contact,con_{n:03}\n"));
    let notes = rows(&|n| {
        format!("act_{n:03},note,Note {n},Words of {n},2024-04-01T08:00:00Z,contact,con_{n:03}\n")
    });
    let deal_columns =
        "id,name,value_amount,value_currency,pipeline_name,stage_name,primary_contact_id\n";
    let note_columns = "id,type,subject,body,started_at,parent_type,parent_id\n";
    vec![
        ("contacts.csv", format!("id,last_name,email\n{contacts}")),
        ("deals.csv", format!("{deal_columns}{deals}")),
        (
            "tasks.csv",
            format!("id,subject,status,due_at,parent_type,parent_id\n{tasks}"),
        ),
        ("activities.csv", format!("{note_columns}{notes}")),
    ]
}

fn scene() -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    let files = export();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    workspace.land_files(&files);
    (simulator, workspace)
}

fn refuse(route: &str, status: u16) -> Value {
    json!({ "method": "POST", "route": route, "exact": true, "nth": "every", "kind": "refuse", "status": status })
}

/// Calls that were made there, and refused. The path shows what the answer was asked to show.
fn calls(simulator: &Simulator, route: &str) -> usize {
    let wanted = format!("POST /{route}");
    let writes = simulator.writes().into_iter();
    let paths = writes.filter(|call| call.split('?').next() == Some(wanted.as_str()));
    paths.count()
}

fn bucket(workspace: &Workspace, object: &str, bucket: &str) -> i64 {
    workspace.number(&format!(
        "select count(*) from ledger_buckets where object = '{object}' and bucket = '{bucket}'"
    ))
}

/// Heals the account: all that waited is sent, once.
#[track_caller]
fn assert_nothing_is_lost(simulator: &Simulator, workspace: &Workspace) {
    simulator.order(&[]);
    workspace.run(&["load"]).passed();
    for object in ["contacts", "deals", "tasks", "notes"] {
        assert_eq!(simulator.records(object).len(), ROWS, "{object}");
    }
}

#[track_caller]
fn assert_says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
}

#[test]
fn a_barred_way_stops_its_phase_after_a_few_calls() {
    let routes = [
        ("contacts", "contacts/bulk_upsert", 403),
        ("deals", "deals/upsert", 403),
        ("tasks", "tasks", 404),
        ("notes", "notes", 403),
    ];
    for (object, route, status) in routes {
        let (simulator, workspace) = scene();
        simulator.order(&[refuse(route, status)]);
        let stopped = workspace.run(&["load"]).ended(9);
        assert_says(
            &stopped,
            &[
                &format!("nothing more of {object} was sent"),
                &status.to_string(),
                "deskferry load",
            ],
        );
        let made = calls(&simulator, route);
        assert!((1..=MOST_BARRED).contains(&made), "{made} calls to {route}");
        assert_eq!(bucket(&workspace, object, "rejected"), 0, "{object}");
        let waiting = bucket(&workspace, object, "pending");
        assert_eq!(waiting, i64::try_from(ROWS).unwrap(), "{object}");
        assert_nothing_is_lost(&simulator, &workspace);
    }
}

#[test]
fn rows_that_are_refused_alike_are_enough_after_a_hundred() {
    let (simulator, workspace) = scene();
    simulator.order(&[refuse("notes", 400)]);
    let stopped = workspace.run(&["load"]).ended(8);
    assert_says(
        &stopped,
        &[
            "nothing more of notes was sent",
            "rows in a row were refused alike (400:",
        ],
    );
    let made = calls(&simulator, "notes");
    assert!((100..=103).contains(&made), "{made} calls");
    assert_eq!(
        bucket(&workspace, "notes", "rejected"),
        i64::try_from(made).unwrap()
    );
    assert_eq!(
        bucket(&workspace, "notes", "pending"),
        i64::try_from(ROWS - made).unwrap()
    );
    // The others are sent by the next start; those that were refused stay so as they are.
    simulator.order(&[]);
    workspace.run(&["load"]).ended(8);
    assert_eq!(simulator.records("notes").len(), ROWS - made);
}

/// A batch that is refused as a whole is halved until its rows stand alone: not to the end of all batches.
#[test]
fn batches_that_are_refused_alike_are_enough_after_a_hundred_rows() {
    let (simulator, workspace) = scene();
    let single = json!({
        "method": "POST", "route": "contacts/upsert", "nth": "every", "kind": "refuse", "status": 400,
    });
    simulator.order(&[refuse("contacts/bulk_upsert", 400), single]);
    workspace.run(&["load"]).ended(8);
    let made = calls(&simulator, "contacts/upsert");
    assert!((100..=103).contains(&made), "{made} calls");
    assert_eq!(simulator.counts()["contacts"], 0);
}

/// One record that the key may not make is its own matter when others are made.
#[test]
fn one_forbidden_row_among_others_is_rejected() {
    let (simulator, workspace) = scene();
    let once = json!({
        "method": "POST", "route": "tasks", "nth": 7, "kind": "refuse", "status": 403,
    });
    simulator.order(&[once]);
    workspace.run(&["load"]).ended(8);
    assert_eq!(bucket(&workspace, "tasks", "rejected"), 1);
    assert_eq!(simulator.records("tasks").len(), ROWS - 1);
}

#[test]
fn what_was_approved_does_not_stop_a_phase() {
    let (simulator, workspace) = scene();
    workspace.configure("max_rejected = 1000");
    simulator.order(&[refuse("tasks", 400)]);
    workspace.run(&["load"]).passed();
    assert_eq!(calls(&simulator, "tasks"), ROWS);
    assert_eq!(simulator.records("notes").len(), ROWS);
}
