//! `GET /settings/…`: the fields of an object, and the forms, which alone say what is unique.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::crm::{Entity, World, unique_field};
use super::seed::SeedField;

/// First id of a field; below it lie those of forms and sections.
const FIRST_ID: u64 = 70_860_000_001;

/// `GET /settings/<module>/fields`
pub fn fields(world: &World, module: &str) -> Outcome {
    let shown = described(world, module)?;
    let fields: Vec<Value> = shown.into_iter().map(|(_, field)| field).collect();
    Ok(Answer::ok(json!({"fields": fields})))
}

/// `GET /settings/<module>/forms`: one form with one section, whose fields carry `field_options`.
pub fn forms(world: &World, module: &str) -> Outcome {
    let entity = Entity::by_plural(module).ok_or(Failure::NoRoute)?;
    let fields = described(world, module)?.into_iter().map(|(seed, mut field)| {
        field["field_options"] = json!({
            "unique": unique_field(&world.setup, entity, seed.key_name()),
            "can_uniqueness_be_changed": seed.is_custom() && matches!(seed.kind.as_str(), "text" | "number"),
            "lookup_type": null,
        });
        field
    });
    let id = FIRST_ID - 1_000 + entity as u64;
    let section = json!({
        "id": id * 10,
        "name": "basic_information",
        "label": "Basic information",
        "type": "section",
        "fields": fields.collect::<Vec<Value>>(),
    });
    let form = json!({
        "id": id,
        "name": format!("{} form", entity.model()),
        "field_class": entity.model(),
        "fields": [section],
    });
    Ok(Answer::ok(json!({"forms": [form]})))
}

/// The fields of an object as both routes show them; a module without them has no route.
fn described<'w>(world: &'w World, module: &str) -> Result<Vec<(&'w SeedField, Value)>, Failure> {
    let entity = Entity::by_plural(module).ok_or(Failure::NoRoute)?;
    let fields = world.setup.fields.get(&entity).ok_or(Failure::NoRoute)?;
    let required = world.setup.required(entity);
    let shown = fields.iter().enumerate().map(|(n, field)| {
        let mut shown = field_json(entity, n, field);
        shown["required"] = required.contains(&field.key_name()).into();
        (field, shown)
    });
    Ok(shown.collect())
}

fn field_json(entity: Entity, n: usize, field: &SeedField) -> Value {
    let id = FIRST_ID + 10_000 * entity as u64 + n as u64;
    let choices = field.choices.iter().enumerate();
    let choices = choices
        .map(|(n, value)| json!({"id": id * 100 + n as u64, "value": value, "position": n + 1}));
    json!({
        "id": id,
        "name": field.name,
        "label": field.label,
        "type": field.kind,
        "base_model": entity.model(),
        "required": false,
        "default": !field.is_custom(),
        "actionable": true,
        "visible": true,
        "position": n + 1,
        "quick_add_position": null,
        "choices": choices.collect::<Vec<_>>(),
    })
}
