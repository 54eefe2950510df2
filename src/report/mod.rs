//! The only room that formats: tables, CSV and JSON on stdout; progress and errors on stderr.

mod answer;
mod approval;
mod calendar;
mod decisions;
mod documents;
mod progress;
mod proposals;
mod score;
mod tables;

use std::error::Error as _;
use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

pub use answer::{Shape, print_answer};
pub use approval::{print_approved, print_differences};
pub use decisions::{print_answered, print_decisions};
pub use documents::{Discovered, Written, print_discovered, write_documents};
pub use progress::Meter;
pub use proposals::print_proposals;
pub use score::print_scores;
pub use tables::{print_answers, print_landed, print_plan, print_status};

use crate::error::{Error, Kind, Result};

/// Prints one JSON document and nothing else.
///
/// # Errors
/// [`Kind::Bug`] when stdout cannot be written.
pub fn print_json(document: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(document).map_err(unprintable)?;
    print_text(&text)
}

/// Prints lines on stdout. A reader that has gone away (`| head`) is no error.
///
/// # Errors
/// [`Kind::Bug`] when stdout cannot be written.
pub fn print_text(text: &str) -> Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unprintable(error)),
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal, apart from the data.
pub fn say(text: &str) {
    // Nobody listening on stderr is not a reason to stop moving data.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints an error: what did not happen, why, the next command.
pub fn print_error(error: &Error) {
    let red = is_coloured();
    let label = if red {
        "\u{1b}[1;31merror\u{1b}[0m"
    } else {
        "error"
    };
    say(&format!("{label}: {error}"));
    let mut cause = error.source();
    while let Some(below) = cause {
        say(&format!(
            "  caused by: {}",
            below.to_string().trim_end().replace('\n', "\n    ")
        ));
        cause = below.source();
    }
    if let Some(hint) = error.next_step() {
        let label = if red {
            "\u{1b}[1;36mhint\u{1b}[0m"
        } else {
            "hint"
        };
        say(&format!("\n{label}: {hint}"));
    }
}

/// Colour is for terminals, and can be turned off with `NO_COLOR`.
fn is_coloured() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

fn unprintable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Kind::Bug, "the answer could not be printed").because(cause)
}
