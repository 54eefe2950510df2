//! One HTTP call: address, key, pace, attempts. What an answer means is in `outcome`; nothing here decides it.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Settings;
use super::account::LimitHeaders;
use super::address::{BASE_URL_HINT, base_url, headers};
use super::outcome::{self, Answer, Effect, Heard, Purpose};
use super::quota::{self, Clock, Closed, Pace};
use super::{Endpoint, bulk, listing, message, upload};
use crate::config;
use crate::error::{Error, Kind, Result};

/// An answer longer than this is not read to its end: a page of 100 records has a few hundred kilobytes.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Longest time to connect; shorter than any sensible timeout of the whole call, so that the two are told apart.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections idle for longer are not used again: the far side may be closing them just then.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// With `Retry-After`, this status is heeded as a limit is.
const SILENCE: u16 = 503;

/// One request, as data.
pub(super) struct Call {
    pub(super) method: Method,
    /// Below the base URL, without a leading slash.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    /// JSON body; null for none. With a file, the other parts of its form.
    pub(super) body: Value,
    pub(super) file: Option<upload::Sending>,
    pub(super) purpose: Purpose,
}

impl Call {
    /// A GET of something that the account may lack or keep to itself.
    pub(super) fn look(path: impl Into<String>) -> Self {
        Self {
            purpose: Purpose::Look,
            ..Self::get(path, Vec::new())
        }
    }

    /// A GET, which changes nothing.
    pub(super) fn get(path: impl Into<String>, query: Vec<(&'static str, String)>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            query,
            body: Value::Null,
            file: None,
            purpose: Purpose::Read,
        }
    }

    /// A request with a body.
    pub(super) fn with_body(
        method: Method,
        path: impl Into<String>,
        body: Value,
        purpose: Purpose,
    ) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body,
            file: None,
            purpose,
        }
    }

    /// Asks the answer to show what the endpoint names.
    pub(super) fn showing(mut self, to: &Endpoint) -> Self {
        self.query.extend(listing::include_query(&to.include));
        self
    }
}

/// The way to the destination, shared by all workers.
pub(super) struct Transport {
    http: reqwest::Client,
    base: Url,
    key: SecretString,
    pub(super) pace: Pace,
    pub(super) limits: LimitHeaders,
    retries: u32,
    throttle_wait: Duration,
    retry_wait: Duration,
}

impl Transport {
    pub(super) fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        let base = base_url(&settings.base_url)?;
        let mut builder = reqwest::Client::builder()
            .default_headers(headers(settings)?)
            .user_agent(concat!("deskferry/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout.mul_f64(0.9)))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .timeout(settings.timeout);
        if config::is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|cause| {
            Error::new(Kind::Config, "the HTTPS client could not be set up")
                .hint("check the proxy variables and the certificates of this machine")
                .because(cause)
        })?;
        Ok(Self {
            http,
            base,
            key: settings.key.clone(),
            pace: Pace::new(clock, &settings.limits())?,
            limits: LimitHeaders::default(),
            retries: settings.retries,
            throttle_wait: settings.throttle_wait,
            retry_wait: settings.retry_wait,
        })
    }

    /// The base URL, for messages; it holds no secret.
    pub(super) fn base(&self) -> &str {
        self.base.as_str()
    }

    /// Sends `call` until its answer means something, within the bounds of the settings: so many retries after trouble, and
    /// so much time after limits. Only what certainly did not happen is sent again. Errors: `Kind::Destination` where no later call can fare better.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer> {
        let answer = self.answer(call).await?;
        Ok(answer.unwrap_or_else(|closed| Answer::not_asked(&closed.reason())))
    }

    /// As [`Self::ask`], for a call that changes nothing: `None` = 404. Errors: `Kind::Destination`.
    pub(super) async fn read(&self, call: &Call) -> Result<Option<Value>> {
        let answer = self.answer(call).await?.map_err(Closed::into_error)?;
        match answer.effect {
            Effect::Accept => Ok(Some(answer.body)),
            Effect::Absent => Ok(None),
            Effect::Wait => Err(self.out_of_quota(&answer)),
            _ => Err(self.unreachable(call, &answer)),
        }
    }

    async fn answer(&self, call: &Call) -> Result<std::result::Result<Answer, Closed>> {
        let mut attempt = 0;
        loop {
            let url = self.url(call)?;
            let turn = match self.pace.turn().await {
                Ok(turn) => turn,
                Err(closed) => return Ok(Err(closed)),
            };
            let mut answer = self.once(call, url, turn).await?;
            match answer.effect {
                Effect::Wait => {
                    let asked = answer.retry_after;
                    let held = self.pace.limit_met(turn, asked, self.throttle_wait);
                    answer.retry_after = Some(held.wait);
                    if held.is_hopeless {
                        return Ok(Ok(answer));
                    }
                }
                Effect::Again if attempt >= self.retries => return Ok(Ok(answer)),
                Effect::Again => {
                    let wait = quota::back_off(self.retry_wait, attempt);
                    attempt += 1;
                    self.pace.sleep(wait).await;
                }
                Effect::Stop => return Err(self.stop(call, &answer)),
                _ => return Ok(Ok(answer)),
            }
        }
    }

    async fn once(&self, call: &Call, url: Url, turn: u64) -> Result<Answer> {
        let mut request = self.http.request(call.method.clone(), url);
        if let Some(file) = &call.file {
            request = file.fill(request, &call.body).await?;
        } else if !call.body.is_null() {
            request = request.json(&call.body);
        }
        let none = |failure: &reqwest::Error| {
            let (heard, reason) = failure_of(failure);
            Answer::none(heard, call.purpose, reason)
        };
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(failure) => return Ok(none(&failure)),
        };
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        self.limits.note(&headers);
        let body = match whole_body(&mut response).await {
            Ok(Some(body)) => body,
            Ok(None) => {
                let reason = "the answer was longer than 64 MB";
                return Ok(Answer::none(Heard::NoAnswer, call.purpose, reason));
            }
            Err(failure) => return Ok(none(&failure)),
        };
        let answer = self.weigh(call, status, &body);
        Ok(self.paced(answer, turn, &headers))
    }

    /// Takes in what the answer to call `turn` says of the quota.
    fn paced(&self, mut answer: Answer, turn: u64, headers: &HeaderMap) -> Answer {
        let wall = self.pace.wall();
        let standing = quota::standing(headers, wall);
        let new_hour = standing.reset.filter(|_| standing.remaining == Some(0));
        let asked = quota::retry_after(headers, wall);
        answer.retry_after = asked.or(new_hour);
        self.pace.hear(turn, standing);
        let is_silence = answer.status == SILENCE && asked.is_some();
        match answer.effect {
            Effect::Wait => {}
            Effect::Again if is_silence => answer.effect = Effect::Wait,
            // The write is in doubt and not sent again; nothing else leaves before the time that was asked for either.
            _ if is_silence => _ = self.pace.limit_met(turn, asked, self.throttle_wait),
            _ => self.pace.went_through(turn),
        }
        answer
    }

    /// What an answer tells of a call may show the call, key and all. A record stays as it came: the key of a rehearsal may be
    /// a word in it.
    fn weigh(&self, call: &Call, status: u16, body: &[u8]) -> Answer {
        let weigh = |body: &[u8]| outcome::weigh(status, body, call.purpose, &call.body);
        let answer = weigh(body);
        if answer.reason.is_empty() && !call.path.starts_with(bulk::JOBS) {
            return answer;
        }
        let key = self.key.expose_secret().trim();
        weigh(message::without_secret(&String::from_utf8_lossy(body), key).as_bytes())
    }

    fn url(&self, call: &Call) -> Result<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(Kind::Bug, "the base URL cannot hold a path"))?
            .pop_if_empty()
            .extend(call.path.split('/').filter(|part| !part.is_empty()));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }

    fn stop(&self, call: &Call, answer: &Answer) -> Error {
        let (path, base) = (&call.path, self.base());
        let (message, hint) = match answer.status {
            401 => (
                format!("the destination {base} refuses the API key (401)"),
                KEY_HINT,
            ),
            status @ 300..=399 => (
                format!(
                    "the destination {base} sends its callers elsewhere ({status}), and a key is never sent on"
                ),
                BASE_URL_HINT,
            ),
            403 => (
                format!(
                    "the destination does not let the owner of the API key read `{path}` (403): {}",
                    answer.reason
                ),
                RIGHTS_HINT,
            ),
            _ => (
                format!("`{path}` cannot be read: {}", answer.told()),
                OBJECTS_HINT,
            ),
        };
        Error::new(Kind::Destination, message).hint(hint)
    }

    fn out_of_quota(&self, answer: &Answer) -> Error {
        let wait = answer
            .retry_after
            .unwrap_or_default()
            .as_secs()
            .div_ceil(60);
        Error::new(
            Kind::Destination,
            format!(
                "the destination takes no more calls for now ({})",
                answer.status
            ),
        )
        .hint(match answer.status {
            SILENCE => format!("run the same command again in {wait} min"),
            _ => format!("run the same command again in {wait} min; the limit is calls per hour for the whole account"),
        })
    }

    fn unreachable(&self, call: &Call, answer: &Answer) -> Error {
        let (path, base) = (&call.path, self.base());
        Error::new(
            Kind::Destination,
            format!(
                "the destination {base} gave no usable answer to `{path}`: {}",
                answer.told()
            ),
        )
        .hint(
            "check the network and `base_url` in `deskferry.toml`, then run the same command again",
        )
    }
}

/// What to do when a path, a key or a filter is wrong.
pub(super) const OBJECTS_HINT: &str = "check the paths and names of this object in `sql/objects.toml`, and that the plan of the account has it";

const KEY_HINT: &str = "put the key of an administrator of this very account (Profile settings > API settings) into the environment variable that `deskferry.toml` names; a key of the other edition is refused too: https://ALIAS.myfreshworks.com/crm/sales/api is the suite, https://DOMAIN.freshsales.io/api the classic edition";

const RIGHTS_HINT: &str = "give the owner of the key the administrator's role, or leave the object out if the plan of the account lacks it";

async fn whole_body(response: &mut Response) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// What a failed call proves. Texts are our own: those of the libraries hold addresses.
fn failure_of(failure: &reqwest::Error) -> (Heard, &'static str) {
    let heard = if failure.is_connect() || failure.is_builder() {
        Heard::NoConnection
    } else {
        Heard::NoAnswer
    };
    let mut cause = failure.source();
    let mut kind = None;
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            kind = Some(error.kind());
        }
        cause = inner.source();
    }
    let reason = match (heard, kind) {
        (Heard::NoConnection, Some(io::ErrorKind::ConnectionRefused)) => {
            "the connection was refused"
        }
        (Heard::NoConnection, _) if failure.is_timeout() => "no connection came about in time",
        (Heard::NoConnection, _) => "no connection could be made",
        _ if failure.is_timeout() => "no answer came in time",
        _ => "the connection broke before the answer was complete",
    };
    (heard, reason)
}
