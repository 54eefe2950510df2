//! Archives that somebody made to do harm, by the real program: refused with a sentence, and nothing else is touched.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::support::{Ran, Workspace, files_below, repository};

/// Nothing listens there.
const NOBODY: &str = "http://127.0.0.1:1/crm/sales/api";

const ROWS: &[u8] = b"id,last_name\ncon_1,One\n";

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A name, its bytes, and what is said of it.
fn archives() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let leaving = |name| zip_of(&[("data/contacts.csv", ROWS), (name, ROWS)]);
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("data/contacts.csv", "/etc/passwd", options())
        .unwrap();
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("data/contacts.csv", SimpleFileOptions::default())
        .unwrap();
    bomb.write_all(ROWS).unwrap();
    for _ in 0..20 {
        bomb.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    }
    let mut nested = zip_of(&[("contacts.csv", ROWS)]);
    for _ in 0..5 {
        nested = zip_of(&[("inner.zip", &nested)]);
    }
    let mut locked = zip_of(&[("data/contacts.csv", ROWS), ("data/teams.csv", ROWS)]);
    let central = locked
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    locked[6] |= 1;
    locked[central + 8] |= 1;
    vec![
        (
            "parent",
            leaving("../outside.csv"),
            "leads out of its folder",
        ),
        (
            "absolute",
            leaving("/tmp/outside.csv"),
            "leads out of its folder",
        ),
        (
            "drive",
            leaving("C:\\outside.csv"),
            "leads out of its folder",
        ),
        ("link", link.finish().unwrap().into_inner(), "holds a link"),
        (
            "bomb",
            bomb.finish().unwrap().into_inner(),
            "inflates past the limit for archives",
        ),
        ("nested", nested, "archives deep"),
        ("locked", locked, "`locked/data/contacts.csv` is encrypted"),
    ]
}

/// Every file below a folder, with its bytes.
fn held(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = files_below(folder).into_iter();
    files
        .map(|file| (file.clone(), fs::read(file).unwrap()))
        .collect()
}

fn land(workspace: &Workspace, path: &Path, temporary: &Path) -> Ran {
    let mut command = workspace.command(&["land".as_ref(), path.as_os_str()]);
    command.env("TMPDIR", temporary);
    Ran::to_end(command)
}

#[test]
fn what_is_refused_touches_nothing() {
    let workspace = Workspace::new("demo", NOBODY);
    workspace.land(repository("fixtures/smartdesk"));
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();
    let before = held(workspace.path());
    for (name, bytes, reason) in archives() {
        let path = inside.join(format!("{name}.zip"));
        fs::write(&path, bytes).unwrap();
        let ran = land(&workspace, &path, temporary.path()).ended(4);
        assert!(ran.stderr.contains(reason), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("hint:"), "{name}: {}", ran.stderr);
        fs::remove_file(path).unwrap();
        assert!(
            held(workspace.path()) == before,
            "{name} left something in the workspace"
        );
        assert_eq!(files_below(folder.path()), [] as [PathBuf; 0], "{name}");
        assert_eq!(files_below(temporary.path()), [] as [PathBuf; 0], "{name}");
    }
    assert!(!Path::new("/tmp/outside.csv").exists());
}

#[test]
fn a_broken_file_stops_the_landing_until_a_person_leaves_it_out() {
    let mut zip = zip_of(&[
        ("data/contacts.csv", ROWS),
        ("data/teams.csv", b"id,name\n1,East\n"),
    ]);
    let at = zip.windows(5).position(|five| five == b"con_1").unwrap();
    zip[at] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.zip");
    fs::write(&path, zip).unwrap();
    let workspace = Workspace::undecided(NOBODY);
    let refused = workspace.run(&["land".as_ref(), path.as_os_str()]).ended(4);
    for words in [
        "`export/data/contacts.csv` cannot be read",
        "object `-` in sql/map/map_headers.csv",
    ] {
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    let map = workspace.path().join("sql/map");
    fs::create_dir_all(&map).unwrap();
    fs::write(
        map.join("map_headers.csv"),
        "file,object,header,column\ncontacts.csv,-,,\n",
    )
    .unwrap();
    workspace.land(&path);
    let teams = workspace.sql("select name from raw_smartdesk__team");
    assert_eq!(teams[0]["name"], "East");
    let record = files_below(&workspace.staging("landing/smartdesk/_extracts"));
    let record = fs::read_to_string(&record[0]).unwrap();
    assert!(
        record.contains("\"left_out\": [\n    \"data/contacts.csv\""),
        "{record}"
    );
}
