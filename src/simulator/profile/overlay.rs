//! A profile file over the seed's settings, and later changes over both.

use serde_json::{Map, Value};

use super::Profile;
use crate::error::{Error, Kind, Result};

/// The switches of a profile file, a TOML text.
///
/// # Errors
/// `Config` for a key that is no switch or a value that is none of its; the cause has the line.
pub fn read(text: &str) -> Result<Map<String, Value>> {
    let profile: Profile = toml::from_str(text).map_err(|cause| refused().because(cause))?;
    if let Some(problem) = profile.problem() {
        return Err(refused().because(problem));
    }
    // It has been read once, so what follows cannot fail; a bug would show as a profile without effect.
    let table: toml::Table = toml::from_str(text).map_err(|cause| refused().because(cause))?;
    match serde_json::to_value(table) {
        Ok(Value::Object(switches)) => Ok(switches),
        Ok(_) | Err(_) => Err(refused()),
    }
}

fn refused() -> Error {
    Error::new(Kind::Config, "the simulator's profile was refused")
        .hint("fixtures/freshsales/profiles/every-switch.toml has every switch with what it means")
}

/// `settings` with `changes` over them, and the profile they make.
///
/// # Errors
/// What is wrong, as one sentence without a full stop.
pub fn merge(
    settings: &Map<String, Value>,
    changes: &Map<String, Value>,
) -> Result<(Map<String, Value>, Profile), String> {
    let mut merged = settings.clone();
    for (key, value) in changes {
        merged.insert(key.clone(), value.clone());
    }
    let read = serde_json::from_value::<Profile>(Value::Object(merged.clone()));
    let profile = read.map_err(|cause| cause.to_string())?;
    match profile.problem() {
        Some(problem) => Err(problem.to_owned()),
        None => Ok((merged, profile)),
    }
}
