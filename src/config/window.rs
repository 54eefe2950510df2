//! A daily window of `deskferry.toml`: `19:00-07:00`.

use jiff::civil::Time;

/// A part of each day, in the time zone of the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyWindow {
    /// When it opens.
    pub from: Time,
    /// When it closes: on the same day, or on the next one when this is not after `from`.
    pub to: Time,
}

impl DailyWindow {
    /// Reads `HH:MM-HH:MM`; `24:00` is the end of the day. What is wrong comes back as the end of a sentence.
    ///
    /// # Errors
    /// Why the text is no window. It is not repeated.
    pub fn parse(text: &str) -> Result<Self, String> {
        let window = text.split_once('-').and_then(|(from, to)| {
            Some(Self {
                from: clock_time(from.trim())?,
                to: match to.trim() {
                    "24:00" => Time::midnight(),
                    to => clock_time(to)?,
                },
            })
        });
        window.ok_or_else(|| {
            "must be clock times with two digits and a hyphen, for example \"19:00-07:00\""
                .to_owned()
        })
    }
}

fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_short = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_short(hour) || !is_short(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_window_is_two_clock_times() {
        let window = DailyWindow::parse("19:00 - 07:30").unwrap();
        assert_eq!(window.from, Time::constant(19, 0, 0, 0));
        assert_eq!(window.to, Time::constant(7, 30, 0, 0));
        let evening = DailyWindow::parse("18:00-24:00").unwrap();
        assert_eq!(evening.to, Time::midnight());
        for wrong in [
            "",
            "19:00",
            "7-19",
            "7:00-19:00",
            "19:00-25:00",
            "19:60-20:00",
            "24:00-07:00",
            "+1:00-02:00",
        ] {
            assert!(DailyWindow::parse(wrong).is_err(), "{wrong}");
        }
    }
}
