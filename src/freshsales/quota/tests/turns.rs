//! One turn after the other: gaps, limits met, ends and stops.

use super::*;
use crate::freshsales::quota::{Wait, Why, back_off};

#[test]
fn turns_keep_their_gap_and_are_counted_under_their_label() {
    let time = Time::at(BEGUN);
    let limits = Limits {
        min_gap: seconds(2),
        ..limits(None, Windows::always())
    };
    let pace = pace(&time, &limits);
    pace.count_for("one");
    assert_eq!(turns(&time, &pace, 3).unwrap(), 3);
    pace.count_for("two");
    assert_eq!(turns(&time, &pace, 1).unwrap(), 4);
    assert_eq!(time.now(), seconds(6));
    let by_label = [("one".to_owned(), 3), ("two".to_owned(), 1)];
    assert_eq!(pace.by_label(), by_label.into());
    assert_eq!(pace.left(), None);
}

#[test]
fn twenty_calls_leave_quickly_and_the_others_evenly() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    turns(&time, &pace, 20).unwrap();
    assert_eq!(time.now(), Duration::from_millis(250 * 19));
    assert_eq!(pace.left(), Some(880));
    turns(&time, &pace, 11).unwrap();
    let even = time.now() - Duration::from_millis(250 * 19);
    assert!(even > seconds(38) && even < seconds(44), "{even:?}");
}

#[test]
fn a_limit_that_was_met_holds_everyone_and_leaves_no_burst() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let number = turns(&time, &pace, 1).unwrap();
    let wait = pace.limit_met(number, Some(seconds(90)), seconds(60)).wait;
    assert!(wait >= seconds(90) && wait <= seconds(95), "{wait:?}");
    // A shorter silence asked for in the meantime does not shorten it.
    pace.limit_met(number, Some(seconds(1)), seconds(60));
    turns(&time, &pace, 1).unwrap();
    let first = time.now();
    assert!(first >= seconds(90), "{first:?}");
    turns(&time, &pace, 1).unwrap();
    assert!(
        time.now() - first >= seconds(4),
        "evenly from the first call on"
    );
}

#[test]
fn workers_that_meet_one_limit_together_double_the_wait_once() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(None, Windows::always()));
    let last = turns(&time, &pace, 4).unwrap();
    let waits: Vec<Duration> = (1..=last)
        .map(|number| pace.limit_met(number, None, seconds(60)).wait)
        .collect();
    assert!(waits.iter().all(|wait| *wait <= seconds(75)), "{waits:?}");
    let number = turns(&time, &pace, 1).unwrap();
    assert!(pace.limit_met(number, None, seconds(60)).wait >= seconds(120));
    let number = turns(&time, &pace, 1).unwrap();
    pace.went_through(number);
    let number = turns(&time, &pace, 1).unwrap();
    let wait = pace.limit_met(number, None, seconds(60)).wait;
    assert!(
        wait <= seconds(75),
        "an answer in between ends it: {wait:?}"
    );
}

#[test]
fn a_short_silence_asked_for_again_and_again_is_met_ever_more_rarely_and_for_two_hours() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(None, Windows::always()));
    let mut rounds = 0;
    loop {
        let number = turns(&time, &pace, 1).unwrap();
        rounds += 1;
        if pace
            .limit_met(number, Some(seconds(5)), seconds(60))
            .is_hopeless
        {
            break;
        }
    }
    let waited = time.now();
    assert!(waited >= seconds(2 * 3600), "{waited:?}");
    assert!(waited <= seconds(3 * 3600), "{waited:?}");
    assert!(rounds <= 13, "{rounds} calls ran into the limit");
    // The others that had left meanwhile are given up with it, and a call that goes through ends it all.
    let number = turns(&time, &pace, 1).unwrap();
    assert!(pace.limit_met(number, None, seconds(60)).is_hopeless);
    let number = turns(&time, &pace, 1).unwrap();
    pace.went_through(number);
    let number = turns(&time, &pace, 1).unwrap();
    assert!(!pace.limit_met(number, None, seconds(60)).is_hopeless);
}

#[test]
fn a_closed_window_does_not_use_up_the_patience_with_a_limit() {
    let time = Time::at("2026-01-15T06:55:00Z");
    let pace = pace(&time, &limits(None, nights("UTC")));
    let number = turns(&time, &pace, 1).unwrap();
    pace.limit_met(number, Some(seconds(600)), seconds(60));
    let number = turns(&time, &pace, 1).unwrap();
    assert!(time.now() > seconds(12 * 3600), "the next evening");
    assert!(!pace.limit_met(number, None, seconds(60)).is_hopeless);
}

/// A destination that takes `limit` calls in each clock hour, from everybody, and says nothing of it.
struct Destination {
    limit: u64,
    hour: Mutex<(u64, u64)>,
    refused: Mutex<u64>,
}

impl Destination {
    fn takes(&self, time: &Time) -> bool {
        let hour_now = time.now().as_secs() / 3600;
        let mut hour = self.hour.lock().unwrap();
        if hour.0 != hour_now {
            *hour = (hour_now, 0);
        }
        hour.1 += 1;
        if hour.1 > self.limit {
            *self.refused.lock().unwrap() += 1;
        }
        hour.1 <= self.limit
    }
}

#[test]
fn a_storm_of_limits_is_met_by_few_calls_and_the_rest_of_the_hour_used() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let there = Destination {
        limit: 300,
        hour: Mutex::default(),
        refused: Mutex::default(),
    };
    let calls = Calls::default();
    pace.end_at(time.wall() + SignedDuration::from_hours(10));
    let worker = || -> Worker<'_> {
        Box::pin(async {
            while let Ok(number) = pace.turn().await {
                time.sleep(Duration::from_millis(300)).await;
                match there.takes(&time) {
                    true => {
                        calls.note(&time);
                        pace.went_through(number);
                    }
                    false => _ = pace.limit_met(number, None, seconds(60)),
                }
            }
        })
    };
    time.run((0..4).map(|_| worker()).collect());
    let (taken, refused) = (calls.count(), *there.refused.lock().unwrap());
    assert!(taken >= 2_700, "{taken} calls of 3,000 were made");
    assert!(refused <= 10 * 12, "{refused} calls ran into the limit");
}

#[test]
fn a_silence_that_was_asked_for_outlasts_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = kept(&folder);
    let killed = pace(&time, &limits);
    let number = turns(&time, &killed, 1).unwrap();
    killed.limit_met(number, Some(seconds(600)), seconds(60));
    std::mem::forget(killed);
    let next = pace(&time, &limits);
    turns(&time, &next, 1).unwrap();
    assert!(time.now() >= seconds(600), "{:?}", time.now());
}

#[test]
fn two_hours_of_silence_are_not_cut_to_one_by_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = kept(&folder);
    let killed = pace(&time, &limits);
    let number = turns(&time, &killed, 1).unwrap();
    let asked = Some(seconds(2 * 3600));
    assert!(killed.limit_met(number, asked, seconds(60)).is_hopeless);
    std::mem::forget(killed);
    let next = pace(&time, &limits);
    let closed = turns(&time, &next, 1).unwrap_err();
    assert!(matches!(closed, Closed::Silence(_)), "{closed:?}");
    drop(next);
    time.move_to(seconds(5000));
    let next = pace(&time, &limits);
    turns(&time, &next, 1).unwrap();
    assert!(time.now() >= seconds(2 * 3600), "{:?}", time.now());
}

#[test]
fn no_call_begins_after_the_end_and_nobody_waits_beyond_it() {
    let time = Time::at("2026-01-14T20:00:00Z");
    let pace = pace(&time, &limits(None, nights("UTC")));
    pace.end_at("2026-01-15T09:00:00Z".parse().unwrap());
    turns(&time, &pace, 1).unwrap();
    time.move_to(seconds(11 * 3600 + 1));
    let closed = turns(&time, &pace, 1).unwrap_err();
    assert!(matches!(closed, Closed::TimeIsUp(_)), "{closed:?}");
    let error = closed.into_error();
    assert_eq!(error.kind().exit_code(), 9);
    assert!(
        error.to_string().contains("Thu 2026-01-15 09:00"),
        "{error}"
    );
    assert_eq!(
        time.now(),
        seconds(11 * 3600 + 1),
        "the next window is too late"
    );
}

#[test]
fn the_end_holds_by_either_clock() {
    for (minutes, passed) in [(-30, 601), (30, 1)] {
        let time = Time::at(BEGUN);
        let pace = pace(&time, &limits(None, Windows::always()));
        pace.end_at(time.wall() + SignedDuration::from_mins(10));
        time.set_wall(SignedDuration::from_mins(minutes));
        time.move_to(seconds(passed));
        let closed = turns(&time, &pace, 1).unwrap_err();
        assert!(
            matches!(closed, Closed::TimeIsUp(_)),
            "{minutes}: {closed:?}"
        );
    }
}

#[test]
fn work_begins_while_there_is_time_for_it() {
    let time = Time::at("2026-01-14T20:00:00Z");
    let pace = pace(&time, &limits(None, nights("UTC")));
    let begin = || {
        let begun = Mutex::new(None);
        time.run(vec![Box::pin(async {
            *begun.lock().unwrap() = Some(pace.begin().await);
        })]);
        begun.into_inner().unwrap().unwrap()
    };
    begin().unwrap();
    assert_eq!(time.now(), Duration::ZERO);
    // Ten seconds before the window closes a turn is still given, but nothing new begun.
    time.move_to(seconds(11 * 3600 - 10));
    turns(&time, &pace, 1).unwrap();
    assert!(time.now() < seconds(11 * 3600));
    begin().unwrap();
    assert!(time.now() >= seconds(23 * 3600 - 60), "{:?}", time.now());
    pace.end_at(time.wall() + SignedDuration::from_mins(10));
    time.move_to(time.now() + seconds(575));
    assert!(matches!(begin(), Err(Closed::TimeIsUp(_))));
    turns(&time, &pace, 1).unwrap();
    // A short time is not used up by what is left of it.
    pace.end_at(time.wall() + SignedDuration::from_secs(20));
    begin().unwrap();
}

#[test]
fn a_long_wait_is_told_once_and_a_stop_ends_it() {
    let time = Time::at("2026-01-14T12:00:00Z");
    let pace = pace(&time, &limits(Some(GROWTH), nights("UTC")));
    let waits = pace.waits();
    let told = Mutex::new(Vec::new());
    let ended = Mutex::new(None);
    let waiting: Worker<'_> = Box::pin(async {
        *ended.lock().unwrap() = Some(pace.turn().await);
    });
    let listening: Worker<'_> = Box::pin(async {
        let mut waits = waits;
        for _ in 0..120 {
            time.sleep(seconds(60)).await;
            if waits.has_changed().unwrap() {
                told.lock().unwrap().push(*waits.borrow_and_update());
            }
        }
        pace.stop();
    });
    time.run(vec![waiting, listening]);
    let until = "2026-01-14T19:00:00Z".parse().unwrap();
    let why = Why::Window;
    assert_eq!(*told.lock().unwrap(), [Some(Wait { until, why })]);
    let ended = ended.into_inner().unwrap().unwrap();
    assert!(matches!(ended, Err(Closed::Stopped)), "{ended:?}");
    assert!(time.now() <= seconds(7_260));
}

#[test]
fn after_a_stop_no_call_leaves_and_no_wait_goes_on() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    turns(&time, &pace, 2).unwrap();
    let ended = Mutex::new(Vec::new());
    let sleeper = |wait: Duration| -> Worker<'_> {
        let (time, pace, ended) = (&time, &pace, &ended);
        Box::pin(async move {
            let is_over = pace.sleep(wait).await;
            ended.lock().unwrap().push((time.now(), wait, is_over));
        })
    };
    let stopper: Worker<'_> = Box::pin(async {
        time.sleep(seconds(3)).await;
        pace.stop();
    });
    time.run(vec![sleeper(seconds(1)), sleeper(seconds(50)), stopper]);
    let first = ended.lock().unwrap().drain(..).collect::<Vec<_>>();
    assert!(matches!(first[0], (_, wait, true) if wait == seconds(1)));
    assert!(
        matches!(first[1], (at, _, false) if at < seconds(10)),
        "{first:?}"
    );
    let begun = time.now();
    time.run(vec![sleeper(seconds(9))]);
    let closed = turns(&time, &pace, 1).unwrap_err();
    assert!(matches!(closed, Closed::Stopped), "{closed:?}");
    assert_eq!(closed.into_error().kind().exit_code(), 130);
    assert_eq!((time.now(), pace.calls()), (begun, 2));
}

#[test]
fn calls_that_cannot_be_kept_are_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = Limits {
        file: Some(folder.path().join("gone/quota.json")),
        ..limits(Some(GROWTH), Windows::always())
    };
    let pace = pace(&time, &limits);
    let closed = turns(&time, &pace, 1).unwrap_err();
    assert_eq!(closed.into_error().kind().exit_code(), 3);
    assert_eq!(pace.calls(), 0);
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
