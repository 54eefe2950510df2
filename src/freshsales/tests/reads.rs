//! One record by its path, and reads that are repeated until they succeed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::stub::{Reply, Stub, ok, status, with_header};
use super::{Client, Clock, FakeClock, KEY, Settings, scene, settings, texts};
use crate::error::Kind;

#[tokio::test]
async fn a_record_comes_unwrapped_with_what_was_included() {
    let scene = scene(vec![
        ok(
            &json!({"contact": {"id": 7, "sales_accounts": [{"id": 1}]}, "notes": [{"id": 5}], "users": [{"id": 9}]}),
        ),
        status(404, ""),
    ]);
    let include = texts(&["sales_accounts", "notes"]);
    let record = scene
        .client
        .get("contacts/7", &include)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        record,
        json!({"id": 7, "sales_accounts": [{"id": 1}], "notes": [{"id": 5}]})
    );
    assert_eq!(scene.client.get("contacts/8", &[]).await.unwrap(), None);
}

#[tokio::test]
async fn a_read_is_repeated_until_it_succeeds() {
    let owners = ok(&json!({"users": [{"id": 1}, {"id": 2}]}));
    for trouble in [
        Reply::Close,
        Reply::Half,
        Reply::Hold,
        status(500, ""),
        status(503, "<html>"),
        status(429, ""),
        status(200, "<html>"),
        status(200, ""),
    ] {
        let scene = scene(vec![trouble, owners.clone()]);
        let users = scene.client.read("selector/owners", "users").await.unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!(scene.client.calls(), 2);
    }
}

#[tokio::test]
async fn a_silence_that_a_503_asks_for_is_kept_as_after_a_limit() {
    let owners = ok(&json!({"users": []}));
    let silence = with_header(503, "Retry-After: 300", "<html>");
    let scene = scene(vec![
        silence.clone(),
        silence.clone(),
        silence.clone(),
        silence,
        owners,
    ]);
    scene.client.check().await.unwrap();
    let waited = scene.clock.now();
    assert_eq!(scene.client.calls(), 5, "more than after trouble");
    assert!(waited >= Duration::from_secs(300 * 4), "{waited:?}");
    assert!(waited <= Duration::from_secs(1_800), "{waited:?}");
}

#[tokio::test]
async fn a_read_that_cannot_succeed_stops_with_a_sentence_and_a_hint() {
    let replies = [
        vec![status(502, "<html>"); 9],
        vec![status(429, ""); 20],
        vec![status(401, KEY)],
        vec![status(
            403,
            r#"{"errors":{"code":403,"message":["Toegang geweigerd"]}}"#,
        )],
        vec![status(404, "<html>")],
        vec![status(302, "")],
        vec![ok(&json!({"something": 1}))],
    ];
    for script in replies {
        let scene = scene(script);
        let error = scene.client.check().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Destination, "{error}");
        assert!(error.next_step().is_some(), "{error}");
        assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    }
    let scene = scene(vec![ok(&json!({"users": []}))]);
    scene.client.check().await.unwrap();
}

#[tokio::test]
async fn calls_keep_their_gap() {
    let users = ok(&json!({"users": []}));
    let stub = Stub::start(vec![users; 3]);
    let clock = Arc::new(FakeClock::default());
    let patient = Settings {
        min_gap: Duration::from_secs(2),
        ..settings(&stub.base())
    };
    let client = Client::with_clock(&patient, clock.clone()).unwrap();
    for _ in 0..3 {
        client.check().await.unwrap();
    }
    assert_eq!(clock.now(), Duration::from_secs(4));
}
