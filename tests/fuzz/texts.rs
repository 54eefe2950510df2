//! Texts as exports hold them, and as they get when something goes wrong: delimited, JSON, pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use encoding_rs::{ISO_8859_15, MACINTOSH, WINDOWS_1252};

use crate::chance::{Chance, mutate};
use crate::judge::File;

const DELIMITERS: [&str; 8] = [",", ",", ",", ";", "\t", "|", "^", "~"];
const LINE_ENDS: [&str; 6] = ["\n", "\r\n", "\r", "\n", "\r\n", "\n\r"];
const WORDS: [&str; 34] = [
    "",
    "",
    "1",
    "0",
    "con_1",
    "a",
    "Müller",
    "Zoë",
    "Ann",
    "Nord & Süd",
    "x y",
    "a,b",
    "a;b",
    "a|b\tc",
    "say \"hi\"",
    "\"",
    "line\nbreak",
    "cr\rhere",
    "a\r\nb",
    "\\",
    "\\\"",
    "é€🔥",
    "\u{2028}",
    "\u{feff}",
    "Total",
    "Summe",
    "2026-01-02",
    "1.234,56",
    "true",
    "=1+1",
    "NULL",
    " ",
    "\u{0}",
    "Ã¼",
];

/// The files of the bundled export: a name, and bytes.
pub fn bundled(extension: &str) -> Vec<(String, Vec<u8>)> {
    static ALL: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/smartdesk");
        let mut found = Vec::new();
        for folder in ["data", "schema", ""] {
            let inside = fs::read_dir(root.join(folder)).unwrap();
            let mut paths: Vec<PathBuf> = inside.map(|item| item.unwrap().path()).collect();
            paths.retain(|path| path.is_file());
            paths.sort();
            for path in paths {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                found.push((name.to_owned(), fs::read(&path).unwrap()));
            }
        }
        found
    });
    let named = all.iter().filter(|(name, _)| name.ends_with(extension));
    named.cloned().collect()
}

/// One delimited file under a name that an object knows, or none.
pub fn delimited(chance: &mut Chance) -> Vec<File> {
    let (name, mut bytes) = match chance.below(3) {
        0 => chance.one_of(&bundled(".csv")).clone(),
        _ => written(chance),
    };
    if chance.once_in(2) {
        let times = chance.size(8);
        mutate(chance, &mut bytes, times);
    }
    let name = match chance.below(12) {
        0 => "rows.csv".to_owned(),
        1 => name.replace(".csv", ".txt"),
        2 => name.replace(".csv", "_001.csv"),
        _ => name,
    };
    vec![(name, bytes)]
}

/// A file that was written with a dialect of its own.
fn written(chance: &mut Chance) -> (String, Vec<u8>) {
    let names = [
        "contacts.csv",
        "data/deals.csv",
        "teams.csv",
        "data/activities_001.csv",
        "tags.csv",
    ];
    let delimiter = *chance.one_of(&DELIMITERS);
    let line_end = *chance.one_of(&LINE_ENDS);
    let doubles = !chance.once_in(6);
    let width = 1 + chance.size(12);
    let mut text = String::new();
    match chance.below(16) {
        0 => text += &format!("sep={delimiter}{line_end}"),
        1 => text += &format!("All of it{line_end}{line_end}"),
        2 => text += line_end,
        _ => {}
    }
    let header: Vec<String> = (0..width).map(|place| header(chance, place)).collect();
    text += &(header.join(delimiter) + line_end);
    for _ in 0..chance.size(40) {
        let cells = match chance.below(12) {
            0 => chance.size(20),
            1 => 0,
            _ => width,
        };
        let cells: Vec<String> = (0..cells)
            .map(|_| cell(chance, delimiter, doubles))
            .collect();
        text += &cells.join(delimiter);
        text += if chance.once_in(40) {
            *chance.one_of(&LINE_ENDS)
        } else {
            line_end
        };
        if chance.once_in(60) {
            text += &(header.join(delimiter) + line_end);
        }
    }
    if chance.once_in(10) {
        text += &format!("Total{delimiter}12{delimiter}3{line_end}");
    }
    let name = (*chance.one_of(&names)).to_owned();
    (name, encoded(chance, &text))
}

fn header(chance: &mut Chance, place: usize) -> String {
    let names = [
        "id",
        "name",
        "email",
        "first_name",
        "created_at",
        "city",
        "Größe",
        "id",
        "",
        "a b",
    ];
    match place {
        0 => "id".to_owned(),
        place if chance.once_in(2) => format!("cf_{place}"),
        _ => (*chance.one_of(&names)).to_owned(),
    }
}

fn cell(chance: &mut Chance, delimiter: &str, doubles: bool) -> String {
    let mut word = (*chance.one_of(&WORDS)).to_owned();
    if chance.once_in(400) {
        // Past what the sample of the sniffer sees, or past the longest record.
        word = "long ".repeat(chance.size(30_000));
    }
    let must = word.contains(['"', '\n', '\r']) || word.contains(delimiter);
    let is_quoted = (must && !chance.once_in(12)) || chance.once_in(5);
    if !is_quoted {
        return word;
    }
    let inner = word.replace('"', if doubles { "\"\"" } else { "\\\"" });
    let closing = if chance.once_in(50) { "" } else { "\"" };
    format!("\"{inner}{closing}")
}

fn encoded(chance: &mut Chance, text: &str) -> Vec<u8> {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    match chance.below(12) {
        0 => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        1 => [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
        2 => [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
        3 => wide(u16::to_le_bytes),
        4 => wide(u16::to_be_bytes),
        5 => WINDOWS_1252.encode(text).0.into_owned(),
        6 => MACINTOSH.encode(text).0.into_owned(),
        7 => ISO_8859_15.encode(text).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}

/// JSON: settings, an array, one record a line, or a wrapper.
pub fn json(chance: &mut Chance) -> Vec<File> {
    let (name, mut bytes) = match chance.below(4) {
        0 => chance.one_of(&bundled(".json")).clone(),
        _ => {
            let names = [
                "contacts.json",
                "contacts.jsonl",
                "everything.json",
                "contacts.csv",
                "schema/automations.json",
            ];
            let mut text = document(chance);
            if chance.once_in(20) {
                text.insert(0, '\u{feff}');
            }
            ((*chance.one_of(&names)).to_owned(), text.into_bytes())
        }
    };
    if chance.once_in(2) {
        let times = chance.size(6);
        mutate(chance, &mut bytes, times);
    }
    // Something to land, whatever becomes of the document.
    let teams = ("teams.csv".to_owned(), b"id,name\n1,East\n".to_vec());
    vec![(name, bytes), teams]
}

fn document(chance: &mut Chance) -> String {
    let records: Vec<String> = (0..chance.size(20)).map(|_| record(chance)).collect();
    match chance.below(4) {
        0 => records.join("\n"),
        1 => {
            let more = value(chance, 2);
            format!(
                "{{\"at\":{more},\"contacts\":[{}],\"deals\":[{}]}}",
                records.join(","),
                record(chance)
            )
        }
        _ => format!("[{}]", records.join(", ")),
    }
}

fn record(chance: &mut Chance) -> String {
    let keys = ["id", "name", "owner", "tags", "a", "a_b", "b", "email"];
    let members = (0..chance.size(8)).map(|_| {
        let key = *chance.one_of(&keys);
        format!("\"{key}\":{}", value(chance, 3))
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn value(chance: &mut Chance, depth: usize) -> String {
    let plain = [
        "1",
        "-0",
        "1.50",
        "1e400",
        "true",
        "null",
        "\"\"",
        "\"x;y\"",
        "\"\\u00e9\\n\"",
        "12345678901234567890123",
        "\"\\ud83d\\ude00\"",
    ];
    match chance.below(if depth == 0 { 1 } else { 5 }) {
        3 => {
            let items: Vec<String> = (0..chance.size(4))
                .map(|_| value(chance, depth - 1))
                .collect();
            format!("[{}]", items.join(","))
        }
        4 if chance.once_in(30) => "[".repeat(chance.size(3_000)) + "1",
        4 => format!(
            "{{\"b\":{},\"c\":{}}}",
            value(chance, depth - 1),
            value(chance, depth - 1)
        ),
        _ => (*chance.one_of(&plain)).to_owned(),
    }
}

/// A web page that calls itself a spreadsheet.
pub fn page(chance: &mut Chance) -> Vec<File> {
    let tags = [
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th colspan=3>",
        "<td colspan=99999999999>",
        "<td rowspan=2>",
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<br>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<style>",
        "<select>",
        "<svg>",
        "<math>",
        "<template>",
        "&amp;",
        "&#x0;",
        "<table",
        "<frameset>",
        "<a>",
        "<i>",
        "</i>",
        "<li>",
    ];
    let mut text = String::from(
        "<html><head><meta charset=windows-1252></head><body><table><tr><th>id</th><th>name</th></tr>\n",
    );
    for _ in 0..chance.size(120) {
        match chance.below(3) {
            0 => text += *chance.one_of(&tags),
            1 => text += *chance.one_of(&WORDS),
            _ => {
                text += &format!(
                    "<tr><td>{}</td><td>{}</td></tr>\n",
                    chance.one_of(&WORDS),
                    chance.one_of(&WORDS)
                )
            }
        }
    }
    let mut bytes = encoded(chance, &(text + "</table></body></html>"));
    if chance.once_in(2) {
        let times = chance.size(6);
        mutate(chance, &mut bytes, times);
    }
    vec![("contacts.xls".to_owned(), bytes)]
}
