//! Values of contacts, accounts and deals, by name.

use serde_json::{Value, json};

use super::super::crm::{
    Entity, Field, LEAD_COMPANY, LEAD_DEAL, Record, World, display_name, primary_email,
};
use super::{custom_field, native};

/// Above 2^53, as the real ids of this kind are.
const MCR_BASE: u64 = 402_000_000_000_000_000;

/// What an answer shows under `name`.
pub fn value(world: &World, entity: Entity, record: &Record, name: &str) -> Value {
    let zone = world.zone();
    match name {
        "id" => record.id.into(),
        "created_at" => zone.show(record.created_at).into(),
        "updated_at" => zone.show(record.updated_at).into(),
        "is_deleted" => record.is_deleted.into(),
        "links" => links(world, entity, record.id),
        "custom_field" => custom_field(world, entity, record),
        "record_type_id" => "71010509496".into(),
        "tags" | "phone_numbers" | "team_user_ids" | "system_tags" => {
            let stored = record.fields.get(name).cloned();
            stored.unwrap_or_else(|| json!([]))
        }
        _ => match entity {
            Entity::Contacts => contact(world, record, name),
            Entity::Leads => lead(world, record, name),
            Entity::SalesAccounts => account(world, record, name),
            _ => deal(world, record, name),
        },
    }
}

fn contact(world: &World, record: &Record, name: &str) -> Value {
    match name {
        "display_name" => display_name(record).into(),
        "email" => primary_email(record).unwrap_or_default(),
        "emails" => emails(record),
        "lead_score" | "customer_fit" => json!(0),
        "subscription_status" => {
            let stored = record.fields.get(name).cloned();
            stored.unwrap_or_else(|| json!(1))
        }
        "subscription_types" => {
            let stored = record.fields.get(name).cloned();
            stored.unwrap_or_else(|| json!("2;3;4;5;1"))
        }
        "mcr_id" => (MCR_BASE + record.id).into(),
        _ => native(world, Entity::Contacts, record, name),
    }
}

fn lead(world: &World, record: &Record, name: &str) -> Value {
    match name {
        "display_name" => display_name(record).into(),
        "email" => primary_email(record).unwrap_or_default(),
        "emails" => emails(record),
        "lead_score" => json!(0),
        "do_not_disturb" | "has_authority" => {
            json!(record.fields.get(name) == Some(&Value::Bool(true)))
        }
        "company" => inner(record, name, LEAD_COMPANY),
        "deal" => inner(record, name, LEAD_DEAL),
        _ => native(world, Entity::Leads, record, name),
    }
}

/// An object inside a record, with every field it may have.
fn inner(record: &Record, name: &str, fields: &[Field]) -> Value {
    let stored = record.fields.get(name);
    let shown = fields.iter().map(|field| {
        let value = stored.and_then(|stored| stored.get(field.name));
        (field.name.to_owned(), value.cloned().unwrap_or_default())
    });
    Value::Object(shown.collect())
}

fn account(world: &World, record: &Record, name: &str) -> Value {
    match name {
        "child_sales_accounts_count" => {
            let table = world.table(Entity::SalesAccounts);
            json!(table.having("parent_sales_account_id", record.id).len())
        }
        "has_connections" => json!(false),
        _ => native(world, Entity::SalesAccounts, record, name),
    }
}

fn deal(world: &World, record: &Record, name: &str) -> Value {
    match name {
        "base_currency_amount" => base_amount(world, record),
        "expected_deal_value" => {
            let probability = record.fields.get("probability").and_then(Value::as_f64);
            let expected = amount(record).zip(probability);
            expected.map_or(Value::Null, |(amount, percent)| {
                json!(format!("{:?}", amount * percent / 100.0))
            })
        }
        "age" => json!((world.clock.now() - record.created_at) / 86_400),
        "has_products" => json!(false),
        "collaboration" => json!({}),
        _ => native(world, Entity::Deals, record, name),
    }
}

fn emails(record: &Record) -> Value {
    let stored = record.fields.get("emails").and_then(Value::as_array);
    let shown = stored.into_iter().flatten().map(|one| {
        json!({
            "id": one["id"], "value": one["value"], "is_primary": one["is_primary"],
            "label": one["label"], "_destroy": false,
        })
    });
    shown.collect()
}

fn amount(record: &Record) -> Option<f64> {
    record.fields.get("amount")?.as_str()?.parse().ok()
}

/// The amount in the account's own currency.
fn base_amount(world: &World, record: &Record) -> Value {
    let currency = record.fields.get("currency_id").and_then(Value::as_u64);
    let mut currencies = world.setup.currencies.iter();
    let found = currencies.find(|one| Some(one.id) == currency);
    let rate: f64 = found.map_or(1.0, |one| one.exchange_rate.parse().unwrap_or(1.0));
    match amount(record) {
        Some(amount) if rate != 1.0 => {
            json!(format!("{:?}", (amount * rate * 100.0).round() / 100.0))
        }
        _ => record.fields.get("amount").cloned().unwrap_or_default(),
    }
}

/// Internal paths on the same host, outside the API.
fn links(world: &World, entity: Entity, id: u64) -> Value {
    let root = world.outside_api();
    let base = format!("{root}/{}/{id}", entity.plural());
    json!({
        "conversations": format!("{base}/conversations/all?include=email_conversation_recipients%2Ctargetable&per_page=3"),
        "timeline_feeds": format!("{base}/timeline_feeds"),
        "document_associations": format!("{base}/document_associations"),
        "notes": format!("{base}/notes?include=creater"),
        "tasks": format!("{base}/tasks?include=creater,owner,updater,targetable,users,task_type"),
        "appointments": format!("{base}/appointments?include=creater,owner,updater,targetable,appointment_attendees"),
        "reminders": format!("{base}/reminders?include=creater,owner,updater,targetable"),
        "duplicates": format!("{base}/duplicates"),
        "connections": format!("{base}/connections"),
    })
}
