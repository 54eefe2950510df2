//! Values of tasks, appointments, notes, sales activities and documents, by name.

use serde_json::{Value, json};

use super::super::crm::{Entity, Record, World, display_name};
use super::{custom_field, native};

/// What an answer shows under `name`.
pub fn value(world: &World, entity: Entity, record: &Record, name: &str) -> Value {
    let zone = world.zone();
    match name {
        "id" => record.id.into(),
        "created_at" => zone.show(record.created_at).into(),
        "updated_at" => zone.show(record.updated_at).into(),
        "creater_id" | "updater_id" => world.setup.key_user().into(),
        "targetables" => target(record).into_iter().collect(),
        "targetables_with_email" => target_with_name(world, record).into_iter().collect(),
        "has_multiple_emails" | "has_mentions" => json!(false),
        "has_access" => json!(true),
        "is_allday" | "is_shared" => json!(record.fields.get(name) == Some(&Value::Bool(true))),
        "html_content" => native(world, entity, record, "description"),
        "appointment_attendee_ids" => {
            let attendees = record.fields.get("attendees").and_then(Value::as_array);
            let ids = attendees.into_iter().flatten().map(|one| one["id"].clone());
            ids.collect()
        }
        "custom_field" => custom_field(world, entity, record),
        _ => native(world, entity, record, name),
    }
}

/// The record that this one hangs on: its object and id.
pub fn target_of(record: &Record) -> Option<(Entity, u64)> {
    let entity = Entity::by_target(record.fields.get("targetable_type")?.as_str()?)?;
    Some((entity, record.fields.get("targetable_id")?.as_u64()?))
}

/// `{"id","type"}` of the target.
pub fn target(record: &Record) -> Option<Value> {
    let (entity, id) = target_of(record)?;
    Some(json!({"id": id, "type": entity.model()}))
}

fn target_with_name(world: &World, record: &Record) -> Option<Value> {
    let (entity, id) = target_of(record)?;
    let target = world.table(entity).live(id)?;
    let name = match entity {
        _ if entity.is_person() => display_name(&target).into(),
        _ => target.fields.get("name").cloned().unwrap_or_default(),
    };
    Some(json!({"id": id, "type": entity.model(), "name": name}))
}
