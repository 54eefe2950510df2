//! Rules of leads beyond plain fields: the stage, and the company and the deal inside them.

use serde_json::Value;

use super::super::answer::Fields;
use super::super::crm::{Field, LEAD_COMPANY, LEAD_DEAL, World};
use super::contact::phone_numbers;
use super::values::{self, Wrong};
use super::{Draft, emails, is_known, too_long};

/// Takes what only leads have.
pub fn check(world: &World, draft: &mut Draft) {
    emails::check(draft, world.profile().email_array_form);
    phone_numbers(draft);
    inner(world, draft, "company", LEAD_COMPANY);
    inner(world, draft, "deal", LEAD_DEAL);
    if draft.id_in("lead_stage_id").is_none() {
        let stages = world.setup.choices.get("lead_stages");
        let first = stages.and_then(|stages| stages.first());
        draft.set(
            "lead_stage_id",
            first.map_or(Value::Null, |one| one.id.into()),
        );
    }
}

/// Takes the fields that an object inside the lead names; the others stay as they are.
fn inner(world: &World, draft: &mut Draft, name: &str, fields: &[Field]) {
    let sent = match draft.body.get(name) {
        None => return,
        Some(Value::Null) => return draft.set(name, Value::Null),
        Some(Value::Object(sent)) => sent,
        Some(_) => return draft.problem(format!("The type for {name} is invalid.")),
    };
    let mut stored = match draft.fields.shift_remove(name) {
        Some(Value::Object(stored)) => stored,
        _ => Fields::new(),
    };
    for field in fields {
        let Some(value) = sent.get(field.name) else {
            continue;
        };
        let label = format!("{name} {}", field.name);
        match values::read(field.kind, value, world.zone()) {
            Err(Wrong::Length(most)) => draft.problem(too_long(&label, most)),
            Ok(Value::Null) => drop(stored.shift_remove(field.name)),
            Ok(value) if is_known(world, field.kind, &value) => {
                stored.insert(field.name.to_owned(), value);
            }
            _ => draft.problem(format!("{label} is invalid")),
        }
    }
    draft.set(name, Value::Object(stored));
}
