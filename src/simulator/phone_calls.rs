//! `POST /phone_calls`: a call logged by hand, with a note. Its time is now, and nobody can read it back.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::{Body, Call, Part};
use super::crm::{Entity, World};
use super::profile::PhoneCalls;
use super::rules;
use super::shapes::{self, Includes};

/// What a call log says, whichever way it was sent.
struct Log {
    direction: Value,
    outcome: Value,
    target: Option<(&'static str, Value)>,
    note: Option<Value>,
}

/// Takes a form with `phone_call[…]` keys, or JSON, wrapped or bare.
pub fn create(world: &mut World, call: &Call) -> Outcome {
    let log = match &call.body {
        Body::Form(parts) => read(&nested(parts))?,
        _ => {
            let mut log = read(call.record(Entity::PhoneCalls.singular())?)?;
            if world.profile().phone_calls_encoding == PhoneCalls::MultipartOnly {
                (log.target, log.note) = (None, None);
            }
            log
        }
    };
    let mut fields = Fields::new();
    fields.insert("call_direction".to_owned(), log.direction);
    fields.insert("outcome_id".to_owned(), log.outcome);
    if let Some((model, id)) = &log.target {
        fields.insert("targetable_type".to_owned(), (*model).into());
        fields.insert("targetable_id".to_owned(), id.clone());
    }
    let phone_call = rules::create(world, Entity::PhoneCalls, &fields, None)?;
    if let Some((note, (model, id))) = log.note.zip(log.target) {
        let body = json!({"description": note, "targetable_type": model, "targetable_id": id});
        let body = body.as_object().cloned().unwrap_or_default();
        let note = rules::create(world, Entity::Notes, &body, None)?;
        let link = Fields::from_iter([("note_id".to_owned(), note.into())]);
        rules::update(world, Entity::PhoneCalls, phone_call, &link)?;
    }
    shown(world, phone_call)
}

fn read(body: &Fields) -> Result<Log, Failure> {
    let target = body.get("targetable").and_then(|target| target.get("id"));
    let kind = body.get("targetable_type").and_then(Value::as_str);
    let target = match (kind, target) {
        (None, None) => None,
        (Some(kind), Some(id)) => {
            let modules = Entity::ALL.into_iter().filter(|entity| entity.is_module());
            let mut named =
                modules.filter(|entity| [entity.singular(), entity.model()].contains(&kind));
            let entity = named.next();
            let entity = entity.ok_or_else(|| Failure::invalid("Targetable type is invalid"))?;
            Some((entity.model(), id.clone()))
        }
        _ => return Err(Failure::invalid("Targetable is invalid")),
    };
    let value = |name: &str| body.get(name).cloned().unwrap_or_default();
    let note = body.get("note").and_then(|note| note.get("description"));
    Ok(Log {
        direction: value("call_direction"),
        outcome: value("outcome_id"),
        target,
        note: note.cloned(),
    })
}

/// `phone_call[note][description]` and its like as nested objects.
fn nested(parts: &[Part]) -> Fields {
    let mut body = Fields::new();
    for part in parts {
        let keys = part.name.strip_prefix("phone_call[");
        let Some(keys) = keys.and_then(|keys| keys.strip_suffix(']')) else {
            continue;
        };
        match keys.split_once("][") {
            None => drop(body.insert(keys.to_owned(), part.text.clone().into())),
            Some((outer, inner)) => {
                let object = body.entry(outer).or_insert_with(|| Map::new().into());
                object[inner] = part.text.clone().into();
            }
        }
    }
    body
}

fn shown(world: &World, id: u64) -> Outcome {
    let entity = Entity::PhoneCalls;
    let record = world.live(entity, id)?;
    let one = shapes::one(world, entity, &record, &Includes::none(entity));
    let phone_call = one.get(entity.singular()).cloned().unwrap_or_default();
    let target = phone_call["targetables"][0].clone();
    let of_kind = |entity: Entity| -> Vec<Value> {
        let is_target = target["type"] == entity.model();
        is_target
            .then(|| json!({"id": target["id"]}))
            .into_iter()
            .collect()
    };
    let mut notes = Vec::new();
    if let Some(note) = phone_call["note_id"].as_u64() {
        let note = world.live(Entity::Notes, note)?;
        let plain = Includes::none(Entity::Notes);
        notes.extend(shapes::one(world, Entity::Notes, &note, &plain).into_values());
    }
    let status = world.profile().create_status.code(false);
    Ok(Answer::json(
        status,
        json!({
            "phone_calls": [phone_call],
            "contacts": of_kind(Entity::Contacts),
            "notes": notes,
            "users": [{"id": world.setup.key_user()}],
            "targetables": phone_call["targetables"],
        }),
    ))
}
