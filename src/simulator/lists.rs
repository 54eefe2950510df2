//! Marketing lists over HTTP. They take bare bodies, hold contacts only and cannot be deleted.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, IdList, List, Table, World};
use super::profile::Lagging;
use super::views::{self, PAGE_ROWS, put_meta};

/// `GET /lists`
pub fn all(world: &World, call: &Call) -> Outcome {
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let total = world.lists.len();
    let range = page.range(total);
    let rows = world.lists.iter().skip(range.start).take(range.len());
    let rows: Vec<Value> = rows.map(|(id, list)| shown(world, id, list)).collect();
    let mut body = serde_json::Map::new();
    body.insert("lists".to_owned(), Value::Array(rows));
    put_meta(&mut body, total, Some(page));
    Ok(Answer::ok(body))
}

/// `POST /lists {"name"}`
pub fn create(world: &mut World, call: &Call) -> Outcome {
    let name = name(call)?.to_owned();
    let id = world.add_list(None, &name);
    one(world, id, world.profile().create_status.code(false))
}

/// `PUT /lists/{id} {"name"}`
pub fn rename(world: &mut World, id: u64, call: &Call) -> Outcome {
    let name = name(call)?.to_owned();
    let list = world.lists.get(id).ok_or_else(Failure::not_found)?;
    let created_at = list.created_at;
    world.put_list(id, List { name, created_at });
    one(world, id, 200)
}

/// `PUT /lists/{id}/{add,remove,move}_contacts`
pub fn change(world: &mut World, id: u64, action: &str, call: &Call) -> Outcome {
    let body = call.object()?;
    world.lists.get(id).ok_or_else(Failure::not_found)?;
    let source = match action {
        "add_contacts" => None,
        "remove_contacts" => Some(id),
        "move_contacts" => {
            let from = body.get("from_list_id").and_then(Value::as_u64);
            let known = from.filter(|from| world.lists.get(*from).is_some());
            Some(known.ok_or_else(|| Failure::invalid("from_list_id is invalid"))?)
        }
        _ => return Err(Failure::NoRoute),
    };
    let ids = chosen(world, source, call)?;
    for contact in &ids {
        if let Some(source) = source {
            world.set_member(source, *contact, false);
        }
        if action != "remove_contacts" {
            world.set_member(id, *contact, true);
        }
    }
    let count = ids.len();
    Ok(Answer::ok(
        json!({"message": format!("{count} contacts were changed")}),
    ))
}

/// The contacts a change is about: `ids`, or `all` of the list they are taken from.
fn chosen(world: &World, source: Option<u64>, call: &Call) -> Result<Vec<u64>, Failure> {
    let body = call.object()?;
    if let Some(source) = source
        && body.get("all") == Some(&Value::Bool(true))
    {
        return Ok(members(world.table(Entity::Contacts), source)
            .iter()
            .collect());
    }
    let Some(Value::Array(sent)) = body.get("ids") else {
        return Err(Failure::invalid("The type for ids is invalid."));
    };
    let contacts = world.table(Entity::Contacts);
    let read = |id: &Value| id.as_u64().filter(|id| contacts.is_live(*id));
    let ids: Option<Vec<u64>> = sent.iter().map(read).collect();
    ids.ok_or_else(|| Failure::invalid("Contact is invalid"))
}

/// `GET /contacts/lists/{id}`
pub fn contacts(world: &World, id: u64, call: &Call) -> Outcome {
    world.lists.get(id).ok_or_else(Failure::not_found)?;
    let contacts = world.indexed(Entity::Contacts, Lagging::Views);
    let ids = members(contacts, id);
    views::list(world, (Entity::Contacts, contacts), ids, call)
}

/// The undeleted ones of these contacts that are on a list.
pub fn members(contacts: &Table, list: u64) -> &IdList {
    contacts.having("contact_list_id", list)
}

fn one(world: &World, id: u64, status: u16) -> Outcome {
    let list = world.lists.get(id).ok_or_else(Failure::not_found)?;
    Ok(Answer::json(
        status,
        json!({"list": shown(world, id, list)}),
    ))
}

fn shown(world: &World, id: u64, list: &List) -> Value {
    json!({"id": id, "name": list.name, "created_at": world.zone().show(list.created_at)})
}

fn name(call: &Call) -> Result<&str, Failure> {
    let name = call.object()?.get("name").and_then(Value::as_str);
    let name = name.filter(|name| !name.trim().is_empty());
    name.ok_or_else(|| Failure::invalid("Name can't be empty"))
}
