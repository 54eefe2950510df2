//! The client of the Freshsales API (suite and classic): writes become an [`Outcome`], reads become records.
//!
//! It knows routes and answers, not objects: paths, wrappers, views and keys are told to it as data. It assumes the worst:
//! what may have happened is [`Outcome::Unknown`] and is never sent again by the client. Reasons hold no personal
//! values, and the key appears in no text at all.

mod account;
mod address;
mod bulk;
mod job_report;
mod listing;
mod message;
mod outcome;
mod page;
mod probe;
mod quota;
mod remove;
#[cfg(test)]
mod tests;
mod transport;
mod upload;
mod view;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::error::Result;

pub use bulk::{BULK_ROWS, BulkOutcome, BulkRow};
pub use listing::{Listed, Listing};
pub use message::scrub;
pub use outcome::Outcome;
pub use probe::{Job, Kept, Scratch, Twice};
pub use quota::{Clock, Hour, Limits, Opening, Runway, ScaledClock};
pub use quota::{Wait, WallClock, Why, Windows};
pub use remove::{Removal, Removed};
pub use upload::Upload;

use outcome::Purpose;
use transport::{Call, Transport};

/// More bulk jobs at once are never asked for: the account takes ten, and others may use some.
const MOST_JOBS: usize = 8;

/// How to reach the destination, and how patiently.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Scheme, host, port and prefix, such as `https://ALIAS.myfreshworks.com/crm/sales/api`.
    pub base_url: String,
    /// The API key.
    pub key: SecretString,
    /// Longest time for one call, from connecting to the last byte. 60 s.
    pub timeout: Duration,
    /// Least time between the starts of two calls, all workers together. 250 ms.
    pub min_gap: Duration,
    /// The account's calls per hour. None: no limit but the gap.
    pub hour: Option<Hour>,
    /// The hours of the day in which calls may leave. Always.
    pub windows: Windows,
    /// File that keeps the hour's calls for the next process. None.
    pub quota_file: Option<PathBuf>,
    /// How often a call is sent again that got no connection, or a read that got no usable answer. 8.
    pub retries: u32,
    /// Bulk jobs at once, all workers together; never more than 8. 4.
    pub jobs_in_flight: usize,
    /// First wait between looks at a bulk job, and before a batch is offered again when too many jobs are in flight; it
    /// grows to 60 s. 10 s: a call that finds nothing new is a thousandth of a small account's hour.
    pub job_poll: Duration,
    /// How long a bulk job may take before its rows are unknown. 15 min.
    pub job_timeout: Duration,
    /// First wait after a 429; it doubles to 15 min, and is never shorter than `Retry-After` asks for. 60 s.
    pub throttle_wait: Duration,
    /// How long limits may be met one after the other, beyond the longest silence asked for, before calls are given up: time
    /// and not tries, because a short `Retry-After` may be said again and again until the hour is over. 2 h: no hour of the
    /// destination is longer, wherever it begins.
    pub patience: Duration,
    /// First wait before a failed read or connection is tried again; it doubles to 15 min. 1 s.
    pub retry_wait: Duration,
    /// A longer wait that the destination asks for is not sat through: the call is given up as out of quota. 65 min: the end
    /// of its hour is waited for.
    pub longest_wait: Duration,
}

impl Settings {
    /// Settings with the default patience, named at each field.
    pub fn new(base_url: impl Into<String>, key: SecretString) -> Self {
        Self {
            base_url: base_url.into(),
            key,
            timeout: Duration::from_secs(60),
            min_gap: Duration::from_millis(250),
            hour: None,
            windows: Windows::always(),
            quota_file: None,
            retries: 8,
            jobs_in_flight: 4,
            job_poll: Duration::from_secs(10),
            job_timeout: Duration::from_secs(15 * 60),
            throttle_wait: Duration::from_secs(60),
            patience: Duration::from_secs(2 * 60 * 60),
            retry_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(65 * 60),
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            hour: self.hour,
            min_gap: self.min_gap,
            windows: self.windows.clone(),
            file: self.quota_file.clone(),
            patience: self.patience,
            longest_wait: self.longest_wait,
        }
    }
}

/// Where records of one kind are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Path below the base, and the plural key of lists and bulk bodies: `contacts`.
    pub target: String,
    /// Singular key around one record, and the entity of a search: `contact`. Empty: the body goes without a wrapper.
    pub wrapper: String,
    /// Parts that the answer to a write is asked to show.
    pub include: Vec<String>,
}

/// A unique identifier at the destination. No `Debug`: the value may be an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// The destination's name of it: `emails`, `name`, `external_id`, `id`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A client of one account. Cheap to share by reference; how many calls run at once is the caller's choice, how close
/// together they leave is not.
pub struct Client {
    transport: Transport,
    timeout: Duration,
    jobs: Semaphore,
    job_poll: Duration,
    job_timeout: Duration,
    /// Saved views by object, once they were asked for.
    views: Mutex<BTreeMap<String, Vec<Value>>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.transport.base())
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client on this machine's clock. Sends nothing yet.
    ///
    /// # Errors
    /// `Kind::Config`: the base URL is no URL, is not https (loopback excepted) or holds a password; the key is empty.
    pub fn new(settings: &Settings) -> Result<Self> {
        Self::with_clock(settings, Arc::new(WallClock::default()))
    }

    /// As [`Self::new`], on a clock from outside.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_clock(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self {
            transport: Transport::new(settings, clock)?,
            timeout: settings.timeout,
            jobs: Semaphore::new(settings.jobs_in_flight.clamp(1, MOST_JOBS)),
            job_poll: settings.job_poll,
            job_timeout: settings.job_timeout,
            views: Mutex::default(),
        })
    }

    /// Creates one record: `POST {target}`. Nothing there stops a second one: ask the ledger first.
    ///
    /// # Errors
    /// `Kind::Destination` only for what stops every call: the key is refused, or the address redirects.
    pub async fn create(&self, to: &Endpoint, body: &Map<String, Value>) -> Result<Outcome> {
        let body = wrapped(to, body);
        let call = Call::with_body(Method::POST, &to.target, body, Purpose::Write);
        self.write(call.showing(to), &to.wrapper, None).await
    }

    /// Creates one record or updates the one with this key: `POST {target}/upsert`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub async fn upsert(
        &self,
        to: &Endpoint,
        key: &Key,
        body: &Map<String, Value>,
    ) -> Result<Outcome> {
        let mut body = wrapped(to, body);
        body["unique_identifier"] = json!({ &key.name: &key.value });
        let path = format!("{}/upsert", to.target);
        let call = Call::with_body(Method::POST, path, body, Purpose::Write);
        self.write(call.showing(to), &to.wrapper, None).await
    }

    /// Updates the record with this id: `PUT {target}/{id}`. Lists and `custom_field` are replaced there as a whole.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub async fn update(
        &self,
        to: &Endpoint,
        id: i64,
        body: &Map<String, Value>,
    ) -> Result<Outcome> {
        let path = format!("{}/{id}", to.target);
        let call = Call::with_body(Method::PUT, path, wrapped(to, body), Purpose::Write);
        self.write(call.showing(to), &to.wrapper, Some(id)).await
    }

    /// Makes contacts members of a marketing list; those that are members already stay so. At most 100 at once.
    /// `Accepted` carries the list's id.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub async fn add_to_list(&self, list_id: i64, contact_ids: &[i64]) -> Result<Outcome> {
        let path = format!("lists/{list_id}/add_contacts");
        let body = json!({ "ids": contact_ids });
        let call = Call::with_body(Method::PUT, path, body, Purpose::Write);
        let outcome = self.write(call, "list", Some(list_id)).await?;
        Ok(match outcome {
            Outcome::Accepted { stored, .. } => Outcome::Accepted {
                id: list_id,
                stored,
            },
            other => other,
        })
    }

    /// One record by its path (`contacts/7`), `None` when it is not there. What `include` names and the answer holds
    /// beside the record is put into it.
    ///
    /// # Errors
    /// `Kind::Destination`: unreachable, refused, out of quota, or the answer holds no record.
    pub async fn get(&self, path: &str, include: &[String]) -> Result<Option<Value>> {
        let call = Call::get(path, listing::include_query(include));
        match self.transport.read(&call).await? {
            None => Ok(None),
            Some(answer) => page::one_record(answer, path, include).map(Some),
        }
    }

    /// All items of a list that has no pages: a selector, the fields of a module. `root` is its key in the answer.
    ///
    /// # Errors
    /// `Kind::Destination`: as [`Self::get`], and when the list is not there.
    pub async fn read(&self, path: &str, root: &str) -> Result<Vec<Value>> {
        let answer = self.transport.read(&Call::get(path, Vec::new())).await?;
        match answer {
            Some(mut answer) => page::records(&mut answer, path, root),
            None => Err(listing::no_list(path)),
        }
    }

    async fn write(&self, call: Call, wrapper: &str, known: Option<i64>) -> Result<Outcome> {
        let answer = self.transport.ask(&call).await?;
        Ok(outcome::of_write(answer, wrapper, known))
    }
}

fn wrapped(to: &Endpoint, body: &Map<String, Value>) -> Value {
    if to.wrapper.is_empty() {
        return Value::Object(body.clone());
    }
    json!({ &to.wrapper: body })
}
