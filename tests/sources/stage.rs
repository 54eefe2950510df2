//! A workspace with a source, a scripted API, and a run that can be stopped.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use serde_json::Value;

use crate::support::{Ran, Workspace, files_below};

/// Nothing listens there.
const NOBODY: &str = "http://127.0.0.1:1/crm/sales/api";

/// The token of the source; it must turn up nowhere.
pub const TOKEN: &str = "token-of-the-source-51e2";

/// That of another account there.
pub const OTHER_TOKEN: &str = "token-of-another-account-77aa";

const PATIENCE: Duration = Duration::from_secs(60);

/// The demo's workspace with these lines more below `[source]`.
pub fn workspace(lines: &str) -> Workspace {
    let workspace = Workspace::new("demo", NOBODY);
    workspace.edit_config(|line| {
        let is_order = line.starts_with("date_order");
        is_order.then(|| format!("{line}\n{lines}"))
    });
    workspace
}

/// A workspace whose source is this script.
pub fn scripted(script: &str) -> Workspace {
    let workspace = workspace("kind = \"command\"\ncommand = [\"./extract.sh\", \"--full\"]");
    rewrite(&workspace, script);
    workspace
}

/// Gives the workspace another script.
pub fn rewrite(workspace: &Workspace, script: &str) {
    let path = workspace.path().join("extract.sh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A workspace whose source is this API, with these endpoints.
pub fn declared(api: &ScriptedApi, endpoints: &str) -> Workspace {
    let workspace = workspace("kind = \"api\"");
    declare(&workspace, api, endpoints);
    workspace
}

/// Declares the API anew.
pub fn declare(workspace: &Workspace, api: &ScriptedApi, endpoints: &str) {
    let text = format!(
        "base_url = \"{}/v1\"\ncalls_per_minute = 60000\n\
         auth = {{ header = \"Authorization\", value = \"Bearer ${{SMARTDESK_TOKEN}}\" }}\n{endpoints}\n",
        api.origin
    );
    fs::write(workspace.path().join("source.toml"), text).unwrap();
}

/// `land` without a path.
pub fn land_command(workspace: &Workspace, more: &[&str]) -> Command {
    let mut command = workspace.command(&[&["land", "--format", "json"], more].concat());
    command.env("SMARTDESK_TOKEN", TOKEN).stdin(Stdio::null());
    command
}

/// Runs `land` without a path. The token is nowhere in what it says.
#[track_caller]
pub fn land(workspace: &Workspace) -> Ran {
    let ran = Ran::to_end(land_command(workspace, &[]));
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains(TOKEN), "{said}");
    ran
}

/// The command, where no file may grow beyond so many bytes.
pub fn within(bytes: u64, command: &Command) -> Command {
    let mut bounded = Command::new("sh");
    let blocks = bytes / 512;
    bounded
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""
        ))
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bounded.env(name, value),
            None => bounded.env_remove(name),
        };
    }
    bounded
}

/// Says what a file of the source is: a row of `map_headers.csv`.
pub fn decide(workspace: &Workspace, row: &str) {
    let map = workspace.path().join("sql/map/map_headers.csv");
    let text =
        fs::read_to_string(&map).unwrap_or_else(|_| "file,object,header,column\n".to_owned());
    fs::create_dir_all(map.parent().unwrap()).unwrap();
    fs::write(&map, format!("{text}{row}\n")).unwrap();
}

/// Rows that were landed of the objects, by name.
pub fn rows(ran: &Ran) -> Vec<(String, u64)> {
    let landed = ran.json();
    let objects = landed["objects"].as_array().unwrap().iter();
    objects
        .map(|object| {
            assert_eq!(object["quarantined"], 0);
            let name = object["object"].as_str().unwrap().to_owned();
            (name, object["rows"].as_u64().unwrap())
        })
        .collect()
}

/// The extract's id.
pub fn extract(ran: &Ran) -> String {
    ran.json()["extract_id"].as_str().unwrap().to_owned()
}

/// Nothing counts as landed, and nothing of it is left.
#[track_caller]
pub fn assert_nothing_landed(workspace: &Workspace) {
    let ledger = workspace.ledger();
    let landings = ledger.iter().filter(|line| line.contains("\"landed\""));
    assert_eq!(landings.count(), 0);
    assert_eq!(files_below(&workspace.staging("landing")).len(), 0);
}

/// What the source left for its next run, by name.
pub fn left(workspace: &Workspace) -> Vec<String> {
    let files = files_below(&workspace.staging("source"));
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.iter().map(|path| name(path)).collect()
}

/// Waits until something is true.
#[track_caller]
pub fn until(what: &str, is_true: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_true() {
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Begins to land, and lets the test end it with a signal.
pub fn begin(workspace: &Workspace) -> Child {
    let mut command = land_command(workspace, &[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Sends a signal and waits for the end.
#[track_caller]
pub fn ended_by(signal: &str, child: Child) -> Ran {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    Ran::from(child.wait_with_output().unwrap())
}

/// An answer: status, headers, body.
pub struct Said(pub u16, pub Vec<(&'static str, String)>, pub String);

/// A JSON answer.
pub fn said(body: &Value) -> Option<Said> {
    Some(Said(200, Vec::new(), body.to_string()))
}

/// A status without a body that anybody reads.
pub fn status(code: u16) -> Option<Said> {
    Some(Said(
        code,
        Vec::new(),
        "{\"error\":\"planted detail\"}".to_owned(),
    ))
}

/// What happens to a call: its path with its query, and how many calls came before it. Nothing: no answer ever.
type Script = dyn Fn(&str, usize) -> Option<Said> + Send + Sync;

/// An API on loopback that answers as it is told; it stops when it is dropped.
pub struct ScriptedApi {
    /// Without a path.
    pub origin: String,
    calls: Arc<Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl ScriptedApi {
    pub fn start(script: impl Fn(&str, usize) -> Option<Said> + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (log, script) = (Arc::clone(&calls), Arc::new(script) as Arc<Script>);
        let answer = move |request: Request| answer(Arc::clone(&log), Arc::clone(&script), request);
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self {
            origin,
            calls,
            _runtime: runtime,
        }
    }

    /// Path and query of every call so far, below `/v1/`.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

async fn answer(
    log: Arc<Mutex<Vec<String>>>,
    script: Arc<Script>,
    request: Request,
) -> Response<Body> {
    let path = request.uri().path_and_query().unwrap().as_str();
    let path = path.strip_prefix("/v1/").unwrap_or(path).to_owned();
    let authorization = request.headers().get("authorization");
    let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
    let known = [TOKEN, OTHER_TOKEN].map(|token| Some(format!("Bearer {token}")));
    assert!(known.contains(&authorization));
    let before = {
        let mut log = log.lock().unwrap();
        log.push(path.clone());
        log.len() - 1
    };
    let Some(Said(status, headers, body)) = script(&path, before) else {
        return std::future::pending().await;
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).unwrap()
}
