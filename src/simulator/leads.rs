//! `POST /leads/{id}/convert`: a lead becomes a contact, with its company as account and its deal as deal.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::{Body, Call};
use super::crm::{Entity, Record, World, key};
use super::rules;
use super::shapes::{self, Includes, children};

/// Converts a lead. What the body names, below `lead` or bare, is written into the lead first. What hung on the lead
/// hangs on the contact afterwards, and the lead is gone. A conversion that is refused changes nothing.
pub fn convert(world: &mut World, id: u64, call: &Call) -> Outcome {
    let before = world.live(Entity::Leads, id)?;
    if !matches!(call.body, Body::Empty) {
        rules::update(world, Entity::Leads, id, call.record("lead")?)?;
    }
    let contact = match make(world, id) {
        Ok(contact) => contact,
        Err(why) => {
            world.put(Entity::Leads, before);
            return Err(why);
        }
    };
    move_children(world, id, contact)?;
    world.forget(Entity::Leads, id)?;
    let includes = Includes::read(Entity::Contacts, &["sales_accounts", "deals"])?;
    let record = world.live(Entity::Contacts, contact)?;
    let body = shapes::one(world, Entity::Contacts, &record, &includes);
    Ok(Answer::ok(body))
}

/// Makes the contact with its account and deal, or nothing.
fn make(world: &mut World, id: u64) -> Result<u64, Failure> {
    let lead = world.live(Entity::Leads, id)?;
    let person = person(world, &lead);
    let contact = rules::create(world, Entity::Contacts, &person, None)?;
    if let Err(why) = link(world, &lead, contact) {
        world.forget(Entity::Contacts, contact)?;
        return Err(why);
    }
    Ok(contact)
}

/// The lead as a request for a contact; what a contact does not have is ignored there.
fn person(world: &World, lead: &Record) -> Fields {
    let mut body = lead.fields.clone();
    // Stored times are numbers; a request gives them as answers show them.
    let custom = shapes::custom_field(world, Entity::Leads, lead);
    body.insert("custom_field".to_owned(), custom);
    body
}

/// Makes or finds the account, and makes the deal, where the lead names them.
fn link(world: &mut World, lead: &Record, contact: u64) -> Result<(), Failure> {
    let inner = |name: &str| {
        let inner = lead.fields.get(name).and_then(Value::as_object);
        inner.filter(|inner| inner.contains_key("name")).cloned()
    };
    let mut made = None;
    let account = match inner("company") {
        Some(company) => {
            let name = company.get("name").and_then(|name| key("name", name));
            let table = world.table(Entity::SalesAccounts);
            let found = name.and_then(|name| table.holder(&name));
            let found = found.filter(|id| table.is_live(*id));
            if found.is_none() {
                made = Some(rules::create(world, Entity::SalesAccounts, &company, None)?);
            }
            found.or(made)
        }
        None => None,
    };
    if let Some(mut deal) = inner("deal") {
        deal.insert("sales_account_id".to_owned(), account.into());
        deal.insert("contacts_added_list".to_owned(), json!([contact]));
        if let Err(why) = rules::create(world, Entity::Deals, &deal, None) {
            if let Some(account) = made {
                world.forget(Entity::SalesAccounts, account)?;
            }
            return Err(why);
        }
    }
    let Some(account) = account else {
        return Ok(());
    };
    let mut links = Fields::new();
    links.insert("sales_account_id".to_owned(), account.into());
    rules::update(world, Entity::Contacts, contact, &links)
}

fn move_children(world: &mut World, lead: u64, contact: u64) -> Result<(), Failure> {
    for entity in Entity::ALL.into_iter().filter(|entity| !entity.is_module()) {
        let ids: Vec<u64> = children(world, Entity::Leads, lead, entity)
            .iter()
            .collect();
        for id in ids {
            let mut record = world.live(entity, id)?;
            let target = Entity::Contacts.model();
            record
                .fields
                .insert("targetable_type".to_owned(), target.into());
            record
                .fields
                .insert("targetable_id".to_owned(), contact.into());
            world.put(entity, record);
        }
    }
    Ok(())
}
