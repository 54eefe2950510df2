//! The answers to single writes. Where an answer is the stored record it is landed as one: the proof costs no call.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::Sending;
use super::stored::Stored;
use crate::catalog::Object;
use crate::error::Result;

/// A reading is closed at this size, so that a killed process loses few of them.
const READING_ROWS: u64 = 2_000;

/// Collects the answers of one phase.
#[derive(Default)]
pub struct Answers(Mutex<Option<Stored>>);

/// What an answer shows of the fields that were sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Shows {
    /// All of them.
    All,
    /// All but these custom fields, which it should show: the destination dropped them in silence.
    Dropped(Vec<String>),
    /// Not enough of them to prove anything: the record has to be read.
    Little,
}

impl Answers {
    /// Lands the stored record of an answer.
    pub async fn keep(&self, sending: &Sending, record: &Value) -> Result<()> {
        let full = {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let reading = match open.take() {
                Some(reading) => reading,
                None => Stored::begin(&staging(sending), &sending.run_id, &sending.object.name)?,
            };
            let reading = open.insert(reading);
            reading.page(std::slice::from_ref(record))?;
            if reading.rows() < READING_ROWS {
                return Ok(());
            }
            open.take()
        };
        close(sending, full).await
    }

    /// Makes known what was kept since the last time.
    pub async fn finish(&self, sending: &Sending) -> Result<()> {
        let open = {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            open.take()
        };
        close(sending, open).await
    }
}

async fn close(sending: &Sending, reading: Option<Stored>) -> Result<()> {
    match reading {
        Some(reading) => {
            sending
                .ledger
                .append_async(vec![reading.finish(false)?])
                .await
        }
        None => Ok(()),
    }
}

fn staging(sending: &Sending) -> PathBuf {
    sending.ledger.staging().to_path_buf()
}

/// Holds the answer against what was sent. Whether a shown value is the wanted one is for the checks after the load to say.
#[must_use]
pub fn shows(object: &Object, sent: &Map<String, Value>, stored: &Value) -> Shows {
    let shown = |field: &str| {
        let name = object.stored_as.get(field).map_or(field, String::as_str);
        stored.get(name).is_some_and(|value| !value.is_null())
    };
    let native = sent.keys().filter(|field| *field != "custom_field");
    if !native.into_iter().all(|field| shown(field)) {
        return Shows::Little;
    }
    let wanted = sent.get("custom_field").and_then(Value::as_object);
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return Shows::All;
    };
    let Some(custom) = stored.get("custom_field").and_then(Value::as_object) else {
        return Shows::Little;
    };
    let is_dropped = |field: &&String| custom.get(*field).is_none_or(Value::is_null);
    let dropped: Vec<String> = wanted.keys().filter(is_dropped).cloned().collect();
    match dropped.is_empty() {
        true => Shows::All,
        false => Shows::Dropped(dropped),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_proves_what_it_shows() {
        let entry =
            "source = 's'\ntarget = 't'\nwrite = 'create'\nstored_as = { people = 'members' }";
        let object: Object = toml::from_str(entry).unwrap();
        let sent =
            json!({ "name": "A", "people": [1], "custom_field": { "cf_a": "x", "cf_b": 2 } });
        let cases = [
            (
                json!({ "id": 1, "name": "A", "members": [{ "id": 1 }], "custom_field": { "cf_a": "x", "cf_b": 2 } }),
                Shows::All,
            ),
            (
                json!({ "id": 1, "name": "A", "members": [1], "custom_field": { "cf_b": 2 } }),
                Shows::Dropped(vec!["cf_a".to_owned()]),
            ),
            (
                json!({ "id": 1, "name": "A", "members": [1], "custom_field": { "cf_a": null, "cf_b": 2 } }),
                Shows::Dropped(vec!["cf_a".to_owned()]),
            ),
            (
                json!({ "id": 1, "name": "A", "members": [1] }),
                Shows::Little,
            ),
            (
                json!({ "id": 1, "name": "A", "members": null, "custom_field": { "cf_a": "x", "cf_b": 2 } }),
                Shows::Little,
            ),
            (json!(null), Shows::Little),
        ];
        for (stored, wanted) in cases {
            let shown = shows(&object, sent.as_object().unwrap(), &stored);
            assert_eq!(shown, wanted, "{stored}");
        }
    }
}
