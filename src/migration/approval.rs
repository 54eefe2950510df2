//! The seal of a plan: a person approved what decides what is sent, and a load sends nothing else.
//!
//! ```text
//! approve ─► every gate of the plan ─► staging/approvals/<hash>.json   the texts of sql/ as they were approved
//!                                     ledger: approval                 name → hash of a file, value of a setting
//! load    ─► what is now = what was approved?                     else exit 6, with what changed
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use sha2::{Digest, Sha256};
use similar::{ChangeTag, TextDiff};

use super::plan::{self, Change};
use super::run::{Run, answered};
use super::workspace::Workspace;
use super::{Plan, Watch, gate_keys, plan_run};
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
                "{item} {}: +{} -{} lines",
                self.state,
                self.added.len(),
                self.removed.len()
            ),
            (before, after) => {
                let word =
                    |value: &Option<String>| value.as_deref().unwrap_or("nothing").to_owned();
                format!("{item}: {} became {}", word(before), word(after))
            }
        }
    }
}

const SQL: &str = "sql/";
const SETTINGS: &str = "deskferry.toml ";

type Texts = BTreeMap<String, String>;

/// Everything that decides what is sent.
struct Sealed {
    /// By name: the hash of each file, the value of each setting, the program's version.
    items: BTreeMap<String, String>,
    /// By the name of a file below `sql/`.
    texts: Texts,
}

impl Sealed {
    /// As it is.
    fn now(workspace: &Workspace) -> Self {
        let hashes = workspace.catalog.hashes.iter();
        let files = hashes.map(|(path, hash)| (format!("{SQL}{path}"), hash.clone()));
        let settings = workspace.config.decisive().into_iter();
        let settings = settings.map(|(name, value)| (format!("{SETTINGS}{name}"), value));
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            items: files
                .chain(settings)
                .chain([("deskferry".to_owned(), version)])
                .collect(),
            texts: workspace.catalog.texts.clone(),
        }
    }

    /// As it was approved; without texts when somebody removed them.
    fn of(workspace: &Workspace, approval: &Approval) -> Self {
        let text = fs::read(file(workspace, &approval.plan_hash)).unwrap_or_default();
        Self {
            items: approval.items.clone(),
            texts: serde_json::from_slice(&text).unwrap_or_default(),
        }
    }
}

fn file(workspace: &Workspace, plan_hash: &str) -> PathBuf {
    let folder = workspace.staging().join("approvals");
    folder.join(format!("{plan_hash}.json"))
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
    answered(workspace, "approve", watch, async |run: &Run<'_>| {
        approve_run(run, by).await
    })
    .await
}

async fn approve_run(run: &Run<'_>, by: &str) -> Result<Approved> {
    let plan: Plan = plan_run(run).await?;
    reconcile::gate(&plan.findings)?;
    gate_keys(&plan.refused_keys)?;
    let now = Sealed::now(run.workspace);
    let plan_hash = hash_of(&now.items);
    let history = run.ledger.history();
    let before = history.approval();
    let before = before.map(|approval| Sealed::of(run.workspace, approval));
    keep(run.workspace, &plan_hash, &now.texts)?;
    run.ledger.append(vec![Event::Approval(Approval {
        plan_hash: plan_hash.clone(),
        by: by.to_owned(),
        items: now.items.clone(),
    })])?;
    Ok(Approved {
        plan_hash,
        by: by.to_owned(),
        items: now.items.len(),
        differences: before.map_or(Vec::new(), |before| differences(&before, &now)),
        rows: plan.objects.iter().map(super::Step::sent).sum(),
        calls: plan.calls,
    })
}

fn keep(workspace: &Workspace, plan_hash: &str, texts: &Texts) -> Result<()> {
    let text = serde_json::to_vec(texts)
        .map_err(|cause| Error::new(Kind::Bug, "the scripts are no JSON").because(cause))?;
    write_atomically(&file(workspace, plan_hash), &text)
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
    let changed = differences(&Sealed::of(workspace, approval), &Sealed::now(workspace));
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
    let last = Sealed::of(workspace, last);
    if !is_earlier {
        return Ok(differences(&last, &Sealed::now(workspace)));
    }
    let before = newest
        .next()
        .ok_or_else(|| missing("there is one approval"))?;
    Ok(differences(&Sealed::of(workspace, before), &last))
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

fn differences(before: &Sealed, after: &Sealed) -> Vec<Difference> {
    let changes = plan::changes(&after.items, Some(&before.items));
    let changes = changes.into_iter().filter(|change| change.state != "same");
    changes
        .map(|change| difference(change, before, after))
        .collect()
}

fn difference(change: Change, before: &Sealed, after: &Sealed) -> Difference {
    let Change { script, state } = change;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    let path = script.strip_prefix(SQL);
    if let Some(path) = path {
        let text = |of: &Sealed| of.texts.get(path).cloned().unwrap_or_default();
        let (old, new) = (text(before), text(after));
        for line in TextDiff::from_lines(&old, &new).iter_all_changes() {
            let lines = match line.tag() {
                ChangeTag::Insert => &mut added,
                ChangeTag::Delete => &mut removed,
                ChangeTag::Equal => continue,
            };
            lines.push(line.value().trim_end().to_owned());
        }
    }
    let value = |of: &Sealed| of.items.get(&script).cloned().filter(|_| path.is_none());
    Difference {
        before: value(before),
        after: value(after),
        item: script.clone(),
        state,
        added,
        removed,
    }
}
