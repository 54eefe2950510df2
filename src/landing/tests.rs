#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::*;
use crate::error::Kind;

const ID: &str = "0123456789abcdef";

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, true),
        Field::new("_row", DataType::Int64, true),
    ]))
}

fn batch(from: i64, rows: i64) -> RecordBatch {
    let ids: StringArray = (from..from + rows)
        .map(|row| Some(format!("con_{row}")))
        .collect();
    let numbers: Int64Array = (from..from + rows).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(numbers)];
    RecordBatch::try_new(schema(), columns).unwrap()
}

fn write(folder: &Path, batches: i64, rows: i64) -> Vec<Part> {
    let mut writer = Writer::create(folder, schema()).unwrap();
    for number in 0..batches {
        writer.write(&batch(number * rows, rows)).unwrap();
    }
    writer.finish().unwrap()
}

fn ids_in(path: &Path) -> Vec<String> {
    let file = File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap();
    let mut ids = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let column = batch.column(0).as_string::<i32>();
        ids.extend(column.iter().flatten().map(str::to_owned));
    }
    ids
}

fn all_names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn extract(staging: &Path) -> Extract {
    let folder = object_folder(staging, "smartdesk", "contact", ID);
    let parts = write(&folder, 2, 10);
    let quarantine = quarantine_file(staging, "smartdesk", ID);
    let quarantine = FileWriter::create(&quarantine, &schema())
        .unwrap()
        .finish()
        .unwrap();
    Extract {
        extract_id: ID.to_owned(),
        landed_at: "2026-09-02T08:00:00Z".to_owned(),
        objects: [(
            "contact".to_owned(),
            LandedObject {
                rows: 20,
                parts,
                ..LandedObject::default()
            },
        )]
        .into(),
        quarantine: Some(quarantine),
        ..Extract::default()
    }
}

#[test]
fn batches_come_back_in_order_from_whole_folders_only() {
    let staging = TempDir::new().unwrap();
    let folder = object_folder(staging.path(), "smartdesk", "contact", ID);
    let mut writer = Writer::create(&folder, schema()).unwrap();
    writer.write(&batch(0, 3)).unwrap();
    assert!(!folder.exists());
    assert!(
        ids(staging.path(), "smartdesk", "contact")
            .unwrap()
            .is_empty()
    );
    writer.write(&batch(3, 2)).unwrap();
    let sealed = writer.finish().unwrap();

    assert_eq!(ids(staging.path(), "smartdesk", "contact").unwrap(), [ID]);
    let files = parts(staging.path(), "smartdesk", "contact", ID).unwrap();
    assert_eq!(files, [folder.join("part-00001.parquet")]);
    assert_eq!(
        ids_in(&files[0]),
        ["con_0", "con_1", "con_2", "con_3", "con_4"]
    );
    assert_eq!(sealed[0].rows, 5);
    assert_eq!(sealed[0].bytes, fs::metadata(&files[0]).unwrap().len());
    assert_eq!(sealed[0].sha256.len(), 64);
    assert_eq!(all_names(folder.parent().unwrap()), [ID]);
}

#[test]
fn the_same_batches_give_the_same_bytes_and_parts_roll_over() {
    let staging = TempDir::new().unwrap();
    let (one, two) = (staging.path().join("one"), staging.path().join("two"));
    let sealed = write(&one, 13, 100_000);
    assert_eq!(sealed, write(&two, 13, 100_000));
    let rows: Vec<(&str, u64)> = sealed
        .iter()
        .map(|part| (part.file.as_str(), part.rows))
        .collect();
    assert_eq!(
        rows,
        [
            ("part-00001.parquet", 1_000_000),
            ("part-00002.parquet", 300_000)
        ]
    );
    for part in &sealed {
        assert_eq!(
            fs::read(one.join(&part.file)).unwrap(),
            fs::read(two.join(&part.file)).unwrap()
        );
    }
    assert_eq!(ids_in(&two.join("part-00002.parquet"))[0], "con_1000000");
}

#[test]
fn an_object_without_rows_still_lands_its_columns() {
    let staging = TempDir::new().unwrap();
    let folder = staging.path().join("empty");
    let sealed = write(&folder, 0, 0);
    assert_eq!((sealed.len(), sealed[0].rows), (1, 0));
    let file = File::open(folder.join(&sealed[0].file)).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(reader.schema().fields().len(), 2);
}

#[cfg(unix)]
#[test]
fn files_and_folders_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let staging = TempDir::new().unwrap();
    commit(staging.path(), "smartdesk", &extract(staging.path())).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = object_folder(staging.path(), "smartdesk", "contact", ID);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(folder.parent().unwrap()), 0o700);
    assert_eq!(mode(&folder.join("part-00001.parquet")), 0o600);
    assert_eq!(
        mode(&quarantine_file(staging.path(), "smartdesk", ID)),
        0o600
    );
    let record = staging
        .path()
        .join("landing/smartdesk/_extracts")
        .join(format!("{ID}.json"));
    assert_eq!(mode(&record), 0o600);
}

#[test]
fn a_whole_extract_is_not_landed_again() {
    let staging = TempDir::new().unwrap();
    let staging = staging.path();
    assert_eq!(begin(staging, "smartdesk", ID).unwrap(), None);
    let landed = extract(staging);
    assert!(extracts(staging, "smartdesk").unwrap().is_empty());
    commit(staging, "smartdesk", &landed).unwrap();
    assert_eq!(
        begin(staging, "smartdesk", ID).unwrap().as_ref(),
        Some(&landed)
    );
    assert_eq!(extracts(staging, "smartdesk").unwrap(), [landed]);
}

#[test]
fn a_half_landed_extract_is_removed_and_redone() {
    let staging = TempDir::new().unwrap();
    let staging = staging.path();
    let landed = extract(staging);
    let folder = object_folder(staging, "smartdesk", "contact", ID);
    assert!(folder.exists());
    assert_eq!(begin(staging, "smartdesk", ID).unwrap(), None);
    assert!(!folder.exists());
    assert!(!quarantine_file(staging, "smartdesk", ID).exists());
    let error = commit(staging, "smartdesk", &landed).unwrap_err();
    assert_eq!(error.kind(), Kind::Bug);

    assert_eq!(extract(staging), landed);
    commit(staging, "smartdesk", &landed).unwrap();
    fs::remove_file(folder.join("part-00001.parquet")).unwrap();
    let error = extracts(staging, "smartdesk").unwrap_err();
    assert_eq!(error.kind(), Kind::Source);
    assert!(error.next_step().unwrap().contains("land the export again"));
    assert_eq!(begin(staging, "smartdesk", ID).unwrap(), None);
    assert!(extracts(staging, "smartdesk").unwrap().is_empty());
}

#[test]
fn extracts_come_oldest_first() {
    let staging = TempDir::new().unwrap();
    for (id, landed_at) in [
        ("bb", "2026-01-01T00:00:00Z"),
        ("aa", "2026-02-01T00:00:00Z"),
    ] {
        let extract = Extract {
            extract_id: id.to_owned(),
            landed_at: landed_at.to_owned(),
            ..Extract::default()
        };
        commit(staging.path(), "smartdesk", &extract).unwrap();
    }
    let all = extracts(staging.path(), "smartdesk").unwrap();
    let ids: Vec<&str> = all
        .iter()
        .map(|extract| extract.extract_id.as_str())
        .collect();
    assert_eq!(ids, ["bb", "aa"]);
}

#[test]
fn what_is_not_finished_leaves_nothing_and_orphans_are_removed() {
    let staging = TempDir::new().unwrap();
    let staging = staging.path();
    let folder = object_folder(staging, "smartdesk", "contact", ID);
    let mut writer = Writer::create(&folder, schema()).unwrap();
    writer.write(&batch(0, 5)).unwrap();
    assert_eq!(all_names(folder.parent().unwrap()).len(), 1);
    drop(writer);
    assert!(all_names(folder.parent().unwrap()).is_empty());

    let orphan = folder.parent().unwrap().join(".partial-x1");
    fs::create_dir_all(&orphan).unwrap();
    fs::write(orphan.join("part-00001.parquet"), b"torn").unwrap();
    let file = quarantine_file(staging, "smartdesk", ".partial-x2");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, b"torn").unwrap();
    write(&folder, 1, 1);
    assert_eq!(remove_orphans(staging).unwrap(), 2);
    assert!(!orphan.exists() && !file.exists() && folder.exists());
    assert_eq!(remove_orphans(&staging.join("nowhere")).unwrap(), 0);
}

#[test]
fn rows_of_another_schema_are_refused() {
    let staging = TempDir::new().unwrap();
    let other = Arc::new(Schema::new(vec![Field::new("x", DataType::Int64, true)]));
    let mut writer = Writer::create(&staging.path().join("a"), other).unwrap();
    assert_eq!(writer.write(&batch(0, 1)).unwrap_err().kind(), Kind::Bug);
}

#[test]
fn a_thread_beside_writes_the_same_bytes() {
    let staging = TempDir::new().unwrap();
    let (here, beside) = (staging.path().join("here"), staging.path().join("beside"));
    let sealed = write(&here, 13, 100_000);
    let mut writer = Beside::new(Writer::create(&beside, schema()).unwrap()).unwrap();
    for number in 0..13 {
        writer.write(batch(number * 100_000, 100_000)).unwrap();
        assert!(!beside.exists(), "it is there before it is whole");
    }
    assert_eq!(writer.finish().unwrap(), sealed);
    assert_eq!(all_names(&beside), all_names(&here));
}

#[test]
fn what_a_thread_beside_could_not_write_is_told_and_leaves_nothing() {
    let staging = TempDir::new().unwrap();
    let folder = staging.path().join("a");
    let other = Arc::new(Schema::new(vec![Field::new("x", DataType::Int64, true)]));
    let beside = || Beside::new(Writer::create(&folder, other.clone()).unwrap()).unwrap();
    let mut writer = beside();
    // The thread meets it some time after it was taken.
    let refused = (0..1_000).find_map(|_| writer.write(batch(0, 1)).err());
    assert_eq!(refused.unwrap().kind(), Kind::Bug);
    assert!(writer.finish().is_err());
    let mut writer = beside();
    writer.write(batch(0, 1)).unwrap();
    assert_eq!(writer.finish().unwrap_err().kind(), Kind::Bug);
    let mut writer = Beside::new(Writer::create(&folder, schema()).unwrap()).unwrap();
    writer.write(batch(0, 1)).unwrap();
    drop(writer);
    assert_eq!(all_names(staging.path()), [""; 0]);
}

#[test]
fn files_as_they_came_are_named_by_their_hash_and_for_their_owner_only() {
    let staging = TempDir::new().unwrap();
    let folder = originals_folder(staging.path(), ID);
    let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let mut originals = Originals::create(&folder).unwrap();
    originals.put(sha256, &mut b"hello".as_slice()).unwrap();
    assert!(!folder.exists(), "it is there before it is whole");
    let held = originals.finish().unwrap();
    assert_eq!((held.files, held.bytes), (1, 5));
    assert_eq!(fs::read(folder.join(sha256)).unwrap(), b"hello");
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(&folder.join(sha256)), 0o600);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(folder.parent().unwrap()), 0o700);
}

#[test]
fn a_file_that_is_not_what_was_announced_is_refused_and_leaves_nothing() {
    let staging = TempDir::new().unwrap();
    let folder = originals_folder(staging.path(), ID);
    for (name, kind) in [
        ("../../etc/passwd", Kind::Bug),
        (&"0".repeat(64), Kind::Source),
    ] {
        let mut originals = Originals::create(&folder).unwrap();
        let error = originals.put(name, &mut b"hello".as_slice()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    let room = folder.parent().unwrap();
    assert_eq!(all_names(room), [""; 0]);
}

#[test]
fn an_extract_without_its_files_is_landed_again() {
    let staging = TempDir::new().unwrap();
    let sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let folder = originals_folder(staging.path(), ID);
    let mut originals = Originals::create(&folder).unwrap();
    originals.put(sha256, &mut b"hello".as_slice()).unwrap();
    let held = Some(originals.finish().unwrap());
    let landed = Extract {
        held,
        ..extract(staging.path())
    };
    commit(staging.path(), "smartdesk", &landed).unwrap();
    let known = begin(staging.path(), "smartdesk", ID).unwrap();
    assert_eq!(known.unwrap().held, held);
    fs::remove_file(folder.join(sha256)).unwrap();
    assert_eq!(begin(staging.path(), "smartdesk", ID).unwrap(), None);
    assert!(!folder.exists());
}
