//! What the log says, boiled down: small enough to stay in memory however long the log is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::event::{
    Action, Approval, Checked, Decision, Entry, Event, Intent, Landed, Outcome, Probed,
    QueueChange, Read, RunStarted, Sealed, State,
};
use super::segment::Entries;
use crate::error::Result;

/// One run, ended or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Unique name of the run.
    pub run_id: String,
    /// The command as typed.
    pub command: String,
    /// Base URL of the destination.
    pub destination: String,
    /// The landed extract it worked from.
    pub extract_id: Option<String>,
    /// Script, map or object entry → hash of its content.
    pub scripts: Arc<BTreeMap<String, String>>,
    /// When it began.
    pub started_at: Timestamp,
    /// How it ended; `None` while it runs, and for ever if it was killed.
    pub end: Option<RunEnd>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// When.
    pub at: Timestamp,
    /// Exit code of the process.
    pub exit_code: u8,
    /// Requests that left for the destination during the run.
    pub calls: u64,
}

/// A row whose request may or may not have been carried out: to be looked up, never sent again blindly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Object of the catalog.
    pub object: String,
    /// `_source_id` of the row.
    pub source_id: String,
    /// The run that sent.
    pub run_id: String,
    /// What was asked for.
    pub action: Action,
    /// Hash of the body that was sent, hex.
    pub body_hash: String,
    /// Id at the destination, where it was known before.
    pub destination_id: Option<i64>,
    /// When its answer was given up, else when the request was about to leave.
    pub at: Timestamp,
    /// Whether an answer was tried and lost (`unknown`), as against a process that died in between.
    pub is_unknown: bool,
}

impl Doubt {
    /// When what may have been written was written at the latest, as a process knows that `began` now. One that died before
    /// may have sent until then: of its requests only the intents are known.
    #[must_use]
    pub fn written_by(&self, began: Timestamp) -> Timestamp {
        match self.is_unknown {
            true => self.at,
            false => self.at.max(began),
        }
    }
}

/// A read-back, and the line that says so: what was logged before it is older than its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// Its number in the log.
    pub seq: u64,
    /// What was read.
    pub read: Read,
}

type Row = (String, String);

/// What the log says up to a certain line. It grows with runs, lists and rows in doubt, not with records.
#[derive(Clone, Debug, Default)]
pub struct History {
    last_seq: u64,
    last_change: u64,
    runs: Vec<Run>,
    calls: u64,
    landed: BTreeMap<String, Landed>,
    reads: BTreeMap<String, Vec<ReadBack>>,
    sealed: BTreeMap<String, Vec<Sealed>>,
    doubts: BTreeMap<Row, Doubt>,
    checks: BTreeMap<(String, String), Checked>,
    decisions: BTreeMap<String, Decision>,
    approval: Option<Arc<Approval>>,
    queue: BTreeMap<Row, QueueChange>,
    probes: BTreeMap<(String, String), Probed>,
}

impl History {
    /// Number of the last line; 0 for an empty log.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Number of the last line that changes what stands where: landed, read, sent or answered. 0 for none.
    #[must_use]
    pub fn last_change(&self) -> u64 {
        self.last_change
    }

    /// All runs, oldest first.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The newest run.
    #[must_use]
    pub fn last_run(&self) -> Option<&Run> {
        self.runs.last()
    }

    /// Requests of all runs that came to their end.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// The newest landed extract of a source system.
    #[must_use]
    pub fn last_landed(&self, system: &str) -> Option<&Landed> {
        self.landed.get(system)
    }

    /// What was read back of a list, oldest first: the newest complete read-back, and the partial ones after it.
    #[must_use]
    pub fn reads(&self, name: &str) -> &[ReadBack] {
        self.reads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The sealed load files of an object, oldest first.
    #[must_use]
    pub fn sealed(&self, object: &str) -> &[Sealed] {
        self.sealed.get(object).map_or(&[], Vec::as_slice)
    }

    /// Rows with an intent and no outcome, or whose last outcome is unknown, by object and source id.
    pub fn in_doubt(&self) -> impl Iterator<Item = &Doubt> {
        self.doubts.values()
    }

    /// The newest result of each check in each phase.
    pub fn checks(&self) -> impl Iterator<Item = &Checked> {
        self.checks.values()
    }

    /// The last answer to a question.
    #[must_use]
    pub fn decision(&self, question: &str) -> Option<&Decision> {
        self.decisions.get(question)
    }

    /// The last approval of a plan.
    #[must_use]
    pub fn approval(&self) -> Option<&Approval> {
        self.approval.as_deref()
    }

    /// What a person last said about a waiting row.
    #[must_use]
    pub fn queue_change(&self, object: &str, source_id: &str) -> Option<QueueChange> {
        let row = (object.to_owned(), source_id.to_owned());
        self.queue.get(&row).copied()
    }

    /// The newest answer to each question that an account was asked, by question.
    pub fn probed<'a>(&'a self, destination: &'a str) -> impl Iterator<Item = &'a Probed> {
        let all = self.probes.values();
        all.filter(move |probed| probed.destination == destination)
    }

    /// Takes the next line in.
    pub(super) fn apply(&mut self, entry: Entry) {
        let Entry { seq, at, event } = entry;
        self.last_seq = seq;
        if event.changes_standing() {
            self.last_change = seq;
        }
        match event {
            Event::RunStarted(run) => self.runs.push(begun(run, at)),
            Event::RunEnded(end) => {
                self.calls += end.calls;
                self.end_run(&end.run_id, at, end.exit_code, end.calls);
            }
            Event::Landed(landed) => insert(&mut self.landed, landed.system.clone(), landed),
            Event::Read(read) => self.keep_read(ReadBack { seq, read }),
            Event::Counted(_) => {}
            Event::Sealed(sealed) => self.keep_sealed(sealed),
            Event::Intent(intent) => self.open_doubt(intent, at),
            Event::Outcome(outcome) => self.close_doubt(&outcome, at),
            Event::Checked(checked) => {
                let name = (checked.check.clone(), checked.phase.clone());
                insert(&mut self.checks, name, checked);
            }
            Event::Decision(decision) => {
                insert(&mut self.decisions, decision.question.clone(), decision);
            }
            Event::Probed(probed) => {
                let question = (probed.destination.clone(), probed.probe.clone());
                insert(&mut self.probes, question, probed);
            }
            Event::Approval(approval) => self.approval = Some(Arc::new(approval)),
            Event::Queue(queue) => {
                insert(
                    &mut self.queue,
                    (queue.object, queue.source_id),
                    queue.change,
                );
            }
        }
    }

    fn keep_sealed(&mut self, sealed: Sealed) {
        let files = self.sealed.entry(sealed.object.clone()).or_default();
        files.push(sealed);
    }

    fn keep_read(&mut self, back: ReadBack) {
        let reads = self.reads.entry(back.read.name.clone()).or_default();
        if back.read.complete {
            reads.clear();
        }
        reads.push(back);
    }

    fn end_run(&mut self, run_id: &str, at: Timestamp, exit_code: u8, calls: u64) {
        let run = self.runs.iter_mut().rev().find(|run| run.run_id == run_id);
        if let Some(run) = run {
            run.end = Some(RunEnd {
                at,
                exit_code,
                calls,
            });
        }
    }

    fn open_doubt(&mut self, intent: Intent, at: Timestamp) {
        let row = (intent.object.clone(), intent.source_id.clone());
        // A lookup or a second try may not know the id that the first intent knew.
        let known = self.doubts.get(&row).and_then(|doubt| doubt.destination_id);
        let doubt = Doubt {
            object: intent.object,
            source_id: intent.source_id,
            run_id: intent.run_id,
            action: intent.action,
            body_hash: intent.body_hash,
            destination_id: intent.destination_id.or(known),
            at,
            is_unknown: false,
        };
        self.doubts.insert(row, doubt);
    }

    fn close_doubt(&mut self, outcome: &Outcome, at: Timestamp) {
        let row = (outcome.object.clone(), outcome.source_id.clone());
        if outcome.state != State::Unknown {
            self.doubts.remove(&row);
            return;
        }
        let doubt = self.doubts.entry(row).or_insert_with(|| Doubt {
            object: outcome.object.clone(),
            source_id: outcome.source_id.clone(),
            run_id: outcome.run_id.clone(),
            action: Action::Create,
            body_hash: outcome.body_hash.clone(),
            destination_id: None,
            at,
            is_unknown: true,
        });
        doubt.is_unknown = true;
        // What may have written left between the intent and here.
        doubt.at = at;
        doubt.destination_id = outcome.destination_id.or(doubt.destination_id);
    }
}

fn insert<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) {
    map.insert(key, value);
}

fn begun(run: RunStarted, at: Timestamp) -> Run {
    Run {
        run_id: run.run_id,
        command: run.command,
        destination: run.destination,
        extract_id: run.extract_id,
        scripts: Arc::new(run.scripts),
        started_at: at,
        end: None,
    }
}

/// How one row stands: a line of the view `ledger_outcomes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastOutcome {
    /// Object of the catalog.
    pub object: Arc<str>,
    /// `_source_id` of the row.
    pub source_id: Box<str>,
    /// [`State::Intent`] if a request may have left and nothing is known of its end.
    pub state: State,
    /// Id at the destination. Once given it stays known, also while an update is rejected or in doubt.
    pub destination_id: Option<i64>,
    /// Hash of the body that this state is about, hex.
    pub body_hash: Box<str>,
    /// HTTP status, where an answer came.
    pub status: Option<u16>,
    /// Why, without values.
    pub reason: Option<Box<str>>,
    /// The run that wrote it.
    pub run_id: Arc<str>,
    /// When.
    pub at: Timestamp,
}

/// The last state of each object and source id, in that order. Holds one row a record: for a log of millions
/// use [`super::entries`] and let SQL choose.
pub(super) fn last_outcomes(entries: Entries) -> Result<Vec<LastOutcome>> {
    let mut names: HashMap<String, Arc<str>> = HashMap::new();
    let mut last: BTreeMap<(Arc<str>, Box<str>), LastOutcome> = BTreeMap::new();
    for entry in entries {
        let Entry { at, event, .. } = entry?;
        let Some(outcome) = as_outcome(event) else {
            continue;
        };
        let object = shared(&mut names, outcome.object);
        let source_id = outcome.source_id.into_boxed_str();
        let key = (Arc::clone(&object), source_id.clone());
        let known = last.get(&key).and_then(|row| row.destination_id);
        let row = LastOutcome {
            object,
            source_id,
            state: outcome.state,
            destination_id: outcome.destination_id.or(known),
            body_hash: outcome.body_hash.into_boxed_str(),
            status: outcome.status,
            reason: outcome.reason.map(String::into_boxed_str),
            run_id: shared(&mut names, outcome.run_id),
            at,
        };
        last.insert(key, row);
    }
    Ok(last.into_values().collect())
}

/// An intent is a state too: the one that a killed process leaves behind.
fn as_outcome(event: Event) -> Option<Outcome> {
    match event {
        Event::Outcome(outcome) => Some(outcome),
        Event::Intent(intent) => Some(Outcome {
            run_id: intent.run_id,
            object: intent.object,
            source_id: intent.source_id,
            state: State::Intent,
            destination_id: intent.destination_id,
            body_hash: intent.body_hash,
            status: None,
            reason: None,
        }),
        _ => None,
    }
}

fn shared(names: &mut HashMap<String, Arc<str>>, name: String) -> Arc<str> {
    let known = names
        .entry(name)
        .or_insert_with_key(|name| Arc::from(name.as_str()));
    Arc::clone(known)
}
