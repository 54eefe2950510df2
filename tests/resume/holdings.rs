//! What a simulated account holds, so that two accounts can be compared: no ids of the destination, no times.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::support::Simulator;

/// Everything that can be written there.
const OBJECTS: [&str; 9] = [
    "sales_accounts",
    "contacts",
    "deals",
    "tasks",
    "appointments",
    "notes",
    "sales_activities",
    "lists",
    "documents",
];

/// Fields that say when something was written, or are made of ids.
const OF_THE_MOMENT: [&str; 4] = ["closed_date", "stage_updated_time", "links", "mcr_id"];

/// Object → its records in the order of their source ids. Ids of records have become source ids, so links are compared
/// too; a record that is there twice is here twice.
pub fn holdings(simulator: &Simulator) -> BTreeMap<&'static str, Vec<Value>> {
    let mut held = BTreeMap::new();
    let mut names = BTreeMap::new();
    for object in OBJECTS {
        let records = simulator.records(object);
        for record in &records {
            names.insert(record["id"].as_i64().unwrap(), source_id(record));
        }
        held.insert(object, records);
    }
    for records in held.values_mut() {
        for record in records.iter_mut() {
            *record = comparable(std::mem::take(record), &names);
        }
        records.sort_by_key(Value::to_string);
    }
    held
}

/// Says which record of which object is the first that differs; nothing when both hold the same.
pub fn difference(
    found: &BTreeMap<&'static str, Vec<Value>>,
    wanted: &BTreeMap<&'static str, Vec<Value>>,
) -> Option<String> {
    let ids = |records: &[Value]| records.iter().map(|r| r["id"].clone()).collect::<Vec<_>>();
    wanted.iter().find_map(|(object, wanted)| {
        let found = &found[object];
        let (found_ids, wanted_ids) = (ids(found), ids(wanted));
        if found_ids != wanted_ids {
            return Some(format!(
                "the records of {object}: {found_ids:?}, wanted {wanted_ids:?}"
            ));
        }
        let mut pairs = found.iter().zip(wanted);
        let (found, wanted) = pairs.find(|(found, wanted)| found != wanted)?;
        Some(format!("a record of {object}: {found}, wanted {wanted}"))
    })
}

/// The source id that a record bears in a field, or in the marker of its text; a file has a name that no other has.
fn source_id(record: &Value) -> String {
    let fields = [
        &record["external_id"],
        &record["custom_field"]["cf_source_id"],
    ];
    let in_field = fields.iter().find_map(|field| field.as_str());
    let texts = [&record["description"], &record["notes"], &record["name"]];
    let in_text = || {
        let (_, rest) = texts
            .iter()
            .find_map(|text| text.as_str()?.split_once("[deskferry "))?;
        Some(rest.split_once(']')?.0)
    };
    let is_file = || {
        record["name"]
            .as_str()
            .filter(|name| name.starts_with("file-"))
    };
    let found = in_field.or_else(in_text).or_else(is_file);
    found
        .unwrap_or_else(|| panic!("a record bears no source id: {record}"))
        .to_owned()
}

fn comparable(value: Value, names: &BTreeMap<i64, String>) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !is_volatile(name));
            let kept = kept.map(|(name, value)| (name, comparable(value, names)));
            // What still has a number for an id is a part of a record, such as an address: numbered as it came.
            let kept = kept.filter(|(name, value)| name != "id" || !value.is_number());
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items
                .into_iter()
                .map(|item| comparable(item, names))
                .collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Number(number) => {
            let name = number.as_i64().and_then(|id| names.get(&id));
            name.map_or(Value::Number(number), |name| Value::from(name.as_str()))
        }
        other => other,
    }
}

fn is_volatile(field: &str) -> bool {
    OF_THE_MOMENT.contains(&field) || (field.ends_with("_at") && !field.starts_with("cf_"))
}
