//! Which call goes where. One table; a path that is not in it is an HTML 404.

use serde_json::json;

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, World};
use super::profile::Plan;
use super::{
    activities, automation, bulk, documents, leads, lists, lookup, phone_calls, records, search,
    selectors, settings, views,
};

/// Answers a call below the API prefix.
pub fn answer(world: &mut World, call: &Call) -> Outcome {
    bulk::settle(world);
    world.catch_up_index();
    let outcome = route(world, call);
    automation::run(world);
    outcome
}

fn route(world: &mut World, call: &Call) -> Outcome {
    world.profile().edition.check(call)?;
    let path = call.segments();
    if world.profile().plan < needed(&path) {
        return Err(Failure::forbidden());
    }
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["selector", rest @ ..]) => selectors::answer(world, rest),
        ("GET", ["settings", "module_customizations"]) => {
            Ok(Answer::ok(json!({"module_customizations": []})))
        }
        ("GET", ["settings", module, "fields"]) => settings::fields(world, module),
        ("GET", ["settings", module, "forms"]) => settings::forms(world, module),
        ("GET", ["job_statuses", id]) => bulk::status(world, number(id)?),
        ("GET", ["search"]) => lookup::search(world, call),
        ("GET", ["lookup"]) => lookup::lookup(world, call),
        ("POST", ["filtered_search", name]) => {
            let entity = Entity::module_by_singular(name).ok_or(Failure::NoRoute)?;
            search::filtered(world, entity, call)
        }
        ("GET", ["lists"]) => lists::all(world, call),
        ("POST", ["lists"]) => lists::create(world, call),
        ("PUT", ["lists", id]) => lists::rename(world, number(id)?, call),
        ("PUT", ["lists", id, action]) => lists::change(world, number(id)?, action, call),
        ("GET", ["contacts", "lists", id]) => lists::contacts(world, number(id)?, call),
        ("POST", ["phone_calls"]) => phone_calls::create(world, call),
        ("POST", ["cti_phone_calls"]) => Err(Failure::invalid("An API key cannot do this")),
        ("POST", ["documents"]) => documents::upload(world, call),
        ("POST", ["document_links"]) => documents::link(world, call),
        // The account could have modules of its own, and has none.
        (_, ["custom_module", ..]) => Err(Failure::not_found()),
        (_, [plural, rest @ ..]) => match Entity::by_plural(plural) {
            Some(Entity::Documents | Entity::PhoneCalls) | None => Err(Failure::NoRoute),
            Some(entity) if entity.is_module() => module(world, entity, call, rest),
            Some(entity) => activity(world, entity, call, rest),
        },
        _ => Err(Failure::NoRoute),
    }
}

fn module(world: &mut World, entity: Entity, call: &Call, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), rest) {
        ("POST", []) => records::create(world, entity, call),
        ("POST", ["upsert"]) => records::upsert(world, entity, call),
        ("POST", ["bulk_upsert"]) => bulk::upsert(world, entity, call),
        ("POST", ["bulk_destroy"]) => bulk::destroy(world, entity, call),
        ("POST", ["bulk_assign_owner"]) if entity.is_person() => {
            bulk::assign_owner(world, entity, call)
        }
        ("GET", ["scroll", id]) => views::scroll(world, entity, number(id)?, call),
        ("GET", ["filters"]) => views::filters(world, entity),
        ("GET", ["view", id]) => views::rows(world, entity, number(id)?, call),
        ("GET", [id]) => records::get(world, entity, number(id)?, call),
        ("PUT", [id]) => records::update(world, entity, number(id)?, call),
        ("DELETE", [id]) => records::delete(world, entity, number(id)?, call),
        ("DELETE", [id, "forget"]) => records::forget(world, entity, number(id)?),
        ("GET", [id, "notes"]) => activities::of(world, entity, number(id)?, Entity::Notes, call),
        ("GET", [id, "document_associations"]) => {
            documents::associations(world, entity, number(id)?, call)
        }
        ("POST", [id, "convert"]) if entity == Entity::Leads => {
            leads::convert(world, number(id)?, call)
        }
        ("GET", [id, "contacts"]) if entity == Entity::SalesAccounts => {
            activities::of(world, entity, number(id)?, Entity::Contacts, call)
        }
        _ => Err(Failure::NoRoute),
    }
}

fn activity(world: &mut World, entity: Entity, call: &Call, rest: &[&str]) -> Outcome {
    let has_reads = entity != Entity::Notes;
    match (call.method.as_str(), rest) {
        ("POST", []) => records::create(world, entity, call),
        ("GET", []) if has_reads => activities::list(world, entity, call),
        ("GET", [id]) if has_reads => records::get(world, entity, number(id)?, call),
        ("PUT", [id]) => records::update(world, entity, number(id)?, call),
        ("DELETE", [id]) => records::delete(world, entity, number(id)?, call),
        _ => Err(Failure::NoRoute),
    }
}

/// The plan that a path needs.
fn needed(path: &[&str]) -> Plan {
    match path {
        ["custom_module", ..]
        | ["settings", "module_customizations", ..]
        | [_, _, "manage_team_members"] => Plan::Enterprise,
        ["cpq", ..] => Plan::Pro,
        _ => Plan::Free,
    }
}

/// The id in a path; anything else there is no route.
fn number(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| Failure::NoRoute)
}
