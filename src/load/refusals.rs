//! Refusals that are no single row's matter: the same answer again and again, and nothing accepted in between.
//!
//! A right that the key's owner lacks (403) and a route that is missing (404 to a new record) are the account's: the rows have
//! nothing to do with it and remain to be sent. Any other answer is the rows' own; only the next ones are spared it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::journal::Ending;
use super::sealed::{Action, Row};
use crate::error::{Error, Kind};

/// So many answers in a row that bar the way stop a phase. One alone may be about one record.
const BARRED: usize = 5;
/// So many rows in a row, refused with one and the same answer, stop a phase, if they are more than were approved.
const ALIKE: u64 = 100;

/// What was refused since a row was last accepted.
pub struct Refusals {
    standing: Mutex<Standing>,
    most_alike: u64,
}

#[derive(Default)]
struct Standing {
    /// Whether anything was accepted at all.
    is_open: bool,
    /// The answers since then that bar the way, each with its rows, and the words of the last one.
    barred: Vec<Vec<Row>>,
    told: String,
    /// The last answer of another kind, and the rows in a row that got it.
    alike: (Option<u16>, String),
    rows: u64,
}

impl Refusals {
    /// None yet; so many are approved.
    #[must_use]
    pub fn beyond(approved: u64) -> Self {
        Self {
            standing: Mutex::default(),
            most_alike: ALIKE.max(approved.saturating_add(1)),
        }
    }

    /// Something got through.
    pub fn pass(&self) {
        *self.standing() = Standing {
            is_open: true,
            ..Standing::default()
        };
    }

    /// Hears how the rows of one request ended.
    pub fn hear(&self, endings: &[(Row, Ending)]) {
        let mut barred = Vec::new();
        for (row, ending) in endings {
            match ending {
                Ending::Rejected { status, reason } if is_barred(row, *status) => {
                    self.standing().told = format!("{}: {reason}", status.unwrap_or_default());
                    barred.push(row.without_fields());
                }
                Ending::Rejected { status, reason } => self.standing().count(*status, reason),
                Ending::Accepted { .. } | Ending::Dropped { .. } | Ending::Found { .. } => {
                    self.pass()
                }
                Ending::NotTaken { .. } | Ending::Unknown { .. } => {}
            }
        }
        if !barred.is_empty() {
            self.standing().barred.push(barred);
        }
    }

    /// Whether nothing more should be sent.
    pub fn is_enough(&self) -> bool {
        let standing = self.standing();
        standing.barred.len() >= BARRED || standing.rows >= self.most_alike
    }

    /// The rows that were refused for what is not their matter, and why. At the end of a phase in which nothing was accepted, so
    /// are those of fewer answers.
    pub fn take_barred(&self, is_end: bool) -> Option<(Vec<Row>, String)> {
        let mut standing = self.standing();
        let is_barred = standing.barred.len() >= BARRED || (is_end && !standing.is_open);
        if !is_barred || standing.barred.is_empty() {
            return None;
        }
        let rows = std::mem::take(&mut standing.barred);
        Some((rows.into_iter().flatten().collect(), standing.told.clone()))
    }

    /// Why the phase of `object` stops, if it was refused too often in the same way.
    pub fn too_many(&self, object: &str) -> Option<Error> {
        let standing = self.standing();
        if standing.rows < self.most_alike {
            return None;
        }
        let (rows, told) = (standing.rows, in_words(&standing.alike));
        let text = format!(
            "nothing more of {object} was sent: {rows} rows in a row were refused alike ({told})"
        );
        let query = format!(
            "select * from ledger_buckets where object = '{object}' and bucket = 'rejected'"
        );
        Some(Error::new(Kind::Rejected, text).hint(format!(
            "`deskferry sql \"{query}\"` lists them; the others wait: mend the account or the SQL, then `deskferry load` goes on"
        )))
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn count(&mut self, status: Option<u16>, reason: &str) {
        let is_alike = self.alike.0 == status && self.alike.1 == reason;
        if !is_alike {
            self.alike = (status, reason.to_owned());
            self.rows = 0;
        }
        self.rows += 1;
    }
}

fn in_words(answer: &(Option<u16>, String)) -> String {
    match answer {
        (Some(status), reason) => format!("{status}: {reason}"),
        (None, reason) => reason.clone(),
    }
}

/// A new record has no id that could be unknown there, so 404 means its route or what it hangs on.
fn is_barred(row: &Row, status: Option<u16>) -> bool {
    row.action != Action::Update && matches!(status, Some(403 | 404))
}

/// Why the phase of `object` stops when the account bars its way.
pub fn barred(object: &str, rows: usize, told: &str) -> Error {
    let text = format!(
        "nothing more of {object} was sent: the destination takes none of them ({told}), after {rows} rows"
    );
    Error::new(Kind::Destination, text).hint(
        "give the owner of the key the right to create them, or leave the object out: `deskferry load OBJECT..`. \
         Nothing is lost: `deskferry load` sends all that wait",
    )
}
