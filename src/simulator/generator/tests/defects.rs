//! Each defect that the truth names stands in its file, on its line, in its cell.

use super::*;

/// A row of `defects.parquet`.
struct Planted {
    variant: String,
    object: String,
    file: String,
    line: Option<u64>,
    record_id: Option<String>,
    column: Option<String>,
    clean: Option<String>,
    dirty: Option<String>,
    finding: String,
}

fn defects(made: &Made) -> Vec<Planted> {
    let rows = cells(&made.truth.join("defects.parquet")).into_iter();
    rows.map(|row| Planted {
        variant: row[0].clone().unwrap(),
        object: row[1].clone().unwrap(),
        file: row[2].clone().unwrap(),
        line: row[3].as_ref().map(|line| line.parse().unwrap()),
        record_id: row[4].clone(),
        column: row[5].clone(),
        clean: row[6].clone(),
        dirty: row[7].clone(),
        finding: row[9].clone().unwrap(),
    })
    .collect()
}

impl std::fmt::Display for Planted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} in {}:{:?} {:?} {:?}",
            self.variant, self.finding, self.file, self.line, self.column, self.dirty
        )
    }
}

type Files = BTreeMap<String, Vec<Vec<u8>>>;

#[test]
fn each_variant_plants_something_and_it_stands_in_its_file_on_its_line() {
    for variant in Variant::all() {
        let is_delta = ["V82", "V83"].contains(&variant.id().as_str());
        let (folder, made) = made(4, 60, &[&variant.id()], is_delta);
        let planted = defects(&made);
        assert!(!planted.is_empty(), "{variant}");
        assert_eq!(made.defects, planted.len() as u64);
        let strangers = planted.iter().find(|defect| defect.variant != variant.id());
        assert!(strangers.is_none(), "{variant}");
        assert_all_stand_there(&planted, &made, folder.path());
    }
}

#[test]
fn of_all_variants_at_once_only_what_is_written_is_named() {
    let all: Vec<String> = Variant::all().iter().map(|variant| variant.id()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    for seed in [4, 7] {
        let (folder, made) = made(seed, 120, &all, false);
        assert_all_stand_there(&defects(&made), &made, folder.path());
    }
}

#[test]
fn a_record_is_odd_in_one_way() {
    let folder = tempfile::tempdir().unwrap();
    let order = Order {
        seed: 4,
        contacts: 300,
        variants: ["V22", "V23"].map(|id| id.parse().unwrap()).to_vec(),
        rate: 1.0,
        is_delta: false,
    };
    let made = generate(&order, folder.path()).unwrap();
    let planted = defects(&made);
    let count = |finding: &str| {
        let of_it = |one: &&Planted| one.finding == finding && one.object == "deal";
        planted.iter().filter(of_it).count()
    };
    assert!(count("stray_quote") > 3 && count("row_too_long") > 3);
    assert_all_stand_there(&planted, &made, folder.path());
}

#[test]
fn a_view_ends_at_its_cap() {
    let (_folder, made) = made(4, 1_700, &["V77"], false);
    assert!(made.rows["activity"] > 10_000);
    let text = &unpacked(&made)["data/activities.csv"][0];
    let mut reader = csv::Reader::from_reader(text.as_slice());
    assert_eq!(reader.records().count(), 10_000);
    let capped = defects(&made);
    let capped: Vec<&Planted> = capped
        .iter()
        .filter(|defect| defect.finding == "rows_capped")
        .collect();
    assert_eq!(capped.len(), 1);
    assert_eq!(capped[0].file, "data/activities.csv");
}

#[test]
fn a_reference_that_is_left_empty_is_in_no_other_column() {
    for (variant, finding, pair) in [
        ("V40", "owner_blank", ["owner_id", "owner_email"]),
        ("V67", "author_missing", ["author_id", "author_email"]),
    ] {
        let (_folder, made) = made(4, 300, &[variant], false);
        let planted = defects(&made);
        let empty = planted.iter().filter(|defect| defect.finding == finding);
        let of = |column: &str| -> BTreeSet<&Option<String>> {
            let of_it = empty.clone().filter(|defect| {
                defect.column.as_deref() == Some(column) && defect.dirty.as_deref() == Some("")
            });
            of_it.map(|defect| &defect.record_id).collect()
        };
        assert!(!of(pair[0]).is_empty());
        assert_eq!(of(pair[0]), of(pair[1]), "{finding}");
    }
}

/// The cells of an object by the name of their column.
fn records(made: &Made, object: &str) -> Vec<BTreeMap<&'static str, String>> {
    let mut tables = tables::tables().into_iter();
    let table = tables.find(|table| table.object == object).unwrap();
    let rows = cells(&made.truth.join(format!("{object}.parquet"))).into_iter();
    rows.map(|row| {
        let names = table.columns.iter().map(|column| column.name);
        names
            .zip(row.into_iter().map(Option::unwrap_or_default))
            .collect()
    })
    .collect()
}

#[test]
fn what_is_asked_is_in_doubt_and_what_is_recovered_is_not() {
    let (_folder, made) = made(4, 1_000, &["V34", "V35"], false);
    let planted = defects(&made);
    let of = |finding: &'static str| planted.iter().filter(move |one| one.finding == finding);
    let contacts = records(&made, "contact");
    let domains: Vec<String> = records(&made, "company")[..3]
        .iter()
        .map(|company| format!("@{}", company["domain"]))
        .collect();
    let (_folder, alone) = super::made(4, 1_000, &["V34"], false);
    let ambiguous = defects(&alone);
    let mut ambiguous = ambiguous
        .iter()
        .filter(|one| one.finding == "lookup_ambiguous")
        .peekable();
    assert!(ambiguous.peek().is_some());
    for defect in ambiguous {
        let contact = contacts
            .iter()
            .find(|contact| Some(&contact["id"]) == defect.record_id.as_ref())
            .unwrap();
        let told = domains
            .iter()
            .find(|domain| contact["email"].ends_with(*domain));
        assert_eq!(told, None, "{defect}");
    }
    assert!(of("lookup_by_last_first").count() > 0);
    for defect in of("lookup_by_last_first") {
        let called = contacts.iter().filter(|contact| {
            let name = format!("{}, {}", contact["last_name"], contact["first_name"]);
            Some(&name) == defect.dirty.as_ref()
        });
        assert_eq!(called.count(), 1, "{defect}");
    }
}

fn assert_all_stand_there(planted: &[Planted], made: &Made, folder: &Path) {
    let files = unpacked(made);
    let mut sheets: BTreeMap<(&str, &str), Sheet> = BTreeMap::new();
    for defect in planted {
        if defect.line.is_none() && defect.column.is_none() {
            assert_file(defect, planted, &files, (made, folder));
            continue;
        }
        let key = (defect.file.as_str(), defect.object.as_str());
        let sheet = sheets
            .entry(key)
            .or_insert_with(|| Sheet::of(key, &files[key.0][0], planted));
        match (defect.line, &defect.column) {
            (None, _) => sheet.assert_header(defect),
            (Some(line), Some(column)) => {
                let dirty = defect.dirty.as_ref().unwrap();
                let found = sheet.cell(line, column);
                assert!(found.as_ref() == Some(dirty), "{defect}, not {found:?}");
                assert!(
                    defect.finding != "stray_quote" || sheet.raw(line).contains(dirty.as_str()),
                    "{defect}"
                );
            }
            (Some(line), None) => sheet.assert_record(defect, line),
        }
        if let Some(line) = defect.line {
            let is_named = |other: &Planted| {
                (other.line, &other.file) == (Some(line), &defect.file)
                    && other.column.as_deref() == Some("id")
            };
            let id = sheet.cell(line, "id").filter(|_| sheet.has("id"));
            let is_right = id.is_none() || id == defect.record_id;
            assert!(is_right || planted.iter().any(is_named), "{defect}, {id:?}");
        }
    }
}

/// A file with records, read as those of its marks that are about the whole of it say.
struct Sheet {
    text: String,
    /// Where its lines begin.
    lines: Vec<usize>,
    workbook: Vec<Vec<String>>,
    delimiter: u8,
    findings: BTreeSet<String>,
    /// The canonical columns that it has, in its order.
    columns: Vec<String>,
    /// What stands above them.
    headers: Vec<String>,
}

impl Sheet {
    fn of((file, object): (&str, &str), bytes: &[u8], planted: &[Planted]) -> Self {
        let is_mark = |defect: &&Planted| {
            defect.line.is_none() && defect.file == file && defect.object == object
        };
        let marks: Vec<&Planted> = planted.iter().filter(is_mark).collect();
        let findings: BTreeSet<String> = marks.iter().map(|mark| mark.finding.clone()).collect();
        let fields = fields(object, &marks, &findings);
        let mut sheet = Self {
            text: decoded(file, bytes, &findings),
            lines: vec![0],
            workbook: Vec::new(),
            delimiter: delimiter(&findings),
            columns: fields.iter().map(|(column, _)| column.clone()).collect(),
            headers: fields.into_iter().map(|(_, header)| header).collect(),
            findings,
        };
        for (place, c) in sheet.text.char_indices() {
            let is_pair = c == '\r' && sheet.text[place + 1..].starts_with('\n');
            if c == '\n' || (c == '\r' && !is_pair) {
                sheet.lines.push(place + 1);
            }
        }
        if sheet.is("workbook") {
            sheet.workbook = rows_of_workbook(object, bytes);
        }
        if !["json_array", "json_wrapped", "json_lines", "html_as_xls"]
            .iter()
            .any(|finding| sheet.is(finding))
        {
            sheet.find_headers();
        }
        sheet
    }

    fn is(&self, finding: &str) -> bool {
        self.findings.contains(finding)
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    /// The first of the first lines that has the headers; columns that were added stand after the others.
    fn find_headers(&mut self) {
        let found = (1..6)
            .map(|line| self.record(line))
            .find(|record| record.len() >= self.headers.len() && record.starts_with(&self.headers));
        let found = found.unwrap_or_else(|| panic!("no line has {:?}", self.headers));
        self.headers = found;
        if self.is("trailing_delimiter") {
            assert_eq!(self.headers.pop().as_deref(), Some(""));
        }
    }

    fn assert_header(&self, defect: &Planted) {
        let stands = |header: &String| self.headers.contains(header);
        match (&defect.clean, &defect.dirty) {
            (Some(clean), None) => assert!(!stands(clean), "{defect}"),
            (_, Some(dirty)) => assert!(stands(dirty), "{defect}"),
            (None, None) => panic!("{defect} says nothing"),
        }
    }

    /// The text from a line on.
    fn raw(&self, line: u64) -> &str {
        let place = usize::try_from(line - 1).unwrap();
        let from = self.lines.get(place).copied();
        &self.text[from.unwrap_or(self.text.len())..]
    }

    /// The cells of the record that begins on a line.
    fn record(&self, line: u64) -> Vec<String> {
        if self.is("workbook") {
            let row = usize::try_from(line).unwrap() - 1;
            return self.workbook.get(row).cloned().unwrap_or_default();
        }
        if self.is("html_as_xls") {
            let row = self.raw(line).lines().next().unwrap_or_default();
            let cells = row.split("<td>").skip(1);
            return cells.map(unescaped).collect();
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .escape(self.is("backslash").then_some(b'\\'))
            .double_quote(!self.is("backslash"))
            .from_reader(self.raw(line).as_bytes());
        let record = reader.records().next();
        let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        record.map_or_else(Vec::new, |record| cells(record.unwrap()))
    }

    /// A cell of the record that begins on a line.
    fn cell(&self, line: u64, column: &str) -> Option<String> {
        if self
            .findings
            .iter()
            .any(|finding| finding.starts_with("json_") && finding != "json_in_cell")
        {
            let text = self.raw(line).lines().next().unwrap_or_default();
            let object: serde_json::Value =
                serde_json::from_str(text.trim_end_matches(',')).unwrap();
            let value = match column.strip_prefix("owner_") {
                Some(inner) => &object["owner"][inner],
                None => &object[column],
            };
            return Some(match value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        let place = self.columns.iter().position(|name| name == column)?;
        self.record(line).get(place).cloned()
    }

    /// A defect of a record as a whole.
    fn assert_record(&self, defect: &Planted, line: u64) {
        let record = self.record(line);
        let (found, wanted) = (record.len(), self.headers.len());
        let count = |id: &String| {
            (1..)
                .map_while(|line| self.line(line))
                .filter(|text| text.starts_with(id.as_str()))
                .count()
        };
        let is_there = match defect.finding.as_str() {
            "row_too_long" => found == wanted + 1 && record.last() == defect.dirty.as_ref(),
            "row_padded" => found == wanted + 1 && record.last().is_some_and(String::is_empty),
            "row_too_short" => found == wanted - 1 && defect.clean.as_deref() != Some(""),
            "row_cut" => found == wanted - 1,
            "row_twice" => count(defect.record_id.as_ref().unwrap()) == 2,
            "id_twice" => {
                count(defect.clean.as_ref().unwrap()) == 2
                    && record.contains(defect.dirty.as_ref().unwrap())
            }
            "record_again" => self.cell(line, "id") == defect.dirty,
            "unclosed_quote" => {
                let dirty = defect.dirty.as_ref().unwrap();
                let rest = self.raw(line);
                rest.contains(&format!("\"{dirty}")) && rest.matches('"').count() % 2 == 1
            }
            other => panic!("{other} is not looked for"),
        };
        assert!(is_there, "{defect}, {record:?}");
    }

    fn line(&self, line: usize) -> Option<&str> {
        self.text.split(['\n', '\r']).nth(line - 1)
    }
}

/// The columns of a file and their headers, as its marks say.
fn fields(object: &str, marks: &[&Planted], findings: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut tables = tables::tables().into_iter();
    let table = tables.find(|table| table.object == object).unwrap();
    let mut fields = Vec::new();
    for column in &table.columns {
        let mark = marks
            .iter()
            .find(|mark| mark.column.as_deref() == Some(column.name));
        let header = mark.map_or(Some(column.name), |mark| mark.dirty.as_deref());
        let is_missing = (column.name == "type" && findings.contains("file_per_type"))
            || (column.name == "score" && findings.contains("parts_differ"));
        if let Some(header) = header.filter(|_| !is_missing) {
            fields.push((column.name.to_owned(), header.to_owned()));
        }
    }
    if findings.contains("parts_differ") {
        fields.reverse();
    }
    fields
}

fn delimiter(findings: &BTreeSet<String>) -> u8 {
    let delimiters = [
        ("tab", b'\t'),
        ("tabs_as_csv", b'\t'),
        ("tabs_as_xls", b'\t'),
        ("semicolon", b';'),
        ("sep_line", b';'),
        ("pipe", b'|'),
        ("caret", b'^'),
    ];
    let mut delimiters = delimiters.iter();
    let found = delimiters.find(|(finding, _)| findings.contains(*finding));
    found.map_or(b',', |(_, delimiter)| *delimiter)
}

fn decoded(file: &str, bytes: &[u8], findings: &BTreeSet<String>) -> String {
    let mut plain = Vec::new();
    if file.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes)
            .read_to_end(&mut plain)
            .unwrap();
    } else {
        plain.extend_from_slice(bytes);
    }
    let encodings = [
        ("utf_16le", encoding_rs::UTF_16LE),
        ("utf_16le_mark", encoding_rs::UTF_16LE),
        ("utf_16be", encoding_rs::UTF_16BE),
        ("utf_16be_mark", encoding_rs::UTF_16BE),
        ("windows_1252", encoding_rs::WINDOWS_1252),
        ("macintosh", encoding_rs::MACINTOSH),
        ("iso_8859_15", encoding_rs::ISO_8859_15),
    ];
    let mut encodings = encodings.iter();
    let found = encodings.find(|(finding, _)| findings.contains(*finding));
    let encoding = found.map_or(encoding_rs::UTF_8, |(_, encoding)| *encoding);
    encoding.decode(&plain).0.into_owned()
}

fn unescaped(cell: &str) -> String {
    let cell = cell.split("</td>").next().unwrap_or_default();
    let cell = cell.replace("<br>", "\n").replace("&lt;", "<");
    cell.replace("&gt;", ">").replace("&amp;", "&")
}

fn rows_of_workbook(object: &str, bytes: &[u8]) -> Vec<Vec<String>> {
    use calamine::Reader as _;
    let mut tables = tables::tables().into_iter();
    let table = tables.find(|table| table.object == object).unwrap();
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let range = book
        .worksheet_range(table.file.trim_start_matches("data/"))
        .unwrap();
    let rows = range.rows();
    rows.map(|row| row.iter().map(ToString::to_string).collect())
        .collect()
}

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
fn assert_file(
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
