//! The manifest, settings, and files that are landed as they are.

use super::*;

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
