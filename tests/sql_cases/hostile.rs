//! Whatever stands in a cell: every relation can be built, and every check can look.
//!
//! Scripts guard their casts with `case` and `where`, but a query engine is free to work out what a guard excludes. So each
//! text is put into each column of the source, custom ones of every type too.

use std::collections::BTreeMap;

use super::bench;
use super::text::Table;

/// Too long, too large, too early, too deep, half written, and not what it seems.
const TEXTS: &[&str] = &[
    // numbers
    "999999999999999999999999",
    "99999999999999m",
    "99999999999999.9999k",
    "-1",
    "1e400",
    "NaN",
    "-inf",
    "1,2,3,4",
    "1.2.3.4",
    "0x10",
    "1_000",
    "\u{661}\u{662}\u{663}",
    "1\u{66c}234",
    "(((",
    "-",
    "51-200",
    "1.200",
    // lengths of time
    "999999999999999999h",
    "9999999999999999999999h 1m",
    "999:99:99",
    "330",
    "00:05:30",
    "5m 30s",
    // dates and times
    "99/99/9999",
    "31/02/2026",
    "2026-02-30",
    "2026-13-45T25:61:61Z",
    "0000-00-00",
    "9999-12-31T23:59:59+14:00",
    "294247-01-10",
    "99999",
    "45123.999999999",
    "2958466",
    "12:00 PM",
    "13:00 PM",
    "24:00",
    "2026-03-29 02:30",
    "20260101T",
    "1767225600",
    "9999999999",
    "9999999999999",
    "12/13",
    "1/1/1",
    "32 January 2026",
    "31 Feb",
    "2026-01-01 10:00:00+99:99",
    "2026-01-01 10:00:00 Mars/Olympus",
    "2026-03-29T02:30:00[Europe/Berlin]",
    "March 4, 2026",
    // structures
    "{\"a\":1}",
    "{\"a\":",
    "[1,2",
    "[\"a\",\"b\"]",
    "\"",
    "'",
    "\\",
    "a;b;;c",
    ";",
    "a|b",
    "\\;",
    "{{contact.first_name",
    "{{}}",
    "<script>alert(1)</script>",
    "<p>",
    "&#x110000;",
    "&#999999999999;",
    "%s%n",
    "a@b",
    "a@@b.example",
    "Last, First, Third",
    "https://example.com/contacts/7?x=1",
    "/contacts/",
    "row_1",
    "null",
    "None",
    "true",
    "ja",
    // characters
    "e\u{301}\u{200b}",
    "\u{feff}",
    "\u{202e}txt",
    "\t",
    "\n",
    "\r\n",
    "",
    "   ",
    "\u{1f600}",
];

const TYPES: &[&str] = &[
    "text",
    "number",
    "checkbox",
    "date",
    "date_time",
    "dropdown",
    "multi_select",
];

#[test]
fn no_text_stops_a_relation() {
    let bench = bench();
    let raw = bench.raw_columns(TYPES);
    let mut given: BTreeMap<String, Table> = BTreeMap::new();
    // What the program lists itself is no text of the customer's.
    let of_customers = raw.into_iter().filter(|(name, _)| !name.ends_with("_file"));
    for (offset, (name, columns)) in of_customers.enumerate() {
        let cell = |row: usize, column: usize| {
            Some(TEXTS[(row + column + offset) % TEXTS.len()].to_owned())
        };
        let rows = 0..TEXTS.len();
        let rows = rows.map(|row| (0..columns.len()).map(|column| cell(row, column)).collect());
        let rows = rows.collect();
        given.insert(name, Table { columns, rows });
    }
    given.insert("map_fields".to_owned(), custom_fields());
    let refused = bench.build_all(&given);
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

/// One custom field of each type in each object that has any.
fn custom_fields() -> Table {
    let field = |object: &str, kind: &str| {
        let name = format!("custom_{kind}");
        let cells = [object, &name, &name, kind, "times:100"];
        cells.map(|cell| Some(cell.to_owned())).to_vec()
    };
    let objects = ["company", "contact", "lead", "deal"];
    let columns = [
        "object",
        "source_column",
        "destination_field",
        "type",
        "transform",
    ];
    Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: objects
            .iter()
            .flat_map(|object| TYPES.iter().map(move |kind| field(object, kind)))
            .collect(),
    }
}
