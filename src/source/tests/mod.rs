//! Rows and cells of an export, where they stood, and the parts and headers they came by.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod containers;
mod dialects;
mod files;
mod hostile;
mod names;
mod packed;
mod streams;

use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::Int64Type;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::error::{Error, Kind, Result};

type Files<'a> = &'a [(&'a str, &'a [u8])];

fn layout() -> Layout {
    Layout::parse(include_str!("../../../sql/layout.toml")).unwrap()
}

fn folder(files: Files) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn zip_bytes(files: Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A zip file in a folder of its own.
fn zip_file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = folder(&[("export.zip", bytes)]);
    let path = folder.path().join("export.zip");
    (folder, path)
}

fn open_one(path: &Path) -> Result<Export> {
    open_within(&[path], &Limits::default())
}

fn open_within(paths: &[&Path], limits: &Limits) -> Result<Export> {
    open_as(paths, &HeaderMap::default(), &Choices::default(), limits)
}

/// With what people decided, and without any alias.
fn open_as(
    paths: &[&Path],
    headers: &HeaderMap,
    decided: &Choices,
    limits: &Limits,
) -> Result<Export> {
    let names = Names {
        layout: &layout(),
        aliases: &Aliases::default(),
        headers,
        decided,
    };
    open(paths, names, limits)
}

fn open_files(files: Files) -> Result<Export> {
    open_one(folder(files).path())
}

fn refusal(result: Result<Export>) -> (Kind, String) {
    let error = result.unwrap_err();
    assert!(error.next_step().is_some(), "no hint: {error}");
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    (error.kind(), text)
}

#[track_caller]
fn assert_refused(result: Result<Export>, reason: &str) {
    let (kind, text) = refusal(result);
    assert_eq!(kind, Kind::Source, "{text}");
    assert!(text.contains(reason), "{text}");
}

struct Landed {
    rows: Vec<RecordBatch>,
    broken: Vec<RecordBatch>,
    files: Vec<FileCounts>,
}

fn read(export: &Export, object: &str) -> Result<Landed> {
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    let files = export.read(
        object,
        &mut |batch| {
            rows.push(batch);
            Ok(())
        },
        &mut |batch| {
            broken.push(batch);
            Ok(())
        },
    )?;
    Ok(Landed {
        rows,
        broken,
        files,
    })
}

/// A text column over all batches, null as `-`.
fn texts(batches: &[RecordBatch], column: &str) -> Vec<String> {
    let mut all = Vec::new();
    for batch in batches {
        let column = batch.column_by_name(column).unwrap().as_string::<i32>();
        all.extend(column.iter().map(|text| text.unwrap_or("-").to_owned()));
    }
    all
}

fn numbers(batches: &[RecordBatch], column: &str) -> Vec<i64> {
    let mut all = Vec::new();
    for batch in batches {
        let column = batch.column_by_name(column).unwrap();
        all.extend(column.as_primitive::<Int64Type>().values());
    }
    all
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn rows_come_with_every_cell_and_where_they_stood() {
    let text =
        "id,name,description\r\ncom_1,\"Nord\nwind\",\"say \"\"hi\"\"\"\r\n\r\ncom_2,,\"\"\r\n";
    let folder = folder(&[("data/companies.csv", text.as_bytes())]);
    let export = open_one(folder.path()).unwrap();
    assert_eq!(export.objects().collect::<Vec<_>>(), ["company"]);
    let landed = read(&export, "company").unwrap();
    let rows = &landed.rows;
    assert_eq!(texts(rows, "id"), ["com_1", "com_2"]);
    assert_eq!(texts(rows, "name"), ["Nord\nwind", "-"]);
    assert_eq!(texts(rows, "description"), ["say \"hi\"", "-"]);
    assert_eq!(texts(rows, "_file")[0], "data/companies.csv");
    assert_eq!(numbers(rows, "_part"), [1, 1]);
    assert_eq!(numbers(rows, "_row"), [1, 2]);
    assert_eq!(numbers(rows, "_line"), [2, 5]);
    assert_eq!(texts(rows, "_row_hash")[0].len(), 64);
    let counts = &landed.files[0];
    assert_eq!(
        (counts.landed, counts.header_rows, counts.blank_lines),
        (2, 1, 1)
    );
    assert_eq!(counts.records, 4);
    assert_eq!(rows[0].schema(), export.schema("company"));
}

#[test]
fn a_row_hash_follows_the_cells_not_their_order() {
    let one = folder(&[("contacts.csv", b"id,email,phone\n1,a@b.example,\ny,x,\n")]);
    // The last row would hash like `y,x` if names and texts were only strung together.
    let two = folder(&[("contacts.csv", b"email,id\na@b.example,1\nxidy,\n")]);
    let hashes = |folder: &TempDir| {
        let export = open_one(folder.path()).unwrap();
        texts(&read(&export, "contact").unwrap().rows, "_row_hash")
    };
    assert_eq!(hashes(&one)[0], hashes(&two)[0]);
    assert_ne!(hashes(&one)[1], hashes(&two)[1]);
}

#[test]
fn broken_records_keep_their_bytes_line_and_reason() {
    let text =
        b"id,name,phone\n1,a,b\n2,a\n3,a,b,c\n4,a,b,,\n\xff5,a,b\n6,\xc3,\xa9\n7,\"x\ny,z\n8,a,b\n";
    let folder = folder(&[("data/contacts.csv", text)]);
    let export = open_one(folder.path()).unwrap();
    let landed = read(&export, "contact").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["1", "4"]);
    let broken = &landed.broken;
    assert_eq!(
        texts(broken, "code"),
        [
            "ragged_row",
            "ragged_row",
            "invalid_utf8",
            "invalid_utf8",
            "unclosed_quote"
        ]
    );
    assert_eq!(numbers(broken, "_line"), [3, 4, 6, 7, 8]);
    assert_eq!(numbers(broken, "_row"), [2, 3, 5, 6, 7]);
    let bytes = broken[0]
        .column_by_name("bytes")
        .unwrap()
        .as_binary::<i32>();
    let bytes: Vec<&[u8]> = bytes.iter().flatten().collect();
    assert_eq!(
        bytes,
        [
            &b"2,a"[..],
            b"3,a,b,c",
            b"\xff5,a,b",
            b"6,\xc3,\xa9",
            b"7,\"x\ny,z\n8,a,b\n"
        ]
    );
    assert_eq!(texts(broken, "object")[0], "contact");
    let reasons = texts(broken, "reason");
    assert_eq!(reasons[1], "4 cells where the header has 3");
    assert_eq!(reasons[2], "the cell of column `id` is not UTF-8 text");
    assert!(reasons[4].contains("3 lines"), "{}", reasons[4]);
    let counts = &landed.files[0];
    assert_eq!(
        (counts.landed, counts.quarantined, counts.records),
        (2, 5, 8)
    );
    assert_eq!(broken[0].schema(), quarantine_schema());
}

#[test]
fn parts_are_read_in_number_order_and_aligned_by_name() {
    let folder = folder(&[
        ("data/tasks_002.csv", b"subject,id\nb,2\n"),
        ("data/tasks_010.csv", b"id,cf_new\n10,z\n"),
        ("data/tasks_001.csv", b"\xef\xbb\xbfid,subject\n1,a\n"),
    ]);
    let error = open_one(folder.path());
    assert_refused(error, "part `tasks_003.csv` of task is missing");

    fs::rename(
        folder.path().join("data/tasks_010.csv"),
        folder.path().join("data/tasks_003.csv"),
    )
    .unwrap();
    let export = open_one(folder.path()).unwrap();
    assert_eq!(export.columns("task"), ["id", "subject", "cf_new"]);
    let landed = read(&export, "task").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["1", "2", "10"]);
    assert_eq!(texts(&landed.rows, "subject"), ["a", "b", "-"]);
    assert_eq!(texts(&landed.rows, "cf_new"), ["-", "-", "z"]);
    assert_eq!(numbers(&landed.rows, "_part"), [1, 2, 3]);
    assert_eq!(numbers(&landed.rows, "_row"), [1, 1, 1]);
}

#[test]
fn free_part_names_are_joined_too() {
    let folder = folder(&[
        ("contacts (2).csv", b"id\n3\n"),
        ("contacts.csv", b"id\n1\n"),
        ("contacts-part-1.csv", b"id\n2\n"),
        ("contacts_10.csv", b"id\n4\n"),
    ]);
    let export = open_one(folder.path()).unwrap();
    let landed = read(&export, "contact").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["1", "2", "3", "4"]);
}

#[test]
fn repeated_headers_are_dropped_and_counted() {
    let text = b"id,name\n1,a\nid,name\n2,b\n\xef\xbb\xbfid,name\n3,c\n";
    let folder = folder(&[("teams.csv", text)]);
    let landed = read(&open_one(folder.path()).unwrap(), "team").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["1", "2", "3"]);
    assert_eq!(landed.files[0].header_rows, 3);
}

#[test]
fn header_only_is_no_rows_and_zero_bytes_is_refused() {
    let folder = folder(&[("deals.csv", b"id,name\n")]);
    let export = open_one(folder.path()).unwrap();
    let landed = read(&export, "deal").unwrap();
    assert!(landed.rows.is_empty());
    assert_eq!(landed.files[0].records, 1);
    assert_refused(open_files(&[("deals.csv", b"")]), "`deals.csv` is empty");
}

#[test]
fn header_decisions_name_files_and_columns() {
    let folder = folder(&[
        (
            "accounts.csv",
            b"account_id,account,Sector\n1000,Acme,technolgy\n",
        ),
        ("data_dictionary.csv", b"Table,Field\naccounts,account\n"),
        ("extra.csv", b"a,b\n1,2\n"),
    ]);
    let open_with = |rows: &str| {
        let map = format!("file,object,header,column\n{rows}");
        let map = HeaderMap::parse(&map, &layout()).unwrap();
        open_as(
            &[folder.path()],
            &map,
            &Choices::default(),
            &Limits::default(),
        )
    };
    let rows = "accounts.csv,company,account_id,id\naccounts.csv,company,Account,name\ndata_dictionary,-,,\n";
    let export = open_with(rows).unwrap();
    assert_eq!(export.columns("company"), ["id", "name", "sector"]);
    let roles: Vec<&Role> = export.inventory().iter().map(|file| &file.role).collect();
    assert_eq!(
        roles,
        [
            &Role::Table("company".to_owned()),
            &Role::LeftOut,
            &Role::Unmapped
        ]
    );
    let other = open_with(&format!("{rows}accounts.csv,company,Sector,industry\n")).unwrap();
    assert_ne!(other.extract_id(), export.extract_id());

    let error = open_with("accounts.csv,company,account_nr,id\n").unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.to_string().contains("line 2 fills `id`"), "{error}");
    assert!(error.next_step().unwrap().contains("account_id"));
    assert_refused(open_with(""), "no file belongs to an object");
}

#[test]
fn large_files_stream_in_bounded_batches_and_sinks_can_stop_them() {
    let folder = TempDir::new().unwrap();
    let mut file = File::create(folder.path().join("activities.csv")).unwrap();
    writeln!(file, "id,type,body").unwrap();
    for row in 0..200_000 {
        writeln!(file, "act_{row:09},note,\"line one\nline two\"").unwrap();
    }
    drop(file);
    let export = open_one(folder.path()).unwrap();
    let (mut batches, mut rows, mut largest) = (0, 0, 0);
    let mut last_line = 0;
    let files = export
        .read(
            "activity",
            &mut |batch| {
                batches += 1;
                rows += batch.num_rows();
                largest = largest.max(batch.num_rows());
                last_line = numbers(&[batch], "_line").pop().unwrap();
                Ok(())
            },
            &mut |_| panic!("no record is broken"),
        )
        .unwrap();
    assert_eq!((batches, rows, largest), (25, 200_000, 8_192));
    assert_eq!(last_line, 400_000);
    assert_eq!(files[0].landed, 200_000);

    let stopped = export.read(
        "activity",
        &mut |_| Err(Error::new(Kind::Interrupted, "stopped")),
        &mut |_| Ok(()),
    );
    assert_eq!(stopped.unwrap_err().kind(), Kind::Interrupted);
}

#[test]
fn wide_cells_close_a_batch_by_bytes() {
    let cell = "x".repeat(1 << 20);
    let text = format!("id,body\n{}", format!("1,{cell}\n").repeat(40));
    let folder = folder(&[("activities.csv", text.as_bytes())]);
    let landed = read(&open_one(folder.path()).unwrap(), "activity").unwrap();
    assert!(landed.rows.len() >= 3);
    assert_eq!(
        landed.rows.iter().map(RecordBatch::num_rows).sum::<usize>(),
        40
    );
    assert_eq!(landed.rows[0].column(0).len(), 16);
}
