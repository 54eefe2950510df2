//! What generated exports promise.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read as _};

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::*;

mod defects;
mod delta;
mod sheet;
mod shown;

fn made(seed: u64, contacts: u64, variants: &[&str], is_delta: bool) -> (TempDir, Made) {
    let folder = tempfile::tempdir().unwrap();
    let order = Order {
        seed,
        contacts,
        variants: variants.iter().map(|id| id.parse().unwrap()).collect(),
        rate: 0.05,
        is_delta,
    };
    let made = generate(&order, folder.path()).unwrap();
    (folder, made)
}

/// An export with all variants, but some.
fn made_of_all(seed: u64, contacts: u64, left_out: &[&str]) -> (TempDir, Made) {
    let all: Vec<String> = Variant::all().iter().map(|variant| variant.id()).collect();
    let all = all.iter().map(String::as_str);
    let wanted: Vec<&str> = all.filter(|id| !left_out.contains(id)).collect();
    made(seed, contacts, &wanted, false)
}

/// The table of an object.
fn table(object: &str) -> tables::Table {
    let mut tables = tables::tables().into_iter();
    tables.find(|table| table.object == object).unwrap()
}

/// The cells of a Parquet file, null as nothing.
fn cells(path: &Path) -> Vec<Vec<Option<String>>> {
    let file = fs::File::open(path).unwrap();
    let batches = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let batches = batches.build().unwrap();
    batches.flat_map(|batch| texts(&batch.unwrap())).collect()
}

fn texts(batch: &RecordBatch) -> Vec<Vec<Option<String>>> {
    let cell = |column: usize, row: usize| {
        let column = batch.column(column);
        let text = column.as_string_opt::<i32>();
        let number = column.as_primitive_opt::<arrow::datatypes::Int64Type>();
        match (text, number) {
            _ if column.is_null(row) => None,
            (Some(text), _) => Some(text.value(row).to_owned()),
            (_, Some(number)) => Some(number.value(row).to_string()),
            _ => panic!("neither text nor number"),
        }
    };
    let rows = 0..batch.num_rows();
    rows.map(|row| {
        (0..batch.num_columns())
            .map(|column| cell(column, row))
            .collect()
    })
    .collect()
}

/// The files of an export by their path, whatever they are packed in: each as often as it is there.
fn unpacked(made: &Made) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in &made.export {
        if path.is_dir() {
            for (inside, bytes) in bytes_below(path) {
                unpack(&inside, bytes, &mut files);
            }
        } else {
            unpack("export.zip", fs::read(path).unwrap(), &mut files);
        }
    }
    files
}

fn unpack(path: &str, bytes: Vec<u8>, files: &mut BTreeMap<String, Vec<Vec<u8>>>) {
    if !path.ends_with(".zip") {
        let path = path.trim_start_matches("smartdesk backup/").to_owned();
        return files.entry(path).or_default().push(bytes);
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let raw = entry.name_raw().to_vec();
        let name = String::from_utf8(raw).unwrap_or_else(|old| {
            encoding_rs::WINDOWS_1252
                .decode(old.as_bytes())
                .0
                .into_owned()
        });
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        unpack(&name, bytes, files);
    }
}

/// Every file below a folder with its bytes.
fn bytes_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let paths = files::below(folder).unwrap();
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read(folder.join(&path)).unwrap()))
        .collect()
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    let (first, _) = made_of_all(7, 60, &[]);
    let (second, _) = made_of_all(7, 60, &[]);
    let (first, second) = (bytes_below(first.path()), bytes_below(second.path()));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &first {
        assert!(Some(bytes) == second.get(path), "{path}");
    }
    let (other, _) = made_of_all(8, 60, &[]);
    assert_ne!(
        bytes_below(other.path())["truth/contact.parquet"],
        first["truth/contact.parquet"]
    );
}

#[test]
fn the_truth_is_what_the_clean_export_says() {
    let (_folder, made) = made(3, 120, &[], false);
    assert_eq!(made.defects, 0);
    let files = unpacked(&made);
    let all = tables::tables().into_iter().chain(tables::schema_tables());
    for table in all {
        let text = &files[&format!("{}.csv", table.file)][0];
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_slice());
        let headers: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(reader.headers().unwrap(), headers);
        let rows: Vec<Vec<Option<String>>> = reader
            .records()
            .map(|row| {
                row.unwrap()
                    .iter()
                    .map(|cell| Some(cell.to_owned()).filter(|cell| !cell.is_empty()))
                    .collect()
            })
            .collect();
        assert_eq!(
            rows,
            cells(&made.truth.join(format!("{}.parquet", table.object))),
            "{}",
            table.object
        );
        assert_eq!(
            made.rows[table.object],
            rows.len() as u64,
            "{}",
            table.object
        );
        assert!(!rows.is_empty(), "{}", table.object);
        let ids: BTreeSet<&Option<String>> = rows.iter().map(|row| &row[0]).collect();
        assert!(
            ids.len() == rows.len() || table.file.starts_with("schema/"),
            "{}",
            table.object
        );
    }
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"][0]).unwrap();
    for listed in manifest["files"].as_array().unwrap() {
        let bytes = &files[listed["path"].as_str().unwrap()][0];
        assert_eq!(listed["bytes"], bytes.len());
    }
}

#[test]
fn no_object_has_more_records_than_was_reckoned() {
    for (seed, contacts) in [(1, 1), (2, 60), (3, 400), (4, 1_000)] {
        for is_delta in [false, true] {
            let (_folder, made) = made(seed, contacts, &[], is_delta);
            let account = account::Account::new(seed, contacts, is_delta);
            for table in tables::tables() {
                let rows = made.rows.get(table.object).copied().unwrap_or_default();
                let most = account.most(table.object);
                let object = table.object;
                assert!(
                    rows <= most,
                    "{rows} of {object}, not {most} (seed {seed}, {is_delta})"
                );
            }
        }
    }
}

#[test]
fn links_of_the_clean_export_lead_somewhere() {
    let (_folder, made) = made(5, 200, &[], false);
    let ids: BTreeSet<String> = tables::tables()
        .iter()
        .flat_map(|table| cells(&made.truth.join(format!("{}.parquet", table.object))))
        .filter_map(|row| row[0].clone())
        .collect();
    for table in tables::tables()
        .iter()
        .filter(|table| table.object != "deleted")
    {
        for row in cells(&made.truth.join(format!("{}.parquet", table.object))) {
            for (cell, column) in row.iter().zip(&table.columns) {
                if column.kind == tables::Kind::Link
                    && let Some(cell) = cell
                {
                    assert!(
                        ids.contains(cell),
                        "{} {} {cell}",
                        table.object,
                        column.name
                    );
                }
            }
        }
    }
}

#[test]
fn variants_leave_the_clean_records_alone() {
    let (clean, _) = made(11, 60, &[], false);
    // Without a schema folder there is no truth of it.
    let (messy, _) = made_of_all(11, 60, &["V74"]);
    let (clean, messy) = (bytes_below(clean.path()), bytes_below(messy.path()));
    let truths = clean
        .keys()
        .filter(|path| path.starts_with("truth/") && path.ends_with(".parquet"));
    for path in truths.filter(|path| !path.contains("defects")) {
        assert!(clean[path] == messy[path], "{path}");
    }
}

#[test]
fn what_is_in_use_is_not_written_over() {
    let (folder, _) = made(1, 50, &[], false);
    let order = Order {
        seed: 1,
        contacts: 50,
        variants: Vec::new(),
        rate: 0.05,
        is_delta: false,
    };
    let error = generate(&order, folder.path()).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    let other = tempfile::tempdir().unwrap();
    for order in [
        Order {
            rate: 2.0,
            ..order.clone()
        },
        Order {
            contacts: 0,
            ..order
        },
    ] {
        let error = generate(&order, other.path()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(bytes_below(other.path()).is_empty());
    }
}
