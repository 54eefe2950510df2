//! The calls that were received: what a test asks to see what a client really did.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::Uri;
use serde::Serialize;

use super::faults::FaultKind;

/// Calls kept; older ones are forgotten, their count is not.
const KEPT: usize = 20_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// From 1, in order of arrival.
    pub number: u64,
    /// HTTP method.
    pub method: String,
    /// Path after the prefix, with the query.
    pub path: String,
    /// Status of the answer; null while it is worked on or when the connection was cut.
    pub status: Option<u16>,
    /// The fault that hit it.
    pub fault: Option<FaultKind>,
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
    /// Writes down a call that has arrived.
    pub fn begin(&self, method: &str, uri: &Uri, prefix: &str) -> u64 {
        let whole = uri
            .path_and_query()
            .map_or(uri.path(), |path| path.as_str());
        let mut calls = self.calls();
        calls.total += 1;
        let entry = Entry {
            number: calls.total,
            method: method.to_owned(),
            path: whole.strip_prefix(prefix).unwrap_or(whole).to_owned(),
            status: None,
            fault: None,
        };
        calls.kept.push_back(entry);
        if calls.kept.len() > KEPT {
            calls.kept.pop_front();
        }
        calls.total
    }

    /// Writes down how it was answered.
    pub fn end(&self, number: u64, status: Option<u16>, fault: Option<FaultKind>) {
        let mut calls = self.calls();
        let found = calls
            .kept
            .iter_mut()
            .rev()
            .find(|call| call.number == number);
        if let Some(entry) = found {
            entry.status = status;
            entry.fault = fault;
        }
    }

    /// The calls with a higher number, oldest first.
    pub fn since(&self, number: u64) -> Vec<Entry> {
        let calls = self.calls();
        let later = calls.kept.iter().filter(|call| call.number > number);
        later.cloned().collect()
    }

    /// Forgets all calls.
    pub fn clear(&self) {
        *self.calls() = Calls::default();
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
