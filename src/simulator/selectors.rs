//! `GET /selector/…`: what the admin made, read-only and never paged.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::crm::{World, user_json};
use super::seed::{Pipeline, Seed, Stage};

/// Answers `selector/<rest>`.
pub fn answer(world: &World, rest: &[&str]) -> Outcome {
    let setup = &world.setup;
    let (root, entries) = match rest {
        ["owners"] => ("users", setup.users.iter().map(user_json).collect()),
        ["deal_pipelines"] => ("deal_pipelines", pipelines(world)),
        ["deal_stages"] => ("deal_stages", all_stages(world)),
        ["deal_pipelines", id, "deal_stages"] => ("deal_stages", stages_of(world, id)?),
        ["currencies"] => ("currencies", currencies(setup)),
        ["lifecycle_stages"] => ("lifecycle_stages", lifecycle_stages(setup)),
        ["contact_statuses"] => ("contact_statuses", contact_statuses(setup)),
        ["sales_activity_types"] => ("sales_activity_types", activity_types(setup)),
        ["sales_activity_outcomes"] => ("sales_activity_outcomes", outcomes(setup, None)),
        ["sales_activity_types", id, "sales_activity_outcomes"] => {
            let id = id.parse().map_err(|_| Failure::not_found())?;
            ("sales_activity_outcomes", outcomes(setup, Some(id)))
        }
        ["sales_activity_entity_types"] => ("sales_activity_entity_types", entity_types(setup)),
        [name] => {
            let found = setup.choices.get_key_value(name);
            let (root, entries) = found.ok_or(Failure::NoRoute)?;
            let named = |(n, one): (usize, &super::seed::Choice)| json!({"partial": true, "id": one.id, "name": one.name, "position": n + 1});
            (*root, entries.iter().enumerate().map(named).collect())
        }
        _ => return Err(Failure::NoRoute),
    };
    let mut body = Map::new();
    body.insert(root.to_owned(), Value::Array(entries));
    Ok(Answer::ok(body))
}

fn pipelines(world: &World) -> Vec<Value> {
    let lines = world.setup.pipelines.iter().enumerate();
    let shown = lines.map(|(n, line)| {
        json!({
            "id": line.id,
            "name": line.name,
            "position": n + 1,
            "is_default": line.is_default,
            "rotting_days": 30,
            "aggregated_field": null,
            "configs": [],
            "deal_stages": stages(world, line),
        })
    });
    shown.collect()
}

fn all_stages(world: &World) -> Vec<Value> {
    let lines = world.setup.pipelines.iter();
    lines.flat_map(|line| stages(world, line)).collect()
}

fn stages_of(world: &World, id: &str) -> Result<Vec<Value>, Failure> {
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let line = world.setup.pipeline(id).ok_or_else(Failure::not_found)?;
    Ok(stages(world, line))
}

fn stages(world: &World, line: &Pipeline) -> Vec<Value> {
    let shown = |(n, stage): (usize, &Stage)| {
        json!({
            "partial": true,
            "id": stage.id,
            "name": stage.name,
            "position": stage.position.unwrap_or(n as u32 + 1),
            "forecast_type": stage.forecast_type.name(),
            "deal_pipeline_id": line.id,
            "choice_type": 2,
            "probability": stage.probability,
            "updated_at": world.zone().show(0),
        })
    };
    line.deal_stages.iter().enumerate().map(shown).collect()
}

fn currencies(setup: &Seed) -> Vec<Value> {
    let all = setup.currencies.iter().enumerate();
    let shown = all.map(|(n, one)| {
        json!({
            "partial": true,
            "id": one.id,
            "is_active": one.is_active,
            "currency_code": one.currency_code,
            "exchange_rate": one.exchange_rate,
            "currency_type": if n == 0 { 1 } else { 2 },
            "schedule_info": null,
        })
    });
    shown.collect()
}

fn lifecycle_stages(setup: &Seed) -> Vec<Value> {
    let all = setup.lifecycle_stages.iter().enumerate();
    let shown = all.map(|(n, stage)| {
        let statuses = stage.contact_statuses.iter().map(|status| status.id);
        json!({
            "id": stage.id,
            "name": stage.name,
            "position": n + 1,
            "disabled": false,
            "default": stage.kind != "Custom",
            "type": stage.kind,
            "contact_status_ids": statuses.collect::<Vec<_>>(),
        })
    });
    shown.collect()
}

fn contact_statuses(setup: &Seed) -> Vec<Value> {
    let shown = setup.lifecycle_stages.iter().flat_map(|stage| {
        let statuses = stage.contact_statuses.iter().enumerate();
        statuses.map(|(n, status)| {
            json!({
                "partial": true,
                "id": status.id,
                "name": status.name,
                "position": n + 1,
                "lifecycle_stage_id": stage.id,
                "forecast_type": "Open",
            })
        })
    });
    shown.collect()
}

fn activity_types(setup: &Seed) -> Vec<Value> {
    let all = setup.activity_types.iter().enumerate();
    let shown = all.map(|(n, kind)| {
        json!({
            "partial": true,
            "id": kind.id,
            "name": kind.name,
            "internal_name": kind.internal_name,
            "show_in_conversation": true,
            "position": n + 1,
            "is_default": kind.is_default,
            "is_checkedin": false,
        })
    });
    shown.collect()
}

fn outcomes(setup: &Seed, of_type: Option<u64>) -> Vec<Value> {
    let wanted = |kind: u64| of_type.is_none_or(|id| id == kind);
    let all = setup.activity_outcomes.iter();
    let chosen = all.filter(|one| wanted(one.sales_activity_type_id));
    let shown = chosen.enumerate().map(|(n, one)| {
        json!({
            "partial": true,
            "id": one.id,
            "name": one.name,
            "position": n + 1,
            "sales_activity_type_id": one.sales_activity_type_id,
        })
    });
    shown.collect()
}

fn entity_types(setup: &Seed) -> Vec<Value> {
    let shown = setup.activity_types.iter().flat_map(|kind| {
        let entities = ["Contact", "SalesAccount", "Deal"].into_iter().enumerate();
        entities.map(move |(n, entity)| {
            json!({
                "id": kind.id * 10 + n as u64,
                "name": entity,
                "sales_activity_type_id": kind.id,
                "sales_activity_type_name": kind.name,
                "position": n + 1,
            })
        })
    });
    shown.collect()
}
