//! The seal of a plan: a person approved what decides what is sent, and a load sends nothing else.
//!
//! ```text
//! approve ─► every gate of the plan ─► staging/approvals/<hash>   the text of each file of sql/, once
//!                                     ledger: approval            name → hash of a file, value of a setting
//! load    ─► what is now = what was approved?                     else exit 6, with what changed
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use similar::{ChangeTag, TextDiff};

use super::run::Run;
use super::workspace::{Workspace, private_folder};
use super::{Plan, Watch, gate_keys, plan_run, tell_closed};
use crate::error::{Error, Kind, Result};
use crate::landing::{hex, write_atomically};
use crate::ledger::{self, Approval, Event, History};
use crate::reconcile;

/// What was approved.
#[derive(Clone, Debug, Serialize)]
pub struct Approved {
    /// Hash of all of it.
    pub plan_hash: String,
    /// Who approved.
    pub by: String,
    /// Files and settings.
    pub items: usize,
    /// What is otherwise than in the approval before; empty when there was none.
    pub differences: Vec<Difference>,
    /// Rows that a load would send now.
    pub rows: u64,
    /// Calls that it would make.
    pub calls: u64,
}

/// A file or a setting that is not as it was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `sql/map/map_owners.csv`, `deskferry.toml policies.duplicate_emails`.
    pub item: String,
    /// `changed`, `new` or `removed`.
    pub state: &'static str,
    /// A setting as it was approved.
    pub before: Option<String>,
    /// A setting as it is.
    pub after: Option<String>,
    /// Lines of a file that are new, in their order.
    pub added: Vec<String>,
    /// Lines of a file that are gone, in their order.
    pub removed: Vec<String>,
}

impl Difference {
    /// In a few words, without what stands in a file: a map names people.
    #[must_use]
    pub fn in_short(&self) -> String {
        let item = &self.item;
        match (&self.before, &self.after) {
            (None, None) => format!(
                "{item} {}: {} lines added, {} removed",
                self.state,
                self.added.len(),
                self.removed.len()
            ),
            (before, after) => {
                let word = |value: &Option<String>| value.clone().unwrap_or("nothing".to_owned());
                format!("{item}: {} became {}", word(before), word(after))
            }
        }
    }
}

const SQL: &str = "sql/";
const SETTINGS: &str = "deskferry.toml ";

/// Everything that decides what is sent, by name: the hash of each file, the value of each setting, the program's version.
fn items(workspace: &Workspace) -> BTreeMap<String, String> {
    let hashes = workspace.catalog.hashes.iter();
    let files = hashes.map(|(path, hash)| (format!("{SQL}{path}"), hash.clone()));
    let settings = workspace.config.decisive().into_iter();
    let settings = settings.map(|(name, value)| (format!("{SETTINGS}{name}"), value));
    let version = env!("CARGO_PKG_VERSION").to_owned();
    files
        .chain(settings)
        .chain([("deskferry".to_owned(), version)])
        .collect()
}

fn hash_of(items: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (name, value) in items {
        hash.update(format!("{name}\0{value}\0"));
    }
    hex(&hash.finalize())
}

/// Approves what is planned now: reads the destination's settings, runs every check, and seals what decides. Nothing is written there.
///
/// # Errors
/// [`Kind::Usage`] for a name that is none; the gates of a plan: [`Kind::Decision`], [`Kind::Check`], [`Kind::Destination`].
pub async fn approve(workspace: &Workspace, by: &str, watch: &dyn Watch) -> Result<Approved> {
    let by = by.trim();
    if by.is_empty() || by.len() > 200 || by.chars().any(char::is_control) {
        return Err(Error::new(
            Kind::Usage,
            "nobody approved: the name is empty or too long",
        )
        .hint("`deskferry approve --by NAME` with the name of the person who answers for it"));
    }
    let run = Run::begin(workspace, "approve", watch)?;
    tell_closed(workspace, &run.client, watch);
    let result = run.telling(approve_run(&run, by)).await;
    run.end(result)
}

async fn approve_run(run: &Run<'_>, by: &str) -> Result<Approved> {
    let plan: Plan = plan_run(run).await?;
    reconcile::gate(&plan.findings)?;
    gate_keys(&plan.refused_keys)?;
    let items = items(run.workspace);
    let plan_hash = hash_of(&items);
    let before = run.ledger.history().approval().cloned();
    let before = before.map(|approval| approval.items);
    let differences = before.map_or(Vec::new(), |before| {
        differences(run.workspace, &before, &items)
    });
    keep_texts(run.workspace)?;
    run.ledger.append(vec![Event::Approval(Approval {
        plan_hash: plan_hash.clone(),
        by: by.to_owned(),
        items: items.clone(),
    })])?;
    Ok(Approved {
        plan_hash,
        by: by.to_owned(),
        items: items.len(),
        differences,
        rows: plan.objects.iter().map(super::Step::sent).sum(),
        calls: plan.calls,
    })
}

/// Lets a load begin that was approved as it is.
///
/// # Errors
/// [`Kind::Decision`] when nobody approved, or when something is otherwise than it was approved.
pub fn gate(workspace: &Workspace, history: &History) -> Result<()> {
    if !workspace.config.needs_approval() {
        return Ok(());
    }
    let Some(approval) = history.approval() else {
        return Err(
            Error::new(Kind::Decision, "nothing was sent: nobody approved the plan")
                .hint("`deskferry plan` shows it, `deskferry approve --by NAME` approves it"),
        );
    };
    let changed = differences(workspace, &approval.items, &items(workspace));
    match changed.as_slice() {
        [] => Ok(()),
        changed => Err(refusal(approval, changed)),
    }
}

/// Differences that an error tells one by one.
const TOLD: usize = 5;

fn refusal(approval: &Approval, changed: &[Difference]) -> Error {
    let things = match changed.len() {
        1 => "1 thing is".to_owned(),
        some => format!("{some} things are"),
    };
    let told = changed.iter().take(TOLD).map(Difference::in_short);
    let mut told = told.collect::<Vec<_>>().join("; ");
    if changed.len() > TOLD {
        told.push_str("; ...");
    }
    let message = format!(
        "nothing was sent: {things} otherwise than {} approved: {told}",
        approval.by
    );
    Error::new(Kind::Decision, message).hint(
        "`deskferry map diff` shows each line; `deskferry approve --by NAME` approves what is now, \
         or put it back as it was",
    )
}

/// What is otherwise now than in the last approval, or between the last two (`is_earlier`).
///
/// # Errors
/// [`Kind::Decision`] when there are not so many approvals.
pub fn diff(workspace: &Workspace, is_earlier: bool) -> Result<Vec<Difference>> {
    let approvals = approvals(workspace)?;
    let missing = |what: &str| {
        Error::new(Kind::Decision, format!("nothing to compare with: {what}"))
            .hint("`deskferry approve --by NAME` approves what is planned")
    };
    let mut newest = approvals.iter().rev();
    let last = newest
        .next()
        .ok_or_else(|| missing("nobody approved yet"))?;
    if !is_earlier {
        return Ok(differences(workspace, &last.items, &items(workspace)));
    }
    let before = newest
        .next()
        .ok_or_else(|| missing("there is one approval"))?;
    Ok(differences(workspace, &before.items, &last.items))
}

fn approvals(workspace: &Workspace) -> Result<Vec<Approval>> {
    let mut approvals = Vec::new();
    for entry in ledger::entries(&workspace.staging(), 0)? {
        if let Event::Approval(approval) = entry?.event {
            approvals.push(approval);
        }
    }
    Ok(approvals)
}

type Items = BTreeMap<String, String>;

fn differences(workspace: &Workspace, before: &Items, after: &Items) -> Vec<Difference> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let pairs = names
        .into_iter()
        .map(|name| (name, before.get(name), after.get(name)));
    pairs
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| difference(workspace, name, before, after))
        .collect()
}

fn difference(
    workspace: &Workspace,
    name: &str,
    before: Option<&String>,
    after: Option<&String>,
) -> Difference {
    let mut difference = Difference {
        item: name.to_owned(),
        state: match (before, after) {
            (None, _) => "new",
            (_, None) => "removed",
            _ => "changed",
        },
        before: None,
        after: None,
        added: Vec::new(),
        removed: Vec::new(),
    };
    if !name.starts_with(SQL) {
        difference.before = before.cloned();
        difference.after = after.cloned();
        return difference;
    }
    let text = |hash: Option<&String>| hash.map_or(String::new(), |hash| text(workspace, hash));
    let (old, new) = (text(before), text(after));
    for change in TextDiff::from_lines(&old, &new).iter_all_changes() {
        let line = change.value().trim_end().to_owned();
        match change.tag() {
            ChangeTag::Insert => difference.added.push(line),
            ChangeTag::Delete => difference.removed.push(line),
            ChangeTag::Equal => {}
        }
    }
    difference
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.staging().join("approvals")
}

/// The text with a hash, as it is or as it was kept; empty when somebody removed it.
fn text(workspace: &Workspace, hash: &str) -> String {
    let now = workspace.catalog.texts.get(hash).cloned();
    now.or_else(|| fs::read_to_string(folder(workspace).join(hash)).ok())
        .unwrap_or_default()
}

fn keep_texts(workspace: &Workspace) -> Result<()> {
    let folder = folder(workspace);
    private_folder(&folder)?;
    let is_new = |path: &Path| !path.exists();
    for (hash, text) in &workspace.catalog.texts {
        let path = folder.join(hash);
        if is_new(&path) {
            write_atomically(&path, text.as_bytes())?;
        }
    }
    Ok(())
}
