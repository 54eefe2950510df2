//! Profile files: what they may say, and who wins.

use std::collections::BTreeSet;

use super::*;
use crate::error::Kind;
use crate::simulator::profile::Profile;
use crate::simulator::{read_profile, seed::Seed};

const EVERY_SWITCH: &str = include_str!("../../../fixtures/freshsales/profiles/every-switch.toml");

/// The causes of an error, from the outermost on.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    text
}

#[test]
fn the_documented_profile_has_every_switch_with_its_default() {
    let documented: Profile = toml::from_str(EVERY_SWITCH).unwrap();
    assert_eq!(
        format!("{documented:?}"),
        format!("{:?}", Profile::default())
    );
    // An unknown key is answered with the names of all known ones.
    let refusal = toml::from_str::<Profile>("no_switch = 1").unwrap_err();
    let refusal = refusal.to_string();
    let (_, names) = refusal.split_once("expected one of ").unwrap();
    let names = names.split(',').map(|name| name.trim().trim_matches('`'));
    let names: BTreeSet<&str> = names.collect();
    let table: toml::Table = toml::from_str(EVERY_SWITCH).unwrap();
    let told: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    assert_eq!(told, names);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_a_hint() {
    let error = read_profile("hourly_limit = 5\nhourly = 5\n").unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.next_step().unwrap().contains("every-switch.toml"));
    let said = chain(&error);
    assert!(
        said.contains("line 2") && said.contains("`hourly`"),
        "{said}"
    );
    for wrong in [
        "hourly_limit = \"none\"",
        "error_style = \"odd\"",
        "clock_speed = 0",
        "page_rows = 0",
        "job_states = { done = \"QUEUED\" }",
        "burst = { calls = 0, seconds = 1, wait_seconds = 1 }",
        "faults = [{ kind = \"explode\" }]",
    ] {
        assert!(read_profile(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_profile_wins_over_the_settings_of_the_seed() {
    let seed = seed(&json!({"hourly_limit": 7, "job_polls": 9}));
    let switches = read_profile("hourly_limit = \"off\"\npage_rows = 50").unwrap();
    let profile = Seed::read(&seed, &switches).unwrap().profile;
    assert_eq!(profile.hourly_limit, None);
    assert_eq!((profile.page_rows, profile.job_polls), (50, 9));
}

#[test]
fn the_named_profiles_fit_the_bundled_seeds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/freshsales");
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
    let mut profiles = 0;
    for entry in std::fs::read_dir(format!("{folder}/profiles")).unwrap() {
        let switches = read_profile(&read(&entry.unwrap().path())).unwrap();
        for name in ["seed.json", "crm-opportunities.json"] {
            let path = format!("{folder}/{name}");
            let seed: Value = serde_json::from_str(&read(path.as_ref())).unwrap();
            Seed::read(&seed, &switches).unwrap();
        }
        profiles += 1;
    }
    assert!(profiles >= 4);
}

#[test]
fn switches_that_name_what_is_not_there_are_refused() {
    for settings in [
        json!({"required_fields": {"contacts": ["nick_name"]}}),
        json!({"required_fields": {"people": ["last_name"]}}),
        json!({"key_user_id": 4711}),
        json!({"faults": [{"kind": "limit", "status": 429}]}),
    ] {
        let refused = Seed::read(&seed(&settings), &serde_json::Map::new());
        assert!(refused.is_err(), "{settings}");
    }
}

#[tokio::test]
async fn switches_change_while_it_runs_all_of_them_or_none() {
    let sim = Sim::start().await;
    let change = json!({"create_status": "ok", "delete_body": "result"});
    let (status, settings) = sim.control("PATCH", "profile", change).await;
    assert_eq!((status, &settings["create_status"]), (200, &json!("ok")));
    let (status, body) = sim.post("contacts", json!({"last_name": "A"})).await;
    assert_eq!(status, 200);
    let path = format!("contacts/{}", body["contact"]["id"]);
    assert_eq!(sim.delete(&path).await, (200, json!({"result": true})));
    for wrong in [
        json!({"create_status": "created", "hourly": 5}),
        json!({"create_status": "created", "required_fields": {"contacts": ["nick_name"]}}),
        json!({"create_status": "created", "plan": "growth"}),
    ] {
        assert_eq!(sim.control("PATCH", "profile", wrong).await.0, 400);
    }
    assert_eq!(sim.post("contacts", json!({"last_name": "B"})).await.0, 200);
    sim.control("POST", "reset", Value::Null).await;
    assert_eq!(sim.post("contacts", json!({"last_name": "B"})).await.0, 201);
}

#[tokio::test]
async fn faults_are_switches_like_others() {
    let sim = Sim::start().await;
    let refuse = |status: u16| json!({"faults": [{"route": "contacts", "kind": "refuse", "status": status, "nth": "every"}]});
    let contact = json!({"last_name": "A"});
    for status in [503, 504] {
        sim.control("PATCH", "profile", refuse(status)).await;
        assert_eq!(sim.post("contacts", contact.clone()).await.0, status);
    }
    let other = json!({"create_status": "ok"});
    sim.control("PATCH", "profile", other).await;
    let on_order = sim.control("GET", "faults", Value::Null).await.1;
    assert_eq!(on_order[0]["fired"], 1, "another switch leaves them alone");
    sim.control("PATCH", "profile", json!({"faults": []})).await;
    assert_eq!(sim.post("contacts", contact).await.0, 200);
}
