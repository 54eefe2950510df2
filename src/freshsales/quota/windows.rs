//! Daily windows on the calendar: when calls may leave, and how long a piece of work takes that may go on in them only.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

use super::clock::later;
use crate::config::DailyWindow;

/// How far ahead openings are looked for, in days. A window may be missing on one day, when clocks go forward.
const HORIZON: i32 = 3;

/// Work that needs longer has no end that anybody would plan with: ten years.
const FAR: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// The hours in which calls may leave.
#[derive(Clone, Debug)]
pub struct Windows {
    daily: Vec<DailyWindow>,
    zone: TimeZone,
}

/// Whether calls may leave at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Yes, until this moment at least; `None`: there are no windows.
    Open(Option<Timestamp>),
    /// Not before this moment.
    Closed(Timestamp),
}

impl Windows {
    /// These windows of each day, by the clocks of `zone`; none means always.
    #[must_use]
    pub fn new(daily: Vec<DailyWindow>, zone: TimeZone) -> Self {
        Self { daily, zone }
    }

    /// No windows: calls may leave at any time.
    #[must_use]
    pub fn always() -> Self {
        Self::new(Vec::new(), TimeZone::UTC)
    }

    /// Whether there is no window, so that calls may leave at any time.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.daily.is_empty()
    }

    /// A moment as the clocks of the windows' zone show it.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Whether calls may leave at `now`.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Opening {
        if self.is_always() {
            return Opening::Open(None);
        }
        let spans = self.spans(self.local(now).date());
        let next = spans.iter().find(|(_, to)| *to > now);
        match next {
            Some((from, to)) if *from <= now => Opening::Open(Some(*to)),
            Some((from, _)) => Opening::Closed(*from),
            // The end of the calendar; a day later somebody looks again.
            None => Opening::Closed(later(now, Duration::from_secs(24 * 60 * 60))),
        }
    }

    /// When work is done that begins at `start`, needs `open` time, and rests while the windows are closed;
    /// the end of time for more than ten years of work.
    #[must_use]
    pub fn after(&self, start: Timestamp, open: Duration) -> Timestamp {
        if open > FAR {
            return Timestamp::MAX;
        }
        let (mut at, mut rest) = (start, open);
        while at < Timestamp::MAX {
            match self.at(at) {
                Opening::Closed(until) => at = until,
                Opening::Open(None) => return later(at, rest),
                Opening::Open(Some(until)) => {
                    let here = Duration::try_from(until.duration_since(at)).unwrap_or_default();
                    if rest <= here {
                        return later(at, rest);
                    }
                    rest -= here;
                    at = until;
                }
            }
        }
        at
    }

    /// The spans of time around a day in which calls may leave: in order, none touching another. Where clocks go forward, a time
    /// that is not there is taken as that much later; where they go back, the first of two equal times is meant.
    fn spans(&self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        let days = (-1..=HORIZON).filter_map(|offset| day.checked_add(offset.days()).ok());
        let mut spans: Vec<_> = days
            .flat_map(|day| self.daily.iter().map(move |window| (day, window)))
            .filter_map(|(day, window)| self.span(day, window))
            .filter(|(from, to)| from < to)
            .collect();
        spans.sort_unstable();
        let mut merged: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    fn span(&self, day: Date, window: &DailyWindow) -> Option<(Timestamp, Timestamp)> {
        let last = match window.to > window.from {
            true => day,
            false => day.tomorrow().ok()?,
        };
        let at = |day: Date, time| {
            let zoned = self.zone.to_ambiguous_zoned(day.to_datetime(time));
            zoned.compatible().ok().map(|zoned| zoned.timestamp())
        };
        Some((at(day, window.from)?, at(last, window.to)?))
    }
}

/// `19:00-07:00, 12:00-13:00 (Europe/Berlin)`, or that there are none.
impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_always() {
            return f.write_str("at any time");
        }
        for (index, window) in self.daily.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let (from, to) = (window.from.strftime("%H:%M"), window.to.strftime("%H:%M"));
            write!(f, "{comma}{from}-{to}")?;
        }
        write!(
            f,
            " ({})",
            self.zone.iana_name().unwrap_or("this machine's zone")
        )
    }
}

/// From `now` until `at`, or nothing when that is over.
pub(super) fn until(at: Timestamp, now: Timestamp) -> Duration {
    let wait: SignedDuration = at.duration_since(now);
    Duration::try_from(wait).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn windows(daily: &[&str], zone: &str) -> Windows {
        let daily = daily.iter().map(|text| DailyWindow::parse(text).unwrap());
        Windows::new(daily.collect(), TimeZone::get(zone).unwrap())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn assert_opening(windows: &Windows, now: &str, wanted: Result<&str, &str>) {
        let wanted = match wanted {
            Ok(until) => Opening::Open(Some(at(until))),
            Err(until) => Opening::Closed(at(until)),
        };
        assert_eq!(windows.at(at(now)), wanted, "{now}");
    }

    #[test]
    fn a_night_begins_on_one_day_and_ends_on_the_next() {
        let nights = windows(&["19:00-07:00"], "Europe/Berlin");
        assert_opening(&nights, "2026-01-15T17:59:59Z", Err("2026-01-15T18:00:00Z"));
        assert_opening(&nights, "2026-01-15T18:00:00Z", Ok("2026-01-16T06:00:00Z"));
        assert_opening(&nights, "2026-01-16T05:59:59Z", Ok("2026-01-16T06:00:00Z"));
        assert_opening(&nights, "2026-01-16T06:00:00Z", Err("2026-01-16T18:00:00Z"));
        // The same clock times in summer are other moments.
        assert_opening(&nights, "2026-07-15T16:30:00Z", Err("2026-07-15T17:00:00Z"));
    }

    #[test]
    fn several_windows_that_touch_are_one_and_no_window_means_always() {
        let many = windows(&["12:00-13:00", "19:00-24:00", "00:00-06:00"], "UTC");
        assert_opening(&many, "2026-01-15T12:30:00Z", Ok("2026-01-15T13:00:00Z"));
        assert_opening(&many, "2026-01-15T13:00:00Z", Err("2026-01-15T19:00:00Z"));
        assert_opening(&many, "2026-01-15T20:00:00Z", Ok("2026-01-16T06:00:00Z"));
        assert_eq!(
            many.to_string(),
            "12:00-13:00, 19:00-00:00, 00:00-06:00 (UTC)"
        );
        let always = Windows::always();
        assert_eq!(always.at(Timestamp::now()), Opening::Open(None));
        // Each day from six to six: never closed.
        let whole = windows(&["06:00-06:00"], "UTC");
        assert!(matches!(
            whole.at(at("2026-01-15T05:59:00Z")),
            Opening::Open(Some(_))
        ));
    }

    #[test]
    fn a_night_in_which_clocks_change_is_an_hour_shorter_or_longer() {
        let nights = windows(&["19:00-07:00"], "Europe/Berlin");
        assert_opening(&nights, "2026-03-28T18:00:00Z", Ok("2026-03-29T05:00:00Z"));
        assert_opening(&nights, "2026-10-24T17:00:00Z", Ok("2026-10-25T06:00:00Z"));
        let open = |day: &str| {
            let from = nights.after(at(day), Duration::ZERO);
            match nights.at(nights.after(from, Duration::from_secs(1))) {
                Opening::Open(Some(to)) => to.duration_since(at(day)).as_hours(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(open("2026-03-28T18:00:00Z"), 11);
        assert_eq!(open("2026-10-24T17:00:00Z"), 13);
    }

    #[test]
    fn times_that_are_not_there_or_there_twice_are_one_moment() {
        // 02:30 is not there on March 29th and there twice on October 25th.
        let early = windows(&["02:30-05:00"], "Europe/Berlin");
        assert_opening(&early, "2026-03-29T00:30:00Z", Err("2026-03-29T01:30:00Z"));
        assert_opening(&early, "2026-10-25T00:00:00Z", Err("2026-10-25T00:30:00Z"));
        assert_opening(&early, "2026-10-25T01:45:00Z", Ok("2026-10-25T04:00:00Z"));
        // A window inside the missing hour is missing that day.
        let missing = windows(&["02:10-02:50"], "Europe/Berlin");
        assert_opening(
            &missing,
            "2026-03-28T03:00:00Z",
            Err("2026-03-29T01:10:00Z"),
        );
        let gone = windows(&["02:30-03:00"], "Europe/Berlin");
        assert_opening(&gone, "2026-03-28T03:00:00Z", Err("2026-03-30T00:30:00Z"));
    }

    #[test]
    fn work_rests_while_the_windows_are_closed() {
        let nights = windows(&["19:00-07:00"], "UTC");
        let hours = |number: u64| Duration::from_secs(number * 3600);
        let begun = at("2026-01-15T12:00:00Z");
        assert_eq!(nights.after(begun, hours(2)), at("2026-01-15T21:00:00Z"));
        assert_eq!(nights.after(begun, hours(12)), at("2026-01-16T07:00:00Z"));
        assert_eq!(nights.after(begun, hours(13)), at("2026-01-16T20:00:00Z"));
        assert_eq!(nights.after(begun, hours(36)), at("2026-01-18T07:00:00Z"));
        assert_eq!(
            Windows::always().after(begun, hours(2)),
            at("2026-01-15T14:00:00Z")
        );
    }
}
