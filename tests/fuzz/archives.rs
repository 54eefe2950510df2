//! Archives: of files that are broken themselves, broken afterwards, in each other, with numbers that lie.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::chance::{Chance, mutate};
use crate::judge::File;
use crate::texts::{bundled, delimited, json};

const NAMES: [&str; 8] = [
    "../x.csv",
    "/etc/x.csv",
    "C:\\x.csv",
    "a\\contacts.csv",
    "data/",
    "__MACOSX/._a",
    "a//b.csv",
    "..",
];

/// An archive, or several, with what goes wrong with archives.
pub fn any(chance: &mut Chance) -> Vec<File> {
    let mut archive = zip(chance);
    for _ in 0..chance.below(3) {
        archive = match chance.below(3) {
            0 => zip_of(chance, &[("inner.zip".to_owned(), archive)]),
            1 => gzip(&archive),
            _ => archive,
        };
    }
    if chance.once_in(2) {
        lie(chance, &mut archive);
    }
    if chance.once_in(2) {
        let times = chance.size(3);
        mutate(chance, &mut archive, times);
    }
    let name = *chance.one_of(&[
        "export.zip",
        "export.zip",
        "export.dat",
        "contacts.csv",
        "export.zip.gz",
    ]);
    let mut files = vec![(name.to_owned(), archive)];
    if chance.once_in(4) {
        files.push(("second.zip".to_owned(), zip(chance)));
    }
    if chance.once_in(6) {
        let (name, bytes) = delimited(chance).remove(0);
        files.push((format!("{name}.gz"), gzip(&bytes)));
    }
    files
}

fn zip(chance: &mut Chance) -> Vec<u8> {
    let mut files = Vec::new();
    for _ in 0..chance.size(5) {
        files.extend(match chance.below(5) {
            0 => json(chance),
            1 => vec![chance.one_of(&bundled("")).clone()],
            _ => delimited(chance),
        });
    }
    if chance.once_in(20) {
        let most = 3 << 20;
        files.push(("tags.csv".to_owned(), vec![b'a'; chance.size(most)]));
    }
    if chance.once_in(30) {
        files.push(((*chance.one_of(&NAMES)).to_owned(), b"id\n1\n".to_vec()));
    }
    zip_of(chance, &files)
}

fn zip_of(chance: &mut Chance, files: &[File]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let method = match chance.below(3) {
            0 => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .large_file(chance.once_in(8));
        let started = match chance.once_in(100) {
            true => zip.add_symlink(name, "/etc/passwd", options),
            false => zip.start_file(name, options),
        };
        // A name that stands twice is refused by the writer, and a link takes no bytes.
        if started.is_ok() {
            let _ = zip.write_all(bytes);
        }
    }
    zip.finish().unwrap().into_inner()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Writes another number into one of the headers.
fn lie(chance: &mut Chance, archive: &mut [u8]) {
    let marks: [&[u8]; 5] = [
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"PK\x06\x07",
    ];
    let mark = *chance.one_of(&marks);
    let places: Vec<usize> = archive
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == mark)
        .map(|(at, _)| at)
        .collect();
    if places.is_empty() {
        return;
    }
    let at = chance.one_of(&places) + 4 + chance.below(44);
    let width = *chance.one_of(&[1, 2, 4, 8]);
    let numbers = [
        0_u64,
        1,
        8,
        0xFFFF,
        0xFFFF_FFFE,
        0xFFFF_FFFF,
        1 << 32,
        u64::MAX,
        chance.next(),
    ];
    let number = *chance.one_of(&numbers);
    for (place, byte) in number.to_le_bytes().iter().take(width).enumerate() {
        if let Some(there) = archive.get_mut(at + place) {
            *there = *byte;
        }
    }
}
