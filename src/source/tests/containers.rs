//! Folders and archives: what is one export, and what is refused.

use super::*;

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
fn copies_are_read_once_and_several_paths_are_one_export() {
    let one = folder(&[
        ("data/contacts_001.csv", b"id\n1\n"),
        ("data/teams.csv", b"id\n5\n"),
    ]);
    let two = folder(&[
        ("data/contacts_002.csv", b"id\n2\n"),
        ("data/teams.csv", b"id\n5\n"),
    ]);
    let export = open_within(&[one.path(), two.path()], &Limits::default()).unwrap();
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
fn other_containers_and_encodings_are_refused_with_a_hint() {
    assert_refused(
        open_one(Path::new("/nowhere/export.zip")),
        "cannot be opened",
    );
    assert_refused(open_files(&[]), "no file belongs");
    for (bytes, reason) in [
        (&b"id,\0\0name\n1,a\n"[..], "is binary"),
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
    let export = open_within(&[folder.path()], &limits).unwrap();
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
    let open_with = |limits: Limits| open_within(&[&zip], &limits);
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
    assert_refused(open_one(&flipped), "`export/contacts.csv` cannot be read");

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
