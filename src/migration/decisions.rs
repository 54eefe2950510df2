//! The one list of what is not certain about an export: `map show` prints it, `map set` answers.

use jiff::Timestamp;
use serde::Serialize;

use super::extract;
use super::workspace::Workspace;
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Choice};
use crate::ledger;
use crate::source::Choices;

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
    let answers = answers(workspace)?;
    let choices = extract::newest(workspace, &history)?.choices.into_iter();
    let mut all: Vec<Decision> = choices.map(|choice| decision(choice, &answers)).collect();
    all.sort_by_key(|decision| !decision.is_open);
    Ok(all)
}

fn answers(workspace: &Workspace) -> Result<Choices> {
    Choices::parse(extract::map_text(&workspace.catalog, "map_decisions"))
}

fn decision(choice: Choice, answers: &Choices) -> Decision {
    let answer = answers.of(&choice.scope, &choice.topic).map(str::to_owned);
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

/// Writes an answer to `map_decisions.csv`, a row for each file that `scope` names: by its path, or by its name alone.
///
/// # Errors
/// [`Kind::Usage`] when the newest extract asks no such thing, [`Kind::Config`] when the map cannot be written.
pub fn decide(workspace: &Workspace, scope: &str, topic: &str, choice: &str) -> Result<Answered> {
    let known = decisions(workspace)?;
    let of_topic = known
        .iter()
        .filter(|decision| decision.choice.topic == topic);
    let asked: Vec<&Choice> = of_topic
        .map(|decision| &decision.choice)
        .filter(|choice| is_scope(scope, &choice.scope))
        .collect();
    if asked.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("nothing was read of `{scope}` that `{topic}` decides"),
        )
        .hint("`deskferry map show --all` lists what was decided, by scope and topic"));
    }
    let note = format!("map set, {}", Timestamp::now().strftime("%Y-%m-%d"));
    let mut answers = answers(workspace)?;
    for file in &asked {
        answers.put([&file.scope, topic, choice, &note]);
    }
    landing::write_atomically(&workspace.root.join(MAP), &answers.to_csv()?)?;
    Ok(Answered {
        file: MAP,
        must_land_again: asked.iter().any(|file| file.choice != choice),
    })
}

/// Whether a person who says `scope` means the file at `path`, in any case.
fn is_scope(scope: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [path, name]
        .iter()
        .any(|known| known.to_lowercase() == scope.to_lowercase())
}
