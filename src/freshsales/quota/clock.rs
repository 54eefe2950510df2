//! Time from outside, so that hours of waiting are tested in milliseconds.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Time, as the client sees it.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment; never runs backwards.
    fn now(&self) -> Duration;

    /// What a clock on the wall shows. It may be set back or forward at any moment.
    fn wall(&self) -> Timestamp;

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

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock that runs `speed` times as fast as this machine's, for rehearsals: at 3600, an hour of calls takes a second.
/// Needs a tokio runtime with its timer on, which is exact to a millisecond: a fast clock sleeps a little long.
#[derive(Clone, Copy, Debug)]
pub struct ScaledClock {
    start: Instant,
    wall: Timestamp,
    speed: f64,
}

impl ScaledClock {
    /// Begins at `wall`. A `speed` below a thousandth, or that is no number, counts as a thousandth.
    #[must_use]
    pub fn new(wall: Timestamp, speed: f64) -> Self {
        Self {
            start: Instant::now(),
            wall,
            speed: speed.max(0.001),
        }
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Duration {
        self.start.elapsed().mul_f64(self.speed)
    }

    fn wall(&self) -> Timestamp {
        later(self.wall, self.now())
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(wait.div_f64(self.speed)))
    }
}

/// `wait` after `at`, or the last moment there is.
pub(super) fn later(at: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_scaled_clock_passes_an_hour_in_a_moment() {
        let begun = Timestamp::UNIX_EPOCH;
        let clock = ScaledClock::new(begun, 36_000.0);
        clock.sleep(Duration::from_secs(3600)).await;
        assert!(clock.now() >= Duration::from_secs(3600));
        assert!(clock.wall() >= later(begun, Duration::from_secs(3600)));
        assert!(clock.start.elapsed() < Duration::from_secs(20));
    }
}
