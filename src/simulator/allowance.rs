//! How many calls the account takes: by the hour, by the minute, and at the gateway.
//!
//! Windows are those of the simulated clock and do not slide. Every call counts, also one that is refused.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::profile::{Burst, HeaderStyle, Profile};
use super::times;

const HOUR: u32 = 3600;
const MINUTE: u32 = 60;

/// What is used up.
#[derive(Debug, Default)]
pub struct Allowance {
    hour: Window,
    minute: Window,
    gate: Gate,
}

/// Calls of one window.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Window {
    number: i64,
    calls: u32,
}

impl Window {
    /// Counts a call; false beyond the limit.
    fn take(&mut self, now: i64, seconds: u32, limit: Option<u32>) -> bool {
        let number = now.div_euclid(i64::from(seconds));
        if self.number != number {
            *self = Self { number, calls: 0 };
        }
        self.calls = self.calls.saturating_add(1);
        limit.is_none_or(|limit| self.calls <= limit)
    }
}

/// The latest calls at the gateway.
#[derive(Debug, Default)]
struct Gate {
    latest: VecDeque<i64>,
    shut_until: i64,
}

impl Gate {
    /// Counts a call; false while the gate is shut. A call at a shut gate keeps it shut.
    fn take(&mut self, millis: i64, burst: Burst) -> bool {
        let wait = i64::from(burst.wait_seconds) * 1000;
        if millis < self.shut_until {
            self.shut_until = millis + wait;
            return false;
        }
        let begin = millis - i64::from(burst.seconds) * 1000;
        while self.latest.front().is_some_and(|at| *at <= begin) {
            self.latest.pop_front();
        }
        if self.latest.len() >= burst.calls {
            self.latest.clear();
            self.shut_until = millis + wait;
            return false;
        }
        self.latest.push_back(millis);
        true
    }
}

impl Allowance {
    /// The gateway's refusal, if it has one. It comes before the key is looked at, in a shape of its own.
    pub fn at_the_gate(&mut self, profile: &Profile, millis: i64) -> Option<Answer> {
        let burst = profile.burst?;
        if self.gate.take(millis, burst) {
            return None;
        }
        let answer = Answer::text(429, "local_rate_limited");
        Some(answer.with("Retry-After", burst.wait_seconds.to_string()))
    }

    /// Counts a call; the refusal when the account takes no more of them.
    pub fn take(&mut self, profile: &Profile, now: i64) -> Result<(), Answer> {
        // Both windows count, whichever refuses.
        let of_hour = self.hour.take(now, HOUR, profile.hourly_limit);
        let of_minute = self.minute.take(now, MINUTE, profile.per_minute);
        let window = match (of_hour, of_minute) {
            (true, true) => return Ok(()),
            (false, _) => HOUR,
            (true, false) => MINUTE,
        };
        let wait = (profile.ratelimit_headers == HeaderStyle::RetryAfter)
            .then(|| seconds_left(now, window));
        Err(too_many(profile, wait))
    }

    /// Calls of the present hour and of the present minute.
    pub fn windows(&self) -> (Window, Window) {
        (self.hour, self.minute)
    }

    /// Goes on from these windows.
    pub fn go_on(&mut self, hour: Window, minute: Window) {
        (self.hour, self.minute) = (hour, minute);
    }

    /// Puts what is left of the hour on an answer; of the minute where the hour has no limit.
    pub fn tell(&self, profile: &Profile, now: i64, answer: Answer) -> Answer {
        let (window, limit, seconds) = match (profile.hourly_limit, profile.per_minute) {
            (Some(limit), _) => (&self.hour, limit, HOUR),
            (None, Some(limit)) => (&self.minute, limit, MINUTE),
            (None, None) => return answer,
        };
        let remaining = limit.saturating_sub(window.calls).to_string();
        let left = seconds_left(now, seconds);
        match profile.ratelimit_headers {
            HeaderStyle::None | HeaderStyle::RetryAfter => answer,
            HeaderStyle::RemainingReset => answer
                .with("X-RateLimit-Remaining", remaining)
                .with("X-RateLimit-Reset", left.to_string()),
            HeaderStyle::LimitRemainingReset => answer
                .with("X-RateLimit-Limit", limit.to_string())
                .with("X-RateLimit-Remaining", remaining)
                .with("X-RateLimit-Reset", times::day_first(now + i64::from(left))),
        }
    }
}

fn seconds_left(now: i64, window: u32) -> u32 {
    let used = now.rem_euclid(i64::from(window));
    window - u32::try_from(used).unwrap_or_default()
}

/// "Too many requests", openly or inside a 400.
pub fn too_many(profile: &Profile, retry_after: Option<u32>) -> Answer {
    let answer = if profile.throttle_disguise {
        disguised(profile)
    } else {
        Answer::refused(profile.error_style, 429, &["Too many requests".to_owned()])
    };
    match retry_after {
        Some(seconds) => answer.with("Retry-After", seconds.to_string()),
        None => answer,
    }
}

/// A 400 that wraps a 429.
pub fn disguised(profile: &Profile) -> Answer {
    let text = "UCR contact fetch failure :: response_code :: 429 :: Too many requests";
    Answer::refused(profile.error_style, 400, &[text.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_fixed_and_count_refused_calls() {
        let mut window = Window::default();
        let taken = [3599, 3600, 3601, 3602, 7199, 7200].map(|now| window.take(now, HOUR, Some(2)));
        assert_eq!(taken, [true, true, true, false, false, true]);
        assert_eq!(seconds_left(3600, HOUR), 3600);
        assert_eq!(seconds_left(7199, HOUR), 1);
    }

    #[test]
    fn hammering_keeps_the_gate_shut() {
        let burst = Burst {
            calls: 2,
            seconds: 1,
            wait_seconds: 10,
        };
        let mut gate = Gate::default();
        let taken = [0, 999, 1000, 1500, 10_000, 20_000].map(|at| gate.take(at, burst));
        assert_eq!(taken, [true, true, true, false, false, true]);
    }
}
