//! What a file as a whole shows.

use super::defects::{Files, Planted};
use super::sheet::decoded;
use super::*;

type Shows = fn(&[u8], &str) -> bool;

/// What the bytes of a file, and its text, show when it has a defect as a whole.
const SHOWN: &[(&str, Shows)] = &[
    ("byte_order_mark", |bytes, _| {
        bytes.starts_with(b"\xef\xbb\xbf")
    }),
    ("utf_16le_mark", |bytes, _| bytes.starts_with(b"\xff\xfe")),
    ("utf_16be_mark", |bytes, _| bytes.starts_with(b"\xfe\xff")),
    ("utf_16le", |bytes, _| bytes.starts_with(b"i\0d\0")),
    ("utf_16be", |bytes, _| bytes.starts_with(b"\0i\0d")),
    ("windows_1252", |bytes, _| {
        std::str::from_utf8(bytes).is_err()
    }),
    ("macintosh", |bytes, _| std::str::from_utf8(bytes).is_err()),
    ("iso_8859_15", |bytes, _| {
        std::str::from_utf8(bytes).is_err()
    }),
    ("gzip", |bytes, _| bytes.starts_with(b"\x1f\x8b")),
    ("workbook", |bytes, _| bytes.starts_with(b"PK")),
    ("zero_bytes", |bytes, _| bytes.is_empty()),
    ("header_only", |_, text| text.lines().count() == 1),
    ("tab", |_, text| header(text).contains('\t')),
    ("tabs_as_csv", |_, text| header(text).contains('\t')),
    ("tabs_as_xls", |_, text| header(text).contains('\t')),
    ("semicolon", |_, text| header(text).contains(';')),
    ("pipe", |_, text| header(text).contains('|')),
    ("caret", |_, text| header(text).contains('^')),
    ("sep_line", |_, text| text.starts_with("sep=;")),
    ("crlf", |_, text| text.contains("\r\n")),
    ("cr", |_, text| {
        text.contains('\r') && !text.contains("\r\n")
    }),
    ("mixed", |_, text| {
        let both = text.matches("\r\n").count();
        both > 0 && both < text.matches('\n').count()
    }),
    ("backslash", |_, text| text.contains("\\\"")),
    ("trailing_delimiter", |_, text| {
        header(text).ends_with([',', ';', '\t'])
    }),
    ("title", |_, text| !text.starts_with("id")),
    ("total", |_, text| {
        text.lines()
            .last()
            .is_some_and(|line| line.starts_with("Total"))
    }),
    ("blank_lines", |_, text| {
        text.contains("\n\n") || text.contains("\n\r\n")
    }),
    ("header_again", |_, text| {
        text.matches(header(text)).count() > 1
    }),
    ("html_as_xls", |_, text| text.contains("<table>")),
    ("json_array", |_, text| text.starts_with("[\n{")),
    ("json_wrapped", |_, text| {
        text.starts_with("{\"teams\": [\n{")
    }),
    ("json_lines", |_, text| text.starts_with('{')),
];

/// Those that are in the name of a file or in where it lies.
const NAMED: &[&str] = &[
    "text",
    "part_numbers",
    "parts_overlap",
    "parts_differ",
    "other_name",
    "file_per_type",
    "junk",
    "file_without_row",
    "name_in_windows_1252",
];

/// The first line with names of columns; some parts have them the other way round.
fn header(text: &str) -> &str {
    let mut lines = text.split(['\n', '\r']);
    let is_header = |line: &&str| line.starts_with("id") || line.starts_with("is_deleted");
    lines.find(is_header).unwrap_or("none")
}

/// A defect of a file as a whole, or of the export.
pub fn assert_file(
    defect: &Planted,
    planted: &[Planted],
    files: &Files,
    (made, folder): (&Made, &Path),
) {
    let finding = defect.finding.as_str();
    let is_dir = made.export[0].is_dir();
    let is_there = match finding {
        _ if defect.file.starts_with("refused/") => {
            fs::metadata(folder.join(&defect.file)).unwrap().len() > 0
        }
        "folder" => is_dir && made.export[0].join("manifest.json").exists(),
        "archives_in_a_folder" => is_dir && made.export[0].join("part_1.zip").exists(),
        "archive_in_an_archive" => {
            let zip = fs::File::open(&made.export[0]).unwrap();
            zip::ZipArchive::new(zip)
                .unwrap()
                .index_for_name("export.zip")
                == Some(0)
        }
        "several_archives" => made.export.len() == 2,
        "file_twice" => files[&defect.file].len() == 2,
        "schema_missing" | "deletions_missing" => !files.contains_key(&defect.file),
        finding if NAMED.contains(&finding) => files.contains_key(&defect.file),
        finding => {
            let shown = SHOWN.iter().find(|(name, _)| *name == finding);
            let (_, is_shown) = shown.unwrap_or_else(|| panic!("{finding} is not looked for"));
            let bytes = &files[&defect.file][0];
            let of_it = planted.iter().filter(|other| other.file == defect.file);
            let findings = of_it.filter(|other| other.line.is_none());
            let findings = findings.map(|other| other.finding.clone()).collect();
            is_shown(bytes, &decoded(&defect.file, bytes, &findings))
        }
    };
    assert!(is_there, "{defect}");
}
