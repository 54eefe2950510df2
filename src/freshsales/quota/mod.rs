//! The quota of calls: when the next one may leave, and how many have left.
//!
//! ```text
//! budget   the hour as arithmetic      windows  the hours of the day      headers, limits_met  what the destination says
//!    └───────────────┬────────────────────────┴──────────────────────────────────────┘
//!                  pace   one turn a call, for all workers ─► store  staging/quota.json, for the next process
//! ```

mod budget;
mod client;
mod clock;
mod closed;
mod headers;
mod limits;
mod limits_met;
mod pace;
mod runway;
mod store;
#[cfg(test)]
mod tests;
mod windows;

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

pub use budget::Hour;
pub use clock::{Clock, ScaledClock, WallClock};
pub(super) use closed::Closed;
pub(super) use headers::{retry_after, standing};
pub use limits::{Limits, Wait, Why};
pub(super) use pace::Pace;
pub use runway::Runway;

pub use windows::{Opening, Windows};

/// The longest single back-off, whatever the number of attempts.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(15 * 60);

/// `first`, doubled for each attempt so far up to 15 minutes, and up to a quarter more.
pub(super) fn back_off(first: Duration, attempt: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(attempt));
    with_jitter(doubled.min(LONGEST_BACK_OFF), 0.25)
}

/// `wait` and up to `share` of it more: never less than what was asked for.
fn with_jitter(wait: Duration, share: f64) -> Duration {
    wait + wait.mul_f64(share * chance())
}

/// Between 0 and 1. Spreads workers out; nothing secret hangs on it.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
