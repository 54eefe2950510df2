//! Records taken away by id. A removal may be repeated: ids are never given twice, and what is gone stays gone.

use reqwest::Method;
use serde_json::{Value, json};

use super::outcome::{Answer, Effect, Purpose};
use super::transport::Call;
use super::{Client, Endpoint};
use crate::error::Result;

/// Ids in one `bulk_destroy`.
const DESTROY_IDS: usize = 100;

/// By which route records are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// `POST {target}/bulk_destroy`, 100 ids a call: into the Recycle Bin, later.
    BulkDestroy,
    /// `DELETE {target}/{id}`: into the Recycle Bin, or for good where the object has none.
    Delete,
    /// `DELETE {target}/{id}/forget`: for good.
    Forget,
}

/// What became of one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is not there (any more).
    Gone,
    /// The destination took the order and works on it by itself: no proof before it was read back.
    Ordered,
    /// The destination refused, for good.
    Refused {
        /// HTTP status.
        status: u16,
        /// Its words, without personal values.
        reason: String,
    },
    /// Nobody knows, or it is still there: the same removal may be asked for again.
    Open {
        /// Why, without personal values.
        reason: String,
    },
}

impl Client {
    /// Removes records, in the order of `ids`, and tells for each what became of it. What is in doubt is sent again, and at
    /// last looked up.
    ///
    /// # Errors
    /// `Kind::Destination` only for what stops every call: the key is refused, or the address redirects. Ids before it may
    /// be gone.
    pub async fn remove(
        &self,
        from: &Endpoint,
        ids: &[i64],
        how: Removal,
    ) -> Result<Vec<(i64, Removed)>> {
        let mut ended = Vec::with_capacity(ids.len());
        match how {
            Removal::BulkDestroy => {
                for chunk in ids.chunks(DESTROY_IDS) {
                    let removed = self.destroy(from, chunk).await?;
                    ended.extend(chunk.iter().map(|id| (*id, removed.clone())));
                }
            }
            Removal::Delete | Removal::Forget => {
                for id in ids {
                    ended.push((*id, self.remove_one(from, *id, how).await?));
                }
            }
        }
        Ok(ended)
    }

    /// Not looked up: a call for each id would cost a hundred times the order, and reading back costs one.
    async fn destroy(&self, from: &Endpoint, ids: &[i64]) -> Result<Removed> {
        let path = format!("{}/bulk_destroy", from.target);
        let body = json!({ "selected_ids": ids });
        let call = Call::with_body(Method::POST, path, body, Purpose::Remove);
        let answer = self.transport.ask(&call).await?;
        Ok(match answer.effect {
            Effect::Accept => Removed::Ordered,
            // The route is missing, and says nothing about the records.
            Effect::Absent => refused(answer),
            _ => settled(answer),
        })
    }

    async fn remove_one(&self, from: &Endpoint, id: i64, how: Removal) -> Result<Removed> {
        let path = format!("{}/{id}", from.target);
        let route = match how {
            Removal::Forget => format!("{path}/forget"),
            _ => path.clone(),
        };
        let call = Call::with_body(Method::DELETE, route, Value::Null, Purpose::Remove);
        let answer = self.transport.ask(&call).await?;
        match answer.effect {
            Effect::Accept | Effect::Absent => Ok(Removed::Gone),
            Effect::Doubt | Effect::Again => Ok(self.looked_up(&path, how, answer).await),
            _ => Ok(settled(answer)),
        }
    }

    /// What is in the Recycle Bin may still be shown by id; that is gone for a deletion, and not for `forget`.
    async fn looked_up(&self, path: &str, how: Removal, answer: Answer) -> Removed {
        let is_gone = match self.transport.read(&Call::get(path, Vec::new())).await {
            Ok(None) => true,
            Ok(Some(record)) => how == Removal::Delete && is_deleted(&record),
            Err(_) => false,
        };
        match is_gone {
            true => Removed::Gone,
            false => settled(answer),
        }
    }
}

fn is_deleted(answer: &Value) -> bool {
    let of = |json: &Value| json.get("is_deleted") == Some(&Value::Bool(true));
    of(answer)
        || answer
            .as_object()
            .is_some_and(|fields| fields.values().any(of))
}

fn settled(answer: Answer) -> Removed {
    match answer.effect {
        Effect::Accept | Effect::Absent => Removed::Gone,
        Effect::Reject | Effect::Stop => refused(answer),
        Effect::Wait | Effect::Busy | Effect::Again | Effect::Doubt => Removed::Open {
            reason: answer.told(),
        },
    }
}

fn refused(answer: Answer) -> Removed {
    Removed::Refused {
        status: answer.status,
        reason: answer.reason,
    }
}
