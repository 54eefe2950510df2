//! Bulk calls: up to a hundred rows a call, done later, and no ids in the answer.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, World};
use super::journal::Change;
use super::records;

/// First id of a job.
const FIRST_ID: u64 = 55_000_001;

/// A bulk upsert. Its rows are written when it is done, not before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    entity: Entity,
    rows: Vec<Value>,
    polls: u32,
    created_millis: i64,
    done: Option<Report>,
}

/// How a job ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    at: i64,
    succeeded: usize,
    failures: Vec<Value>,
}

/// All jobs of an account.
#[derive(Debug, Default)]
pub struct Jobs {
    all: BTreeMap<u64, Job>,
    /// Those that are not done; few, so that no call walks through all.
    in_flight: BTreeSet<u64>,
}

impl Jobs {
    /// Takes a job.
    pub fn put(&mut self, id: u64, job: Job) {
        if job.done.is_none() {
            self.in_flight.insert(id);
        }
        self.all.insert(id, job);
    }

    /// Somebody has asked for a job.
    pub fn polled(&mut self, id: u64) {
        if let Some(job) = self.all.get_mut(&id) {
            job.polls = job.polls.saturating_add(1);
        }
    }

    /// The rows of a job are written.
    pub fn done(&mut self, id: u64, report: Report) {
        self.in_flight.remove(&id);
        if let Some(job) = self.all.get_mut(&id) {
            job.rows = Vec::new();
            job.done = Some(report);
        }
    }

    /// How many there ever were.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// One change each, from which they can be made again.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_>> {
        self.all.iter().map(|(id, job)| Change::Job {
            id: *id,
            job: Cow::Borrowed(job),
        })
    }
}

/// `POST /<objects>/bulk_upsert`
pub fn upsert(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    if world.jobs.in_flight.len() >= world.profile().jobs_in_flight {
        return Err(too_many());
    }
    let Some(Value::Array(rows)) = call.object()?.get(entity.plural()) else {
        let plural = entity.plural();
        return Err(Failure::invalid(format!(
            "The type for {plural} is invalid."
        )));
    };
    check_count(world, rows.len())?;
    let last = world.jobs.all.keys().next_back();
    let id = last.map_or(FIRST_ID, |last| last + 1);
    let job = Job {
        entity,
        rows: rows.clone(),
        polls: 0,
        created_millis: world.clock.millis(),
        done: None,
    };
    world.journal.note(&Change::Job {
        id,
        job: Cow::Borrowed(&job),
    });
    world.jobs.put(id, job);
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
    let job = world.jobs.all.get(&id).ok_or_else(Failure::not_found)?;
    let (seen, is_done) = (job.polls, job.done.is_some());
    if !is_done {
        world.journal.note(&Change::Polled { id });
        world.jobs.polled(id);
    }
    if !is_done && seen >= polls {
        finish(world, id);
    }
    let job = world.jobs.all.get(&id).ok_or_else(Failure::not_found)?;
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
    let created = |id: &u64| world.jobs.all.get(id).map(|job| job.created_millis);
    let in_flight = world.jobs.in_flight.iter().copied();
    let due = in_flight.filter(|id| created(id).is_some_and(|created| created <= ripe));
    let due: Vec<u64> = due.collect();
    for id in due {
        finish(world, id);
    }
}

/// Writes the rows of a job in order; a second row with the same key updates the first.
fn finish(world: &mut World, id: u64) {
    let Some(job) = world.jobs.all.get_mut(&id) else {
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
    let report = Report {
        at: world.clock.now(),
        succeeded,
        failures,
    };
    world.journal.note(&Change::Done {
        id,
        report: Cow::Borrowed(&report),
    });
    world.jobs.done(id, report);
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
