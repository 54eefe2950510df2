//! Parse, run, print the error, exit code; nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use deskferry::cli::{self, Cli};
use deskferry::error::Kind;
use deskferry::report;

fn main() -> ExitCode {
    cli::keep_to_the_owner();
    cli::tell_places_only();
    match catch_unwind(AssertUnwindSafe(|| cli::run(Cli::parse()))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            report::print_error(&error);
            ExitCode::from(error.kind().exit_code())
        }
        // Its place is told already.
        Err(_) => ExitCode::from(Kind::Bug.exit_code()),
    }
}
