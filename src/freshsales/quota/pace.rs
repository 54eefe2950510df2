//! Turns: who may send when. The limit belongs to the whole account, so this is one object for all workers of a client; what one
//! worker is told to wait, all of them wait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use super::budget::{Budget, Moment, millis};
use super::clock::{Clock, later};
use super::closed::Closed;
use super::headers::Standing;
use super::limits::{Limits, Wait, Why};
use super::limits_met::{Held, LimitsMet};
use super::runway::Runway;
use super::store::{Kept, Now, Store, block};
use super::windows::{Opening, Windows, until};
use crate::error::Result;

/// A shorter wait is not worth a word, and is no reason to leave work unbegun.
const LONG: Duration = Duration::from_secs(60);
/// Work that is begun should end before a window closes or the time is up.
const SPARE: Duration = Duration::from_secs(30);

/// Hands out turns.
pub(in crate::freshsales) struct Pace {
    clock: Arc<dyn Clock>,
    windows: Windows,
    patience: Duration,
    longest_wait: Duration,
    store: Option<Store>,
    /// Held by the one who goes next; the others queue for it in order.
    front: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    stopped: Notify,
    waits: watch::Sender<Option<Wait>>,
}

struct State {
    budget: Budget,
    /// Nobody goes before this moment: the destination asked for it.
    held_until: Moment,
    limits_met: LimitsMet,
    end: Option<End>,
    is_stopped: bool,
    /// Calls that the file still counts as made although they were not.
    ahead: u64,
    label: String,
    by_label: BTreeMap<String, u64>,
    /// What the windows said last, from this moment on: the calendar is slow to ask.
    opening: (Timestamp, Opening),
}

/// No call begins after this, by either clock: one of them may be set back.
#[derive(Clone, Copy)]
struct End {
    wall: Timestamp,
    moment: Moment,
    /// Time to leave for work that has begun.
    spare: Duration,
}

enum Due {
    Now,
    Later(Duration, Why),
    Never(Closed),
}

impl Pace {
    /// Takes up the hour where an earlier process left it. Errors: `Kind::Config` when its file cannot be read.
    pub(in crate::freshsales) fn new(clock: Arc<dyn Clock>, limits: &Limits) -> Result<Self> {
        let now = now(&*clock);
        let mut budget = Budget::new(limits.hour, limits.min_gap, now.moment);
        let path = limits.file.clone().filter(|_| limits.hour.is_some());
        let store = path.map(Store::new);
        let mut held_until = Moment::MIN;
        if let (Some(store), Some(hour)) = (&store, limits.hour) {
            let kept = store.load(hour.allowance(), now);
            let kept =
                kept.map_err(|error| Closed::uncounted(store.path(), &error).into_error())?;
            budget.restore(&kept.calls);
            kept.told.into_iter().for_each(|told| budget.tell(told));
            held_until = kept.held_until.unwrap_or(held_until);
            budget.spend_burst(held_until);
        }
        Ok(Self {
            clock,
            windows: limits.windows.clone(),
            patience: limits.patience,
            longest_wait: limits.longest_wait,
            store,
            front: tokio::sync::Mutex::default(),
            state: Mutex::new(State {
                budget,
                held_until,
                limits_met: LimitsMet::default(),
                end: None,
                is_stopped: false,
                ahead: 0,
                label: String::new(),
                by_label: BTreeMap::new(),
                opening: (now.wall, limits.windows.at(now.wall)),
            }),
            stopped: Notify::new(),
            waits: watch::Sender::new(None),
        })
    }

    /// Ends when a call may leave, counts it, and answers its number: every request costs one call, whatever becomes of it.
    pub(in crate::freshsales) async fn turn(&self) -> Result<u64, Closed> {
        let _front = self.front.lock().await;
        loop {
            let stopped = self.stopped.notified();
            let wait = {
                let mut state = self.lock();
                match self.due(&mut state, Duration::ZERO) {
                    Due::Now => return self.take(&mut state),
                    Due::Later(wait, why) => (wait, why),
                    Due::Never(closed) => return Err(closed),
                }
            };
            self.rest(wait, stopped).await;
        }
    }

    /// Ends when work that takes a few calls may begin, which then has not long to wait for its turns.
    pub(in crate::freshsales) async fn begin(&self) -> Result<(), Closed> {
        loop {
            let stopped = self.stopped.notified();
            let due = self.due(&mut self.lock(), SPARE);
            match due {
                Due::Later(wait, why) if wait > LONG => self.rest((wait, why), stopped).await,
                Due::Now | Due::Later(..) => return Ok(()),
                Due::Never(closed) => return Err(closed),
            }
        }
    }

    fn due(&self, state: &mut State, spare: Duration) -> Due {
        let now = now(&*self.clock);
        let next = state.budget.next(now.moment);
        let held = duration(state.held_until.saturating_sub(now.moment));
        let mut at = next.max(state.held_until);
        // After a silence the hour goes on at its end, and seems to be the reason.
        let mut why = match held.is_zero() {
            true => Why::Hour,
            false => Why::Asked,
        };
        let wall = later(now.wall, duration(at - now.moment));
        let closed_until = match self.opening(state, wall) {
            Opening::Closed(until) => Some(until),
            Opening::Open(Some(closes)) if until(closes, wall) < spare => {
                Some(self.windows.after(closes, Duration::from_millis(1)))
            }
            Opening::Open(_) => None,
        };
        if let Some(opens) = closed_until {
            (at, why) = (now.moment + millis(until(opens, now.wall)), Why::Window);
        }
        let wait = duration(at - now.moment);
        let is_late = |end: &End| {
            let begins = wait + spare.min(end.spare);
            later(now.wall, begins) >= end.wall || now.moment + millis(begins) >= end.moment
        };
        match state.end.filter(is_late) {
            _ if state.is_stopped => Due::Never(Closed::Stopped),
            Some(end) => Due::Never(Closed::TimeIsUp(self.windows.local(end.wall))),
            None if wait.is_zero() => Due::Now,
            None if why == Why::Asked && held > self.longest_wait => {
                Due::Never(Closed::Silence(self.windows.local(later(now.wall, held))))
            }
            None => Due::Later(wait, why),
        }
    }

    fn opening(&self, state: &mut State, wall: Timestamp) -> Opening {
        let (since, opening) = state.opening;
        let (Opening::Open(Some(end)) | Opening::Closed(end)) = opening else {
            return opening;
        };
        if wall < since || wall >= end {
            state.opening = (wall, self.windows.at(wall));
        }
        state.opening.1
    }

    /// Sleeps, a minute at most: a clock on the wall may have been set, and a machine may have slept.
    async fn rest(
        &self,
        (wait, why): (Duration, Why),
        stopped: tokio::sync::futures::Notified<'_>,
    ) {
        let is_long = wait > LONG;
        if is_long {
            let until = later(self.clock.wall(), wait);
            self.tell(Some(Wait { until, why }));
        }
        tokio::select! {
            () = self.clock.sleep(wait.min(LONG)) => {}
            () = stopped => {}
        }
        if is_long && wait <= LONG * 2 {
            self.tell(None);
        }
    }

    /// The same wait, looked at again a minute later, is no news.
    fn tell(&self, wait: Option<Wait>) {
        self.waits.send_if_modified(|told| {
            let is_same = match (&*told, &wait) {
                (Some(told), Some(wait)) => {
                    let apart = told.until.duration_since(wait.until);
                    told.why == wait.why && apart.unsigned_abs() < LONG
                }
                (told, wait) => told.is_none() && wait.is_none(),
            };
            if !is_same {
                *told = wait;
            }
            !is_same
        });
    }

    fn take(&self, state: &mut State) -> Result<u64, Closed> {
        let now = now(&*self.clock).moment;
        if let Some(store) = &self.store
            && state.ahead == 0
        {
            let ahead = block(state.budget.allowance(now));
            self.save(store, state, ahead)?;
            state.ahead = ahead;
        }
        state.ahead = state.ahead.saturating_sub(1);
        let label = state.label.clone();
        *state.by_label.entry(label).or_default() += 1;
        Ok(state.budget.take(now))
    }

    fn save(&self, store: &Store, state: &State, ahead: u64) -> Result<(), Closed> {
        let now = now(&*self.clock);
        let kept = Kept {
            calls: state.budget.counted(now.moment).collect(),
            held_until: Some(state.held_until).filter(|until| *until > now.moment),
            told: state.budget.told(now.moment),
        };
        store
            .save(&kept, ahead, now)
            .map_err(|error| Closed::uncounted(store.path(), &error))
    }

    /// Takes in what an answer's headers say of the quota.
    pub(in crate::freshsales) fn hear(&self, number: u64, standing: Standing) {
        let moment = now(&*self.clock).moment;
        self.lock().budget.hear(number, standing, moment);
    }

    /// Call `number` was no refusal for lack of quota: the limits met so far are over.
    pub(in crate::freshsales) fn went_through(&self, number: u64) {
        self.lock().limits_met.went_through(number);
    }

    /// Keeps every worker waiting because call `number` met a limit; see [`LimitsMet::meet`].
    pub(in crate::freshsales) fn limit_met(
        &self,
        number: u64,
        asked: Option<Duration>,
        first: Duration,
    ) -> Held {
        let moment = now(&*self.clock).moment;
        let mut state = self.lock();
        let call = (number, state.budget.total());
        let wait = state.limits_met.meet(call, asked, first);
        state.held_until = state.held_until.max(moment + millis(wait));
        let until = state.held_until;
        state.budget.spend_burst(until);
        if let Some(store) = &self.store {
            // Not being able to keep it stops the next call that has to be counted, not this one, which is over.
            let _ = self.save(store, &state, state.ahead);
        }
        Held {
            wait,
            is_hopeless: wait > self.longest_wait || state.limits_met.outlast(self.patience),
        }
    }

    /// Lets no call begin after `at`, and no work shortly before.
    pub(in crate::freshsales) fn end_at(&self, at: Timestamp) {
        let now = now(&*self.clock);
        let left = until(at, now.wall);
        self.lock().end = Some(End {
            wall: at,
            moment: now.moment + millis(left),
            spare: SPARE.min(left / 10),
        });
    }

    /// Lets no call leave any more, and ends every wait.
    pub(in crate::freshsales) fn stop(&self) {
        self.lock().is_stopped = true;
        self.stopped.notify_waiters();
    }

    /// Counts the calls from now on under `label`.
    pub(in crate::freshsales) fn count_for(&self, label: &str) {
        self.lock().label = label.to_owned();
    }

    /// Calls that have left so far, by label.
    pub(in crate::freshsales) fn by_label(&self) -> BTreeMap<String, u64> {
        self.lock().by_label.clone()
    }

    /// Calls that have left so far.
    pub(in crate::freshsales) fn calls(&self) -> u64 {
        self.lock().budget.total()
    }

    /// Calls that may still leave in this hour; `None`: no limit.
    pub(in crate::freshsales) fn left(&self) -> Option<u64> {
        self.lock().budget.left(now(&*self.clock).moment)
    }

    /// What lies ahead of so many calls; `None`: no limit.
    pub(in crate::freshsales) fn runway(&self, calls: u64) -> Option<Runway> {
        let now = now(&*self.clock);
        let budget = self.lock().budget.clone();
        let hour = budget.hour(now.moment)?;
        let each = budget.each(now.moment);
        let opens = match self.windows.at(now.wall) {
            Opening::Closed(opens) => now.moment + millis(until(opens, now.wall)),
            Opening::Open(_) => now.moment,
        };
        let moments = budget.played(opens, Runway::played(calls, hour));
        Some(Runway::new(hour, &moments, now.moment, each))
    }

    /// Hears of long waits: the latest, and `None` when it is over.
    pub(in crate::freshsales) fn waits(&self) -> watch::Receiver<Option<Wait>> {
        self.waits.subscribe()
    }

    /// Ends after `wait`, or at a stop: whether it ended by itself.
    pub(in crate::freshsales) async fn sleep(&self, wait: Duration) -> bool {
        let stopped = self.stopped.notified();
        if self.lock().is_stopped {
            return false;
        }
        tokio::select! {
            () = self.clock.sleep(wait) => true,
            () = stopped => false,
        }
    }

    pub(in crate::freshsales) fn wall(&self) -> Timestamp {
        self.clock.wall()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was counted ahead and not used is given back.
impl Drop for Pace {
    fn drop(&mut self) {
        let state = self.lock();
        if let Some(store) = &self.store
            && state.ahead > 0
        {
            // At worst a few calls count that were not made.
            let _ = self.save(store, &state, 0);
        }
    }
}

fn now(clock: &dyn Clock) -> Now {
    Now {
        moment: millis_down(clock.now()),
        wall: clock.wall(),
    }
}

/// A call may not seem later than it is, nor now seem later than it is: down.
fn millis_down(now: Duration) -> Moment {
    Moment::try_from(now.as_millis()).unwrap_or(Moment::MAX / 4)
}

fn duration(wait: Moment) -> Duration {
    Duration::from_millis(u64::try_from(wait).unwrap_or(0))
}
