//! Faults, the allowance, and what a test may see behind the API's back.

use std::time::{Duration, Instant};

use super::*;

fn note(contact: u64) -> Value {
    json!({"note": {"description": "N", "targetable_type": "Contact", "targetable_id": contact}})
}

#[tokio::test]
async fn control_routes_have_a_token_of_their_own() {
    let sim = Sim::start().await;
    let url = format!("{}/counts", sim.running.control_url);
    assert_eq!(answer(sim.http.get(&url)).await.0, 401);
    let with_key = sim.http.get(&url).header("X-Sim-Token", KEY);
    assert_eq!(answer(with_key).await.0, 401);
    assert_eq!(sim.control("GET", "counts", Value::Null).await.0, 200);
    let api = sim
        .http
        .get(format!("{}/contacts/filters", sim.running.base_url));
    assert_eq!(answer(api.header("X-Sim-Token", TOKEN)).await.0, 401);
}

#[tokio::test]
async fn refused_calls_do_nothing() {
    let sim = Sim::start().await;
    for (kind, status) in [
        ("refuse", 503),
        ("limit", 429),
        ("html_502", 502),
        ("bulk_405", 405),
    ] {
        sim.fault(json!({"method": "POST", "route": "contacts", "kind": kind}))
            .await;
        let contact = json!({"last_name": "A"});
        let (got, body) = sim.post("contacts", contact).await;
        assert_eq!(got, status);
        assert_eq!(
            body.is_string(),
            kind == "html_502",
            "only the gateway answers with HTML"
        );
    }
    assert_eq!(sim.count("contacts").await, 0);
}

#[tokio::test]
async fn fail_after_write_applies_and_never_answers() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    sim.fault(json!({"method": "POST", "route": "notes", "nth": 2, "kind": "fail_after_write"}))
        .await;
    assert_eq!(sim.post("notes", note(contact)).await.0, 200);
    let lost = sim
        .request("POST", "notes")
        .json(&note(contact))
        .send()
        .await;
    assert!(lost.is_err(), "the connection ends");
    assert_eq!(sim.count("notes").await, 2, "but the note is there");
    assert_eq!(
        sim.post("notes", note(contact)).await.0,
        200,
        "the next call works"
    );
    let calls = sim.control("GET", "calls", Value::Null).await.1;
    let lost = &calls.as_array().unwrap()[2];
    assert_eq!(
        (&lost["status"], &lost["fault"]),
        (&Value::Null, &json!("fail_after_write"))
    );
}

#[tokio::test]
async fn reset_writes_nothing() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts", "nth": "every", "kind": "reset"}))
        .await;
    let contact = json!({"last_name": "A"});
    assert!(
        sim.request("POST", "contacts")
            .json(&contact)
            .send()
            .await
            .is_err()
    );
    assert_eq!(sim.count("contacts").await, 0);
}

#[tokio::test]
async fn hold_waits_for_its_time_or_its_release() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts", "nth": 1, "kind": "hold", "millis": 150}))
        .await;
    let begin = Instant::now();
    sim.add_contact("A", "a@x.test").await;
    assert!(begin.elapsed() >= Duration::from_millis(150));

    sim.fault(json!({"route": "contacts", "nth": 1, "kind": "hold"}))
        .await;
    let held = tokio::spawn(
        sim.request("POST", "contacts")
            .json(&json!({"last_name": "B"}))
            .send(),
    );
    while sim.control("GET", "faults", Value::Null).await.1[0]["fired"] != 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(sim.count("contacts").await, 1, "held before it is done");
    sim.control("DELETE", "faults", Value::Null).await;
    assert_eq!(held.await.unwrap().unwrap().status(), 201);
}

#[tokio::test]
async fn slow_answers_arrive_whole() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "selector", "kind": "slow", "millis": 160}))
        .await;
    let begin = Instant::now();
    let owners = sim.get("selector/owners").await;
    assert!(begin.elapsed() >= Duration::from_millis(150));
    assert_eq!(owners["users"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn faults_are_checked_when_they_are_ordered() {
    let sim = Sim::start().await;
    for wrong in [
        json!([{"route": "notes", "kind": "explode"}]),
        json!({}),
        json!([{"kin": "refuse"}]),
    ] {
        assert_eq!(sim.control("POST", "faults", wrong).await.0, 400);
    }
}

#[tokio::test]
async fn the_allowance_of_an_hour_comes_back() {
    let sim = Sim::with(json!({"hourly_limit": 3})).await;
    let call = async || sim.send("GET", "selector/owners", Value::Null).await;
    for _ in 0..3 {
        assert_eq!(call().await.0, 200);
    }
    let (status, body) = call().await;
    assert_eq!(messages(status, &body), ["Too many requests"]);
    sim.control("POST", "advance", json!({"seconds": 3600}))
        .await;
    assert_eq!(call().await.0, 200);
}

#[tokio::test]
async fn reset_goes_back_to_the_seed() {
    let sim = Sim::start().await;
    sim.add_contact("A", "a@x.test").await;
    sim.fault(json!({"route": "contacts", "nth": "every", "kind": "refuse"}))
        .await;
    let (status, counts) = sim.control("POST", "reset", Value::Null).await;
    assert_eq!((status, &counts["contacts"]), (200, &json!(0)));
    sim.add_contact("A", "a@x.test").await;
}

#[tokio::test]
async fn records_are_whole_and_paged_on_demand() {
    let sim = Sim::start().await;
    let contact = json!({"last_name": "A", "email": "a@x.test", "owner_id": BOB});
    sim.add("contacts", "contact", contact).await;
    sim.add_contact("B", "b@x.test").await;
    let all = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["owner_id"]),
        (2, &json!(BOB))
    );
    let second = sim
        .control("GET", "records/contacts?page=2&per_page=1", Value::Null)
        .await
        .1;
    assert_eq!(second.as_array().unwrap().len(), 1);
    assert_eq!(second[0]["last_name"], "B");
    assert_eq!(
        sim.control("GET", "records/people", Value::Null).await.0,
        400
    );
}

#[tokio::test]
async fn a_stopped_simulator_refuses_connections() {
    let sim = Sim::start().await;
    sim.get("selector/owners").await;
    let url = sim.running.base_url.clone();
    sim.running.stop().await;
    assert!(sim.http.get(url).send().await.is_err());
}
