//! What a record is found by: its unique values, its parents, its views.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::answer::Fields;
use super::super::seed::{Forecast, Seed};
use super::table::Keys;
use super::values::stored;
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

/// Whether at most one record of an object may have a value of this field: by nature, or by the admin's will, which
/// decides about external ids too.
pub fn unique_field(setup: &Seed, entity: Entity, name: &str) -> bool {
    let wanted = || setup.field(entity, name).and_then(|field| field.unique);
    match (entity, name) {
        (Entity::Contacts | Entity::Leads, "email") | (Entity::SalesAccounts, "name") => true,
        (Entity::Contacts | Entity::Leads, "external_id") => wanted().unwrap_or(true),
        _ => wanted().unwrap_or(false),
    }
}

/// Attributes whose equal values are listed from the start: links, and what views are made of.
fn grouped(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Contacts => &[
            "owner_id",
            "mobile_number",
            "sales_account_id",
            "contact_list_id",
        ],
        Entity::Leads => &["owner_id", "mobile_number", "lead_stage_id"],
        Entity::SalesAccounts => &["owner_id", "parent_sales_account_id"],
        Entity::Deals => &[
            "name",
            "owner_id",
            "sales_account_id",
            "contact_id",
            "deal_pipeline_id",
            "deal_stage_id",
        ],
        _ => &["status"],
    }
}

/// Whether records are listed by an attribute without anybody having asked.
pub fn is_grouped(entity: Entity, attribute: &str) -> bool {
    grouped(entity).contains(&attribute)
}

/// All keys of a record; `asked` are the attributes that are listed on demand.
pub fn of(setup: &Seed, entity: Entity, record: &Record, asked: &BTreeSet<String>) -> Keys {
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
    if unique_field(setup, entity, "email") {
        keys.unique.extend(groups(record, "email"));
    }
    for name in grouped(entity) {
        keys.groups.extend(groups(record, name));
    }
    for name in asked {
        keys.groups.extend(groups(record, name));
    }
    match entity {
        Entity::Deals => keys.groups.extend(views(setup, fields)),
        _ if entity.is_module() => (),
        _ => keys.groups.extend(target_key(fields)),
    }
    keys
}

/// The keys of a record under one attribute.
pub fn groups(record: &Record, attribute: &str) -> Vec<String> {
    let values = stored(record, attribute);
    values
        .iter()
        .filter_map(|one| key(attribute, one))
        .collect()
}

/// The system views that show a deal. They reach the default pipeline only.
fn views(setup: &Seed, fields: &Fields) -> Vec<String> {
    let stage = fields.get("deal_stage_id").and_then(Value::as_u64);
    let found = stage.and_then(|id| setup.stage(id));
    let Some((_, stage)) = found.filter(|(pipeline, _)| pipeline.is_default) else {
        return Vec::new();
    };
    let mut keys = vec![view_key(stage.forecast_type)];
    if let Some(owner) = fields.get("owner_id").and_then(Value::as_u64) {
        keys.push(own_view_key(owner));
    }
    keys
}

/// Group of the deals that "My Deals" of this user shows.
pub fn own_view_key(owner: u64) -> String {
    format!("view\u{1f}owner {owner}")
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
