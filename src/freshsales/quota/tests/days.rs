//! Days of windows: the allowance is used, and never exceeded.

use std::time::Instant;

use super::*;
use crate::freshsales::quota::Opening;

const DAY: i64 = 24;

fn hours(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number)
}

/// Time within `windows` between two moments.
fn open_time(windows: &Windows, from: Timestamp, to: Timestamp) -> Duration {
    let mut at = from;
    let mut open = Duration::ZERO;
    while at < to {
        match windows.at(at) {
            Opening::Closed(until) => at = until,
            Opening::Open(end) => {
                let end = end.unwrap_or(to).min(to);
                open += Duration::try_from(end.duration_since(at)).unwrap();
                at = end;
            }
        }
    }
    open
}

/// Every call left while a window was open.
#[track_caller]
fn assert_within(windows: &Windows, calls: &Calls) {
    // The calendar is slow to ask.
    let mut known = (Timestamp::MAX, Timestamp::MAX);
    for at in calls.walls.lock().unwrap().iter() {
        if *at < known.0 || *at >= known.1 {
            match windows.at(*at) {
                Opening::Open(Some(end)) => known = (*at, end),
                other => panic!("a call at {at}: {other:?}"),
            }
        }
    }
}

/// Part of what the allowance permits in `open` that was used.
fn used(calls: &Calls, allowance: u64, open: Duration) -> f64 {
    calls.count() as f64 / (allowance as f64 * open.as_secs_f64() / 3600.0)
}

/// Runs four workers for three days and holds what was promised.
#[track_caller]
fn assert_three_days(from: &str, zone: &str) {
    let time = Time::at(from);
    let windows = nights(zone);
    let pace = pace(&time, &limits(Some(GROWTH), windows.clone()));
    let calls = Calls::default();
    let (begun, end) = (time.wall(), time.wall() + hours(3 * DAY));
    pace.end_at(end);
    time.run(workers(&pace, &time, &calls));
    assert!(time.wall() <= end);

    calls.assert_never_more_than(900);
    calls.assert_gap(Duration::from_millis(250));
    assert_within(&windows, &calls);
    let share = used(&calls, 900, open_time(&windows, begun, end));
    assert!(
        share >= 0.98,
        "{share} of the allowance was used from {from}"
    );
    assert!(share <= 1.0 + 20.0 / 900.0, "{share}");
}

#[test]
fn three_days_of_nights_use_the_allowance_and_never_more() {
    let begun = Instant::now();
    assert_three_days("2026-01-14T11:00:00Z", "Europe/Berlin");
    // Told, not decided by: on a busy machine the same days take longer.
    println!("three days took {:?}", begun.elapsed());
}

#[test]
fn nights_in_which_clocks_change_are_used_as_long_as_they_are() {
    assert_three_days("2026-03-27T12:00:00Z", "Europe/Berlin");
    assert_three_days("2026-10-23T12:00:00Z", "Europe/Berlin");
    assert_three_days("2026-03-06T12:00:00Z", "America/New_York");
}

#[test]
fn every_plan_is_used_whatever_its_number() {
    for (calls_per_hour, share_to_leave_free, burst) in [
        (1000, 0.0, 1),
        (2000, 0.1, 20),
        (5000, 0.25, 20),
        (60, 0.5, 5),
    ] {
        let hour = Hour {
            calls: calls_per_hour,
            share_to_leave_free,
            burst,
        };
        let time = Time::at("2026-01-14T11:00:00Z");
        let pace = pace(&time, &limits(Some(hour), Windows::always()));
        let calls = Calls::default();
        pace.end_at(time.wall() + hours(DAY));
        time.run(workers(&pace, &time, &calls));
        calls.assert_never_more_than(hour.allowance());
        let share = used(&calls, hour.allowance(), Duration::from_secs(86_400));
        assert!(share >= 0.98, "{hour:?}: {share}");
    }
}

#[test]
fn a_pause_is_caught_up_at_twice_the_pace_and_not_faster() {
    let time = Time::at("2026-01-14T11:00:00Z");
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let calls = Calls::default();
    let begun = time.wall();
    for (work, pause) in [(60, 20), (60, 20), (60, 0)] {
        pace.end_at(time.wall() + SignedDuration::from_mins(work));
        time.run(workers(&pace, &time, &calls));
        time.move_to(time.now() + Duration::from_secs(pause * 60));
    }
    calls.assert_never_more_than(900);
    let took = Duration::try_from(time.wall().duration_since(begun)).unwrap();
    // The pauses are a fifth of the time; caught up, they cost a part of it only.
    let share = used(&calls, 900, took);
    assert!(share > 0.9, "{share}");
    let moments = calls.moments.lock().unwrap();
    for pair in moments.windows(60) {
        let took = pair[59] - pair[0];
        let least = Duration::from_secs_f64(40.0 * 2.0);
        assert!(took >= least, "60 calls in {took:?}");
    }
}

/// Stops or kills the process after each of `hours`, and begins anew with what is on disk.
fn restarted(kill: bool) -> (Calls, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at("2026-01-14T11:00:00Z");
    let limits = Limits {
        file: Some(folder.path().join("quota.json")),
        ..limits(Some(GROWTH), Windows::always())
    };
    let calls = Calls::default();
    let begun = time.now();
    for minutes in [7, 90, 1, 1, 1, 200, 33, 61, 240, 5, 120] {
        let pace = pace(&time, &limits);
        pace.end_at(time.wall() + SignedDuration::from_mins(minutes));
        time.run(workers(&pace, &time, &calls));
        if kill {
            // A killed process runs no destructor.
            std::mem::forget(pace);
        }
    }
    (calls, time.now() - begun)
}

#[test]
fn a_restart_goes_on_in_the_same_hour() {
    let (calls, took) = restarted(false);
    calls.assert_never_more_than(900);
    let share = used(&calls, 900, took);
    assert!(share >= 0.98, "{share}");
}

#[test]
fn a_kill_costs_a_few_calls_and_gives_none() {
    let (calls, took) = restarted(true);
    calls.assert_never_more_than(900);
    let share = used(&calls, 900, took);
    assert!(share >= 0.96, "{share}");
}

#[test]
fn a_clock_on_the_wall_that_is_set_back_gives_no_call_and_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at("2026-01-14T11:00:00Z");
    let limits = Limits {
        file: Some(folder.path().join("quota.json")),
        ..limits(Some(GROWTH), Windows::always())
    };
    let calls = Calls::default();
    let mut longest = Duration::ZERO;
    for (minutes, jump) in [
        (90, -30),
        (30, -60 * 24),
        (45, 0),
        (30, -5),
        (20, 3),
        (90, 0),
    ] {
        let before = calls.count();
        let begun = time.now();
        let pace = pace(&time, &limits);
        pace.end_at(time.wall() + SignedDuration::from_mins(minutes));
        time.run(workers(&pace, &time, &calls));
        if let Some(first) = calls.moments.lock().unwrap().get(before) {
            longest = longest.max(*first - begun);
        }
        drop(pace);
        time.set_wall(SignedDuration::from_mins(jump));
    }
    calls.assert_never_more_than(900);
    assert!(longest <= Duration::from_secs(3_620), "{longest:?}");
    // Each jump may cost an hour, and there were five hours.
    assert!(calls.count() > 3 * 900 / 2, "{}", calls.count());
}

#[test]
fn a_clock_that_is_set_while_calls_leave_changes_windows_only() {
    let time = Time::at("2026-01-14T20:00:00Z");
    let windows = nights("UTC");
    let pace = pace(&time, &limits(Some(GROWTH), windows.clone()));
    let calls = Calls::default();
    pace.end_at(time.wall() + hours(20));
    let mut all = workers(&pace, &time, &calls);
    all.push(Box::pin(async {
        for jump in [-30, 45, -90, -60 * 14, 60 * 14] {
            time.sleep(Duration::from_secs(3600)).await;
            time.set_wall(SignedDuration::from_mins(jump));
        }
    }));
    time.run(all);
    calls.assert_never_more_than(900);
    assert_within(&windows, &calls);
    // The end holds by the clock that cannot be set, too.
    assert!(
        time.now() <= Duration::from_secs(20 * 3600),
        "{:?}",
        time.now()
    );
    assert!(calls.count() > 3 * 900, "{}", calls.count());
}
