//! Reads a file as its marks say.

use super::defects::Planted;
use super::*;

/// A file with records, read as those of its marks that are about the whole of it say.
pub struct Sheet {
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
    pub fn of((file, object): (&str, &str), bytes: &[u8], planted: &[Planted]) -> Self {
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

    pub fn has(&self, column: &str) -> bool {
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

    pub fn assert_header(&self, defect: &Planted) {
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
    pub fn record(&self, line: u64) -> Vec<String> {
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
    pub fn cell(&self, line: u64, column: &str) -> Option<String> {
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

    /// Whether a record with these cells begins on any line.
    pub fn has_record(&self, cells: &[String]) -> bool {
        let mut lines = 1..=self.lines.len() as u64;
        lines.any(|line| self.record(line) == cells)
    }

    /// A defect of one cell.
    pub fn assert_cell(&self, defect: &Planted, line: u64, column: &str) {
        let dirty = defect.dirty.as_ref().unwrap();
        let found = self.cell(line, column);
        assert!(found.as_ref() == Some(dirty), "{defect}, not {found:?}");
        assert!(
            defect.finding != "stray_quote" || self.raw(line).contains(dirty.as_str()),
            "{defect}"
        );
    }

    /// A defect of a record as a whole.
    pub fn assert_record(&self, defect: &Planted, line: u64) {
        let record = self.record(line);
        let (found, wanted) = (record.len(), self.headers.len());
        let count = |id: &String| {
            let lines = self.text.split(['\n', '\r']);
            lines.filter(|text| text.starts_with(id.as_str())).count()
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
}

/// The columns of a file and their headers, as its marks say.
fn fields(object: &str, marks: &[&Planted], findings: &BTreeSet<String>) -> Vec<(String, String)> {
    let table = table(object);
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

pub fn decoded(file: &str, bytes: &[u8], findings: &BTreeSet<String>) -> String {
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
    let table = table(object);
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let range = book
        .worksheet_range(table.file.trim_start_matches("data/"))
        .unwrap();
    let rows = range.rows();
    rows.map(|row| row.iter().map(ToString::to_string).collect())
        .collect()
}
