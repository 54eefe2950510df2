//! The fields of an update. The destination replaces its own fields and some lists as a whole: what others have put there since
//! is sent along, or it would be gone.

use serde_json::{Map, Value, json};

use super::sealed::Row;
use crate::catalog::Object;

/// The field that holds an account's own fields.
const CUSTOM: &str = "custom_field";

/// The wanted fields, and in those that are replaced as a whole what is someone else's: what the record shows and we did not
/// send. What we sent and is not wanted any more is taken away.
pub fn whole(object: &Object, row: &Row, there: Option<&Value>) -> Map<String, Value> {
    let mut body = row.body.clone();
    let Some(there) = there else {
        return body;
    };
    let sent = |field: &str| row.sent.as_ref().and_then(|sent| sent.get(field));
    let is_ours = |field: &str| row.body.contains_key(field) || sent(field).is_some();
    if is_ours(CUSTOM) {
        let fields = custom(row.body.get(CUSTOM), sent(CUSTOM), there.get(CUSTOM));
        body.insert(CUSTOM.to_owned(), Value::Object(fields));
    }
    for field in object.replaced.iter().filter(|field| is_ours(field)) {
        let items = list(row.body.get(field), sent(field), there.get(field));
        body.insert(field.clone(), Value::Array(items));
    }
    body
}

fn custom(
    wanted: Option<&Value>,
    sent: Option<&Value>,
    there: Option<&Value>,
) -> Map<String, Value> {
    let fields = |of: Option<&Value>| of.and_then(Value::as_object).cloned().unwrap_or_default();
    let (wanted, sent) = (fields(wanted), fields(sent));
    let is_set = |(_, value): &(String, Value)| !value.is_null();
    let mut whole: Map<String, Value> = fields(there).into_iter().filter(is_set).collect();
    // Some accounts merge: what is no longer wanted has to be cleared there by name.
    whole.extend(sent.into_iter().map(|(field, _)| (field, Value::Null)));
    whole.extend(wanted);
    whole
}

fn list(wanted: Option<&Value>, sent: Option<&Value>, there: Option<&Value>) -> Vec<Value> {
    let items = |of: Option<&Value>| of.and_then(Value::as_array).cloned().unwrap_or_default();
    let wanted = items(wanted);
    let ours: Vec<Value> = items(sent).iter().chain(&wanted).map(member).collect();
    let foreign = items(there)
        .into_iter()
        .filter(|item| !ours.contains(&member(item)));
    wanted.iter().cloned().chain(foreign.map(kept)).collect()
}

/// What an item of a list is told by: a record's id, else the item itself.
fn member(item: &Value) -> Value {
    item.get("id").unwrap_or(item).clone()
}

/// A link as it is sent: the record stands in the answer with all its fields. Which one is primary is the source's to say.
fn kept(item: Value) -> Value {
    match item.get("id") {
        Some(id) => json!({ "id": id, "is_primary": false }),
        None => item,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::load::sealed::Action;

    fn update(wanted: Value, sent: Value, there: Value) -> Value {
        let row = Row {
            source_id: "con_1".to_owned(),
            action: Action::Update,
            destination_id: Some(7),
            body: wanted.as_object().unwrap().clone(),
            sent: sent.as_object().cloned(),
            body_hash: String::new(),
            file: None,
        };
        let entry =
            "source = 's'\ntarget = 't'\nwrite = 'create'\nreplaced = ['labels', 'accounts']";
        let object: Object = toml::from_str(entry).unwrap();
        let there = Some(&there).filter(|there| !there.is_null());
        Value::Object(whole(&object, &row, there))
    }

    #[test]
    fn what_others_put_there_is_sent_along() {
        let there = json!({
            "last_name": "Old",
            "custom_field": { "cf_a": 1, "cf_theirs": "x", "cf_empty": null },
            "labels": ["ours", "theirs"],
            "accounts": [{ "id": 1, "name": "A", "is_primary": true }, { "id": 9, "name": "Z" }],
        });
        let wanted = json!({
            "last_name": "New", "custom_field": { "cf_a": 2 }, "labels": ["ours"],
            "accounts": [{ "id": 2, "is_primary": true }],
        });
        let sent = json!({ "accounts": [{ "id": 1, "is_primary": true }], "labels": ["ours"] });
        let whole = json!({
            "last_name": "New",
            "custom_field": { "cf_a": 2, "cf_theirs": "x" },
            "labels": ["ours", "theirs"],
            "accounts": [{ "id": 2, "is_primary": true }, { "id": 9, "is_primary": false }],
        });
        assert_eq!(update(wanted, sent, there), whole);
    }

    #[test]
    fn what_we_sent_and_do_not_want_any_more_is_taken_away() {
        let there = json!({
            "custom_field": { "cf_a": 1, "cf_theirs": "x" }, "labels": ["ours", "theirs"],
            "accounts": [{ "id": 1 }],
        });
        let sent = json!({
            "custom_field": { "cf_a": 1 }, "labels": ["ours"], "accounts": [{ "id": 1 }],
        });
        let whole = json!({
            "custom_field": { "cf_a": null, "cf_theirs": "x" }, "labels": ["theirs"], "accounts": [],
        });
        assert_eq!(update(json!({}), sent, there), whole);
    }

    #[test]
    fn what_we_never_sent_is_not_touched() {
        let there = json!({ "custom_field": { "cf_theirs": 1 }, "labels": ["theirs"] });
        let wanted = json!({ "last_name": "New" });
        assert_eq!(update(wanted.clone(), json!(null), there), wanted);
        let wanted = json!({ "labels": ["a"] });
        assert_eq!(update(wanted.clone(), json!(null), json!(null)), wanted);
    }
}
