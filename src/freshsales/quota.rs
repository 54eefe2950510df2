//! Pace: when the next call may leave, and how many have left.
//!
//! The limit belongs to the whole account, so it is one object for all workers of a client: what one worker is told
//! to wait, all of them wait. Time comes from outside, so that hours of waiting are tested in milliseconds.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest single back-off, whatever the number of attempts.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(15 * 60);

/// Time, as the client sees it.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment; never runs backwards.
    fn now(&self) -> Duration;

    /// Ends after `wait`.
    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The time of this machine; needs a tokio runtime with its timer on.
#[derive(Clone, Copy, Debug)]
pub struct WallClock {
    start: Instant,
}

impl Default for WallClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for WallClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// Hands out turns, at least `min_gap` apart and none before a hold is over.
pub(super) struct Pace {
    clock: Arc<dyn Clock>,
    min_gap: Duration,
    calls: AtomicU64,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    /// Earliest moment of the next turn.
    next: Duration,
    /// Nobody goes before this moment: the destination asked for it.
    held_until: Duration,
}

impl Pace {
    pub(super) fn new(clock: Arc<dyn Clock>, min_gap: Duration) -> Self {
        Self {
            clock,
            min_gap,
            calls: AtomicU64::new(0),
            slots: Mutex::default(),
        }
    }

    /// Ends when a call may leave, and counts it: every request costs one call, whatever becomes of it.
    pub(super) async fn turn(&self) {
        loop {
            let (slot, now) = self.reserve();
            if slot > now {
                self.clock.sleep(slot - now).await;
            }
            // A hold may have come while this one slept.
            if self.held_until() <= self.clock.now() {
                break;
            }
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Calls that have left so far.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Keeps every worker waiting for `wait` from now.
    pub(super) fn hold(&self, wait: Duration) {
        let until = self.clock.now() + wait;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.held_until = slots.held_until.max(until);
    }

    pub(super) async fn sleep(&self, wait: Duration) {
        self.clock.sleep(wait).await;
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    fn reserve(&self) -> (Duration, Duration) {
        let now = self.clock.now();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = now.max(slots.next).max(slots.held_until);
        slots.next = slot + self.min_gap;
        (slot, now)
    }

    fn held_until(&self) -> Duration {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.held_until
    }
}

/// `first`, doubled for each attempt so far up to 15 minutes, and up to a quarter more.
pub(super) fn back_off(first: Duration, attempt: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(attempt));
    with_jitter(doubled.min(LONGEST_BACK_OFF), 0.25)
}

/// `wait` and up to `share` of it more: never less than what was asked for.
pub(super) fn with_jitter(wait: Duration, share: f64) -> Duration {
    wait + wait.mul_f64(share * chance())
}

/// Between 0 and 1. Spreads workers out; nothing secret hangs on it.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::freshsales::tests::FakeClock;

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[tokio::test]
    async fn turns_keep_their_gap_and_are_counted() {
        let clock = Arc::new(FakeClock::default());
        let pace = Pace::new(clock.clone(), seconds(2));
        for _ in 0..4 {
            pace.turn().await;
        }
        assert_eq!(clock.now(), seconds(6));
        assert_eq!(pace.calls(), 4);
    }

    #[tokio::test]
    async fn a_hold_stops_everyone_until_it_is_over() {
        let clock = Arc::new(FakeClock::default());
        let pace = Pace::new(clock.clone(), Duration::ZERO);
        pace.hold(seconds(60));
        pace.hold(seconds(10));
        pace.turn().await;
        assert_eq!(clock.now(), seconds(60), "the longer hold stands");
    }

    #[tokio::test]
    async fn a_hold_that_comes_during_a_sleep_is_kept_too() {
        let clock = Arc::new(WallClock::default());
        let pace = Arc::new(Pace::new(clock.clone(), Duration::from_millis(30)));
        pace.turn().await;
        let waiting = tokio::spawn({
            let pace = pace.clone();
            async move { pace.turn().await }
        });
        tokio::task::yield_now().await;
        pace.hold(Duration::from_millis(120));
        let held_at = clock.now();
        waiting.await.unwrap();
        assert!(clock.now() >= held_at + Duration::from_millis(110));
    }

    #[test]
    fn back_off_doubles_up_to_a_quarter_hour_and_spreads_upwards() {
        for (attempt, least) in [(0, 60), (1, 120), (3, 480), (4, 900), (60, 900)] {
            let wait = back_off(seconds(60), attempt);
            let least = seconds(least);
            assert!(
                wait >= least && wait <= least.mul_f64(1.25),
                "{attempt}: {wait:?}"
            );
        }
    }
}
