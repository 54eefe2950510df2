//! An answer on its way to the socket: whole, slowly, or broken off.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body as HttpBody, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;

use super::answer::{Answer, Content};
use super::line::Cutter;

/// Pieces of a slow body.
const PIECES: u32 = 8;

/// Time in which the first half of a broken answer leaves the machine.
const HALF_TIME: Duration = Duration::from_millis(20);

/// Puts an answer on the wire.
pub fn wire(answer: Answer) -> Response {
    with_body(answer, HttpBody::from)
}

/// Spreads the body over so many real milliseconds.
pub fn wire_slowly(answer: Answer, millis: Option<u64>) -> Response {
    let total = Duration::from_millis(millis.unwrap_or_default());
    with_body(answer, |bytes| dribble(bytes, total))
}

/// Sends one half of the body, then resets the connection.
pub fn wire_in_part(answer: Answer, cutter: Cutter) -> Response {
    with_body(answer, |bytes| half(bytes, cutter))
}

fn with_body(answer: Answer, body: impl FnOnce(Bytes) -> HttpBody) -> Response {
    let (media, bytes) = match answer.content {
        Content::Json(body) => (
            "application/json; charset=utf-8",
            Bytes::from(body.to_string()),
        ),
        Content::Html(page) => ("text/html; charset=utf-8", Bytes::from(page)),
        Content::Text(text) => ("text/plain", Bytes::from_static(text.as_bytes())),
        Content::Empty => ("", Bytes::new()),
    };
    let mut response = Response::new(body(bytes));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !media.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    }
    for (name, value) in answer.headers {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

fn dribble(bytes: Bytes, total: Duration) -> HttpBody {
    let piece = bytes.len().div_ceil(PIECES as usize).max(1);
    HttpBody::from_stream(stream::unfold(bytes, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(total / PIECES).await;
        let next = left.split_to(piece.min(left.len()));
        Some((Ok::<Bytes, Infallible>(next), left))
    }))
}

fn half(mut bytes: Bytes, cutter: Cutter) -> HttpBody {
    let first = bytes.split_to(bytes.len() / 2);
    HttpBody::from_stream(stream::unfold(Some(first), move |first| {
        let cutter = cutter.clone();
        async move {
            if let Some(first) = first {
                return Some((Ok(first), None));
            }
            tokio::time::sleep(HALF_TIME).await;
            cutter.reset();
            Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
        }
    }))
}
