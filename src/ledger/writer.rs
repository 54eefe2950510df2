//! The one thread that writes: it gathers all who wait, writes their lines at once, and syncs once for all.

use std::fmt;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::event::{Entry, Event};
use super::history::History;
use super::line;
use super::segment::Segment;
use crate::error::{Error, Kind, Result};

pub(super) type Clock = Box<dyn FnMut() -> Timestamp + Send>;
pub(super) type Reply = Box<dyn FnOnce(Result<()>) + Send>;

/// A group is closed at this size, so that a burst of callers cannot keep the first one waiting for ever.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// Events of one caller, and how to tell it.
pub(super) struct Request {
    pub(super) events: Vec<Event>,
    pub(super) reply: Reply,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").finish_non_exhaustive()
    }
}

pub(super) struct Writer {
    segment: Segment,
    history: Arc<Mutex<History>>,
    clock: Clock,
    next_seq: u64,
    #[cfg(debug_assertions)]
    death: Option<super::crash::Death>,
}

/// Lines that go to disk together.
#[derive(Default)]
struct Group {
    lines: String,
    entries: Vec<Entry>,
    replies: Vec<Reply>,
}

impl Writer {
    pub(super) fn new(segment: Segment, history: Arc<Mutex<History>>, clock: Clock) -> Self {
        let last_seq = history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last_seq();
        Self {
            segment,
            history,
            clock,
            next_seq: last_seq + 1,
            #[cfg(debug_assertions)]
            death: super::crash::Death::ordered(),
        }
    }

    /// Serves until the ledger is dropped. After the first failed write every later request fails the same
    /// way: a log with a hole would be worse than one that ends.
    pub(super) fn run(mut self, waiting: &Receiver<Request>) {
        while let Ok(first) = waiting.recv() {
            let group = self.gather(first, waiting);
            #[cfg(debug_assertions)]
            self.die_if_ordered(group.lines.as_bytes());
            let written = self.segment.write(group.lines.as_bytes());
            let failure = written.as_ref().err().map(described);
            if written.is_ok() {
                self.remember(group.entries);
            }
            for reply in group.replies {
                reply(failure.clone().map_or(Ok(()), |why| Err(not_written(why))));
            }
            if let Some(why) = failure {
                refuse_all(waiting, &why);
                return;
            }
        }
    }

    /// Ends the process in the midst of these lines, where a test has ordered it.
    #[cfg(debug_assertions)]
    fn die_if_ordered(&mut self, lines: &[u8]) {
        let death = self.death.as_mut();
        if let Some(bytes) = death.and_then(|death| death.last_bytes(lines)) {
            // Nobody is left to be told how it went.
            drop(self.segment.write(&lines[..bytes]));
            super::crash::die();
        }
    }

    /// The request that came and all that wait behind it.
    fn gather(&mut self, first: Request, waiting: &Receiver<Request>) -> Group {
        let mut group = Group::default();
        self.join(first, &mut group);
        while group.lines.len() < GROUP_BYTES {
            match waiting.try_recv() {
                Ok(request) => self.join(request, &mut group),
                Err(_) => break,
            }
        }
        group
    }

    /// Adds all lines of a request, or none: an event that cannot be written down fails its caller alone.
    fn join(&mut self, request: Request, group: &mut Group) {
        let (length, count) = (group.lines.len(), group.entries.len());
        for event in request.events {
            let seq = self.next_seq + (group.entries.len() - count) as u64;
            let at = whole_milliseconds((self.clock)());
            match line::line(seq, at, &event) {
                Ok(line) => group.lines.push_str(&line),
                Err(cause) => {
                    group.lines.truncate(length);
                    group.entries.truncate(count);
                    let error =
                        Error::new(Kind::Bug, "an event cannot be written as a ledger line");
                    return (request.reply)(Err(error.because(cause)));
                }
            }
            group.entries.push(Entry { seq, at, event });
        }
        self.next_seq += (group.entries.len() - count) as u64;
        group.replies.push(request.reply);
    }

    fn remember(&self, entries: Vec<Entry>) {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            history.apply(entry);
        }
    }
}

/// As the line will say it, so that what is remembered is what would be read back.
fn whole_milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn refuse_all(waiting: &Receiver<Request>, why: &str) {
    while let Ok(request) = waiting.recv() {
        (request.reply)(Err(not_written(why.to_owned())));
    }
}

/// One cause is told to many callers, so it travels as text.
fn described(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn not_written(why: String) -> Error {
    Error::new(Kind::Config, "the ledger could not be written; the run cannot go on")
        .because(why)
        .hint("free the disk or make the folder writable, then run the same command again: nothing is sent twice")
}
