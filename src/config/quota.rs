//! Section `[quota]`.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::reader::{Value, Values};
use super::{DailyWindow, count, incomplete, optional};
use crate::error::Result;

const SECTION: &str = "quota";

/// Section `[quota]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// Calls per hour of the account, where its plan does not say the right number.
    pub calls_per_hour: Option<u64>,
    /// Share of them that is left to the people who work in the account, 0 to 0.9.
    pub share_to_leave_free: f64,
    /// Least time between the starts of two calls.
    pub minimum_gap: Duration,
    /// Calls that may leave as quickly as the gap allows, at least 1.
    pub burst: u32,
    /// Hours of the day in which calls may leave; none means always.
    pub windows: Vec<DailyWindow>,
    /// The zone whose clocks the windows go by, and times that are typed and shown.
    pub time_zone: TimeZone,
}

pub(super) fn quota(values: &Values) -> Result<Quota> {
    let calls_per_hour = match values.get(&(SECTION, "calls_per_hour")) {
        Some(_) => Some(count(values, SECTION, "calls_per_hour")?),
        None => None,
    };
    let time_zone = match optional(values, SECTION, "time_zone") {
        Some(name) => TimeZone::get(&name).map_err(|_| incomplete(SECTION, "time_zone"))?,
        None => TimeZone::system(),
    };
    let burst = count(values, SECTION, "burst")?;
    Ok(Quota {
        calls_per_hour,
        share_to_leave_free: share(values, "share_to_leave_free")?,
        minimum_gap: Duration::from_millis(count(values, SECTION, "minimum_gap_milliseconds")?),
        burst: u32::try_from(burst).map_err(|_| incomplete(SECTION, "burst"))?,
        windows: windows(values)?,
        time_zone,
    })
}

fn share(values: &Values, key: &'static str) -> Result<f64> {
    match values.get(&(SECTION, key)) {
        Some(Value::Share(share)) => Ok(*share),
        _ => Err(incomplete(SECTION, key)),
    }
}

fn windows(values: &Values) -> Result<Vec<DailyWindow>> {
    let Some(Value::Texts(texts)) = values.get(&(SECTION, "windows")) else {
        return Err(incomplete(SECTION, "windows"));
    };
    let windows = texts.iter().map(|text| DailyWindow::parse(text));
    windows
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| incomplete(SECTION, "windows"))
}
