//! Children that do not say what they hang on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::freshsales::Listing;

/// Writes into children the record they were listed below, where they do not name one themselves. `targetables`: what a
/// child writes into `targetable_type` → the path of the parents it means.
pub fn hang(records: &mut [Value], listing: &Listing, targetables: &BTreeMap<String, String>) {
    let Listing::Children { parent_path, .. } = listing else {
        return;
    };
    let mut parts = parent_path.split('/');
    let (Some(target), Some(id)) = (parts.next(), parts.next()) else {
        return;
    };
    let kind = targetables.iter().find(|(_, path)| *path == target);
    let (Some((kind, _)), Ok(id)) = (kind, id.parse::<i64>()) else {
        return;
    };
    for record in records.iter_mut().filter_map(Value::as_object_mut) {
        record
            .entry("targetables")
            .or_insert_with(|| json!([{ "id": id, "type": kind }]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_names_no_parent_gets_the_one_it_was_listed_below() {
        let targetables = BTreeMap::from([("Contact".to_owned(), "contacts".to_owned())]);
        let listing = Listing::Children {
            parent_path: "contacts/7/document_associations".to_owned(),
            root: "documents".to_owned(),
        };
        let mut records = [json!({ "id": 1 }), json!({ "id": 2, "targetables": [] })];
        hang(&mut records, &listing, &targetables);
        let parent = json!([{ "id": 7, "type": "Contact" }]);
        assert_eq!(records[0]["targetables"], parent);
        assert_eq!(records[1]["targetables"], json!([]));
    }
}
