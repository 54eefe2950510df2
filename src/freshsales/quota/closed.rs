//! Why no call leaves any more in this run.

use std::io;
use std::path::Path;

use jiff::Zoned;

use crate::error::{Error, Kind};

/// Why a call did not leave, and none will.
#[derive(Clone, Debug)]
pub(in crate::freshsales) enum Closed {
    /// The time that the run was given is over.
    TimeIsUp(Zoned),
    /// The destination wants to hear nothing before this time, which is far off.
    Silence(Zoned),
    /// Somebody stopped the run.
    Stopped,
    /// The hour's calls cannot be kept on disk, so that the next process would not know of them.
    Uncounted(String),
}

impl Closed {
    pub(super) fn uncounted(path: &Path, cause: &io::Error) -> Self {
        Self::Uncounted(format!("{}: {cause}", path.display()))
    }

    /// In a few words.
    pub(in crate::freshsales) fn reason(&self) -> String {
        match self {
            Self::TimeIsUp(end) => format!("the time is up ({})", clock_time(end)),
            Self::Silence(end) => format!("no calls are taken before {}", clock_time(end)),
            Self::Stopped => "stopped".to_owned(),
            Self::Uncounted(_) => "the calls of this hour cannot be kept".to_owned(),
        }
    }

    pub(in crate::freshsales) fn into_error(self) -> Error {
        match self {
            Self::TimeIsUp(end) => {
                let text = format!("the time is up: no call begins after {}", clock_time(&end));
                Error::new(Kind::Destination, text)
                    .hint("run the same command again, with a later `--until` or without; it goes on where it stopped")
            }
            Self::Silence(end) => {
                let end = clock_time(&end);
                let text = format!("the destination takes no more calls before {end}");
                Error::new(Kind::Destination, text).hint(format!(
                    "run the same command again after {end}; it goes on where it stopped"
                ))
            }
            Self::Stopped => Error::new(
                Kind::Interrupted,
                "stopped; the calls in flight have ended and the ledger is complete",
            )
            .hint("run the same command again; it goes on where it stopped"),
            Self::Uncounted(cause) => Error::new(
                Kind::Config,
                "the calls of this hour cannot be kept on disk, so none is made",
            )
            .because(cause)
            .hint("check free space and rights of the folder"),
        }
    }
}

fn clock_time(at: &Zoned) -> String {
    at.strftime("%a %Y-%m-%d %H:%M").to_string()
}
