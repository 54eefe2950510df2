//! `GET /lookup` finds by one exact value, `GET /search` by a piece of a name or address.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::Call;
use super::crm::{Entity, Record, World, display_name, key, read, stored};
use super::profile::Lagging;
use super::shapes::{self, Depth, Includes};
use super::views::put_meta;

/// Rows of a search when the call does not say.
const SEARCH_ROWS: usize = 10;

/// `GET /lookup?q=&f=&entities=`: `{"contacts":{"contacts":[..]}, …}`
pub fn lookup(world: &mut World, call: &Call) -> Outcome {
    let (Some(text), Some(field)) = (call.param("q"), call.param("f")) else {
        return Err(Failure::invalid("q and f can't be empty"));
    };
    let entities: Option<Vec<Entity>> = call
        .names("entities")
        .into_iter()
        .map(|name| Entity::module_by_singular(name).filter(|entity| world.has(*entity)))
        .collect();
    let entities = entities.filter(|entities| !entities.is_empty());
    let entities = entities.ok_or_else(|| Failure::invalid("entities is invalid"))?;
    let attribute = match field {
        "emails" => "email",
        "email" | "name" | "mobile_number" | "work_number" | "phone" | "external_id" => field,
        custom if custom.starts_with("cf_") => custom,
        _ => return Err(Failure::invalid("f is invalid")),
    };
    let mut body = Fields::new();
    for entity in entities {
        let ids = exact(world, entity, attribute, &text.into());
        let found = read(world.indexed(entity, Lagging::Lookup), &ids);
        let plain = Includes::none(entity);
        let mut rows = shapes::many(world, entity, &found, Depth::Found, &plain);
        put_meta(&mut rows, found.len(), None);
        body.insert(entity.plural().to_owned(), Value::Object(rows));
    }
    Ok(Answer::ok(body))
}

/// The first undeleted records with this value. The first look-up by an attribute lists all records by it.
fn exact(world: &mut World, entity: Entity, attribute: &str, value: &Value) -> Vec<u64> {
    let is_known = |name: &str| world.setup.field(entity, name).is_some();
    let Some(wanted) =
        key(attribute, value).filter(|_| !attribute.starts_with("cf_") || is_known(attribute))
    else {
        return Vec::new();
    };
    world.ask(entity, attribute);
    let table = world.indexed(entity, Lagging::Lookup);
    match table.holder(&wanted) {
        Some(holder) => {
            let live = Some(holder).filter(|id| table.is_live(*id));
            live.into_iter().collect()
        }
        None => table.group(&wanted).slice(0..SEARCH_ROWS),
    }
}

/// `GET /search?q=&include=`: a flat array with ids as text.
pub fn search(world: &World, call: &Call) -> Outcome {
    let text = call.param("q").unwrap_or_default().trim().to_lowercase();
    if text.is_empty() {
        return Err(Failure::invalid("q can't be empty"));
    }
    let kinds = call.names("include");
    let page = call.page(SEARCH_ROWS, world.profile().page_rows)?;
    let wanted = |name: &str| kinds.is_empty() || kinds.contains(&name);
    let most = page.number.saturating_mul(page.size);
    let mut rows = Vec::new();
    let modules = Entity::ALL.into_iter().filter(|entity| entity.is_module());
    for entity in modules.filter(|entity| wanted(entity.singular())) {
        let table = world.indexed(entity, Lagging::Search);
        let records = table.all().iter().filter_map(|id| table.get(id));
        let found = records.filter_map(|record| row(world, entity, &record, &text));
        rows.extend(found.take(most.saturating_sub(rows.len())));
    }
    if wanted("user") {
        rows.extend(users(world, &text));
    }
    let range = page.range(rows.len());
    Ok(Answer::ok(Value::Array(rows[range].to_vec())))
}

fn users(world: &World, text: &str) -> Vec<Value> {
    let users = world.setup.users.iter();
    let found = users.filter(|user| {
        user.display_name.to_lowercase().contains(text) || user.email.to_lowercase().contains(text)
    });
    let shown = found.map(|user| {
        json!({
            "id": user.id.to_string(), "type": "user", "name": user.display_name,
            "email": user.email, "avatar": null,
        })
    });
    shown.collect()
}

fn row(world: &World, entity: Entity, record: &Record, text: &str) -> Option<Value> {
    let name = match entity {
        _ if entity.is_person() => display_name(record),
        _ => record.fields.get("name")?.as_str()?.to_owned(),
    };
    let emails = stored(record, "email");
    let hits = |value: &str| value.to_lowercase().contains(text);
    let in_email = emails.iter().any(|one| one.as_str().is_some_and(hits));
    if !hits(&name) && !in_email {
        return None;
    }
    let owner = record.fields.get("owner_id").and_then(Value::as_u64);
    let owner = owner.and_then(|id| world.setup.user(id));
    Some(json!({
        "id": record.id.to_string(),
        "type": entity.singular(),
        "name": name,
        "email": emails.first(),
        "avatar": null,
        "website": record.fields.get("website"),
        "country": record.fields.get("country"),
        "primary_sales_account_name": null,
        "owner": owner.map(|user| json!({"id": user.id.to_string(), "name": user.display_name})),
        "mcr_id": null,
        "more_match": null,
        "updated_at": world.zone().show(record.updated_at),
    }))
}
