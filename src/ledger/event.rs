//! What can happen: everything the log remembers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything the ledger remembers. Fields may be added in later versions, kinds may not be skipped:
/// a reader that meets a kind it does not know refuses the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A command that may write at the destination began.
    RunStarted(RunStarted),
    /// It ended, in whatever way; a killed run has no such line.
    RunEnded(RunEnded),
    /// An export was landed.
    Landed(Landed),
    /// One list of the destination was read back, or part of it.
    Read(Read),
    /// The records of one list of the destination were counted.
    Counted(Counted),
    /// The rows of one object were fixed in a file before the first of them was sent.
    Sealed(Sealed),
    /// A request for one row is about to leave.
    Intent(Intent),
    /// How the request for one row ended.
    Outcome(Outcome),
    /// A reconciliation check ran.
    Checked(Checked),
    /// A person answered an open question.
    Decision(Decision),
    /// A person approved a plan.
    Approval(Approval),
    /// A person changed what happens with a row that waits.
    Queue(Queue),
    /// The account showed how it behaves.
    Probed(Probed),
}

impl Event {
    /// Whether rows may stand otherwise after it.
    pub(super) fn changes_standing(&self) -> bool {
        matches!(
            self,
            Self::Landed(_) | Self::Read(_) | Self::Intent(_) | Self::Outcome(_)
        )
    }
}

/// See [`Event::RunStarted`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Unique name of the run.
    pub run_id: String,
    /// The command as typed: `load`, `verify`, ...
    pub command: String,
    /// Base URL of the destination.
    pub destination: String,
    /// Script, map or object entry → hash of its content.
    pub scripts: BTreeMap<String, String>,
    /// The newest landed extract this run works from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract_id: Option<String>,
}

/// See [`Event::RunEnded`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnded {
    /// The run that ended.
    pub run_id: String,
    /// Exit code of the process.
    pub exit_code: u8,
    /// Requests that left for the destination during the run.
    pub calls: u64,
}

/// See [`Event::Landed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// Source system, for example `smartdesk`.
    pub system: String,
    /// Name of the extract: a hash of its bytes.
    pub extract_id: String,
    /// Source object → landed rows.
    pub objects: BTreeMap<String, u64>,
}

/// See [`Event::Read`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The list, as `raw_freshsales__<name>` calls it.
    pub name: String,
    /// Folder of the read-back.
    pub read_id: String,
    /// Records read.
    pub rows: u64,
    /// Whether it is the whole list; else only records that were written or looked for meanwhile.
    pub complete: bool,
}

/// See [`Event::Counted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The run that counted.
    pub run_id: String,
    /// The list, as `raw_freshsales__<name>` calls it.
    pub name: String,
    /// Records there, those of other people included.
    pub rows: u64,
}

/// See [`Event::Sealed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The run that will send the file.
    pub run_id: String,
    /// Object of the catalog.
    pub object: String,
    /// Path below `staging/`.
    pub file: String,
    /// Hash of its bytes, hex.
    pub sha256: String,
    /// Rows in it.
    pub rows: u64,
}

/// What a request wants to do with one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Make a record that is not there yet.
    Create,
    /// Change a record whose id is known.
    Update,
    /// Find a record that is kept there by others, and change nothing.
    Match,
}

/// See [`Event::Intent`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// The run that sends.
    pub run_id: String,
    /// Object of the catalog.
    pub object: String,
    /// `_source_id` of the row.
    pub source_id: String,
    /// What is asked for.
    pub action: Action,
    /// Hash of the request body, hex.
    pub body_hash: String,
    /// Id of the record at the destination, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_id: Option<i64>,
    /// The record before an update, for `rollback`. Personal data: the ledger's files are private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
}

/// How one row stands. The first four are outcomes; `Intent` is what a row is between request and answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The destination holds it.
    Accepted,
    /// The destination refused it; sending it again unchanged would be refused again.
    Rejected,
    /// It certainly did not arrive; it may be sent again.
    NotTaken,
    /// It may or may not have arrived; it must be looked up first.
    Unknown,
    /// A request may have left and nothing is known of its end. Never written as an outcome.
    #[serde(skip)]
    Intent,
}

impl State {
    /// The word for it in `ledger_outcomes` and in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotTaken => "not_taken",
            Self::Unknown => "unknown",
            Self::Intent => "intent",
        }
    }
}

/// See [`Event::Outcome`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The run that sent, or that looked the row up.
    pub run_id: String,
    /// Object of the catalog.
    pub object: String,
    /// `_source_id` of the row.
    pub source_id: String,
    /// How it ended.
    pub state: State,
    /// Id of the record at the destination; absent where the object has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_id: Option<i64>,
    /// Hash of the request body, hex.
    pub body_hash: String,
    /// HTTP status, where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why, in words that carry field names and ids but no values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// See [`Event::Checked`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The run that asked.
    pub run_id: String,
    /// Name of the check.
    pub check: String,
    /// The phase (an object), or empty for a check of the whole run.
    pub phase: String,
    /// Bad rows found.
    pub rows: u64,
    /// Whether bad rows stop the run.
    pub blocks: bool,
    /// Hash of the query.
    pub script_hash: String,
}

/// See [`Event::Decision`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The question, by its name.
    pub question: String,
    /// The answer, by its name.
    pub answer: String,
    /// Who gave it.
    pub by: String,
}

/// See [`Event::Approval`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Hash of the scripts, maps, objects, decisions and settings that were approved.
    pub plan_hash: String,
    /// Who approved.
    pub by: String,
    /// What was approved, each by its name: the hash of a file, the value of a setting.
    #[serde(default)]
    pub items: BTreeMap<String, String>,
}

/// What a person did with a row that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueChange {
    /// Send it again in the next run.
    Retry,
    /// Leave it out for good.
    Skip,
}

/// See [`Event::Queue`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Object of the catalog.
    pub object: String,
    /// `_source_id` of the row.
    pub source_id: String,
    /// What is to happen with it.
    pub change: QueueChange,
    /// Who said so.
    pub by: String,
}

/// See [`Event::Probed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probed {
    /// Base URL of the account.
    pub destination: String,
    /// The question, by its name.
    pub probe: String,
    /// The account's answer.
    pub answer: String,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// 1, 2, 3, ... without a gap over all files. This, not the time, is the order of events.
    pub seq: u64,
    /// When it was written, by a clock that may have been wrong or set back.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}
