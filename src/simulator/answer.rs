//! What a call is answered with: JSON, a page of HTML, or a refusal in one of the error shapes.

use serde_json::{Map, Value, json};

use super::language;
use super::profile::ErrorStyle;

/// A JSON object.
pub type Fields = Map<String, Value>;

/// An answer before it is put on the wire.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// What the body holds.
    pub content: Content,
    /// Names and values beside the media type.
    pub headers: Vec<(&'static str, String)>,
}

/// What a body can be.
#[derive(Debug)]
pub enum Content {
    /// `application/json`
    Json(Value),
    /// `text/html`: unknown routes and gateways.
    Html(String),
    /// `text/plain`: the gateway's own refusals.
    Text(&'static str),
    /// No body and no media type.
    Empty,
}

impl Answer {
    /// Status 200 with a JSON body.
    pub fn ok(body: impl Into<Value>) -> Self {
        Self::json(200, body)
    }

    /// A JSON body with a status of its own.
    pub fn json(status: u16, body: impl Into<Value>) -> Self {
        Self::new(status, Content::Json(body.into()))
    }

    /// A page with a heading.
    pub fn html(status: u16, title: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        );
        Self::new(status, Content::Html(page))
    }

    /// Plain text.
    pub fn text(status: u16, text: &'static str) -> Self {
        Self::new(status, Content::Text(text))
    }

    /// A status alone.
    pub fn empty(status: u16) -> Self {
        Self::new(status, Content::Empty)
    }

    fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            content,
            headers: Vec::new(),
        }
    }

    /// The answer with one more header.
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A refusal in the account's shape.
    pub fn refused(style: ErrorStyle, status: u16, messages: &[String]) -> Self {
        let text = messages.join(", ");
        let body = match style {
            ErrorStyle::Canonical => {
                json!({"errors": {"code": status, "message": messages}})
            }
            ErrorStyle::Localised => {
                let spoken = messages.iter().map(|text| language::spanish(text));
                let spoken: Vec<String> = spoken.collect();
                json!({"errors": {"code": status, "message": spoken}})
            }
            ErrorStyle::String => json!({"errors": {"code": status, "message": text}}),
            ErrorStyle::Array => {
                let each = messages.iter().map(|text| json!({"message": text}));
                json!({"errors": each.collect::<Vec<_>>()})
            }
            ErrorStyle::Hashes => {
                let each = messages.iter().map(|text| {
                    let is_twin = text.ends_with("is not unique");
                    json!({"message": text, "error_code": is_twin.then_some(3002)})
                });
                json!({"errors": {"code": status, "message": each.collect::<Vec<_>>()}})
            }
            ErrorStyle::TopLevel => {
                json!({"code": status, "message": text, "description": text})
            }
            ErrorStyle::Html => return Self::html(status, &text),
            ErrorStyle::Empty => return Self::empty(status),
        };
        Self::json(status, body)
    }
}

/// Why a call was not done.
#[derive(Debug)]
pub enum Failure {
    /// Refused, in the shape of the account.
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

    /// The plan or the key's user lacks the right.
    pub fn forbidden() -> Self {
        Self::refused(403, "You do not have permission to perform this action")
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

    /// The answer in the account's shape; a route that is not there is a page in every account.
    pub fn answer(self, style: ErrorStyle) -> Answer {
        match self {
            Self::Refused { status, messages } => Answer::refused(style, status, &messages),
            Self::NoRoute => Answer::html(404, "The page you were looking for doesn't exist."),
        }
    }
}

/// What a route gives back.
pub type Outcome = Result<Answer, Failure>;
