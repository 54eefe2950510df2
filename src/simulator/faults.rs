//! Faults on order: which call fails, and how.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// `status` (503 where it has none) before anything is done.
    Refuse,
    /// It is done, and answered with `status` (500 where it has none).
    RefuseAfterWrite,
    /// It is done, then the connection ends without an answer.
    FailAfterWrite,
    /// It is done; after `millis`, or when the faults are set anew, the connection ends without an answer.
    TimeoutAfterWrite,
    /// It waits, `millis` long or until the faults are set anew, and is then done as usual.
    Hold,
    /// It is done; the body of the answer takes `millis` to arrive.
    Slow,
    /// 429 before anything is done, with `Retry-After` where it has `retry_after`. In a 400 where the account disguises it.
    Limit,
    /// 400 that wraps a 429, before anything is done.
    #[serde(rename = "limit_400")]
    Limit400,
    /// 502 with a page of HTML, before anything is done.
    #[serde(rename = "html_502")]
    Html502,
    /// It is done, and answered with a 502 and a page of HTML.
    #[serde(rename = "html_502_after_write")]
    Html502AfterWrite,
    /// The connection is reset before anything is done.
    Reset,
    /// The connection is reset when a part of the request's body has arrived; nothing is done.
    ResetInUpload,
    /// It is done, and the connection is reset when a part of the answer's body has left.
    ResetInAnswer,
    /// 405, as for too many bulk jobs, before anything is done.
    #[serde(rename = "bulk_405")]
    Bulk405,
    /// A bulk call: its job is answered under the id of the one before, once there is one.
    DuplicateJob,
    /// A bulk call: its job ends badly and writes nothing.
    FailedJob,
    /// A job that is asked for is gone: 404.
    ExpiredJob,
}

impl FaultKind {
    /// Whether the caller never gets a whole answer.
    pub fn cuts(self) -> bool {
        matches!(
            self,
            Self::FailAfterWrite
                | Self::TimeoutAfterWrite
                | Self::Reset
                | Self::ResetInUpload
                | Self::ResetInAnswer
        )
    }

    /// Whether it takes effect only where the call was done; one that was refused leaves it to a later call.
    pub fn needs_success(self) -> bool {
        self.needs_job()
            || matches!(
                self,
                Self::RefuseAfterWrite
                    | Self::FailAfterWrite
                    | Self::TimeoutAfterWrite
                    | Self::Html502AfterWrite
                    | Self::ResetInAnswer
            )
    }

    /// Whether it is about the job that a bulk call makes.
    fn needs_job(self) -> bool {
        matches!(self, Self::DuplicateJob | Self::FailedJob)
    }
}

/// Which of the matching calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Nth {
    /// From this one on, counted from 1.
    From(u32),
    /// Every one.
    Every(Every),
}

/// The word `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// `every`
    Every,
}

/// A fault as ordered, and what has become of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// HTTP method; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path after the API's prefix: this one and everything below it; absent: any. `*` stands for one segment.
    #[serde(default)]
    pub route: String,
    /// Only this path, nothing below it.
    #[serde(default)]
    pub exact: bool,
    /// See [`Nth`].
    #[serde(default = "first")]
    pub nth: Nth,
    /// How a call fails.
    pub kind: FaultKind,
    /// How many calls fail; absent: one, or all when `nth` is `every`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Real milliseconds, for `hold`, `slow` and `timeout_after_write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u64>,
    /// For `refuse` and `refuse_after_write`: 400 to 599.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Seconds, for `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Matching calls so far.
    #[serde(default, skip_deserializing)]
    pub seen: u32,
    /// Calls that failed so far.
    #[serde(default, skip_deserializing)]
    pub fired: u32,
    /// Those and the ones under way, of which nobody knows yet whether they will be done.
    #[serde(skip)]
    taken: u32,
}

fn segments(path: &str) -> Vec<&str> {
    let path = path.trim_matches('/');
    path.split('/').filter(|_| !path.is_empty()).collect()
}

fn first() -> Nth {
    Nth::From(1)
}

impl Fault {
    /// What is wrong with the order; `None` when nothing is.
    pub fn problem(&self) -> Option<&'static str> {
        let has_status = matches!(self.kind, FaultKind::Refuse | FaultKind::RefuseAfterWrite);
        match self.status {
            Some(status) if !(400..=599).contains(&status) => Some("status must be 400 to 599"),
            Some(_) if !has_status => Some("only refuse and refuse_after_write take a status"),
            _ if self.retry_after.is_some() && self.kind != FaultKind::Limit => {
                Some("only limit takes retry_after")
            }
            _ if self.kind.needs_job() && !self.makes_job() => {
                Some("failed_job and duplicate_job need a route that ends with bulk_upsert")
            }
            _ => None,
        }
    }

    /// Whether the calls it matches are bulk upserts and nothing else.
    fn makes_job(&self) -> bool {
        let is_post = self.method.as_deref().is_none_or(|wanted| wanted == "POST");
        is_post && matches!(segments(&self.route).as_slice(), [_, "bulk_upsert"])
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let (route, path) = (segments(&self.route), segments(path));
        let method_fits = self.method.as_deref().is_none_or(|wanted| wanted == method);
        let length_fits = path.len() == route.len() || path.len() > route.len() && !self.exact;
        let mut pairs = route.iter().zip(&path);
        method_fits && length_fits && pairs.all(|(wanted, one)| *wanted == "*" || wanted == one)
    }

    /// Counts a matching call and says whether it fails.
    fn fires(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        let (from, times) = match self.nth {
            Nth::From(nth) => (nth, self.times.unwrap_or(1)),
            Nth::Every(_) => (1, self.times.unwrap_or(u32::MAX)),
        };
        let fires = self.seen >= from && self.taken < times;
        if fires {
            self.taken += 1;
            self.fired += u32::from(!self.kind.needs_success());
        }
        fires
    }
}

/// The fault that hits a call.
#[derive(Clone, Debug)]
pub struct Hit {
    /// How the call fails.
    pub kind: FaultKind,
    /// See [`Fault::millis`].
    pub millis: Option<u64>,
    /// See [`Fault::status`].
    pub status: Option<u16>,
    /// See [`Fault::retry_after`].
    pub retry_after: Option<u32>,
    /// Its fault among those on order.
    place: usize,
    /// Changes when the faults are set anew after the hit.
    releases: watch::Receiver<u64>,
}

impl Hit {
    /// Waits until the time is over or the faults are set anew.
    pub async fn hold(&mut self) {
        let released = self.releases.changed();
        match self.millis {
            None => drop(released.await),
            Some(millis) => {
                let limit = Duration::from_millis(millis);
                drop(tokio::time::timeout(limit, released).await);
            }
        }
    }
}

/// All faults on order.
#[derive(Debug)]
pub struct Faults {
    ordered: Mutex<Vec<Fault>>,
    releases: watch::Sender<u64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            ordered: Mutex::default(),
            releases: watch::Sender::new(0),
        }
    }
}

impl Faults {
    /// Puts these faults in the place of the present ones and lets held calls go on.
    pub fn set(&self, faults: Vec<Fault>) {
        let mut ordered = self.ordered();
        *ordered = faults;
        // Under the lock, so that every hit of the old ones hears it and none of the new ones does.
        self.releases.send_modify(|count| *count += 1);
    }

    /// The faults with their counts.
    pub fn list(&self) -> Vec<Fault> {
        self.ordered().clone()
    }

    /// The fault that hits this call: the first that fires. Matching ones before it count the call, those behind it
    /// do not.
    pub fn hit(&self, method: &str, path: &str) -> Option<Hit> {
        let mut hit = None;
        for (place, fault) in self.ordered().iter_mut().enumerate() {
            if fault.matches(method, path) && hit.is_none() && fault.fires() {
                hit = Some(Hit {
                    place,
                    kind: fault.kind,
                    millis: fault.millis,
                    status: fault.status,
                    retry_after: fault.retry_after,
                    releases: self.releases.subscribe(),
                });
            }
        }
        hit
    }

    /// Ends a hit that needed success: it has fired, or it is left to a later call.
    pub fn end(&self, hit: &Hit, is_done: bool) {
        let mut ordered = self.ordered();
        let is_set_anew = hit.releases.has_changed().unwrap_or(true);
        if let Some(fault) = ordered.get_mut(hit.place).filter(|_| !is_set_anew) {
            if is_done {
                fault.fired += 1;
            } else {
                fault.taken -= 1;
            }
        }
    }

    fn ordered(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn hits(fault: serde_json::Value, calls: &[(&str, &str)]) -> Vec<bool> {
        let faults = Faults::default();
        faults.set(vec![serde_json::from_value(fault).unwrap()]);
        let hit = |(method, path): &(&str, &str)| faults.hit(method, path).is_some();
        calls.iter().map(hit).collect()
    }

    #[test]
    fn the_nth_matching_call_fails_once() {
        let fault = json!({"method": "POST", "route": "notes", "nth": 2, "kind": "refuse"});
        let calls = [
            ("POST", "notes"),
            ("GET", "notes"),
            ("POST", "notes"),
            ("POST", "notes"),
        ];
        assert_eq!(hits(fault, &calls), [false, false, true, false]);
    }

    #[test]
    fn a_route_is_a_whole_part_of_the_path() {
        let calls = [
            ("GET", "contacts"),
            ("GET", "contacts/1"),
            ("GET", "contactsx"),
        ];
        let every = json!({"route": "contacts", "nth": "every", "kind": "limit"});
        assert_eq!(hits(every, &calls), [true, true, false]);
        let exact = json!({"route": "contacts", "exact": true, "nth": "every", "kind": "limit"});
        assert_eq!(hits(exact, &calls), [true, false, false]);
    }

    #[test]
    fn a_star_stands_for_one_segment() {
        let star = |route: &str, calls: &[&str]| {
            let fault = json!({"route": route, "nth": "every", "kind": "limit"});
            let calls: Vec<_> = calls.iter().map(|path| ("PUT", *path)).collect();
            hits(fault, &calls)
        };
        let calls = [
            "contacts/1/notes",
            "contacts/1",
            "contacts/1/2/notes",
            "deals/1/notes",
        ];
        assert_eq!(
            star("contacts/*/notes", &calls),
            [true, false, false, false]
        );
        assert_eq!(star("/contacts/*/", &calls), [true, true, true, false]);
        assert_eq!(star("*/*/notes", &calls), [true, false, false, true]);
        let calls = ["lists/7/add_contacts", "lists/7/remove_contacts", "lists/7"];
        assert_eq!(star("lists/*/add_contacts", &calls), [true, false, false]);
        assert_eq!(star("*", &calls), [true, true, true]);
        assert_eq!(star("", &calls), [true, true, true]);
    }

    #[test]
    fn only_faults_before_the_one_that_fires_count_the_call() {
        let fault = |nth: u32| json!({"nth": nth, "kind": "limit"});
        let faults = Faults::default();
        let ordered = json!([fault(3), fault(1), fault(1)]);
        faults.set(serde_json::from_value(ordered).unwrap());
        assert!(faults.hit("GET", "contacts").is_some());
        let seen: Vec<u32> = faults.list().iter().map(|fault| fault.seen).collect();
        assert_eq!(seen, [1, 1, 0]);
    }

    #[tokio::test]
    async fn a_release_right_after_the_hit_is_not_lost() {
        let faults = Faults::default();
        faults.set(vec![
            serde_json::from_value(json!({"kind": "hold"})).unwrap(),
        ]);
        let mut hit = faults.hit("GET", "contacts").unwrap();
        faults.set(Vec::new());
        let patience = Duration::from_secs(5);
        let held = tokio::time::timeout(patience, hit.hold()).await;
        assert!(held.is_ok());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let fault = json!({"route": "notes", "knd": "refuse", "kind": "refuse"});
        assert!(serde_json::from_value::<Fault>(fault).is_err());
    }
}
