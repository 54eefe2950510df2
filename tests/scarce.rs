//! Loads into an account whose hours are short of calls, on a fast clock: what they cost, and that no hour is overdrawn.

use std::cell::Cell;
use std::sync::Arc;

use deskferry::freshsales::ScaledClock;
use deskferry::migration::{self, LoadOptions, Progress};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::resume::export::Export;
use crate::support::{KEY, Simulator, Workspace};

/// The workspace as the program opens it, on a clock that runs so much faster than ours.
fn opened(workspace: &Workspace, speed: u32) -> migration::Workspace {
    let mut opened = migration::Workspace::open(workspace.path()).unwrap();
    opened.embedded_key = Some(SecretString::from(KEY));
    opened.clock = Arc::new(ScaledClock::new(jiff::Timestamp::now(), f64::from(speed)));
    opened
}

/// How much faster than ours the clocks of the program and of the account run.
const SPEED: u32 = 600;
/// Contacts of the rehearsal, and the companies they work for.
const CONTACTS: usize = 10_000;
const COMPANIES: usize = 3_000;

/// A landed export of so many contacts, and an account that takes 1,000 calls in an hour of a fast clock.
fn scarce_scene() -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    simulator.switch(&json!({ "clock_speed": SPEED, "hourly_limit": 1000 }));
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.configure("[quota]\ncalls_per_hour = 1000");
    let mut companies = "id,name\n".to_owned();
    (0..COMPANIES).for_each(|n| companies += &format!("com_{n:05},Company {n}\n"));
    let mut rows = "id,first_name,last_name,email,phone,created_at,company_id\n".to_owned();
    for n in 1..=CONTACTS {
        rows += &format!(
            "con_{n:09},Given {n},Family {n},person-{n}@people.example,+49 30 {n:07},2024-03-04T09:15:00Z,com_{:05}\n",
            n % COMPANIES
        );
    }
    workspace.land_files(&[("companies.csv", &companies), ("contacts.csv", &rows)]);
    (simulator, workspace)
}

#[test]
fn at_a_thousand_calls_an_hour_a_thousand_contacts_take_at_most_fifty() {
    let (simulator, workspace) = scarce_scene();
    let opened = opened(&workspace, SPEED);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let options = LoadOptions::default();
    let load = migration::load(&opened, &options, &|_: Progress<'_>| {});
    let status = runtime.block_on(load).unwrap();
    assert_eq!(status.gates, "passed");

    let used = status.calls.iter().find(|used| used.object == "contacts");
    let calls = used.map(|used| used.calls).unwrap();
    assert!(
        calls * 1000 <= 50 * CONTACTS as u64,
        "{calls} calls for {CONTACTS} contacts"
    );
    let known = "from ledger_outcomes where object = 'contacts' and state = 'accepted' \
                 and destination_id is not null";
    let wanted = i64::try_from(CONTACTS).unwrap();
    assert_eq!(
        workspace.number(&format!("select count(*) {known}")),
        wanted
    );
    // Each is read back; that each field is the wanted one is the gate after the load.
    let shown = format!(
        "select count(distinct id) from raw_freshsales__contacts where id in (select destination_id::varchar {known})"
    );
    assert_eq!(workspace.number(&shown), wanted);
    let compared = "select bad_rows = 0 as is_same from recon_results \
                    where \"check\" = 'recon_after_load__fields_differ__contacts'";
    assert_eq!(workspace.sql(compared), [json!({ "is_same": true })]);
    let is_throttled = |call: &Value| call["status"] == 429;
    assert!(!simulator.calls().iter().any(is_throttled));
    println!("{calls} calls for {CONTACTS} contacts, links included");
}

/// Hours of the account are so much shorter than ours.
const HASTE: u32 = 1_800;
/// Calls that the account takes in an hour.
const SCARCE: usize = 100;
/// Some 300 calls, most of them one after the other.
const HOURS_OF_CALLS: Export = Export {
    companies: 3,
    contacts: 110,
    leads: 1,
    deals: 100,
    tasks: 100,
    activities: 4,
    campaigns: 1,
    members: 1,
    files: 1,
    edition: "",
};

/// Loads for some hours of an account that takes a hundred calls in each, and says so in its own way.
#[track_caller]
fn assert_hours_are_kept(headers: &str) {
    let simulator = Simulator::start("seed.json");
    let switches =
        json!({ "clock_speed": HASTE, "hourly_limit": SCARCE, "ratelimit_headers": headers });
    simulator.switch(&switches);
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.configure(&format!("[quota]\ncalls_per_hour = {SCARCE}"));
    let export = tempfile::tempdir().unwrap();
    HOURS_OF_CALLS.write(export.path());
    workspace.land(export.path());

    let opened = opened(&workspace, HASTE);
    let (beats, foretold) = (Cell::new(0), Cell::new(0));
    let watch = |progress: Progress<'_>| match progress {
        Progress::Beat { .. } => beats.set(beats.get() + 1),
        Progress::Outlook {
            finish: Some(_), ..
        } => foretold.set(foretold.get() + 1),
        _ => {}
    };
    let options = LoadOptions::default();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let load = migration::load(&opened, &options, &watch);
    assert_eq!(runtime.block_on(load).unwrap().gates, "passed");

    let calls = simulator.calls();
    let refused: Vec<&Value> = calls.iter().filter(|call| call["status"] == 429).collect();
    assert_eq!(refused, [&Value::Null; 0], "{headers}");
    let at: Vec<i64> = calls
        .iter()
        .map(|call| call["at"].as_i64().unwrap())
        .collect();
    let hour = 3_600_000;
    // No hour holds more, of the clock or wherever it begins: the latter allows less.
    for (beyond, first) in at.iter().skip(SCARCE).zip(&at) {
        assert!(beyond - first >= hour, "{headers}: {first} {beyond}");
    }
    let hours = (at[at.len() - 1] - at[0]) / hour;
    assert!(
        hours >= 2 && calls.len() > 2 * SCARCE,
        "{headers}: {} calls in {hours} h",
        calls.len()
    );
    // Signs of life, as many as the machine keeps up with, and a new finish time with each.
    assert!(beats.get() > 0);
    assert!(foretold.get() > beats.get());
}

#[test]
fn no_hour_holds_more_calls_than_an_account_takes_that_says_nothing() {
    assert_hours_are_kept("none");
}

#[test]
fn no_hour_holds_more_calls_than_an_account_takes_that_says_what_is_left() {
    assert_hours_are_kept("remaining_reset");
}

#[test]
fn no_hour_holds_more_calls_than_an_account_takes_that_says_its_limit() {
    assert_hours_are_kept("limit_remaining_reset");
}

#[test]
fn no_hour_holds_more_calls_than_an_account_takes_that_says_how_long_to_wait() {
    assert_hours_are_kept("retry_after");
}
