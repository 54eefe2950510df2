//! The client against a scripted far side on a real socket, on a clock that needs no time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod bulk;
mod lists;
mod probes;
mod quota;
mod reads;
mod removals;
mod stub;
mod uploads;
mod writes;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Client, Clock, Endpoint, Key, Outcome, Settings};
use stub::{Reply, Stub};

/// What the destination must never see in the open, and no text of ours may hold.
const KEY: &str = "planted-key-1f2e";

/// Sleeping moves it on at once. Its wall shows 1970.
#[derive(Default)]
pub(super) struct FakeClock {
    now: Mutex<Duration>,
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.now()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.now.lock().unwrap() += wait;
        Box::pin(std::future::ready(()))
    }
}

/// A client of a far side that gives these answers in turn.
struct Scene {
    stub: Stub,
    clock: Arc<FakeClock>,
    client: Client,
}

fn scene(replies: Vec<Reply>) -> Scene {
    let stub = Stub::start(replies);
    let clock = Arc::new(FakeClock::default());
    let client = Client::with_clock(&settings(&stub.base()), clock.clone()).unwrap();
    Scene {
        stub,
        clock,
        client,
    }
}

fn settings(base_url: &str) -> Settings {
    Settings {
        timeout: Duration::from_millis(500),
        min_gap: Duration::ZERO,
        retries: 3,
        ..Settings::new(base_url, KEY.into())
    }
}

/// An address where nobody listens.
fn deserted() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/crm/sales/api", listener.local_addr().unwrap())
}

fn contacts() -> Endpoint {
    Endpoint {
        include: Vec::new(),
        target: "contacts".to_owned(),
        wrapper: "contact".to_owned(),
    }
}

fn key(name: &str, value: &str) -> Key {
    Key {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn body(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(fields) => fields,
        other => panic!("not a body: {other}"),
    }
}

fn planted() -> Map<String, Value> {
    body(json!({"last_name": "Plantedname", "email": "planted@example.test"}))
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}
