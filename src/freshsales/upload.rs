//! One file with its fields, as a form that is streamed from disk: no file is ever in memory as a whole.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Map, Value};

use super::outcome::Purpose;
use super::transport::Call;
use super::{Client, Endpoint, Outcome};
use crate::error::{Error, Kind, Result};

/// A line slower than this is given up: 64 KiB a second on top of the time that any call has.
const SLOWEST_BYTES_A_SECOND: u64 = 64 * 1024;

/// A file on this machine that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size; it must not change while it is sent.
    pub bytes: u64,
    /// The name it is sent under.
    pub name: String,
}

/// A file on its way.
pub(super) struct Sending {
    upload: Upload,
    timeout: Duration,
}

impl Client {
    /// Sends one file: `POST {target}`, a form with the part `file` and a text part for each of `fields`. The address in the
    /// answer is never called.
    ///
    /// # Errors
    /// As [`Self::create`], and `Kind::Source` when the file cannot be opened.
    pub async fn upload(
        &self,
        to: &Endpoint,
        upload: &Upload,
        fields: &Map<String, Value>,
    ) -> Result<Outcome> {
        let body = Value::Object(fields.clone());
        let mut call = Call::with_body(Method::POST, &to.target, body, Purpose::Write);
        let patience = Duration::from_secs(upload.bytes / SLOWEST_BYTES_A_SECOND);
        call.file = Some(Sending {
            upload: upload.clone(),
            timeout: self.timeout + patience,
        });
        self.write(call, &to.wrapper, None).await
    }
}

impl Sending {
    /// Puts the form into a request; the file is opened anew for each attempt.
    pub(super) async fn fill(
        &self,
        request: RequestBuilder,
        fields: &Value,
    ) -> Result<RequestBuilder> {
        let Upload { path, bytes, name } = &self.upload;
        let file = tokio::fs::File::open(path)
            .await
            .map_err(|cause| unreadable(path, cause))?;
        let part = Part::stream_with_length(Body::from(file), *bytes).file_name(name.clone());
        let mut form = Form::new().part("file", part);
        for (field, value) in fields.as_object().into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            form = form.text(field.clone(), text);
        }
        Ok(request.timeout(self.timeout).multipart(form))
    }
}

/// The path is made of hashes: it says nothing about anybody.
fn unreadable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Source,
        format!("the file {} cannot be read", path.display()),
    )
    .hint("land the export again: what is missing of it is written anew")
    .because(cause)
}
