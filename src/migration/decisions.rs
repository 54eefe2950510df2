//! The one list of what is not certain about an export: `map show` prints it, `map set` answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::extract;
use super::workspace::Workspace;
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Choice};
use crate::ledger;

const MAP: &str = "sql/map/map_decisions.csv";

/// One thing that was decided, or waits for a person.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// How it was read, and why.
    #[serde(flatten)]
    pub choice: Choice,
    /// What a person has said, if anything.
    pub answer: Option<String>,
    /// A person must still say how it is read, or land again.
    pub is_open: bool,
}

/// What `map set` did.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    /// The file that was written.
    pub file: &'static str,
    /// The export was read otherwise, so it must be landed again.
    pub must_land_again: bool,
}

/// Everything that was decided about the newest extract, the open ones first.
///
/// # Errors
/// [`Kind::Decision`] when nothing is landed, [`Kind::Config`] when the map cannot be read.
pub fn decisions(workspace: &Workspace) -> Result<Vec<Decision>> {
    let history = ledger::history(&workspace.staging())?;
    let answers = Answers::of(workspace)?;
    let choices = extract::newest(workspace, &history)?.choices.into_iter();
    let mut all: Vec<Decision> = choices.map(|choice| answers.decision(choice)).collect();
    all.sort_by_key(|decision| !decision.is_open);
    Ok(all)
}

/// Writes an answer to `map_decisions.csv`, in the place of an earlier one.
///
/// # Errors
/// [`Kind::Usage`] when the newest extract asks no such thing, [`Kind::Config`] when the map cannot be written.
pub fn decide(workspace: &Workspace, scope: &str, topic: &str, choice: &str) -> Result<Answered> {
    let known = decisions(workspace)?;
    let of_it = |decision: &&Decision| {
        decision.choice.topic == topic && is_scope(scope, &decision.choice.scope)
    };
    let asked: Vec<&Decision> = known.iter().filter(of_it).collect();
    if asked.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("nothing was read of `{scope}` that `{topic}` decides"),
        )
        .hint("`deskferry map show --all` lists what was decided, by scope and topic"));
    }
    let mut answers = Answers::of(workspace)?;
    answers.put(scope, topic, choice);
    answers.write(workspace)?;
    Ok(Answered {
        file: MAP,
        must_land_again: asked
            .iter()
            .any(|decision| decision.choice.choice != choice),
    })
}

/// Whether an answer for `scope` is one for the file at `path`: the path, or the name alone, in any case.
fn is_scope(scope: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [path, name]
        .iter()
        .any(|known| known.to_lowercase() == scope.to_lowercase())
}

/// The rows of `map_decisions.csv`: choice and note by scope and topic.
struct Answers(BTreeMap<(String, String), (String, String)>);

impl Answers {
    fn of(workspace: &Workspace) -> Result<Self> {
        let text = extract::map_text(&workspace.catalog, "map_decisions");
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut answers = BTreeMap::new();
        for record in reader.deserialize() {
            let (scope, topic, choice, note): (String, String, String, String) =
                record.map_err(|cause| {
                    Error::new(Kind::Config, format!("{MAP} cannot be read")).because(cause)
                })?;
            answers.insert((scope, topic), (choice, note));
        }
        Ok(Self(answers))
    }

    fn decision(&self, choice: Choice) -> Decision {
        let answer = self
            .0
            .iter()
            .find(|((scope, topic), _)| *topic == choice.topic && is_scope(scope, &choice.scope));
        let answer = answer.map(|(_, (answer, _))| answer.clone());
        // The same rule as `recon_after_land__choices_open`.
        let is_open = match &answer {
            None => choice.decided_by != "rule",
            Some(answer) => *answer != choice.choice,
        };
        Decision {
            choice,
            answer,
            is_open,
        }
    }

    fn put(&mut self, scope: &str, topic: &str, choice: &str) {
        self.0
            .retain(|(known, of), _| of != topic || !is_scope(known, scope));
        let note = format!("map set, {}", Timestamp::now().strftime("%Y-%m-%d"));
        let thing = (scope.to_owned(), topic.to_owned());
        self.0.insert(thing, (choice.to_owned(), note));
    }

    fn write(&self, workspace: &Workspace) -> Result<()> {
        let wrong =
            |cause: csv::Error| Error::new(Kind::Bug, format!("{MAP} is no CSV")).because(cause);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(["scope", "topic", "choice", "note"])
            .map_err(wrong)?;
        for ((scope, topic), (choice, note)) in &self.0 {
            writer
                .write_record([scope, topic, choice, note])
                .map_err(wrong)?;
        }
        let text = writer
            .into_inner()
            .map_err(|cause| Error::new(Kind::Bug, format!("{MAP} is no CSV")).because(cause))?;
        landing::write_atomically(&workspace.root.join(MAP), &text)
    }
}
