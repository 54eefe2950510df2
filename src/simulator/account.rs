//! The records that an account begins with, and the account itself.

use serde_json::Value;

use super::answer::{Failure, Fields};
use super::crm::{Entity, World};
use super::edition::Edition;
use super::rules;
use super::seed::{MOST_ID, Seed, refuse};
use crate::error::Result;

/// Objects whose records a seed may hold, parents first.
const SEEDED: [Entity; 8] = [
    Entity::SalesAccounts,
    Entity::Contacts,
    Entity::Leads,
    Entity::Deals,
    Entity::Tasks,
    Entity::Appointments,
    Entity::Notes,
    Entity::SalesActivities,
];

/// A new account with the seed's lists and records, which obey the rules that requests obey.
///
/// # Errors
/// `Config` for a record that a request could not write; the message names its place.
pub fn open(seed: &Seed, base_url: &str) -> Result<World> {
    let mut world = World::new(seed.clone(), base_url.to_owned());
    let mut records = seed.records.clone();
    if seed.profile.edition == Edition::Suite
        && let Some(lists) = records.shift_remove("lists")
    {
        add_lists(&mut world, &lists)?;
    }
    for entity in SEEDED
        .into_iter()
        .filter(|entity| seed.profile.edition.has(*entity))
    {
        let Some(rows) = records.shift_remove(entity.plural()) else {
            continue;
        };
        let place = format!("records.{}", entity.plural());
        for (n, row) in array(&rows, &place)?.iter().enumerate() {
            add(&mut world, entity, row)
                .map_err(|why| refuse(&format!("{place}[{n}]: {}", why.messages().join(", "))))?;
        }
    }
    match records.keys().next() {
        Some(key) => Err(refuse(&format!("`records` has the unknown object `{key}`"))),
        None => {
            world.begin();
            Ok(world)
        }
    }
}

fn add(world: &mut World, entity: Entity, row: &Value) -> Result<u64, Failure> {
    let mut body: Fields = match row {
        Value::Object(body) => body.clone(),
        _ => return Err(Failure::invalid("it is not an object")),
    };
    let id = body.shift_remove("id").map(|id| id.as_u64());
    let id = match id {
        Some(None) => return Err(Failure::invalid("its id is no number")),
        Some(Some(id)) if world.table(entity).get(id).is_some() => {
            return Err(Failure::invalid("its id is there twice"));
        }
        Some(Some(id)) if !(1..=MOST_ID).contains(&id) => {
            return Err(Failure::invalid("its id is out of range"));
        }
        Some(id) => id,
        None => None,
    };
    rules::create(world, entity, &body, id)
}

fn add_lists(world: &mut World, lists: &Value) -> Result<()> {
    for (n, list) in array(lists, "records.lists")?.iter().enumerate() {
        let Some(name) = list["name"].as_str() else {
            return Err(refuse(&format!("records.lists[{n}] has no name")));
        };
        let id = list["id"].as_u64();
        if id.is_some_and(|id| id > MOST_ID || world.lists.get(id).is_some()) {
            let problem = format!("records.lists[{n}]: its id is there twice or out of range");
            return Err(refuse(&problem));
        }
        world.add_list(id, name);
    }
    Ok(())
}

fn array<'a>(value: &'a Value, place: &str) -> Result<&'a Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| refuse(&format!("`{place}` is no array")))
}
