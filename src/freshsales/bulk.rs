//! Many records as one asynchronous job: handed over, watched, and its failures tied back to rows.
//!
//! A job tells no ids, so "done" is no proof: each row still has to be found at the destination.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::job_report::report_of;
use super::message;
use super::outcome::{Answer, Effect, Purpose};
use super::transport::Call;
use super::{Client, Endpoint, Key};
use crate::error::{Error, Kind, Result};

/// Rows that one job takes.
pub const BULK_ROWS: usize = 100;

/// The longest time between two looks at a job.
const LONGEST_POLL: Duration = Duration::from_secs(60);
/// How the path of a job begins, below any prefix.
pub(super) const JOBS: &str = "job_statuses/";

/// One row of a bulk job. No `Debug`: it is a person's data.
#[derive(Clone, PartialEq)]
pub struct BulkRow {
    /// How the destination recognises the record.
    pub key: Key,
    /// Its fields.
    pub body: Map<String, Value>,
}

/// What became of one bulk job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkOutcome {
    /// The job has ended. Rows that are not in `failed` still have to be found at the destination, which tells their ids.
    Done {
        /// Rows that the job's report names as failed: index into the rows sent, and the reason without personal values.
        failed: Vec<(usize, String)>,
        /// Failures that the report counts or lists without saying which row they belong to.
        failed_untied: u64,
    },
    /// No row was taken; all may be sent again later.
    NotTaken {
        /// Why.
        reason: String,
        /// Some: quota used up, or too many jobs in flight. None: the destination could not be reached.
        retry_after: Option<Duration>,
    },
    /// The job as a whole was refused: no row was written.
    Rejected {
        /// HTTP status.
        status: u16,
        /// Its words, without personal values.
        reason: String,
    },
    /// Any row may or may not have been written: look each one up.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Client {
    /// Creates or updates up to 100 records in one job, and waits for its end: `POST {target}/bulk_upsert`, then its
    /// `job_statuses`. No row for no rows. Keys should differ within a batch: twins cannot be told apart in a report.
    ///
    /// # Errors
    /// `Kind::Bug` for more than 100 rows; `Kind::Destination` as for a single write, before anything was handed over.
    pub async fn bulk_upsert(&self, to: &Endpoint, rows: &[BulkRow]) -> Result<BulkOutcome> {
        if rows.len() > BULK_ROWS {
            return Err(Error::new(
                Kind::Bug,
                format!("a bulk job takes {BULK_ROWS} rows, not {}", rows.len()),
            ));
        }
        if rows.is_empty() {
            return Ok(BulkOutcome::Done {
                failed: Vec::new(),
                failed_untied: 0,
            });
        }
        self.bulk_watched(to, rows, &mut |_| {}).await
    }

    /// As [`Self::bulk_upsert`] for some rows; `on_look` sees every answer about the job.
    pub(super) async fn bulk_watched(
        &self,
        to: &Endpoint,
        rows: &[BulkRow],
        on_look: &mut (dyn FnMut(&Value) + Send),
    ) -> Result<BulkOutcome> {
        // Never closed; were it, the limit of the destination would still hold.
        let _slot = self.jobs.acquire().await.ok();
        let answer = self.hand_over(to, rows).await?;
        match answer.effect {
            Effect::Accept => Ok(self.watch(&answer.body, rows, on_look).await),
            Effect::Wait | Effect::Busy | Effect::Again => Ok(BulkOutcome::NotTaken {
                reason: answer.told(),
                retry_after: answer.retry_after,
            }),
            Effect::Reject | Effect::Absent | Effect::Stop => Ok(BulkOutcome::Rejected {
                status: answer.status,
                reason: answer.reason,
            }),
            Effect::Doubt => Ok(BulkOutcome::Unknown {
                reason: answer.told(),
            }),
        }
    }

    /// Offers the batch until a job slot is free, for as long as a job may take.
    async fn hand_over(&self, to: &Endpoint, rows: &[BulkRow]) -> Result<Answer> {
        let rows: Vec<Value> = rows.iter().map(row_json).collect();
        let path = format!("{}/bulk_upsert", to.target);
        let body = json!({ &to.target: rows });
        let call = Call::with_body(Method::POST, path, body, Purpose::Bulk);
        let mut waits = Waits::new(self);
        loop {
            let mut answer = self.transport.ask(&call).await?;
            if answer.effect != Effect::Busy {
                return Ok(answer);
            }
            if !waits.next(self).await {
                answer.retry_after = Some(LONGEST_POLL);
                return Ok(answer);
            }
        }
    }

    /// Looks at the job until it ends. Whatever goes wrong from here on leaves the rows unknown: they were handed over.
    async fn watch(
        &self,
        answer: &Value,
        rows: &[BulkRow],
        on_look: &mut (dyn FnMut(&Value) + Send),
    ) -> BulkOutcome {
        let unknown = |reason: String| BulkOutcome::Unknown { reason };
        let Some(path) = answer.get("job_status_url").and_then(job_path) else {
            return unknown("the destination took the rows but named no job".to_owned());
        };
        let mut waits = Waits::new(self);
        while waits.next(self).await {
            let job = match self.transport.read(&Call::get(&path, Vec::new())).await {
                Ok(Some(job)) => job,
                Ok(None) => return unknown(format!("{path} is not there any more")),
                Err(error) => return unknown(format!("{path} {}", unread(&error, rows))),
            };
            let job = job
                .get("job_status")
                .filter(|one| one.is_object())
                .unwrap_or(&job);
            on_look(job);
            if let Some(outcome) = ending(job, rows, &path) {
                return outcome;
            }
        }
        unknown(format!(
            "{path} had not ended after {} s",
            self.job_timeout.as_secs()
        ))
    }
}

/// Why nothing was heard of a job. Its words may quote the rows that it was handed.
fn unread(error: &Error, rows: &[BulkRow]) -> String {
    let sent: Value = rows.iter().map(row_json).collect();
    message::scrub(&format!("could not be read: {error}"), &sent)
}

/// What an ended job comes to; `None` while it runs.
fn ending(job: &Value, rows: &[BulkRow], path: &str) -> Option<BulkOutcome> {
    let unknown = |why: &str| BulkOutcome::Unknown {
        reason: format!("{path} {why}"),
    };
    let report = || report_of(job, rows);
    Some(match state_of(job) {
        State::Running => return None,
        State::Done => report().map_or_else(
            || unknown("has ended and tells nothing of its rows"),
            |report| report.into_outcome(rows.len()),
        ),
        State::Failed => match report() {
            Some(report) if report.accounts_for(rows.len()) => report.into_outcome(rows.len()),
            // One bad row may have done that: all count as failed, and none is named.
            _ => BulkOutcome::Done {
                failed: Vec::new(),
                failed_untied: rows.len() as u64,
            },
        },
    })
}

/// Waits that grow from `job_poll` to a minute, until they come to `job_timeout`. Time spent waiting for a turn is not the job's.
struct Waits {
    next: Duration,
    left: Duration,
}

impl Waits {
    fn new(client: &Client) -> Self {
        Self {
            next: client.job_poll.min(LONGEST_POLL),
            left: client.job_timeout,
        }
    }

    /// Sleeps; false, at once, when there is no time left. A stop cuts it short: the call that follows does not leave.
    async fn next(&mut self, client: &Client) -> bool {
        if self.left.is_zero() {
            return false;
        }
        client.transport.pace.sleep(self.next).await;
        self.left = self.left.saturating_sub(self.next);
        self.next = self.next.mul_f64(1.5).min(LONGEST_POLL);
        true
    }
}

pub(super) fn row_json(row: &BulkRow) -> Value {
    json!({ &row.key.name: &row.key.value, "data": &row.body })
}

/// The path of a job below our base. Host, port and prefix of the answered URL are left aside: behind a proxy they are
/// not ours, and the key goes nowhere else.
fn job_path(url: &Value) -> Option<String> {
    let url = url.as_str()?;
    let at = url.rfind(JOBS)?;
    let id: String = url
        .get(at + JOBS.len()..)?
        .chars()
        .take_while(|one| one.is_ascii_alphanumeric() || "-_".contains(*one))
        .collect();
    (!id.is_empty()).then(|| format!("{JOBS}{id}"))
}

enum State {
    Running,
    Done,
    Failed,
}

fn state_of(job: &Value) -> State {
    let word = job
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match word.trim().to_uppercase().as_str() {
        "SUCCESS" | "SUCCEEDED" | "COMPLETED" | "COMPLETE" | "DONE" => State::Done,
        "FAILED" | "FAILURE" | "ERROR" => State::Failed,
        _ => State::Running,
    }
}
