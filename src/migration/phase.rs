//! One phase = one object: build, check before, seal, send, read back, check after.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roaring::RoaringTreemap;
use serde::Deserialize;

use super::run::Run;
use super::seal::{Sealed, is_any_left, seal};
use super::{Progress, read_back, relations, there_before, views};
use crate::catalog::{Object, When, Write};
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::load::{self, Sending, Tally};
use crate::reconcile;
use crate::warehouse::{Warehouse, quote_text};

/// Carries one object through its phase, and says how many rows were sent. It passes only when nothing is unknown, pending or
/// lost.
///
/// # Errors
/// [`Kind::Decision`], [`Kind::Check`] for a gate; [`Kind::Rejected`] beyond the approved number; [`Kind::Destination`].
pub async fn carry(run: &Run<'_>, object: &Object, warehouse: &mut Warehouse) -> Result<u64> {
    if !reconcile::has_rows(object, warehouse)? {
        return Ok(0);
    }
    relations::refresh(&run.inputs(), object, warehouse)?;
    if is_any_left(run, object, warehouse)? {
        rows_left(run, object)?;
        check(run, object, warehouse, When::BeforeLoad)?;
        // What is there before anything is sent is what counts are compared with afterwards.
        read_back::count(run, object).await?;
        if there_before::adopt(run, object, warehouse).await? {
            relations::refresh(&run.inputs(), object, warehouse)?;
        }
    }
    let sent = send_all(run, object, warehouse).await?;
    if object.write == Write::Bundle && sent > 0 {
        load::write_bundle_index(&bundles(run).join(&object.name))?;
    }
    if sent > 0 {
        warehouse.reopen()?;
    }
    read(run, object, warehouse, sent > 0).await?;
    if sent > 0 {
        warehouse.reopen()?;
    }
    let checked = check(run, object, warehouse, When::AfterLoad);
    // What was found is published also when it stops the run: it is what people look at next.
    if sent > 0 || checked.is_err() {
        warehouse.publish(&run.workspace.warehouse())?;
    }
    if sent > 0 {
        warehouse.reopen()?;
    }
    // A row that has not come to its end explains what the checks find: it says what to do next.
    settled(run, object, warehouse)?;
    checked.map(|()| sent)
}

/// Reads back what was written, as far as no answer and no list has shown it since, and counts once more.
async fn read(run: &Run<'_>, object: &Object, warehouse: &Warehouse, is_new: bool) -> Result<()> {
    if !object.is_sent() {
        return Ok(());
    }
    if is_new {
        run.watch.hear(Progress::Reading {
            object: &object.name,
        });
    }
    views::stored_view(&run.inputs(), &object.name, warehouse)?;
    read_back::written(run, object, warehouse).await?;
    if is_new {
        read_back::count(run, object).await?;
    }
    relations::refresh(&run.inputs(), object, warehouse)?;
    views::stored_view(&run.inputs(), &object.name, warehouse)
}

/// Runs the phase's checks, keeps their results, and decides the gate.
fn check(run: &Run<'_>, object: &Object, warehouse: &Warehouse, when: When) -> Result<()> {
    let findings = reconcile::check_phase(&run.workspace.catalog, warehouse, object, when)?;
    run.note(&findings)?;
    run.watch.hear(Progress::Findings(&findings));
    reconcile::gate(&findings)
}

/// Seals and sends until nothing is left. More than one wave is needed when a row's parent is in the same object, and when an
/// unknown outcome has to be looked up. A wave that brings only unknown ones is followed by their look-up; a second one is the last.
async fn send_all(run: &Run<'_>, object: &Object, warehouse: &mut Warehouse) -> Result<u64> {
    let (mut sent, mut accepted) = (0, 0);
    let mut was_idle = false;
    let most = MOST_ACCEPTED * count_rows(object, warehouse)?;
    for wave in 1.. {
        let Some(sealed) = seal(run, object, warehouse, wave)? else {
            break;
        };
        run.watch.hear(Progress::Sending {
            object: &object.name,
            rows: sealed.rows,
        });
        if sealed.has_doubts {
            run.client.sleep(index_lag(run, object)).await?;
        }
        let taken = match sealed.has_doubts {
            true => known_ids(object, warehouse)?,
            false => RoaringTreemap::new(),
        };
        // Days may pass until it is needed again.
        warehouse.reopen()?;
        let tally = send(run, object, &sealed, taken).await?;
        sent += tally.rows();
        // Only what was accepted and is wanted otherwise now tells of a script; what failed is sent again as it is.
        accepted += tally.accepted;
        if accepted > most {
            return Err(restless(object));
        }
        relations::refresh(&run.inputs(), object, warehouse)?;
        let is_idle = tally.accepted + tally.rejected == 0;
        if is_idle && was_idle {
            break;
        }
        was_idle = is_idle;
    }
    Ok(sent)
}

/// A row is accepted when it was sent or found, and when what was found is written once more.
const MOST_ACCEPTED: u64 = 3;

fn count_rows(object: &Object, warehouse: &Warehouse) -> Result<u64> {
    let rows = warehouse.number(&format!("select count(*) from main.load_{}", object.name))?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// Rows that were accepted and are to be sent again, and again: their wanted fields are others in each build.
fn restless(object: &Object) -> Error {
    let name = &object.name;
    let text = format!("the rows of {name} differ from one build to the next");
    Error::new(Kind::Script, text)
        .hint(format!("look for random(), now() or an order that is not fixed in what sql/load/load_{name}.sql reads"))
}

/// A record may be there and not yet in the lists and searches by which it is looked up: how long from now.
fn index_lag(run: &Run<'_>, object: &Object) -> Duration {
    let most = run.workspace.config.destination.index_wait;
    let history = run.ledger.history();
    let began = history
        .last_run()
        .map_or(Timestamp::MIN, |run| run.started_at);
    let doubts = history
        .in_doubt()
        .filter(|doubt| doubt.object == object.name);
    let Some(newest) = doubts.map(|doubt| doubt.written_by(began)).max() else {
        return Duration::ZERO;
    };
    // A clock that was set back makes a doubt look younger than it is: one whole wait is always enough.
    let age = Timestamp::now().duration_since(newest);
    most.saturating_sub(Duration::try_from(age).unwrap_or_default())
}

/// The records that the ledger knows of an object.
fn known_ids(object: &Object, warehouse: &Warehouse) -> Result<RoaringTreemap> {
    let query = format!(
        "select destination_id from ledger_outcomes where object = {}",
        quote_text(&object.name)
    );
    let mut ids = RoaringTreemap::new();
    warehouse.each_number(&query, |id| ids.extend(u64::try_from(id).ok()))?;
    Ok(ids)
}

async fn send(
    run: &Run<'_>,
    object: &Object,
    sealed: &Sealed,
    taken: RoaringTreemap,
) -> Result<Tally> {
    let sending = Arc::new(Sending {
        object: object.clone(),
        run_id: run.run_id.clone(),
        client: Arc::clone(&run.client),
        ledger: Arc::clone(&run.ledger),
        parents: run.workspace.catalog.targetables(),
        bundle: bundles(run),
        answers: load::Answers::default(),
        taken: load::Taken::new(taken),
        index_wait: run.workspace.config.destination.index_wait,
        files: landing::originals_folder(&run.workspace.staging(), &run.extract.extract_id),
        stop: Arc::clone(&run.stop),
        most_rows: rows_left(run, object)?,
        refusals: load::Refusals::beyond(run.workspace.config.max_rejected),
    });
    let workers = run.workspace.config.destination.workers;
    let progress = |done| {
        run.watch.hear(Progress::Sent {
            rows: done,
            calls: run.client.calls(),
        })
    };
    let tally = load::send(sending, &sealed.path, workers, &progress).await?;
    if object.is_sent() {
        run.spend_rows(tally.rows());
    }
    if tally.rows() < sealed.rows {
        rows_left(run, object)?;
    }
    Ok(tally)
}

/// What `--limit` leaves of an object that costs calls.
fn rows_left(run: &Run<'_>, object: &Object) -> Result<usize> {
    match object.is_sent() {
        true => run.rows_left(),
        false => Ok(usize::MAX),
    }
}

fn bundles(run: &Run<'_>) -> PathBuf {
    run.workspace.staging().join("bundles")
}

#[derive(Default, Deserialize)]
struct Open {
    rejected: i64,
    unknown: i64,
    pending: i64,
    lost: i64,
    first_rejected: Option<String>,
}

/// The phase's last gate: every row in a bucket that is an end.
fn settled(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let name = quote_text(&object.name);
    let query = include_str!("open.sql").replace("{buckets}", &relations::bucket(object));
    let open = warehouse.fetch::<Open>(&query)?;
    let open = open.into_iter().next().unwrap_or_default();
    let stopped = |kind, what: &str| {
        let text = format!("the load stopped after {}: {what}", object.name);
        let query = format!("select * from ledger_buckets where object = {name}");
        Error::new(kind, text).hint(format!("`deskferry sql \"{query}\"` lists them"))
    };
    let allowed = i64::try_from(run.workspace.config.max_rejected).unwrap_or(i64::MAX);
    if open.lost > 0 {
        let what = format!(
            "{} accepted rows are not found at the destination",
            open.lost
        );
        return Err(stopped(Kind::Check, &what));
    }
    if open.rejected > allowed {
        let what = format!(
            "{} rows were rejected, {allowed} are approved",
            open.rejected
        );
        let first = open.first_rejected.unwrap_or_default();
        return Err(stopped(Kind::Rejected, &what).because(first));
    }
    if open.unknown + open.pending > 0 {
        let what = format!(
            "{} rows did not arrive, {} are unknown",
            open.pending, open.unknown
        );
        let hint = "`deskferry load` looks up what is unknown and goes on";
        return Err(stopped(Kind::Destination, &what).hint(hint));
    }
    Ok(())
}
