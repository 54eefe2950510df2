//! What a request holds: its query and its body, JSON or a form.

use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

use super::answer::Failure;
use super::call::{Body, Call, Part};
use super::faults::FaultKind;

/// Largest JSON body.
const MOST_JSON: usize = 8 * 1024 * 1024;

/// Reads a request whole. `path` is the one below the prefix.
pub async fn read(
    request: Request,
    path: String,
    fault: Option<FaultKind>,
) -> Result<Call, Failure> {
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
        fault,
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
