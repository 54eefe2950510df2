//! What DuckDB says when it refuses, and what a file system says: as errors that hold no values.

use std::path::Path;

use super::room::has_too_little;
use crate::error::{Error, Kind};

/// DuckDB's own words. Where it speaks of a value that it could not convert, the value is left out: it is somebody's data.
pub(super) fn refused(cause: duckdb::Error) -> Error {
    let has_too_little = has_too_little(&cause);
    let words = match cause {
        duckdb::Error::DuckDBFailure(_, Some(words)) => words,
        other => other.to_string(),
    };
    if is_about_a_file(&words) {
        return Error::new(Kind::Config, "DuckDB cannot use a file")
            .because(words)
            .hint("free the disk or make the staging folder writable, then run the same command again: nothing is sent twice");
    }
    if has_too_little {
        let words = words.lines().next().unwrap_or_default();
        return Error::new(Kind::Config, "DuckDB has too little memory for a statement")
            .because(words.to_owned())
            .hint("raise `memory_megabytes` below [warehouse] in deskferry.toml, then run the same command again: nothing is sent twice");
    }
    let speaks_of_values = [
        "Conversion Error",
        "Invalid Input Error",
        "Constraint Error",
        "Out of Range Error",
        "TransactionContext Error",
    ];
    let words = if speaks_of_values.iter().any(|kind| words.starts_with(kind)) {
        without_values(&words)
    } else {
        words
    };
    Error::new(Kind::Script, "DuckDB refused a statement").because(words)
}

/// What is written at the end of a transaction fails at its end, under another name.
fn is_about_a_file(words: &str) -> bool {
    let end = "TransactionContext Error: Failed to commit: ";
    let cause = words.strip_prefix(end).unwrap_or(words);
    cause.starts_with("IO Error") || cause.starts_with("Could not write file")
}

/// The words before the first quote, and the type that a value did not fit. A value may hold quotes and line breaks itself,
/// so nothing else behind the first quote can be trusted; and a number is one whether it is quoted or not.
fn without_values(words: &str) -> String {
    let Some(quote) = words.find(['\'', '"']) else {
        return without_numbers(words.lines().next().unwrap_or_default());
    };
    let (before, behind) = words.split_at(quote);
    let before = without_numbers(before.lines().next().unwrap_or_default());
    let is_type = |word: &&str| {
        word.chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let kind = ["' to ", "\" to "]
        .iter()
        .filter_map(|mark| behind.rsplit_once(mark))
        .filter_map(|(_, rest)| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
        .find(|word| is_type(word) && !word.is_empty());
    match kind {
        Some(kind) => format!("{before}… to {kind}"),
        None => format!("{before}…"),
    }
}

fn without_numbers(words: &str) -> String {
    let is_number = |word: &str| {
        word.trim_start_matches(['(', '-', '+', '.'])
            .starts_with(|c: char| c.is_ascii_digit())
    };
    let kept = words
        .split(' ')
        .map(|word| if is_number(word) { "…" } else { word });
    kept.collect::<Vec<_>>().join(" ")
}

/// The staging folder, or a file in it, cannot be written.
pub(super) fn unwritable(
    path: &Path,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    let message = format!("{} cannot be written", path.display());
    Error::new(Kind::Config, message)
        .because(cause)
        .hint("check free space and the rights of the staging folder")
}

/// A promise of this module does not hold.
pub(super) fn bug(what: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Kind::Bug, format!("could not {what}")).because(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str) -> Error {
        let code = duckdb::ffi::Error::new(1);
        refused(duckdb::Error::DuckDBFailure(code, Some(words.to_owned())))
    }

    #[test]
    fn a_full_disk_is_the_machines_matter_wherever_it_shows() {
        for words in [
            "IO Error: Could not write file \"w\": No space left on device",
            "TransactionContext Error: Failed to commit: Could not write file \"w\": No space left on device",
        ] {
            assert_eq!(of(words).kind(), Kind::Config, "{words}");
        }
    }

    #[test]
    fn a_commit_that_fails_quotes_no_value() {
        let words =
            "TransactionContext Error: Failed to commit: duplicate key \"berg@people.example\"";
        let error = of(words);
        assert_eq!(error.kind(), Kind::Script);
        assert!(!format!("{error:?}").contains("berg@"), "{error:?}");
    }
}
