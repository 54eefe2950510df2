//! Rules for the repository as a whole.

use std::process::Command;

use super::{Finding, Source, assert_clean, root};

/// All there is at the top.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "Makefile",
    "README.md",
    "benches",
    "build.rs",
    "deskferry.toml",
    "fixtures",
    "sql",
    "src",
    "staging",
    "tests",
];

/// Words that mean "not finished". Put together here, so that this file does not find itself.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// How a test is switched off.
const IGNORED: &str = concat!("#[", "ignore");

/// The files in git, relative to the root. None outside a clone, for example in a released archive.
fn tracked() -> Vec<String> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root())
        .output();
    let Ok(output) = output else {
        return Vec::new();
    };
    String::from_utf8(output.stdout)
        .unwrap()
        .split_terminator('\0')
        .map(str::to_owned)
        .collect()
}

fn top_findings(tracked: &[String]) -> Vec<Finding> {
    let mut tops: Vec<&str> = tracked
        .iter()
        .filter_map(|path| path.split('/').next())
        .filter(|top| !TOP.contains(top))
        .collect();
    tops.dedup();
    tops.iter()
        .map(|top| format!("{top}:1: has no place at the top of the house"))
        .collect()
}

/// Work that was put off.
fn unfinished_findings(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, index + 1);
        let is_word = |word: &&&str| {
            line.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|part| part == **word)
        };
        if let Some(word) = UNFINISHED.iter().find(is_word) {
            findings.push(format!("{place}: {word}"));
        }
        if line.contains(IGNORED) {
            findings.push(format!("{place}: a test that does not run"));
        }
    }
    findings
}

/// The tracked files that people write: data under `fixtures/` is not prose.
fn written() -> Vec<Source> {
    tracked()
        .into_iter()
        .filter(|path| !path.starts_with("fixtures/") && path != "Cargo.lock")
        .filter_map(|path| {
            let text = std::fs::read_to_string(root().join(&path)).ok()?;
            Some(Source { path, text })
        })
        .collect()
}

#[test]
fn the_top_of_the_repository_stays_as_it_is() {
    assert_clean(top_findings(&tracked()));
}

#[test]
fn nothing_is_left_unfinished() {
    assert_clean(written().iter().flat_map(unfinished_findings).collect());
}

#[test]
fn a_stranger_at_the_top_is_found() {
    let tracked = ["Cargo.toml", "notes.md", "src/lib.rs", "tmp/a", "tmp/b"].map(str::to_owned);
    assert_eq!(
        top_findings(&tracked),
        [
            "notes.md:1: has no place at the top of the house",
            "tmp:1: has no place at the top of the house",
        ]
    );
}

#[test]
fn unfinished_work_is_found() {
    let sample = |text: String| {
        let path = "src/x.rs".to_owned();
        unfinished_findings(&Source { path, text }).len()
    };
    for word in UNFINISHED {
        assert_eq!(sample(format!("// {word}: later\n")), 1);
        assert_eq!(sample(format!("let a{word}b = 1;\n")), 0);
    }
    assert_eq!(sample(format!("{IGNORED} = \"slow\"]\n")), 1);
}
