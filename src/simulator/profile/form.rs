//! Values of switches that are more than a word.

use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};

use super::super::times::Zone;

/// Largest clock speed: a day a second.
pub const FASTEST: u32 = 86_400;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Off {
    Off,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a value of its kind, or \"off\"")]
enum Switch<T> {
    Off(Off),
    On(T),
}

/// A value, or `"off"`, or `null` where the format has it.
pub fn or_off<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(match Option::<Switch<T>>::deserialize(deserializer)? {
        Some(Switch::On(value)) => Some(value),
        Some(Switch::Off(Off::Off)) | None => None,
    })
}

/// An offset as `+01:00`.
pub fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    let text = String::deserialize(deserializer)?;
    Zone::parse(&text)
        .ok_or_else(|| de::Error::custom("time_offset must look like +01:00 or -04:00"))
}
