//! What limits calls, and what they may have to wait for.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::budget::Hour;
use super::windows::Windows;

/// How calls are paced.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The account's hour; `None`: as many calls as the gap allows.
    pub hour: Option<Hour>,
    /// Least time between the starts of two calls.
    pub min_gap: Duration,
    /// The hours of the day in which calls may leave.
    pub windows: Windows,
    /// File that keeps the hour's calls for the next process. Without an `hour` it is not used.
    pub file: Option<PathBuf>,
    /// How long limits may be met one after the other, beyond the longest silence asked for, before a call is given up.
    pub patience: Duration,
    /// When the destination asks for a longer silence than this, no call waits for its end.
    pub longest_wait: Duration,
}

/// A long wait, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When it ends, by the clock on the wall.
    pub until: Timestamp,
    /// What it is for.
    pub why: Why,
}

/// What a long wait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No window is open.
    Window,
    /// The hour's calls are used up.
    Hour,
    /// The destination asked for silence.
    Asked,
}
