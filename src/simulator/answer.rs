//! What a call is answered with: JSON, a page of HTML, or a refusal in the canonical error shape.

use serde_json::{Map, Value, json};

/// A JSON object.
pub type Fields = Map<String, Value>;

/// An answer before it is put on the wire.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// What the body holds.
    pub content: Content,
}

/// The two media types the real service answers with.
#[derive(Debug)]
pub enum Content {
    /// `application/json`
    Json(Value),
    /// `text/html`: unknown routes and gateways.
    Html(&'static str),
}

impl Answer {
    /// Status 200 with a JSON body.
    pub fn ok(body: impl Into<Value>) -> Self {
        Self::json(200, body)
    }

    /// A JSON body with a status of its own.
    pub fn json(status: u16, body: impl Into<Value>) -> Self {
        Self {
            status,
            content: Content::Json(body.into()),
        }
    }
}

/// Why a call was not done.
#[derive(Debug)]
pub enum Failure {
    /// Refused with `{"errors":{"code":..,"message":[..]}}`.
    Refused {
        /// HTTP status, repeated as `code`.
        status: u16,
        /// One text per problem.
        messages: Vec<String>,
    },
    /// No such route: an HTML page with status 404.
    NoRoute,
}

impl Failure {
    /// One problem with the request itself.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Refused {
            status: 400,
            messages: vec![message.into()],
        }
    }

    /// The record is unknown or deleted.
    pub fn not_found() -> Self {
        Self::refused(404, "The requested resource could not be found")
    }

    /// Any other status with one message.
    pub fn refused(status: u16, message: &str) -> Self {
        Self::Refused {
            status,
            messages: vec![message.to_owned()],
        }
    }

    /// The problems alone, as a bulk job reports them for a row.
    pub fn messages(self) -> Vec<String> {
        match self {
            Self::Refused { messages, .. } => messages,
            Self::NoRoute => Vec::new(),
        }
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { status, messages } => Self::json(
                status,
                json!({"errors": {"code": status, "message": messages}}),
            ),
            Failure::NoRoute => Self {
                status: 404,
                content: Content::Html(
                    "<!DOCTYPE html><html><head><title>Not found</title></head><body>\
                     <h1>The page you were looking for doesn't exist.</h1></body></html>",
                ),
            },
        }
    }
}

/// What a route gives back.
pub type Outcome = Result<Answer, Failure>;
