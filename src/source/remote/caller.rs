//! One call to the API after the other: pace, attempts, and what an answer without records means.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use serde::de::IgnoredAny;
use tokio::time::Instant;

use super::declared::Api;
use super::paging::Answer;
use crate::error::{Error, Kind, Result};
use crate::source::streams::{Hear, Told};

/// An answer longer than this is not read to its end.
const LONGEST_ANSWER: u64 = 16 << 20;
/// Longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Attempts after the first one, where the API is in trouble.
const RETRIES: u32 = 5;
/// The first wait; each one after it is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// On this machine nobody has to recover.
const FIRST_WAIT_ON_LOOPBACK: Duration = Duration::from_millis(20);
/// No longer than that, unless it is asked for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A longer silence is for another run.
const LONGEST_SILENCE: Duration = Duration::from_secs(60 * 60);
/// Nor is a longer one asked for in earnest.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);
/// A limit that is met for longer is given up.
const LONGEST_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);
/// Shorter waits are not worth a word.
const WORTH_A_WORD: Duration = Duration::from_secs(5);

/// What came of one attempt.
enum Heard {
    Answer(Answer),
    /// A limit is met; for how long, if it is said.
    Wait(Option<Duration>),
    /// Something that may be over soon.
    Trouble(String),
    /// No attempt fares better.
    Refused(StatusCode),
    TooLong,
    /// All answers together are longer than is taken.
    TooMuch,
}

/// The way to the API.
pub(super) struct Caller<'a> {
    api: &'a Api,
    http: Client,
    hear: Hear<'a>,
    last: Option<Instant>,
    /// Bytes that all answers together may still have.
    left: u64,
}

impl<'a> Caller<'a> {
    pub(super) fn new(api: &'a Api, left: u64, hear: Hear<'a>) -> Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(auth) = &api.auth {
            headers.insert(auth.name.clone(), auth.value.clone());
        }
        let mut builder = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("deskferry/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT.min(api.timeout.mul_f64(0.9)))
            .timeout(api.timeout);
        if api.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|cause| {
            Error::new(Kind::Config, "the HTTPS client could not be set up")
                .hint("check the proxy variables and the certificates of this machine")
                .because(cause)
        })?;
        Ok(Self {
            api,
            http,
            hear,
            last: None,
            left,
        })
    }

    /// Asks until there is an answer, within bounds: so many attempts in trouble, so much time after limits. That there is
    /// nothing at all (404) is an answer where the last page may be passed.
    ///
    /// # Errors
    /// `Kind::Source` when the answer is a refusal; `Kind::Destination` when a later run may fare better.
    pub(super) async fn ask(
        &mut self,
        object: &str,
        url: &Url,
        may_be_past_the_end: bool,
    ) -> Result<Answer> {
        let mut troubles = 0;
        let mut limits = 0;
        let begun = Instant::now();
        loop {
            let wait = match self.once(url).await {
                Heard::Answer(answer) => return Ok(answer),
                Heard::Refused(StatusCode::NOT_FOUND) if may_be_past_the_end => {
                    return Ok(Answer::default());
                }
                Heard::Refused(status) => return Err(self.refused(object, status)),
                Heard::TooLong => return Err(too_long(object)),
                Heard::TooMuch => return Err(too_much(object)),
                Heard::Trouble(reason) if troubles == RETRIES => {
                    return Err(unreachable(object, &reason));
                }
                Heard::Trouble(_) => {
                    troubles += 1;
                    self.back_off(troubles)
                }
                Heard::Wait(asked) => {
                    limits += 1;
                    let wait = self.back_off(limits).max(asked.unwrap_or_default());
                    if wait > LONGEST_SILENCE || begun.elapsed() > LONGEST_LIMIT {
                        return Err(silenced(object, wait));
                    }
                    wait
                }
            };
            if wait >= WORTH_A_WORD {
                (self.hear)(Told::Waits { object, wait });
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn back_off(&self, times: u32) -> Duration {
        let first = match self.api.is_loopback() {
            true => FIRST_WAIT_ON_LOOPBACK,
            false => FIRST_WAIT,
        };
        first
            .saturating_mul(1 << (times - 1).min(16))
            .min(LONGEST_WAIT)
    }

    async fn once(&mut self, url: &Url) -> Heard {
        if let Some(last) = self.last {
            tokio::time::sleep_until(last + self.api.gap).await;
        }
        self.last = Some(Instant::now());
        let mut response = match self.http.get(url.clone()).send().await {
            Ok(response) => response,
            Err(failure) => return Heard::Trouble(reason(&failure).to_owned()),
        };
        let status = response.status();
        let asked = retry_after(response.headers());
        match status.as_u16() {
            204 => return Heard::Answer(Answer::default()),
            200..=299 => {}
            429 => return Heard::Wait(asked),
            503 if asked.is_some() => return Heard::Wait(asked),
            408 | 500..=599 => return Heard::Trouble(format!("it answered {}", status.as_u16())),
            _ => return Heard::Refused(status),
        }
        let links = response.headers().get_all(LINK).iter();
        let links = links.map(|link| link.as_bytes().to_vec()).collect();
        let body = match whole(&mut response, self.left.min(LONGEST_ANSWER)).await {
            Ok(Some(body)) => body,
            Ok(None) if self.left < LONGEST_ANSWER => return Heard::TooMuch,
            Ok(None) => return Heard::TooLong,
            Err(failure) => return Heard::Trouble(reason(&failure).to_owned()),
        };
        self.left = self.left.saturating_sub(body.len() as u64);
        let body = String::from_utf8(body).ok();
        match body.filter(|body| serde_json::from_str::<IgnoredAny>(body).is_ok()) {
            Some(body) => Heard::Answer(Answer {
                body: Some(body),
                links,
            }),
            None => Heard::Trouble("its answer was not JSON".to_owned()),
        }
    }

    fn refused(&self, object: &str, status: StatusCode) -> Error {
        let code = status.as_u16();
        match code {
            401 | 403 => Error::new(
                Kind::Destination,
                format!("the source refuses to show endpoint `{object}` ({code})"),
            )
            .hint(self.key_hint()),
            404 => Error::new(
                Kind::Source,
                format!("the source has nothing at the path of endpoint `{object}` (404)"),
            )
            .hint(format!("check base_url and the `path` of [endpoints.{object}] in source.toml")),
            300..=399 => Error::new(
                Kind::Source,
                format!("endpoint `{object}` sends its callers elsewhere ({code}), and a key is never sent on"),
            )
            .hint("write the address it sends to as base_url in source.toml, if it is the source's own"),
            _ => Error::new(
                Kind::Source,
                format!("the source refuses the call for endpoint `{object}` ({code})"),
            )
            .hint(format!("check the parameters of [endpoints.{object}] in source.toml")),
        }
    }

    fn key_hint(&self) -> String {
        match &self.api.auth {
            Some(auth) => format!(
                "see that {} holds a key of this very account that may read it, then run the same command again",
                auth.variables.join(", ")
            ),
            None => "source.toml has no `auth`: write auth = { header = \"Authorization\", value = \"Bearer ${SMARTDESK_TOKEN}\" }".to_owned(),
        }
    }
}

fn too_long(object: &str) -> Error {
    Error::new(
        Kind::Source,
        format!("an answer of endpoint `{object}` is longer than is read"),
    )
    .hint("ask for smaller pages: `size` in its `pagination`")
}

fn too_much(object: &str) -> Error {
    Error::new(
        Kind::Source,
        format!("all answers together are longer than is taken (endpoint `{object}`)"),
    )
    .hint("see that its list has an end; else leave endpoints out of source.toml that nobody needs")
}

/// Runs that may go on.
const GO_ON: &str = "run the same command again: it goes on behind the last page that was read";

fn unreachable(object: &str, reason: &str) -> Error {
    let text = format!("the source gave no usable answer for endpoint `{object}`: {reason}");
    Error::new(Kind::Destination, text).hint(format!(
        "check the network and base_url in source.toml, then {GO_ON}"
    ))
}

fn silenced(object: &str, wait: Duration) -> Error {
    let minutes = wait.as_secs().div_ceil(60);
    let text = format!("the source takes no more calls for now (endpoint `{object}`)");
    Error::new(Kind::Destination, text).hint(format!("in {minutes} min {GO_ON}"))
}

async fn whole(response: &mut Response, most: u64) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if (body.len() + chunk.len()) as u64 > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// Texts are our own: those of the library hold addresses.
fn reason(failure: &reqwest::Error) -> &'static str {
    let mut cause = std::error::Error::source(failure);
    let mut is_refused = false;
    while let Some(inner) = cause {
        let kind = inner.downcast_ref::<io::Error>().map(io::Error::kind);
        is_refused |= kind == Some(io::ErrorKind::ConnectionRefused);
        cause = inner.source();
    }
    match failure {
        _ if is_refused => "the connection was refused",
        failure if failure.is_timeout() => "no answer came in time",
        failure if failure.is_connect() => "no connection could be made",
        _ => "the connection broke before the answer was complete",
    }
}

/// `Retry-After`, in seconds or as a date; against the answer's own date, so that clocks need not agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let said = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = said.parse::<f64>() {
        let bounded = seconds.min(LONGEST_ASKED.as_secs_f64());
        return (seconds >= 0.0).then(|| Duration::from_secs_f64(bounded));
    }
    let now = text(headers, DATE.as_str()).and_then(|date| moment(&date));
    let wait = moment(&said)?.duration_since(now.unwrap_or_else(Timestamp::now));
    let wait = Duration::try_from(wait).unwrap_or_default();
    Some(wait.min(LONGEST_ASKED))
}

fn moment(text: &str) -> Option<Timestamp> {
    let at = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(at.timestamp())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// An API that answers one call with this.
    fn answering(text: String) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            // The reader leaves when it has had enough.
            let _ = stream.write_all(text.as_bytes());
        });
        let text = format!(
            "base_url = \"http://{address}\"\n[endpoints.contact]\npath = \"a\"\nrecords = \"\"\n"
        );
        Api::parse(&text, "KEY", &|_| None).unwrap()
    }

    #[test]
    fn what_is_too_much_is_something_else_than_what_is_too_long() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for (left, said) in [(8, "all answers together"), (u64::MAX, "an answer of")] {
            let length = LONGEST_ANSWER + 1;
            let body = " ".repeat(usize::try_from(length).unwrap());
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            let api = answering(head + &body);
            let url = api.base.join("a").unwrap();
            let mut caller = Caller::new(&api, left, &|_| ()).unwrap();
            let error = runtime
                .block_on(caller.ask("contact", &url, false))
                .unwrap_err();
            assert_eq!(error.kind(), Kind::Source);
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }

    #[test]
    fn silence_is_asked_for_in_seconds_or_until_a_date() {
        let said = |more: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, text) in more {
                headers.insert(*name, text.parse().unwrap());
            }
            retry_after(&headers)
        };
        let after = |text| said(&[("retry-after", text)]);
        assert_eq!(after("3"), Some(Duration::from_secs(3)));
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        for far in ["Mon, 21 Oct 2965 07:28:00 GMT", "1e18", "1e300"] {
            let wait = after(far).unwrap();
            assert!(wait > LONGEST_SILENCE && wait <= LONGEST_ASKED, "{far}");
        }
        for wrong in ["soon", "-1", "", "nan"] {
            assert_eq!(after(wrong), None, "{wrong}");
        }
        // Its clock may not be ours.
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        let until = ("retry-after", "Wed, 21 Oct 2015 07:30:00 GMT");
        assert_eq!(said(&[date, until]), Some(Duration::from_secs(120)));
    }
}
