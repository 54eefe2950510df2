//! What is foretold of the next calls is what happens, whatever the quota has seen before.

use super::*;
use crate::freshsales::quota::headers::Standing;

/// Takes `count` turns and asserts that each leaves when it was foretold.
#[track_caller]
fn assert_foretold(time: &Arc<Time>, pace: &Pace, count: u64) {
    let ahead = pace.runway(count).unwrap();
    let begun = time.now();
    let calls = Calls::default();
    time.run(vec![Box::pin(async {
        for _ in 0..=count {
            pace.turn().await.unwrap();
            calls.note(time);
        }
    })]);
    let moments = calls.moments.lock().unwrap();
    // A wait is slept in pieces of a minute, and each may begin a millisecond late.
    let is_near = |one: Duration, other: Duration| one.abs_diff(other) < seconds(1);
    let begins = moments[0] - begun;
    assert!(
        is_near(ahead.begins, begins),
        "{:?} {begins:?}",
        ahead.begins
    );
    for (index, moment) in moments.iter().enumerate() {
        let (foretold, is) = (ahead.takes(index as u64), *moment - moments[0]);
        assert!(is_near(foretold, is), "{index}: {foretold:?} {is:?}");
    }
}

fn growth(time: &Arc<Time>) -> Pace {
    pace(time, &limits(Some(GROWTH), Windows::always()))
}

#[test]
fn a_fresh_hour_and_one_that_is_used_up() {
    let time = Time::at(BEGUN);
    let pace = growth(&time);
    assert_foretold(&time, &pace, 300);
    time.move_to(time.now() + seconds(600));
    assert_foretold(&time, &pace, 700);
    assert_foretold(&time, &pace, 100);
}

#[test]
fn an_hour_that_an_earlier_process_used_up_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    // What is damaged counts as an hour used up just before.
    std::fs::write(folder.path().join("quota.json"), "{").unwrap();
    let time = Time::at(&Timestamp::now().to_string());
    let pace = pace(&time, &kept(&folder));
    let ahead = pace.runway(10).unwrap();
    assert!(ahead.begins > seconds(3_500), "{:?}", ahead.begins);
    assert_foretold(&time, &pace, 200);
}

#[test]
fn a_silence_and_a_limit_that_was_told_are_reckoned_with() {
    let time = Time::at(BEGUN);
    let pace = growth(&time);
    let number = turns(&time, &pace, 3).unwrap();
    let told = Standing {
        limit: Some(500),
        ..Standing::default()
    };
    pace.hear(number, told);
    pace.limit_met(number, Some(seconds(1_800)), seconds(60));
    let ahead = pace.runway(4_500).unwrap();
    assert_eq!(ahead.hour.allowance(), 450);
    assert!(ahead.begins >= seconds(1_800), "{:?}", ahead.begins);
    // Ten hours, because what was told is told again.
    let hours = ahead.takes(4_500).as_secs_f64() / 3600.0;
    assert!((9.8..10.2).contains(&hours), "{hours}");
    assert_foretold(&time, &pace, 100);
}

#[test]
fn calls_beyond_what_is_left_of_a_window_come_after_it() {
    let time = Time::at(BEGUN);
    let pace = growth(&time);
    let number = turns(&time, &pace, 3).unwrap();
    let told = Standing {
        limit: Some(1000),
        remaining: Some(40),
        reset: Some(seconds(3_000)),
    };
    pace.hear(number, told);
    let left = pace.left().unwrap();
    let ahead = pace.runway(left + 10).unwrap();
    assert!(ahead.takes(left - 1) < seconds(300));
    assert!(ahead.takes(left) > seconds(2_900), "the next window");
    assert_foretold(&time, &pace, left + 10);
}

#[test]
fn what_is_used_now_is_free_when_the_windows_open() {
    let time = Time::at("2026-01-14T06:00:00Z");
    let pace = pace(&time, &limits(Some(GROWTH), nights("UTC")));
    turns(&time, &pace, 890).unwrap();
    time.move_to(seconds(3 * 3600));
    let ahead = pace.runway(100).unwrap();
    assert_eq!(ahead.begins, seconds(10 * 3600));
    assert!(ahead.takes(100) < seconds(400), "{:?}", ahead.takes(100));
}

#[test]
fn more_calls_than_an_hour_holds_go_on_evenly_and_without_end() {
    let time = Time::at(BEGUN);
    let ahead = growth(&time).runway(u64::MAX).unwrap();
    let hours = ahead.takes(9_000).as_secs_f64() / 3600.0;
    assert!((9.8..10.1).contains(&hours), "{hours}");
    assert_eq!(ahead.takes(u64::MAX), Duration::MAX);
    let unlimited = pace(&time, &limits(None, Windows::always()));
    assert_eq!(unlimited.runway(1), None);
}
