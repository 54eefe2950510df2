//! Steps of a probe: small writes that show how an account behaves, and the way back. They know no object: what is written,
//! and where, is told to them.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value};

use super::outcome::{self, Purpose};
use super::transport::Call;
use super::{
    BulkOutcome, BulkRow, Client, Endpoint, Key, Outcome, Removal, Removed, listing, page,
};
use crate::error::Result;

/// Rows of a look for leftovers.
const MOST_TRACES: &str = "100";

/// A kind of record that is made only to ask something.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// Where it is made.
    pub to: Endpoint,
    /// How it goes again.
    pub removal: Removal,
    /// The field that carries its mark.
    pub marker: String,
    /// Whether a search finds it; else it is among the newest of its list.
    pub is_searched: bool,
}

/// What an account keeps of a new record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The `created_at` that was sent.
    pub created_at: bool,
    /// Every custom field that was sent.
    pub custom_field: bool,
}

/// What two upserts with one key come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Twice {
    /// One record, with this id: the key works.
    One(i64),
    /// Two records: what was taken for a key is none.
    Two(i64, i64),
    /// The key is refused; the reason holds no value.
    Refused(String),
}

/// What a bulk job shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its words, each once, in their order.
    pub words: Vec<String>,
    /// How it ended.
    pub outcome: BulkOutcome,
}

impl Client {
    /// What became of `created_at` and the custom fields of the new record `id`, read back by id. `None`: it is not there.
    ///
    /// # Errors
    /// `Kind::Destination` when it cannot be read.
    pub async fn what_is_kept(
        &self,
        to: &Endpoint,
        id: i64,
        sent: &Map<String, Value>,
    ) -> Result<Option<Kept>> {
        let stored = self.get(&format!("{}/{id}", to.target), &[]).await?;
        let instant = |json: Option<&Value>| json?.as_str()?.parse::<Timestamp>().ok();
        let is_kept = |stored: &Value| Kept {
            created_at: instant(sent.get("created_at")).is_some()
                && instant(stored.get("created_at")) == instant(sent.get("created_at")),
            custom_field: holds_all(stored, sent.get("custom_field")),
        };
        Ok(stored.as_ref().map(is_kept))
    }

    /// Whether an update that names one custom field leaves another one alone. `kept` is the other, as stored before.
    ///
    /// # Errors
    /// `Kind::Destination` when the record cannot be read.
    pub async fn is_update_merged(
        &self,
        to: &Endpoint,
        id: i64,
        update: &Map<String, Value>,
        kept: &Value,
    ) -> Result<Option<bool>> {
        if !matches!(self.update(to, id, update).await?, Outcome::Accepted { .. }) {
            return Ok(None);
        }
        let stored = self.get(&format!("{}/{id}", to.target), &[]).await?;
        Ok(stored.map(|stored| holds_all(&stored, Some(kept))))
    }

    /// Upserts twice by one key. `None`: one of the answers left it in doubt.
    ///
    /// # Errors
    /// `Kind::Destination` for what stops every call.
    pub async fn upsert_twice(
        &self,
        to: &Endpoint,
        key: &Key,
        body: &Map<String, Value>,
    ) -> Result<Option<Twice>> {
        let first = match self.upsert(to, key, body).await? {
            Outcome::Accepted { id, .. } => id,
            Outcome::Rejected { reason, .. } => return Ok(Some(Twice::Refused(reason))),
            _ => return Ok(None),
        };
        Ok(match self.upsert(to, key, body).await? {
            Outcome::Accepted { id, .. } if id == first => Some(Twice::One(id)),
            Outcome::Accepted { id, .. } => Some(Twice::Two(first, id)),
            Outcome::Rejected { reason, .. } => Some(Twice::Refused(reason)),
            _ => None,
        })
    }

    /// One bulk job, with all the words that it was called by until its end.
    ///
    /// # Errors
    /// As [`Client::bulk_upsert`].
    pub async fn observed_job(&self, to: &Endpoint, rows: &[BulkRow]) -> Result<Job> {
        let mut words: Vec<String> = Vec::new();
        let mut note = |job: &Value| {
            let word = job.get("status").and_then(Value::as_str);
            let word = word.unwrap_or_default().to_owned();
            if words.last() != Some(&word) {
                words.push(word);
            }
        };
        let outcome = self.bulk_watched(to, rows, &mut note).await?;
        Ok(Job { words, outcome })
    }

    /// Ids of the records whose marker field begins with `mark`. Whatever else a search finds is left alone.
    ///
    /// # Errors
    /// `Kind::Destination` when they cannot be looked for.
    pub async fn traces(&self, scratch: &Scratch, mark: &str) -> Result<Vec<i64>> {
        let is_marked = |record: &Value| {
            let text = record.get(&scratch.marker).and_then(Value::as_str);
            text.is_some_and(|text| text.starts_with(mark))
        };
        let mut found = Vec::new();
        for record in self.candidates(scratch, mark).await? {
            let Some(id) = outcome::id_of(&record) else {
                continue;
            };
            // A search shows other names of things, and finds what is only alike.
            let path = format!("{}/{id}", scratch.to.target);
            let is_ours = match scratch.is_searched {
                true => self.get(&path, &[]).await?.as_ref().is_some_and(is_marked),
                false => is_marked(&record),
            };
            if is_ours {
                found.push(id);
            }
        }
        Ok(found)
    }

    async fn candidates(&self, scratch: &Scratch, mark: &str) -> Result<Vec<Value>> {
        let Endpoint {
            target, wrapper, ..
        } = &scratch.to;
        let (path, mut query) = match scratch.is_searched {
            true => (
                "search",
                vec![("q", mark.to_owned()), ("include", wrapper.clone())],
            ),
            false => (
                target.as_str(),
                vec![
                    ("sort", "created_at".to_owned()),
                    ("sort_type", "desc".to_owned()),
                ],
            ),
        };
        query.extend([
            ("page", "1".to_owned()),
            ("per_page", MOST_TRACES.to_owned()),
        ]);
        let call = Call {
            method: Method::GET,
            path: path.to_owned(),
            query,
            body: Value::Null,
            file: None,
            purpose: Purpose::Read,
        };
        let answer = self.transport.read(&call).await?;
        let mut answer = answer.ok_or_else(|| listing::no_list(path))?;
        page::records(&mut answer, path, target)
    }

    /// Removes these and all that carry the mark, and returns the ids of those that stay, in doubt ones included.
    ///
    /// # Errors
    /// `Kind::Destination` when they cannot be looked for, or nothing can be removed.
    pub async fn sweep(&self, scratch: &Scratch, mark: &str, known: &[i64]) -> Result<Vec<i64>> {
        let mut left = self.gone(scratch, known).await?;
        let mut marked = self.traces(scratch, mark).await?;
        marked.retain(|id| !known.contains(id));
        left.extend(self.gone(scratch, &marked).await?);
        Ok(left)
    }

    async fn gone(&self, scratch: &Scratch, ids: &[i64]) -> Result<Vec<i64>> {
        let ended = self.remove(&scratch.to, ids, scratch.removal).await?;
        let stays = ended.into_iter().filter(|(_, one)| *one != Removed::Gone);
        Ok(stays.map(|(id, _)| id).collect())
    }
}

/// Whether each custom field that was sent is stored as it was sent.
fn holds_all(stored: &Value, sent: Option<&Value>) -> bool {
    let stored = stored.get("custom_field");
    let mut fields = sent.and_then(Value::as_object).into_iter().flatten();
    fields.all(|(name, value)| stored.and_then(|stored| stored.get(name)) == Some(value))
}
