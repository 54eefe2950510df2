//! The quota on the wire: what answers say of it, and calls that do not leave.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::stub::{Stub, ok, with_header};
use super::{Client, Clock, FakeClock, Outcome, Settings, contacts, planted, scene, settings};
use crate::error::Kind;
use crate::freshsales::Hour;

const GROWTH: Hour = Hour {
    calls: 1000,
    share_to_leave_free: 0.1,
    burst: 20,
};

#[tokio::test]
async fn headers_lower_what_is_left_of_the_hour() {
    let told = "X-RateLimit-Limit: 1000\r\nX-RateLimit-Remaining: 40\r\nX-RateLimit-Reset: 3000";
    let stub = Stub::start(vec![
        ok(&json!({"users": []})),
        with_header(200, told, r#"{"users": []}"#),
    ]);
    let limited = Settings {
        hour: Some(GROWTH),
        ..settings(&stub.base())
    };
    let client = Client::with_clock(&limited, std::sync::Arc::<FakeClock>::default()).unwrap();
    client.check().await.unwrap();
    assert_eq!(client.calls_left(), Some(899));
    client.check().await.unwrap();
    assert_eq!(client.calls_left(), Some(35));
}

#[tokio::test]
async fn headers_of_a_refusal_lower_the_hour_too() {
    let told = "X-RateLimit-Limit: 500\r\nX-RateLimit-Remaining: 20\r\nRetry-After: 5";
    let stub = Stub::start(vec![with_header(429, told, ""), ok(&json!({"users": []}))]);
    let limited = Settings {
        hour: Some(GROWTH),
        ..settings(&stub.base())
    };
    let client = Client::with_clock(&limited, std::sync::Arc::<FakeClock>::default()).unwrap();
    client.check().await.unwrap();
    // 21 are shared, of which three stay with the others, and the second call is made.
    assert_eq!(client.calls_left(), Some(16));
}

#[tokio::test]
async fn a_limit_without_retry_after_is_waited_for_until_the_hour_ends() {
    let told = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1800";
    let scene = scene(vec![with_header(429, told, ""), ok(&json!({"users": []}))]);
    scene.client.check().await.unwrap();
    let waited = scene.clock.now();
    assert!(waited >= Duration::from_secs(1800), "{waited:?}");
    assert!(waited <= Duration::from_secs(1900), "{waited:?}");
}

#[tokio::test]
async fn a_call_after_the_end_does_not_leave_and_a_write_is_not_in_doubt() {
    let scene = scene(vec![ok(&json!({"users": []}))]);
    scene.client.check().await.unwrap();
    scene.client.end_at(Timestamp::UNIX_EPOCH);
    let outcome = scene.client.create(&contacts(), &planted()).await.unwrap();
    assert!(
        matches!(&outcome, Outcome::NotTaken { reason, retry_after: Some(_) } if reason.contains("time is up")),
        "{outcome:?}"
    );
    let error = scene.client.check().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Destination);
    assert_eq!(
        scene.client.begin().await.unwrap_err().kind(),
        Kind::Destination
    );
    assert_eq!((scene.stub.requests().len(), scene.client.calls()), (1, 1));
}
