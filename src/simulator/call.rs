//! One request as the routes see it: no socket, no headers, only what was asked.

use serde_json::Value;

use super::answer::{Failure, Fields};
use super::faults::FaultKind;

/// A request below the API prefix, already authorised.
#[derive(Debug)]
pub struct Call {
    /// Upper-case HTTP method.
    pub method: String,
    /// Path after `/api/`, without slashes at its ends.
    pub path: String,
    /// Decoded query pairs, in order.
    pub query: Vec<(String, String)>,
    /// What was sent.
    pub body: Body,
    /// The fault that hits the call.
    pub fault: Option<FaultKind>,
}

/// A request body.
#[derive(Debug)]
pub enum Body {
    /// Nothing was sent.
    Empty,
    /// A JSON document.
    Json(Value),
    /// Parts of a multipart form.
    Form(Vec<Part>),
}

/// One part of a multipart form. A file's bytes are counted and thrown away.
#[derive(Debug)]
pub struct Part {
    /// Form key.
    pub name: String,
    /// Present for a file.
    pub file_name: Option<String>,
    /// Text of a part that is no file.
    pub text: String,
    /// Bytes of the part.
    pub size: u64,
}

/// Which slice of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// From 1.
    pub number: usize,
    /// Rows of a page.
    pub size: usize,
}

impl Page {
    /// The page as a range of positions in a list of `total` rows; past the end it is empty.
    pub fn range(self, total: usize) -> std::ops::Range<usize> {
        let start = (self.number - 1).saturating_mul(self.size).min(total);
        start..start.saturating_add(self.size).min(total)
    }
}

impl Call {
    /// The path, split.
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').collect()
    }

    /// The last value of a query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A comma-separated query parameter.
    pub fn names(&self, param: &str) -> Vec<&str> {
        let text = self.param(param).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// `page` and `per_page`, the latter cut at `largest`. They may also stand in a JSON body (filtered search).
    pub fn page(&self, default: usize, largest: usize) -> Result<Page, Failure> {
        let number = self.count("page")?.unwrap_or(1);
        let size = self.count("per_page")?.unwrap_or(default);
        Ok(Page {
            number,
            size: size.min(largest),
        })
    }

    /// A count of at least 1, from the query or a JSON body.
    pub fn count(&self, name: &str) -> Result<Option<usize>, Failure> {
        let in_body = match &self.body {
            Body::Json(body) => body.get(name).map(|value| match value.as_str() {
                Some(text) => text.to_owned(),
                None => value.to_string(),
            }),
            _ => None,
        };
        let Some(text) = self.param(name).map(str::to_owned).or(in_body) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(0) | Err(_) => Err(Failure::invalid(format!("{name} is invalid"))),
            Ok(count) => Ok(Some(count)),
        }
    }

    /// How many records a bulk call or a change of a list names; `None` for all other calls.
    pub fn objects(&self) -> Option<usize> {
        let Body::Json(body) = &self.body else {
            return None;
        };
        let name = match self.segments().as_slice() {
            [plural, "bulk_upsert"] => plural,
            [_, "bulk_destroy" | "bulk_assign_owner"] => "selected_ids",
            ["lists", _, _] => "ids",
            _ => return None,
        };
        body.get(name)?.as_array().map(Vec::len)
    }

    /// The JSON object that was sent.
    pub fn object(&self) -> Result<&Fields, Failure> {
        match &self.body {
            Body::Json(Value::Object(body)) => Ok(body),
            _ => Err(Failure::invalid("Request body must be a JSON object")),
        }
    }

    /// The record in the body: below `wrapper`, or bare.
    pub fn record(&self, wrapper: &str) -> Result<&Fields, Failure> {
        let body = self.object()?;
        match body.get(wrapper) {
            Some(Value::Object(inner)) => Ok(inner),
            Some(_) => Err(Failure::invalid(format!(
                "The type for {wrapper} is invalid."
            ))),
            None => Ok(body),
        }
    }
}
