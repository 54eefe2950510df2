//! The calls that were received: what a test asks to see what a client really did.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::faults::FaultKind;

/// Calls kept; older ones are forgotten, their count is not, and the answer says both.
const KEPT: usize = 20_000;

/// Characters of a path that are kept.
const PATH_LENGTH: usize = 1_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// From 1, in order of arrival.
    pub number: u64,
    /// HTTP method.
    pub method: String,
    /// Path after the prefix, with the query; cut at 1,000 characters.
    pub path: String,
    /// The path is not below the prefix, and is told whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_outside: bool,
    /// Status of the answer; null while it is worked on or when the connection was cut.
    pub status: Option<u16>,
    /// The fault that hit it.
    pub fault: Option<FaultKind>,
    /// Simulated time of its arrival, milliseconds since 1970.
    pub at: i64,
    /// Records that a bulk call or a change of a list is about.
    pub objects: Option<usize>,
}

#[derive(Debug, Default)]
struct Calls {
    total: u64,
    kept: VecDeque<Entry>,
}

/// All calls since the start or the last reset.
#[derive(Debug, Default)]
pub struct Audit(Mutex<Calls>);

impl Audit {
    /// Writes down a call that has arrived at `at`; `path` is without the prefix, or else whole and outside.
    pub fn begin(&self, method: &str, (path, is_outside): (&str, bool), at: i64) -> u64 {
        let mut calls = self.calls();
        calls.total += 1;
        let entry = Entry {
            number: calls.total,
            method: method.to_owned(),
            path: path.chars().take(PATH_LENGTH).collect(),
            is_outside,
            status: None,
            fault: None,
            at,
            objects: None,
        };
        calls.kept.push_back(entry);
        if calls.kept.len() > KEPT {
            calls.kept.pop_front();
        }
        calls.total
    }

    /// Writes down how many records it is about.
    pub fn count(&self, number: u64, objects: usize) {
        self.change(number, |entry| entry.objects = Some(objects));
    }

    /// Writes down how it was answered.
    pub fn end(&self, number: u64, status: Option<u16>, fault: Option<FaultKind>) {
        self.change(number, |entry| {
            entry.status = status;
            entry.fault = fault;
        });
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Entry)) {
        let mut calls = self.calls();
        // Numbers have no gaps, so the place follows from the first one. A call before a reset has none.
        let first = calls.kept.front().map_or(0, |call| call.number);
        let place = number.checked_sub(first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        let found = place.and_then(|place| calls.kept.get_mut(place));
        if let Some(entry) = found {
            change(entry);
        }
    }

    /// The calls with a higher number, oldest first.
    pub fn since(&self, number: u64) -> Vec<Entry> {
        let calls = self.calls();
        let later = calls.kept.iter().filter(|call| call.number > number);
        later.cloned().collect()
    }

    /// How many calls there were, and how many of them are kept.
    pub fn counts(&self) -> (u64, usize) {
        let calls = self.calls();
        (calls.total, calls.kept.len())
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        *self.calls() = Calls::default();
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_calls_are_kept() {
        let audit = Audit::default();
        for _ in 0..KEPT + 5 {
            let number = audit.begin("GET", (&"x".repeat(5_000), false), 7);
            audit.count(number, 3);
            audit.end(number, Some(200), None);
        }
        let kept = audit.since(0);
        let ends = kept.first().zip(kept.last());
        let (first, last) = ends.map_or((0, 0), |(a, b)| (a.number, b.number));
        assert_eq!((kept.len(), first, last), (KEPT, 6, KEPT as u64 + 5));
        assert_eq!(audit.counts(), (KEPT as u64 + 5, KEPT));
        assert!(
            kept.iter()
                .all(|call| call.status == Some(200) && call.objects == Some(3))
        );
        assert!(kept.iter().all(|call| call.path.len() == PATH_LENGTH));
        audit.end(1, Some(500), None);
        assert!(audit.since(0).iter().all(|call| call.status == Some(200)));
    }
}
