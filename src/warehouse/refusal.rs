//! What DuckDB says when it refuses, and what a file system says: as errors that hold no values.

use std::path::Path;

use crate::error::{Error, Kind};

/// DuckDB's own words. Where it speaks of a value that it could not convert, the value is left out: it is somebody's data.
pub(super) fn refused(cause: duckdb::Error) -> Error {
    let words = match cause {
        duckdb::Error::DuckDBFailure(_, Some(words)) => words,
        other => other.to_string(),
    };
    if words.starts_with("IO Error") {
        return Error::new(Kind::Config, "DuckDB cannot use a file")
            .because(words)
            .hint("free the disk or make the staging folder writable, then run the same command again: nothing is sent twice");
    }
    if words.starts_with("Out of Memory Error") {
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
    ];
    let words = if speaks_of_values.iter().any(|kind| words.starts_with(kind)) {
        without_values(&words)
    } else {
        words
    };
    Error::new(Kind::Script, "DuckDB refused a statement").because(words)
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
