//! One record at a time: create, read, change, delete, forget, upsert.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, World, key, unique_field};
use super::profile::DeleteBody;
use super::rules;
use super::shapes::{self, Includes, children};

/// `POST /<objects>`
pub fn create(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let includes = Includes::read(entity, &call.names("include"))?;
    let id = rules::create(world, entity, call.record(entity.singular())?, None)?;
    let status = world.profile().create_status.code(entity == Entity::Notes);
    shown(world, entity, id, status, &includes)
}

/// `GET /<objects>/{id}`
pub fn get(world: &World, entity: Entity, id: u64, call: &Call) -> Outcome {
    let includes = Includes::read(entity, &call.names("include"))?;
    shown(world, entity, id, 200, &includes)
}

/// `PUT /<objects>/{id}`
pub fn update(world: &mut World, entity: Entity, id: u64, call: &Call) -> Outcome {
    let includes = Includes::read(entity, &call.names("include"))?;
    rules::update(world, entity, id, call.record(entity.singular())?)?;
    shown(world, entity, id, 200, &includes)
}

fn shown(world: &World, entity: Entity, id: u64, status: u16, includes: &Includes) -> Outcome {
    let record = world.live(entity, id)?;
    let body = shapes::one(world, entity, &record, includes);
    Ok(Answer::json(status, body))
}

/// `DELETE /<objects>/{id}`: into the Recycle Bin where there is one.
pub fn delete(world: &mut World, entity: Entity, id: u64, call: &Call) -> Outcome {
    let cascades = call.param("delete_associated_contacts_deals") == Some("true");
    remove(world, entity, id, cascades)?;
    Ok(deleted(world, entity))
}

fn deleted(world: &World, entity: Entity) -> Answer {
    let text = || Answer::ok(json!({"success": "The record was deleted"}));
    match (world.profile().delete_body, entity) {
        (DeleteBody::True, Entity::Tasks | Entity::Notes) | (DeleteBody::Success, _) => text(),
        (DeleteBody::True, _) => Answer::ok(true),
        (DeleteBody::Empty, _) => Answer::empty(204),
        (DeleteBody::Result, _) => Answer::ok(json!({"result": true})),
    }
}

/// Deletes a record; an account takes its contacts and deals along when `cascades`.
pub fn remove(world: &mut World, entity: Entity, id: u64, cascades: bool) -> Result<(), Failure> {
    world.delete(entity, id)?;
    if !cascades || entity != Entity::SalesAccounts {
        return Ok(());
    }
    for of in [Entity::Contacts, Entity::Deals] {
        let linked: Vec<u64> = children(world, entity, id, of).iter().collect();
        for child in linked {
            world.delete(of, child)?;
        }
    }
    Ok(())
}

/// `DELETE /<objects>/{id}/forget`: for good, also out of the Recycle Bin.
pub fn forget(world: &mut World, entity: Entity, id: u64) -> Outcome {
    world.forget(entity, id)?;
    Ok(deleted(world, entity))
}

/// `POST /<objects>/upsert`: 200 for create and update alike.
pub fn upsert(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let includes = Includes::read(entity, &call.names("include"))?;
    let body = call.object()?;
    let identifier = body.get("unique_identifier").and_then(Value::as_object);
    let mut pairs = identifier.into_iter().flatten();
    let (Some((name, value)), None) = (pairs.next(), pairs.next()) else {
        return Err(Failure::invalid("unique_identifier must have one key"));
    };
    let Some(data) = body.get(entity.singular()) else {
        return Err(Failure::invalid(format!(
            "{} can't be empty",
            entity.singular()
        )));
    };
    let id = upsert_by(world, entity, (name, value), data)?;
    shown(world, entity, id, 200, &includes)
}

/// Updates the record with this identifier, or creates it with the identifier among its values.
pub fn upsert_by(
    world: &mut World,
    entity: Entity,
    (name, value): (&str, &Value),
    data: &Value,
) -> Result<u64, Failure> {
    let Value::Object(data) = data else {
        let singular = entity.singular();
        return Err(Failure::invalid(format!(
            "The type for {singular} is invalid."
        )));
    };
    if let Some(id) = find(world, entity, name, value)? {
        rules::update(world, entity, id, data)?;
        return Ok(id);
    }
    let mut data = data.clone();
    if name.starts_with("cf_") {
        let custom = data.entry("custom_field").or_insert_with(|| json!({}));
        if let Value::Object(custom) = custom {
            custom.entry(name).or_insert_with(|| value.clone());
        }
    } else if !(name == "emails" && data.contains_key("email")) {
        data.entry(name).or_insert_with(|| value.clone());
    }
    rules::create(world, entity, &data, None)
}

/// The undeleted record with an identifier. One in the Recycle Bin blocks it.
fn find(world: &World, entity: Entity, name: &str, value: &Value) -> Result<Option<u64>, Failure> {
    let table = world.table(entity);
    if name == "id" {
        let text = value.as_str().map(str::to_owned);
        let id = text.unwrap_or_else(|| value.to_string()).parse().ok();
        let known = id.filter(|id| table.is_live(*id));
        return known.map(Some).ok_or_else(Failure::not_found);
    }
    let attribute = identifier(world, entity, name)?;
    let Some(key) = key(attribute, value) else {
        return Err(Failure::invalid(format!("{name} can't be empty")));
    };
    if let Some(holder) = table.holder(&key) {
        if table.is_live(holder) {
            return Ok(Some(holder));
        }
        if world.profile().bin_holds_unique {
            let label = world.setup.label(entity, attribute);
            return Err(Failure::invalid(format!("{label} is not unique")));
        }
        return Ok(None);
    }
    match table.group(&key).slice(0..2).as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Failure::invalid(format!("{name} matches several records"))),
    }
}

/// The attribute behind a key of `unique_identifier`.
fn identifier<'n>(world: &World, entity: Entity, name: &'n str) -> Result<&'n str, Failure> {
    let is_native = matches!(
        (entity, name),
        (Entity::Contacts | Entity::Leads, "mobile_number")
            | (Entity::SalesAccounts | Entity::Deals, "name")
    );
    // One address is no key, the list of them is.
    let is_unique = || name != "email" && unique_field(&world.setup, entity, name);
    if entity.is_person() && name == "emails" {
        Ok("email")
    } else if is_native || is_unique() {
        Ok(name)
    } else {
        Err(Failure::invalid(format!(
            "{name} is not a unique identifier"
        )))
    }
}
