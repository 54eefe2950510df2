//! Parse, run, print the error, exit code; nothing else.

use std::process::ExitCode;

use clap::Parser as _;
use deskferry::cli::{self, Cli};
use deskferry::report;

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::print_error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}
