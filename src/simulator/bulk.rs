//! Bulk calls: up to a hundred rows a call, done later, and no ids in the answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, World};
use super::records;

/// First id of a job.
const FIRST_ID: u64 = 55_000_001;

/// A bulk upsert. Its rows are written when it is done, not before.
#[derive(Debug)]
struct Job {
    entity: Entity,
    rows: Vec<Value>,
    polls: u32,
    created_millis: i64,
    done: Option<Report>,
}

/// How a job ended.
#[derive(Debug)]
struct Report {
    at: i64,
    succeeded: usize,
    failures: Vec<Value>,
}

/// All jobs of an account.
#[derive(Debug, Default)]
pub struct Jobs(BTreeMap<u64, Job>);

/// `POST /<objects>/bulk_upsert`
pub fn upsert(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let in_flight = world.jobs.0.values().filter(|job| job.done.is_none());
    if in_flight.count() >= world.profile().jobs_in_flight {
        return Err(too_many());
    }
    let Some(Value::Array(rows)) = call.object()?.get(entity.plural()) else {
        let plural = entity.plural();
        return Err(Failure::invalid(format!(
            "The type for {plural} is invalid."
        )));
    };
    check_count(world, rows.len())?;
    let last = world.jobs.0.keys().next_back();
    let id = last.map_or(FIRST_ID, |last| last + 1);
    let job = Job {
        entity,
        rows: rows.clone(),
        polls: 0,
        created_millis: world.clock.millis(),
        done: None,
    };
    world.jobs.0.insert(id, job);
    Ok(Answer::ok(json!({
        "job_status_url": format!("{}/job_statuses/{id}", world.base_url),
        "message": "Your request is being processed",
    })))
}

/// Refusal beyond the jobs in flight.
pub fn too_many() -> Failure {
    Failure::refused(405, "Max of 10 transactions can be processed at a time")
}

fn check_count(world: &World, count: usize) -> Result<(), Failure> {
    let most = world.profile().bulk_rows;
    if (1..=most).contains(&count) {
        Ok(())
    } else {
        Err(Failure::invalid(format!("Send 1 to {most} records a call")))
    }
}

/// `GET /job_statuses/{id}`: QUEUED, IN_PROGRESS, SUCCESS. `data` comes with the last, as JSON inside a text.
pub fn status(world: &mut World, id: u64) -> Outcome {
    let polls = world.profile().job_polls;
    let job = world.jobs.0.get_mut(&id).ok_or_else(Failure::not_found)?;
    let seen = job.polls;
    job.polls = seen.saturating_add(1);
    if job.done.is_none() && seen >= polls {
        finish(world, id);
    }
    let job = world.jobs.0.get(&id).ok_or_else(Failure::not_found)?;
    let state = match (&job.done, seen) {
        (Some(_), _) => "SUCCESS",
        (None, 0) => "QUEUED",
        (None, _) => "IN_PROGRESS",
    };
    let progress = match job.done {
        Some(_) => 100,
        None => seen * 100 / (polls + 1),
    };
    let at = job.done.as_ref().map(|report| report.at);
    let created = job.created_millis / 1000;
    Ok(Answer::ok(json!({
        "id": id,
        "created_at": world.zone().show(created),
        "job_type_name": format!("{} bulk upsert", job.entity.model()),
        "status": state,
        "progress": progress,
        "status_updated_at": world.zone().show(at.unwrap_or(created)),
        "data": job.done.as_ref().map(report),
    })))
}

fn report(report: &Report) -> String {
    let data = json!({
        "record_status": {"succeeded": report.succeeded, "failed": report.failures.len()},
        "detailed_failure_report": report.failures,
    });
    data.to_string()
}

/// Ends the jobs whose time has come, whether somebody polls them or not.
pub fn settle(world: &mut World) {
    let ripe = world.clock.millis() - i64::from(world.profile().job_seconds) * 1000;
    let jobs = world.jobs.0.iter();
    let due = jobs.filter(|(_, job)| job.done.is_none() && job.created_millis <= ripe);
    let due: Vec<u64> = due.map(|(id, _)| *id).collect();
    for id in due {
        finish(world, id);
    }
}

/// Writes the rows of a job in order; a second row with the same key updates the first.
fn finish(world: &mut World, id: u64) {
    let Some(job) = world.jobs.0.get_mut(&id) else {
        return;
    };
    let (entity, rows) = (job.entity, std::mem::take(&mut job.rows));
    let mut succeeded = 0;
    let mut failures = Vec::new();
    for row in &rows {
        match write(world, entity, row) {
            Ok(_) => succeeded += 1,
            Err(failure) => failures.push(failed(row, failure)),
        }
    }
    let at = world.clock.now();
    if let Some(job) = world.jobs.0.get_mut(&id) {
        job.done = Some(Report {
            at,
            succeeded,
            failures,
        });
    }
}

fn write(world: &mut World, entity: Entity, row: &Value) -> Result<u64, Failure> {
    let row = row.as_object();
    let data = row.and_then(|row| row.get("data"));
    let keys = row
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "data");
    let keys: Vec<(&String, &Value)> = keys.collect();
    match (keys.as_slice(), data) {
        ([(name, value)], Some(data)) => records::upsert_by(world, entity, (name, value), data),
        (_, None) => Err(Failure::invalid("data can't be empty")),
        _ => Err(Failure::invalid("Send one unique identifier a record")),
    }
}

/// The identifiers of a row as sent, with what was wrong.
fn failed(row: &Value, failure: Failure) -> Value {
    let sent = row.as_object().cloned().unwrap_or_default();
    let mut entry: Map<String, Value> = sent.into_iter().filter(|(k, _)| k != "data").collect();
    entry.insert("errors".to_owned(), failure.messages().into());
    Value::Object(entry)
}

/// `POST /<objects>/bulk_destroy`: into the Recycle Bin; unknown ids are passed over.
pub fn destroy(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let body = call.object()?;
    let ids = body.get("selected_ids").and_then(Value::as_array);
    let Some(ids) = ids.filter(|ids| ids.iter().all(Value::is_u64)) else {
        return Err(Failure::invalid("The type for selected_ids is invalid."));
    };
    check_count(world, ids.len())?;
    let cascades = body.get("delete_associated_contacts_deals") == Some(&Value::Bool(true));
    for id in ids.iter().filter_map(Value::as_u64) {
        if world.table(entity).is_live(id) {
            records::remove(world, entity, id, cascades)?;
        }
    }
    Ok(Answer::ok(
        json!({"message": "Your request is being processed"}),
    ))
}
