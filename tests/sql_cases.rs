//! Runs `tests/cases/<relation>/<what_it_shows>.case` against the scripts of `sql/`.
//!
//! A case gives some relations as text tables and expects others. What lies between is built by the program itself, in its
//! own order; what is not needed is not built. Everything that is not given is there and empty. `text` has the format.
//!
//! * `given raw_…`: text, columns of the layout and any others; `_occurrence` is 1 and `_is_copy` true unless said.
//!   `id` and `_row` count up unless said. Other columns that are not listed are null.
//! * `given stg_…`, `int_…`, `load_…`, `ledger_…`, `objects`: the types are those the program gives them.
//! * `ledger_ids` has what is given and nothing else: no parent's id is projected.
//! * `given source`: one row of time_zone (UTC unless said), currency (EUR), date_order (ymd). `given setting` has the same
//!   as `name | value`.
//! * `given policy`: `name | value` as in `[policies]` of deskferry.toml.
//! * `given <another name>`: a table of texts, for `expect sql`, which is how macros are tested.
//!
//! Tables are compared as multisets, on the columns that a case names, as values of their types. `UPDATE=1` rewrites the
//! tables of `expect`. `CASE=<part of a path>` runs only these.

mod bench;
mod hostile;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use bench::Bench;
use text::{Case, Table};

/// Made once, used by one test at a time.
fn bench() -> MutexGuard<'static, Bench> {
    static BENCH: LazyLock<Mutex<Bench>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        Mutex::new(Bench::new(&root.join("sql")))
    });
    // A case that failed has not broken the bench: each one begins anew.
    BENCH.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_case_holds() {
    let wanted = std::env::var("CASE").unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("tests/cases"), &mut paths);
    paths.retain(|path| path.to_string_lossy().contains(&wanted));
    paths.sort();
    assert!(!paths.is_empty(), "no case is called `{wanted}`");
    let bench = bench();
    let is_update = std::env::var_os("UPDATE").is_some();
    let failures: Vec<String> = paths
        .iter()
        .filter_map(|path| {
            let problem = check(&bench, path, is_update).err()?;
            let name = path.strip_prefix(root).unwrap().display();
            Some(format!("{name}: {problem}"))
        })
        .collect();
    println!("{} cases passed", paths.len() - failures.len());
    assert!(
        failures.is_empty(),
        "{} of {} cases failed; UPDATE=1 takes what is there as right\n\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n\n")
    );
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "case") {
            paths.push(path);
        }
    }
}

fn check(bench: &Bench, path: &Path, is_update: bool) -> Result<(), String> {
    let text = fs::read_to_string(path).unwrap();
    let case = Case::parse(&text)?;
    if is_update {
        // A table that holds stays as somebody wrote it.
        let judge = |expected: &Table, actual: &Table| {
            Ok(compare(expected, actual).is_err().then(|| actual.clone()))
        };
        let tables = bench.run(&case, judge)?;
        fs::write(path, case.with_tables(&tables)).unwrap();
        return Ok(());
    }
    bench.run(&case, compare).map(drop)
}

/// Nothing to change when both sides hold the same rows, as often.
fn compare(expected: &Table, actual: &Table) -> Result<Option<Table>, String> {
    let missing = without(expected, actual);
    let extra = without(actual, expected);
    if missing.rows.is_empty() && extra.rows.is_empty() {
        return Ok(None);
    }
    Err(format!(
        "expected, but not there:\n{}there, but not expected:\n{}",
        missing.to_text(),
        extra.to_text()
    ))
}

/// `except all`.
fn without(table: &Table, other: &Table) -> Table {
    let mut rest = other.rows.clone();
    let mut left = table.clone();
    left.rows.retain(|row| {
        let same = rest.iter().position(|other| other == row);
        same.map(|index| rest.swap_remove(index)).is_none()
    });
    left
}

/// The runner itself: a wrong case is red, with both sides shown.
#[test]
fn a_wrong_case_is_found() {
    let bench = bench();
    let given = "given cells\ntext\n1\n1\n\n";
    let run = |expect: &str| {
        let case = Case::parse(&format!("{given}expect {expect}"))?;
        bench.run(&case, compare).map(drop)
    };
    assert_eq!(run("cells\ntext\n1\n1\n"), Ok(()));
    assert_eq!(run("sql select 1.50 as x\nx\n1.5\n"), Ok(()));
    assert_eq!(
        run("cells\ntext\n1\n2\n").unwrap_err(),
        "expect cells\nexpected, but not there:\ntext\n2\nthere, but not expected:\ntext\n1\n"
    );
    assert!(
        run("sql select 1 as x\nx\nabc\n")
            .unwrap_err()
            .contains("Conversion Error")
    );
    assert!(run("cells\nx\n1\n").unwrap_err().contains("column"));
    assert!(
        run("stg_smartdesk__nothing\nx\n")
            .unwrap_err()
            .contains("no relation")
    );
}
