//! The account's own rules: they act right after a record was made, when its answer is already written.

use serde_json::Value;

use super::answer::Fields;
use super::crm::{Entity, World};
use super::profile::Workflow;
use super::rules;

/// Acts on the records that the present call has made.
pub fn run(world: &mut World) {
    let made = std::mem::take(&mut world.made);
    for (entity, id) in made {
        for rule in world.profile().workflow.clone() {
            let change = match rule {
                Workflow::Owner => next_owner(world, entity, id),
                Workflow::Stage => next_stage(world, entity, id),
            };
            let Some((name, value)) = change else {
                continue;
            };
            let change = Fields::from_iter([(name.to_owned(), value.into())]);
            // As a PUT by the account itself; one that would be refused is not made.
            drop(rules::update(world, entity, id, &change));
        }
    }
}

/// The active user behind the owner, from the last one back to the first.
fn next_owner(world: &World, entity: Entity, id: u64) -> Option<(&'static str, u64)> {
    let record = world.live(entity, id).ok()?;
    let owner = record.fields.get("owner_id").and_then(Value::as_u64);
    let users = world.setup.users.iter().filter(|user| user.is_active);
    let users: Vec<u64> = users.map(|user| user.id).collect();
    let place = users.iter().position(|user| Some(*user) == owner)?;
    Some(("owner_id", users[(place + 1) % users.len()]))
}

fn next_stage(world: &World, entity: Entity, id: u64) -> Option<(&'static str, u64)> {
    let record = world.live(entity, id).ok()?;
    let stage = record.fields.get("deal_stage_id").and_then(Value::as_u64)?;
    let (pipeline, _) = world.setup.stage(stage)?;
    let mut stages = pipeline.deal_stages.iter().map(|one| one.id);
    stages.find(|one| *one == stage)?;
    Some(("deal_stage_id", stages.next()?))
}
