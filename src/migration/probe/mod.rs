//! Probes: what an account is asked before it is trusted with a load. Reading is free; what writes needs consent, carries a
//! mark, and is taken away again, also by the next probe when this one was killed.

mod answers;
mod asking;
mod reading;
mod records;

use jiff::Timestamp;

pub use answers::{Answer, RefusedKey, gate_keys};
pub use reading::before_load;

pub(super) use answers::{differing, refused_keys};

use super::outlook::{tell_closed, telling};
use super::workspace::Workspace;
use super::{Progress, Watch, run};
use crate::error::{Error, Kind, Result};
use crate::freshsales::Client;
use crate::ledger::{self, Event, Ledger, RunEnded, RunStarted};
use answers::Answers;
use asking::Asking;

/// Asks the account of the workspace how it behaves and remembers the answers. `may_write` is the consent to small records
/// that are removed at the end.
///
/// # Errors
/// [`Kind::Destination`] when it cannot be asked, or when a record could not be removed; [`Kind::Config`] for key, address
/// or edition; [`Kind::Interrupted`] after Ctrl-C, with everything removed.
pub async fn probe(
    workspace: &Workspace,
    may_write: bool,
    watch: &dyn Watch,
) -> Result<Vec<Answer>> {
    let client = super::account::client(workspace)?;
    workspace.prepare()?;
    let ledger = Ledger::open(ledger::lock(&workspace.staging())?, Timestamp::now)?;
    run::check_destination(workspace, &ledger.history())?;
    let run_id = run::new_id(&ledger.history());
    ledger.append(vec![started(workspace, &run_id)])?;
    watch.hear(Progress::Started { run_id: &run_id });
    let mut answers = Answers::default();
    tell_closed(workspace, &client, watch);
    let asking = ask(workspace, &client, (may_write, &run_id), &mut answers);
    let asked = telling(&workspace.config, (&client, watch), asking).await;
    let destination = &workspace.config.destination.base_url;
    let mut events = answers.events(destination);
    let exit_code = asked.as_ref().err().map_or(0, |e| e.kind().exit_code());
    events.push(Event::RunEnded(RunEnded {
        run_id,
        exit_code,
        calls: client.calls(),
    }));
    let noted = ledger.append(events);
    asked?;
    noted?;
    Ok(answers.into_answers())
}

fn started(workspace: &Workspace, run_id: &str) -> Event {
    Event::RunStarted(RunStarted {
        run_id: run_id.to_owned(),
        command: "probe".to_owned(),
        destination: workspace.config.destination.base_url.clone(),
        scripts: workspace.catalog.hashes.clone(),
        extract_id: None,
    })
}

async fn ask(
    workspace: &Workspace,
    client: &Client,
    (may_write, run_id): (bool, &str),
    answers: &mut Answers,
) -> Result<()> {
    reading::ask(workspace, client, answers).await?;
    if !may_write {
        return Ok(());
    }
    let mut asking = Asking::new(&workspace.catalog, client, run_id)?;
    // What an earlier probe left would answer for this one.
    asking.sweep().await?;
    let asked = tokio::select! {
        asked = asking.ask(answers) => asked,
        _ = tokio::signal::ctrl_c() => Err(interrupted()),
    };
    let swept = asking.sweep().await;
    asked.and(swept)
}

fn interrupted() -> Error {
    Error::new(
        Kind::Interrupted,
        "the probe was stopped and has removed its records",
    )
    .hint("`deskferry probe --write` asks again")
}
