//! Somebody between the program and the simulator, who changes what is sent or answers in its place: what the simulator has no
//! switch for.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

/// Method, path and body of a call: JSON, which may be changed, or the text of anything else. An answer ends the call there.
type Meddle = dyn Fn(&str, &str, &mut Value) -> Option<(u16, Value)> + Send + Sync;
/// Method, path and the answer of a call; the answer may be changed.
type Change = dyn Fn(&str, &str, &mut Value) + Send + Sync;

/// What happens to calls and to answers.
#[derive(Clone)]
struct Tricks {
    meddle: Arc<Meddle>,
    change: Arc<Change>,
}

/// Listens until it is dropped.
pub struct Middleman {
    /// What `destination.base_url` has to be.
    pub base_url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Middleman {
    /// Passes calls on to the simulator at `base_url`.
    pub fn start(
        base_url: &str,
        meddle: impl Fn(&str, &str, &mut Value) -> Option<(u16, Value)> + Send + Sync + 'static,
    ) -> Self {
        let change = |_: &str, _: &str, _: &mut Value| {};
        let (meddle, change) = (Arc::new(meddle), Arc::new(change));
        Self::between(base_url, Tricks { meddle, change })
    }

    /// Passes calls on as they are, and answers as they are changed here.
    pub fn changing_answers(
        base_url: &str,
        change: impl Fn(&str, &str, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        let meddle = |_: &str, _: &str, _: &mut Value| None;
        let (meddle, change) = (Arc::new(meddle), Arc::new(change));
        Self::between(base_url, Tricks { meddle, change })
    }

    /// Does both.
    pub fn with(
        base_url: &str,
        meddle: impl Fn(&str, &str, &mut Value) -> Option<(u16, Value)> + Send + Sync + 'static,
        change: impl Fn(&str, &str, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        let (meddle, change) = (Arc::new(meddle), Arc::new(change));
        Self::between(base_url, Tricks { meddle, change })
    }

    fn between(base_url: &str, tricks: Tricks) -> Self {
        let (origin, prefix) = base_url.split_once("/crm/").unwrap();
        let (origin, prefix) = (origin.to_owned(), format!("/crm/{prefix}/"));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let base_url = base_url.replace(&origin, &own);
        let answer =
            move |request: Request| pass(origin.clone(), prefix.clone(), tricks.clone(), request);
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        Self {
            base_url,
            _runtime: runtime,
        }
    }
}

async fn pass(origin: String, prefix: String, tricks: Tricks, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let mut bytes = to_bytes(body, usize::MAX).await.unwrap();
    let path = head.uri.path_and_query().unwrap().as_str();
    let route = path.strip_prefix(&prefix).unwrap_or(path);
    let method = head.method.clone();
    let json = serde_json::from_slice::<Value>(&bytes).ok();
    let is_json = json.is_some();
    let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
    if !bytes.is_empty() {
        let mut body = json.unwrap_or_else(text);
        if let Some((status, answer)) = (tricks.meddle)(method.as_str(), route, &mut body) {
            let status = StatusCode::from_u16(status).unwrap();
            return (status, axum::Json(answer)).into_response();
        }
        if is_json {
            bytes = Bytes::from(body.to_string());
        }
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut call = client.request(head.method, format!("{origin}{path}"));
    for name in ["authorization", "content-type", "accept"] {
        if let Some(value) = head.headers.get(name) {
            call = call.header(name, value);
        }
    }
    let answer = call.body(bytes).send().await.unwrap();
    let kind = answer.headers().get("content-type").cloned();
    let status = answer.status();
    let mut bytes = answer.bytes().await.unwrap();
    if let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) {
        (tricks.change)(method.as_str(), route, &mut answer);
        bytes = Bytes::from(answer.to_string());
    }
    let mut response = (status, bytes).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}
