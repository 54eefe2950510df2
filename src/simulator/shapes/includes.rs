//! `include=…`: the foreign id appears in the record, the object in an array beside it.

use serde_json::{Map, Value, json};

use super::super::answer::{Failure, Fields};
use super::super::crm::{Entity, IdList, Record, World, display_name};
use super::activity::{target, target_of};
use super::{Depth, shape};

/// What an include adds.
#[derive(Clone, Copy, Debug)]
enum Effect {
    /// The id in this field, and the entry of this array.
    Id(&'static str, &'static str),
    /// Author fields: the id in this field is the key's user.
    Author(&'static str),
    /// Objects inside the record, flagged partial.
    Nested(Entity),
    /// Records that hang on this one: their ids in the record, they themselves in an array.
    Children(Entity),
    /// Collaborators of a task.
    Users,
    /// The record this one hangs on.
    Target,
    /// Nothing that is not shown anyway.
    Nothing,
}

use Effect::{Author, Children, Id, Nested, Nothing, Target, Users};

type Known = &'static [(&'static str, Effect)];

const OF_CONTACTS: Known = &[
    ("owner", Id("owner_id", "users")),
    ("creater", Author("creater_id")),
    ("updater", Author("updater_id")),
    ("source", Id("lead_source_id", "lead_sources")),
    ("campaign", Id("campaign_id", "campaigns")),
    ("territory", Id("territory_id", "territories")),
    (
        "lifecycle_stage",
        Id("lifecycle_stage_id", "lifecycle_stages"),
    ),
    (
        "contact_status",
        Id("contact_status_id", "contact_statuses"),
    ),
    ("sales_accounts", Nested(Entity::SalesAccounts)),
    ("deals", Children(Entity::Deals)),
    ("tasks", Children(Entity::Tasks)),
    ("appointments", Children(Entity::Appointments)),
    ("notes", Children(Entity::Notes)),
];

const OF_LEADS: Known = &[
    ("owner", Id("owner_id", "users")),
    ("creater", Author("creater_id")),
    ("updater", Author("updater_id")),
    ("source", Id("lead_source_id", "lead_sources")),
    ("lead_stage", Id("lead_stage_id", "lead_stages")),
    ("lead_reason", Id("lead_reason_id", "lead_reasons")),
    ("campaign", Id("campaign_id", "campaigns")),
    ("territory", Id("territory_id", "territories")),
    ("tasks", Children(Entity::Tasks)),
    ("appointments", Children(Entity::Appointments)),
    ("notes", Children(Entity::Notes)),
];

const OF_ACCOUNTS: Known = &[
    ("owner", Id("owner_id", "users")),
    ("creater", Author("creater_id")),
    ("updater", Author("updater_id")),
    ("territory", Id("territory_id", "territories")),
    ("business_type", Id("business_type_id", "business_types")),
    ("industry_type", Id("industry_type_id", "industry_types")),
    (
        "parent_sales_account",
        Id("parent_sales_account_id", "sales_accounts"),
    ),
    ("contacts", Children(Entity::Contacts)),
    ("deals", Children(Entity::Deals)),
    ("tasks", Children(Entity::Tasks)),
    ("appointments", Children(Entity::Appointments)),
    ("notes", Children(Entity::Notes)),
];

const OF_DEALS: Known = &[
    ("owner", Id("owner_id", "users")),
    ("creater", Author("creater_id")),
    ("updater", Author("updater_id")),
    ("source", Id("lead_source_id", "lead_sources")),
    ("campaign", Id("campaign_id", "campaigns")),
    ("territory", Id("territory_id", "territories")),
    ("contacts", Nested(Entity::Contacts)),
    ("sales_account", Id("sales_account_id", "sales_accounts")),
    ("deal_stage", Id("deal_stage_id", "deal_stages")),
    ("deal_type", Id("deal_type_id", "deal_types")),
    ("deal_reason", Id("deal_reason_id", "deal_reasons")),
    (
        "deal_payment_status",
        Id("deal_payment_status_id", "deal_payment_statuses"),
    ),
    ("deal_product", Id("deal_product_id", "deal_products")),
    ("currency", Id("currency_id", "currencies")),
    ("probability", Nothing),
    ("products", Nothing),
    ("tasks", Children(Entity::Tasks)),
    ("appointments", Children(Entity::Appointments)),
    ("notes", Children(Entity::Notes)),
];

const OF_TASKS: Known = &[
    ("owner", Id("owner_id", "users")),
    ("users", Users),
    ("targetable", Target),
];

const OF_APPOINTMENTS: Known = &[
    ("creater", Author("creater_id")),
    ("targetable", Target),
    ("appointment_attendees", Nothing),
];

const OF_ACTIVITIES: Known = &[("owner", Id("owner_id", "users")), ("targetable", Target)];

fn known(entity: Entity) -> Known {
    match entity {
        Entity::Contacts => OF_CONTACTS,
        Entity::Leads => OF_LEADS,
        Entity::SalesAccounts => OF_ACCOUNTS,
        Entity::Deals => OF_DEALS,
        Entity::Tasks => OF_TASKS,
        Entity::Appointments => OF_APPOINTMENTS,
        Entity::SalesActivities => OF_ACTIVITIES,
        Entity::Notes | Entity::Documents | Entity::PhoneCalls => {
            &[("creater", Author("creater_id"))]
        }
    }
}

/// The includes of one call.
#[derive(Debug)]
pub struct Includes {
    entity: Entity,
    effects: Vec<(&'static str, Effect)>,
}

impl Includes {
    /// Reads the names of a call; one that the object does not have is refused, so that a misspelt one shows.
    pub fn read(entity: Entity, names: &[&str]) -> Result<Self, Failure> {
        let mut effects = Vec::new();
        for name in names {
            let found = known(entity).iter().find(|(known, _)| known == name);
            match found {
                Some(found) => effects.push(*found),
                None => return Err(Failure::invalid(format!("Invalid include: {name}"))),
            }
        }
        Ok(Self { entity, effects })
    }

    /// No includes.
    pub fn none(entity: Entity) -> Self {
        let effects = Vec::new();
        Self { entity, effects }
    }

    /// What a list shows of them: the account may show a contact's accounts by its id alone.
    pub fn in_rows(&self, world: &World) -> Self {
        let are_shown = self.entity != Entity::Contacts || world.profile().links_in_rows;
        let stays = |(_, effect): &&(&str, Effect)| are_shown || !matches!(effect, Nested(_));
        Self {
            entity: self.entity,
            effects: self.effects.iter().filter(stays).copied().collect(),
        }
    }

    /// Adds to a shown record what belongs inside it; `bare` adds the foreign ids of every include.
    pub fn add_to(&self, world: &World, record: &Record, bare: bool, shown: &mut Fields) {
        if bare {
            let ids = known(self.entity).iter();
            let ids = ids.filter(|(_, effect)| matches!(effect, Id(..) | Author(_)));
            for (_, effect) in ids {
                add(world, self.entity, record, *effect, shown);
            }
        }
        for (_, effect) in &self.effects {
            add(world, self.entity, record, *effect, shown);
        }
    }

    /// Adds the arrays beside the records, each object once.
    pub fn sideload(&self, world: &World, records: &[Record], body: &mut Fields) {
        for (_, effect) in &self.effects {
            for record in records {
                let Some((root, found)) = beside(world, self.entity, record, *effect) else {
                    continue;
                };
                let array = body.entry(root).or_insert_with(|| json!([]));
                let Value::Array(array) = array else { continue };
                for one in found {
                    if !array.iter().any(|there| there["id"] == one["id"]) {
                        array.push(one);
                    }
                }
            }
        }
    }
}

fn add(world: &World, entity: Entity, record: &Record, effect: Effect, shown: &mut Fields) {
    let (name, value) = match effect {
        Id(field, _) => {
            let stored = record.fields.get(field).cloned();
            (field.to_owned(), stored.unwrap_or_default())
        }
        Author(field) => (field.to_owned(), world.setup.key_user().into()),
        Nested(of) => (of.plural().to_owned(), nested(world, record, of)),
        Children(of) => {
            let ids: Vec<u64> = children(world, entity, record.id, of).iter().collect();
            (format!("{}_ids", of.singular()), ids.into())
        }
        Users => {
            let stored = record.fields.get("user_ids").cloned();
            ("user_ids".to_owned(), stored.unwrap_or_else(|| json!([])))
        }
        Target => ("targetable".to_owned(), target(record).unwrap_or_default()),
        Nothing => return,
    };
    shown.insert(name, value);
}

/// The array beside the records that an effect fills, and what one record adds to it.
fn beside(
    world: &World,
    entity: Entity,
    record: &Record,
    effect: Effect,
) -> Option<(&'static str, Vec<Value>)> {
    let user = |id: u64| world.setup.entry("users", id);
    Some(match effect {
        Id(field, root) => {
            let id = record.fields.get(field).and_then(Value::as_u64);
            let found = id.and_then(|id| entry(world, root, id));
            (root, found.into_iter().collect())
        }
        Author(_) => {
            let author = user(world.setup.key_user());
            ("users", author.into_iter().collect())
        }
        Nested(of) if entity == Entity::Deals => {
            let found = nested(world, record, of);
            (of.plural(), found.as_array().cloned().unwrap_or_default())
        }
        Children(of) => (of.plural(), child_records(world, entity, record.id, of)),
        Users => {
            let ids = record.fields.get("user_ids").and_then(Value::as_array);
            let ids = ids.into_iter().flatten().filter_map(Value::as_u64);
            ("users", ids.filter_map(user).collect())
        }
        Target => {
            let (of, id) = target_of(record)?;
            let found = entry(world, of.plural(), id);
            (of.plural(), found.into_iter().collect())
        }
        Nested(_) | Nothing => return None,
    })
}

/// What hangs on a record: modules in short, all others whole.
fn child_records(world: &World, entity: Entity, id: u64, of: Entity) -> Vec<Value> {
    let depth = if of.is_module() {
        Depth::Found
    } else {
        Depth::Full
    };
    let plain = Includes::none(of);
    let ids = children(world, entity, id, of);
    let records = ids.iter().filter_map(|id| world.table(of).get(id));
    records
        .map(|one| Value::Object(shape(world, of, &one, depth, &plain)))
        .collect()
}

/// A linked object in short form.
fn entry(world: &World, root: &str, id: u64) -> Option<Value> {
    let Some(entity) = Entity::by_plural(root) else {
        return world.setup.entry(root, id);
    };
    let record = world.table(entity).live(id)?;
    let name = |key: &str| record.fields.get(key).cloned().unwrap_or_default();
    Some(match entity {
        _ if entity.is_person() => {
            json!({"partial": true, "id": id, "display_name": display_name(&record)})
        }
        Entity::SalesAccounts => {
            json!({"partial": true, "id": id, "name": name("name"), "website": name("website")})
        }
        _ => json!({"partial": true, "id": id, "name": name("name")}),
    })
}

/// Linked accounts of a contact, or linked contacts of a deal; deleted ones are left out.
fn nested(world: &World, record: &Record, of: Entity) -> Value {
    let links = record.fields.get(of.plural()).and_then(Value::as_array);
    let shown = links.into_iter().flatten().filter_map(|link| {
        let id = link.as_u64().or(link["id"].as_u64())?;
        let mut one = entry(world, of.plural(), id)?;
        if of == Entity::SalesAccounts {
            one["is_primary"] = link["is_primary"].clone();
        }
        Some(one)
    });
    shown.collect()
}

/// Undeleted records that hang on a record.
pub fn children(world: &World, entity: Entity, id: u64, of: Entity) -> &IdList {
    let attribute = match (entity, of) {
        (Entity::SalesAccounts, Entity::Contacts | Entity::Deals) => "sales_account_id",
        (Entity::Contacts, Entity::Deals) => "contact_id",
        _ => entity.model(),
    };
    world.table(of).having(attribute, id)
}

/// The whole record for the control routes: every foreign id and every link.
pub fn everything(world: &World, entity: Entity, record: &Record) -> Value {
    let inner = |(_, effect): &&(&str, Effect)| !matches!(effect, Children(_) | Target);
    let effects = known(entity).iter().filter(inner).copied().collect();
    let includes = Includes { entity, effects };
    let mut shown: Map<String, Value> = shape(world, entity, record, Depth::Row, &includes);
    if entity == Entity::Contacts {
        let on = record.fields.get("contact_list_ids").cloned();
        let on = on.unwrap_or_else(|| json!([]));
        shown.insert("contact_list_ids".to_owned(), on);
    }
    Value::Object(shown)
}
