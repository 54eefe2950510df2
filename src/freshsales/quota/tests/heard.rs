//! What answers say of the hour: calls left, limits of the account.

use super::*;
use crate::freshsales::quota::headers::Standing;

fn told(remaining: u64, reset: Option<u64>) -> Standing {
    Standing {
        limit: None,
        remaining: Some(remaining),
        reset: reset.map(seconds),
    }
}

#[test]
fn fewer_calls_left_than_there_should_be_lower_the_rest_of_the_hour() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let number = turns(&time, &pace, 10).unwrap();
    pace.hear(number, told(990, Some(3000)));
    assert_eq!(pace.left(), Some(890), "nobody else is at work");
    pace.hear(number, told(40, Some(3000)));
    assert_eq!(
        pace.left(),
        Some(35),
        "a tenth of what they have not used is theirs"
    );
    turns(&time, &pace, 35).unwrap();
    assert!(time.now() < seconds(1_000), "{:?}", time.now());
    assert_eq!(pace.left(), Some(0));
    turns(&time, &pace, 1).unwrap();
    assert!(time.now() >= seconds(3_000), "{:?}", time.now());
    assert!(pace.left().unwrap() > 800);
}

#[test]
fn an_older_answer_does_not_overrule_a_newer_one() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let number = turns(&time, &pace, 10).unwrap();
    pace.hear(number, told(20, Some(3000)));
    pace.hear(number - 5, told(500, Some(3000)));
    assert_eq!(pace.left(), Some(17));
    // Calls that left after the answered one are not in its number yet.
    pace.hear(number + 1, told(10, Some(3000)));
    turns(&time, &pace, 4).unwrap();
    assert_eq!(pace.left(), Some(8 + 1 - 4));
}

/// Hears after each call how many calls are truly left to everybody, until none of ours is; so many others keep.
fn others_keep(remaining: u64, reset: Option<u64>, others_use: u64) -> u64 {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let mut remaining = remaining;
    let left = |time: &Time| reset.map(|reset| reset - time.now().as_secs());
    loop {
        let number = turns(&time, &pace, 1).unwrap();
        remaining -= 1;
        pace.hear(number, told(remaining, left(&time)));
        if pace.left() == Some(0) {
            return remaining;
        }
        remaining = remaining.saturating_sub(others_use).max(1);
    }
}

#[test]
fn what_is_left_to_the_others_does_not_shrink_with_each_answer() {
    assert_eq!(others_keep(500, Some(3_500), 0), 50, "a tenth, all told");
    assert_eq!(others_keep(500, None, 0), 50);
    assert_eq!(others_keep(900, Some(3_590), 0), 90);
    // They take a call for each of ours, and still find some when we have to stop.
    let busy = others_keep(500, Some(3_500), 1);
    assert!((24..=28).contains(&busy), "{busy}");
}

#[test]
fn what_is_left_to_the_others_stands_also_in_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = kept(&folder);
    let first = pace(&time, &limits);
    let number = turns(&time, &first, 100).unwrap();
    first.hear(number, told(200, Some(3_000)));
    assert_eq!(first.left(), Some(170), "300 are ours and theirs together");
    turns(&time, &first, 150).unwrap();
    drop(first);
    let second = pace(&time, &limits);
    let number = turns(&time, &second, 1).unwrap();
    let reset = 3_000 - (time.now().as_secs() - 60);
    second.hear(number, told(49, Some(reset)));
    assert_eq!(second.left(), Some(19), "and not 44");
}

#[test]
fn the_last_minute_of_the_hour_takes_nothing_from_the_others() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let number = turns(&time, &pace, 100).unwrap();
    pace.hear(number, told(100, Some(400)));
    turns(&time, &pace, 80).unwrap();
    let number = number + 80;
    pace.hear(number, told(20, Some(30)));
    assert_eq!(pace.left(), Some(0));
}

#[test]
fn without_a_reset_one_call_finds_out_after_a_quarter_of_an_hour() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let number = turns(&time, &pace, 1).unwrap();
    pace.hear(number, told(0, None));
    turns(&time, &pace, 1).unwrap();
    assert!(time.now() >= seconds(900) && time.now() < seconds(910));
}

#[test]
fn a_lower_limit_than_the_plans_holds_from_then_on_also_in_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = kept(&folder);
    let first = pace(&time, &limits);
    let number = turns(&time, &first, 1).unwrap();
    let limit = |limit, reset| Standing {
        limit: Some(limit),
        remaining: None,
        reset: Some(seconds(reset)),
    };
    first.hear(number, limit(5000, 3000));
    first.hear(number, limit(100, 30));
    assert_eq!(
        first.left(),
        Some(899),
        "neither raised nor that of a minute"
    );
    first.hear(number, limit(500, 3000));
    assert_eq!(first.left(), Some(449));
    drop(first);
    let second = pace(&time, &limits);
    assert_eq!(second.left(), Some(449));
    second.hear(0, limit(800, 3000));
    assert_eq!(second.left(), Some(719), "another plan was booked");
}

#[test]
fn a_limit_that_is_not_told_again_is_believed_for_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let time = Time::at(BEGUN);
    let limits = kept(&folder);
    let first = pace(&time, &limits);
    let limit = Standing {
        limit: Some(500),
        ..Standing::default()
    };
    first.hear(0, limit);
    turns(&time, &first, 1).unwrap();
    time.move_to(seconds(3_000));
    assert_eq!(first.left(), Some(449));
    drop(first);
    let second = pace(&time, &limits);
    assert_eq!(second.left(), Some(449), "also in the next process");
    time.move_to(seconds(3_700));
    assert_eq!(second.left(), Some(900), "then it is asked anew");
}

#[test]
fn what_a_low_limit_made_slow_is_not_waited_for_when_it_is_over() {
    let time = Time::at(BEGUN);
    let pace = pace(&time, &limits(Some(GROWTH), Windows::always()));
    let low = Standing {
        limit: Some(2),
        ..Standing::default()
    };
    let number = turns(&time, &pace, 1).unwrap();
    pace.hear(number, low);
    time.move_to(seconds(1_000));
    pace.hear(number, low);
    turns(&time, &pace, 1).unwrap();
    assert!(time.now() >= seconds(3_600), "one call of ours an hour");
    time.move_to(seconds(4_700));
    turns(&time, &pace, 10).unwrap();
    assert!(time.now() < seconds(4_800), "{:?}", time.now());
}
