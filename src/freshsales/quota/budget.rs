//! The account's hour as arithmetic: when the next call may leave. No clock and no waiting in here.
//!
//! Nobody knows whether the destination counts fixed hours or sliding ones, so no sixty minutes, wherever they begin, hold more
//! calls than the allowance. The exact time of every call of the last hour is kept for that.

use std::collections::VecDeque;
use std::time::Duration;

use super::headers::Standing;

/// Milliseconds on the client's clock. Negative for the calls of an earlier process.
pub(super) type Moment = i64;

/// How long a call counts: an hour, and ten seconds because a call that was slow to arrive counts from then on there.
const COUNTED: Moment = 3_600_000 + 10_000;
/// What the destination says of its hour is believed for so long when it does not say when the hour ends; then one call asks.
const HEARD: Duration = Duration::from_secs(15 * 60);
/// A window of the destination, when it is no short one.
const WINDOW: Moment = 3_600_000;
/// A limit whose window ends so soon may be one of calls per minute, and says nothing of the hour.
const SHORT: Duration = Duration::from_secs(60);

/// The calls of an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// Calls per hour of the whole account.
    pub calls: u64,
    /// Share of them that is left to the people who work in the account, 0 to below 1.
    pub share_to_leave_free: f64,
    /// Calls that may leave as quickly as the gap allows before the pace becomes even, at least 1.
    pub burst: u32,
}

impl Hour {
    /// Calls that this client makes in an hour at most: the plan's number without the share of the others, at least 1.
    #[must_use]
    pub fn allowance(&self) -> u64 {
        self.own_part(self.calls).max(1)
    }

    /// How many calls the pace may be ahead of the clock.
    fn ahead(&self) -> Moment {
        let burst = u64::from(self.burst.max(1)).min(self.allowance());
        Moment::try_from(burst - 1).unwrap_or(0)
    }

    /// What of `calls` is ours.
    pub(super) fn own_part(&self, calls: u64) -> u64 {
        let free = (calls as f64 * self.share_to_leave_free.clamp(0.0, 1.0)).ceil();
        calls.saturating_sub(free as u64)
    }
}

/// The calls made, and those that may be.
#[derive(Clone)]
pub(super) struct Budget {
    /// As configured.
    hour: Option<Hour>,
    told: Option<Told>,
    gap: Moment,
    /// Calls that still count, oldest first.
    calls: VecDeque<Moment>,
    /// Calls so far, those of earlier processes left out.
    total: u64,
    /// Where an even pace through the hour has come to. It falls back at most an hour, and what it fell back is caught up.
    even: Moment,
    /// The same at twice the pace, which is the quickest way to catch up.
    quick: Moment,
    /// Until when the limit that was met last asked for silence.
    silent: Moment,
    heard: Option<Heard>,
}

/// Calls per hour of the account, as the destination said last. That is believed for an hour: it is said anew with each
/// answer where it is said at all, and another plan may have been booked since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) limit: u64,
    pub(super) until: Moment,
}

/// How far a pace has come through the hour, in milliseconds.
struct Course {
    /// Where it has come to.
    reached: Moment,
    /// From one call to the next.
    spacing: Moment,
}

/// What the destination said last of its hour.
#[derive(Clone)]
struct Heard {
    /// The call that was answered.
    number: u64,
    /// No call beyond this one leaves...
    most: u64,
    /// ...before this moment.
    until: Moment,
}

impl Budget {
    /// A budget that begins at `now`; without an `hour` only the gap is kept.
    pub(super) fn new(hour: Option<Hour>, gap: Duration, now: Moment) -> Self {
        Self {
            hour,
            told: None,
            gap: millis(gap),
            calls: VecDeque::new(),
            total: 0,
            even: now,
            quick: now,
            silent: now,
            heard: None,
        }
    }

    /// Counts the calls of an earlier process, oldest first.
    pub(super) fn restore(&mut self, calls: &[Moment]) {
        if let Some(first) = calls.first() {
            self.even = self.even.min(*first);
            self.quick = self.quick.min(*first);
        }
        calls.iter().for_each(|at| self.note(*at));
    }

    /// Takes in how many calls per hour the account has, as the destination said. More than configured is not used.
    pub(super) fn tell(&mut self, told: Told) {
        self.told = Some(Told {
            limit: told.limit.max(1),
            ..told
        });
    }

    /// Calls per hour of the account, where the destination said so.
    pub(super) fn told(&self, now: Moment) -> Option<Told> {
        self.told.filter(|told| now < told.until)
    }

    /// The hour as it is now: what the destination said of it counts, where that is less than configured.
    pub(super) fn hour(&self, now: Moment) -> Option<Hour> {
        let hour = self.hour?;
        let told = self.told(now).map_or(hour.calls, |told| told.limit);
        Some(Hour {
            calls: told.min(hour.calls),
            ..hour
        })
    }

    /// Calls that may leave in an hour; without a limit as many as there are.
    pub(super) fn allowance(&self, now: Moment) -> u64 {
        self.hour(now).map_or(u64::MAX, |hour| hour.allowance())
    }

    /// The earliest moment for the next call; what is over means at once.
    pub(super) fn next(&self, now: Moment) -> Moment {
        let Some(hour) = self.hour(now) else {
            return self.calls.back().map_or(now, |last| last + self.gap);
        };
        let allowance = hour.allowance();
        let mut next = self.calls.back().map_or(now, |last| last + self.gap);
        let (even, quick) = self.courses(hour, now);
        let ahead = hour.ahead();
        next = next
            .max(even.reached - ahead * even.spacing)
            .max(quick.reached - ahead * quick.spacing);
        if let Some(index) = (self.calls.len() as u64).checked_sub(allowance)
            && let Some(oldest) = self.calls.get(index as usize)
        {
            next = next.max(oldest + COUNTED);
        }
        match &self.heard {
            Some(heard) if self.total >= heard.most => next.max(heard.until),
            _ => next,
        }
    }

    /// Counts a call that leaves now, and answers its number.
    pub(super) fn take(&mut self, now: Moment) -> u64 {
        self.note(now);
        self.total += 1;
        self.total
    }

    fn note(&mut self, at: Moment) {
        let at = self.calls.back().map_or(at, |last| at.max(*last));
        while self
            .calls
            .front()
            .is_some_and(|oldest| oldest + COUNTED <= at)
        {
            self.calls.pop_front();
        }
        match self.hour(at) {
            Some(hour) => {
                let (even, quick) = self.courses(hour, at);
                self.even = even.reached.max(at - COUNTED) + even.spacing;
                self.quick = quick.reached.max(at) + quick.spacing;
            }
            // Without an hour only the last call matters, and memory stays flat.
            None => self.calls.clear(),
        }
        self.calls.push_back(at);
    }

    /// The courses of the two paces at the calls an hour of this moment. Where a lower limit had brought them further ahead than this hour's
    /// burst, they are no further than that: a call never waits for what was slow before.
    fn courses(&self, hour: Hour, now: Moment) -> (Course, Course) {
        let (even, quick) = spacing(hour.allowance());
        let from = self.calls.back().map_or(now, |last| self.silent.max(*last));
        let course = |reached: Moment, spacing| Course {
            reached: reached.min(from + (hour.ahead() + 1) * spacing),
            spacing,
        };
        (course(self.even, even), course(self.quick, quick))
    }

    /// After a limit was met nothing leaves in a burst: the first call after `until` finds out, the others follow evenly.
    pub(super) fn spend_burst(&mut self, until: Moment) {
        self.silent = self.silent.max(until);
        if let Some(hour) = self.hour(until) {
            let ahead = hour.ahead() * spacing(hour.allowance()).0;
            self.even = self.even.max(until + ahead);
        }
    }

    /// Takes in what the answer to call `number` said.
    pub(super) fn hear(&mut self, number: u64, standing: Standing, now: Moment) {
        if self.hour.is_none() {
            return;
        }
        let is_long = standing.reset.is_none_or(|reset| reset > SHORT);
        if let Some(limit) = standing.limit.filter(|_| is_long) {
            let until = now + COUNTED;
            self.tell(Told { limit, until });
        }
        let is_newest = self
            .heard
            .as_ref()
            .is_none_or(|heard| heard.number <= number);
        if let Some(remaining) = standing.remaining.filter(|_| is_newest) {
            self.hear_remaining(number, remaining, standing.reset, now);
        }
    }

    /// Fewer calls left than there should be means that others work in the account. What they have not used is shared with
    /// them, and their part of it stands until the window ends: it does not shrink with what is left.
    fn hear_remaining(
        &mut self,
        number: u64,
        remaining: u64,
        reset: Option<Duration>,
        now: Moment,
    ) {
        let Some(hour) = self.hour(now) else {
            return;
        };
        let until = now + millis(reset.unwrap_or(HEARD));
        let begun = match reset {
            Some(reset) if reset > SHORT => until - WINDOW,
            Some(_) => now - millis(SHORT),
            None => now - COUNTED,
        };
        let on_their_way = self.total.saturating_sub(number);
        let ours = self.calls.iter().rev().take_while(|at| **at > begun);
        let ours = (ours.count() as u64).saturating_sub(on_their_way);
        // Calls of the window before may be among ours: together they are no more than an hour's.
        let shared = (remaining + ours).min(hour.calls).max(remaining);
        let theirs = shared - hour.own_part(shared);
        let most = number + remaining.saturating_sub(theirs);
        let is_stricter =
            |heard: &Heard| reset.is_some() && now < heard.until && heard.most <= most;
        let (most, until) = match self.heard.as_ref().filter(|heard| is_stricter(heard)) {
            Some(heard) => (heard.most, heard.until),
            None => (most, until),
        };
        self.heard = Some(Heard {
            number,
            most,
            until,
        });
    }

    /// Calls that may still leave within the hour that ends now; `None` where there is no limit.
    pub(super) fn left(&self, now: Moment) -> Option<u64> {
        let left = self
            .hour(now)?
            .allowance()
            .saturating_sub(self.counted(now).count() as u64);
        Some(match &self.heard {
            Some(heard) if now < heard.until => left.min(heard.most.saturating_sub(self.total)),
            _ => left,
        })
    }

    /// When so many calls leave that are taken up as soon as they may be, from `now` on. What was said of the limit stays.
    pub(super) fn played(mut self, now: Moment, calls: usize) -> Vec<Moment> {
        self.told = self.told(now).map(|told| Told {
            until: Moment::MAX,
            ..told
        });
        let mut at = now;
        let leaves = (0..calls).map(|_| {
            at = at.max(self.next(at));
            self.take(at);
            at
        });
        leaves.collect()
    }

    /// From one call to the next at the even pace.
    pub(super) fn each(&self, now: Moment) -> Duration {
        let even = spacing(self.allowance(now)).0.max(self.gap);
        Duration::from_millis(u64::try_from(even).unwrap_or_default())
    }

    /// The calls that count at `now`, oldest first.
    pub(super) fn counted(&self, now: Moment) -> impl Iterator<Item = Moment> + '_ {
        let calls = self.calls.iter().copied();
        calls.filter(move |at| at + COUNTED > now)
    }

    /// Calls so far, those of earlier processes left out.
    pub(super) fn total(&self) -> u64 {
        self.total
    }
}

/// Time between two calls at the even pace, and at the quickest one.
fn spacing(allowance: u64) -> (Moment, Moment) {
    let even = COUNTED / Moment::try_from(allowance).unwrap_or(COUNTED).max(1);
    (even, even / 2)
}

/// Whole milliseconds, rounded up: a wait is never shorter than asked for.
pub(super) fn millis(wait: Duration) -> Moment {
    Moment::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(Moment::MAX / 4)
}
