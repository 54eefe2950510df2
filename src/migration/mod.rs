//! The migration: what comes after what, and what stops what.
//!
//! ```text
//! land ─► plan ─► load: for each object  build ─► check ─► seal ─► send ─► read back ─► check ─► publish
//! ```

mod account;
mod approval;
mod calendar;
mod children;
mod collect;
mod cost;
mod decisions;
mod discover;
pub mod documents;
mod estimate;
mod extract;
mod known_names;
mod landed;
mod leftovers;
mod links;
mod log;
mod outlook;
mod phase;
mod plan;
mod probe;
mod profile;
mod proposals;
mod read_back;
pub mod relations;
mod run;
pub mod score;
mod seal;
mod signals;
mod status;
mod there_before;
mod views;
mod wanted;
mod workspace;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{Timestamp, Zoned};

pub use approval::{Approved, Difference, approve, diff};
pub use calendar::{Calendar, Entry, Finish};
pub use collect::collect;
pub use cost::{Cost, Used};
pub use decisions::{Answered, Decision, decide, decisions};
pub use discover::{About, Discovery, discover, discover_offline};
pub use extract::{Landed, LandedRows, land};
pub use plan::{Change, Plan, Step};
pub use probe::{Answer, RefusedKey, gate_keys, probe};
pub use proposals::{Asked, Proposal, Proposals, Written, gathered, propose, take};
pub use signals::LastWords;
pub use status::{Standing, Status, status};
pub use workspace::{Workspace, init, private_folder};

use crate::catalog::{Object, When};
use crate::error::{Kind, Result};
pub use crate::freshsales::Why;
use crate::reconcile::{self, Finding};
use crate::warehouse::Warehouse;
use outlook::Outlook;
use run::{Run, answered};
use signals::Signals;

/// What happens while a run works. Numbers and names only.
pub enum Progress<'a> {
    /// The run has its name.
    Started {
        /// The name.
        run_id: &'a str,
    },
    /// The destination's reference data is being read.
    Preparing,
    /// A wave of an object's rows begins.
    Sending {
        /// The object.
        object: &'a str,
        /// Rows of the wave.
        rows: u64,
    },
    /// Rows of the wave that have ended, and calls of the run so far.
    Sent {
        /// Rows done.
        rows: u64,
        /// Calls made.
        calls: u64,
    },
    /// Work goes on, and some minutes have passed on the client's clock; comes after an [`Self::Outlook`] where there is one.
    /// Not while calls wait for long, which is told by itself.
    Beat {
        /// Calls made.
        calls: u64,
    },
    /// What is left: calls of this hour (`None`: no limit), and when the load will be done if all goes on as it does.
    Outlook {
        /// Calls that may still leave in this hour.
        calls_left: Option<u64>,
        /// When the last phase will be done.
        finish: Option<Zoned>,
    },
    /// No window is open, and somebody waits for an answer.
    Closed {
        /// When the next one opens.
        opens: Zoned,
        /// All of them.
        windows: &'a str,
    },
    /// Calls have to wait for longer than a minute.
    Waiting {
        /// Until then.
        until: Zoned,
        /// For this.
        why: Why,
    },
    /// An object is being read back.
    Reading {
        /// The object.
        object: &'a str,
    },
    /// Nobody asked this account yet how it behaves when written to.
    Unprobed,
    /// Checks have run.
    Findings(&'a [Finding]),
    /// What a load has cost that sent something and then did not come to its end; one that did tells it in its [`Status`].
    Used(&'a [Used]),
}

/// Hears what a run does.
pub trait Watch {
    /// Called often; must not block.
    fn hear(&self, progress: Progress<'_>);
}

impl<F: Fn(Progress<'_>)> Watch for F {
    fn hear(&self, progress: Progress<'_>) {
        self(progress);
    }
}

/// What `load` is asked for.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Only these objects; empty means all.
    pub objects: Vec<String>,
    /// No call begins after this.
    pub until: Option<Timestamp>,
    /// At most so many rows are sent, each with as many calls as it needs; what takes no call is not counted.
    pub limit: Option<u64>,
}

/// Plans a load: reads the destination's reference data, builds every relation, and runs the checks. Writes nothing there.
///
/// # Errors
/// [`Kind::Decision`] when nothing is landed, [`Kind::Destination`] when the reference data cannot be read, [`Kind::Script`].
pub async fn plan(workspace: &Workspace, watch: &dyn Watch) -> Result<Plan> {
    answered(workspace, "plan", watch, plan_run).await
}

async fn plan_run(run: &Run<'_>) -> Result<Plan> {
    read_references(run).await?;
    let warehouse = run.build()?;
    let planned = describe(run, &warehouse);
    finish(run, warehouse)?;
    planned
}

fn describe(run: &Run<'_>, warehouse: &Warehouse) -> Result<Plan> {
    let catalog = &run.workspace.catalog;
    let findings = check_before(run, warehouse)?;
    let objects = steps(run, warehouse)?;
    let calendar = calendar_of(run, &objects);
    let history = run.ledger.history();
    let last = history
        .runs()
        .iter()
        .rev()
        .find(|earlier| earlier.command == "load");
    let destination = &run.workspace.config.destination.base_url;
    let refused_keys = probe::refused_keys(&history, destination, catalog, catalog.objects.iter());
    let is_passed = reconcile::gate(&findings).is_ok() && refused_keys.is_empty();
    Ok(Plan {
        probes: probe::differing(&history, destination),
        refused_keys,
        calls: calendar.calls(),
        calendar,
        gates: if is_passed { "passed" } else { "blocked" },
        scripts: plan::changes(&catalog.hashes, last.map(|earlier| &*earlier.scripts)),
        objects,
        findings,
    })
}

fn steps(run: &Run<'_>, warehouse: &Warehouse) -> Result<Vec<Step>> {
    let catalog = &run.workspace.catalog;
    let quarantined = extract::quarantined(&run.extract, catalog);
    plan::steps(catalog, warehouse, &quarantined)
}

/// The calendar of a load that would begin now.
fn calendar_of(run: &Run<'_>, steps: &[Step]) -> Calendar {
    let config = &run.workspace.config;
    let phases = calendar::phases(&run.workspace.catalog, steps);
    let all = phases.iter().map(|phase| phase.cost.most);
    let all = all.fold(0, u64::saturating_add);
    let pace = account::pace(config, &run.client, all);
    calendar::calendar(
        &phases,
        pace.as_ref(),
        &account::windows(config),
        run.client.wall(),
    )
}

/// Loads: phase by phase, each behind its gates. What an earlier run did is not done again.
///
/// # Errors
/// The exit codes of house §8: a gate (6, 7), too many rejected (8), the destination (9), Ctrl-C (130).
pub async fn load(
    workspace: &Workspace,
    options: &LoadOptions,
    watch: &dyn Watch,
) -> Result<Status> {
    let chosen = chosen(workspace, options)?;
    let outlook = Outlook::new(watch);
    let run = Run::begin(workspace, "load", &outlook)?;
    outlook.follow(&run.client, &workspace.config);
    run.limit_rows(options.limit);
    if let Some(end) = options.until {
        run.client.end_at(end);
    }
    watch.hear(Progress::Started {
        run_id: &run.run_id,
    });
    let listener = listen(&run);
    let result = run.telling(load_run(&run, &chosen, &outlook)).await;
    listener.abort();
    let calls = outlook.used();
    if result.is_err() && cost::is_any_sent(&calls) {
        watch.hear(Progress::Used(&calls));
    }
    run.end(result)?;
    Ok(Status {
        calls,
        ..status(workspace)?
    })
}

async fn load_run(run: &Run<'_>, chosen: &[&Object], outlook: &Outlook<'_>) -> Result<()> {
    approval::gate(run.workspace, &run.ledger.history())?;
    probe::before_load(run, chosen).await?;
    read_references(run).await?;
    run.go_on()?;
    let mut warehouse = run.build()?;
    let is_chosen = |step: &Step| chosen.iter().any(|object| object.name == step.object);
    outlook.plan(steps(run, &warehouse)?.into_iter().filter(is_chosen));
    let result = phases(run, chosen, &mut warehouse).await;
    let finished = finish(run, warehouse);
    result.and(finished)
}

/// Every check that can be made before the first call that writes, then the phases.
async fn phases(run: &Run<'_>, chosen: &[&Object], warehouse: &mut Warehouse) -> Result<()> {
    reconcile::gate(&check_before(run, warehouse)?)?;
    warehouse.publish(&run.workspace.warehouse())?;
    for object in chosen {
        run.go_on()?;
        phase::carry(run, object, warehouse).await?;
    }
    let findings = reconcile::check_run(&run.workspace.catalog, warehouse, When::AfterLoad)?;
    note(run, &findings)?;
    reconcile::gate(&findings)
}

/// Reads everything back and runs the checks after the load again.
///
/// # Errors
/// [`Kind::Check`] when both sides differ, [`Kind::Destination`] when it cannot be read.
pub async fn verify(workspace: &Workspace, watch: &dyn Watch) -> Result<Status> {
    answered(workspace, "verify", watch, verify_run).await?;
    status(workspace)
}

async fn verify_run(run: &Run<'_>) -> Result<()> {
    run.client.check().await?;
    read_references(run).await?;
    let warehouse = run.build()?;
    let result = compare(run, &warehouse).await;
    let finished = finish(run, warehouse);
    result.and(finished)
}

async fn compare(run: &Run<'_>, warehouse: &Warehouse) -> Result<()> {
    let catalog = &run.workspace.catalog;
    let mut findings = Vec::new();
    for object in &catalog.objects {
        if object.is_sent() {
            run.watch.hear(Progress::Reading {
                object: &object.name,
            });
            read_back::object(run, object, warehouse).await?;
            views::stored_view(&run.inputs(), &object.name, warehouse)?;
        }
        relations::refresh(&run.inputs(), object, warehouse)?;
        findings.extend(reconcile::check_phase(
            catalog,
            warehouse,
            object,
            When::AfterLoad,
        )?);
    }
    findings.extend(reconcile::check_run(catalog, warehouse, When::AfterLoad)?);
    note(run, &findings)?;
    reconcile::gate(&findings)
}

async fn read_references(run: &Run<'_>) -> Result<()> {
    run.watch.hear(Progress::Preparing);
    let edition = run.workspace.config.destination.edition;
    let reads = run.workspace.catalog.reads.iter();
    for read in reads.filter(|read| read.is_in(edition)) {
        read_back::reference(run, read).await?;
    }
    Ok(())
}

/// The checks after landing and before loading, of every object, on projected parents.
fn check_before(run: &Run<'_>, warehouse: &Warehouse) -> Result<Vec<Finding>> {
    let catalog = &run.workspace.catalog;
    let mut findings = reconcile::check_run(catalog, warehouse, When::AfterLand)?;
    findings.extend(reconcile::check_run(catalog, warehouse, When::BeforeLoad)?);
    for object in &catalog.objects {
        findings.extend(reconcile::check_phase(
            catalog,
            warehouse,
            object,
            When::BeforeLoad,
        )?);
    }
    note(run, &findings)?;
    Ok(findings)
}

fn note(run: &Run<'_>, findings: &[Finding]) -> Result<()> {
    run.note(findings)?;
    run.watch.hear(Progress::Findings(findings));
    Ok(())
}

/// Leaves behind a published warehouse that is what a rebuild from the files would be.
fn finish(run: &Run<'_>, warehouse: Warehouse) -> Result<()> {
    let refreshed = relations::refresh_all(&run.inputs(), &warehouse)
        .and_then(|()| warehouse.publish(&run.workspace.warehouse()));
    let discarded = warehouse.discard();
    refreshed.and(discarded)
}

fn chosen<'a>(workspace: &'a Workspace, options: &LoadOptions) -> Result<Vec<&'a Object>> {
    let catalog = &workspace.catalog;
    let wanted = options
        .objects
        .iter()
        .map(|name| catalog.object(name).map(|object| object.name.as_str()));
    let wanted = wanted.collect::<Result<BTreeSet<&str>>>()?;
    let is_chosen = |object: &&Object| wanted.is_empty() || wanted.contains(object.name.as_str());
    Ok(catalog.objects.iter().filter(is_chosen).collect())
}

/// Ctrl-C lets the calls in flight end, and so does what a service manager sends to end a program. The second one ends the
/// process there and then, as a kill would: what is on its way has its intent on disk.
fn listen(run: &Run<'_>) -> tokio::task::JoinHandle<()> {
    let (stop, client) = (Arc::clone(&run.stop), Arc::clone(&run.client));
    // Asked for here, not in the task: one that comes before the task has begun would end the process.
    let signals = Signals::listen();
    tokio::spawn(async move {
        let Ok(mut signals) = signals else {
            return;
        };
        signals.next().await;
        stop.store(true, Ordering::SeqCst);
        client.stop();
        signals.next().await;
        std::process::exit(i32::from(Kind::Interrupted.exit_code()));
    })
}
