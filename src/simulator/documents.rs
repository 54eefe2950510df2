//! Files and links on a record. A file's name and size are kept, its bytes are not.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::{Body, Call, Part};
use super::crm::{Entity, World, read};
use super::profile::Plan;
use super::rules;
use super::shapes::{self, Depth, Includes, children};
use super::views::{PAGE_ROWS, put_meta};

/// Largest file, as the service states it.
const MOST_BYTES: u64 = 150 * 1024 * 1024;

/// `POST /documents`, a multipart form with the part `file`.
pub fn upload(world: &mut World, call: &Call) -> Outcome {
    if world.profile().plan == Plan::Free {
        return Err(Failure::forbidden());
    }
    let Body::Form(parts) = &call.body else {
        return Err(Failure::invalid("Send multipart/form-data"));
    };
    let file = parts.iter().find(|part| part.name == "file");
    let file = file.and_then(|file| Some((file, file.file_name.as_ref()?)));
    let (file, file_name) = file.ok_or_else(|| Failure::invalid("File can't be empty"))?;
    if file.size > MOST_BYTES {
        return Err(Failure::invalid("File is too large"));
    }
    let text = |name: &str| text_of(parts, name).map_or(Value::Null, Value::from);
    let mut fields = Fields::new();
    let name = text_of(parts, "file_name").unwrap_or(file_name);
    fields.insert("name".to_owned(), name.into());
    fields.insert("size".to_owned(), file.size.into());
    for name in ["is_shared", "targetable_type", "targetable_id"] {
        fields.insert(name.to_owned(), text(name));
    }
    store(world, &fields, "Document uploaded")
}

fn text_of<'a>(parts: &'a [Part], name: &str) -> Option<&'a str> {
    let part = parts.iter().find(|part| part.name == name)?;
    Some(part.text.as_str())
}

/// `POST /document_links`
pub fn link(world: &mut World, call: &Call) -> Outcome {
    let body = call.record("document_link")?;
    if !body.get("url").is_some_and(Value::is_string) {
        return Err(Failure::invalid("Url can't be empty"));
    }
    store(world, body, "Link added")
}

fn store(world: &mut World, fields: &Fields, message: &str) -> Outcome {
    let id = rules::create(world, Entity::Documents, fields, None)?;
    let record = world.live(Entity::Documents, id)?;
    let own = || format!("{}/documents/{id}", world.base_url).into();
    let url: Value = record.fields.get("url").cloned().unwrap_or_else(own);
    Ok(Answer::json(
        world.profile().create_status.code(false),
        json!({"id": id, "msg": message, "url": url}),
    ))
}

/// `GET /<objects>/{id}/document_associations`
pub fn associations(world: &World, entity: Entity, id: u64, call: &Call) -> Outcome {
    world.live(entity, id)?;
    let ids = children(world, entity, id, Entity::Documents);
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let table = world.table(Entity::Documents);
    let chosen = read(table, &ids.slice(page.range(ids.len())));
    let plain = Includes::none(Entity::Documents);
    let mut body = shapes::many(world, Entity::Documents, &chosen, Depth::Row, &plain);
    put_meta(&mut body, ids.len(), Some(page));
    Ok(Answer::ok(body))
}
