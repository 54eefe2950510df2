//! What an export may be packed in, told by its bytes: archives in archives, gzip, spreadsheets, JSON.

use flate2::Compression;
use flate2::write::GzEncoder;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

use super::*;

const CONTACTS: &[u8] = b"id,first_name,city\n1,Ann,Bern\n2,Bob,Rome\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[track_caller]
fn assert_contacts(files: Files) {
    let export = open_files_kept(files);
    let rows = &read(&export.1, "contact").unwrap().rows;
    assert_eq!(texts(rows, "id"), ["1", "2"]);
    assert_eq!(texts(rows, "city"), ["Bern", "Rome"]);
}

/// The folder lives as long as the export that is read from it.
fn open_files_kept(files: Files) -> (TempDir, Export) {
    let folder = folder(files);
    let export = open_one(folder.path()).unwrap();
    (folder, export)
}

#[test]
fn archives_are_taken_apart_whatever_they_are_called() {
    let zip = zip_bytes(&[("data/contacts.csv", CONTACTS)]);
    let in_zip = zip_bytes(&[("inner.zip", &zip)]);
    assert_contacts(&[("contacts.csv.gz", &gzip(CONTACTS))]);
    assert_contacts(&[("contacts.csv", &gzip(CONTACTS))]);
    assert_contacts(&[("export.zip", &zip)]);
    assert_contacts(&[("export.dat", &in_zip)]);
    assert_contacts(&[("export.zip.gz", &gzip(&in_zip))]);
    assert_contacts(&[("contacts.txt", CONTACTS)]);
}

#[test]
fn two_archives_in_a_folder_are_one_export() {
    let one = zip_bytes(&[("contacts_001.csv", b"id\n1\n"), ("teams.csv", b"id\n7\n")]);
    let two = zip_bytes(&[("contacts_002.csv", b"id\n2\n"), ("teams.csv", b"id\n7\n")]);
    let (_folder, export) = open_files_kept(&[("WE_1.zip", &one), ("WE_2.zip", &two)]);
    assert_eq!(
        texts(&read(&export, "contact").unwrap().rows, "id"),
        ["1", "2"]
    );
    assert_eq!(texts(&read(&export, "team").unwrap().rows, "id"), ["7"]);
}

#[test]
fn archives_that_do_harm_are_refused() {
    let mut nested = zip_bytes(&[("contacts.csv", CONTACTS)]);
    for _ in 0..5 {
        nested = zip_bytes(&[("inner.zip", &nested)]);
    }
    assert_refused(open_files(&[("a.zip", &nested)]), "archives deep");
    let bomb = gzip(&vec![b'a'; 40 << 20]);
    assert_refused(open_files(&[("contacts.csv.gz", &bomb)]), "inflates past");
    let packed = zip_bytes(&[("contacts.csv.gz", &bomb)]);
    assert_refused(open_files(&[("a.zip", &packed)]), "inflates past");
    let broken = &gzip(CONTACTS)[..30];
    assert_refused(open_files(&[("contacts.csv.gz", broken)]), "cannot be read");
    assert_refused(open_files(&[("a.zip", b"PK\x03\x04")]), "not a whole zip");
    assert_refused(open_files(&[("a.zip", b"id\n")]), "not a whole zip");
}

#[test]
fn the_manifest_of_an_archive_is_the_manifest_and_no_table() {
    let manifest = br#"{"format": "smartdesk-admin-export", "format_version": "1.0", "account": {"timezone": "Europe/Berlin"}, "counts": {"contact": 2},
        "files": [{"path": "data/contacts.csv", "object": "contact", "rows": 2}]}"#;
    for top in ["", "acme/"] {
        let files = [
            ("data/contacts.csv", CONTACTS),
            ("manifest.json", manifest.as_slice()),
        ];
        let named: Vec<(String, &[u8])> = files
            .iter()
            .map(|(name, bytes)| (format!("{top}{name}"), *bytes))
            .collect();
        let named: Vec<(&str, &[u8])> = named
            .iter()
            .map(|(name, bytes)| (name.as_str(), *bytes))
            .collect();
        let (_zip, path) = zip_file(&zip_bytes(&named));
        let export = open_one(&path).unwrap();
        assert_eq!(export.account().timezone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(export.objects().collect::<Vec<_>>(), ["contact"]);
    }
}

#[test]
fn a_folder_of_archives_is_one_export_with_one_manifest() {
    let manifest = br#"{"format": "smartdesk-admin-export", "format_version": "1.0", "account": {"currency": "EUR"},
        "files": [{"path": "data/contacts.csv", "rows": 2}, {"path": "data/teams.csv", "rows": 1}]}"#;
    let one = zip_bytes(&[("data/contacts.csv", CONTACTS), ("manifest.json", manifest)]);
    let two = zip_bytes(&[
        ("data/teams.csv", b"id\n9\n"),
        ("data/contacts.csv", CONTACTS),
    ]);
    let (_folder, export) = open_files_kept(&[
        ("part_1.zip", &one),
        ("part_2.zip", &zip_bytes(&[("data/teams.csv", b"id\n9\n")])),
    ]);
    assert_eq!(export.account().currency.as_deref(), Some("EUR"));
    assert_eq!(export.objects().collect::<Vec<_>>(), ["contact", "team"]);
    // Two files would stand in one place: both keep their archive's.
    let (_folder, export) = open_files_kept(&[
        ("part_1.zip", &zip_bytes(&[("data/contacts.csv", CONTACTS)])),
        ("part_2.zip", &two),
    ]);
    let paths = export.inventory().iter().map(|file| file.path.as_str());
    assert_eq!(
        paths.collect::<Vec<_>>(),
        [
            "data/teams.csv",
            "part_1/data/contacts.csv",
            "part_2/data/contacts.csv"
        ]
    );
}

#[test]
fn a_workbook_that_inflates_without_end_is_refused() {
    let sheet = [b"<x>".as_slice(), &vec![b' '; 40 << 20]].concat();
    let book = zip_bytes(&[
        ("xl/workbook.xml", b"<x/>"),
        ("xl/worksheets/sheet1.xml", &sheet),
    ]);
    let bomb = open_files(&[("contacts.xlsx", &book)]).unwrap_err();
    let step = "unpack the archive with a tool you trust and land the folder";
    assert_eq!(bomb.next_step().unwrap(), step);
    assert_refused(Err(bomb), "inflates past");
    let broken = zip_bytes(&[("xl/workbook.xml", b"<x/>")]);
    assert_refused(
        open_files(&[("contacts.xlsx", &broken)]),
        "workbook `contacts.xlsx` cannot be read",
    );
}

#[test]
fn other_programs_documents_are_left_as_they_are() {
    let document = zip_bytes(&[
        ("[Content_Types].xml", b"<x/>"),
        ("word/document.xml", b"<x/>"),
    ]);
    let files: Files = &[
        ("contacts.csv", CONTACTS),
        ("letter.docx", &document),
        ("a.json", b"{\"a\":1}"),
    ];
    let (_folder, export) = open_files_kept(files);
    let roles = export
        .inventory()
        .iter()
        .map(|file| (file.path.as_str(), file.role.clone()));
    assert_eq!(
        roles.collect::<Vec<_>>(),
        [
            ("a.json", Role::Unmapped),
            ("contacts.csv", Role::Table("contact".to_owned())),
            ("letter.docx", Role::Unmapped),
        ]
    );
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = CellFormat::new().set_num_format("dd.mm.yyyy");
    let sheet = book.add_worksheet().set_name("Contacts").unwrap();
    sheet.write(0, 0, "All contacts").unwrap();
    for (column, name) in ["id", "first_name", "created_at", "score", "is_deleted"]
        .iter()
        .enumerate()
    {
        sheet
            .write(2, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    let at = |text: &str| ExcelDateTime::parse_from_str(text).unwrap();
    sheet.write(3, 0, "00123").unwrap();
    sheet.write(3, 1, "Ann; \"Zoë\"").unwrap();
    sheet
        .write_with_format(3, 2, at("2026-03-04"), &day)
        .unwrap();
    sheet.write(3, 3, 12.5).unwrap();
    sheet.write(3, 4, false).unwrap();
    sheet.write(5, 0, 5_360_000_000_000_000_123_f64).unwrap();
    sheet
        .write_with_format(5, 2, at("2026-03-04T09:15:30"), &day)
        .unwrap();
    sheet.write(5, 3, 7).unwrap();
    let sheet = book.add_worksheet().set_name("Teams").unwrap();
    sheet.write(0, 0, "id").unwrap();
    sheet.write(0, 1, "name").unwrap();
    sheet.write(1, 0, 9).unwrap();
    sheet.write(1, 1, "Sales\nEast").unwrap();
    book.add_worksheet().set_name("Empty").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_sheet_is_a_table_of_values_not_of_how_they_are_shown() {
    for name in ["export.xlsx", "contacts.csv"] {
        let (_folder, export) = open_files_kept(&[(name, &workbook())]);
        let landed = read(&export, "contact").unwrap();
        let rows = &landed.rows;
        assert_eq!(texts(rows, "id"), ["00123", "5.36E18"]);
        assert_eq!(texts(rows, "first_name"), ["Ann; \"Zoë\"", "-"]);
        assert_eq!(
            texts(rows, "created_at"),
            ["2026-03-04", "2026-03-04 09:15:30"]
        );
        assert_eq!(texts(rows, "score"), ["12.5", "7"]);
        assert_eq!(texts(rows, "is_deleted"), ["false", "-"]);
        // The row of the sheet.
        assert_eq!(numbers(rows, "_line"), [4, 6]);
        let counts = &landed.files[0];
        assert_eq!(
            (counts.title_rows, counts.blank_lines, counts.landed),
            (1, 2, 2)
        );
        assert_eq!(
            texts(&read(&export, "team").unwrap().rows, "name"),
            ["Sales\nEast"]
        );
    }
}

#[test]
fn a_web_page_under_a_spreadsheets_name_is_its_table() {
    let page = "<html><head><meta charset=windows-1252><style>td {}</style></head><body>\n\
        <table border=1><tr><td colspan=3>All contacts</td></tr><tr><th>id</th><th>first_name</th><th>city</th></tr>\n\
        <tr><td>1</td><td> Zo\u{eb} &amp; <b>Ann</b> </td><td>K\u{f6}ln</td></tr>\n\
        <tr><td>2</td><td></td><td><table><tr><td>no</td></tr></table></td></tr></table></body></html>";
    let bytes = encoding_rs::WINDOWS_1252.encode(page).0;
    let (_folder, export) = open_files_kept(&[("contacts.xls", &bytes)]);
    let landed = read(&export, "contact").unwrap();
    assert_eq!(texts(&landed.rows, "first_name")[0], "Zoë & Ann");
    assert_eq!(texts(&landed.rows, "city")[0], "Köln");
    assert_eq!(
        (landed.files[0].title_rows, landed.files[0].records),
        (1, 4)
    );
    // A page stays a page, and a text may begin with a bracket.
    let files: Files = &[
        ("contacts.csv", b"<id>,city\n1,Bern\n"),
        ("page.html", page.as_bytes()),
    ];
    let (_folder, export) = open_files_kept(files);
    assert_eq!(export.columns("contact"), ["id", "city"]);
    let other = &export.inventory()[1];
    assert_eq!(
        (other.path.as_str(), &other.role),
        ("page.html", &Role::Unmapped)
    );
}

#[test]
fn what_we_wrote_ourselves_is_not_asked_about() {
    // Semicolons split each row as the sheet's columns do, and letters stand as in mixed encodings.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Contacts").unwrap();
    let mut json = Vec::new();
    for (row, cells) in [["id;a", "b"], ["1;2", "\"x\\\""], ["3;4", "Ã¼"]]
        .iter()
        .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet
                .write(row as u32, u16::try_from(column).unwrap(), *cell)
                .unwrap();
        }
        json.push(serde_json::json!({ "id;a": cells[0], "b": cells[1] }));
    }
    let json = serde_json::to_vec(&json).unwrap();
    let book = book.save_to_buffer().unwrap();
    for (name, bytes) in [("x.xlsx", &book), ("contacts.json", &json)] {
        let (_folder, export) = open_files_kept(&[(name, bytes)]);
        let topics = export.choices().iter().map(|choice| choice.topic.as_str());
        assert!(topics.eq([] as [&str; 0]), "{:?}", export.choices());
        assert_eq!(export.columns("contact"), ["id_a", "b"]);
    }
    let (_folder, export) = open_files_kept(&[("contacts.json", br#"[{"id":"1"},{"id":""}]"#)]);
    let landed = read(&export, "contact").unwrap();
    assert_eq!(landed.files[0].title_rows, 0);
}

#[test]
fn a_name_inside_a_record_does_not_take_the_place_of_another() {
    let text = br#"[{"id":"1","owner":{"id":7},"owner_id":8}]"#;
    let (_folder, export) = open_files_kept(&[("contacts.json", text)]);
    let rows = &read(&export, "contact").unwrap().rows;
    assert_eq!(texts(rows, "owner_id"), ["8"]);
    assert_eq!(texts(rows, "owner_id_2"), ["7"]);
}

#[test]
fn a_field_stands_in_one_column_whatever_else_its_record_holds() {
    let both = r#"{"id":"1","company":{"name":"Acme"},"company_name":"Ltd","company_name_2":"x"}"#;
    let turned =
        r#"{"company_name_2":"x","company_name":"Ltd","company":{"name":"Acme"},"id":"1"}"#;
    let inner = r#"{"id":"2","company":{"name":"Beta"}}"#;
    let outer = r#"{"id":"3","company":null,"company_name":"Gamma"}"#;
    let taken = r#"{"id":"4","company":"Delta","company_name":"Delta"}"#;
    for records in [
        [both, inner, outer, taken],
        [turned, inner, outer, taken],
        [taken, outer, inner, turned],
        [inner, outer, both, taken],
    ] {
        let text = format!("[{}]", records.join(","));
        let (_folder, export) = open_files_kept(&[("contacts.json", text.as_bytes())]);
        let rows = &read(&export, "contact").unwrap().rows;
        let ids = texts(rows, "id");
        let of = |column: &str| {
            let cells = texts(rows, column);
            let mut cells: Vec<_> = ids.iter().zip(cells).collect();
            cells.sort();
            cells.into_iter().map(|(_, cell)| cell).collect::<Vec<_>>()
        };
        assert_eq!(of("company_name"), ["Ltd", "-", "Gamma", "Delta"]);
        assert_eq!(of("company_name_2"), ["x", "-", "-", "-"]);
        assert_eq!(of("company_name_3"), ["Acme", "Beta", "-", "-"]);
        assert_eq!(of("company"), ["-", "-", "-", "Delta"]);
    }
}

#[test]
fn json_is_a_table_as_an_array_as_lines_and_in_a_wrapper() {
    let one =
        r#"{"id":"1","city":"Bern","tags":["a;b","c"],"owner":{"id":7},"n":null,"log":[{"x":1}]}"#;
    let two = r#"{"id":"2","city":"Rome","tags":[],"score":1.50}"#;
    let array = format!("\u{feff} [{one},\n{two}]");
    let lines = format!("{one}\n{two}\n");
    let wrapper = format!(
        r#"{{"exportedAt":"2026","summary":{{"n":2}},"ok":true,"contacts":[{one},{two}]}}"#
    );
    for (name, text) in [
        ("contacts.json", &array),
        ("contacts.csv", &array),
        ("contacts.jsonl", &lines),
        ("contacts.ndjson", &lines),
        ("everything.json", &wrapper),
    ] {
        let (_folder, export) = open_files_kept(&[(name, text.as_bytes())]);
        let rows = &read(&export, "contact").unwrap().rows;
        assert_eq!(texts(rows, "id"), ["1", "2"], "{name}");
        assert_eq!(texts(rows, "tags"), ["a\\;b;c", "-"]);
        assert_eq!(texts(rows, "owner_id"), ["7", "-"]);
        assert_eq!(texts(rows, "n"), ["-", "-"]);
        assert_eq!(texts(rows, "log"), [r#"[{"x":1}]"#, "-"]);
    }
}

#[test]
fn one_line_is_a_table_too() {
    // As a document it would be a table of deals, and no contact.
    let line = br#"{"id":1,"deals":[{"id":2}]}"#.as_slice();
    let long = format!("{{\"id\":1,\"city\":\"{}\"}}\n", "x".repeat(300 << 10));
    for (name, text) in [
        ("contacts.jsonl", line),
        ("contacts.NDJSON", line),
        ("contacts.jsonl.gz", &gzip(line)),
        ("contacts.jsonl", long.as_bytes()),
        ("contacts.jsonl", format!("{long}{{}}").as_bytes()),
        ("contacts.jsonl", b"\xef\xbb\xbf\n [{\"id\":1}]"),
    ] {
        let (_folder, export) = open_files_kept(&[(name, text)]);
        assert_eq!(export.objects().collect::<Vec<_>>(), ["contact"]);
        let rows = &read(&export, "contact").unwrap().rows;
        assert_eq!(texts(rows, "id")[0], "1", "{name}");
    }
    assert_refused(
        open_files(&[("contacts.jsonl", b"")]),
        "is not JSON that holds records",
    );
}

#[test]
fn broken_json_is_refused() {
    for text in ["[{\"id\":1},", "[1,2]", "[{\"id\":1}] x"] {
        assert_refused(
            open_files(&[("contacts.json", text.as_bytes())]),
            "is not JSON that holds records",
        );
    }
}
