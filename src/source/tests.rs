#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
    Layout::parse(include_str!("../../sql/layout.toml")).unwrap()
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
    open(
        &[path],
        &layout(),
        &HeaderMap::default(),
        &Limits::default(),
    )
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
    assert_refused(error, "part `data/tasks_003.csv` of task is missing");

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
    assert_refused(open_files(&[("deals.csv", b"\xef\xbb\xbf\n")]), "is empty");
}

#[test]
fn folder_zip_and_top_folder_have_one_extract_id() {
    let files: Files = &[
        ("data/contacts.csv", b"id,email\n1,a@b.example\n"),
        ("data/deals.csv", b"id\n9\n"),
    ];
    let topped: Files = &[
        ("acme/data/contacts.csv", b"id,email\n1,a@b.example\n"),
        ("acme/data/deals.csv", b"id\n9\n"),
        ("__MACOSX/acme/data/._deals.csv", b"x"),
        ("acme/.DS_Store", b"x"),
    ];
    let plain = folder(files);
    let (_zip, zip) = zip_file(&zip_bytes(files));
    let (_top, top) = zip_file(&zip_bytes(topped));
    let id = open_one(plain.path()).unwrap().extract_id().to_owned();
    assert_eq!(id.len(), 16);
    assert_eq!(open_one(&zip).unwrap().extract_id(), id);
    let export = open_one(&top).unwrap();
    assert_eq!(export.extract_id(), id);
    assert_eq!(
        texts(&read(&export, "contact").unwrap().rows, "email"),
        ["a@b.example"]
    );
    let junk = export
        .inventory()
        .iter()
        .filter(|file| file.role == Role::Junk);
    assert_eq!(junk.count(), 2);

    fs::write(plain.path().join("data/deals.csv"), b"id\n8\n").unwrap();
    assert_ne!(open_one(plain.path()).unwrap().extract_id(), id);
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
        open(&[folder.path()], &layout(), &map, &Limits::default())
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

fn manifest(rows: u64, bytes: usize, sha256: &str, counts: &str) -> String {
    format!(
        r#"{{"format":"smartdesk-admin-export","format_version":"1.0","export_type":"full",
        "exported_at":"2026-09-01T22:15:00Z",
        "account":{{"timezone":"Europe/Berlin","locale":"de-DE","currency":"EUR"}},
        "files":[{{"path":"data/contacts.csv","object":"contact","rows":{rows},"bytes":{bytes},"sha256":"{sha256}"}}],
        "counts":{{{counts}}}}}"#
    )
}

#[test]
fn the_manifest_is_checked_never_believed() {
    let contacts = b"id,email\n1,a\n2\n";
    let hash = sha256(contacts);
    let with = |manifest: String| {
        let folder = folder(&[
            ("data/contacts.csv", contacts),
            ("manifest.json", manifest.as_bytes()),
        ]);
        let export = open_one(folder.path())?;
        read(&export, "contact")?;
        Ok(export)
    };
    let export = with(manifest(2, 15, &hash, "\"contact\":2")).unwrap();
    assert_eq!(export.account().timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(
        export.manifest().unwrap().export_type.as_deref(),
        Some("full")
    );
    for (manifest, reason) in [
        (
            manifest(3, 15, &hash, ""),
            "`data/contacts.csv` has 2 rows, manifest.json says 3",
        ),
        (
            manifest(2, 14, &hash, ""),
            "has 15 bytes, manifest.json says 14",
        ),
        (manifest(2, 15, "beef", ""), "manifest.json says beef"),
        (
            manifest(2, 15, &hash, "\"contact\":310"),
            "hold 2 rows of contact, manifest.json counts 310",
        ),
        (
            manifest(2, 15, &hash, "\"deal\":1"),
            "counts 1 rows of deal, but no file",
        ),
        (
            manifest(2, 15, &hash, "").replace("contacts.csv", "people.csv"),
            "lists `data/people.csv`, which is not there",
        ),
    ] {
        assert_refused(with(manifest), reason);
    }
    let empty = folder(&[
        ("data/contacts.csv", b""),
        ("manifest.json", manifest(0, 0, &sha256(b""), "").as_bytes()),
    ]);
    let export = open_one(empty.path()).unwrap();
    assert!(read(&export, "contact").unwrap().rows.is_empty());
}

#[test]
fn files_as_they_are_become_one_row_each_and_one_stream_a_content() {
    let files: Files = &[
        ("data/contacts.csv", b"id\n1\n"),
        ("attachments/contacts.csv", b"id\n2\n"),
        ("attachments/a/copy.csv", b"id\n2\n"),
        ("attachments/a/M\u{fc}ller.txt", b""),
    ];
    let (_kept, zip) = zip_file(&zip_bytes(files));
    let folder = folder(files);
    let of_folder = open_one(folder.path()).unwrap();
    for export in [&of_folder, &open_one(&zip).unwrap()] {
        assert_eq!(export.extract_id(), of_folder.extract_id());
        assert_eq!(read(export, "contact").unwrap().files.len(), 1);
        let landed = read(export, "attachment_file").unwrap();
        let paths = texts(&landed.rows, "id");
        assert_eq!(
            paths,
            [
                "attachments/a/M\u{fc}ller.txt",
                "attachments/a/copy.csv",
                "attachments/contacts.csv"
            ]
        );
        assert_eq!(texts(&landed.rows, "size_bytes"), ["0", "5", "5"]);
        let hashes = [b"" as &[u8], b"id\n2\n", b"id\n2\n"].map(sha256);
        assert_eq!(texts(&landed.rows, "sha256"), hashes);
        let mut contents = Vec::new();
        let mut keep = |content: Content<'_>, input: &mut dyn std::io::BufRead| {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).unwrap();
            contents.push((content.sha256.to_owned(), content.bytes, bytes));
            Ok(())
        };
        export.contents(&mut keep).unwrap();
        let copied = b"id\n2\n".to_vec();
        let wanted = [
            (hashes[0].clone(), 0, Vec::new()),
            (hashes[1].clone(), 5, copied),
        ];
        assert_eq!(contents, wanted);
    }
}

#[test]
fn a_file_as_it_is_counts_for_the_extract_and_may_not_change() {
    let of = |bytes| folder(&[("contacts.csv", b"id\n1\n"), ("attachments/a", bytes)]);
    let (one, other) = (of(b"1"), of(b"2"));
    let export = open_one(one.path()).unwrap();
    let id = open_one(other.path()).unwrap().extract_id().to_owned();
    assert_ne!(export.extract_id(), id);
    fs::write(one.path().join("attachments/a"), b"3").unwrap();
    let mut drain = |_: Content<'_>, input: &mut dyn std::io::BufRead| {
        std::io::copy(input, &mut std::io::sink()).unwrap();
        Ok(())
    };
    let error = export.contents(&mut drain).unwrap_err();
    assert!(error.to_string().contains("changed while it was read"));
}

#[test]
fn copies_are_read_once_and_several_paths_are_one_export() {
    let one = folder(&[
        ("data/contacts_001.csv", b"id\n1\n"),
        ("data/teams.csv", b"id\n5\n"),
    ]);
    let two = folder(&[
        ("data/contacts_002.csv", b"id\n2\n"),
        ("data/teams.csv", b"id\n5\n"),
    ]);
    let export = open(
        &[one.path(), two.path()],
        &layout(),
        &HeaderMap::default(),
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(
        texts(&read(&export, "contact").unwrap().rows, "id"),
        ["1", "2"]
    );
    assert_eq!(texts(&read(&export, "team").unwrap().rows, "id"), ["5"]);
    let copies = export.inventory().iter();
    let copies =
        copies.filter(|file| matches!(&file.role, Role::Copy(of) if of == "data/teams.csv"));
    assert_eq!(copies.count(), 1);
}

#[test]
fn settings_land_whole() {
    let automations =
        br#"[{"id":"wf_1","kind":"workflow","name":null,"object":"lead","status":"active",
        "actions":[{"type":"assign"}]},{"id":"wf_2"}]"#;
    let folder = folder(&[
        ("schema/automations.json", automations),
        ("schema/ai_assistant.json", br#"{"tone":"kind"}"#),
    ]);
    let export = open_one(folder.path()).unwrap();
    let landed = read(&export, "automation").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["wf_1", "wf_2"]);
    assert_eq!(texts(&landed.rows, "name"), ["-", "-"]);
    assert!(texts(&landed.rows, "record")[0].contains(r#""actions":[{"type":"assign"}]"#));
    assert_eq!(numbers(&landed.rows, "_row"), [1, 2]);
    let settings = read(&export, "ai_assistant").unwrap();
    assert_eq!(texts(&settings.rows, "record"), [r#"{"tone":"kind"}"#]);
    assert_refused(
        open_files(&[("schema/automations.json", b"[1]")]),
        "something else than JSON objects",
    );
}

#[test]
fn other_containers_and_encodings_are_refused_with_a_hint() {
    assert_refused(
        open_one(Path::new("/nowhere/export.zip")),
        "cannot be opened",
    );
    let book = folder(&[("book.xlsx", b"PK\x03\x04")]);
    let book = book.path().join("book.xlsx");
    assert_refused(open_one(&book), "neither a folder nor a zip nor a CSV file");
    assert_refused(open_files(&[]), "no file belongs");
    for (bytes, reason) in [
        (&b"id;name\n1;a\n"[..], "not separated by commas"),
        (b"\xff\xfei\0d\0", "UTF-16"),
        (b"id,n\xe4me\n", "header that is not UTF-8"),
        (b"id,\"name\n1,a\n", "opens a quote in its header"),
    ] {
        assert_refused(open_files(&[("contacts.csv", bytes)]), reason);
    }
    let limits = Limits {
        record_bytes: 64,
        ..Limits::default()
    };
    let folder = folder(&[(
        "contacts.csv",
        format!("id\n\"{}", "x".repeat(100)).as_bytes(),
    )]);
    let export = open(&[folder.path()], &layout(), &HeaderMap::default(), &limits).unwrap();
    let error = read(&export, "contact").err().unwrap();
    assert_eq!(error.kind(), Kind::Source);
    assert!(error.next_step().unwrap().contains("quote"));
}

#[test]
fn a_file_that_changes_after_it_was_opened_is_refused() {
    let folder = folder(&[("contacts.csv", b"id\n1\n")]);
    let export = open_one(folder.path()).unwrap();
    fs::write(folder.path().join("contacts.csv"), b"id\n2\n").unwrap();
    let error = read(&export, "contact").err().unwrap();
    assert!(
        error.to_string().contains("changed while it was read"),
        "{error}"
    );
}

#[test]
fn hostile_archives_are_refused_whole() {
    for name in [
        "../contacts.csv",
        "/etc/contacts.csv",
        "C:\\contacts.csv",
        "a/..\\..\\x.csv",
    ] {
        let (_folder, zip) = zip_file(&zip_bytes(&[
            ("data/teams.csv", b"id\n1\n"),
            (name, b"id\n1\n"),
        ]));
        assert_refused(open_one(&zip), "leads out of its folder");
    }
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("contacts.csv", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let (_folder, zip) = zip_file(&link.finish().unwrap().into_inner());
    assert_refused(open_one(&zip), "holds a link");
}

#[test]
fn archives_that_inflate_past_the_limits_are_refused() {
    let bomb = format!("id\n{}", "1\n".repeat(2_000_000));
    let (_folder, zip) = zip_file(&zip_bytes(&[("contacts.csv", bomb.as_bytes())]));
    let open_with = |limits: Limits| open(&[&zip], &layout(), &HeaderMap::default(), &limits);
    let by_ratio = Limits {
        ratio: 50,
        ratio_floor: 1 << 20,
        ..Limits::default()
    };
    assert_refused(open_with(by_ratio), "inflates past the limit");
    let by_bytes = Limits {
        inflated_bytes: 1 << 20,
        ..Limits::default()
    };
    assert_refused(open_with(by_bytes), "inflates past the limit");
    let by_entries = Limits {
        entries: 0,
        ..Limits::default()
    };
    assert_refused(open_with(by_entries), "holds more than 0 files");
    assert!(open_with(Limits::default()).is_ok());
}

#[test]
fn broken_archives_are_refused() {
    let text = format!("id,name\n{}", "1,abcdefgh\n".repeat(1000));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    stored.start_file("contacts.csv", options).unwrap();
    stored.write_all(text.as_bytes()).unwrap();
    let mut bytes = stored.finish().unwrap().into_inner();

    let (_folder, cut) = zip_file(&bytes[..bytes.len() / 2]);
    assert_refused(open_one(&cut), "is not a whole zip archive");

    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let (_folder, flipped) = zip_file(&bytes);
    assert_refused(open_one(&flipped), "`contacts.csv` cannot be read");

    // Bit 0 of the flags, in the local header and in the central directory, says `encrypted`.
    let mut locked = zip_bytes(&[("contacts.csv", b"id\n1\n")]);
    let central = locked
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    locked[6] |= 1;
    locked[central + 8] |= 1;
    let (_folder, locked) = zip_file(&locked);
    assert_refused(open_one(&locked), "needs a password");

    let (_folder, none) = zip_file(b"id\n1\n");
    assert_refused(open_one(&none), "is not a whole zip archive");
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
