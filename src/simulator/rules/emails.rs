//! A contact's e-mail addresses: one text, a list of texts, or a list of objects.

use serde_json::{Value, json};

use super::super::profile::EmailForms;
use super::Draft;

/// Takes `emails`, then `email`. A strict account takes one text, and in a PUT a list of objects.
pub fn check(draft: &mut Draft, forms: EmailForms) {
    if forms == EmailForms::Strict && !is_strict(draft) {
        return draft.problem("The type for emails is invalid.");
    }
    let stored = draft.fields.shift_remove("emails");
    let mut list = match stored {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    match draft.body.get("emails") {
        None | Some(Value::Null) => (),
        Some(Value::String(address)) => set_primary(draft, &mut list, address),
        Some(Value::Array(sent)) => sent.iter().for_each(|one| take(draft, &mut list, one)),
        Some(_) => draft.problem("The type for emails is invalid."),
    }
    match draft.body.get("email") {
        None | Some(Value::Null) => (),
        Some(Value::String(address)) => set_primary(draft, &mut list, address),
        Some(_) => draft.problem("The type for email is invalid."),
    }
    if list.is_empty() {
        return;
    }
    if !list.iter().any(|one| one["is_primary"] == true) {
        make_primary(&mut list, 0);
    }
    draft.set("emails", Value::Array(list));
}

fn is_strict(draft: &Draft) -> bool {
    match draft.body.get("emails") {
        Some(Value::Array(sent)) => draft.id.is_some() && sent.iter().all(Value::is_object),
        _ => true,
    }
}

/// Whether a text has the form of an address.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_odd = |c: char| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '<' | '>');
    let is_part = |part: &str| !part.is_empty() && !part.contains(is_odd);
    is_part(local) && is_part(domain)
}

fn take(draft: &mut Draft, list: &mut Vec<Value>, sent: &Value) {
    let address = match sent {
        Value::String(address) => address.as_str(),
        Value::Object(one) => one.get("value").and_then(Value::as_str).unwrap_or_default(),
        _ => return draft.problem("The type for emails is invalid."),
    };
    let place = place_of(list, sent, address);
    if sent["_destroy"] == true {
        if let Some(place) = place {
            list.remove(place);
        }
        return;
    }
    if !is_address(address) {
        return draft.problem("Email is invalid");
    }
    let place = place.unwrap_or_else(|| {
        list.push(entry(address));
        list.len() - 1
    });
    list[place]["value"] = address.into();
    if sent["label"].is_string() {
        list[place]["label"] = sent["label"].clone();
    }
    if sent["is_primary"] == true {
        make_primary(list, place);
    }
}

fn set_primary(draft: &mut Draft, list: &mut Vec<Value>, address: &str) {
    if !is_address(address) {
        return draft.problem("Email is invalid");
    }
    let same = place_of(list, &Value::Null, address);
    let primary = list.iter().position(|one| one["is_primary"] == true);
    let place = same.or(primary).unwrap_or_else(|| {
        list.push(entry(address));
        list.len() - 1
    });
    list[place]["value"] = address.into();
    make_primary(list, place);
}

fn place_of(list: &[Value], sent: &Value, address: &str) -> Option<usize> {
    let same_id = |one: &Value| !sent["id"].is_null() && one["id"] == sent["id"];
    let same_address = |one: &Value| {
        let stored = one["value"].as_str().unwrap_or_default();
        stored.to_lowercase() == address.to_lowercase()
    };
    list.iter()
        .position(|one| same_id(one) || same_address(one))
}

fn make_primary(list: &mut [Value], place: usize) {
    for (n, one) in list.iter_mut().enumerate() {
        one["is_primary"] = (n == place).into();
    }
}

fn entry(address: &str) -> Value {
    json!({"id": null, "value": address, "is_primary": false, "label": null})
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_one_at_and_no_blanks() {
        for good in ["a@x.test", "A.B+c@sub.x.test"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@x.test",
            "a@",
            "a@x@y",
            "a b@x.test",
            "a@x.test;b@x.test",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
