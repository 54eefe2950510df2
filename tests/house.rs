//! The house defends itself: who may import whom, who may read what, how long things may get.
//!
//! Each rule is a pure function from a text to findings. It is run over the repository here, and over a small
//! bad sample beside it, so that it is seen to fail.

mod rust;
mod sql;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

/// One broken rule, as `path:line: what`.
type Finding = String;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A text file of the repository, its path relative to the root.
struct Source {
    path: String,
    text: String,
}

/// All files below `folder` with this extension, sorted; none if the folder is not there.
fn sources(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            let relative = path.strip_prefix(root()).unwrap();
            found.push(Source {
                path: relative.to_str().unwrap().replace('\\', "/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

#[track_caller]
fn assert_clean(findings: Vec<Finding>) {
    let count = findings.len();
    assert!(
        findings.is_empty(),
        "{count} rules of the house are broken:\n{}",
        findings.join("\n")
    );
}
