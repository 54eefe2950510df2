//! Lands what a command or an API gives, in the same way as files.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::extract::{self, Landed, Words};
use super::workspace::{Workspace, private_folder};
use crate::config::SourceKind;
use crate::error::{Error, Kind, Result};
use crate::landing;
use crate::ledger;
use crate::source::{self, Api, Given, Hear, Limits, Script, Streams};

/// Declares the API, in the workspace.
const DECLARATION: &str = "source.toml";

/// Lands what the configured command or API gives. With `since`, only what changed after it.
///
/// # Errors
/// [`Kind::Usage`] when neither is configured; [`Kind::Source`] when what it gives cannot be used; [`Kind::Destination`]
/// when an API cannot be reached for now; [`Kind::Interrupted`]. Nothing is landed then.
pub async fn collect(
    workspace: &Workspace,
    since: Option<Timestamp>,
    hear: Hear<'_>,
) -> Result<Landed> {
    let kind = workspace.config.source.kind;
    check(kind, since)?;
    let words = Words::of(workspace)?;
    workspace.prepare()?;
    let lock = ledger::lock(&workspace.staging())?;
    let folder = folder(workspace)?;
    let mut signals = Signals::listen()?;
    let collected = match kind {
        SourceKind::Api => pages(workspace, since, hear, &mut signals).await?,
        _ => records(workspace, hear, &mut signals).await?,
    };
    signals.end_the_process();
    let export = source::open_streams(&collected.streams, words.names(), &Limits::default())?;
    let landed = extract::keep(workspace, &export, lock)?;
    // Only now: what was landed need not be given again.
    match collected.then {
        Then::Forget(api) => api.forget(&folder)?,
        Then::Remember(state) => landing::write_atomically(&state_file(&folder), &state)?,
        Then::Nothing => {}
    }
    Ok(landed)
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
        SourceKind::Command | SourceKind::Api => Ok(()),
    }
}

struct Collected {
    streams: Streams,
    then: Then,
}

/// What is left to do when all is landed.
enum Then {
    Nothing,
    Forget(Box<Api>),
    Remember(Vec<u8>),
}

async fn pages(
    workspace: &Workspace,
    since: Option<Timestamp>,
    hear: Hear<'_>,
    signals: &mut Signals,
) -> Result<Collected> {
    let hidden = &workspace.config.destination.api_key_env;
    let api = Api::load(&workspace.root.join(DECLARATION), hidden)?;
    let (folder, limits) = (folder(workspace)?, Limits::default());
    let streams = tokio::select! {
        streams = api.read(&folder, since, &limits, hear) => streams?,
        () = signals.next() => {
            let error = Error::new(Kind::Interrupted, "the reading was stopped; nothing was landed");
            return Err(error.hint("`deskferry land` goes on behind the last page that was read"));
        }
    };
    let then = Then::Forget(Box::new(api));
    Ok(Collected { streams, then })
}

async fn records(
    workspace: &Workspace,
    hear: Hear<'_>,
    signals: &mut Signals,
) -> Result<Collected> {
    let script = Script {
        command: &workspace.config.source.command,
        folder: &workspace.root,
        hidden: &workspace.config.destination.api_key_env,
        state: &state_file(&folder(workspace)?),
    };
    let limits = Limits::default();
    let Given { streams, state } = script.run(&limits, hear, signals.next()).await?;
    let then = match state {
        Some(state) => Then::Remember(state.to_string().into_bytes()),
        None => Then::Nothing,
    };
    Ok(Collected { streams, then })
}

/// What a source leaves for the next run.
fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.staging().join("source");
    private_folder(&folder)?;
    Ok(folder)
}

fn state_file(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

/// What a person or a service manager sends to end a program.
struct Signals {
    interrupts: Signal,
    terminations: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let deaf = |cause| Error::new(Kind::Bug, "Ctrl-C cannot be heard").because(cause);
        Ok(Self {
            interrupts: signal(SignalKind::interrupt()).map_err(deaf)?,
            terminations: signal(SignalKind::terminate()).map_err(deaf)?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupts.recv() => (),
            _ = self.terminations.recv() => (),
        }
    }

    /// From now on nothing waits for anything: a signal ends the process, as it does where nobody listens. What is written
    /// counts only when it is whole.
    fn end_the_process(mut self) {
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(i32::from(Kind::Interrupted.exit_code()));
        });
    }
}
