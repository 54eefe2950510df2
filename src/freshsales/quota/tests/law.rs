//! The law of the hour, for any sequence of what can happen.

use proptest::prelude::*;

use super::*;
use crate::freshsales::quota::budget::{Budget, Moment};
use crate::freshsales::quota::headers::Standing;
use crate::freshsales::quota::store::{Kept, Now, block, decoded, encoded};

/// What can happen between two calls.
#[derive(Clone, Debug)]
enum Step {
    /// So many calls, as soon as they may.
    Calls(u16),
    /// Nobody wants to send for so many seconds.
    Idle(u32),
    /// The process ends well, or is killed; the next one begins so many seconds later.
    Restart(bool, u16),
    /// The clock on the wall is set by so many seconds, backwards.
    SetBack(u32),
    /// Answers tell what is left, from now on for so many seconds; while they do, others took what is missing.
    Told(u16, u16),
    /// The destination tells the calls of its hour.
    Plan(u16),
    /// A limit was met; silence for so many seconds.
    Limit(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (1..120_u16).prop_map(Step::Calls),
        3 => (0..8_000_u32).prop_map(Step::Idle),
        2 => (any::<bool>(), 0..600_u16).prop_map(|(is_kill, after)| Step::Restart(is_kill, after)),
        1 => (0..200_000_u32).prop_map(Step::SetBack),
        2 => (0..200_u16, 1..3_600_u16).prop_map(|(left, reset)| Step::Told(left, reset)),
        1 => (1..400_u16).prop_map(Step::Plan),
        1 => (0..900_u16).prop_map(Step::Limit),
    ];
    prop::collection::vec(step, 1..60)
}

/// A window of the destination, as its answers tell it.
struct Window {
    left: u64,
    until: Moment,
    /// What calls may still leave in it: the others' part left out, and one for a process that has not heard of it.
    ours: u64,
    /// Whether the process that lives has heard of it.
    is_known: bool,
}

struct Life {
    hour: Hour,
    budget: Budget,
    file: Vec<u8>,
    ahead: u64,
    /// True time in milliseconds, which nobody in here knows but the test.
    truth: Moment,
    /// When the process began, in true time.
    begun: Moment,
    wall: Timestamp,
    calls: Vec<Duration>,
    longest: Moment,
    window: Option<Window>,
    /// Calls of an hour that were told, and until when that is believed.
    plan: Option<(u64, Moment)>,
}

impl Life {
    fn new(hour: Hour) -> Self {
        Self {
            hour,
            budget: Budget::new(Some(hour), Duration::from_millis(100), 0),
            file: Vec::new(),
            ahead: 0,
            truth: 0,
            begun: 0,
            wall: "2026-01-14T11:00:00Z".parse().unwrap(),
            calls: Vec::new(),
            longest: 0,
            window: None,
            plan: None,
        }
    }

    fn now(&self) -> Now {
        Now {
            moment: self.truth - self.begun,
            wall: self.wall,
        }
    }

    fn pass(&mut self, wait: Moment) {
        self.truth += wait;
        self.wall += SignedDuration::from_millis(wait);
    }

    fn save(&mut self, ahead: u64) {
        let now = self.now();
        let kept = Kept {
            calls: self.budget.counted(now.moment).collect(),
            told: self.budget.told(now.moment),
            ..Kept::default()
        };
        self.file = encoded(&kept, ahead, now).unwrap();
        self.ahead = ahead;
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Calls(count) => (0..*count).for_each(|_| self.call()),
            Step::Idle(seconds) => self.pass(Moment::from(*seconds) * 1000),
            Step::Restart(is_kill, after) => self.restart(*is_kill, *after),
            Step::SetBack(seconds) => {
                self.wall -= SignedDuration::from_secs((*seconds).into());
            }
            Step::Told(left, reset) => self.told((*left).into(), (*reset).into()),
            Step::Plan(limit) => {
                let limit = (*limit).into();
                self.plan = Some((limit, self.truth + 3_600_000));
                self.hear(Standing {
                    limit: Some(limit),
                    ..Standing::default()
                });
            }
            Step::Limit(seconds) => {
                let until = self.now().moment + Moment::from(*seconds) * 1000;
                self.budget.spend_burst(until);
            }
        }
    }

    fn hear(&mut self, standing: Standing) {
        let moment = self.now().moment;
        self.budget.hear(self.budget.total(), standing, moment);
    }

    fn own_part(&self, calls: u64) -> u64 {
        self.hour.own_part(calls)
    }

    fn told(&mut self, left: u64, seconds: Moment) {
        let truth = self.truth;
        let old = self.window.take().filter(|window| truth < window.until);
        self.window = Some(match old {
            Some(window) => Window {
                left: window.left.min(left),
                ours: window.ours.min(self.own_part(left)),
                is_known: true,
                ..window
            },
            None => Window {
                left,
                until: truth + seconds * 1000,
                ours: self.own_part(left),
                is_known: true,
            },
        });
        self.hear_window();
    }

    fn hear_window(&mut self) {
        let Some(window) = &self.window else { return };
        let standing = Standing {
            limit: None,
            remaining: Some(window.left),
            reset: Some(Duration::from_millis(
                (window.until - self.truth).unsigned_abs(),
            )),
        };
        self.hear(standing);
    }

    /// Holds what was told, at a call that has just left.
    fn answer(&mut self) {
        let truth = self.truth;
        self.window = self.window.take().filter(|window| truth < window.until);
        // A process that begins in its last minute cannot tell it from a window of a minute, and takes its share of that.
        self.window = self
            .window
            .take()
            .filter(|window| window.is_known || window.until - truth > 60_000);
        if let Some(window) = &mut self.window {
            assert!(window.ours > 0, "a call of the others was taken");
            window.is_known = true;
            window.ours -= 1;
            window.left = window.left.saturating_sub(1);
            self.hear_window();
        }
        if let Some((limit, until)) = self.plan
            && truth < until
        {
            let allowance = self.own_part(limit).max(1);
            let hour = Duration::from_millis((truth - 3_600_000).max(0).unsigned_abs());
            let calls = self.calls.iter().rev().take_while(|at| **at > hour).count();
            assert!(
                calls as u64 <= allowance,
                "{calls} calls at {limit} an hour"
            );
        }
    }

    fn call(&mut self) {
        let moment = self.now().moment;
        let wait = (self.budget.next(moment) - moment).max(0);
        self.longest = self.longest.max(wait);
        self.pass(wait);
        if self.ahead == 0 {
            self.save(block(self.hour.allowance()));
        }
        self.ahead -= 1;
        self.budget.take(moment + wait);
        self.calls
            .push(Duration::from_millis(self.truth.unsigned_abs()));
        self.answer();
    }

    fn restart(&mut self, is_kill: bool, after: u16) {
        match is_kill {
            true => self.plan = None,
            false => self.save(0),
        }
        if let Some(window) = &mut self.window {
            window.ours += 1;
            window.is_known = false;
        }
        self.pass(Moment::from(after) * 1000);
        self.begun = self.truth;
        self.ahead = 0;
        self.budget = Budget::new(Some(self.hour), Duration::from_millis(100), 0);
        if !self.file.is_empty() {
            let kept = decoded(&self.file, self.hour.allowance(), self.now()).unwrap();
            self.budget.restore(&kept.calls);
            kept.told
                .into_iter()
                .for_each(|told| self.budget.tell(told));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sixty_minutes_hold_more_than_the_allowance_or_than_was_told_and_no_wait_is_longer_than_an_hour(
        steps in steps(),
        calls in 1..400_u64,
        share_to_leave_free in 0.0..0.9_f64,
        burst in 1..40_u32,
    ) {
        let hour = Hour { calls, share_to_leave_free, burst };
        let mut life = Life::new(hour);
        steps.iter().for_each(|step| life.take(step));
        assert_never_more_than(&life.calls, hour.allowance());
        // The hour itself, and what a limit that was met adds to it.
        prop_assert!(life.longest <= 3_610_000 + 900_000 + 3_610_000 / hour.allowance() as Moment, "{}", life.longest);
    }
}
