//! What an answer's headers say of the quota. Accounts differ in which they send and in how they write a moment (fact sheet §6).

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::windows::until;

/// A window of the destination is an hour; whatever says more is not believed.
const LONGEST_RESET: Duration = Duration::from_secs(60 * 60);

/// Nor is a longer silence asked for in earnest.
const LONGEST_SILENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The quota as the destination sees it; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::freshsales) struct Standing {
    /// Calls of a whole window.
    pub(in crate::freshsales) limit: Option<u64>,
    /// Calls that are left in it, for everybody in the account.
    pub(in crate::freshsales) remaining: Option<u64>,
    /// Time until the next window.
    pub(in crate::freshsales) reset: Option<Duration>,
}

/// Reads the `x-ratelimit-` headers. Moments are read against the answer's own `Date`, so that clocks need not agree.
pub(in crate::freshsales) fn standing(headers: &HeaderMap, wall: Timestamp) -> Standing {
    let number = |name: &str| text(headers, name)?.parse::<u64>().ok();
    Standing {
        limit: number("x-ratelimit-limit").filter(|limit| *limit > 0),
        remaining: number("x-ratelimit-remaining"),
        reset: text(headers, "x-ratelimit-reset").and_then(|text| reset(text, now(headers, wall))),
    }
}

/// `Retry-After`, in seconds or as a date.
pub(in crate::freshsales) fn retry_after(headers: &HeaderMap, wall: Timestamp) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER.as_str())?;
    let wait = match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => until(moment(text)?, now(headers, wall)),
    };
    Some(wait.min(LONGEST_SILENCE))
}

/// Seconds to go, seconds or milliseconds since 1970, or `DDMMYYHHMMSS`, taken as UTC: told apart by their length.
fn reset(text: &str, now: Timestamp) -> Option<Duration> {
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0)?;
    let at = match text.len() {
        ..=7 => return Some(Duration::from_secs(number.unsigned_abs()).min(LONGEST_RESET)),
        10 => Timestamp::from_second(number).ok()?,
        12 => DateTime::strptime("%d%m%y%H%M%S", text)
            .and_then(|at| at.to_zoned(TimeZone::UTC))
            .ok()?
            .timestamp(),
        13 => Timestamp::from_millisecond(number).ok()?,
        _ => return None,
    };
    let wait = until(at, now);
    (!wait.is_zero() && wait <= LONGEST_RESET).then_some(wait)
}

fn now(headers: &HeaderMap, wall: Timestamp) -> Timestamp {
    text(headers, DATE.as_str())
        .and_then(moment)
        .unwrap_or(wall)
}

fn moment(text: &str) -> Option<Timestamp> {
    let parsed = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(parsed.timestamp())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    /// 2026-10-21, 07:28 UTC.
    const DATE_HEADER: (&str, &str) = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        });
        pairs.collect()
    }

    fn reset_of(text: &str) -> Option<u64> {
        let headers = headers(&[DATE_HEADER, ("X-RateLimit-Reset", text)]);
        standing(&headers, Timestamp::UNIX_EPOCH)
            .reset
            .map(|wait| wait.as_secs())
    }

    #[test]
    fn a_reset_is_read_however_it_is_written() {
        assert_eq!(reset_of("1800"), Some(1800));
        assert_eq!(reset_of("0"), Some(0));
        assert_eq!(reset_of("1792570080"), Some(2400), "seconds since 1970");
        assert_eq!(
            reset_of("1792570080000"),
            Some(2400),
            "milliseconds since 1970"
        );
        assert_eq!(
            reset_of("211026080800"),
            Some(2400),
            "day, month, year, time"
        );
        assert_eq!(reset_of("99999"), Some(3600), "no window is longer");
        for unknown in [
            "211026100000",
            "1792560000",
            "soon",
            "-5",
            "",
            "123456789",
            "991326080800",
        ] {
            assert_eq!(reset_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_not_said_is_not_guessed() {
        let nothing = standing(&headers(&[DATE_HEADER]), Timestamp::now());
        assert_eq!(nothing, Standing::default());
        let some = headers(&[
            ("x-ratelimit-limit", "1000"),
            ("x-ratelimit-remaining", " 17 "),
        ]);
        let wanted = Standing {
            limit: Some(1000),
            remaining: Some(17),
            reset: None,
        };
        assert_eq!(standing(&some, Timestamp::now()), wanted);
        let broken = headers(&[
            ("x-ratelimit-limit", "0"),
            ("x-ratelimit-remaining", "many"),
        ]);
        assert_eq!(standing(&broken, Timestamp::now()), Standing::default());
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let wait = |text| {
            retry_after(
                &headers(&[DATE_HEADER, ("retry-after", text)]),
                Timestamp::now(),
            )
        };
        assert_eq!(wait("90"), Some(Duration::from_secs(90)));
        assert_eq!(
            wait("Wed, 21 Oct 2026 07:30:00 GMT"),
            Some(Duration::from_secs(120))
        );
        assert_eq!(wait("Wed, 21 Oct 2026 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("later"), None);
        assert_eq!(wait("-1"), None);
        assert_eq!(wait("1e18"), Some(LONGEST_SILENCE));
    }
}
