//! A simulated Freshsales: the real program in a process of its own, and its control routes.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{KEY, program, repository};

/// Opens the control routes.
const TOKEN: &str = "token-of-the-tests";

/// A running simulator; dropped, it is killed.
pub struct Simulator {
    child: Child,
    /// What `destination.base_url` has to be.
    pub base_url: String,
}

impl Simulator {
    /// Starts it with `fixtures/freshsales/<seed>` on a free port and waits until it listens.
    pub fn start(seed: &str) -> Self {
        Self::with(seed, 0, &[])
    }

    /// Starts it with a state file.
    pub fn keeping(seed: &str, state: &Path) -> Self {
        Self::keeping_at(seed, state, 0)
    }

    /// Starts it with a state file on this port, where a ledger knows it from before.
    pub fn keeping_at(seed: &str, state: &Path, port: u16) -> Self {
        Self::with(seed, port, &["--state", state.to_str().unwrap()])
    }

    /// Starts it on this port: the account that was there before, after somebody changed its settings.
    pub fn start_at(seed: &str, port: u16) -> Self {
        Self::with(seed, port, &[])
    }

    /// Starts it with more arguments on a free port.
    pub fn told(seed: &str, more: &[&str]) -> Self {
        Self::with(seed, 0, more)
    }

    fn with(seed: &str, port: u16, more: &[&str]) -> Self {
        let seed = repository("fixtures/freshsales").join(seed);
        let port = port.to_string();
        let mut command = program(&["simulate", "--port", &port, "--seed"]);
        let mut child = command
            .arg(seed)
            .args(more)
            .env("DESKFERRY_SIM_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut base_url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut base_url)
            .unwrap();
        let base_url = base_url.trim().to_owned();
        assert!(
            base_url.starts_with("http://127.0.0.1:"),
            "the simulator did not start: {base_url:?}"
        );
        Self { child, base_url }
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        let address = self.base_url.trim_start_matches("http://127.0.0.1:");
        address.split('/').next().unwrap().parse().unwrap()
    }

    /// A client of the API, for a thread of its own.
    pub fn caller(&self) -> Caller {
        Caller(self.base_url.clone())
    }

    /// How many records each object has.
    pub fn counts(&self) -> Value {
        self.control("GET", "counts", None)
    }

    /// Whole records of an object, oldest first.
    pub fn records(&self, object: &str) -> Vec<Value> {
        let records = self.control("GET", &format!("records/{object}"), None);
        serde_json::from_value(records).unwrap()
    }

    /// Every call it received: `number`, `method`, `path`, `status`, `fault`.
    pub fn calls(&self) -> Vec<Value> {
        serde_json::from_value(self.control("GET", "calls", None)).unwrap()
    }

    /// `METHOD path` of every call that may change something. Searches are reads, though sent with POST.
    pub fn writes(&self) -> Vec<String> {
        let text = |call: &Value, key: &str| call[key].as_str().unwrap().to_owned();
        let calls = self.calls().into_iter();
        calls
            .map(|call| (text(&call, "method"), text(&call, "path")))
            .filter(|(method, path)| method != "GET" && !path.starts_with("/filtered_search"))
            .map(|(method, path)| format!("{method} {path}"))
            .collect()
    }

    /// Orders these faults in the place of the present ones; an empty list heals it.
    pub fn order(&self, faults: &[Value]) {
        self.control("POST", "faults", Some(json!(faults)));
    }

    /// The faults on order, with how often each was `seen` and `fired`.
    pub fn faults(&self) -> Vec<Value> {
        serde_json::from_value(self.control("GET", "faults", None)).unwrap()
    }

    /// Takes a record out of the Recycle Bin, as an admin does on its page.
    pub fn restore(&self, object: &str, id: i64) {
        let body = json!({ "object": object, "id": id });
        self.control("POST", "restore", Some(body));
    }

    /// Changes switches of the account's profile.
    pub fn switch(&self, switches: &Value) {
        self.control("PATCH", "profile", Some(switches.clone()));
    }

    /// The switches that are set.
    pub fn switches(&self) -> Value {
        self.control("GET", "profile", None)
    }

    fn control(&self, method: &str, route: &str, body: Option<Value>) -> Value {
        let host = "http://".len();
        let end = self.base_url[host..].find('/').unwrap();
        let origin = &self.base_url[..host + end];
        let url = format!("{origin}/__sim/{route}");
        runtime().block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client
                .request(method.parse().unwrap(), url)
                .header("X-Sim-Token", TOKEN);
            let request = match body {
                Some(body) => request.json(&body),
                None => request,
            };
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let told = |name: &str| answer.headers().get(name).cloned();
            let (total, kept) = (told("x-total"), told("x-kept"));
            assert_eq!(total, kept, "{route}: the oldest are forgotten");
            let body = answer.json::<Value>().await.unwrap();
            assert!(status.is_success(), "{method} {route}: {status} {body}");
            body
        })
    }
}

/// A client of a simulator's API.
pub struct Caller(String);

impl Caller {
    /// Creates a record; the body of the answer, nothing when none comes.
    pub fn post(&self, path: &str, body: &Value) -> Option<Value> {
        self.send(reqwest::Method::POST, path, body)
    }

    /// Changes a record; the body of the answer, nothing when none comes.
    pub fn put(&self, path: &str, body: &Value) -> Option<Value> {
        self.send(reqwest::Method::PUT, path, body)
    }

    /// Deletes a record.
    pub fn delete(&self, path: &str) {
        self.send(reqwest::Method::DELETE, path, &Value::Null);
    }

    fn send(&self, method: reqwest::Method, path: &str, body: &Value) -> Option<Value> {
        runtime().block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client
                .request(method.clone(), format!("{}/{path}", self.0))
                .header("Authorization", format!("Token token={KEY}"));
            let answer = request.json(body).send().await.ok()?;
            let status = answer.status();
            let body = answer.json::<Value>().await.ok()?;
            assert!(status.is_success(), "{method} {path}: {status} {body}");
            Some(body)
        })
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The demo's account with a change, as a seed in this folder.
pub fn changed_seed(folder: &Path, change: impl FnOnce(&mut Value)) -> String {
    let text = fs::read_to_string(repository("fixtures/freshsales/seed.json")).unwrap();
    let mut seed: Value = serde_json::from_str(&text).unwrap();
    change(&mut seed);
    let path = folder.join("seed.json");
    fs::write(&path, seed.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}
