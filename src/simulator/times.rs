//! Dates as Freshsales takes and shows them: instants in the account's offset, days without one.

use std::time::Instant;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// The account's fixed offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    offset: Offset,
    /// Instants are shown in UTC, with a `Z`.
    shows_utc: bool,
}

impl Zone {
    /// No offset.
    pub const UTC: Self = Self::at(Offset::UTC);

    const fn at(offset: Offset) -> Self {
        Self {
            offset,
            shows_utc: false,
        }
    }

    /// The same zone, whose instants are shown as `2026-01-31T08:30:00Z`.
    pub fn shown_in_utc(self) -> Self {
        Self {
            shows_utc: true,
            ..self
        }
    }

    /// Reads `+01:00`, `-04:00` or `Z`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self::UTC);
        }
        let sign = match text.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = text.get(1..)?.split_once(':')?;
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
            return None;
        }
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60))
            .ok()
            .map(Self::at)
    }

    /// The instant that `text` means, in seconds since 1970. A text without offset is in the account's zone.
    pub fn instant(self, text: &str) -> Option<i64> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant.as_second());
        }
        let local: DateTime = text.parse().ok()?;
        self.offset
            .to_timestamp(local)
            .ok()
            .map(Timestamp::as_second)
    }

    /// The day that `text` means. An instant is moved into the account's zone first, so it can fall on another day.
    pub fn day(self, text: &str) -> Option<String> {
        if text.len() == 10 {
            return text.parse::<Date>().ok().map(|day| day.to_string());
        }
        self.instant(text)
            .map(|seconds| self.local(seconds).date().to_string())
    }

    /// `2026-01-31T09:30:00+01:00`.
    pub fn show(self, seconds: i64) -> String {
        if self.shows_utc {
            let utc = Self::UTC.local(seconds);
            return utc.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        }
        let local = self.local(seconds);
        format!("{}{}", local.strftime("%Y-%m-%dT%H:%M:%S"), self.suffix())
    }

    /// Midnight of a stored day, the way custom date fields come back.
    pub fn show_midnight(self, day: &str) -> String {
        format!("{day}T00:00:00{}", self.suffix())
    }

    /// First second of the day that lies `days` after the one of `now`.
    pub fn midnight(self, now: i64, days: i64) -> i64 {
        let day = self.local(now).date().saturating_add(days.days());
        self.offset
            .to_timestamp(day.at(0, 0, 0, 0))
            .map_or(now, Timestamp::as_second)
    }

    fn local(self, seconds: i64) -> DateTime {
        // Every stored instant came out of `instant` or the clock, so it is in range.
        let instant = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        self.offset.to_datetime(instant)
    }

    fn suffix(self) -> String {
        let seconds = self.offset.seconds();
        if self.shows_utc && seconds == 0 {
            return "Z".to_owned();
        }
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// `DDMMYYHHMMSS` in UTC, as some accounts tell when the allowance is renewed.
pub fn day_first(seconds: i64) -> String {
    let instant = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.strftime("%d%m%y%H%M%S").to_string()
}

/// The simulator's clock. It starts with the machine's time, runs `speed` times as fast, never jumps back, and is
/// moved forward by the control routes.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Milliseconds since 1970 at `since`: simulated, and as the machine had them.
    base_millis: i64,
    machine_millis: i64,
    since: Instant,
    speed: u32,
}

impl Default for Clock {
    fn default() -> Self {
        Self::ahead_by(0)
    }
}

impl Clock {
    /// A clock that is ahead of the machine's by so many milliseconds.
    pub fn ahead_by(millis: i64) -> Self {
        let machine_millis = Timestamp::now().as_millisecond();
        Self {
            base_millis: machine_millis.saturating_add(millis),
            machine_millis,
            since: Instant::now(),
            speed: 1,
        }
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.after(self.passed())
    }

    /// Milliseconds that it is ahead of the machine's clock.
    pub fn ahead(self) -> i64 {
        let passed = self.passed();
        self.after(passed) - self.machine_millis.saturating_add(passed)
    }

    /// Real milliseconds since `since`.
    fn passed(self) -> i64 {
        i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn after(self, passed: i64) -> i64 {
        let passed = passed.saturating_mul(i64::from(self.speed));
        self.base_millis.saturating_add(passed)
    }

    /// Seconds since 1970.
    pub fn now(self) -> i64 {
        self.millis() / 1000
    }

    /// Simulated seconds in a real one.
    pub fn speed(self) -> u32 {
        self.speed
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, seconds: u32) {
        self.base_millis = self.base_millis.saturating_add(i64::from(seconds) * 1000);
    }

    /// Runs at another speed from now on.
    pub fn set_speed(&mut self, speed: u32) {
        if speed != self.speed {
            let ahead = self.ahead();
            *self = Self {
                speed,
                ..Self::ahead_by(ahead)
            };
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn instants_are_shown_in_the_account_offset() {
        let zone = Zone::parse("+05:30").unwrap();
        let seconds = zone.instant("2026-01-31T23:00:00Z").unwrap();
        assert_eq!(zone.show(seconds), "2026-02-01T04:30:00+05:30");
        assert_eq!(
            zone.day("2026-01-31T23:00:00Z").unwrap(),
            "2026-02-01",
            "days shift"
        );
    }

    #[test]
    fn the_classic_edition_shows_instants_in_utc() {
        let zone = Zone::parse("+05:30").unwrap().shown_in_utc();
        assert_eq!(zone.show(0), "1970-01-01T00:00:00Z");
        assert_eq!(
            zone.show_midnight("2026-01-31"),
            "2026-01-31T00:00:00+05:30"
        );
        let utc = Zone::UTC.shown_in_utc();
        assert_eq!(utc.show_midnight("2026-01-31"), "2026-01-31T00:00:00Z");
    }

    #[test]
    fn a_text_without_offset_is_in_the_account_zone() {
        let zone = Zone::parse("-04:00").unwrap();
        assert_eq!(
            zone.instant("2026-01-01T00:00:00"),
            zone.instant("2026-01-01T04:00:00Z")
        );
        assert_eq!(
            zone.instant("2026-01-01"),
            zone.instant("2026-01-01T04:00:00Z")
        );
        assert_eq!(zone.instant("31.01.2026"), None);
    }

    #[test]
    fn the_day_comes_first_where_an_account_says_so() {
        assert_eq!(day_first(1_769_904_065), "010226000105");
    }

    #[test]
    fn a_fast_clock_goes_on_from_where_it_was() {
        let mut clock = Clock::default();
        let begin = clock.millis();
        clock.set_speed(86_400);
        assert!(clock.millis() - begin < 1_000_000, "no jump");
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(clock.millis() - begin >= 20 * 86_400);
        let before = clock.millis();
        clock.advance(3600);
        assert!(clock.millis() - before >= 3_600_000);
    }
}
