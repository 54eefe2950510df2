//! A hundred rows in one job. A job that fails as a whole, or says that some failed and not which, is cut in halves until
//! the bad rows stand alone. Sending a row again is safe here, and only here: its key is unique at the destination.

use super::confirm::Handed;
use super::journal::{self, Ending};
use super::sealed::Row;
use super::unit::{Done, endpoint, single};
use super::{Sending, confirm};
use crate::error::{Error, Kind, Result};
use crate::freshsales::{BulkOutcome, BulkRow, Key};

/// Sends rows in one job and, where that says too little, in smaller ones.
pub async fn send(sending: &Sending, rows: Vec<Row>) -> Result<Done> {
    journal::intend(sending, &rows, None).await?;
    let mut done = Done::default();
    let mut waiting = vec![rows];
    let (mut is_halved, mut is_doubtful) = (false, false);
    while let Some(mut rows) = waiting.pop() {
        // A row that stands alone gets an answer of its own, which says more than a job's report.
        if is_halved && rows.len() == 1 && may_go_on(sending) {
            for row in rows {
                done.add(single(sending, row).await?.into());
            }
            continue;
        }
        match job(sending, &rows).await? {
            BulkOutcome::Done {
                failed,
                failed_untied: 0,
            } => done.add(settle_job(sending, rows, failed).await?),
            outcome if is_to_be_halved(&outcome) => {
                is_halved = true;
                is_doubtful |= matches!(outcome, BulkOutcome::Done { .. });
                let rest = rows.split_off(rows.len().div_ceil(2));
                waiting.extend([rest, rows].into_iter().filter(|half| !half.is_empty()));
            }
            // What a smaller job did not take may have been written by the larger one.
            BulkOutcome::NotTaken { reason, .. } if is_doubtful => {
                let outcome = BulkOutcome::Unknown { reason };
                done.add(settle_all(sending, rows, outcome).await?);
            }
            outcome => done.add(settle_all(sending, rows, outcome).await?),
        }
    }
    Ok(done)
}

fn may_go_on(sending: &Sending) -> bool {
    !sending.is_stopped() && !sending.refusals.is_enough()
}

/// One job, of which only so many are in flight; none where those before it were refused.
async fn job(sending: &Sending, rows: &[Row]) -> Result<BulkOutcome> {
    if sending.refusals.is_enough() {
        return Ok(BulkOutcome::NotTaken {
            reason: "not sent: those before it were refused".to_owned(),
            retry_after: None,
        });
    }
    let key = sending.object.keys().next();
    let (column, name) =
        key.ok_or_else(|| Error::new(Kind::Bug, "a bulk job of an object without a key"))?;
    let sent: Vec<BulkRow> = rows.iter().map(|row| bulk_row(row, column, name)).collect();
    sending.client.bulk_upsert(&endpoint(sending), &sent).await
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

/// What is the matter with single rows shows in halves; a missing right or plan (403, 404) does not.
fn is_to_be_halved(outcome: &BulkOutcome) -> bool {
    match outcome {
        BulkOutcome::Done { failed_untied, .. } => *failed_untied > 0,
        BulkOutcome::Rejected { status, .. } => matches!(status, 400 | 409 | 413 | 422),
        BulkOutcome::NotTaken { .. } | BulkOutcome::Unknown { .. } => false,
    }
}

/// The job names the rows that failed; the others were taken, and their ids are read later.
async fn settle_job(
    sending: &Sending,
    rows: Vec<Row>,
    failed: Vec<(usize, String)>,
) -> Result<Done> {
    let mut refused = Vec::new();
    let mut handed = Vec::new();
    for (index, row) in rows.into_iter().enumerate() {
        match failed.iter().find(|(at, _)| *at == index) {
            Some((_, reason)) => {
                let reason = reason.clone();
                refused.push((
                    row,
                    Ending::Rejected {
                        status: None,
                        reason,
                    },
                ));
            }
            None => handed.push(Handed::new(row, confirm::column(sending))),
        }
    }
    let tally = journal::settle(sending, refused).await?;
    if !handed.is_empty() {
        sending.refusals.pass();
    }
    Ok(Done { tally, handed })
}

async fn settle_all(sending: &Sending, rows: Vec<Row>, outcome: BulkOutcome) -> Result<Done> {
    let ending = match outcome {
        BulkOutcome::Rejected { status, reason } => Ending::Rejected {
            status: Some(status),
            reason,
        },
        BulkOutcome::NotTaken { reason, .. } => Ending::NotTaken { reason },
        BulkOutcome::Unknown { reason } => Ending::Unknown { reason },
        BulkOutcome::Done { .. } => Ending::unknown("the job names no row that failed"),
    };
    let endings = rows.into_iter().map(|row| (row, ending.clone())).collect();
    journal::settle(sending, endings).await.map(Done::from)
}
