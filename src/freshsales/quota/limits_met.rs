//! Limits met one after the other: how long to be silent, and when to give up.

use std::time::Duration;

use super::{back_off, with_jitter};

/// Limits met since a call last went through, by all workers together.
#[derive(Debug, Default)]
pub(super) struct LimitsMet {
    /// How often. Calls that had left before the first of them was refused count as one with it.
    rounds: u32,
    /// The last call that left before the latest of them was known.
    last_before: u64,
    /// What was waited because of the rounds before this one, and what is because of this one.
    waited: Duration,
    waiting: Duration,
    /// The longest silence that was asked for.
    asked: Duration,
}

/// What follows from a limit that was met.
#[derive(Clone, Copy, Debug)]
pub(in crate::freshsales) struct Held {
    /// How long nobody sends.
    pub(in crate::freshsales) wait: Duration,
    /// Whether the call is to be given up: it has been tried for long enough, or the wait is too long to be sat through.
    pub(in crate::freshsales) is_hopeless: bool,
}

impl LimitsMet {
    /// Takes in that call `number` of `total` was refused, and answers how long to be silent: as long as the destination
    /// `asked` for, else `first`, doubled with each round up to 15 minutes. One that asks for a second again and again is
    /// believed once: from the second round on it is no shorter than the doubled `first`.
    pub(super) fn meet(
        &mut self,
        (number, total): (u64, u64),
        asked: Option<Duration>,
        first: Duration,
    ) -> Duration {
        if number > self.last_before || self.rounds == 0 {
            self.rounds += 1;
            self.last_before = total;
            self.waited += std::mem::take(&mut self.waiting);
        }
        let wait = match asked {
            Some(asked) if self.rounds == 1 => with_jitter(asked, 0.05),
            Some(asked) => with_jitter(asked, 0.05).max(back_off(first, self.rounds - 2)),
            None => back_off(first, self.rounds - 1),
        };
        self.asked = self.asked.max(asked.unwrap_or_default());
        self.waiting = self.waiting.max(wait);
        wait
    }

    /// Whether limits were met for so long, beyond the longest silence asked for. Time in which no call could leave for
    /// another reason, as when no window was open, is not counted.
    pub(super) fn outlast(&self, patience: Duration) -> bool {
        self.waited >= self.asked.saturating_add(patience)
    }

    /// Call `number` was not refused.
    pub(super) fn went_through(&mut self, number: u64) {
        if number > self.last_before {
            let last_before = self.last_before;
            *self = Self {
                last_before,
                ..Self::default()
            };
        }
    }
}
