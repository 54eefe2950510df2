//! Sends a sealed load file: an intent is on disk before each request leaves, an outcome after it.
//!
//! Work is cut into units (a bulk call, a single record, a list call, a look-up), and a bounded number of units is on the way
//! at a time. Nothing here decides what to send: the sealed file does. Nothing here sends a row again whose fate is unknown.

mod answers;
mod bulk;
mod bundle;
mod confirm;
mod fingerprint;
mod index_wait;
mod journal;
mod look_up;
mod refusals;
mod sealed;
mod stored;
mod unit;
mod upload;
mod whole;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::catalog::{List, Object, Write};
use crate::error::{Error, Kind, Result};
use crate::freshsales::{Client, Listing};
use crate::ledger::Ledger;

pub use answers::Answers;
pub use bundle::index as write_bundle_index;
pub use fingerprint::Taken;
pub use index_wait::IndexWait;
use journal::Ending;
pub use look_up::{id, record_id};
pub use refusals::Refusals;
pub use sealed::{Action, Row};
pub use stored::Stored;
use unit::{Done, Unit};

/// Rows in a bulk call; the destination takes no more.
const BULK_ROWS: usize = 100;

/// How the rows of one sealed file ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The destination holds them.
    pub accepted: u64,
    /// The destination refused them.
    pub rejected: u64,
    /// They certainly did not arrive.
    pub not_taken: u64,
    /// They may have arrived.
    pub unknown: u64,
}

impl Tally {
    /// Rows whose request has ended, in whatever way.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.accepted + self.rejected + self.not_taken + self.unknown
    }

    /// Sums up.
    pub fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.not_taken += other.not_taken;
        self.unknown += other.unknown;
    }
}

/// What every unit needs: where to send, where to write down.
pub struct Sending {
    /// The object's entry.
    pub object: Object,
    /// The run that sends.
    pub run_id: String,
    /// The client; it counts calls and keeps the pace.
    pub client: Arc<Client>,
    /// The log.
    pub ledger: Arc<Ledger>,
    /// What a child writes into `targetable_type` → the path of the parents it means.
    pub parents: BTreeMap<String, String>,
    /// Folder for bundle files.
    pub bundle: PathBuf,
    /// Stored records that answers showed.
    pub answers: Answers,
    /// Records that are known to be some row's.
    pub taken: Taken,
    /// How long the destination's lists and searches may lag behind its records.
    pub index_wait: Duration,
    /// Folder of the landed files, each under its hash.
    pub files: PathBuf,
    /// Set by Ctrl-C: calls in flight end, no further one begins.
    pub stop: Arc<AtomicBool>,
    /// Rows beyond this number stay in the file.
    pub most_rows: usize,
    /// What was refused, and whether that is enough.
    pub refusals: Refusals,
}

impl Sending {
    /// Whether nothing further is to begin.
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// Sends the rows of `sealed`, at most `workers` units at a time; `progress` hears the rows done so far.
///
/// # Errors
/// [`Kind::Destination`] when the destination cannot go on, or bars the way; [`Kind::Rejected`] when it refuses rows alike again
/// and again; [`Kind::Interrupted`] after Ctrl-C. In all cases the calls in flight have ended and the ledger is complete.
pub async fn send(
    sending: Arc<Sending>,
    sealed: &Path,
    workers: usize,
    progress: &dyn Fn(u64),
) -> Result<Tally> {
    let mut flight = Flight::default();
    let rows = sealed::rows(sealed)?.take(sending.most_rows);
    for unit in units(rows, &sending.object) {
        let unit = match unit {
            Ok(unit) => unit,
            Err(error) => {
                flight.failure = Some(error);
                break;
            }
        };
        while flight.units.len() >= workers.max(1) {
            flight.land_one().await;
            progress(flight.rows());
        }
        if flight.handed.len() >= confirm::MOST_HANDED {
            flight.land_all(&sending, progress).await;
        }
        if !flight.may_go_on(&sending).await {
            break;
        }
        flight.units.spawn(unit.carry_out(Arc::clone(&sending)));
    }
    flight.land_all(&sending, progress).await;
    flight.weigh_refusals(&sending).await;
    // What answers showed is kept whatever stopped the sending.
    let kept = sending.answers.finish(&sending).await;
    match flight.failure {
        Some(error) => Err(error),
        None if sending.is_stopped() => kept.and(Err(interrupted())),
        None => kept.map(|()| flight.tally),
    }
}

/// The units on their way.
#[derive(Default)]
struct Flight {
    units: JoinSet<Result<Done>>,
    tally: Tally,
    /// Rows that bulk jobs have taken, and whose ids are still to be read.
    handed: Vec<confirm::Handed>,
    /// The first failure is kept, and stops the sending.
    failure: Option<Error>,
}

impl Flight {
    /// Waits for one unit.
    async fn land_one(&mut self) {
        match self.units.join_next().await {
            Some(Ok(Ok(done))) => {
                self.tally.add(done.tally);
                self.handed.extend(done.handed);
            }
            Some(Ok(Err(error))) => self.fail(error),
            // Not because of the error, which holds the panic's message: that may quote what was sent.
            Some(Err(_)) => self.fail(Error::new(Kind::Bug, "a sending task broke off")),
            None => {}
        }
    }

    /// Waits for all units, and reads the ids of what bulk jobs took. After a failure or a stop the ids are left for the next
    /// run, which looks these rows up.
    async fn land_all(&mut self, sending: &Sending, progress: &dyn Fn(u64)) {
        while !self.units.is_empty() {
            self.land_one().await;
            progress(self.rows());
        }
        let handed = std::mem::take(&mut self.handed);
        let is_over = self.failure.is_some() || sending.is_stopped();
        let ended = match is_over {
            true => confirm::leave(sending, handed).await,
            false => confirm::ids(sending, handed).await,
        };
        match ended {
            Ok(tally) => self.tally.add(tally),
            Err(error) => self.fail(error),
        }
        progress(self.rows());
    }

    /// Whether another unit may begin. Waits until it is time for it.
    async fn may_go_on(&mut self, sending: &Sending) -> bool {
        if sending.refusals.is_enough() {
            return false;
        }
        if self.failure.is_none() {
            self.failure = hindrance(sending, &self.tally).await;
        }
        self.failure.is_none() && !sending.is_stopped()
    }

    /// Rows that were refused for what is not their matter remain to be sent.
    async fn weigh_refusals(&mut self, sending: &Sending) {
        let object = &sending.object.name;
        let is_end = self.failure.is_none() && !sending.is_stopped();
        let Some((rows, told)) = sending.refusals.take_barred(is_end) else {
            if let Some(error) = sending.refusals.too_many(object) {
                self.fail(error);
            }
            return;
        };
        let error = refusals::barred(object, rows.len(), &told);
        let waits = Ending::NotTaken { reason: told };
        let endings = rows.into_iter().map(|row| (row, waits.clone())).collect();
        let settled = journal::settle(sending, endings).await;
        self.fail(settled.err().unwrap_or(error));
    }

    /// Rows that have ended, or wait for nothing but their ids.
    fn rows(&self) -> u64 {
        self.tally.rows() + self.handed.len() as u64
    }

    fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }
}

/// The list that shows an object's records, where it is one list for all of them.
#[must_use]
pub fn listing(object: &Object) -> Option<Listing> {
    let target = object.target.clone();
    match object.list.clone()? {
        List::Views { named, include } => Some(Listing::Views {
            target,
            names: named,
            include,
        }),
        List::Pages { filters, include } => Some(Listing::Pages {
            target,
            filters,
            include,
        }),
        List::Children { .. } | List::Members | List::Selector => None,
    }
}

/// Why no further unit may begin, if so. Waits for its time before its intents are written down, not after.
async fn hindrance(sending: &Sending, tally: &Tally) -> Option<Error> {
    if tally.not_taken > 0 {
        return Some(not_taken(&sending.client).await);
    }
    match sending.object.is_sent() {
        true => sending.client.begin().await.err(),
        false => None,
    }
}

/// A call that was not taken, after all the client's patience, is no single row's matter: the next one would not be either.
async fn not_taken(client: &Client) -> Error {
    match client.check().await {
        Err(error) => error,
        Ok(()) => Error::new(
            Kind::Destination,
            "the destination takes no more calls for now",
        )
        .hint("`deskferry load` goes on where it stopped"),
    }
}

fn interrupted() -> Error {
    Error::new(
        Kind::Interrupted,
        "stopped; the calls in flight have ended and the ledger is complete",
    )
    .hint("`deskferry load` goes on where it stopped")
}

/// Cuts the rows into units, in the file's order; rows of one bulk or list call are gathered on the way.
fn units(
    rows: impl Iterator<Item = Result<Row>>,
    object: &Object,
) -> impl Iterator<Item = Result<Unit>> {
    let mut gatherer = Gatherer::new(object);
    let mut rows = rows;
    let mut is_done = false;
    std::iter::from_fn(move || {
        while !is_done {
            match rows.next() {
                Some(Ok(row)) => {
                    if let Some(unit) = gatherer.take(row) {
                        return Some(Ok(unit));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => is_done = true,
            }
        }
        gatherer.rest().map(Ok)
    })
}

/// Rows on their way into a unit of many.
struct Gatherer {
    write: Write,
    bulk_column: Option<String>,
    bulk: Vec<Row>,
    members: BTreeMap<i64, Vec<Row>>,
    look_up: Vec<Row>,
    matched: Vec<Row>,
}

impl Gatherer {
    fn new(object: &Object) -> Self {
        Self {
            write: object.write,
            bulk_column: object.keys().next().map(|(column, _)| column.to_owned()),
            bulk: Vec::new(),
            members: BTreeMap::new(),
            look_up: Vec::new(),
            matched: Vec::new(),
        }
    }

    /// Takes a row; answers a unit when one is full.
    fn take(&mut self, row: Row) -> Option<Unit> {
        match (row.action, self.write) {
            (Action::Match, _) => full(&mut self.matched, row).map(Unit::Match),
            (Action::LookUp, Write::Bundle) => Some(Unit::Bundle(row)),
            (Action::LookUp, Write::ListMembers) | (_, Write::ListMembers) => self.member(row),
            (Action::LookUp, _) => full(&mut self.look_up, row).map(Unit::LookUp),
            (Action::Create, Write::BulkUpsert) if self.has_bulk_key(&row) => {
                full(&mut self.bulk, row).map(Unit::Bulk)
            }
            (_, Write::Bundle) => Some(Unit::Bundle(row)),
            _ => Some(Unit::Single(row)),
        }
    }

    fn has_bulk_key(&self, row: &Row) -> bool {
        self.bulk_column
            .as_deref()
            .is_some_and(|column| row.text(column).is_some())
    }

    /// Adding a member twice changes nothing there, so a row in doubt is simply added again.
    fn member(&mut self, row: Row) -> Option<Unit> {
        let list = row
            .text("list_id")
            .and_then(|id| id.parse().ok())
            .unwrap_or_default();
        let rows = self.members.entry(list).or_default();
        full(rows, row).map(|rows| Unit::Members(list, rows))
    }

    /// What is left when the file has ended, one unit a call.
    fn rest(&mut self) -> Option<Unit> {
        if !self.matched.is_empty() {
            return Some(Unit::Match(std::mem::take(&mut self.matched)));
        }
        if !self.look_up.is_empty() {
            return Some(Unit::LookUp(std::mem::take(&mut self.look_up)));
        }
        if !self.bulk.is_empty() {
            return Some(Unit::Bulk(std::mem::take(&mut self.bulk)));
        }
        while let Some((list, rows)) = self.members.pop_first() {
            if !rows.is_empty() {
                return Some(Unit::Members(list, rows));
            }
        }
        None
    }
}

fn full(rows: &mut Vec<Row>, row: Row) -> Option<Vec<Row>> {
    rows.push(row);
    (rows.len() >= BULK_ROWS).then(|| std::mem::take(rows))
}
