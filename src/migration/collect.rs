//! Lands what a command or an API gives, in the same way as files.

use jiff::Timestamp;

use super::extract::{self, Landed, Words};
use super::leftovers::Leftovers;
use super::signals::{LastWords, Signals};
use super::workspace::Workspace;
use crate::config::SourceKind;
use crate::error::{Error, Kind, Result};
use crate::ledger::{self, Ledger};
use crate::source::{self, Api, DecidedBy, Export, Given, Hear, Limits, Role, Script, Told};

/// Declares the API, in the workspace.
const DECLARATION: &str = "source.toml";

/// Lands what the configured command or API gives. With `since`, only what changed after it. `last_words` are said when a
/// signal ends the process while all is here and being landed.
///
/// # Errors
/// [`Kind::Usage`] when neither is configured; [`Kind::Source`] when what it gives cannot be used; [`Kind::Destination`]
/// when an API cannot be reached for now; [`Kind::Interrupted`]. Nothing is landed then.
pub async fn collect(
    workspace: &Workspace,
    since: Option<Timestamp>,
    hear: Hear<'_>,
    last_words: LastWords,
) -> Result<Landed> {
    let kind = workspace.config.source.kind;
    check(kind, since)?;
    let words = Words::of(workspace)?;
    workspace.prepare()?;
    // It holds the lock, and is dropped last: when state and pages are as the next run has to find them.
    let ledger = Ledger::open(ledger::lock(&workspace.staging())?, Timestamp::now)?;
    let leftovers = Leftovers::open(workspace, &ledger)?;
    let mut signals = Signals::listen()?;
    let collected = match kind {
        SourceKind::Api => pages(workspace, &leftovers, since, hear, &mut signals).await?,
        _ => records(workspace, &leftovers, hear, &mut signals).await?,
    };
    signals.end_the_process(last_words, stopped());
    let opened = source::open_streams(&collected.streams, words.names(), &Limits::default());
    let landed = opened.and_then(|export| {
        if kind == SourceKind::Api && is_settled(&export) {
            leftovers.note(export.extract_id())?;
        }
        let landed = extract::keep(workspace, &export, &ledger)?;
        Ok((export, landed))
    });
    if landed
        .as_ref()
        .is_err_and(|error| error.kind() == Kind::Source)
    {
        // The same records would be refused again. Why they were is what counts, also where they cannot be removed.
        let _ = leftovers.forget_pages();
    }
    let (export, landed) = landed?;
    tidy(&leftovers, &export, collected.state.as_deref(), hear);
    Ok(landed)
}

/// Only now: what was landed need not be given again. What fails here takes nothing from what is landed.
fn tidy(leftovers: &Leftovers, export: &Export, state: Option<&str>, hear: Hear<'_>) {
    let remark = |error: Error| {
        let next = error.next_step().unwrap_or_default();
        hear(Told::Remark(&format!("all is landed, but {error}; {next}")));
    };
    if !is_settled(export) {
        let kept = match state {
            Some(_) => "the command's state stays as it was",
            None => "what the source gave is kept",
        };
        return hear(Told::Remark(&format!(
            "{kept}: records it gave belong to nothing yet, or to what a decision says; \
             `deskferry map show` shows which, then `deskferry land` once more"
        )));
    }
    leftovers.forget_pages().unwrap_or_else(remark);
    if let Some(state) = state {
        leftovers.remember(state).unwrap_or_else(remark);
    }
}

/// Whether all that came is landed as it will be. What is not has to be given again.
fn is_settled(export: &Export) -> bool {
    let is_known = export
        .inventory()
        .iter()
        .all(|file| file.role != Role::Unmapped);
    let mut choices = export.choices().iter();
    is_known && choices.all(|choice| choice.decided_by != DecidedBy::Pending)
}

fn stopped() -> Error {
    Error::new(
        Kind::Interrupted,
        "the landing was stopped; it counts only if it was written to its end",
    )
    .hint("`deskferry land` again lands what is missing; `deskferry status` shows what is landed")
}

fn check(kind: SourceKind, since: Option<Timestamp>) -> Result<()> {
    match kind {
        SourceKind::Files => Err(Error::new(Kind::Usage, "nothing says what to land")
            .hint("`deskferry land PATH` reads an export; `kind` below [source] in deskferry.toml names a command or an API")),
        SourceKind::Command if since.is_some() => Err(Error::new(
            Kind::Usage,
            "`--since` is for an API; a command goes on from the state it gave",
        )
        .hint("put the time among the arguments of `command` in deskferry.toml")),
        SourceKind::Api if since.is_some_and(|since| since > Timestamp::now()) => Err(Error::new(
            Kind::Usage,
            "`--since` is in the future: nothing has changed after it",
        )
        .hint("write a time that is over, for example the day of the last extract")),
        SourceKind::Command | SourceKind::Api => Ok(()),
    }
}

async fn pages(
    workspace: &Workspace,
    leftovers: &Leftovers,
    since: Option<Timestamp>,
    hear: Hear<'_>,
    signals: &mut Signals,
) -> Result<Given> {
    let hidden = &workspace.config.destination.api_key_env;
    let api = Api::load(&workspace.root.join(DECLARATION), hidden)?;
    if since.is_some() && !api.knows_changes() {
        let text = "`--since` is for endpoints with `updated_since`; source.toml has none";
        return Err(Error::new(Kind::Usage, text).hint(
            "write the parameter that asks for changes as `updated_since`, or leave `--since` out",
        ));
    }
    let limits = Limits::default();
    let streams = tokio::select! {
        streams = api.read(leftovers.folder(), since, &limits, hear) => streams?,
        () = signals.next() => {
            let error = Error::new(Kind::Interrupted, "the reading was stopped; nothing was landed");
            return Err(error.hint("`deskferry land` goes on behind the last page that was read"));
        }
    };
    Ok(Given {
        streams,
        state: None,
    })
}

async fn records(
    workspace: &Workspace,
    leftovers: &Leftovers,
    hear: Hear<'_>,
    signals: &mut Signals,
) -> Result<Given> {
    let state = leftovers.state();
    if leftovers.has_state_of_another() {
        hear(Told::Remark(
            "`command` is another one than the one that gave the state: it begins anew, without DESKFERRY_STATE",
        ));
    }
    let script = Script {
        command: &workspace.config.source.command,
        folder: &workspace.root,
        hidden: &workspace.config.destination.api_key_env,
        state: state.as_deref(),
    };
    script.run(&Limits::default(), hear, signals.next()).await
}
