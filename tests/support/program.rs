//! The real program, and how it ended.

use std::ffi::OsStr;
use std::process::{Command, Output};

use serde_json::Value;

use super::KEY;

/// The program with these arguments and the key in its environment; colours off.
pub fn program(arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskferry"));
    command
        .args(arguments)
        .env("FRESHSALES_API_KEY", KEY)
        .env("NO_COLOR", "1")
        .env_remove("RUST_BACKTRACE");
    command
}

/// A run that has ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Data.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl Ran {
    /// Runs a command to its end.
    pub fn to_end(mut command: Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// The run, having ended with exit code 0.
    #[track_caller]
    pub fn passed(self) -> Self {
        self.ended(0)
    }

    /// The run, having ended with this exit code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\nstdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
        self
    }

    /// stdout, which must be one JSON document and nothing else.
    #[track_caller]
    pub fn json(&self) -> Value {
        let document = serde_json::from_str(&self.stdout);
        document.unwrap_or_else(|e| panic!("{e}: {}\nstderr: {}", self.stdout, self.stderr))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
