//! One unit of work: intents, a request, outcomes.

use std::sync::Arc;

use serde_json::Value;

use super::answers::{self, Shows};
use super::confirm::Handed;
use super::journal::{self, Ending};
use super::sealed::{Action, Row};
use super::{Sending, Tally, bulk, bundle, look_up, upload, whole};
use crate::catalog::{List, Write};
use crate::error::Result;
use crate::freshsales::{Endpoint, Key, Outcome};

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

/// What a unit left behind.
#[derive(Default)]
pub struct Done {
    /// Rows that came to an end.
    pub tally: Tally,
    /// Rows that a bulk job has taken, and whose ids are still to be read.
    pub handed: Vec<Handed>,
}

impl Done {
    /// Takes in what another part of the unit left behind.
    pub fn add(&mut self, other: Self) {
        self.tally.add(other.tally);
        self.handed.extend(other.handed);
    }
}

impl From<Tally> for Done {
    fn from(tally: Tally) -> Self {
        Self {
            tally,
            handed: Vec::new(),
        }
    }
}

impl Unit {
    /// Carries the unit out; an `Err` stops the run.
    pub async fn carry_out(self, sending: Arc<Sending>) -> Result<Done> {
        let sending = &*sending;
        match self {
            Self::Bulk(rows) => bulk::send(sending, rows).await,
            Self::Single(row) if sending.object.write == Write::Multipart => {
                upload::send(sending, row).await.map(Done::from)
            }
            Self::Single(row) => single(sending, row).await.map(Done::from),
            Self::Members(list, rows) => members(sending, list, rows).await.map(Done::from),
            Self::LookUp(rows) if sending.object.write == Write::Multipart => {
                upload::resolve(sending, rows).await.map(Done::from)
            }
            Self::LookUp(rows) => look_up::resolve(sending, rows).await,
            Self::Match(rows) => matched(sending, rows).await.map(Done::from),
            Self::Bundle(row) => bundle::write(sending, row).await.map(Done::from),
        }
    }
}

/// The endpoint of the object that is being sent. Answers are asked to show what lists are asked for.
pub fn endpoint(sending: &Sending) -> Endpoint {
    let object = &sending.object;
    let include = match &object.list {
        Some(List::Views { include, .. } | List::Pages { include, .. }) => include.clone(),
        _ => Vec::new(),
    };
    Endpoint {
        target: object.target.clone(),
        wrapper: object.wrapper.clone(),
        include,
    }
}

/// A panic on order, in debug builds only: one whose message quotes the row that it is about, as that of a wrong slice does.
fn break_on_order(row: &Row) {
    let ordered = std::env::var("DESKFERRY_BREAK_AT");
    if cfg!(debug_assertions) && ordered.is_ok_and(|ordered| ordered == row.source_id) {
        let quoted = format!("{:?}", row.body);
        let _ = &quoted[quoted.len() + 1..];
    }
}

/// Sends one row by itself: by id when it is known, by key when it has one, else as a new record.
pub async fn single(sending: &Sending, row: Row) -> Result<Tally> {
    break_on_order(&row);
    let to = endpoint(sending);
    let client = &sending.client;
    let outcome = match (row.action, row.destination_id) {
        (Action::Update, Some(id)) => {
            let before = before(sending, &row, id).await?;
            let body = whole::whole(&sending.object, &row, before.as_ref());
            journal::intend(sending, std::slice::from_ref(&row), before).await?;
            client.update(&to, id, &body).await?
        }
        _ => {
            journal::intend(sending, std::slice::from_ref(&row), None).await?;
            match upsert_key(sending, &row) {
                Some(key) => client.upsert(&to, &key, &row.body).await?,
                None => client.create(&to, &row.body).await?,
            }
        }
    };
    settle_answer(sending, row, outcome).await
}

/// The record as it is before an update: a rollback writes it back.
async fn before(sending: &Sending, row: &Row, id: i64) -> Result<Option<Value>> {
    match &sending.object.list {
        Some(List::Children { include }) => look_up::child(sending, row, include, id).await,
        _ => {
            let path = format!("{}/{id}", sending.object.target);
            let include = endpoint(sending).include;
            sending.client.get(&path, &include).await
        }
    }
}

/// Writes down how a single write ended. An answer that shows what was sent is landed as the stored record; a custom field
/// that it should show and does not is said at once.
async fn settle_answer(sending: &Sending, row: Row, outcome: Outcome) -> Result<Tally> {
    let mut proof = None;
    let ending = match outcome {
        Outcome::Accepted { id, stored } => {
            let shows = answers::shows(&sending.object, &row.body, &stored);
            proof = Some(stored).filter(|_| shows != Shows::Little);
            match shows {
                Shows::Dropped(fields) => Ending::Dropped { id, fields },
                Shows::All | Shows::Little => Ending::Accepted { id: Some(id) },
            }
        }
        other => Ending::from(other),
    };
    let tally = journal::settle(sending, vec![(row, ending)]).await?;
    if let Some(stored) = proof {
        sending.answers.keep(sending, &stored).await?;
    }
    Ok(tally)
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
