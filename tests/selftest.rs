//! The score of the reader: what it counts as an error, and that some variants have none.

use std::path::Path;

use deskferry::migration::score::{self, VariantScore};
use deskferry::warehouse::Warehouse;

use crate::support::{Ran, program};

/// Writes a query's rows to `<folder>/<table>.parquet`.
fn put(folder: &Path, table: &str, query: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let warehouse = Warehouse::in_memory().unwrap();
    let path = folder.join(format!("{table}.parquet"));
    warehouse.copy_to_parquet(query, &path).unwrap();
}

fn cells(rows: &str) -> String {
    format!(
        "select 'contact' as object, 'stg' as relation, * from (values {rows}) as cells (source_id, column_name, value)"
    )
}

fn said(rows: &str) -> String {
    format!(
        "select * from (values {rows}) as said (kind, object, file, line, column_name, text) where kind <> ''"
    )
}

const NOTHING: &str = "('', '', '', 0, '', '')";

/// A clean reading of three contacts, a messy one, what is said of that, and defects in the cities of the first two.
fn judged(messy: &str, news: &str, expected: &str) -> score::Score {
    let folder = tempfile::tempdir().unwrap();
    let (clean, found) = (folder.path().join("clean"), folder.path().join("found"));
    put(
        &clean,
        "cells",
        &cells("('1', 'city', 'Bern'), ('2', 'city', 'Rome'), ('3', 'city', 'Kiel')"),
    );
    put(&clean, "said", &said(NOTHING));
    put(
        &clean,
        "interpreted",
        "select 'contact' as object, 'city' as column_name",
    );
    put(&found, "cells", &cells(messy));
    put(&found, "said", &said(news));
    put(
        folder.path(),
        "defects",
        &format!(
            "select 'contact' as object, 'data/contacts.csv' as file, line, record_id, 'city' as column_name, \
             'Bern' as clean_value, 'x' as dirty_value, \
             '{expected}' as expected, 'word' as finding from (values (2, '1'), (3, '2')) as defects (line, record_id)"
        ),
    );
    score::judge(&clean, &found, &folder.path().join("defects.parquet")).unwrap()
}

fn counts(score: score::Score) -> (Vec<(String, u64)>, u64) {
    let stray = score.beside.stray;
    let verdicts = score.verdicts.into_iter();
    (
        verdicts
            .map(|verdict| (verdict.outcome, verdict.defects))
            .collect(),
        stray,
    )
}

#[test]
fn what_changes_and_is_not_said_is_an_error() {
    let read = "('1', 'city', 'Bern'), ('2', 'city', 'Paris'), ('3', 'city', 'Kiel')";
    let one = |outcome: &str| (outcome.to_owned(), 1);
    assert_eq!(
        counts(judged(read, NOTHING, "recovered")),
        (vec![one("recovered"), one("silent")], 0)
    );
    let asked = "('asked', 'contact', 'data/contacts.csv', null, null, 'encoding')";
    assert_eq!(
        counts(judged(read, asked, "recovered")).0,
        [one("asked"), one("recovered")]
    );
    let aside = "('quarantined', 'contact', 'data/contacts.csv', 3, null, '2,Rome')";
    assert_eq!(
        counts(judged(read, aside, "recovered")).0,
        [one("quarantined"), one("recovered")]
    );
    // Nobody was asked about what is ambiguous: right by chance is guessed.
    assert_eq!(
        counts(judged(read, NOTHING, "asked")).0,
        [one("guessed"), one("silent")]
    );
    // What is to be kept stands there as it stood in the export, and as nothing else.
    let kept = "('1', 'city', '\"x\"'), ('2', 'city', 'Paris'), ('3', 'city', 'Kiel')";
    assert_eq!(
        counts(judged(kept, NOTHING, "kept")).0,
        [one("kept"), one("silent")]
    );
    assert_eq!(
        counts(judged(kept, NOTHING, "recovered")).0,
        [("silent".to_owned(), 2)]
    );
    // What is understood as it was before needs no report.
    let clean = "('1', 'city', 'Bern'), ('2', 'city', 'Rome'), ('3', 'city', 'Kiel')";
    assert_eq!(
        counts(judged(clean, NOTHING, "reported")).0,
        [("recovered".to_owned(), 2)]
    );
    // A column that was empty before adds something, and changes nothing.
    let more = format!("{clean}, ('3', 'nickname', 'Kilo')");
    assert_eq!(counts(judged(&more, NOTHING, "recovered")).1, 0);
    let third = "('1', 'city', 'Bern'), ('2', 'city', 'Rome'), ('3', 'city', 'Ulm')";
    let (_, stray) = counts(judged(third, NOTHING, "recovered"));
    assert_eq!(stray, 1);
    let score = VariantScore {
        variant: "V00".to_owned(),
        about: "",
        score: judged(read, NOTHING, "recovered"),
    };
    assert_eq!(score::gate(&[score]).unwrap_err().kind().exit_code(), 7);
}

#[test]
fn what_the_reader_reads_well_passes() {
    let arguments = [
        "selftest",
        "--contacts",
        "60",
        "--variants",
        "V13,V20,V43,V48",
        "--format",
        "json",
    ];
    let scores = Ran::to_end(program(&arguments)).passed().json();
    let outcome = |variant: usize, outcome: &str| {
        let verdicts = scores[variant]["verdicts"].as_array().unwrap().iter();
        let of_it = verdicts.filter(|verdict| verdict["outcome"] == outcome);
        of_it
            .map(|verdict| verdict["defects"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(outcome(0, "refused"), 4);
    assert!(outcome(1, "recovered") > 3);
    assert!(outcome(2, "recovered") > 100 && outcome(2, "asked") > 5);
    assert!(outcome(3, "recovered") > 100 && outcome(3, "asked") > 5);
}
