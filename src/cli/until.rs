//! The times that `--until` and `--since` name.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::error::{Error, Kind, Result};

/// Reads a clock time (`07:00`, the next one), a date and time (`2026-03-04T07:00`), a moment with its offset, or a time from
/// `now` on (`+3h`, `+1h30m`). Clock times are those of `now`'s zone.
///
/// # Errors
/// [`Kind::Usage`] when it is none of these, or is over.
pub fn moment(text: &str, now: &Zoned) -> Result<Timestamp> {
    let at = match text.strip_prefix('+') {
        Some(span) => span
            .parse::<SignedDuration>()
            .ok()
            .and_then(|span| now.timestamp().checked_add(span).ok()),
        None => text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| clock_time(text, now))
            .or_else(|| local(text.parse().ok()?, now)),
    };
    let refuse = |why: &str| {
        let text = format!("`--until` {why}");
        let hint = "write a clock time (07:00), a date and time (2026-03-04T07:00), or a time from now on (+3h)";
        Error::new(Kind::Usage, text).hint(hint)
    };
    let at = at.ok_or_else(|| refuse("is not a time"))?;
    if at <= now.timestamp() {
        return Err(refuse("is over already"));
    }
    Ok(at)
}

/// Reads a date, from its first moment on (UTC), or a moment with its offset.
///
/// # Errors
/// [`Kind::Usage`] when it is neither.
pub fn past(text: &str) -> Result<Timestamp> {
    let midnight = || {
        let date: Date = text.parse().ok()?;
        date.to_zoned(TimeZone::UTC).ok()
    };
    let moment = text.parse::<Timestamp>().ok();
    // A date and time without an offset would be read as a date, and its time forgotten.
    let is_date = text.len() == "2026-03-04".len();
    let moment = moment.or_else(|| Some(midnight()?.timestamp()).filter(|_| is_date));
    moment.ok_or_else(|| {
        Error::new(Kind::Usage, "`--since` is not a time")
            .hint("write a date (2026-03-04, UTC) or a moment with its offset (2026-03-04T07:00Z)")
    })
}

/// The next time that the clocks show this.
fn clock_time(text: &str, now: &Zoned) -> Option<Timestamp> {
    // A date's own time would be read too, and the date forgotten.
    let time: Time = text.parse().ok().filter(|_| !text.contains('-'))?;
    let today = local(now.date().to_datetime(time), now)?;
    if today > now.timestamp() {
        return Some(today);
    }
    local(now.date().tomorrow().ok()?.to_datetime(time), now)
}

fn local(at: DateTime, now: &Zoned) -> Option<Timestamp> {
    let zoned = at.to_zoned(now.time_zone().clone()).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn now() -> Zoned {
        "2026-03-04T20:15:00[Europe/Berlin]".parse().unwrap()
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, wanted) in [
            ("07:00", "2026-03-05T06:00:00Z"),
            ("20:15", "2026-03-05T19:15:00Z"),
            ("21:00", "2026-03-04T20:00:00Z"),
            ("21:00:30", "2026-03-04T20:00:30Z"),
            ("2026-03-06T07:00", "2026-03-06T06:00:00Z"),
            ("2026-03-06 07:00", "2026-03-06T06:00:00Z"),
            ("2026-03-30T07:00", "2026-03-30T05:00:00Z"),
            ("2026-03-06T07:00Z", "2026-03-06T07:00:00Z"),
            ("2026-03-06T07:00+05:30", "2026-03-06T01:30:00Z"),
            ("+3h", "2026-03-04T22:15:00Z"),
            ("+90m", "2026-03-04T20:45:00Z"),
            ("+1h30m", "2026-03-04T20:45:00Z"),
        ] {
            let found = moment(text, &now()).unwrap();
            assert_eq!(found.to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn a_past_time_is_a_date_or_a_moment() {
        for (text, wanted) in [
            ("2026-03-04", "2026-03-04T00:00:00Z"),
            ("2026-03-04T07:00Z", "2026-03-04T07:00:00Z"),
            ("2026-03-04T07:00:05+02:00", "2026-03-04T05:00:05Z"),
        ] {
            assert_eq!(past(text).unwrap().to_string(), wanted);
        }
        for text in ["", "07:00", "2026-03-04T07:00", "yesterday", "2026-02-30"] {
            assert_eq!(past(text).unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_is_over_is_refused() {
        for text in [
            "",
            "soon",
            "25:00",
            "3h",
            "+",
            "+soon",
            "-3h",
            "+-3h",
            "2026-02-30T07:00",
            "2026-03-04T20:00",
        ] {
            let error = moment(text, &now()).unwrap_err();
            assert_eq!(error.kind().exit_code(), 2, "{text}");
        }
    }
}
