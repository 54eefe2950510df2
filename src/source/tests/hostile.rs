//! What somebody made to do harm, and what looks like it: refused with its name, or bounded.

use zip::CompressionMethod;

use super::*;

const ROWS: &[u8] = b"id,name\n1,Ann\n2,Bob\n";

fn places(bytes: &[u8], mark: &[u8]) -> Vec<usize> {
    let windows = bytes.windows(mark.len()).enumerate();
    windows
        .filter(|(_, window)| *window == mark)
        .map(|(at, _)| at)
        .collect()
}

fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    bytes[at..at + number.len()].copy_from_slice(number);
}

/// Places of the headers in the directory of an archive, and of its end.
fn directory(zip: &[u8]) -> (Vec<usize>, usize) {
    (places(zip, b"PK\x01\x02"), places(zip, b"PK\x05\x06")[0])
}

fn stored(files: Files) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn leaving_out(path: &Path, file: &str) -> Result<Export> {
    let map = format!("file,object,header,column\n{file},-,,\n");
    let map = HeaderMap::parse(&map, &layout()).unwrap();
    open_as(&[path], &map, &Choices::default(), &Limits::default())
}

#[test]
fn files_that_share_their_bytes_are_refused() {
    let mut zip = stored(&[("contacts.csv", ROWS), ("companies.csv", ROWS)]);
    let (headers, _) = directory(&zip);
    // The second file is where the first one is.
    put(&mut zip, headers[1] + 42, &0_u32.to_le_bytes());
    assert_refused(open_files(&[("a.zip", &zip)]), "share their bytes");
}

#[test]
fn an_archive_that_holds_more_than_it_lists_is_refused() {
    let files: Files = &[
        ("contacts.csv", ROWS),
        ("teams.csv", ROWS),
        ("deals.csv", ROWS),
    ];
    let whole = zip_bytes(files);
    let (_, end) = directory(&whole);
    let mut counted = whole.clone();
    // As an old tool writes 65,538 files.
    put(&mut counted, end + 8, &[2, 0, 2, 0]);
    assert_refused(
        open_files(&[("a.zip", &counted)]),
        "more files than it says",
    );
    let joined = [zip_bytes(&[("tags.csv", ROWS)]), whole].concat();
    assert_refused(
        open_files(&[("a.zip", &joined)]),
        "two archives in one file",
    );
}

#[test]
fn sizes_are_counted_and_not_believed() {
    let whole = zip_bytes(&[("contacts.csv", ROWS)]);
    let (headers, _) = directory(&whole);
    let (mut large, mut packed) = (whole.clone(), whole);
    put(&mut large, headers[0] + 24, &0xFFFF_FFFE_u32.to_le_bytes());
    put(&mut large, 22, &0xFFFF_FFFE_u32.to_le_bytes());
    let (_folder, zip) = zip_file(&large);
    let rows = read(&open_one(&zip).unwrap(), "contact").unwrap().rows;
    assert_eq!(texts(&rows, "name"), ["Ann", "Bob"]);
    put(&mut packed, headers[0] + 20, &0xFFFF_FFFE_u32.to_le_bytes());
    put(&mut packed, 18, &0xFFFF_FFFE_u32.to_le_bytes());
    assert_refused(open_files(&[("a.zip", &packed)]), "share their bytes");
}

#[test]
fn archives_with_large_numbers_are_read() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    zip.start_file("contacts.csv", options).unwrap();
    zip.write_all(ROWS).unwrap();
    // More of them than the old end of an archive can count.
    for number in 0..66_000 {
        zip.start_file(
            format!("attachments/{number}"),
            SimpleFileOptions::default(),
        )
        .unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert_eq!(places(&bytes, b"PK\x06\x06").len(), 1);
    let (_folder, zip) = zip_file(&bytes);
    let export = open_one(&zip).unwrap();
    assert_eq!(export.inventory().len(), 66_001);
    let rows = read(&export, "contact").unwrap().rows;
    assert_eq!(texts(&rows, "id"), ["1", "2"]);
}

#[test]
fn a_broken_file_beside_good_ones_is_named_and_can_be_left_out() {
    let whole = stored(&[("data/contacts.csv", ROWS), ("data/teams.csv", ROWS)]);
    let (headers, _) = directory(&whole);
    let (mut flipped, mut locked, mut strange) = (whole.clone(), whole.clone(), whole);
    let at = places(&flipped, ROWS)[0] + 10;
    flipped[at] ^= 1;
    locked[6] |= 1;
    locked[headers[0] + 8] |= 1;
    put(&mut strange, headers[0] + 10, &[97, 0]);
    for (bytes, reason) in [
        (flipped, "`export/data/contacts.csv` cannot be read"),
        (locked, "`export/data/contacts.csv` is encrypted"),
        (
            strange,
            "`export/data/contacts.csv` cannot be read: compression method",
        ),
    ] {
        let (_folder, zip) = zip_file(&bytes);
        let refused = open_one(&zip);
        let error = refused.as_ref().unwrap_err();
        assert!(error.next_step().unwrap().contains("object `-`"), "{error}");
        assert_refused(refused, reason);
        let export = leaving_out(&zip, "contacts").unwrap();
        assert_eq!(export.objects().collect::<Vec<_>>(), ["team"]);
        let roles: Vec<&Role> = export.inventory().iter().map(|file| &file.role).collect();
        assert_eq!(roles[0], &Role::LeftOut);
    }
}

#[test]
fn a_broken_attachment_can_be_left_out_too() {
    let mut zip = stored(&[
        ("attachments/7_offer.txt", b"OUR OFFER"),
        ("teams.csv", ROWS),
    ]);
    let at = places(&zip, b"OUR OFFER")[0];
    zip[at] ^= 1;
    let (_folder, zip) = zip_file(&zip);
    assert_refused(open_one(&zip), "7_offer.txt` cannot be read");
    for name in ["7_offer.txt", "attachments/7_offer.txt"] {
        let export = leaving_out(&zip, name).unwrap();
        assert_eq!(export.objects().collect::<Vec<_>>(), ["team"]);
    }
    assert_refused(leaving_out(&zip, "7_offer"), "7_offer.txt` cannot be read");
}

#[test]
fn a_stem_leaves_no_attachment_and_no_archive_out() {
    let packed = zip_bytes(&[("teams.csv", ROWS)]);
    let files: Files = &[
        ("attachments/notes.txt", b"one"),
        ("attachments/notes_2.pdf", b"two"),
        ("contacts.csv", ROWS),
        ("notes.csv", b"id,name\n1,a\n"),
        ("notes.zip", &packed),
        ("notes_2.dat", &zip_bytes(&[("tags.csv", ROWS)])),
    ];
    let folder = folder(files);
    let left_out = |file: &str| {
        let export = leaving_out(folder.path(), file).unwrap();
        let files = export.inventory().iter();
        let out = files.filter(|file| file.role == Role::LeftOut);
        out.map(|file| file.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(left_out("notes"), ["notes.csv"]);
    assert_eq!(left_out("Notes_2.pdf"), ["attachments/notes_2.pdf"]);
    assert_eq!(left_out("attachments/notes.txt"), ["attachments/notes.txt"]);
    assert_eq!(left_out("notes.zip"), ["notes.zip"]);
    assert_eq!(left_out("notes_2.dat"), ["notes_2.dat"]);
}

#[test]
fn archives_in_archives_hold_no_more_files_than_one() {
    let inner = zip_bytes(&[
        ("contacts.csv", ROWS),
        ("teams.csv", ROWS),
        ("tags.csv", ROWS),
    ]);
    let outer = zip_bytes(&[("a.zip", &inner), ("b.zip", &inner)]);
    let (_folder, zip) = zip_file(&outer);
    let within = |entries| {
        open_within(
            &[&zip],
            &Limits {
                entries,
                ..Limits::default()
            },
        )
    };
    assert_refused(within(7), "holds more than 7 files");
    assert!(within(8).is_ok());
}

#[test]
fn a_header_without_end_is_refused() {
    let header = (0..5_000)
        .map(|place| format!("c{place}"))
        .collect::<Vec<_>>()
        .join(",");
    let text = format!("{header}\n1\n");
    assert_refused(
        open_files(&[("contacts.csv", text.as_bytes())]),
        "more than 4096 columns",
    );
    // Nobody asks what it might be.
    let telling = format!("id,first_name,last_name,email,mobile,{header}\n1\n");
    let files: Files = &[("rows.csv", telling.as_bytes()), ("teams.csv", ROWS)];
    let export = open_files(files).unwrap();
    assert_eq!(export.inventory()[0].role, Role::Unmapped);
    let members = (0..5_000)
        .map(|place| format!("\"c{place}\":1"))
        .collect::<Vec<_>>()
        .join(",");
    let text = format!("[{{{members}}}]");
    assert_refused(
        open_files(&[("contacts.json", text.as_bytes())]),
        "more tables or columns",
    );
    let halves = ["a", "b"].map(|part| {
        let columns = (0..3_000).map(|place| format!("{part}{place}"));
        columns.collect::<Vec<_>>().join(",") + "\n1\n"
    });
    let files: Files = &[
        ("tags_001.csv", halves[0].as_bytes()),
        ("tags_002.csv", halves[1].as_bytes()),
    ];
    assert_refused(open_files(files), "more than 4096 columns");
}

#[test]
fn names_without_end_are_refused_though_no_value_has_them() {
    let open_lines = |count: usize| {
        let lines = (0..count).map(|number| format!("{{\"id\":1,\"k{number}\":{{}}}}\n"));
        let text: String = lines.collect();
        let folder = folder(&[("contacts.jsonl", text.as_bytes())]);
        let limits = Limits {
            columns: 10,
            ..Limits::default()
        };
        open_within(&[folder.path()], &limits)
    };
    assert!(open_lines(39).is_ok());
    assert_refused(open_lines(40), "more tables or columns");
}

#[test]
fn a_json_record_without_end_is_refused() {
    let limits = Limits {
        record_bytes: 1 << 10,
        ..Limits::default()
    };
    let open_text = |text: &str| {
        let folder = folder(&[("contacts.json", text.as_bytes())]);
        open_within(&[folder.path()], &limits)
    };
    let record = |length| format!("{{\"id\":\"{}\"}}", "x".repeat(length));
    let long = record(400_000);
    for text in [&long, &format!("[{long}]"), &format!("{{\"a\":1}}\n{long}")] {
        assert_refused(open_text(text), "a record of it is longer than 1024 bytes");
    }
    // Many short ones are fine.
    assert!(open_text(&format!("[{}]", vec![record(500); 500].join(","))).is_ok());
}

/// A workbook of one sheet, with what stands in it and in its shared strings.
fn book(sheet: &str, strings: &str) -> Vec<u8> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        "<workbook xmlns:r=\"{office}\"><sheets><sheet name=\"Contacts\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let link = |id: &str, kind: &str, to: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{office}/{kind}\" Target=\"{to}\"/>")
    };
    let top = format!(
        "<Relationships>{}</Relationships>",
        link("r0", "officeDocument", "xl/workbook.xml")
    );
    let links = format!(
        "<Relationships>{}</Relationships>",
        link("r1", "worksheet", "worksheets/sheet1.xml")
    );
    let sheet = format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>");
    stored(&[
        ("_rels/.rels", top.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

fn opened(book: &[u8]) -> Result<Export> {
    let limits = Limits {
        record_bytes: 1 << 20,
        held_bytes: 4 << 20,
        ratio: 1,
        ratio_floor: 8 << 20,
        ..Limits::default()
    };
    let folder = folder(&[("contacts.xlsx", book)]);
    open_within(&[folder.path()], &limits)
}

const HEADER: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c><c r=\"B1\" t=\"str\"><v>name</v></c></row>";

#[test]
fn a_workbook_is_weighed_before_it_is_read() {
    let long = "x".repeat(2 << 20);
    let inline = |text: &str| {
        format!("{HEADER}<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is>{text}</is></c></row>")
    };
    let pieces = format!("<t>{}</t>", "x".repeat(900)).repeat(2_000);
    for sheet in [
        inline(&format!("<t>{long}</t>")),
        inline(&pieces),
        inline(&format!("<t><![CDATA[{}]]></t>", "<".repeat(2 << 20))),
        format!("{HEADER}<row r=\"2\"><c r=\"A2\"><v>1<!--{long}--></v></c></row>"),
    ] {
        assert_refused(
            opened(&book(&sheet, "<sst/>")),
            "a cell of it is longer than 1048576 bytes",
        );
    }
    let strings = format!("<sst>{}</sst>", "<si><t>some text</t></si>".repeat(200_000));
    assert_refused(
        opened(&book(HEADER, &strings)),
        "a part of it is longer than 4194304 bytes",
    );
    // A part that says it is a sheet is held all the same where strings are looked for.
    let strings = strings.replace("<sst>", "<worksheet><sst>");
    assert_refused(
        opened(&book(HEADER, &strings)),
        "a part of it is longer than",
    );
    let promise = "<sst uniqueCount=\"99999999999\"><si><t>a</t></si></sst>";
    assert_refused(opened(&book(HEADER, promise)), "claims 99999999999 strings");
    let language = "<!DOCTYPE sst [<!ENTITY a \"b\">]><sst/>";
    assert_refused(opened(&book(HEADER, language)), "a language of its own");
    // A sheet may be as long as it likes.
    let rows: String = (2..60_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>"))
        .collect();
    let export = opened(&book(&format!("{HEADER}{rows}"), "<sst/>")).unwrap();
    assert_eq!(export.objects().collect::<Vec<_>>(), ["contact"]);
}

#[test]
fn cells_have_a_place_of_their_own_in_a_sheet_of_bounded_size() {
    let cell = |place: &str| format!("<c r=\"{place}\"><v>7</v></c>");
    let row = |cells: &[&str]| {
        let cells: String = cells.iter().map(|place| cell(place)).collect();
        format!("<row>{cells}</row>")
    };
    let refused = |rows: String, reason: &str| {
        assert_refused(opened(&book(&format!("{HEADER}{rows}"), "<sst/>")), reason);
    };
    refused(row(&["A2", "A2"]), "in the place of another");
    refused(row(&["B5"]) + &row(&["A3"]), "in the place of another");
    refused(row(&["A2", "XFE3"]), "beyond the last column");
    refused(
        (2..1_500)
            .map(|number| row(&[&format!("XFD{number}")]))
            .collect(),
        "too far apart",
    );
    refused(row(&["A4294967290"]), "too far apart");
    // One in the last corner costs a line each row.
    let far = row(&["B3", "A3"]) + &row(&["A1048576"]);
    let folder = folder(&[("contacts.xlsx", &book(&format!("{HEADER}{far}"), "<sst/>"))]);
    let export = open_one(folder.path()).unwrap();
    let landed = read(&export, "contact").unwrap();
    assert_eq!(numbers(&landed.rows, "_line"), [3, 1_048_576]);
    assert_eq!(landed.files[0].blank_lines, 1_048_573);
}

#[test]
fn a_library_that_breaks_off_is_a_refusal() {
    // Its string is beyond those that there are, and its place beyond any number.
    let sheet = format!("{HEADER}<row><c r=\"ZZZZZZZZZZ1\"><v>1</v></c></row>");
    assert_refused(
        opened(&book(&sheet, "<sst/>")),
        "workbook `contacts.xlsx` cannot be read",
    );
}
