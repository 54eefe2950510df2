//! What a record is found by: its unique values, its parents, its views.

use serde_json::Value;

use super::super::answer::Fields;
use super::super::seed::{Forecast, Seed};
use super::table::Keys;
use super::{Entity, Record};

/// The index key of a value. Text is compared as the service does: without regard to case and outer blanks.
pub fn key(attribute: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| format!("{attribute}\u{1f}{text}"))
}

/// Whether at most one record of an object may have a value of this field: by nature, or by the admin's will.
pub fn unique_field(setup: &Seed, entity: Entity, name: &str) -> bool {
    match (entity, name) {
        (Entity::Contacts, "email" | "external_id") | (Entity::SalesAccounts, "name") => true,
        _ => setup.field(entity, name).is_some_and(|field| field.unique),
    }
}

/// All keys of a record.
pub fn of(setup: &Seed, entity: Entity, record: &Record) -> Keys {
    let mut keys = Keys {
        at: own_time(entity, &record.fields),
        ..Keys::default()
    };
    let fields = &record.fields;
    for (name, value) in fields.iter().chain(custom(fields)) {
        if unique_field(setup, entity, name) {
            keys.unique.extend(key(name, value));
        }
    }
    match entity {
        Entity::Contacts => contact(fields, &mut keys),
        Entity::SalesAccounts => {
            group(fields, &["owner_id", "parent_sales_account_id"], &mut keys);
        }
        Entity::Deals => deal(setup, fields, &mut keys),
        _ => {
            group(fields, &["status"], &mut keys);
            keys.groups.extend(target_key(fields));
        }
    }
    keys
}

fn contact(fields: &Fields, keys: &mut Keys) {
    for email in items(fields, "emails") {
        keys.unique.extend(key("email", &email["value"]));
    }
    group(fields, &["owner_id", "mobile_number"], keys);
    for account in items(fields, "sales_accounts") {
        keys.groups.extend(key("sales_account_id", &account["id"]));
    }
}

fn deal(setup: &Seed, fields: &Fields, keys: &mut Keys) {
    let single = [
        "name",
        "owner_id",
        "sales_account_id",
        "deal_pipeline_id",
        "deal_stage_id",
    ];
    group(fields, &single, keys);
    for contact in items(fields, "contacts") {
        keys.groups.extend(key("contact_id", contact));
    }
    // System views reach the default pipeline only.
    let stage = fields.get("deal_stage_id").and_then(Value::as_u64);
    let Some((pipeline, stage)) = stage.and_then(|id| setup.stage(id)) else {
        return;
    };
    if pipeline.is_default {
        keys.groups.push(view_key(stage.forecast_type));
        if let Some(owner) = fields.get("owner_id").and_then(Value::as_u64) {
            keys.groups.push(format!("view\u{1f}owner {owner}"));
        }
    }
}

/// Group of the deals that the view of this forecast type shows.
pub fn view_key(forecast: Forecast) -> String {
    format!("view\u{1f}{}", forecast.name())
}

/// Group of the records that hang on a record.
fn target_key(fields: &Fields) -> Option<String> {
    let id = fields.get("targetable_id")?;
    key(fields.get("targetable_type")?.as_str()?, id)
}

fn group(fields: &Fields, names: &[&str], keys: &mut Keys) {
    for name in names {
        keys.groups.extend(field_key(fields, name));
    }
}

fn field_key(fields: &Fields, name: &str) -> Option<String> {
    key(name, fields.get(name)?)
}

fn items<'a>(fields: &'a Fields, name: &str) -> impl Iterator<Item = &'a Value> {
    let list = fields.get(name).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn custom(fields: &Fields) -> impl Iterator<Item = (&String, &Value)> {
    let custom = fields.get("custom_field").and_then(Value::as_object);
    custom.into_iter().flatten()
}

fn own_time(entity: Entity, fields: &Fields) -> i64 {
    let name = match entity {
        Entity::Tasks => "due_date",
        Entity::Appointments => "from_date",
        Entity::SalesActivities => "start_date",
        _ => return 0,
    };
    fields.get(name).and_then(Value::as_i64).unwrap_or_default()
}
