//! How records are shown. What is shown where is data: a list of names per object and depth.
//!
//! Foreign ids come with the `include` that belongs to them and not otherwise; see [`includes`].

mod activity;
mod includes;
mod module;
mod names;

use serde_json::Value;

use super::answer::Fields;
use super::crm::{Entity, Record, World};

pub use includes::{Includes, children, everything};

/// How much of a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// GET by id, create, PUT, upsert.
    Full,
    /// A row of a view or of a list of activities.
    Row,
    /// A row of a search: no custom fields, no foreign ids at all.
    Found,
}

/// One record below its wrapper, with the sideloads that `includes` ask for.
pub fn one(world: &World, entity: Entity, record: &Record, includes: &Includes) -> Fields {
    let mut body = Fields::new();
    let shown = shape(world, entity, record, Depth::Full, includes);
    body.insert(entity.singular().to_owned(), Value::Object(shown));
    if entity == Entity::Appointments {
        let attendees = record.fields.get("attendees").cloned();
        let attendees = attendees.unwrap_or_else(|| Value::Array(Vec::new()));
        body.insert("appointment_attendees".to_owned(), attendees);
        for empty in ["conferences", "notes"] {
            body.insert(empty.to_owned(), Value::Array(Vec::new()));
        }
    }
    includes.sideload(world, std::slice::from_ref(record), &mut body);
    body
}

/// Rows of a list below their plural key, with sideloads.
pub fn many(
    world: &World,
    entity: Entity,
    records: &[Record],
    depth: Depth,
    includes: &Includes,
) -> Fields {
    let includes = includes.in_rows(world);
    let shown = records
        .iter()
        .map(|record| Value::Object(shape(world, entity, record, depth, &includes)));
    let mut body = Fields::new();
    body.insert(entity.plural().to_owned(), shown.collect());
    includes.sideload(world, records, &mut body);
    body
}

/// The record itself.
pub fn shape(
    world: &World,
    entity: Entity,
    record: &Record,
    depth: Depth,
    includes: &Includes,
) -> Fields {
    let mut shown = Fields::new();
    for name in names::of(entity, depth) {
        let value = if entity.is_module() {
            module::value(world, entity, record, name)
        } else {
            activity::value(world, entity, record, name)
        };
        shown.insert((*name).to_owned(), value);
    }
    let bare = depth == Depth::Full && world.profile().ids_in_full_answers;
    includes.add_to(world, record, bare, &mut shown);
    shown
}

/// A stored native value as answers show it.
fn native(world: &World, entity: Entity, record: &Record, name: &str) -> Value {
    let Some(stored) = record.fields.get(name) else {
        return Value::Null;
    };
    let is_instant = matches!(
        entity.field(name).map(|field| field.kind),
        Some(super::crm::Kind::Instant)
    );
    let derived = matches!(
        name,
        "closed_date" | "stage_updated_time" | "completed_date"
    );
    match stored.as_i64() {
        Some(seconds) if is_instant || derived => world.zone().show(seconds).into(),
        _ => stored.clone(),
    }
}

/// Every custom field of the object, null where empty.
pub fn custom_field(world: &World, entity: Entity, record: &Record) -> Value {
    let stored = record.fields.get("custom_field");
    let mut shown = Fields::new();
    for field in world.setup.custom_fields(entity) {
        let value = stored.and_then(|values| values.get(&field.name));
        let value = match (field.kind.as_str(), value) {
            (_, None) => Value::Null,
            ("date", Some(Value::String(day))) => world.zone().show_midnight(day).into(),
            ("date_time", Some(Value::Number(at))) => {
                let seconds = at.as_i64().unwrap_or_default();
                world.zone().show(seconds).into()
            }
            (_, Some(value)) => value.clone(),
        };
        shown.insert(field.name.clone(), value);
    }
    Value::Object(shown)
}
