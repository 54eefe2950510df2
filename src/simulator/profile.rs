//! How this account behaves where accounts differ: every switch, with its default.
//!
//! The switches stand under `settings` in the seed. A default is the harsher of the behaviours seen.

use serde::{Deserialize, Deserializer, de};

use super::edition::Edition;
use super::times::Zone;

/// What a PUT does with the custom fields it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldPut {
    /// They are emptied.
    Replace,
    /// They stay.
    Merge,
}

/// Switches of an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The kind of account.
    pub edition: Edition,
    /// Offset in which date-times are shown, and meant where a request gives none.
    #[serde(deserialize_with = "zone")]
    pub time_offset: Zone,
    /// Calls that a clock hour allows; `null`: no limit.
    pub hourly_limit: Option<u32>,
    /// Largest page of a list; a larger `per_page` is cut.
    pub page_rows: usize,
    /// Rows that one bulk call takes.
    pub bulk_rows: usize,
    /// Bulk jobs at a time; 405 beyond.
    pub jobs_in_flight: usize,
    /// Polls that still find a job unfinished.
    pub job_polls: u32,
    /// Seconds after which a job is done, though nobody asked.
    pub job_seconds: u32,
    /// See [`CustomFieldPut`].
    pub custom_field_put: CustomFieldPut,
    /// Whether a record in the Recycle Bin still holds its unique values.
    pub bin_holds_unique: bool,
    /// Whether the answer to GET by id, create, PUT and upsert shows foreign ids without an `include`.
    pub ids_in_full_answers: bool,
    /// Whether an inactive user may own records.
    pub inactive_owners: bool,
    /// The user whose key this is; `null`: the first active one.
    pub key_user_id: Option<u64>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            edition: Edition::Suite,
            time_offset: Zone::UTC,
            hourly_limit: None,
            page_rows: 100,
            bulk_rows: 100,
            jobs_in_flight: 10,
            job_polls: 2,
            job_seconds: 5,
            custom_field_put: CustomFieldPut::Replace,
            bin_holds_unique: true,
            ids_in_full_answers: false,
            inactive_owners: false,
            key_user_id: None,
        }
    }
}

impl Profile {
    /// The account's zone, with the edition's way to show an instant.
    pub fn zone(&self) -> Zone {
        match self.edition {
            Edition::Suite => self.time_offset,
            Edition::Classic => self.time_offset.shown_in_utc(),
        }
    }
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    let text = String::deserialize(deserializer)?;
    Zone::parse(&text)
        .ok_or_else(|| de::Error::custom("time_offset must look like +01:00 or -04:00"))
}
