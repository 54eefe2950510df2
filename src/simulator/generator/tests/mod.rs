//! What generated exports promise.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::*;

mod delta;

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

struct Planted {
    variant: String,
    file: String,
    line: Option<u64>,
    record_id: Option<String>,
    column: Option<String>,
    dirty: Option<String>,
    finding: String,
}

fn defects(made: &Made) -> Vec<Planted> {
    let rows = cells(&made.truth.join("defects.parquet")).into_iter();
    rows.map(|row| Planted {
        variant: row[0].clone().unwrap(),
        file: row[2].clone().unwrap(),
        line: row[3].as_ref().map(|line| line.parse().unwrap()),
        record_id: row[4].clone(),
        column: row[5].clone(),
        dirty: row[7].clone(),
        finding: row[9].clone().unwrap(),
    })
    .collect()
}

/// The files of the only archive.
fn unzipped(made: &Made) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(fs::File::open(&made.export[0]).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        files.insert(entry.name().unwrap().into_owned(), bytes);
    }
    files
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
    let all: Vec<String> = Variant::all().iter().map(|variant| variant.id()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (first, _) = made(7, 60, &all, false);
    let (second, _) = made(7, 60, &all, false);
    let (first, second) = (bytes_below(first.path()), bytes_below(second.path()));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    for (path, bytes) in &first {
        assert!(Some(bytes) == second.get(path), "{path}");
    }
    let (other, _) = made(8, 60, &all, false);
    assert_ne!(
        bytes_below(other.path())["truth/contact.parquet"],
        first["truth/contact.parquet"]
    );
}

#[test]
fn the_truth_is_what_the_clean_export_says() {
    let (_folder, made) = made(3, 120, &[], false);
    assert_eq!(made.defects, 0);
    let files = unzipped(&made);
    let all = tables::tables().into_iter().chain(tables::schema_tables());
    for table in all {
        let text = &files[&format!("{}.csv", table.file)];
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
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for listed in manifest["files"].as_array().unwrap() {
        let bytes = &files[listed["path"].as_str().unwrap()];
        assert_eq!(listed["bytes"], bytes.len());
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
    let all: Vec<String> = Variant::all().iter().map(|variant| variant.id()).collect();
    // Without a schema folder there is no truth of it.
    let all: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|id| *id != "V74")
        .collect();
    let (messy, _) = made(11, 60, &all, false);
    let (clean, messy) = (bytes_below(clean.path()), bytes_below(messy.path()));
    let truths = clean
        .keys()
        .filter(|path| path.starts_with("truth/") && path.ends_with(".parquet"));
    for path in truths.filter(|path| !path.contains("defects")) {
        assert!(clean[path] == messy[path], "{path}");
    }
}

/// What a finding is looked for as, where the file does not hold the text itself.
fn is_written_otherwise(defect: &Planted) -> bool {
    matches!(defect.finding.as_str(), "invalid_byte" | "workbook")
}

#[test]
fn each_variant_plants_something_and_it_stands_in_its_file_on_its_line() {
    let containers = "V14".parse().unwrap();
    for variant in Variant::all() {
        let is_delta = variant.id() == "V82";
        let (_folder, made) = made(4, 60, &[&variant.id()], is_delta);
        let planted = defects(&made);
        assert!(!planted.is_empty(), "{variant}");
        assert_eq!(made.defects, planted.len() as u64);
        let files = if *variant > containers {
            unzipped(&made)
        } else {
            BTreeMap::new()
        };
        for defect in &planted {
            assert_eq!(defect.variant, variant.id());
            if *variant > containers {
                assert_stands_there(defect, &files);
            }
        }
    }
}

fn assert_stands_there(defect: &Planted, files: &BTreeMap<String, Vec<u8>>) {
    let Some(dirty) = defect
        .dirty
        .as_ref()
        .filter(|_| !is_written_otherwise(defect))
    else {
        return;
    };
    let text = decoded(defect, &files[&defect.file]);
    let from = defect.line.map_or(0, |line| start_of(&text, line));
    // A record and, at most, the one after it, which may be its copy.
    let record: String = text[from..].chars().take(80_000).collect();
    let found = [
        dirty.clone(),
        dirty.replace('"', "\"\""),
        dirty.replace('"', "\\\""),
    ];
    assert!(
        found.iter().any(|dirty| record.contains(dirty.as_str())),
        "{} {} {} {:?} {dirty:?}",
        defect.variant,
        defect.finding,
        defect.file,
        defect.column
    );
    if let Some(id) = defect.line.and(defect.record_id.as_ref()) {
        assert!(
            record.starts_with(id.as_str()) || ["V31", "V33"].contains(&defect.variant.as_str()),
            "{id}"
        );
    }
}

fn decoded(defect: &Planted, bytes: &[u8]) -> String {
    let encoding = match (defect.variant.as_str(), defect.file.as_str()) {
        ("V17", "data/contacts.csv") => encoding_rs::WINDOWS_1252,
        ("V17", "data/leads.csv") => encoding_rs::MACINTOSH,
        ("V17", _) => encoding_rs::ISO_8859_15,
        _ => encoding_rs::UTF_8,
    };
    encoding.decode(bytes).0.into_owned()
}

fn start_of(text: &str, line: u64) -> usize {
    let mut left = line - 1;
    let mut places = text.char_indices().peekable();
    while left > 0 {
        let (_, c) = places.next().unwrap();
        let is_pair = c == '\r' && places.peek().is_some_and(|(_, next)| *next == '\n');
        left -= u64::from(c == '\n' || (c == '\r' && !is_pair));
    }
    places.peek().map_or(text.len(), |(place, _)| *place)
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
    let error = generate(&Order { rate: 2.0, ..order }, other.path()).unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
}
