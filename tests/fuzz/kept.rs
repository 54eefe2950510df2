//! Inputs that once failed: `fixtures/fuzz/<what>/<what it shows>/`, each a folder that is an export.

use std::fs;
use std::path::{Path, PathBuf};

use crate::drive::alone;
use crate::judge::{File, Judge};

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut inside: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().path())
        .collect();
    inside.sort();
    inside
}

fn files(root: &Path, folder: &Path, found: &mut Vec<File>) {
    for path in below(folder) {
        if path.is_dir() {
            files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.push((name.to_owned(), fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn what_once_failed_does_not_fail_again() {
    let _alone = alone();
    let judge = Judge::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz");
    let mut failed = Vec::new();
    let kinds = below(&root).into_iter().filter(|path| path.is_dir());
    let cases: Vec<PathBuf> = kinds.flat_map(|kind| below(&kind)).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let mut export = Vec::new();
        files(&case, &case, &mut export);
        for lands in [false, true] {
            if let Err(why) = judge.judge(&export, lands) {
                failed.push(format!("{}: {why}", case.display()));
            }
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
