//! Questions, what we take for granted while nobody asked, and what the answers decide.

use serde::Serialize;

use crate::catalog::{Catalog, Object, Write};
use crate::error::{Error, Kind, Result};
use crate::ledger::{Event, History, Probed};

/// A question as it is known in the ledger, what is assumed while nobody asked, and what hangs on it.
struct Question {
    name: &'static str,
    /// `None`: every answer is as good.
    assumed: Option<&'static str>,
    decides: &'static str,
}

const fn question(
    name: &'static str,
    assumed: Option<&'static str>,
    decides: &'static str,
) -> Question {
    Question {
        name,
        assumed,
        decides,
    }
}

/// Of an account, and of the records of an object there (`<object>: <question>`).
#[rustfmt::skip]
const QUESTIONS: &[Question] = &[
    question("edition", Some("suite"), "which routes there are"),
    question("limit headers", Some("none"), "whether the account tells how many calls are left"),
    question("views", Some("found"), "how records are read back"),
    question("required fields", None, "what a record must hold"),
    question("unique fields", None, "which fields can be keys"),
    question("creation", Some("accepted"), "whether such records can be made"),
    question("optional fields left out", Some("accepted"), "whether records without them can be made"),
    question("created_at", Some("set by the account"), "nothing: times of the source go to fields of their own"),
    question("custom fields", Some("kept"), "whether their values arrive"),
    question("update of custom fields", Some("replaces"), "nothing: `custom_field` is always sent whole"),
    question("key", Some(ONE_RECORD), "whether the object can be loaded"),
    question("bulk job", None, "how the end of a job is told"),
    question("bulk failure", Some("named"), "whether a failed row is known without a look-up"),
];

/// The key works.
pub(super) const ONE_RECORD: &str = "one record";
/// It is none.
pub(super) const TWO_RECORDS: &str = "two records";
/// Begins the answer that a key, or a record, was not taken.
pub(super) const REFUSED: &str = "refused";
/// What is not shown to this key.
pub(super) const NOT_SHOWN: &str = "not shown";

/// One answer, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// `<object>: <question>`, or the question.
    pub probe: String,
    /// The account's answer.
    pub answer: String,
    /// What is taken for granted while nobody asked; none where every answer is as good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<&'static str>,
    /// What hangs on it.
    pub decides: &'static str,
}

impl Answer {
    fn new(probe: &str, answer: &str) -> Self {
        let name = probe.rsplit_once(": ").map_or(probe, |(_, name)| name);
        let is_it = |question: &&Question| {
            let rest = name.strip_prefix(question.name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let found = QUESTIONS.iter().find(is_it);
        Self {
            probe: probe.to_owned(),
            answer: answer.to_owned(),
            assumed: found.and_then(|question| question.assumed),
            decides: found.map_or("", |question| question.decides),
        }
    }

    /// Whether it is not what was taken for granted.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.assumed.is_some_and(|assumed| assumed != self.answer)
    }
}

/// Answers as they come in.
#[derive(Debug, Default)]
pub(super) struct Answers(Vec<(String, String)>);

impl Answers {
    /// Of the account.
    pub(super) fn add(&mut self, question: &str, answer: impl Into<String>) {
        self.0.push((question.to_owned(), answer.into()));
    }

    /// Of an object's records.
    pub(super) fn of(&mut self, object: &str, question: &str, answer: impl Into<String>) {
        self.add(&format!("{object}: {question}"), answer);
    }

    pub(super) fn events(&self, destination: &str) -> Vec<Event> {
        let event = |(probe, answer): &(String, String)| {
            Event::Probed(Probed {
                destination: destination.to_owned(),
                probe: probe.clone(),
                answer: answer.clone(),
            })
        };
        self.0.iter().map(event).collect()
    }

    pub(super) fn into_answers(self) -> Vec<Answer> {
        let all = self.0.iter();
        all.map(|(probe, answer)| Answer::new(probe, answer))
            .collect()
    }
}

/// The remembered answers that are not what was taken for granted.
pub(in crate::migration) fn differing(history: &History, destination: &str) -> Vec<Answer> {
    let all = history.probed(destination);
    all.map(|probed| Answer::new(&probed.probe, &probed.answer))
        .filter(Answer::differs)
        .collect()
}

/// Whether the account was ever asked by writing.
pub(super) fn is_written(history: &History, destination: &str) -> bool {
    history
        .probed(destination)
        .any(|probed| probed.probe.ends_with(": creation"))
}

/// A key that does not work there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedKey {
    /// The object that is written by it.
    pub object: String,
    /// Its records' path there.
    pub target: String,
    /// The destination's name of the key.
    pub key: String,
    /// What the account answered.
    pub answer: String,
}

/// Objects whose first key does not work, as far as the account was asked.
pub(in crate::migration) fn refused_keys<'a>(
    history: &History,
    destination: &str,
    catalog: &Catalog,
    objects: impl Iterator<Item = &'a Object>,
) -> Vec<RefusedKey> {
    let answer = |probe: &str| {
        let mut all = history.probed(destination);
        all.find(|probed| probed.probe == probe)
            .map(|probed| probed.answer.clone())
    };
    let refused = |object: &Object| {
        let (_, key) = object.keys().next()?;
        let asked = asked_of(catalog, object)?;
        let told = answer(&format!("{asked}: key {key}"));
        let unique = answer(&format!("{asked}: unique fields"));
        Some(RefusedKey {
            object: object.name.clone(),
            target: object.target.clone(),
            key: key.to_owned(),
            answer: refusal(key, told, unique)?,
        })
    };
    let by_key = |object: &&Object| matches!(object.write, Write::Upsert | Write::BulkUpsert);
    objects.filter(by_key).filter_map(refused).collect()
}

/// The object whose probe speaks for all that are written to the same place.
fn asked_of<'a>(catalog: &'a Catalog, object: &Object) -> Option<&'a str> {
    let mut probes = catalog.probes.iter();
    let probe = probes.find(|probe| {
        let asked = catalog.object(&probe.object);
        asked.is_ok_and(|asked| asked.target == object.target)
    })?;
    Some(&probe.object)
}

/// Why a key does not work: tried by writing, else told by the account's forms.
fn refusal(key: &str, told: Option<String>, unique: Option<String>) -> Option<String> {
    match (told, unique) {
        (Some(told), _) if told == TWO_RECORDS || told.starts_with(REFUSED) => Some(told),
        (Some(_), _) | (None, None) => None,
        (None, Some(unique)) => {
            let is_custom = key.starts_with("cf_");
            let is_listed = unique == NOT_SHOWN || unique.split(", ").any(|name| name == key);
            (is_custom && !is_listed).then(|| "not marked unique".to_owned())
        }
    }
}

/// Stops before an object is sent by a key that does not work: every second load would make twins.
///
/// # Errors
/// [`Kind::Decision`], with what the administrator has to do.
pub fn gate_keys(refused: &[RefusedKey]) -> Result<()> {
    let Some(RefusedKey {
        object,
        target,
        key,
        answer,
    }) = refused.first()
    else {
        return Ok(());
    };
    Err(Error::new(
        Kind::Decision,
        format!("{object} cannot be loaded: `{key}` does not work as a key of {target} there ({answer})"),
    )
    .hint(format!(
        "an administrator marks the field `{key}` of {target} as unique in the account's settings; then `deskferry probe --write` asks again"
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_question_has_its_assumption_whatever_stands_around_it() {
        let cases = [
            ("edition", "suite", false),
            ("edition", "classic", true),
            ("contacts: created_at", "kept", true),
            ("deals: key cf_source_id", ONE_RECORD, false),
            ("deals: key cf_source_id", TWO_RECORDS, true),
            ("contacts: bulk job", "ANYTHING", false),
            ("contacts: bulk failure", "counted", true),
            ("contacts: update of custom fields", "merges", true),
            ("contacts: update of custom fields", "replaces", false),
        ];
        for (probe, told, differs) in cases {
            let answer = Answer::new(probe, told);
            assert_eq!(answer.differs(), differs, "{probe}: {told}");
            assert!(!answer.decides.is_empty(), "{probe}");
        }
    }

    #[test]
    fn a_key_is_refused_by_what_was_tried_and_else_by_what_is_shown() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (None, None, None),
            (text(ONE_RECORD), text("name"), None),
            (text(TWO_RECORDS), text("cf_x"), text(TWO_RECORDS)),
            (text("refused: no"), None, text("refused: no")),
            (None, text(NOT_SHOWN), None),
            (None, text("name, cf_x"), None),
            (None, text("name"), text("not marked unique")),
            (None, text("none"), text("not marked unique")),
        ];
        for (told, unique, wanted) in cases {
            let shown = format!("{told:?} {unique:?}");
            assert_eq!(refusal("cf_x", told, unique), wanted, "{shown}");
        }
        assert_eq!(
            refusal("name", None, text("none")),
            None,
            "native keys are not in forms"
        );
    }

    #[test]
    fn the_gate_names_the_field_and_who_marks_it() {
        let key = RefusedKey {
            object: "things".to_owned(),
            target: "paths".to_owned(),
            key: "cf_x".to_owned(),
            answer: TWO_RECORDS.to_owned(),
        };
        let error = gate_keys(&[key]).unwrap_err();
        assert_eq!(error.kind(), Kind::Decision);
        assert!(
            error
                .next_step()
                .unwrap()
                .contains("`cf_x` of paths as unique")
        );
        assert!(gate_keys(&[]).is_ok());
    }
}
