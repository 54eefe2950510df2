//! Faults on order: what each does to a call, and when it takes effect.

use std::time::{Duration, Instant};

use super::*;

fn note(contact: u64) -> Value {
    json!({"note": {"description": "N", "targetable_type": "Contact", "targetable_id": contact}})
}

#[tokio::test]
async fn refused_calls_do_nothing() {
    let sim = Sim::start().await;
    for (kind, status) in [
        ("refuse", 503),
        ("limit", 429),
        ("limit_400", 400),
        ("html_502", 502),
        ("bulk_405", 405),
        ("expired_job", 404),
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

/// Statuses of the servers and gateways, before and after the write.
#[tokio::test]
async fn servers_fail_before_and_after_the_write() {
    let sim = Sim::start().await;
    for (written, kind, status) in [
        (0, "refuse", 500),
        (0, "refuse", 503),
        (0, "refuse", 504),
        (1, "refuse_after_write", 500),
        (2, "refuse_after_write", 504),
    ] {
        sim.fault(json!({"route": "contacts", "kind": kind, "status": status}))
            .await;
        let (got, body) = sim.post("contacts", json!({"last_name": "A"})).await;
        messages(got, &body);
        assert_eq!(got, status);
        assert_eq!(sim.count("contacts").await, written, "{kind} {status}");
    }
    sim.fault(json!({"route": "contacts", "kind": "html_502_after_write"}))
        .await;
    let (status, page) = sim.post("contacts", json!({"last_name": "A"})).await;
    assert_eq!(status, 502);
    assert!(page.as_str().unwrap().contains("502 Bad Gateway"));
    assert_eq!(sim.count("contacts").await, 3);
}

/// `fired` of the only fault on order.
async fn fired(sim: &Sim) -> Value {
    sim.control("GET", "faults", Value::Null).await.1[0]["fired"].clone()
}

#[tokio::test]
async fn a_fault_after_the_write_waits_for_a_call_that_writes() {
    for kind in [
        "refuse_after_write",
        "fail_after_write",
        "timeout_after_write",
        "html_502_after_write",
        "reset_in_answer",
    ] {
        let sim = Sim::start().await;
        sim.fault(json!({"route": "contacts", "kind": kind, "millis": 1}))
            .await;
        let (status, body) = sim.post("contacts", json!({"first_name": "A"})).await;
        assert_eq!(messages(status, &body), ["Last name can't be empty"]);
        assert_eq!(fired(&sim).await, 0, "{kind}");
        let contact = json!({"last_name": "A"});
        let request = sim.request("POST", "contacts").json(&contact);
        // It is refused, or its answer is missing or torn.
        let is_answered = match request.send().await {
            Ok(response) if response.status() == 201 => response.text().await.is_ok(),
            Ok(_) | Err(_) => false,
        };
        assert!(!is_answered, "{kind}");
        assert_eq!(
            (fired(&sim).await, sim.count("contacts").await),
            (json!(1), 1)
        );
        assert_eq!(sim.post("contacts", contact).await.0, 201, "{kind}");
        let calls = sim.control("GET", "calls", Value::Null).await.1;
        let faults = calls.as_array().unwrap().iter().map(|call| &call["fault"]);
        assert!(faults.eq(&[Value::Null, json!(kind), Value::Null]));
    }
}

#[tokio::test]
async fn a_fault_about_a_job_waits_for_one() {
    let bulk = |n: u32| json!({"contacts": [{"emails": format!("n{n}@x.test"), "data": {"last_name": "N"}}]});
    for (kind, first) in [("failed_job", 1), ("duplicate_job", 0)] {
        let sim = Sim::start().await;
        sim.fault(json!({"route": "contacts/bulk_upsert", "kind": kind}))
            .await;
        let nothing = sim.post("contacts/bulk_upsert", json!({"contacts": []}));
        assert_eq!(nothing.await.0, 400);
        assert_eq!(fired(&sim).await, 0, "{kind}");
        sim.post("contacts/bulk_upsert", bulk(0)).await;
        assert_eq!(
            fired(&sim).await,
            first,
            "{kind}: nothing stands before the first"
        );
        sim.post("contacts/bulk_upsert", bulk(1)).await;
        assert_eq!(fired(&sim).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn a_call_at_a_shut_gate_meets_no_fault() {
    let burst = json!({"calls": 1, "seconds": 10, "wait_seconds": 600});
    let sim = Sim::with(json!({"burst": burst})).await;
    sim.get("selector/owners").await;
    sim.fault(json!({"kind": "refuse"})).await;
    assert_eq!(sim.send("GET", "selector/owners", Value::Null).await.0, 429);
    assert_eq!(fired(&sim).await, 0);
    sim.control("POST", "advance", json!({"seconds": 600}))
        .await;
    assert_eq!(sim.send("GET", "selector/owners", Value::Null).await.0, 503);
    assert_eq!(fired(&sim).await, 1);
}

#[tokio::test]
async fn calls_that_a_fault_refuses_count_and_say_what_is_left() {
    for (kind, told) in [
        ("refuse", Some("4")),
        ("limit", Some("4")),
        ("limit_400", Some("4")),
        ("bulk_405", Some("4")),
        ("expired_job", Some("4")),
        ("refuse_after_write", Some("4")),
        ("html_502", None),
        ("html_502_after_write", None),
        ("reset", None),
        ("reset_in_upload", None),
    ] {
        let limit = json!({"hourly_limit": 5, "ratelimit_headers": "remaining_reset"});
        let sim = Sim::with(limit).await;
        sim.to_the_hour_and(100).await;
        sim.fault(json!({"kind": kind})).await;
        let left = async || {
            let contact = json!({"last_name": "A"});
            let answer = sim.request("POST", "contacts").json(&contact).send().await;
            let left = answer.ok()?.headers().get("x-ratelimit-remaining").cloned();
            left.map(|left| left.to_str().unwrap().to_owned())
        };
        assert_eq!(left().await.as_deref(), told, "{kind}");
        assert_eq!(left().await.as_deref(), Some("3"), "{kind}");
    }
}

#[tokio::test]
async fn a_limit_comes_with_and_without_retry_after() {
    let sim = Sim::start().await;
    for wait in [None, Some("120")] {
        let mut fault = json!({"route": "selector", "kind": "limit"});
        if let Some(wait) = wait {
            fault["retry_after"] = wait.parse::<u32>().unwrap().into();
        }
        sim.fault(fault).await;
        let request = sim.request("GET", "selector/owners");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 429);
        let told = response.headers().get("retry-after");
        assert_eq!(told.map(|told| told.to_str().unwrap()), wait);
    }
}

#[tokio::test]
async fn timeout_after_write_applies_and_keeps_the_caller_waiting() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts", "kind": "timeout_after_write", "millis": 150}))
        .await;
    let contact = json!({"last_name": "A"});
    let request = || sim.request("POST", "contacts").json(&contact);
    let begin = Instant::now();
    assert!(request().send().await.is_err());
    assert!(begin.elapsed() >= Duration::from_millis(150));
    assert_eq!(sim.count("contacts").await, 1);

    sim.fault(json!({"route": "contacts", "kind": "timeout_after_write"}))
        .await;
    let impatient = request().timeout(Duration::from_millis(100));
    assert!(impatient.send().await.unwrap_err().is_timeout());
    assert_eq!(sim.count("contacts").await, 2, "done before the wait");
}

#[tokio::test]
async fn a_reset_in_the_answer_breaks_off_what_was_done() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts", "kind": "reset_in_answer"}))
        .await;
    let contact = json!({"last_name": "A"});
    let request = sim.request("POST", "contacts").json(&contact);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 201, "the head has arrived");
    let mut got = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(bytes)) => got.extend_from_slice(&bytes),
            Ok(None) => break None,
            Err(cause) => break Some(cause),
        }
    };
    assert!(end.is_some(), "a broken body is no short one");
    assert!(got.starts_with(b"{\"contact\"") && serde_json::from_slice::<Value>(&got).is_err());
    assert_eq!(sim.count("contacts").await, 1);
    let calls = sim.control("GET", "calls", Value::Null).await.1;
    assert_eq!(calls[0]["status"], Value::Null);
}

#[tokio::test]
async fn a_reset_in_the_upload_writes_nothing() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    sim.fault(json!({"route": "documents", "kind": "reset_in_upload"}))
        .await;
    let file = reqwest::multipart::Part::bytes(vec![7; 3_000_000]).file_name("a.bin");
    let form = reqwest::multipart::Form::new()
        .text("targetable_type", "Contact")
        .text("targetable_id", contact.to_string())
        .part("file", file);
    let sent = sim.request("POST", "documents").multipart(form).send();
    assert!(sent.await.is_err());
    assert_eq!(sim.count("documents").await, 0);
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
        json!([{"kind": "refuse", "status": 200}]),
        json!([{"kind": "limit", "status": 500}]),
        json!([{"kind": "refuse", "retry_after": 5}]),
        json!([{"kind": "failed_job"}]),
        json!([{"kind": "failed_job", "route": "contacts"}]),
        json!([{"kind": "duplicate_job", "route": "contacts/bulk_upsert", "method": "GET"}]),
    ] {
        assert_eq!(sim.control("POST", "faults", wrong).await.0, 400);
    }
}
