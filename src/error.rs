//! The one error of this crate: what did not happen, why, and the next command.
//!
//! Texts may carry ids, file names and counts; never a person's data, never a token.

use std::fmt;

/// What went wrong, as the person at the terminal has to see it. Each kind is an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A promise of this program does not hold; please report it.
    Bug,
    /// The command line asks for something that does not exist.
    Usage,
    /// `deskferry.toml`, an object entry or the environment is wrong.
    Config,
    /// The source cannot be read or trusted.
    Source,
    /// A SQL script is refused or fails.
    Script,
    /// Something must be decided or approved by a person first.
    Decision,
    /// A blocking check returned rows.
    Check,
    /// More records were rejected than approved.
    Rejected,
    /// The destination, or the source's API, is unreachable, refuses the key, or takes no more calls.
    Destination,
    /// Stopped by a person; the ledger is complete.
    Interrupted,
}

impl Kind {
    /// The process exit code of this kind.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Bug => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Source => 4,
            Self::Script => 5,
            Self::Decision => 6,
            Self::Check => 7,
            Self::Rejected => 8,
            Self::Destination => 9,
            Self::Interrupted => 130,
        }
    }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What did not happen, with its cause and a hint.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    cause: Option<Cause>,
    hint: Option<String>,
}

impl Error {
    /// An error of `kind`; `message` is a lower-case sentence without a full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            cause: None,
            hint: None,
        }
    }

    /// Adds the next command, or the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Keeps the cause in the chain; it is printed below the message.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The kind, and with it the exit code.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The next thing to do: this error's own hint, else the nearest one below it.
    #[must_use]
    pub fn next_step(&self) -> Option<&str> {
        self.hint.as_deref().or_else(|| {
            let cause = self.cause.as_deref()?;
            cause.downcast_ref::<Self>()?.next_step()
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
