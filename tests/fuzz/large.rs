//! What is larger than any export is: bounded in memory, and refused with the place of it.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use deskferry::error::{Error, Kind, Result as Read};
use deskferry::source::{Aliases, Choices, Export, HeaderMap, Layout, Limits, Names, open};
use tempfile::tempdir;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::HEAP;
use crate::drive::alone;

/// As a whole export is read.
fn opened(path: &Path) -> Read<Export> {
    let names = Names {
        layout: &Layout::parse(include_str!("../../sql/layout.toml"))?,
        aliases: &Aliases::default(),
        headers: &HeaderMap::default(),
        decided: &Choices::default(),
    };
    open(&[path], names, &Limits::default())
}

/// Every row of every object, and how many there were.
fn rows(path: &Path) -> Read<u64> {
    let export = opened(path)?;
    let mut rows = 0;
    for object in export.objects() {
        let files = export.read(object, &mut |_| Ok(()), &mut |_| Ok(()))?;
        rows += files.iter().map(|file| file.landed).sum::<u64>();
    }
    Ok(rows)
}

/// What `work` gives, and how much of the heap it took.
fn weighed<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let used = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let done = work();
    (done, HEAP.peak_usage().saturating_sub(used))
}

fn told(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    format!("{error}: {}", cause.unwrap_or_default())
}

#[test]
fn a_cell_of_a_gigabyte_is_refused_in_bounded_memory() {
    let _alone = alone();
    let folder = tempdir().unwrap();
    let mut file = File::create(folder.path().join("contacts.csv")).unwrap();
    file.write_all(b"id,name\n1,Ann\n2,\"").unwrap();
    // A hole: it is read as zeros, and takes no room.
    file.seek(SeekFrom::Start(1 << 30)).unwrap();
    file.write_all(b"\"\n3,Bob\n").unwrap();
    let (ended, heap) = weighed(|| rows(folder.path()));
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), Kind::Source);
    assert!(
        told(&error).contains("begins on line 3 is longer than 16777216 bytes"),
        "{}",
        told(&error)
    );
    assert!(heap < 128 << 20, "{heap}");
    eprintln!("a cell of 1 GB: {} MB of the heap", heap >> 20);
}

#[test]
fn a_hundred_thousand_files_are_read_in_bounded_memory() {
    const FILES: u32 = 100_000;
    let _alone = alone();
    let folder = tempdir().unwrap();
    let path = folder.path().join("export.zip");
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&path).unwrap()));
    let options = SimpleFileOptions::default();
    zip.start_file("contacts.csv", options).unwrap();
    zip.write_all(b"id,name\n1,Ann\n").unwrap();
    for number in 0..FILES {
        zip.start_file(format!("attachments/{number}_note.txt"), options)
            .unwrap();
        zip.write_all(b"note").unwrap();
    }
    zip.finish().unwrap();
    let (ended, heap) = weighed(|| rows(&path));
    assert_eq!(ended.unwrap(), u64::from(FILES) + 1);
    assert!(heap < 256 << 20, "{heap}");
    eprintln!("100,000 files: {} MB of the heap", heap >> 20);
}
