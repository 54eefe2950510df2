//! The next calls as the quota stands now. The budget is played forward, so that what is foretold follows every rule that calls
//! follow: what is used of the hour, what the destination said of it, and until when it asked for silence.

use std::time::Duration;

use super::budget::{Hour, Moment};

/// More calls are not played: from there on they leave evenly. An hour of the largest plan.
const MOST: u64 = 5_000;

/// When the next calls may leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Runway {
    /// The hour as it is now: fewer calls than configured where the destination said so.
    pub hour: Hour,
    /// Time until the first call may leave, also while no window is open.
    pub begins: Duration,
    /// Time from there until each call after it, as far as they were played.
    leaves: Vec<Duration>,
    /// From one call to the next beyond these.
    each: Duration,
}

impl Runway {
    /// What `moments`, as played from `now` on, come to.
    pub(super) fn new(hour: Hour, moments: &[Moment], now: Moment, each: Duration) -> Self {
        let since = |from: Moment, at: Moment| {
            Duration::from_millis(u64::try_from(at - from).unwrap_or_default())
        };
        let first = moments.first().copied().unwrap_or(now);
        let leaves = moments.iter().skip(1).map(|at| since(first, *at));
        Self {
            hour,
            begins: since(now, first),
            leaves: leaves.collect(),
            each,
        }
    }

    /// An even pace that begins after so long.
    #[cfg(test)]
    pub fn even(hour: Hour, begins: Duration, each: Duration) -> Self {
        Self {
            hour,
            begins,
            leaves: Vec::new(),
            each,
        }
    }

    /// How many calls to play to know when so many are done: one more, and no more than an hour's.
    pub(super) fn played(calls: u64, hour: Hour) -> usize {
        let most = calls.min(hour.allowance()).min(MOST);
        usize::try_from(most).unwrap_or_default() + 1
    }

    /// Time that so many calls take from the first one on, until the one after them might leave.
    #[must_use]
    pub fn takes(&self, calls: u64) -> Duration {
        let played = self.leaves.len() as u64;
        let known = usize::try_from(calls.min(played)).unwrap_or_default();
        let known = known.checked_sub(1).and_then(|last| self.leaves.get(last));
        let rest = self.each.as_secs_f64() * calls.saturating_sub(played) as f64;
        let rest = Duration::try_from_secs_f64(rest).unwrap_or(Duration::MAX);
        known.copied().unwrap_or_default().saturating_add(rest)
    }
}
