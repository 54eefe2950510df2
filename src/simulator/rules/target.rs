//! Rules of what hangs on a record: tasks, appointments, notes, sales activities, files.

use serde_json::{Value, json};

use super::super::crm::{Entity, World};
use super::{Draft, values};

/// Takes what only such objects have.
pub fn check(world: &World, draft: &mut Draft) {
    target(world, draft);
    match draft.entity {
        Entity::Tasks => task(world, draft),
        Entity::Appointments => {
            order(world, draft, "from_date");
            attendees(draft);
        }
        Entity::SalesActivities => {
            order(world, draft, "start_date");
            outcome(world, draft);
        }
        _ => (),
    }
}

/// One target, an undeleted contact, lead, account or deal. It must be given on create and can be changed only whole.
fn target(world: &World, draft: &mut Draft) {
    let (kind, id) = (
        draft.body.get("targetable_type"),
        draft.body.get("targetable_id"),
    );
    // A call log may have lost its target on the way.
    let may_lack = draft.id.is_some() || draft.entity == Entity::PhoneCalls;
    if kind.is_none() && id.is_none() && may_lack {
        return;
    }
    let entity = kind.and_then(Value::as_str).and_then(Entity::by_target);
    let Some(entity) = entity.filter(|entity| world.has(*entity)) else {
        return draft.problem("Targetable type is invalid");
    };
    let id = id
        .and_then(|id| values::id(id).ok())
        .and_then(|id| id.as_u64());
    let Some(id) = id.filter(|id| world.table(entity).is_live(*id)) else {
        return draft.problem("Targetable is invalid");
    };
    draft.set("targetable_type", entity.model().into());
    draft.set("targetable_id", id.into());
}

/// 0 is open, 1 is done. The completion time is the moment of the change; a request cannot set it.
fn task(world: &World, draft: &mut Draft) {
    let sent = draft.body.get("status").map(values::number);
    let before = draft.fields.get("status").and_then(Value::as_u64);
    let status = match sent {
        None => before.unwrap_or(0),
        Some(Ok(number)) if matches!(number.as_u64(), Some(0 | 1)) => {
            number.as_u64().unwrap_or_default()
        }
        Some(_) => return draft.problem("Status is invalid"),
    };
    if before != Some(status) {
        let done = (status == 1).then(|| world.clock.now());
        draft.set("completed_date", done.map_or(Value::Null, Value::from));
    }
    draft.set("status", status.into());
    task_users(world, draft);
}

fn task_users(world: &World, draft: &mut Draft) {
    let Some(sent) = draft.body.get("task_users_attributes") else {
        return;
    };
    let mut users = Vec::new();
    for one in sent.as_array().into_iter().flatten() {
        let id = values::id(&one["user_id"]).ok().and_then(|id| id.as_u64());
        match id.filter(|id| world.setup.user(*id).is_some()) {
            Some(id) => users.push(id),
            None => return draft.problem("User is invalid"),
        }
    }
    draft.set("user_ids", users.into());
}

fn order(world: &World, draft: &mut Draft, begin: &str) {
    let at = |name: &str| draft.fields.get(name).and_then(Value::as_i64);
    if let (Some(from), Some(to)) = (at(begin), at("end_date"))
        && to < from
    {
        let label = world.setup.label(draft.entity, "end_date");
        draft.problem(format!("{label} must be after the start"));
    }
}

fn attendees(draft: &mut Draft) {
    let Some(sent) = draft.body.get("appointment_attendees_attributes") else {
        return;
    };
    let known = |one: &Value| {
        let kind = one["attendee_type"].as_str().unwrap_or_default();
        matches!(kind, "Contact" | "FdMultitenant::User") && values::id(&one["attendee_id"]).is_ok()
    };
    let Some(list) = sent.as_array().filter(|list| list.iter().all(known)) else {
        return draft.problem("Appointment attendees are invalid");
    };
    let kept = list.iter().enumerate().map(|(n, one)| {
        json!({"id": n + 1, "attendee_type": one["attendee_type"], "attendee_id": one["attendee_id"]})
    });
    let kept = kept.collect();
    draft.set("attendees", Value::Array(kept));
}

/// An outcome belongs to one type of activity.
fn outcome(world: &World, draft: &mut Draft) {
    let Some(outcome) = draft.id_in("sales_activity_outcome_id") else {
        return;
    };
    let kind = draft.id_in("sales_activity_type_id");
    let mut outcomes = world.setup.activity_outcomes.iter();
    let fits = outcomes.any(|one| one.id == outcome && Some(one.sales_activity_type_id) == kind);
    if !fits {
        draft.problem("Sales activity outcome is invalid");
    }
}
