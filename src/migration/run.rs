//! One run: the lock, the ledger, the client, and the warehouse that is built beside the published one.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::relations::{self, Inputs};
use super::workspace::Workspace;
use super::{Watch, account, extract, outlook};
use crate::error::{Error, Kind, Result};
use crate::freshsales::Client;
use crate::ledger::{self, Event, Ledger, RunEnded, RunStarted};
use crate::reconcile::Finding;
use crate::warehouse::Warehouse;

/// What everything in a run needs.
pub struct Run<'a> {
    /// Config and scripts.
    pub workspace: &'a Workspace,
    /// The log; its lock keeps every other run out.
    pub ledger: Arc<Ledger>,
    /// Unique name.
    pub run_id: String,
    /// The destination.
    pub client: Arc<Client>,
    /// The export that this run works from.
    pub extract: crate::landing::Extract,
    /// Set by Ctrl-C.
    pub stop: Arc<AtomicBool>,
    /// Hears what happens.
    pub watch: &'a dyn Watch,
    /// Rows that may still be sent; `None`: all.
    rows_left: Cell<Option<u64>>,
}

impl<'a> Run<'a> {
    /// Takes the lock and writes down that a run began.
    ///
    /// # Errors
    /// [`Kind::Decision`] when nothing is landed, [`Kind::Config`] for key or URL, and whatever the ledger finds wrong.
    pub fn begin(workspace: &'a Workspace, command: &str, watch: &'a dyn Watch) -> Result<Self> {
        workspace.api_key()?;
        workspace.prepare()?;
        let ledger = Ledger::open(ledger::lock(&workspace.staging())?, Timestamp::now)?;
        // Behind the lock: the hour's calls on disk belong to the one run that is going on.
        let client = account::client(workspace)?;
        let history = ledger.history();
        check_destination(workspace, &history)?;
        let extract = extract::newest(workspace, &history)?;
        let run_id = new_id(&history);
        ledger.append(vec![Event::RunStarted(RunStarted {
            run_id: run_id.clone(),
            command: command.to_owned(),
            destination: workspace.config.destination.base_url.clone(),
            scripts: workspace.catalog.hashes.clone(),
            extract_id: Some(extract.extract_id.clone()),
        })])?;
        Ok(Self {
            workspace,
            ledger: Arc::new(ledger),
            run_id,
            client: Arc::new(client),
            extract,
            stop: Arc::new(AtomicBool::new(false)),
            watch,
            rows_left: Cell::new(None),
        })
    }

    /// Carries the run's work out, and tells meanwhile that it goes on and what it waits for.
    pub async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        let listeners = (&*self.client, self.watch);
        outlook::telling(&self.workspace.config, listeners, work).await
    }

    /// Lets at most so many rows be sent.
    pub fn limit_rows(&self, most: Option<u64>) {
        self.rows_left.set(most);
    }

    /// Rows that may still be sent.
    ///
    /// # Errors
    /// [`Kind::Destination`] when none is left.
    pub fn rows_left(&self) -> Result<usize> {
        match self.rows_left.get() {
            Some(0) => Err(Error::new(
                Kind::Destination,
                "the load stopped: as many rows were sent as `--limit` allows",
            )
            .hint("`deskferry load` goes on where it stopped")),
            Some(rows) => Ok(usize::try_from(rows).unwrap_or(usize::MAX)),
            None => Ok(usize::MAX),
        }
    }

    /// Lets the next step begin.
    ///
    /// # Errors
    /// [`Kind::Interrupted`] after Ctrl-C.
    pub fn go_on(&self) -> Result<()> {
        match self.stop.load(Ordering::SeqCst) {
            false => Ok(()),
            true => Err(Error::new(
                Kind::Interrupted,
                "stopped between two steps; the ledger is complete",
            )
            .hint("`deskferry load` goes on where it stopped")),
        }
    }

    /// Counts rows that were sent.
    pub fn spend_rows(&self, rows: u64) {
        let left = self.rows_left.get();
        self.rows_left
            .set(left.map(|left| left.saturating_sub(rows)));
    }

    /// Writes down how the run ended, also when it failed.
    ///
    /// # Errors
    /// The run's own error first, else what the ledger says.
    pub fn end<T>(self, result: Result<T>) -> Result<T> {
        let exit_code = result
            .as_ref()
            .err()
            .map_or(0, |error| error.kind().exit_code());
        let ended = self.ledger.append(vec![Event::RunEnded(RunEnded {
            run_id: self.run_id,
            exit_code,
            calls: self.client.calls(),
        })]);
        let value = result?;
        ended?;
        Ok(value)
    }

    /// What a build of the warehouse works from, as things stand now.
    pub fn inputs(&self) -> Inputs<'_> {
        relations::inputs(self.workspace, &self.extract, &self.ledger.history())
    }

    /// Begins a warehouse aside and builds all relations in it.
    ///
    /// # Errors
    /// [`Kind::Script`] naming the script that failed.
    pub fn build(&self) -> Result<Warehouse> {
        let mut warehouse = extract::aside(self.workspace, &self.extract)?;
        relations::build(&self.inputs(), &mut warehouse)?;
        Ok(warehouse)
    }

    /// Keeps the results of checks.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn note(&self, findings: &[Finding]) -> Result<()> {
        let events = findings.iter().map(|finding| {
            Event::Checked(ledger::Checked {
                run_id: self.run_id.clone(),
                check: finding.check.clone(),
                phase: finding.object.clone(),
                rows: finding.rows,
                blocks: finding.blocks != "no",
                script_hash: finding.script_hash.clone(),
            })
        });
        self.ledger.append(events.collect())
    }

    /// Folder of this run's sealed files.
    #[must_use]
    pub fn sealed_folder(&self) -> PathBuf {
        self.workspace.staging().join("load").join(&self.run_id)
    }
}

/// A run whose answer somebody waits for, from its line in the ledger to that of its end.
///
/// # Errors
/// See [`Run::begin`] and [`Run::end`], and those of the work itself.
pub async fn answered<T>(
    workspace: &Workspace,
    command: &str,
    watch: &dyn Watch,
    work: impl AsyncFnOnce(&Run<'_>) -> Result<T>,
) -> Result<T> {
    let run = Run::begin(workspace, command, watch)?;
    outlook::tell_closed(workspace, &run.client, watch);
    let result = run.telling(work(&run)).await;
    run.end(result)
}

/// A name that no other run of this workspace has.
pub fn new_id(history: &ledger::History) -> String {
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%S");
    format!("{now}-{}", history.last_seq() + 1)
}

/// The ledger knows ids of one account. Against another one it would be wrong in every line.
pub fn check_destination(workspace: &Workspace, history: &ledger::History) -> Result<()> {
    let wanted = &workspace.config.destination.base_url;
    let earlier = history
        .runs()
        .iter()
        .rev()
        .find(|run| run.command == "load");
    match earlier {
        Some(run) if run.destination != *wanted => {
            let text = format!(
                "the ledger of this workspace belongs to {}, not to {wanted}",
                run.destination
            );
            Err(Error::new(Kind::Config, text)
                .hint("use a workspace of its own for each destination: `deskferry init DIR`"))
        }
        _ => Ok(()),
    }
}
