//! Rules of contacts beyond plain fields: accounts, lifecycle, phone numbers, lists.

use serde_json::{Value, json};

use super::super::crm::{Entity, World, set_member};
use super::super::edition::Edition;
use super::{Draft, emails, values};

/// Takes what only contacts have.
pub fn check(world: &World, draft: &mut Draft) {
    emails::check(draft, world.profile().email_array_form);
    accounts(world, draft);
    phone_numbers(draft);
    if world.profile().edition == Edition::Suite {
        lifecycle(world, draft);
        lists(world, draft);
    }
}

/// The contact goes on the lists that the request names; it leaves none.
fn lists(world: &World, draft: &mut Draft) {
    let Some(sent) = draft.body.get("contact_list_ids") else {
        return;
    };
    let sent = ids(sent).filter(|ids| ids.iter().all(|id| world.lists.get(*id).is_some()));
    let Some(sent) = sent else {
        return draft.problem("Contact list is invalid");
    };
    for list in sent {
        set_member(&mut draft.fields, list, true);
    }
}

/// A list of ids; `None` when it is something else.
pub fn ids(sent: &Value) -> Option<Vec<u64>> {
    let read = |one| values::id(one).ok()?.as_u64();
    sent.as_array()?.iter().map(read).collect()
}

/// The sent list takes the place of the stored one; without a primary account the first one is.
fn accounts(world: &World, draft: &mut Draft) {
    let single = draft.body.get("sales_account_id");
    let sent = match (draft.body.get("sales_accounts"), single) {
        (Some(list), _) => list.clone(),
        (None, Some(Value::Null)) => json!([]),
        (None, Some(id)) => json!([{"id": id, "is_primary": true}]),
        (None, None) => return,
    };
    let Value::Array(sent) = sent else {
        return draft.problem("The type for sales_accounts is invalid.");
    };
    let mut links: Vec<Value> = Vec::new();
    for one in &sent {
        let id = values::id(&one["id"]).ok().and_then(|id| id.as_u64());
        match id {
            None => return draft.problem("The type for sales_accounts is invalid."),
            Some(id) if !world.table(Entity::SalesAccounts).is_live(id) => {
                return draft.problem("Sales account is invalid");
            }
            Some(id) if links.iter().any(|link| link["id"] == id) => (),
            Some(id) => links.push(json!({"id": id, "is_primary": one["is_primary"] == true})),
        }
    }
    let primary = links.iter().position(|link| link["is_primary"] == true);
    for (n, link) in links.iter_mut().enumerate() {
        link["is_primary"] = (n == primary.unwrap_or(0)).into();
    }
    draft.set("sales_accounts", Value::Array(links));
}

/// Stage and status must belong together; each fixes the other where it stands alone.
fn lifecycle(world: &World, draft: &mut Draft) {
    let (Ok(stage), Ok(status)) = (
        sent_id(draft, "lifecycle_stage_id"),
        sent_id(draft, "contact_status_id"),
    ) else {
        return draft.problem("Invalid contact status provided.");
    };
    let setup = &world.setup;
    let (stage, status) = match (stage, status) {
        (None, None) => return,
        (Some(stage), status) => {
            let Some(found) = setup.lifecycle(stage) else {
                return draft.problem("Invalid lifecycle stage provided.");
            };
            let first = found.contact_statuses.first().map(|one| one.id);
            (stage, status.or(first))
        }
        (None, Some(status)) => match setup.lifecycle_of(status) {
            Some(found) => (found.id, Some(status)),
            None => return draft.problem("Invalid contact status provided."),
        },
    };
    let belongs = |status| setup.lifecycle_of(status).is_some_and(|of| of.id == stage);
    if !status.is_none_or(belongs) {
        return draft.problem("Invalid contact status provided.");
    }
    draft.set("lifecycle_stage_id", stage.into());
    draft.set("contact_status_id", status.map_or(Value::Null, Value::from));
}

/// The id that the request has in a field; a label in its place is an error.
fn sent_id(draft: &Draft, name: &str) -> Result<Option<u64>, values::Wrong> {
    match draft.body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(sent) => values::id(sent).map(|id| id.as_u64()),
    }
}

/// The sent list of further numbers takes the place of the stored one.
pub fn phone_numbers(draft: &mut Draft) {
    let Some(sent) = draft.body.get("phone_numbers") else {
        return;
    };
    let numbers = sent.as_array().filter(|list| {
        let mut all = list.iter();
        all.all(|one| one["value"].is_string())
    });
    let Some(numbers) = numbers else {
        return draft.problem("The type for phone_numbers is invalid.");
    };
    let stored = numbers.iter().enumerate().map(|(n, one)| {
        json!({"id": n + 1, "value": one["value"], "label": one["label"], "_destroy": false})
    });
    let stored = stored.collect();
    draft.set("phone_numbers", Value::Array(stored));
}
