//! Records that were never in a file.

use super::*;
use crate::source::cell::Cell;
use crate::source::streams::Spools;
use serde_json::{Value, json};

fn opened(records: &[(&str, Value)]) -> Result<Export> {
    let mut spools = Spools::new();
    for (object, record) in records {
        let record = Cell::read(record.to_string().as_bytes()).unwrap();
        spools.put(object, &record).unwrap();
    }
    let streams = spools.finish("command").unwrap();
    let names = Names {
        layout: &layout(),
        aliases: &Aliases::default(),
        headers: &HeaderMap::default(),
        decided: &Choices::default(),
    };
    open_streams(&streams, names, &Limits::default())
}

#[test]
fn nothing_has_to_be_found_out_about_them() {
    // Read as a file, its column could be split at the semicolons, and of its records one be a header and one a sum.
    let export = opened(&[
        ("contact", json!({ "tags": "a;b" })),
        ("contact", json!({ "tags": "c;d" })),
        ("contact", json!({ "tags": "sep=;" })),
        ("contact", json!({ "tags": "tags", "score": "score" })),
        ("contact", json!({ "tags": "Total", "score": 12 })),
    ])
    .unwrap();
    assert_eq!(export.choices(), []);
    let landed = read(&export, "contact").unwrap();
    assert_eq!(
        texts(&landed.rows, "tags"),
        ["a;b", "c;d", "sep=;", "tags", "Total"]
    );
    assert_eq!(texts(&landed.rows, "_file")[0], "command:contact");
    assert_eq!(landed.broken.len(), 0);
    let counts = &landed.files[0];
    assert_eq!(
        (counts.records, counts.landed, counts.header_rows),
        (6, 5, 1)
    );
}

#[test]
fn one_record_is_a_table_too() {
    // One line of JSON could be a document whose arrays are the tables.
    let export = opened(&[("contact", json!({ "id": 1, "deals": [{ "id": 2 }] }))]).unwrap();
    let landed = read(&export, "contact").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["1"]);
    assert_eq!(texts(&landed.rows, "deals"), ["[{\"id\":2}]"]);
}

#[test]
fn an_object_may_be_called_as_its_file_or_as_itself() {
    let one = opened(&[("contact", json!({ "id": 1 }))]).unwrap();
    let same = opened(&[("Contacts", json!({ "id": 1 }))]).unwrap();
    assert_eq!(same.objects().collect::<Vec<_>>(), ["contact"]);
    assert_ne!(
        one.extract_id(),
        same.extract_id(),
        "its name is landed with each row"
    );
    let settings = opened(&[("schema_field", json!({ "object": "a", "name": "b" }))]).unwrap();
    assert_eq!(settings.objects().collect::<Vec<_>>(), ["schema_field"]);
}

#[test]
fn settings_are_read_as_documents() {
    let records = [
        ("automation", json!({ "id": "a1", "steps": [1, 2] })),
        ("automation", json!({ "id": "a2" })),
    ];
    let landed = read(&opened(&records).unwrap(), "automation").unwrap();
    assert_eq!(texts(&landed.rows, "id"), ["a1", "a2"]);
    assert_eq!(
        texts(&landed.rows, "record")[0],
        "{\"id\":\"a1\",\"steps\":[1,2]}"
    );
}

#[test]
fn what_cannot_be_a_table_is_refused() {
    assert_refused(opened(&[]), "gave no record");
    assert_refused(
        opened(&[("attachment_file", json!({ "id": 1 }))]),
        "is files",
    );
    let (kind, text) = refusal(opened(&[("weather", json!({ "rain": 1 }))]));
    assert_eq!(kind, Kind::Decision, "{text}");
}
