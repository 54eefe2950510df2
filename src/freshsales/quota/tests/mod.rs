//! The quota over hours and days, on a clock that needs no time, with workers that run as they would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod days;
mod heard;
mod law;
mod runway;
mod turns;

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Clock, Closed, Hour, Limits, Pace, Windows};
use crate::config::DailyWindow;

/// Virtual time: it moves on when every worker sleeps, to the moment when the first of them wakes.
struct Time {
    now: Mutex<Duration>,
    wall: Mutex<Timestamp>,
    wakes: Mutex<BTreeSet<Duration>>,
}

impl Time {
    fn at(wall: &str) -> Arc<Self> {
        Arc::new(Self {
            now: Mutex::default(),
            wall: Mutex::new(wall.parse().unwrap()),
            wakes: Mutex::default(),
        })
    }

    /// Sets the clock on the wall, and no other.
    fn set_wall(&self, by: SignedDuration) {
        *self.wall.lock().unwrap() += by;
    }

    fn move_to(&self, moment: Duration) {
        let mut now = self.now.lock().unwrap();
        if moment > *now {
            *self.wall.lock().unwrap() += moment - *now;
            *now = moment;
        }
    }

    /// Polls all workers until they have ended, moving time on when nothing else moves.
    fn run(&self, mut workers: Vec<Worker<'_>>) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        while !workers.is_empty() {
            while woken.0.swap(false, Ordering::SeqCst) {
                workers.retain_mut(|worker| worker.as_mut().poll(&mut context).is_pending());
            }
            let next = self.wakes.lock().unwrap().pop_first();
            match next {
                Some(next) => self.move_to(next),
                None => assert!(workers.is_empty(), "all workers wait for nothing"),
            }
            woken.0.store(true, Ordering::SeqCst);
        }
    }
}

type Worker<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Clock for Time {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        *self.wall.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let until = self.now() + wait;
        Box::pin(poll_fn(move |_| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            self.wakes.lock().unwrap().insert(until);
            Poll::Pending
        }))
    }
}

const GROWTH: Hour = Hour {
    calls: 1000,
    share_to_leave_free: 0.1,
    burst: 20,
};

fn limits(hour: Option<Hour>, windows: Windows) -> Limits {
    Limits {
        hour,
        min_gap: Duration::from_millis(250),
        windows,
        file: None,
        patience: Duration::from_secs(2 * 60 * 60),
        longest_wait: Duration::from_secs(65 * 60),
    }
}

fn nights(zone: &str) -> Windows {
    let night = DailyWindow::parse("19:00-07:00").unwrap();
    Windows::new(vec![night], TimeZone::get(zone).unwrap())
}

fn pace(time: &Arc<Time>, limits: &Limits) -> Pace {
    Pace::new(time.clone(), limits).unwrap()
}

/// When calls left.
#[derive(Default)]
struct Calls {
    /// By the clock that never runs backwards.
    moments: Mutex<Vec<Duration>>,
    /// By the one on the wall.
    walls: Mutex<Vec<Timestamp>>,
}

impl Calls {
    fn note(&self, time: &Time) {
        self.moments.lock().unwrap().push(time.now());
        self.walls.lock().unwrap().push(time.wall());
    }

    fn count(&self) -> usize {
        self.moments.lock().unwrap().len()
    }

    /// No sixty minutes hold more than `allowance` calls, wherever they begin.
    #[track_caller]
    fn assert_never_more_than(&self, allowance: u64) {
        assert_never_more_than(&self.moments.lock().unwrap(), allowance);
    }

    /// No two calls are closer.
    #[track_caller]
    fn assert_gap(&self, gap: Duration) {
        let moments = self.moments.lock().unwrap();
        for pair in moments.windows(2) {
            assert!(pair[1] - pair[0] >= gap, "{pair:?}");
        }
    }
}

#[track_caller]
fn assert_never_more_than(moments: &[Duration], allowance: u64) {
    let hour = Duration::from_secs(3600);
    let allowance = allowance as usize;
    for (index, first) in moments.iter().enumerate() {
        if let Some(beyond) = moments.get(index + allowance) {
            assert!(
                *beyond - *first >= hour,
                "{} calls within the hour from {first:?}",
                allowance + 1
            );
        }
    }
}

/// A worker as a load has them: asks whether it may begin, takes its turn, and waits for an answer. Ends when it is told to.
fn worker<'a>(
    pace: &'a Pace,
    time: &'a Time,
    calls: &'a Calls,
    answer_after: Duration,
) -> Worker<'a> {
    Box::pin(async move {
        while pace.begin().await.is_ok() {
            if pace.turn().await.is_err() {
                break;
            }
            calls.note(time);
            time.sleep(answer_after).await;
        }
    })
}

/// Four workers, whose answers take from a moment to three seconds.
fn workers<'a>(pace: &'a Pace, time: &'a Time, calls: &'a Calls) -> Vec<Worker<'a>> {
    let answers = [90, 400, 1_100, 3_000].map(Duration::from_millis);
    answers
        .into_iter()
        .map(|answer| worker(pace, time, calls, answer))
        .collect()
}

const BEGUN: &str = "2026-01-14T11:00:00Z";

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// Takes `count` turns, one worker, answers at once.
fn turns(time: &Time, pace: &Pace, count: u64) -> Result<u64, Closed> {
    let taken = Mutex::new(Ok(0));
    time.run(vec![Box::pin(async {
        for _ in 0..count {
            let turn = pace.turn().await;
            let is_over = turn.is_err();
            *taken.lock().unwrap() = turn;
            if is_over {
                break;
            }
        }
    })]);
    taken.into_inner().unwrap()
}

/// The limits of an account, kept in a folder over processes.
fn kept(folder: &tempfile::TempDir) -> Limits {
    Limits {
        file: Some(folder.path().join("quota.json")),
        ..limits(Some(GROWTH), Windows::always())
    }
}
