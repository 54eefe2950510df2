//! One unit of work: intents, a request, outcomes.

use std::sync::Arc;

use serde_json::Value;

use super::journal::{self, Ending};
use super::sealed::{Action, Row};
use super::{Sending, Tally, bundle, look_up};
use crate::catalog::Write;
use crate::error::Result;
use crate::freshsales::{BulkOutcome, BulkRow, Endpoint, Key, Outcome};

/// What is sent, or looked up, at once.
pub enum Unit {
    /// Up to a hundred rows in one bulk upsert.
    Bulk(Vec<Row>),
    /// One record.
    Single(Row),
    /// Up to a hundred members of one list.
    Members(i64, Vec<Row>),
    /// Rows whose earlier request ended in doubt.
    LookUp(Vec<Row>),
    /// Rows found by SQL.
    Match(Vec<Row>),
    /// One file of the bundle.
    Bundle(Row),
}

impl Unit {
    /// Carries the unit out; an `Err` stops the run.
    pub async fn carry_out(self, sending: Arc<Sending>) -> Result<Tally> {
        let sending = &*sending;
        match self {
            Self::Bulk(rows) => bulk(sending, rows).await,
            Self::Single(row) => single(sending, row).await,
            Self::Members(list, rows) => members(sending, list, rows).await,
            Self::LookUp(rows) => look_up::resolve(sending, rows).await,
            Self::Match(rows) => matched(sending, rows).await,
            Self::Bundle(row) => bundle::write(sending, row).await,
        }
    }
}

/// The endpoint of the object that is being sent.
pub fn endpoint(sending: &Sending) -> Endpoint {
    Endpoint {
        target: sending.object.target.clone(),
        wrapper: sending.object.wrapper.clone(),
    }
}

/// Sends one row by itself: by id when it is known, by key when it has one, else as a new record.
pub async fn single(sending: &Sending, row: Row) -> Result<Tally> {
    let to = endpoint(sending);
    let client = &sending.client;
    let outcome = match (row.action, row.destination_id) {
        (Action::Update, Some(id)) => {
            let before = client.get(&format!("{}/{id}", to.target), &[]).await?;
            journal::intend(sending, std::slice::from_ref(&row), before).await?;
            client.update(&to, id, &row.body).await?
        }
        _ => {
            journal::intend(sending, std::slice::from_ref(&row), None).await?;
            match upsert_key(sending, &row) {
                Some(key) => client.upsert(&to, &key, &row.body).await?,
                None => client.create(&to, &row.body).await?,
            }
        }
    };
    journal::settle(sending, vec![(row, Ending::from(outcome))]).await
}

/// The first key that the row has a value for.
fn upsert_key(sending: &Sending, row: &Row) -> Option<Key> {
    if !matches!(sending.object.write, Write::Upsert | Write::BulkUpsert) {
        return None;
    }
    sending.object.keys().find_map(|(column, name)| {
        row.text(column).map(|value| Key {
            name: name.to_owned(),
            value,
        })
    })
}

/// Sends up to a hundred rows, waits for the job, and reads the ids back by key: the job names none.
async fn bulk(sending: &Sending, rows: Vec<Row>) -> Result<Tally> {
    let Some((column, name)) = sending.object.keys().next() else {
        return Ok(Tally::default());
    };
    let (column, name) = (column.to_owned(), name.to_owned());
    journal::intend(sending, &rows, None).await?;
    let sent: Vec<BulkRow> = rows
        .iter()
        .map(|row| bulk_row(row, &column, &name))
        .collect();
    let outcome = sending
        .client
        .bulk_upsert(&endpoint(sending), &sent)
        .await?;
    let all = |ending: Ending| vec![ending; rows.len()];
    let endings = match outcome {
        BulkOutcome::Done {
            failed,
            failed_untied,
        } => {
            let found = look_up::by_key(sending, &column, &rows).await?;
            job_endings(rows.len(), &failed, failed_untied, found)
        }
        BulkOutcome::Rejected { status, reason } => all(Ending::Rejected {
            status: Some(status),
            reason,
        }),
        BulkOutcome::NotTaken { reason, .. } => all(Ending::NotTaken { reason }),
        BulkOutcome::Unknown { reason } => all(Ending::Unknown { reason }),
    };
    journal::settle(sending, rows.into_iter().zip(endings).collect()).await
}

fn bulk_row(row: &Row, column: &str, name: &str) -> BulkRow {
    BulkRow {
        key: Key {
            name: name.to_owned(),
            value: row.text(column).unwrap_or_default(),
        },
        body: row.body.clone(),
    }
}

/// A row is accepted when it was found by its key and the job did not name it as failed.
fn job_endings(
    rows: usize,
    failed: &[(usize, String)],
    failed_untied: u64,
    found: Vec<Option<i64>>,
) -> Vec<Ending> {
    let mut endings: Vec<Ending> = found
        .into_iter()
        .map(|id| match id {
            Some(id) if failed_untied == 0 => Ending::Accepted { id: Some(id) },
            Some(_) => Ending::unknown("the job reports failed rows without naming them"),
            None => Ending::unknown("the job has ended, but the record is not found by its key"),
        })
        .collect();
    endings.resize(
        rows,
        Ending::unknown("the look-up did not answer for this row"),
    );
    for (index, reason) in failed {
        if let Some(ending) = endings.get_mut(*index) {
            *ending = Ending::Rejected {
                status: None,
                reason: reason.clone(),
            };
        }
    }
    endings
}

/// Adds contacts to a list. Adding one twice changes nothing there.
async fn members(sending: &Sending, list: i64, rows: Vec<Row>) -> Result<Tally> {
    journal::intend(sending, &rows, None).await?;
    let contacts: Vec<i64> = rows.iter().map(contact).collect();
    let endings = match sending.client.add_to_list(list, &contacts).await? {
        Outcome::Accepted { .. } => contacts
            .iter()
            .map(|id| Ending::Accepted { id: Some(*id) })
            .collect(),
        other => vec![Ending::from(other); rows.len()],
    };
    journal::settle(sending, rows.into_iter().zip(endings).collect()).await
}

fn contact(row: &Row) -> i64 {
    row.body
        .get("contact_id")
        .and_then(Value::as_i64)
        .unwrap_or_default()
}

/// Writes down what SQL found; no call is made.
async fn matched(sending: &Sending, rows: Vec<Row>) -> Result<Tally> {
    let endings = rows
        .iter()
        .map(|row| Ending::Accepted {
            id: row.destination_id,
        })
        .collect::<Vec<_>>();
    journal::settle(sending, rows.into_iter().zip(endings).collect()).await
}
