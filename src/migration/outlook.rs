//! What is left of a load and when it will be done, planned anew from what it has cost so far.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;

use super::account;
use super::cost::{Cost, Used, per_thousand};
use super::plan::Step;
use super::workspace::Workspace;
use super::{Progress, Watch};
use crate::config::Config;
use crate::freshsales::{Client, Opening, Windows};

/// The name under which reference data and everything before the first phase is counted.
pub const SETTINGS: &str = "settings";

/// So many rows tell more of the rest than the plan does.
const ENOUGH: u64 = 20;

/// Time between two signs of life: some hundred lines a day in a log.
const BEAT: Duration = Duration::from_secs(10 * 60);

/// Listens between a run and whoever watches it: counts each object's calls, and adds to what is heard how many calls are left
/// and when all will be done.
pub struct Outlook<'a> {
    watch: &'a dyn Watch,
    known: RefCell<Option<Known>>,
}

struct Known {
    client: Arc<Client>,
    config: Config,
    windows: Windows,
    phases: Vec<Ahead>,
    /// The phase that is going on.
    current: Option<usize>,
}

/// One phase, with what was planned and what was seen of it.
#[derive(Clone, Debug, Default)]
struct Ahead {
    object: String,
    cost: Cost,
    /// Rows to send.
    rows: u64,
    /// Rows of the waves that have ended, and of the one that goes on.
    ended: u64,
    sent: u64,
    /// Calls when the wave began, and those of the waves so far.
    begun_at: u64,
    calls: u64,
    /// Calls since the last row was sent.
    read: u64,
    is_over: bool,
}

impl<'a> Outlook<'a> {
    /// An outlook that passes everything on to `watch`.
    pub fn new(watch: &'a dyn Watch) -> Self {
        Self {
            watch,
            known: RefCell::new(None),
        }
    }

    /// Counts calls from now on.
    pub fn follow(&self, client: &Arc<Client>, config: &Config) {
        client.count_for(SETTINGS);
        *self.known.borrow_mut() = Some(Known {
            client: Arc::clone(client),
            config: config.clone(),
            windows: account::windows(config),
            phases: Vec::new(),
            current: None,
        });
    }

    /// Takes in what lies ahead, in phase order.
    pub fn plan(&self, steps: impl Iterator<Item = Step>) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            known.phases = steps.map(|step| Ahead::new(&step)).collect();
        }
    }

    /// The calls of this run, object by object; objects without calls are left out.
    pub fn used(&self) -> Vec<Used> {
        let known = self.known.borrow();
        let Some(known) = &*known else {
            return Vec::new();
        };
        let mut calls = known.client.calls_by_label();
        let mut used: Vec<Used> = Vec::new();
        let settings = Ahead {
            object: SETTINGS.to_owned(),
            ..Ahead::default()
        };
        for phase in std::iter::once(&settings).chain(&known.phases) {
            if let Some(calls) = calls.remove(&phase.object) {
                let records = phase.ended + phase.sent;
                used.push(Used {
                    object: phase.object.clone(),
                    records,
                    calls,
                    calls_per_1000: per_thousand(calls, records),
                    least_calls_per_1000: per_thousand(phase.cost.least, phase.rows),
                });
            }
        }
        used
    }

    fn tell(&self, known: &Known) {
        let calls_left = known.client.calls_left();
        let finish = known.finish();
        if calls_left.is_some() || finish.is_some() {
            self.watch.hear(Progress::Outlook { calls_left, finish });
        }
    }
}

impl Watch for Outlook<'_> {
    fn hear(&self, progress: Progress<'_>) {
        if let Some(known) = &mut *self.known.borrow_mut() {
            match &progress {
                Progress::Reading { object } => known.turn_to(object),
                Progress::Sending { object, .. } => {
                    known.turn_to(object);
                    known.begin_wave();
                    self.tell(known);
                }
                Progress::Sent { rows, calls } => {
                    known.note(*rows, *calls);
                    self.tell(known);
                }
                Progress::Beat { calls } => {
                    known.note_reading(*calls);
                    self.tell(known);
                }
                _ => {}
            }
        }
        self.watch.hear(progress);
    }
}

impl Known {
    fn turn_to(&mut self, object: &str) {
        let next = self.phases.iter().position(|phase| phase.object == object);
        if next != self.current {
            if let Some(over) = self.current.and_then(|index| self.phases.get_mut(index)) {
                over.is_over = true;
            }
            self.current = next;
            self.client.count_for(object);
        }
    }

    fn begin_wave(&mut self) {
        let calls = self.client.calls();
        if let Some(phase) = self.current.and_then(|index| self.phases.get_mut(index)) {
            phase.ended += phase.sent;
            (phase.sent, phase.begun_at) = (0, calls);
        }
    }

    fn note(&mut self, rows: u64, calls: u64) {
        if let Some(phase) = self.current.and_then(|index| self.phases.get_mut(index)) {
            phase.sent = rows;
            phase.calls += calls.saturating_sub(phase.begun_at);
            phase.begun_at = calls;
        }
    }

    fn note_reading(&mut self, calls: u64) {
        if let Some(phase) = self.current.and_then(|index| self.phases.get_mut(index)) {
            phase.read = calls.saturating_sub(phase.begun_at);
        }
    }

    fn finish(&self) -> Option<Zoned> {
        let calls = remaining(&self.phases);
        let pace = account::pace(&self.config, &self.client, calls)?;
        let cost = Cost {
            expected: calls,
            ..Cost::default()
        };
        let finish = pace.finish(&cost, &self.windows, self.client.wall());
        Some(self.windows.local(finish.expected))
    }
}

impl Ahead {
    fn new(step: &Step) -> Self {
        Self {
            object: step.object.clone(),
            cost: step.cost,
            rows: step.sent(),
            ..Self::default()
        }
    }

    /// Calls to come, by the plan or, when enough rows were sent, by what they cost.
    fn left(&self) -> u64 {
        let done = self.ended + self.sent;
        if self.is_over {
            return 0;
        }
        if done < ENOUGH.min(self.rows) {
            return self.cost.expected.saturating_sub(self.calls);
        }
        let rows = self.rows.saturating_sub(done);
        if rows == 0 {
            return self.cost.reading.saturating_sub(self.read);
        }
        let sending = u128::from(self.calls) * u128::from(rows) / u128::from(done.max(1));
        u64::try_from(sending)
            .unwrap_or(u64::MAX)
            .saturating_add(self.cost.reading)
    }
}

fn remaining(phases: &[Ahead]) -> u64 {
    phases
        .iter()
        .fold(0, |sum, phase| sum.saturating_add(phase.left()))
}

/// Carries `work` out, and tells meanwhile now and then that it goes on, and what it waits for, if it waits for long.
pub async fn telling<T>(
    config: &Config,
    (client, watch): (&Client, &dyn Watch),
    work: impl Future<Output = T>,
) -> T {
    let mut waits = client.waits();
    let mut work = pin!(work);
    let mut beat = pin!(client.sleep(BEAT));
    let mut is_beating = true;
    let windows = account::windows(config);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            slept = &mut beat, if is_beating => {
                // After a stop the work is about to end.
                is_beating = slept.is_ok();
                if is_beating {
                    beat.set(client.sleep(BEAT));
                    if waits.borrow().is_none_or(|wait| wait.until <= client.wall()) {
                        watch.hear(Progress::Beat { calls: client.calls() });
                    }
                }
            }
            Ok(()) = waits.changed() => {
                let wait = *waits.borrow_and_update();
                if let Some(wait) = wait {
                    let until = windows.local(wait.until);
                    watch.hear(Progress::Waiting { until, why: wait.why });
                }
            }
        }
    }
}

/// Says at once that no window is open, to somebody who waits for an answer and may choose not to.
pub fn tell_closed(workspace: &Workspace, client: &Client, watch: &dyn Watch) {
    let windows = account::windows(&workspace.config);
    if let Opening::Closed(until) = windows.at(client.wall())
        && !workspace.is_open_always
    {
        let opens = windows.local(until);
        let windows = &windows.to_string();
        watch.hear(Progress::Closed { opens, windows });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(rows: u64, expected: u64, reading: u64) -> Ahead {
        Ahead {
            rows,
            cost: Cost {
                expected,
                reading,
                ..Cost::default()
            },
            ..Ahead::default()
        }
    }

    #[test]
    fn what_is_ahead_follows_the_plan_until_enough_is_seen() {
        let mut phases = [ahead(1000, 1010, 10), ahead(500, 505, 5)];
        assert_eq!(remaining(&phases), 1515);
        (phases[0].sent, phases[0].calls) = (10, 30);
        assert_eq!(remaining(&phases), 980 + 505, "ten rows tell little");
        (phases[0].sent, phases[0].calls) = (100, 200);
        assert_eq!(remaining(&phases), 1800 + 10 + 505, "two calls a row");
        (phases[0].ended, phases[0].sent) = (100, 900);
        assert_eq!(
            remaining(&phases),
            10 + 505,
            "all is sent, but not read back"
        );
        phases[0].read = 4;
        assert_eq!(remaining(&phases), 6 + 505, "and so much of it is read");
        phases[0].is_over = true;
        assert_eq!(remaining(&phases), 505);
    }

    #[test]
    fn a_small_object_is_done_when_its_rows_are() {
        let mut phase = ahead(3, 9, 1);
        (phase.sent, phase.calls) = (3, 7);
        assert_eq!(phase.left(), 1);
        (phase.ended, phase.sent) = (3, 3);
        assert_eq!(phase.left(), 1, "a second wave is not foreseen");
    }
}
