//! Probes that write: marked records are made, changed and looked at, and every one of them goes again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::answers::{Answers, ONE_RECORD, REFUSED, TWO_RECORDS};
use super::records::{self, MARK, Namer, Sort, body, set_custom, sort};
use crate::catalog::{Catalog, Pick, Write};
use crate::error::{Error, Kind, Result};
use crate::freshsales::{BulkOutcome, BulkRow, Client, Outcome, Twice, Upload};
use crate::load;

/// A moment that no account sets by itself.
const LONG_AGO: &str = "2001-02-03T04:05:06Z";
/// What a small file holds.
const SMALL_FILE: &[u8] = b"Made by `deskferry probe`; may be deleted.\n";
/// Words for a custom field of text, as far as they are known.
const TEXTS: [&str; 3] = ["text", "textarea", "paragraph"];

/// A probe at work.
pub(super) struct Asking<'a> {
    client: &'a Client,
    sorts: Arc<[Sort<'a>]>,
    /// Probe → ids of the records it made.
    made: BTreeMap<&'a str, Vec<i64>>,
    /// Probes whose optional fields are not optional there.
    needy: BTreeSet<&'a str>,
    namer: Namer<'a>,
}

impl<'a> Asking<'a> {
    /// # Errors
    /// [`Kind::Config`] for a probe whose records could not be removed.
    pub(super) fn new(catalog: &'a Catalog, client: &'a Client, run_id: &'a str) -> Result<Self> {
        let sorts = catalog.probes.iter().map(|probe| sort(catalog, probe));
        Ok(Self {
            client,
            sorts: sorts.collect::<Result<_>>()?,
            made: BTreeMap::new(),
            needy: BTreeSet::new(),
            namer: Namer::new(run_id),
        })
    }

    /// Asks everything; answers are added as they come, and records are kept in mind for [`Self::sweep`].
    ///
    /// # Errors
    /// [`Kind::Destination`] where an answer leaves it open what happened.
    pub(super) async fn ask(&mut self, answers: &mut Answers) -> Result<()> {
        let sorts = Arc::clone(&self.sorts);
        for sort in sorts.iter() {
            match &sort.probe.on {
                Some(parent) => self.ask_child(sort, parent, answers).await?,
                None => self.ask_record(sort, answers).await?,
            }
        }
        Ok(())
    }

    /// Removes what was made and what carries the mark, children before their parents.
    ///
    /// # Errors
    /// [`Kind::Destination`] with the ids of what is left.
    pub(super) async fn sweep(&mut self) -> Result<()> {
        let mut left = Vec::new();
        let mut failure = None;
        for sort in self.sorts.iter().rev() {
            let made = self
                .made
                .remove(sort.probe.name.as_str())
                .unwrap_or_default();
            let Some(scratch) = &sort.scratch else {
                continue;
            };
            match self.client.sweep(scratch, MARK, &made).await {
                Ok(ids) => {
                    let target = &sort.object.target;
                    left.extend(ids.iter().map(|id| format!("{target}/{id}")));
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match (failure, left.is_empty()) {
            (Some(error), _) => Err(error),
            (None, true) => Ok(()),
            (None, false) => Err(Error::new(
                Kind::Destination,
                format!("records of a probe are still there: {}", left.join(", ")),
            )
            .hint("`deskferry probe --write` removes them; each says in its name what it is")),
        }
    }

    async fn ask_record(&mut self, sort: &Sort<'a>, answers: &mut Answers) -> Result<()> {
        let customs = self.custom_texts(sort).await?;
        let Some((id, sent)) = self.first(sort, &customs, answers).await? else {
            return Ok(());
        };
        self.ask_kept(sort, (id, &sent), &customs, answers).await?;
        if matches!(sort.object.write, Write::Upsert | Write::BulkUpsert) {
            for (column, name) in sort.object.keys() {
                let answer = self.ask_key(sort, column, name).await?;
                answers.of(&sort.object.name, &format!("key {name}"), answer);
            }
        }
        match (sort.object.keys().next(), sort.probe.bad.is_empty()) {
            (Some((column, name)), false) => self.ask_bulk(sort, (column, name), answers).await,
            _ => Ok(()),
        }
    }

    /// Makes one record: with as little as it can be made of, and with a time that is not now.
    async fn first(
        &mut self,
        sort: &Sort<'a>,
        customs: &[String],
        answers: &mut Answers,
    ) -> Result<Option<(i64, Map<String, Value>)>> {
        let object = &sort.object.name;
        let mut refusals = Vec::new();
        for (with_optional, with_time) in [(false, true), (true, true), (true, false)] {
            if sort.probe.optional.is_empty() && !with_optional {
                continue;
            }
            let names = self.namer.next();
            let mut body = body(sort, &names, with_optional);
            if with_time {
                body.insert("created_at".to_owned(), LONG_AGO.into());
            }
            let fields = customs
                .iter()
                .map(|name| (name.clone(), "deskferry".into()));
            set_custom(&mut body, fields);
            let Taken::As(id) = self.create(sort, &body, &mut refusals).await? else {
                continue;
            };
            answers.of(object, "creation", "accepted");
            match (sort.probe.optional.is_empty(), with_optional, with_time) {
                (false, false, _) => answers.of(object, "optional fields left out", "accepted"),
                (false, true, true) => {
                    self.needy.insert(&sort.probe.name);
                    answers.of(object, "optional fields left out", refused(refusals.last()));
                }
                (_, _, false) => answers.of(object, "created_at", refused(refusals.last())),
                _ => {}
            }
            return Ok(Some((id, body)));
        }
        answers.of(object, "creation", refused(refusals.last()));
        Ok(None)
    }

    async fn ask_kept(
        &self,
        sort: &Sort<'a>,
        (id, sent): (i64, &Map<String, Value>),
        customs: &[String],
        answers: &mut Answers,
    ) -> Result<()> {
        let (object, to) = (&sort.object.name, &sort.to);
        let Some(kept) = self.client.what_is_kept(to, id, sent).await? else {
            return Ok(());
        };
        if sent.contains_key("created_at") {
            let answer = if kept.created_at {
                "kept"
            } else {
                "set by the account"
            };
            answers.of(object, "created_at", answer);
        }
        if !customs.is_empty() {
            let answer = if kept.custom_field { "kept" } else { "dropped" };
            answers.of(object, "custom fields", answer);
        }
        let ([changed, other], true) = (customs, kept.custom_field) else {
            return Ok(());
        };
        let mut update = Map::new();
        set_custom(&mut update, [(changed.clone(), "changed".into())]);
        let other = json!({ other: "deskferry" });
        let merged = self
            .client
            .is_update_merged(to, id, &update, &other)
            .await?;
        if let Some(is_merged) = merged {
            let answer = if is_merged { "merges" } else { "replaces" };
            answers.of(object, "update of custom fields", answer);
        }
        Ok(())
    }

    async fn ask_key(&mut self, sort: &Sort<'a>, column: &str, name: &str) -> Result<String> {
        let row = self.keyed(sort, (column, name));
        let to = &sort.to;
        let twice = self.client.upsert_twice(to, &row.key, &row.body).await?;
        let made = self.made.entry(&sort.probe.name).or_default();
        Ok(match twice {
            Some(Twice::One(id)) => {
                made.push(id);
                ONE_RECORD.to_owned()
            }
            Some(Twice::Two(one, other)) => {
                made.extend([one, other]);
                TWO_RECORDS.to_owned()
            }
            Some(Twice::Refused(reason)) => refused(Some(&reason)),
            None => "in doubt".to_owned(),
        })
    }

    async fn ask_bulk(
        &mut self,
        sort: &Sort<'a>,
        key: (&str, &str),
        answers: &mut Answers,
    ) -> Result<()> {
        let (object, to) = (&sort.object.name, &sort.to);
        let good = self.keyed(sort, key);
        let mut bad = self.keyed(sort, key);
        bad.body.extend(sort.probe.bad.clone());
        let rows = [good, bad];
        let job = self.client.observed_job(to, &rows).await?;
        answers.of(object, "bulk job", job.words.join(" > "));
        answers.of(object, "bulk failure", told_of_the_second(&job.outcome));
        // A job names no ids; its key does.
        let [good, _] = rows;
        if let Outcome::Accepted { id, .. } = self.client.upsert(to, &good.key, &good.body).await? {
            self.made.entry(&sort.probe.name).or_default().push(id);
        }
        Ok(())
    }

    async fn ask_child(
        &mut self,
        sort: &Sort<'a>,
        parent: &str,
        answers: &mut Answers,
    ) -> Result<()> {
        let on = self.sorts.iter().find(|sort| sort.probe.name == parent);
        let kind = on.and_then(|on| on.object.targetable.clone());
        let id = self.made.get(parent).and_then(|made| made.first().copied());
        let (Some(kind), Some(id)) = (kind, id) else {
            return Ok(());
        };
        let names = self.namer.next();
        let mut body = body(sort, &names, false);
        body.insert("targetable_type".to_owned(), kind.into());
        body.insert("targetable_id".to_owned(), id.into());
        for (field, pick) in &sort.probe.ids {
            if let Some(id) = self.picked(pick).await? {
                body.insert(field.clone(), id.into());
            }
        }
        let mut refusals = Vec::new();
        let answer = match self.create(sort, &body, &mut refusals).await? {
            Taken::As(_) => "accepted".to_owned(),
            Taken::Not => refused(refusals.last()),
        };
        answers.of(&sort.object.name, "creation", answer);
        Ok(())
    }

    async fn create(
        &mut self,
        sort: &Sort<'a>,
        body: &Map<String, Value>,
        refusals: &mut Vec<String>,
    ) -> Result<Taken> {
        let outcome = match sort.object.write {
            Write::Multipart => self.upload(sort, body).await?,
            _ => self.client.create(&sort.to, body).await?,
        };
        match outcome {
            Outcome::Accepted { id, .. } => {
                self.made.entry(&sort.probe.name).or_default().push(id);
                Ok(Taken::As(id))
            }
            Outcome::Rejected { reason, .. } => {
                refusals.push(reason);
                Ok(Taken::Not)
            }
            Outcome::NotTaken { reason, .. } | Outcome::Unknown { reason } => Err(Error::new(
                Kind::Destination,
                format!(
                    "the account could not be asked about {}: {reason}",
                    sort.object.name
                ),
            )
            .hint("run `deskferry probe --write` again; it removes first what this one left")),
        }
    }

    /// Sends a file of a few bytes under the record's own name.
    async fn upload(&self, sort: &Sort<'a>, body: &Map<String, Value>) -> Result<Outcome> {
        let unwritten = |cause| {
            Error::new(Kind::Config, "a file to ask with could not be written")
                .because(cause)
                .hint("check space and rights of the folder for temporary files")
        };
        let mut file = tempfile::NamedTempFile::new().map_err(unwritten)?;
        file.write_all(SMALL_FILE).map_err(unwritten)?;
        let name = body.get(&sort.probe.marker).and_then(Value::as_str);
        let upload = Upload {
            path: file.path().to_owned(),
            bytes: SMALL_FILE.len() as u64,
            name: format!("{}.txt", name.unwrap_or_default()),
        };
        self.client.upload(&sort.to, &upload, body).await
    }

    /// Two custom fields of text, no keys: whatever the account has.
    async fn custom_texts(&self, sort: &Sort<'a>) -> Result<Vec<String>> {
        let Some(path) = &sort.probe.fields else {
            return Ok(Vec::new());
        };
        let fields = self.client.read_if_there(path, "fields").await?;
        let of = |field: &Value, name: &str| Some(field.get(name)?.as_str()?.to_owned());
        let is_key = |name: &String| sort.object.keys().any(|(column, _)| column == name);
        let names = fields.into_iter().flatten().filter_map(|field| {
            let kind = of(&field, "type")?;
            of(&field, "name").filter(|name| {
                name.starts_with("cf_") && TEXTS.contains(&kind.as_str()) && !is_key(name)
            })
        });
        Ok(names.take(2).collect())
    }

    async fn picked(&self, pick: &Pick) -> Result<Option<i64>> {
        let records = self.client.read(&pick.path, &pick.root).await?;
        let fits = |record: &&Value| record.get(&pick.condition) == Some(&Value::Bool(true));
        Ok(records.iter().find(fits).and_then(load::record_id))
    }

    fn keyed(&mut self, sort: &Sort<'a>, key: (&str, &str)) -> BulkRow {
        let with_optional = self.needy.contains(sort.probe.name.as_str());
        records::keyed(sort, self.namer.next(), key, with_optional)
    }
}

/// What became of a record that was to be made.
enum Taken {
    As(i64),
    Not,
}

fn refused(reason: Option<&String>) -> String {
    match reason {
        Some(reason) => format!("{REFUSED}: {reason}"),
        None => REFUSED.to_owned(),
    }
}

/// What a job with a good and a bad row tells of the bad one.
fn told_of_the_second(outcome: &BulkOutcome) -> String {
    match outcome {
        BulkOutcome::Done {
            failed,
            failed_untied,
        } => match (failed.as_slice(), failed_untied) {
            ([(1, _)], 0) => "named".to_owned(),
            ([], 0) => "not told".to_owned(),
            _ => "counted".to_owned(),
        },
        BulkOutcome::Rejected { reason, .. } => refused(Some(reason)),
        BulkOutcome::NotTaken { reason, .. } | BulkOutcome::Unknown { reason } => {
            format!("in doubt: {reason}")
        }
    }
}
