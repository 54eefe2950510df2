//! `source.toml`: where an API is, how it is asked, and what its answers look like. Whatever it says is checked here, once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::paging::{Pagination, Position};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::source::container::hex;
use crate::source::streams::{MOST_OBJECTS, is_object_name};

/// Calls a minute where nothing else is said.
const CALLS_PER_MINUTE: u32 = 60;
/// More than this is no pace any more.
const MOST_CALLS_PER_MINUTE: u32 = 60_000;
/// Longest wait for an answer where nothing else is said.
const TIMEOUT_SECONDS: u64 = 30;

/// A value shorter than this may stand in any word, as the name of an account does.
const SHORT: usize = 8;

/// An API, declared.
#[derive(Debug)]
pub struct Api {
    pub(super) base: Url,
    pub(super) auth: Option<Auth>,
    /// Least time from one call to the next.
    pub(super) gap: Duration,
    pub(super) timeout: Duration,
    pub(super) endpoints: BTreeMap<String, Endpoint>,
}

/// What proves that we may ask.
pub(super) struct Auth {
    pub(super) name: HeaderName,
    /// Marked as sensitive: no library shows it.
    pub(super) value: HeaderValue,
    /// The environment variables that it was made of.
    pub(super) variables: Vec<String>,
    /// What they hold.
    secrets: Vec<SecretString>,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {}", self.name, self.variables.join(", "))
    }
}

/// Where the records of an object are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    /// Below the base URL.
    pub(super) path: String,
    /// Dot path to the array in the answer; empty for the answer itself.
    pub(super) records: String,
    /// Sent with each call.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    /// One page where it is left out.
    pub(super) pagination: Option<Pagination>,
    /// Dot path to how many records there are in all.
    pub(super) total: Option<String>,
    /// The parameter that asks for nothing but what changed since a time.
    pub(super) updated_since: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    base_url: String,
    auth: Option<AuthText>,
    calls_per_minute: Option<u32>,
    timeout_seconds: Option<u64>,
    endpoints: BTreeMap<String, Endpoint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthText {
    header: String,
    value: String,
}

/// Gives the value of an environment variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

impl Api {
    /// Reads `source.toml`. The variable `hidden` holds the destination's key, which no source gets.
    ///
    /// # Errors
    /// `Kind::Config` when the file is missing or says something that cannot be, or a variable is not set.
    pub fn load(path: &Path, hidden: &str) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|cause| {
            Error::new(Kind::Config, format!("{} cannot be read", path.display()))
                .hint("README.md, \"Other sources\", shows how an API is declared")
                .because(cause)
        })?;
        Self::parse(&text, hidden, &|name| std::env::var_os(name))
    }

    pub(super) fn parse(text: &str, hidden: &str, environment: Environment) -> Result<Self> {
        let Text {
            base_url,
            auth,
            calls_per_minute,
            timeout_seconds,
            endpoints,
        } = toml::from_str(text).map_err(|error| unread(text, &error))?;
        let base = config::base_url(&base_url)
            .map_err(|what| refused(format!("has a `base_url` that {what}")))?;
        let auth = auth
            .map(|auth| auth.expanded(hidden, environment))
            .transpose()?;
        let calls = bounded(
            "calls_per_minute",
            calls_per_minute.unwrap_or(CALLS_PER_MINUTE),
            MOST_CALLS_PER_MINUTE,
        )?;
        let seconds = bounded(
            "timeout_seconds",
            timeout_seconds.unwrap_or(TIMEOUT_SECONDS),
            600,
        )?;
        if endpoints.is_empty() || endpoints.len() > MOST_OBJECTS {
            return Err(refused(format!(
                "has no endpoint, or more than {MOST_OBJECTS}"
            )));
        }
        for (object, endpoint) in &endpoints {
            endpoint.check(object)?;
        }
        Ok(Self {
            base,
            auth,
            gap: Duration::from_secs(60) / calls,
            timeout: Duration::from_secs(seconds),
            endpoints,
        })
    }

    /// What an interrupted reading must agree with, to go on: everything that is asked for, and whose records they are. A key
    /// is part of it by its hash alone.
    pub(super) fn fingerprint(&self, endpoint: &Endpoint, since: Option<&str>) -> String {
        let auth = self.auth.as_ref();
        let key = auth.map(|auth| hex(&Sha256::digest(auth.value.as_bytes())));
        let asked = format!("{} {endpoint:?} {since:?} {auth:?} {key:?}", self.base);
        hex(&Sha256::digest(asked))
    }

    /// A link or a cursor that repeats the key would be kept on disk with it. What is wrong comes back as the end of a
    /// sentence.
    pub(super) fn check_next(&self, endpoint: &Endpoint, next: &Position) -> Result<(), String> {
        let (what, text) = match next {
            Position::Link(link) => ("link", link),
            Position::Cursor(cursor) => ("cursor", cursor),
            Position::Start | Position::Number(_) => return Ok(()),
        };
        let told = Told::of(text);
        let secrets = self.auth.iter().flat_map(|auth| &auth.secrets);
        let mut secrets = secrets.map(ExposeSecret::expose_secret);
        match secrets.any(|secret| !self.is_declared(endpoint, secret) && told.holds(secret)) {
            true => Err(format!(
                "gives a {what} with the key in it, which is never kept"
            )),
            false => Ok(()),
        }
    }

    /// Whether it stands in the file in the clear, as the name of an account may: then it is no secret.
    fn is_declared(&self, endpoint: &Endpoint, value: &str) -> bool {
        let parameters = endpoint.parameters.values().map(String::as_str);
        let mut texts = parameters.chain([self.base.as_str(), endpoint.path.as_str()]);
        texts.any(|text| text.contains(value))
    }

    /// Whether it is a program on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        config::is_loopback(&self.base)
    }
}

impl Endpoint {
    fn check(&self, object: &str) -> Result<()> {
        let wrong = |what: &str| Err(refused(format!("[endpoints.{object}] {what}")));
        if !is_object_name(object) {
            return Err(refused(
                "names an endpoint with other characters than letters, digits, `_`, `-`",
            ));
        }
        let mut parts = self.path.split('/');
        if self.path.contains(['?', '#', ':', '\\']) || parts.any(|part| part == "..") {
            return wrong(
                "has a `path` that is no path below base_url; what follows a `?` goes to `parameters`",
            );
        }
        if self.parameters.values().any(|value| value.contains("${")) {
            return wrong(
                "has a variable in its `parameters`; they are sent as they stand there, and a key belongs into `auth`",
            );
        }
        if self
            .total
            .as_ref()
            .is_some_and(|total| total.is_empty() || !is_dot_path(total))
        {
            return wrong("has a `total` that is no dot path, for example \"meta.total\"");
        }
        if !is_dot_path(&self.records) {
            return wrong("has a `records` that is no dot path, for example \"data.items\"");
        }
        match self
            .pagination
            .as_ref()
            .map_or(Ok(()), |by| by.check(&self.records))
        {
            Ok(()) => Ok(()),
            Err(what) => wrong(&what),
        }
    }
}

/// A link or a cursor as it was told, and as it can be read.
struct Told {
    texts: [String; 3],
    /// Its values, if it is a query or has one.
    values: Vec<String>,
}

impl Told {
    fn of(text: &str) -> Self {
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let pairs = query.split(['&', '#']);
        let values = pairs.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
        Self {
            texts: readings(text),
            values: values.flat_map(readings).collect(),
        }
    }

    /// Whether a secret is in it. A short one may stand in any word.
    fn holds(&self, secret: &str) -> bool {
        match secret.chars().count() < SHORT {
            true => self.values.iter().any(|value| value == secret),
            false => self.texts.iter().any(|text| text.contains(secret)),
        }
    }
}

/// A text as it stands, and what it may stand for in an address.
fn readings(text: &str) -> [String; 3] {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let spaced = decoded(&text.replace('+', " "));
    [text.to_owned(), decoded(text), spaced]
}

/// Members of objects with dots between; empty for the whole.
pub(super) fn is_dot_path(text: &str) -> bool {
    text.is_empty() || text.split('.').all(|part| !part.is_empty())
}

/// A variable and what it holds.
type Held = (String, String);

impl AuthText {
    /// Makes the header. A token that stands in the file itself is refused: the file is shared.
    fn expanded(&self, hidden: &str, environment: Environment) -> Result<Auth> {
        let (value, held) = self.value_of(hidden, environment)?;
        if held.is_empty() {
            return Err(unclear());
        }
        let key = environment(hidden).and_then(|key| key.into_string().ok());
        let key = key.as_deref().map(str::trim).unwrap_or_default();
        if let Some((name, _)) = held.iter().find(|(_, value)| value == key) {
            let what = format!("would send {name} to the source; it holds the destination's key");
            return Err(refused(what));
        }
        let held = held.into_iter();
        let held = held.map(|(name, value)| (name, SecretString::from(value)));
        let (variables, secrets): (Vec<String>, Vec<SecretString>) = held.unzip();
        let name = HeaderName::from_bytes(self.header.as_bytes())
            .map_err(|_| refused("has an `auth.header` that is no name of a header"))?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| {
            let variables = variables.join(", ");
            let what = format!("{variables} holds characters that no header can carry");
            Error::new(Kind::Config, what).hint(format!(
                "export {variables}=... once more, without line breaks"
            ))
        })?;
        value.set_sensitive(true);
        Ok(Auth {
            name,
            value,
            variables,
            secrets,
        })
    }

    /// The value with the variables put in, and these with what they hold.
    fn value_of(&self, hidden: &str, environment: Environment) -> Result<(String, Vec<Held>)> {
        let mut value = String::new();
        let mut variables = Vec::new();
        let mut rest = self.value.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}').ok_or_else(unclear)?;
            if !config::is_variable(name) {
                return Err(unclear());
            }
            if name == hidden {
                let what = format!("would send {name} to the source; it is the destination's key");
                return Err(refused(what));
            }
            value.push_str(before);
            let held = set(name, environment)?;
            value.push_str(&held);
            variables.push((name.to_owned(), held));
            rest = behind;
        }
        value.push_str(rest);
        Ok((value, variables))
    }
}

fn set(name: &str, environment: Environment) -> Result<String> {
    let value = environment(name).and_then(|value| value.into_string().ok());
    let value = value.map(|value| value.trim().to_owned());
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Error::new(
            Kind::Config,
            format!(
                "the environment variable {name} is not set or is empty; source.toml asks for it"
            ),
        )
        .hint(format!("export {name}=... with the key of the source"))
    })
}

fn unclear() -> Error {
    refused("has an `auth.value` without a variable")
        .hint("write `value = \"Bearer ${SMARTDESK_TOKEN}\"`; if the token itself stands there, take it out and make a new one")
}

fn bounded<N: Copy + PartialOrd + From<u8> + std::fmt::Display>(
    key: &str,
    value: N,
    most: N,
) -> Result<N> {
    match value >= N::from(1) && value <= most {
        true => Ok(value),
        false => Err(refused(format!(
            "has a `{key}` that is not from 1 to {most}"
        ))),
    }
}

fn refused(what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Config, format!("source.toml {what}"))
        .hint("README.md, \"Other sources\", shows how an API is declared")
}

/// What the library says of a wrong type quotes the value, which may be a token.
fn unread(text: &str, error: &toml::de::Error) -> Error {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.as_bytes().iter().take(at);
    let line = before.filter(|byte| **byte == b'\n').count() + 1;
    let message = error.message();
    let is_safe = message.starts_with("unknown field") || message.starts_with("missing field");
    let what = if is_safe {
        message
    } else {
        "this is no TOML, or not the kind of value that belongs here"
    };
    refused(format!("line {line}: {what}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    const GOOD: &str = r#"
base_url = "https://api.smartdesk.example/v1"
auth = { header = "Authorization", value = "Bearer ${SMARTDESK_TOKEN}" }
[endpoints.contact]
path = "contacts"
records = "data.items"
pagination = { by = "page", parameter = "page", first = 1, size_parameter = "per_page", size = 100 }
updated_since = "updated_since"
[endpoints.user]
path = "users"
records = ""
pagination = { by = "link" }
"#;

    fn parse(text: &str) -> Result<Api> {
        with_token(text, "planted-token")
    }

    fn with_token(text: &str, token: &str) -> Result<Api> {
        let known = |name: &str| match name {
            "SMARTDESK_TOKEN" => Some(OsString::from(format!(" {token}\n"))),
            "COPIED_KEY" | "FRESHSALES_API_KEY" => Some(OsString::from("planted-key")),
            _ => None,
        };
        Api::parse(text, "FRESHSALES_API_KEY", &known)
    }

    /// Message and hint of a file that must be refused.
    fn refusal(text: &str) -> String {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind(), Kind::Config);
        format!("{error}; {}", error.next_step().unwrap())
    }

    #[test]
    fn a_declaration_is_read_and_its_token_never_shown() {
        let api = parse(GOOD).unwrap();
        assert_eq!(api.gap, Duration::from_secs(1));
        assert_eq!(api.endpoints.len(), 2);
        let auth = api.auth.as_ref().unwrap();
        assert_eq!(auth.value, "Bearer planted-token");
        assert!(auth.value.is_sensitive());
        assert!(!format!("{api:?}").contains("planted"));
        let contact = &api.endpoints["contact"];
        let (all, since) = (
            api.fingerprint(contact, None),
            api.fingerprint(contact, Some("2026-01-01")),
        );
        assert_ne!(all, since);
    }

    #[test]
    fn pages_of_another_key_are_of_another_account() {
        let asked = |text: &str, token| {
            let api = with_token(text, token).unwrap();
            api.fingerprint(&api.endpoints["contact"], None)
        };
        let first = asked(GOOD, "planted-1");
        assert_eq!(asked(GOOD, "planted-1"), first);
        assert_ne!(asked(GOOD, "planted-2"), first);
        assert_ne!(
            asked(&GOOD.replace("Authorization", "X-Key"), "planted-1"),
            first
        );
    }

    #[test]
    fn a_next_page_that_repeats_the_key_is_refused() {
        let link = |rest: &str| Position::Link(format!("https://api.smartdesk.example/{rest}"));
        let cursor = |text: &str| Position::Cursor(text.to_owned());
        let api = parse(GOOD).unwrap();
        for next in [
            link("users?page=2&key=other"),
            cursor("c2"),
            Position::Start,
            Position::Number(2),
        ] {
            assert_eq!(api.check_next(&api.endpoints["user"], &next), Ok(()));
        }
        for next in [
            link("users?api_token=planted-token"),
            link("users?page=2&t=planted%2Dtoken"),
            link("users?auth=Bearer%20planted-token&page=2"),
            link("of/planted-token/users?page=2"),
            link("users?page=2#planted-token"),
            cursor("planted-token:2"),
            cursor("at=2&key=planted%2dtoken"),
        ] {
            let said = api.check_next(&api.endpoints["user"], &next).unwrap_err();
            assert!(said.contains("with the key in it"), "{said}");
            assert!(!said.contains("planted"), "{said}");
        }
        let api = with_token(GOOD, "planted to+ken").unwrap();
        for next in [
            link("users?t=planted+to%2Bken"),
            link("users?t=planted%20to+ken"),
            cursor("planted to+ken"),
        ] {
            assert!(
                api.check_next(&api.endpoints["user"], &next).is_err(),
                "{next:?}"
            );
        }
    }

    #[test]
    fn the_name_of_an_account_is_no_key() {
        let text = GOOD.replace("Bearer ${SMARTDESK_TOKEN}", "${ACCOUNT}:${SMARTDESK_TOKEN}");
        let api = |text: &str, account: &str, token: &str| {
            let known = |name: &str| match name {
                "ACCOUNT" => Some(OsString::from(account)),
                "SMARTDESK_TOKEN" => Some(OsString::from(token)),
                _ => None,
            };
            Api::parse(text, "FRESHSALES_API_KEY", &known).unwrap()
        };
        let check = |api: &Api, rest: &str| {
            let link = format!("https://api.smartdesk.example/v1/{rest}");
            api.check_next(&api.endpoints["user"], &Position::Link(link))
        };
        // It stands in the address of each page.
        let named = api(&text, "smartdesk", "planted-token");
        assert!(check(&named, "users?page=2").is_ok());
        assert!(check(&named, "users?page=2&key=planted-token").is_err());
        let by_path = text.replace("\"users\"", "\"customer-7700/users\"");
        assert!(
            check(
                &api(&by_path, "customer-7700", "planted-token"),
                "customer-7700/users?page=2"
            )
            .is_ok()
        );
        assert!(
            check(
                &api(&text, "customer-7700", "planted-token"),
                "customer-7700/users?page=2"
            )
            .is_err()
        );
        let by_parameter = text.replace(
            "path = \"users\"",
            "path = \"users\"\nparameters = { of = \"customer-7700\" }",
        );
        assert!(
            check(
                &api(&by_parameter, "customer-7700", "planted-token"),
                "users?of=customer-7700"
            )
            .is_ok()
        );
        // A short one is in many words.
        let short = api(&text, "acme", "planted-token");
        assert!(check(&short, "of/acme/users?page=acme2").is_ok());
        for rest in [
            "users?page=2&key=acme",
            "users?key=ac%6De&page=2",
            "users?page=2#acme",
        ] {
            assert!(check(&short, rest).is_err(), "{rest}");
        }
        let cursor = |text: &str| Position::Cursor(text.to_owned());
        let user = &short.endpoints["user"];
        assert!(short.check_next(user, &cursor("acme")).is_err());
        assert!(short.check_next(user, &cursor("acme2")).is_ok());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (from, to, said) in [
            ("https://", "http://", "must be https"),
            ("https://", "https://user:planted@", "user or password"),
            ("/v1\"", "/v1?key=planted\"", "no `?`"),
            (
                "updated_since =",
                "parameters = { key = \"planted ${SMARTDESK_TOKEN}\" }\nupdated_since =",
                "belongs into `auth`",
            ),
            (
                "updated_since =",
                "total = \"meta..total\"\nupdated_since =",
                "`total`",
            ),
            (
                "${SMARTDESK_TOKEN}",
                "${COPIED_KEY}",
                "COPIED_KEY to the source; it holds the destination's key",
            ),
            (
                "path = \"contacts\"",
                "path = \"../contacts\"",
                "no path below",
            ),
            (
                "path = \"contacts\"",
                "path = \"https://other.example\"",
                "no path below",
            ),
            (
                "path = \"contacts\"",
                "path = \"contacts?a=b\"",
                "no path below",
            ),
            (
                "records = \"data.items\"",
                "records = \"data..items\"",
                "dot path",
            ),
            ("records = \"data.items\"", "", "missing field `records`"),
            ("size = 100", "size = 0", "above 0"),
            (
                "by = \"link\"",
                "by = \"cursor\", parameter = \"c\", next = \"next\"",
                "the answer itself",
            ),
            ("by = \"page\"", "by = \"pages\"", "line 7"),
            ("size = 100", "sizes = 100", "unknown field `sizes`"),
            (
                "updated_since =",
                "changed_since =",
                "unknown field `changed_since`",
            ),
            ("auth =", "calls_per_minute = 0\nauth =", "calls_per_minute"),
            (
                "[endpoints.user]",
                "[endpoints.\"a/b\"]",
                "other characters",
            ),
            ("${SMARTDESK_TOKEN}", "planted", "take it out"),
            ("${SMARTDESK_TOKEN}", "${planted}", "take it out"),
            (
                "${SMARTDESK_TOKEN}",
                "${FRESHSALES_API_KEY}",
                "it is the destination's key",
            ),
            (
                "${SMARTDESK_TOKEN}",
                "${OTHER_TOKEN}",
                "OTHER_TOKEN is not set",
            ),
            ("auth = {", "auth = \"planted\"\nauths = {", "line 3"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let said_of_it = refusal(&GOOD.replace(from, to));
            assert!(said_of_it.contains(said), "{to}: {said_of_it}");
            assert!(!said_of_it.contains("planted"), "{said_of_it}");
        }
        assert!(refusal("base_url = \"https://a.example\"\n[endpoints]\n").contains("no endpoint"));
        assert!(
            parse(&GOOD.replace("https://api.smartdesk.example", "http://127.0.0.1:80")).is_ok()
        );
    }
}
