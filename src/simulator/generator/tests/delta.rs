//! The second export of an account: what changed is told, and on top of the first it is whole.

use super::*;

#[test]
fn a_delta_tells_what_changed() {
    let (_first, full) = made(6, 400, &[], false);
    let (_second, delta) = made(6, 400, &[], true);
    let changes = cells(&delta.truth.join("changes.parquet"));
    let count = |change: &str| {
        changes
            .iter()
            .filter(|row| row[2].as_deref() == Some(change))
            .count()
    };
    for change in ["create", "update", "delete", "merge"] {
        assert!(count(change) > 0, "{change}");
    }
    // That it was edited says nothing by itself: something else must be another.
    let (before, after) = (all_rows(&full), all_rows(&delta));
    for (id, (table, mut row)) in after {
        let Some((_, was)) = before.get(&id) else {
            continue;
        };
        let place = table.place("updated_at").unwrap();
        row[place].clone_from(&was[place]);
        assert_ne!(&row, was, "{id} is unchanged");
    }
    assert!(delta.rows["contact"] < full.rows["contact"] / 3);
    let files = unpacked(&delta);
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"][0]).unwrap();
    assert_eq!(manifest["export_type"], "delta");
    // Every change is in the files.
    let told = [
        "company", "contact", "lead", "deal", "task", "activity", "deleted",
    ];
    let rows: u64 = told.iter().map(|object| delta.rows[*object]).sum();
    assert_eq!(rows, changes.len() as u64);
}

#[test]
fn what_only_a_delta_can_show_is_asked_of_no_other() {
    let named = |is_delta: bool| {
        let (_folder, made) = made(6, 60, &["V15", "V82", "V83"], is_delta);
        let text = fs::read(made.truth.join("expected.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&text).unwrap();
        expected["variants"].clone()
    };
    assert_eq!(named(false), serde_json::json!(["V15"]));
    assert_eq!(named(true), serde_json::json!(["V15", "V82", "V83"]));
}

/// The cells of every object by id, with the table.
fn all_rows(made: &Made) -> BTreeMap<String, (tables::Table, Vec<Option<String>>)> {
    let mut all = BTreeMap::new();
    for table in tables::tables() {
        let path = made.truth.join(format!("{}.parquet", table.object));
        if !path.exists() || table.object == "deleted" {
            continue;
        }
        for row in cells(&path) {
            all.insert(row[0].clone().unwrap(), (table.clone(), row));
        }
    }
    all
}

#[test]
fn a_delta_on_top_of_the_first_export_is_whole() {
    let (_first, full) = made(9, 400, &[], false);
    let (_second, delta) = made(9, 400, &[], true);
    let (before, told) = (all_rows(&full), all_rows(&delta));
    let mut alive: BTreeSet<&String> = before.keys().collect();
    for change in cells(&delta.truth.join("changes.parquet")) {
        let id = change[1].clone().unwrap();
        match change[2].as_deref().unwrap() {
            "create" => assert!(!before.contains_key(&id), "{id}"),
            "update" => {
                let (table, row) = &told[&id];
                let place = table.place("updated_at").unwrap();
                assert!(
                    row[place].as_deref() >= Some("2026-09-01T22:15:00Z"),
                    "{id}"
                );
                let differs = |place: &usize| row[*place] != before[&id].1[*place];
                let differing = (0..row.len()).filter(differs);
                let names: Vec<&str> = differing.map(|place| table.columns[place].name).collect();
                let said = change[4].clone().unwrap();
                assert!(
                    said.split(';').all(|column| names.contains(&column)),
                    "{id} {said}"
                );
            }
            _ => assert!(alive.remove(&id), "{id} was not there"),
        }
    }
    alive.extend(told.keys());
    // What was told is whole; so is what was not: whatever hung on a record that is gone was told.
    let untold = before.iter().filter(|(id, _)| !told.contains_key(*id));
    let kinds = ["contact", "company", "lead", "deal", "task", "activity"];
    let now = told
        .iter()
        .chain(untold)
        .filter(|(id, _)| alive.contains(id));
    for (id, (table, row)) in now.filter(|(_, (table, _))| kinds.contains(&table.object)) {
        for (cell, column) in row.iter().zip(&table.columns) {
            if column.kind == tables::Kind::Link
                && let Some(cell) = cell
            {
                assert!(alive.contains(cell), "{id} {} {cell}", column.name);
            }
        }
    }
}
