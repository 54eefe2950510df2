//! The one list of what is not certain about an export: `map show` prints it, `map set` answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::relations::{self, Inputs};
use super::workspace::Workspace;
use super::{extract, status};
use crate::error::{Error, Kind, Result};
use crate::landing::{self, Choice};
use crate::ledger;
use crate::source::Choices;
use crate::warehouse::Warehouse;

const MAP: &str = "sql/map/map_decisions.csv";

/// The relation with every decision, one row each.
const JUDGED: &str = "int_choices__judged";

/// One thing that was decided, or waits for a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// How it is read, and why.
    #[serde(flatten)]
    pub choice: Choice,
    /// What a person has said, if anything.
    pub answer: Option<String>,
    /// Read like this when it was landed: another answer needs the export again.
    pub is_landed: bool,
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
/// [`Kind::Decision`] when nothing is landed, [`Kind::Config`] when the map cannot be read, [`Kind::Script`] when a script
/// that judges is refused.
pub fn decisions(workspace: &Workspace) -> Result<Vec<Decision>> {
    // A map that cannot be read is told by its line, not as a script's failure.
    answers(workspace)?;
    workspace.prepare()?;
    let history = ledger::history(&workspace.staging())?;
    let extract = extract::newest(workspace, &history)?;
    let inputs = relations::inputs(workspace, &extract, &history);
    let build = |warehouse: &mut Warehouse| judge(&inputs, warehouse);
    status::ask(workspace, &extract, &inputs, build, judged)
}

/// Builds what judges, and nothing else.
fn judge(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    relations::sources(inputs, warehouse)?;
    let mut scripts = relations::needed(inputs.catalog, JUDGED).into_iter();
    scripts.try_for_each(|script| relations::relation(inputs.catalog, script, warehouse))
}

fn judged(warehouse: &Warehouse) -> Result<Vec<Decision>> {
    warehouse.fetch(&format!(
        "select * from {JUDGED} order by is_open desc, scope, topic"
    ))
}

fn answers(workspace: &Workspace) -> Result<Choices> {
    Choices::parse(extract::map_text(&workspace.catalog, "map_decisions"))
}

/// Writes an answer to `map_decisions.csv`, a row for each thing that `scope` names: by its path, or by its name alone.
///
/// # Errors
/// [`Kind::Usage`] when the newest extract asks no such thing, or nothing is known by that answer; [`Kind::Config`] when the
/// map cannot be written.
pub fn decide(workspace: &Workspace, scope: &str, topic: &str, choice: &str) -> Result<Answered> {
    let mut asked = decisions(workspace)?;
    asked.retain(|one| one.choice.topic == topic && is_scope(scope, &one.choice.scope));
    if asked.is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("nothing was read of `{scope}` that `{topic}` decides"),
        )
        .hint("`deskferry map show --all` lists what was decided, by scope and topic"));
    }
    asked.iter().try_for_each(|one| check(one, choice))?;
    let note = format!("map set, {}", Timestamp::now().strftime("%Y-%m-%d"));
    let mut answers = answers(workspace)?;
    for one in &asked {
        answers.put([&one.choice.scope, topic, choice, &note]);
    }
    landing::write_atomically(&workspace.root.join(MAP), &answers.to_csv()?)?;
    let is_other = |one: &Decision| one.is_landed && one.choice.choice != choice;
    Ok(Answered {
        file: MAP,
        must_land_again: asked.iter().any(is_other),
    })
}

/// A column is read in one of some ways; how a file may be read, the reader knows.
fn check(asked: &Decision, choice: &str) -> Result<()> {
    let of_it = &asked.choice;
    let known: Vec<&str> = [&of_it.choice]
        .into_iter()
        .chain(&of_it.others)
        .map(String::as_str)
        .collect();
    if asked.is_landed || known.contains(&choice) {
        return Ok(());
    }
    let what = format!("{} of `{}` cannot be `{choice}`", of_it.topic, of_it.scope);
    Err(Error::new(Kind::Usage, what).hint(format!("it is one of: {}", known.join(", "))))
}

/// Whether a person who says `scope` means the file at `path`, in any case.
fn is_scope(scope: &str, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [path, name]
        .iter()
        .any(|known| known.to_lowercase() == scope.to_lowercase())
}
