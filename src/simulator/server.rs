//! From the socket to the routes and back: faults, the hour's allowance, the key, the wire format.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::answer::{Answer, Content, Failure};
use super::audit::Audit;
use super::call::{Body, Call, Part};
use super::crm::World;
use super::faults::{FaultKind, Faults, Hit};
use super::line::Cutter;
use super::seed::Seed;
use super::{bulk, control, journal, routes};

/// Largest JSON body.
const MOST_JSON: usize = 8 * 1024 * 1024;

/// What all connections share.
pub struct App {
    /// The account.
    pub world: Mutex<World>,
    /// What a reset goes back to.
    pub seed: Seed,
    /// Faults on order.
    pub faults: Faults,
    /// Calls received.
    pub audit: Audit,
    /// The API key.
    pub key: String,
    /// Token of the control routes.
    pub control_token: String,
    /// Path before the API's routes, without a slash at its end.
    pub prefix: &'static str,
}

impl App {
    /// The account, for one call at a time.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The HTTP service.
pub fn router(app: Arc<App>) -> Router {
    // Files are counted as they pass and have a limit of their own.
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(route) = path.strip_prefix("/__sim/") {
        return control::answer(&app, route, request).await;
    }
    let below = path.strip_prefix(app.prefix);
    let Some(path) = below.and_then(|rest| rest.strip_prefix('/')) else {
        return wire(Failure::NoRoute.into(), None);
    };
    // One slash at the end is optional.
    let path = path.strip_suffix('/').unwrap_or(path).to_owned();
    let method = request.method().as_str().to_owned();
    let number = app.audit.begin(&method, request.uri(), app.prefix);
    let hit = app.faults.hit(&method, &path);
    let answer = answer(&app, &cutter, hit, request, path).await;
    let cut = matches!(hit, Some(hit) if matches!(hit.kind, FaultKind::Reset | FaultKind::FailAfterWrite));
    app.audit.end(
        number,
        (!cut).then_some(answer.status),
        hit.map(|hit| hit.kind),
    );
    let slow = hit.filter(|hit| hit.kind == FaultKind::Slow);
    wire(answer, slow.and_then(|hit| hit.millis))
}

async fn answer(
    app: &App,
    cutter: &Cutter,
    hit: Option<Hit>,
    request: Request,
    path: String,
) -> Answer {
    // Before the body is read, so that a long one is cut in the middle.
    if hit.is_some_and(|hit| hit.kind == FaultKind::Reset) {
        cutter.reset();
        return bad_gateway();
    }
    let is_known = has_key(request.headers(), &app.key);
    let call = read(request, path).await;
    if let Some(hit) = hit {
        match hit.kind {
            FaultKind::Refuse => return refused(503, "Service Unavailable"),
            FaultKind::Limit => return limited(),
            FaultKind::Bulk405 => return bulk::too_many().into(),
            FaultKind::Html502 => return bad_gateway(),
            FaultKind::Hold => app.faults.hold(hit.millis).await,
            FaultKind::FailAfterWrite => cutter.close(),
            FaultKind::Slow | FaultKind::Reset => (),
        }
    }
    let mut world = app.world();
    if !world.count_call() {
        return limited();
    }
    if !is_known {
        return refused(401, "Authentication failed");
    }
    let outcome = call.and_then(|call| routes::answer(&mut world, &call));
    if journal::keep(&mut world).is_err() {
        return not_kept().into();
    }
    outcome.unwrap_or_else(Answer::from)
}

/// A change was made that the state file did not take: the caller cannot know whether it will last.
pub fn not_kept() -> Failure {
    Failure::refused(500, "The state could not be kept")
}

fn refused(status: u16, message: &str) -> Answer {
    Failure::refused(status, message).into()
}

fn limited() -> Answer {
    refused(429, "Too many requests")
}

fn bad_gateway() -> Answer {
    Answer {
        status: 502,
        content: Content::Html(
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
        ),
    }
}

/// `Token token=KEY`, and the shorter `Token KEY`.
fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let sent = headers
        .get(AUTHORIZATION)
        .and_then(|sent| sent.to_str().ok());
    let sent = sent.and_then(|sent| sent.strip_prefix("Token "));
    sent.is_some_and(|sent| sent.strip_prefix("token=").unwrap_or(sent) == key)
}

async fn read(request: Request, path: String) -> Result<Call, Failure> {
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let query = query
        .map_err(|_| Failure::invalid("The query is invalid"))?
        .0;
    let method = request.method().as_str().to_owned();
    let media = request.headers().get(CONTENT_TYPE);
    let media = media
        .and_then(|media| media.to_str().ok())
        .unwrap_or_default();
    let body = if media.starts_with("multipart/form-data") {
        Body::Form(form(request).await?)
    } else {
        let is_json = media.starts_with("application/json");
        json(request, is_json).await?
    };
    Ok(Call {
        method,
        path,
        query,
        body,
    })
}

async fn json(request: Request, is_json: bool) -> Result<Body, Failure> {
    let bytes = axum::body::to_bytes(request.into_body(), MOST_JSON).await;
    let bytes = bytes.map_err(|_| Failure::refused(413, "Request body is too large"))?;
    if bytes.is_empty() {
        return Ok(Body::Empty);
    }
    if !is_json {
        return Err(Failure::invalid("Content-Type must be application/json"));
    }
    let body = serde_json::from_slice::<Value>(&bytes);
    body.map(Body::Json)
        .map_err(|_| Failure::invalid("Request body is not JSON"))
}

async fn form(request: Request) -> Result<Vec<Part>, Failure> {
    let broken = || Failure::invalid("The form cannot be read");
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| broken())?;
    let mut parts = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        let mut part = Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            text: String::new(),
            size: 0,
        };
        let mut text = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|_| broken())? {
            part.size += bytes.len() as u64;
            if part.file_name.is_none() && text.len() < MOST_JSON {
                text.extend_from_slice(&bytes);
            }
        }
        part.text = String::from_utf8(text).map_err(|_| broken())?;
        parts.push(part);
    }
    Ok(parts)
}

/// Puts an answer on the wire; `millis` spreads its body over that time.
pub fn wire(answer: Answer, millis: Option<u64>) -> Response {
    let (media, bytes) = match answer.content {
        Content::Json(body) => (
            "application/json; charset=utf-8",
            Bytes::from(body.to_string()),
        ),
        Content::Html(page) => (
            "text/html; charset=utf-8",
            Bytes::from_static(page.as_bytes()),
        ),
    };
    let body = match millis {
        Some(millis) => dribble(bytes, Duration::from_millis(millis)),
        None => HttpBody::from(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(media));
    response
}

/// The bytes in eight pieces.
fn dribble(bytes: Bytes, total: Duration) -> HttpBody {
    let piece = bytes.len().div_ceil(8).max(1);
    HttpBody::from_stream(futures_util::stream::unfold(
        bytes,
        move |mut left| async move {
            if left.is_empty() {
                return None;
            }
            tokio::time::sleep(total / 8).await;
            let next = left.split_to(piece.min(left.len()));
            Some((Ok::<Bytes, Infallible>(next), left))
        },
    ))
}
