//! Bulk calls: up to a hundred rows a call, done later, and no ids in the answer.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::Call;
use super::crm::{Entity, World};
use super::faults::FaultKind;
use super::journal::Change;
use super::profile::{FailureReport, JobFails};
use super::{records, rules};

/// First id of a job.
const FIRST_ID: u64 = 55_000_001;

/// Simulated seconds after which a job is done though its caller asked for it and then went away.
const ABANDONED_SECONDS: u32 = 3600;

/// A bulk upsert. Its rows are written when it is done, not before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    entity: Entity,
    rows: Vec<Value>,
    polls: u32,
    created_millis: i64,
    /// It ends badly and writes nothing.
    is_doomed: bool,
    done: Option<Report>,
}

/// How a job ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    at: i64,
    has_failed: bool,
    /// `None` when it broke off.
    data: Option<String>,
}

/// All jobs that can still be asked for.
#[derive(Debug, Default)]
pub struct Jobs {
    all: BTreeMap<u64, Job>,
    /// Those that are not done; few, so that no call walks through all.
    in_flight: BTreeSet<u64>,
    /// Also of one that is forgotten; 0 before the first.
    last_id: u64,
}

impl Jobs {
    /// Takes a job.
    pub fn put(&mut self, id: u64, job: Job) {
        if job.done.is_none() {
            self.in_flight.insert(id);
        }
        self.all.insert(id, job);
        self.begin_behind(id);
    }

    /// The next job gets a higher id than this one.
    pub fn begin_behind(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
    }

    /// The last id that was given, 0 before the first.
    pub fn last_id(&self) -> u64 {
        self.last_id
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

    /// How many can be asked for.
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
    let most = world.profile().jobs_in_flight;
    if world.jobs.in_flight.len() >= most {
        return Err(too_many(most));
    }
    let Some(Value::Array(rows)) = call.object()?.get(entity.plural()) else {
        let plural = entity.plural();
        return Err(Failure::invalid(format!(
            "The type for {plural} is invalid."
        )));
    };
    check_count(world, rows.len())?;
    let before = world.jobs.last_id;
    let id = FIRST_ID.max(before + 1);
    let job = Job {
        entity,
        rows: rows.clone(),
        polls: 0,
        created_millis: world.clock.millis(),
        is_doomed: call.fault == Some(FaultKind::FailedJob),
        done: None,
    };
    world.journal.note(&Change::Job {
        id,
        job: Cow::Borrowed(&job),
    });
    world.jobs.put(id, job);
    let is_twin = call.fault == Some(FaultKind::DuplicateJob) && before > 0;
    let told = if is_twin { before } else { id };
    Ok(Answer::ok(json!({
        "job_status_url": format!("{}/job_statuses/{told}", world.base_url),
        "message": "Your request is being processed",
    })))
}

/// Whether the last job is not the first one.
pub fn has_several(world: &World) -> bool {
    world.jobs.last_id > FIRST_ID
}

/// Refusal beyond the jobs in flight.
pub fn too_many(most: usize) -> Failure {
    let text = format!("Max of {most} transactions can be processed at a time");
    Failure::refused(405, &text)
}

fn check_count(world: &World, count: usize) -> Result<(), Failure> {
    let most = world.profile().bulk_max;
    if (1..=most).contains(&count) {
        Ok(())
    } else {
        Err(Failure::invalid(format!("Send 1 to {most} records a call")))
    }
}

/// `GET /job_statuses/{id}`: queued, running, done or failed. `data` comes with the end, as JSON inside a text.
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
    let words = &world.profile().job_states;
    let (state, progress) = match (&job.done, seen) {
        (Some(report), _) if report.has_failed => (&words.failed, 100),
        (Some(_), _) => (&words.done, 100),
        (None, 0) => (&words.queued, 0),
        (None, _) => {
            let parts = u64::from(polls) + 1;
            (&words.running, u64::from(seen) * 100 / parts)
        }
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
        "data": job.done.as_ref().and_then(|report| report.data.as_ref()),
    })))
}

/// Ends the jobs whose time has come, and forgets the oldest. One that somebody polls is left to its polls, or a fast
/// clock would end it before the second.
pub fn settle(world: &mut World) {
    let now = world.clock.millis();
    let seconds = world.profile().job_seconds;
    let is_due = |job: &Job| {
        let patience = match job.polls {
            0 => seconds,
            _ => seconds.max(ABANDONED_SECONDS),
        };
        job.created_millis <= now - i64::from(patience) * 1000
    };
    let in_flight = world.jobs.in_flight.iter().copied();
    let due = in_flight.filter(|id| world.jobs.all.get(id).is_some_and(is_due));
    let due: Vec<u64> = due.collect();
    for id in due {
        finish(world, id);
    }
    let Some(kept) = world.profile().job_kept_seconds else {
        return;
    };
    let oldest = world.clock.now() - i64::from(kept);
    // Jobs end nearly in the order of their ids, so the first that stays ends the search.
    while let Some(job) = world.jobs.all.first_entry()
        && job.get().done.as_ref().is_some_and(|done| done.at < oldest)
    {
        job.remove();
    }
}

/// Writes the rows of a job in order; a second row with the same key updates the first.
fn finish(world: &mut World, id: u64) {
    let Some(job) = world.jobs.all.get_mut(&id) else {
        return;
    };
    let (entity, is_doomed) = (job.entity, job.is_doomed);
    let rows = std::mem::take(&mut job.rows);
    let (has_failed, data) = if is_doomed {
        (true, None)
    } else {
        let (has_failed, data) = write_all(world, entity, &rows);
        (has_failed, Some(data.to_string()))
    };
    let report = Report {
        at: world.clock.now(),
        has_failed,
        data,
    };
    world.journal.note(&Change::Done {
        id,
        report: Cow::Borrowed(&report),
    });
    world.jobs.done(id, report);
}

/// Writes rows; whether that counts as failed, and what the job says about it.
fn write_all(world: &mut World, entity: Entity, rows: &[Value]) -> (bool, Value) {
    let mut written = Vec::new();
    let mut failures = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        match write(world, entity, row) {
            Ok(id) => written.push(with_identifiers(row, "id", id.into())),
            Err(failure) => failures.push((n, row, failure.messages())),
        }
    }
    let profile = world.profile();
    let failed = failures.len();
    let has_failed = match profile.job_fails {
        JobFails::Never => false,
        JobFails::AnyRow => failed > 0,
        JobFails::EveryRow => written.is_empty(),
    };
    let mut data = json!({"record_status": {"succeeded": written.len(), "failed": failed}});
    let style = profile.failure_report;
    if style != FailureReport::None {
        let entries = failures.into_iter().map(|(n, row, messages)| match style {
            FailureReport::RowIndex => json!({"index": n, "errors": messages}),
            _ => with_identifiers(row, "errors", messages.into()),
        });
        data["detailed_failure_report"] = entries.collect();
    }
    if profile.job_ids_in_result {
        data["records"] = written.into();
    }
    (has_failed, data)
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

/// The identifiers of a row as sent, and one thing more.
fn with_identifiers(row: &Value, name: &str, value: Value) -> Value {
    let sent = row.as_object().cloned().unwrap_or_default();
    let mut entry: Map<String, Value> = sent.into_iter().filter(|(k, _)| k != "data").collect();
    entry.insert(name.to_owned(), value);
    Value::Object(entry)
}

/// `POST /<objects>/bulk_destroy`: into the Recycle Bin; unknown ids are passed over.
pub fn destroy(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let cascades =
        call.object()?.get("delete_associated_contacts_deals") == Some(&Value::Bool(true));
    for id in selected(world, entity, call)? {
        records::remove(world, entity, id, cascades)?;
    }
    Ok(taken())
}

/// `POST /{contacts,leads}/bulk_assign_owner`: unknown ids are passed over.
pub fn assign_owner(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let Some(owner) = call.object()?.get("owner_id").filter(|id| id.is_u64()) else {
        return Err(Failure::invalid("The type for owner_id is invalid."));
    };
    let change = Fields::from_iter([("owner_id".to_owned(), owner.clone())]);
    for id in selected(world, entity, call)? {
        rules::update(world, entity, id, &change)?;
    }
    Ok(taken())
}

/// The undeleted records among `selected_ids`.
fn selected(world: &World, entity: Entity, call: &Call) -> Result<Vec<u64>, Failure> {
    let ids = call.object()?.get("selected_ids").and_then(Value::as_array);
    let ids: Option<Vec<u64>> = ids.and_then(|ids| ids.iter().map(Value::as_u64).collect());
    let mut ids = ids.ok_or_else(|| Failure::invalid("The type for selected_ids is invalid."))?;
    check_count(world, ids.len())?;
    ids.sort_unstable();
    ids.dedup();
    let table = world.table(entity);
    Ok(ids.into_iter().filter(|id| table.is_live(*id)).collect())
}

fn taken() -> Answer {
    Answer::ok(json!({"message": "Your request is being processed"}))
}
