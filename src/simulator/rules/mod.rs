//! What a request may write: the rules of the service, and the harsher reading where accounts differ.
//!
//! Two things are dropped in silence with status 200, as the real service does: keys it does not know, and choices
//! that are not offered. Everything else that is wrong refuses the whole record with all its problems at once.

mod contact;
mod custom;
mod deal;
mod emails;
mod lead;
mod target;
mod values;

use serde_json::Value;

use super::answer::{Failure, Fields};
use super::crm::{Entity, Kind, World, key, unique_field};
use super::profile::OwnerValidation;
use values::Wrong;

/// A record on its way into a table.
struct Draft<'a> {
    entity: Entity,
    /// `None` while the record is new.
    id: Option<u64>,
    /// What the request says.
    body: &'a Fields,
    /// What will be stored.
    fields: Fields,
    problems: Vec<String>,
}

impl Draft<'_> {
    fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// The stored id in a field.
    fn id_in(&self, name: &str) -> Option<u64> {
        self.fields.get(name).and_then(Value::as_u64)
    }

    /// Sets a field, or empties it with null.
    fn set(&mut self, name: &str, value: Value) {
        if value.is_null() {
            self.fields.shift_remove(name);
        } else {
            self.fields.insert(name.to_owned(), value);
        }
    }
}

/// Writes a new record and returns its id. `id` is for the seed alone.
pub fn create(
    world: &mut World,
    entity: Entity,
    body: &Fields,
    id: Option<u64>,
) -> Result<u64, Failure> {
    let mut draft = Draft {
        entity,
        id: None,
        body,
        fields: Fields::new(),
        problems: Vec::new(),
    };
    // A record without an owner becomes the caller's; a sales activity must name its own.
    if entity != Entity::SalesActivities && entity.field("owner_id").is_some() {
        draft.set("owner_id", world.setup.key_user().into());
    }
    check(world, &mut draft)?;
    link_account_by_name(world, &mut draft)?;
    let times = own_times(world, &draft);
    let id = world.add(entity, id, draft.fields, times);
    if entity.is_module() {
        world.made.push((entity, id));
    }
    Ok(id)
}

/// When a record was made and changed, as the request says, where the account takes that.
fn own_times(world: &World, draft: &Draft) -> Option<(i64, i64)> {
    if !world.profile().honour_created_at || !draft.entity.is_module() {
        return None;
    }
    let sent = |name| world.zone().instant(draft.body.get(name)?.as_str()?);
    let created = sent("created_at")?;
    Some((created, sent("updated_at").unwrap_or(created)))
}

/// Writes what `body` names into an undeleted record.
pub fn update(world: &mut World, entity: Entity, id: u64, body: &Fields) -> Result<(), Failure> {
    let mut record = world.live(entity, id)?;
    let mut draft = Draft {
        entity,
        id: Some(id),
        body,
        fields: std::mem::take(&mut record.fields),
        problems: Vec::new(),
    };
    check(world, &mut draft)?;
    link_account_by_name(world, &mut draft)?;
    record.fields = draft.fields;
    record.updated_at = world.clock.now();
    world.put(entity, record);
    Ok(())
}

fn check(world: &World, draft: &mut Draft) -> Result<(), Failure> {
    plain_fields(world, draft);
    match draft.entity {
        Entity::Contacts => contact::check(world, draft),
        Entity::Leads => lead::check(world, draft),
        Entity::Deals => deal::check(world, draft),
        Entity::SalesAccounts => parents(world, draft),
        _ => target::check(world, draft),
    }
    tags(draft);
    custom::check(world, draft);
    required(world, draft);
    unique(world, draft);
    if draft.problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused {
        status: 400,
        messages: std::mem::take(&mut draft.problems),
    })
}

fn plain_fields(world: &World, draft: &mut Draft) {
    let ignores_owners = world.profile().owner_validation == OwnerValidation::Ignore;
    for field in draft.entity.fields() {
        let Some(sent) = draft.body.get(field.name) else {
            continue;
        };
        let label = || world.setup.label(draft.entity, field.name);
        match values::read(field.kind, sent, world.zone()) {
            Err(Wrong::Value) => draft.problem(format!("{} is invalid", label())),
            Err(Wrong::Length(most)) => draft.problem(too_long(&label(), most)),
            Ok(value) if is_known(world, field.kind, &value) => draft.set(field.name, value),
            Ok(_) if field.kind == Kind::Owner && ignores_owners => (),
            Ok(_) => draft.problem(format!("{} is invalid", label())),
        }
    }
}

fn too_long(label: &str, most: usize) -> String {
    format!("{label} is too long (maximum is {most} characters)")
}

/// Whether what a field refers to exists.
fn is_known(world: &World, kind: Kind, value: &Value) -> bool {
    let Some(id) = value.as_u64() else {
        return true;
    };
    let setup = &world.setup;
    match kind {
        Kind::Owner => setup
            .user(id)
            .is_some_and(|user| user.is_active || setup.profile.inactive_owners),
        Kind::Choice("currencies") => setup
            .currencies
            .iter()
            .any(|one| one.id == id && one.is_active),
        Kind::Choice(selector) => setup.entry(selector, id).is_some(),
        Kind::Record(entity) => world.table(entity).is_live(id),
        _ => true,
    }
}

/// An account may not be its own ancestor.
fn parents(world: &World, draft: &mut Draft) {
    let table = world.table(Entity::SalesAccounts);
    let mut above = draft.id_in("parent_sales_account_id");
    while let Some(id) = above {
        if Some(id) == draft.id {
            let label = world.setup.label(draft.entity, "parent_sales_account_id");
            return draft.problem(format!("{label} is invalid"));
        }
        let parent = table.get(id);
        above = parent.and_then(|one| one.fields.get("parent_sales_account_id")?.as_u64());
    }
}

/// The sent list takes the place of the stored one.
fn tags(draft: &mut Draft) {
    match draft.body.get("tags") {
        None => (),
        Some(Value::Null) => draft.set("tags", Value::Null),
        Some(Value::Array(tags)) if tags.iter().all(Value::is_string) => {
            draft.set("tags", Value::Array(tags.clone()));
        }
        Some(_) => draft.problem("The type for tags is invalid."),
    }
}

fn required(world: &World, draft: &mut Draft) {
    for name in world.setup.required(draft.entity) {
        if !has_value(&draft.fields, name) {
            let label = world.setup.label(draft.entity, name);
            draft.problem(format!("{label} can't be empty"));
        }
    }
}

fn has_value(fields: &Fields, name: &str) -> bool {
    let value = match name {
        "email" => fields.get("emails"),
        "sales_account_id" if !fields.contains_key(name) => fields.get("sales_accounts"),
        "contacts_added_list" => fields.get("contacts"),
        custom if custom.starts_with("cf_") => {
            let custom_field = fields.get("custom_field");
            custom_field.and_then(|values| values.get(custom))
        }
        native => fields.get(native),
    };
    match value {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    }
}

fn unique(world: &World, draft: &mut Draft) {
    for (name, value) in unique_values(world, draft) {
        let table = world.table(draft.entity);
        let holder = key(&name, &value).and_then(|key| table.holder(&key));
        let Some(holder) = holder.filter(|holder| Some(*holder) != draft.id) else {
            continue;
        };
        if table.is_live(holder) || world.profile().bin_holds_unique {
            let label = world.setup.label(draft.entity, &name);
            draft.problem(format!("{label} is not unique"));
        }
    }
}

fn unique_values(world: &World, draft: &Draft) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let nested = draft.fields.get("custom_field").and_then(Value::as_object);
    let nested = nested.into_iter().flatten();
    for (name, value) in draft.fields.iter().chain(nested) {
        if unique_field(&world.setup, draft.entity, name) {
            found.push((name.clone(), value.clone()));
        }
    }
    let emails = draft.fields.get("emails").and_then(Value::as_array);
    for email in emails.into_iter().flatten() {
        found.push(("email".to_owned(), email["value"].clone()));
    }
    found
}

/// A deal's nested `sales_account: {"name"}` links the account of that name, and makes it when there is none.
fn link_account_by_name(world: &mut World, draft: &mut Draft) -> Result<(), Failure> {
    let Some(nested) = draft.body.get("sales_account") else {
        return Ok(());
    };
    if draft.entity != Entity::Deals || draft.body.contains_key("sales_account_id") {
        return Ok(());
    }
    let Some(account) = nested.as_object() else {
        return Err(Failure::invalid("The type for sales_account is invalid."));
    };
    let name = account.get("name").and_then(|name| key("name", name));
    let table = world.table(Entity::SalesAccounts);
    let found = name.and_then(|name| table.holder(&name));
    let id = match found.filter(|id| table.is_live(*id)) {
        Some(id) => id,
        None => create(world, Entity::SalesAccounts, account, None)?,
    };
    draft.set("sales_account_id", id.into());
    Ok(())
}
