//! The values of a record, by the name that searches and indexes know them under.

use serde_json::{Value, json};

use super::super::answer::Fields;
use super::Record;

/// The values that a record has under an attribute.
pub fn stored(record: &Record, attribute: &str) -> Vec<Value> {
    let fields = &record.fields;
    let list = |name: &str, part: &str| {
        let list = fields.get(name).and_then(Value::as_array);
        let parts = list.into_iter().flatten().map(|one| one[part].clone());
        parts.collect::<Vec<Value>>()
    };
    let whole = |name: &str| {
        let list = fields.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    match attribute {
        "email" => list("emails", "value"),
        "sales_account_id" if fields.contains_key("sales_accounts") => list("sales_accounts", "id"),
        "contact_id" => whole("contacts"),
        "contact_list_id" => whole("contact_list_ids"),
        "created_at" => vec![json!(record.created_at)],
        "updated_at" => vec![json!(record.updated_at)],
        "name" if !fields.contains_key("name") => vec![display_name(record).into()],
        custom if custom.starts_with("cf_") => {
            let custom_field = fields.get("custom_field");
            let value = custom_field.and_then(|values| values.get(custom));
            value.into_iter().cloned().collect()
        }
        native => fields.get(native).into_iter().cloned().collect(),
    }
}

/// First and last name, else the e-mail address, else the mobile number.
pub fn display_name(record: &Record) -> String {
    let text = |name: &str| record.fields.get(name).and_then(Value::as_str);
    let name = [text("first_name"), text("last_name")];
    let name: Vec<&str> = name.into_iter().flatten().collect();
    if !name.is_empty() {
        return name.join(" ");
    }
    let email = primary_email(record);
    let email = email.as_ref().and_then(Value::as_str);
    email
        .or(text("mobile_number"))
        .unwrap_or_default()
        .to_owned()
}

/// The address that stands for all of them.
pub fn primary_email(record: &Record) -> Option<Value> {
    let list = record.fields.get("emails")?.as_array()?;
    let primary = list.iter().find(|one| one["is_primary"] == true)?;
    Some(primary["value"].clone())
}

/// The highest id among a contact's e-mail addresses.
pub fn last_email_id(fields: &Fields) -> u64 {
    let emails = fields.get("emails").and_then(Value::as_array);
    let ids = emails
        .into_iter()
        .flatten()
        .filter_map(|one| one["id"].as_u64());
    ids.max().unwrap_or_default()
}
