//! When a load will be done: calls, the account's hour and the windows of the day as a calendar. Pure arithmetic.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::cost::{self, ASSUMPTION, Cost};
use super::outlook::SETTINGS;
use super::plan::Step;
use crate::catalog::Catalog;
use crate::freshsales::{Hour, Runway, Windows};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// A phase begins so much after the one before it: what follows the last call of a night begins in the next night.
const INSTANT: Duration = Duration::from_millis(1);

/// One phase that costs calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The object, or what else is done.
    pub name: String,
    /// Its calls.
    pub cost: Cost,
}

/// How quickly calls may leave.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Calls in an hour.
    pub allowance: u64,
    /// Calls in an hour when others in the account take more than their share.
    pub worst: u64,
    /// Least time between two calls.
    pub gap: Duration,
    /// What lies ahead as the quota stands now; `None`: nothing but an even pace.
    pub runway: Option<Runway>,
}

/// When what happens.
#[derive(Clone, Debug, Serialize)]
pub struct Calendar {
    /// Calls an hour that a load makes at most; `None`: there is no limit, and no times can be told.
    pub calls_per_hour: Option<u64>,
    /// The phases that cost calls, in order.
    pub phases: Vec<Entry>,
    /// When the last of them is done.
    pub finish: Option<Finish>,
    /// The hours of the day in which calls leave, for people.
    pub open: String,
    /// What the earliest and the latest stand for.
    pub assumption: &'static str,
    /// The windows it was made with; they show moments in their zone.
    #[serde(skip)]
    pub windows: Windows,
}

/// One phase on the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The object, or what else is done.
    pub phase: String,
    /// Its calls.
    pub calls: u64,
    /// Calls up to its end.
    pub calls_so_far: u64,
    /// When its first call leaves.
    pub starts: Option<Timestamp>,
    /// When it is done.
    pub finish: Option<Finish>,
}

/// An end, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Finish {
    /// With the fewest calls.
    pub earliest: Timestamp,
    /// As things usually go.
    pub expected: Timestamp,
    /// With the most calls, and others at work.
    pub latest: Timestamp,
}

impl Pace {
    /// The pace that an account's hour allows.
    #[must_use]
    pub fn new(hour: &Hour, gap: Duration) -> Self {
        let allowance = hour.allowance();
        let free = hour.calls.saturating_sub(allowance);
        Self {
            allowance,
            worst: allowance.saturating_sub(free).max(allowance.div_ceil(4)),
            gap,
            runway: None,
        }
    }

    /// The pace that the quota allows from now on.
    #[must_use]
    pub fn seen(runway: Runway, gap: Duration) -> Self {
        Self {
            runway: Some(runway.clone()),
            ..Self::new(&runway.hour, gap)
        }
    }

    /// Time that so many calls take while windows are open.
    fn time(&self, calls: u64) -> Duration {
        match &self.runway {
            Some(runway) => runway.takes(calls),
            None => self.even(calls, self.allowance),
        }
    }

    /// The same when others in the account take more than their share.
    fn longest(&self, calls: u64) -> Duration {
        self.time(calls).max(self.even(calls, self.worst))
    }

    fn even(&self, calls: u64, per_hour: u64) -> Duration {
        let even = HOUR.as_secs_f64() / per_hour.max(1) as f64;
        let each = even.max(self.gap.as_secs_f64());
        Duration::try_from_secs_f64(each * calls as f64).unwrap_or(Duration::MAX)
    }

    /// When the first call may leave.
    fn begin(&self, now: Timestamp) -> Timestamp {
        let begins = self
            .runway
            .as_ref()
            .map_or(Duration::ZERO, |ahead| ahead.begins);
        SignedDuration::try_from(begins)
            .ok()
            .and_then(|begins| now.checked_add(begins).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// When `cost` is done that begins at `now`.
    #[must_use]
    pub fn finish(&self, cost: &Cost, windows: &Windows, now: Timestamp) -> Finish {
        let begin = self.begin(now);
        Finish {
            earliest: windows.after(begin, self.time(cost.least)),
            expected: windows.after(begin, self.time(cost.expected)),
            latest: windows.after(begin, self.longest(cost.most)),
        }
    }
}

/// The phases of a load: the destination's settings, and each object.
#[must_use]
pub fn phases(catalog: &Catalog, steps: &[Step]) -> Vec<Phase> {
    let phase = |name: &str, cost| Phase {
        name: name.to_owned(),
        cost,
    };
    let settings = cost::fixed(catalog.reads.len() as u64 + 1);
    let objects = steps.iter().map(|step| phase(&step.object, step.cost));
    std::iter::once(phase(SETTINGS, settings))
        .chain(objects)
        .collect()
}

/// Lays `phases` out one after the other from `now` on. Without a `pace` there is no telling when.
#[must_use]
pub fn calendar(
    phases: &[Phase],
    pace: Option<&Pace>,
    windows: &Windows,
    now: Timestamp,
) -> Calendar {
    let mut sum = Cost::default();
    let costly = phases.iter().filter(|phase| phase.cost.most > 0);
    let entries: Vec<Entry> = costly
        .map(|phase| {
            let starts = pace.map(|pace| {
                let before = pace.time(sum.expected).saturating_add(INSTANT);
                windows.after(pace.begin(now), before)
            });
            sum = sum.and(&phase.cost);
            Entry {
                phase: phase.name.clone(),
                calls: phase.cost.expected,
                calls_so_far: sum.expected,
                starts,
                finish: pace.map(|pace| pace.finish(&sum, windows, now)),
            }
        })
        .collect();
    Calendar {
        calls_per_hour: pace.map(|pace| pace.allowance),
        finish: entries.last().and_then(|entry| entry.finish),
        phases: entries,
        open: windows.to_string(),
        assumption: ASSUMPTION,
        windows: windows.clone(),
    }
}

impl Calendar {
    /// Calls in all.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.phases.last().map_or(0, |entry| entry.calls_so_far)
    }
}

impl Cost {
    /// Both one after the other.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            least: self.least.saturating_add(other.least),
            expected: self.expected.saturating_add(other.expected),
            most: self.most.saturating_add(other.most),
            reading: self.reading.saturating_add(other.reading),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::tz::TimeZone;

    use super::*;
    use crate::config::DailyWindow;

    const GROWTH: Hour = Hour {
        calls: 1000,
        share_to_leave_free: 0.1,
        burst: 20,
    };

    fn phase(name: &str, least: u64, expected: u64, most: u64) -> Phase {
        Phase {
            name: name.to_owned(),
            cost: Cost {
                least,
                expected,
                most,
                reading: 0,
            },
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn nights() -> Windows {
        Windows::new(
            vec![DailyWindow::parse("19:00-07:00").unwrap()],
            TimeZone::UTC,
        )
    }

    fn pace() -> Pace {
        Pace::new(&GROWTH, Duration::from_millis(250))
    }

    #[test]
    fn phases_follow_each_other_through_the_nights() {
        let phases = [
            phase("first", 900, 1_800, 2_400),
            phase("free", 0, 0, 0),
            phase("second", 8_100, 9_000, 11_200),
            phase("third", 900, 900, 1_600),
        ];
        let plan = calendar(
            &phases,
            Some(&pace()),
            &nights(),
            at("2026-01-15T12:00:00Z"),
        );
        assert_eq!(plan.calls_per_hour, Some(900));
        let names: Vec<&str> = plan.phases.iter().map(|entry| &*entry.phase).collect();
        assert_eq!(
            names,
            ["first", "second", "third"],
            "what costs nothing takes no time"
        );
        let so_far: Vec<u64> = plan.phases.iter().map(|entry| entry.calls_so_far).collect();
        assert_eq!(so_far, [1_800, 10_800, 11_700]);
        let starts = |index: usize| plan.phases[index].starts.unwrap().as_second();
        assert_eq!(starts(0), at("2026-01-15T19:00:00Z").as_second());
        assert_eq!(starts(1), at("2026-01-15T21:00:00Z").as_second());
        assert_eq!(
            starts(2),
            at("2026-01-16T19:00:00Z").as_second(),
            "the night is over"
        );
        let wanted = Finish {
            earliest: at("2026-01-16T06:00:00Z"),
            expected: at("2026-01-16T20:00:00Z"),
            // 800 calls an hour when others take another hundred.
            latest: at("2026-01-17T02:00:00Z"),
        };
        assert_eq!(plan.finish, Some(wanted));
        assert_eq!(plan.phases[2].finish, plan.finish);
    }

    #[test]
    fn without_windows_the_clock_goes_on() {
        let phases = [phase("only", 900, 1800, 2400)];
        let plan = calendar(
            &phases,
            Some(&pace()),
            &Windows::always(),
            at("2026-01-15T12:00:00Z"),
        );
        let finish = plan.finish.unwrap();
        assert_eq!(finish.earliest, at("2026-01-15T13:00:00Z"));
        assert_eq!(finish.expected, at("2026-01-15T14:00:00Z"));
        assert_eq!(finish.latest, at("2026-01-15T15:00:00Z"));
    }

    #[test]
    fn a_hundred_thousand_notes_take_a_hundred_hours_at_the_plans_number() {
        let hour = Hour {
            share_to_leave_free: 0.0,
            ..GROWTH
        };
        let pace = Pace::new(&hour, Duration::ZERO);
        let phases = [phase("notes", 100_000, 100_000, 100_000)];
        let plan = calendar(
            &phases,
            Some(&pace),
            &Windows::always(),
            at("2026-01-15T00:00:00Z"),
        );
        let finish = plan.finish.unwrap().expected;
        assert_eq!(finish, at("2026-01-19T04:00:00Z"));
    }

    #[test]
    fn the_gap_slows_down_what_the_hour_would_allow() {
        let pace = Pace::new(&GROWTH, Duration::from_secs(8));
        let phases = [phase("only", 450, 450, 450)];
        let plan = calendar(
            &phases,
            Some(&pace),
            &Windows::always(),
            at("2026-01-15T12:00:00Z"),
        );
        assert_eq!(plan.finish.unwrap().expected, at("2026-01-15T13:00:00Z"));
    }

    #[test]
    fn an_hour_that_is_used_up_and_a_limit_that_was_told_move_every_time() {
        let begun = at("2026-01-15T12:00:00Z");
        let told = Hour {
            calls: 500,
            ..GROWTH
        };
        let runway = Runway::even(told, Duration::from_secs(1_800), Duration::from_secs(16));
        let pace = Pace::seen(runway, Duration::ZERO);
        let phases = [phase("one", 450, 450, 450), phase("two", 450, 450, 450)];
        let plan = calendar(&phases, Some(&pace), &Windows::always(), begun);
        assert_eq!(plan.calls_per_hour, Some(450), "not 900");
        assert_eq!(plan.phases[0].starts, Some(at("2026-01-15T12:30:00.001Z")));
        assert_eq!(plan.phases[1].starts, Some(at("2026-01-15T14:30:00.001Z")));
        let finish = plan.finish.unwrap();
        assert_eq!(finish.expected, at("2026-01-15T16:30:00Z"));
        assert_eq!(
            finish.latest, finish.expected,
            "others slow nothing down further"
        );
    }

    #[test]
    fn without_a_limit_or_calls_no_time_is_told() {
        let plan = calendar(&[phase("only", 1, 2, 3)], None, &nights(), Timestamp::now());
        assert_eq!((plan.calls_per_hour, plan.finish), (None, None));
        assert_eq!(plan.phases[0].calls_so_far, 2);
        let plan = calendar(&[], Some(&pace()), &nights(), Timestamp::now());
        assert_eq!(plan.finish, None);
    }

    #[test]
    fn more_calls_than_time_has_hours_end_with_time_itself() {
        let phases = [
            phase("endless", u64::MAX, u64::MAX, u64::MAX),
            phase("more", 1, 1, 1),
        ];
        let plan = calendar(&phases, Some(&pace()), &Windows::always(), Timestamp::now());
        assert_eq!(plan.finish.unwrap().expected, Timestamp::MAX);
    }
}
