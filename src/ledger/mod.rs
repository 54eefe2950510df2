//! The ledger: what happened, one checksummed line an event, on disk before anything depends on it.
//!
//! An *intent* is written before a request leaves and an *outcome* after it, so whatever moment a process is
//! killed at, the log says which rows are done, which are not, and which must be looked up. The log is only
//! ever appended to, by one process ([`lock`]) and in it by one thread; many callers share one `fsync`.
//!
//! Lines look like `{"seq":7,"at":"2026-03-01T10:00:00.000Z","event":"outcome",...,"sum":"0123456789abcdef"}`.
//! A torn last line is cut off when the log is opened: nobody was told that it is on disk. Any other damage is
//! an error, because a forgotten line would be a record sent twice.

#[cfg(debug_assertions)]
mod crash;
mod event;
mod history;
mod line;
mod lock;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use jiff::Timestamp;

pub use self::event::{
    Action, Approval, Checked, Counted, Decision, Entry, Event, Intent, Landed, Outcome, Probed,
    Queue, QueueChange, Read, RunEnded, RunStarted, Sealed, State,
};
pub use self::history::{Doubt, History, LastOutcome, ReadBack, Run, RunEnd};
pub use self::lock::{Lock, lock};
use self::segment::Segment;
pub use self::segment::{Entries, TornTail};
use self::writer::{Reply, Request, Writer};
use crate::error::{Error, Kind, Result};

/// The log, open for writing. Share it by reference; it is closed, and the workspace unlocked, when dropped.
#[derive(Debug)]
pub struct Ledger {
    /// Taken when dropped, so that the writer ends.
    requests: Option<Sender<Request>>,
    history: Arc<Mutex<History>>,
    torn: Option<TornTail>,
    thread: Option<JoinHandle<()>>,
    /// Dropped last, after the writer has ended.
    lock: Lock,
}

impl Ledger {
    /// Opens or begins the log of the locked workspace, checks every line, and cuts a torn tail off.
    ///
    /// `clock` stamps the lines. It may run wrong or backwards: the order is the sequence number.
    ///
    /// # Errors
    /// `Source` if a line is damaged, missing or of a newer version; `Config` if the files cannot be used.
    pub fn open(lock: Lock, clock: impl FnMut() -> Timestamp + Send + 'static) -> Result<Self> {
        Self::open_rolling(lock, clock, segment::ROLL_AT)
    }

    fn open_rolling(
        lock: Lock,
        clock: impl FnMut() -> Timestamp + Send + 'static,
        roll_at: u64,
    ) -> Result<Self> {
        segment::create_private_folder(&segment::folder(lock.staging()))?;
        let mut entries = Entries::open(lock.staging(), 0)?;
        let history = replay(&mut entries)?;
        let segment = Segment::resume(lock.staging(), &entries, roll_at)?;
        let torn = entries.torn_tail().cloned();
        Self::start(lock, segment, history, torn, Box::new(clock))
    }

    fn start(
        lock: Lock,
        segment: Segment,
        history: History,
        torn: Option<TornTail>,
        clock: writer::Clock,
    ) -> Result<Self> {
        let history = Arc::new(Mutex::new(history));
        let (requests, waiting) = mpsc::channel();
        let writer = Writer::new(segment, Arc::clone(&history), clock);
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.run(&waiting))
            .map_err(|cause| {
                Error::new(Kind::Bug, "the ledger's thread could not be started").because(cause)
            })?;
        Ok(Self {
            requests: Some(requests),
            history,
            torn,
            thread: Some(thread),
            lock,
        })
    }

    /// The `staging/` folder this ledger belongs to.
    #[must_use]
    pub fn staging(&self) -> &Path {
        self.lock.staging()
    }

    /// The torn tail that was cut off when the log was opened, to be told to the user.
    #[must_use]
    pub fn torn_tail(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// What the log says now, as a copy that does not change.
    #[must_use]
    pub fn history(&self) -> History {
        self.history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes the events next to each other and returns when they are on disk. Blocks: on an async task use
    /// [`Self::append_async`].
    ///
    /// # Errors
    /// `Config` if they could not be written, and from then on for every call: what is on disk is unknown
    /// until the log is opened again.
    pub fn append(&self, events: Vec<Event>) -> Result<()> {
        let (sender, answer) = mpsc::sync_channel(1);
        self.send(events, Box::new(move |result| drop(sender.send(result))))?;
        answer.recv().unwrap_or_else(|_| Err(closed()))
    }

    /// As [`Self::append`], for async tasks. A future that is dropped does not take its events back.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_async(&self, events: Vec<Event>) -> Result<()> {
        let (sender, answer) = tokio::sync::oneshot::channel();
        self.send(events, Box::new(move |result| drop(sender.send(result))))?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    fn send(&self, events: Vec<Event>, reply: Reply) -> Result<()> {
        let requests = self.requests.as_ref().ok_or_else(closed)?;
        let request = Request { events, reply };
        requests.send(request).map_err(|_| closed())
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has already failed every caller that waited for it.
            drop(thread.join());
        }
    }
}

fn closed() -> Error {
    Error::new(Kind::Bug, "the ledger's writer is gone")
}

/// What the log says, without opening it for writing: also while another process appends. A torn tail is left
/// where it is. A workspace without a log has an empty history.
///
/// # Errors
/// As [`Ledger::open`].
pub fn history(staging: &Path) -> Result<History> {
    replay(&mut Entries::open(staging, 0)?)
}

/// The lines with `seq > after`, in order and in flat memory; also while another process appends.
///
/// # Errors
/// As [`Ledger::open`], here and from the iterator.
pub fn entries(staging: &Path, after: u64) -> Result<Entries> {
    Entries::open(staging, after)
}

/// The files of the log, oldest first, for readers that know their form. None before the first line.
///
/// # Errors
/// `Source` if one is missing, `Config` if the folder cannot be read.
pub fn files(staging: &Path) -> Result<Vec<std::path::PathBuf>> {
    segment::files(&segment::folder(staging))
}

/// The last state of each object and source id, sorted by both. One row a record is held in memory: for a log
/// of millions take [`entries`] and let SQL choose the last.
///
/// # Errors
/// As [`Ledger::open`].
pub fn outcomes(staging: &Path) -> Result<Vec<LastOutcome>> {
    history::last_outcomes(Entries::open(staging, 0)?)
}

fn replay(entries: &mut Entries) -> Result<History> {
    let mut history = History::default();
    for entry in entries {
        history.apply(entry?);
    }
    Ok(history)
}
