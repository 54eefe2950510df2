//! Rules of deals beyond plain fields: pipeline, stage, closing, linked contacts.

use serde_json::Value;

use super::super::crm::{Entity, World};
use super::super::seed::{Forecast, Pipeline, Stage};
use super::contact::ids;
use super::{Draft, values};

/// Takes what only deals have.
pub fn check(world: &World, draft: &mut Draft) {
    stage(world, draft);
    contacts(world, draft);
    if draft.id.is_none() && draft.id_in("currency_id").is_none() {
        let own = world.setup.currencies.first().map(|one| one.id);
        draft.set("currency_id", own.map_or(Value::Null, Value::from));
    }
}

fn stage(world: &World, draft: &mut Draft) {
    let Ok((pipeline, stage)) = wanted(world, draft) else {
        return draft.problem("Deal stage is invalid");
    };
    let before = draft.id_in("deal_stage_id");
    if before == Some(stage.id) {
        return;
    }
    let now = world.clock.now();
    draft.set("deal_pipeline_id", pipeline.id.into());
    draft.set("deal_stage_id", stage.id.into());
    draft.set("stage_updated_time", now.into());
    if !draft.body.contains_key("probability") {
        draft.set("probability", stage.probability.into());
    }
    // The system sets the closing time; a request cannot.
    let closed = match stage.forecast_type {
        Forecast::Open => Value::Null,
        Forecast::Won | Forecast::Lost => now.into(),
    };
    draft.set("closed_date", closed);
}

/// The stage a deal shall have: as sent, or the first of the sent or default pipeline, or the one it has.
fn wanted<'w>(world: &'w World, draft: &Draft) -> Result<(&'w Pipeline, &'w Stage), values::Wrong> {
    let setup = &world.setup;
    let sent = |name| match draft.body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(sent) => values::id(sent).map(|id| id.as_u64()),
    };
    let (pipeline, stage) = (sent("deal_pipeline_id")?, sent("deal_stage_id")?);
    if let Some(stage) = stage {
        let found = setup.stage(stage).ok_or(values::Wrong::Value)?;
        let fits = pipeline.is_none_or(|id| id == found.0.id);
        return if fits {
            Ok(found)
        } else {
            Err(values::Wrong::Value)
        };
    }
    let present = draft.id_in("deal_stage_id").and_then(|id| setup.stage(id));
    let line = match pipeline {
        Some(id) => setup.pipeline(id),
        None => setup.default_pipeline(),
    };
    let line = line.ok_or(values::Wrong::Value)?;
    if let Some(present) = present
        && pipeline.is_none_or(|id| id == present.0.id)
    {
        return Ok(present);
    }
    let first = line.deal_stages.first().ok_or(values::Wrong::Value)?;
    Ok((line, first))
}

/// `contacts_added_list` and `contacts_removed_list` link and unlink; other links stay.
fn contacts(world: &World, draft: &mut Draft) {
    let stored = draft.fields.get("contacts").and_then(ids);
    let mut linked = stored.unwrap_or_default();
    for name in ["contacts_added_list", "contacts_removed_list"] {
        let Some(sent) = draft.body.get(name).filter(|sent| !sent.is_null()) else {
            continue;
        };
        let Some(sent) = ids(sent) else {
            return draft.problem(format!("The type for {name} is invalid."));
        };
        if name == "contacts_removed_list" {
            linked.retain(|id| !sent.contains(id));
            continue;
        }
        for id in sent {
            if !world.table(Entity::Contacts).is_live(id) {
                return draft.problem("Contact is invalid");
            }
            if !linked.contains(&id) {
                linked.push(id);
            }
        }
    }
    draft.set("contacts", linked.into());
}
