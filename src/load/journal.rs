//! What is written down around each request: an intent before it, an outcome after it.

use serde_json::Value;

use super::sealed::{Action, Row};
use super::{Sending, Tally};
use crate::error::Result;
use crate::freshsales;
use crate::ledger::{self, Event, Intent, State};

/// How one row ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The destination holds it as it was sent.
    Accepted { id: Option<i64> },
    /// The destination holds it without these custom fields, which it dropped in silence.
    Dropped { id: i64, fields: Vec<String> },
    /// The destination holds a record for it, with fields that nobody has compared: it is to be written again, by id.
    Found { id: i64 },
    /// The destination refused it.
    Rejected { status: Option<u16>, reason: String },
    /// It certainly did not arrive.
    NotTaken { reason: String },
    /// It may have arrived.
    Unknown { reason: String },
}

impl Ending {
    /// An unknown ending, for a fixed reason.
    pub fn unknown(reason: &str) -> Self {
        Self::Unknown {
            reason: reason.to_owned(),
        }
    }

    /// The record that the row has there.
    fn id(&self) -> Option<i64> {
        match self {
            Self::Accepted { id } => *id,
            Self::Dropped { id, .. } | Self::Found { id } => Some(*id),
            _ => None,
        }
    }

    fn state(&self) -> State {
        match self {
            Self::Accepted { .. } | Self::Dropped { .. } | Self::Found { .. } => State::Accepted,
            Self::Rejected { .. } => State::Rejected,
            Self::NotTaken { .. } => State::NotTaken,
            Self::Unknown { .. } => State::Unknown,
        }
    }
}

impl From<freshsales::Outcome> for Ending {
    fn from(outcome: freshsales::Outcome) -> Self {
        match outcome {
            freshsales::Outcome::Accepted { id, .. } => Self::Accepted { id: Some(id) },
            freshsales::Outcome::Rejected { status, reason } => Self::Rejected {
                status: Some(status),
                reason,
            },
            freshsales::Outcome::NotTaken { reason, .. } => Self::NotTaken { reason },
            freshsales::Outcome::Unknown { reason } => Self::Unknown { reason },
        }
    }
}

/// Writes the intents of one request and waits until they are on disk.
pub async fn intend(sending: &Sending, rows: &[Row], before: Option<Value>) -> Result<()> {
    let events = rows
        .iter()
        .map(|row| {
            Event::Intent(Intent {
                run_id: sending.run_id.clone(),
                object: sending.object.name.clone(),
                source_id: row.source_id.clone(),
                action: action(row.action),
                body_hash: row.body_hash.clone(),
                destination_id: row.destination_id,
                before: before.clone(),
            })
        })
        .collect();
    sending.ledger.append_async(events).await
}

fn action(action: Action) -> ledger::Action {
    match action {
        Action::Update => ledger::Action::Update,
        Action::Match => ledger::Action::Match,
        Action::Create | Action::LookUp => ledger::Action::Create,
    }
}

/// Writes the outcomes of one request and counts them.
pub async fn settle(sending: &Sending, endings: Vec<(Row, Ending)>) -> Result<Tally> {
    sending.refusals.hear(&endings);
    let mut tally = Tally::default();
    let mut events = Vec::with_capacity(endings.len());
    for (row, ending) in endings {
        let state = ending.state();
        if let Some(id) = ending.id() {
            sending.taken.take(id);
        }
        match state {
            State::Accepted => tally.accepted += 1,
            State::Rejected => tally.rejected += 1,
            State::NotTaken => tally.not_taken += 1,
            State::Unknown | State::Intent => tally.unknown += 1,
        }
        events.push(outcome(sending, row, ending, state));
    }
    sending.ledger.append_async(events).await?;
    Ok(tally)
}

fn outcome(sending: &Sending, row: Row, ending: Ending, state: State) -> Event {
    let known = row.destination_id;
    let (destination_id, status, reason, body_hash) = match ending {
        Ending::Accepted { id } => (id, None, None, row.body_hash),
        Ending::Dropped { id, fields } => {
            let reason = format!("kept there without {}", fields.join(", "));
            (Some(id), None, Some(reason), row.body_hash)
        }
        // No hash: whatever is wanted differs from it, so the record is written again by its id.
        Ending::Found { id } => (
            Some(id),
            None,
            Some("found by look-up".to_owned()),
            String::new(),
        ),
        Ending::Rejected { status, reason } => (known, status, Some(reason), row.body_hash),
        Ending::NotTaken { reason } | Ending::Unknown { reason } => {
            (known, None, Some(reason), row.body_hash)
        }
    };
    Event::Outcome(ledger::Outcome {
        run_id: sending.run_id.clone(),
        object: sending.object.name.clone(),
        source_id: row.source_id,
        state,
        destination_id,
        body_hash,
        status,
        reason,
    })
}
