//! What an account remembers over a restart.

mod damage;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::error::Kind;

/// A folder with a place for a state file.
struct Place {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("account.state");
        Self {
            _folder: folder,
            file,
        }
    }

    async fn start(&self) -> Sim {
        self.start_with(&json!({})).await
    }

    /// As with a profile file.
    async fn start_with(&self, switches: &Value) -> Sim {
        let options = Options {
            switches: switches.as_object().unwrap().clone(),
            ..options(&self.file)
        };
        let running = start(options).await;
        Sim {
            running: running.unwrap_or_else(|error| panic!("{error}")),
            http: reqwest::Client::new(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.file).unwrap()
    }

    fn append(&self, text: &str) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(&self.file)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

fn options(file: &Path) -> Options {
    Options {
        state: Some(file.to_owned()),
        ..Options::new(seed(&json!({"job_polls": 3})), KEY, TOKEN)
    }
}

/// Everything that the control routes show.
async fn everything(sim: &Sim) -> Vec<Value> {
    let mut all = Vec::new();
    for object in [
        "contacts",
        "contacts?bin=true",
        "sales_accounts",
        "deals",
        "notes",
        "lists",
    ] {
        let (status, rows) = sim
            .control("GET", &format!("records/{object}"), Value::Null)
            .await;
        assert_eq!(status, 200);
        all.push(rows);
    }
    all
}

/// An account with something of every kind, of which the last contact and a note are gone for good.
async fn fill(sim: &Sim) -> u64 {
    let account = sim
        .add("sales_accounts", "sales_account", json!({"name": "Acme"}))
        .await;
    let ann = sim.add_contact("Ann", "ann@x.test").await;
    let bob = sim.add_contact("Bob", "bob@x.test").await;
    let links = json!({"contact": {"job_title": "Boss", "sales_accounts": [{"id": account}]}});
    assert_eq!(sim.put(&format!("contacts/{ann}"), links).await.0, 200);
    let deal = json!({"name": "D", "amount": "1.50", "contacts_added_list": [ann]});
    sim.add("deals", "deal", deal).await;
    let note = json!({"description": "n", "targetable_type": "Contact", "targetable_id": ann});
    let note = sim.add("notes", "note", note).await;
    assert_eq!(sim.delete(&format!("notes/{note}")).await.0, 200);
    let list = sim.post("lists", json!({"name": "Spring"})).await.1["list"]["id"].clone();
    let members = json!({"ids": [ann, bob]});
    assert_eq!(
        sim.put(&format!("lists/{list}/add_contacts"), members)
            .await
            .0,
        200
    );
    assert_eq!(sim.delete(&format!("contacts/{bob}")).await.0, 200);
    let last = sim.add_contact("Eve", "eve@x.test").await;
    assert_eq!(sim.delete(&format!("contacts/{last}/forget")).await.0, 200);
    last
}

#[tokio::test]
async fn all_is_there_again_after_a_stop() {
    let place = Place::new();
    let sim = place.start().await;
    let last = fill(&sim).await;
    let before = everything(&sim).await;
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(everything(&sim).await, before);
    assert_eq!(sim.count("list_members").await, 1);
    let next = sim.add_contact("Fay", "fay@x.test").await;
    assert_eq!(next, last + 1, "an id is given once, also after a restart");
    let (status, body) = sim
        .post("contacts", json!({"last_name": "A", "email": "ann@x.test"}))
        .await;
    assert_eq!(messages(status, &body), ["Email is not unique"]);
    assert_eq!(
        sim.get("contacts/70000000001?include=sales_accounts").await["contact"]["sales_accounts"]
            [0]["name"],
        "Acme"
    );
}

#[tokio::test]
async fn a_job_in_flight_and_the_clock_go_on() {
    let place = Place::new();
    let sim = place.start().await;
    let row = json!({"emails": "a@x.test", "data": {"last_name": "A"}});
    let accepted = sim
        .post("contacts/bulk_upsert", json!({"contacts": [row]}))
        .await
        .1;
    let url = accepted["job_status_url"].as_str().unwrap();
    let job = url.strip_prefix(&sim.running.base_url).unwrap()[1..].to_owned();
    assert_eq!(sim.get(&job).await["status"], "QUEUED");
    let (_, later) = sim.control("POST", "advance", json!({"seconds": 3})).await;
    sim.running.stop().await;

    let sim = place.start().await;
    let (_, now) = sim.control("POST", "advance", json!({"seconds": 0})).await;
    assert!(now["now"].as_i64() >= later["now"].as_i64());
    assert_eq!(sim.get(&job).await["status"], "IN_PROGRESS");
    assert_eq!(sim.count("contacts").await, 0);
    sim.get(&job).await;
    assert_eq!(sim.get(&job).await["status"], "SUCCESS");
    sim.running.stop().await;

    let sim = place.start().await;
    assert_eq!(sim.get(&job).await["status"], "SUCCESS");
    assert_eq!(sim.count("contacts").await, 1);
    let row = json!({"emails": "b@x.test", "data": {"last_name": "B"}});
    let next = sim
        .post("contacts/bulk_upsert", json!({"contacts": [row]}))
        .await
        .1;
    assert!(!next["job_status_url"].as_str().unwrap().ends_with(&job));
}

#[tokio::test]
async fn a_reset_also_resets_the_file() {
    let place = Place::new();
    let sim = place.start().await;
    let fresh = everything(&sim).await;
    sim.add_contact("Ann", "ann@x.test").await;
    assert_eq!(sim.control("POST", "reset", Value::Null).await.0, 200);
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(everything(&sim).await, fresh);
    sim.add_contact("Ann", "ann@x.test").await;
}

#[tokio::test]
async fn a_reset_that_the_file_does_not_take_changes_nothing() {
    let place = Place::new();
    let sim = place.start().await;
    sim.add_contact("Ann", "ann@x.test").await;
    let before = everything(&sim).await;
    let mut in_the_way = place.file.clone().into_os_string();
    in_the_way.push(".new");
    fs::create_dir(&in_the_way).unwrap();
    assert_eq!(sim.control("POST", "reset", Value::Null).await.0, 500);
    assert_eq!(everything(&sim).await, before);
    sim.add_contact("Bob", "bob@x.test").await;
    let before = everything(&sim).await;
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(everything(&sim).await, before);
    fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(sim.control("POST", "reset", Value::Null).await.0, 200);
    assert_eq!(sim.count("contacts").await, 0);
}

#[tokio::test]
async fn switches_changed_while_it_ran_win_over_those_of_the_next_start() {
    let place = Place::new();
    let sim = place.start().await;
    let change = json!({
        "create_status": "ok", "delete_body": "result",
        "faults": [{"route": "deals", "kind": "refuse", "nth": "every"}],
    });
    assert_eq!(sim.control("PATCH", "profile", change).await.0, 200);
    sim.running.stop().await;
    let other = json!({"create_status": "created", "page_rows": 1});
    let sim = place.start_with(&other).await;
    let (_, settings) = sim.control("GET", "profile", Value::Null).await;
    assert_eq!(settings["create_status"], "ok");
    assert_eq!(settings["page_rows"], 1);
    assert_eq!(sim.post("deals", json!({"name": "D"})).await.0, 503);
    let (status, body) = sim.post("contacts", json!({"last_name": "A"})).await;
    assert_eq!(status, 200);
    let path = format!("contacts/{}", body["contact"]["id"]);
    assert_eq!(sim.delete(&path).await, (200, json!({"result": true})));
    assert_eq!(sim.control("POST", "reset", Value::Null).await.0, 200);
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(sim.post("contacts", json!({"last_name": "A"})).await.0, 201);
}

#[tokio::test]
async fn what_the_account_itself_does_is_kept_too() {
    let place = Place::new();
    let rules = json!({"workflow": ["owner"]});
    let sim = place.start_with(&rules).await;
    let contact = sim.add_contact("Ann", "ann@x.test").await;
    let call = json!({
        "call_direction": true, "targetable_type": "contact", "targetable": {"id": contact},
        "note": {"description": "told"},
    });
    assert_eq!(sim.post("phone_calls", call).await.0, 201);
    sim.fault(json!({"kind": "failed_job", "method": "POST", "route": "contacts/bulk_upsert"}))
        .await;
    let row = json!({"emails": "b@x.test", "data": {"last_name": "B"}});
    let body = json!({"contacts": [row]});
    let accepted = sim.post("contacts/bulk_upsert", body).await.1;
    let url = accepted["job_status_url"].as_str().unwrap();
    let job = url.strip_prefix(&sim.running.base_url).unwrap()[1..].to_owned();
    let path = format!("contacts/{contact}?include=owner");
    let owner = sim.get(&path).await["contact"]["owner_id"].clone();
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(sim.get(&path).await["contact"]["owner_id"], owner);
    assert_ne!(owner, ALICE, "a rule has acted");
    assert_eq!(sim.count("phone_calls").await, 1);
    assert_eq!(sim.count("notes").await, 1);
    sim.control("POST", "advance", json!({"seconds": 60})).await;
    assert_eq!(sim.get(&job).await["status"], "FAILED");
    assert_eq!(sim.count("contacts").await, 1);
}

#[tokio::test]
async fn a_fast_clock_does_not_fall_behind_what_was_written_under_it() {
    let place = Place::new();
    let fast = json!({"clock_speed": 86_400});
    let sim = place.start_with(&fast).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let (_, before) = sim.control("GET", "clock", Value::Null).await;
    sim.add_contact("Ann", "ann@x.test").await;
    sim.running.stop().await;
    let sim = place.start().await;
    let (_, after) = sim.control("GET", "clock", Value::Null).await;
    assert_eq!(after["speed"], 1);
    assert!(after["millis"].as_i64() >= before["millis"].as_i64());
}

#[tokio::test]
async fn a_restart_gives_no_fresh_hour() {
    for limit in ["hourly_limit", "per_minute"] {
        let place = Place::new();
        let switches = json!({limit: 4, "ratelimit_headers": "remaining_reset"});
        let sim = place.start_with(&switches).await;
        sim.to_the_hour_and(1).await;
        sim.get("selector/owners").await;
        sim.fault(json!({"kind": "refuse"})).await;
        assert_eq!(sim.send("GET", "selector/owners", Value::Null).await.0, 503);
        sim.add_contact("Ann", "ann@x.test").await;
        sim.running.stop().await;
        let sim = place.start_with(&switches).await;
        sim.get("selector/owners").await;
        let refused = sim.send("GET", "selector/owners", Value::Null).await;
        assert_eq!(refused.0, 429, "{limit}");
        sim.running.stop().await;
        let sim = place.start_with(&switches).await;
        let refused = sim.send("GET", "selector/owners", Value::Null).await;
        assert_eq!(refused.0, 429, "{limit}");
        sim.control("POST", "advance", json!({"seconds": 3600}))
            .await;
        sim.get("selector/owners").await;
        assert_eq!(sim.control("POST", "reset", Value::Null).await.0, 200);
        sim.running.stop().await;
        let sim = place.start_with(&switches).await;
        sim.get("selector/owners").await;
    }
}
