//! The commands: one type an argument, one arm a command, one call each. stdout is data, stderr is everything else.

mod broken;
mod demo;
mod discover;
mod generate;
mod map;
mod private;
mod query;
mod selftest;
mod simulate;
mod until;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use broken::tell_places_only;
pub use private::keep_to_the_owner;

use crate::error::{Error, Kind, Result};
use crate::migration::{self, LoadOptions, Workspace};
use crate::report::{self, Meter, Shape};
use crate::source::Told;

/// Moves a CRM account from SmartDesk to Freshsales, and proves that every record arrived.
#[derive(Parser)]
#[command(
    version,
    about,
    propagate_version = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shared: Shared,
}

/// Flags that every command takes.
#[derive(Args)]
struct Shared {
    /// The workspace: a folder with deskferry.toml, sql/ and staging/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// How the answer is printed on stdout
    #[arg(long, global = true, value_enum, default_value = "table")]
    format: Format,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// No progress bars, also on a terminal
    #[arg(long, global = true)]
    no_progress: bool,
}

/// For commands whose answer somebody waits for.
#[derive(Args)]
struct Outside {
    /// Do not wait for the windows of the day; the calls of the hour are kept all the same
    #[arg(long)]
    now: bool,
}

impl Outside {
    fn open(&self, shared: &Shared) -> Result<Workspace> {
        let mut workspace = open(shared)?;
        workspace.is_open_always = self.now;
        Ok(workspace)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One JSON document and nothing else
    Json,
    /// Comma-separated, for `sql` only
    Csv,
}

#[derive(Subcommand)]
enum Command {
    /// Write a new workspace: commented config, SQL, an empty staging folder
    Init {
        /// Where
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Land an export: every cell as text in Parquet, broken records in quarantine
    Land {
        /// A folder, a zip or files, together one export. Without it: the command or the API that [source] of deskferry.toml names
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Ask the API only for what changed since 2026-03-04 (UTC) or 2026-03-04T07:00Z; the extract holds nothing else
        #[arg(long, value_name = "TIME", conflicts_with = "paths")]
        since: Option<String>,
    },
    /// Write down what there is: documents with every object, field, owner, stage and gap, each with its query
    Discover(discover::Arguments),
    /// What is not certain about the export: show it, and answer
    #[command(subcommand)]
    Map(map::Map),
    /// Ask the account how it behaves; what it answers is remembered and shown by `plan`
    Probe {
        /// Consent to small marked records, which are removed at the end
        #[arg(long)]
        write: bool,
        #[command(flatten)]
        windows: Outside,
    },
    /// Show what a load would do; writes nothing at the destination
    Plan(Outside),
    /// Approve what `plan` shows: seals scripts, maps, objects, decisions and settings, so that `load` sends nothing else
    Approve {
        /// Who answers for it
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        windows: Outside,
    },
    /// Load phase by phase, each behind its gates; goes on where an earlier load stopped
    Load {
        /// Only these objects
        #[arg(value_name = "OBJECT")]
        objects: Vec<String>,
        /// Begin no call after this time: 07:00, 2026-03-04T07:00 or +3h. Ends with exit code 9; the next load goes on
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// Send at most so many rows. Ends with exit code 9 when some are left; the next load goes on
        #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u64).range(1..))]
        limit: Option<u64>,
    },
    /// Read everything back and compare both sides again
    #[command(alias = "reconcile")]
    Verify(Outside),
    /// Query the warehouse, read-only
    Sql {
        /// One select; without it the relations are listed
        query: Option<String>,
    },
    /// Show where every source row stands
    Status,
    /// Run Freshsales on loopback
    Simulate(simulate::Arguments),
    /// Read generated exports with planted defects, and score what became of them
    Selftest(selftest::Arguments),
    /// Write a synthetic export with planted defects, and the truth beside it
    Generate(generate::Arguments),
    /// Move the bundled export into an embedded Freshsales, all the way
    Demo {
        /// The workspace to make [default: staging/demo in the workspace]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// Runs one command.
///
/// # Errors
/// Whatever stopped it; its kind is the exit code.
pub fn run(cli: Cli) -> Result<()> {
    let shared = &cli.shared;
    match cli.command {
        Command::Init { folder } => init(shared, folder),
        Command::Land { paths, since } => land(shared, &paths, since.as_deref()),
        Command::Discover(arguments) => discover::run(shared, arguments),
        Command::Map(command) => map::run(shared, &command),
        Command::Probe { write, windows } => probe(windows.open(shared)?, shared, write),
        Command::Plan(windows) => plan(windows.open(shared)?, shared),
        Command::Approve { by, windows } => approve(windows.open(shared)?, shared, &by),
        Command::Load {
            objects,
            until,
            limit,
        } => load(shared, objects, until.as_deref(), limit),
        Command::Verify(windows) => verify(windows.open(shared)?, shared),
        Command::Sql { query } => query::run(&open(shared)?, query.as_deref(), shared.shape()),
        Command::Status => print_status(shared, &migration::status(&open(shared)?)?),
        Command::Simulate(arguments) => simulate::run(shared, &arguments),
        Command::Selftest(arguments) => selftest::run(shared, &arguments),
        Command::Generate(arguments) => generate::run(shared, &arguments),
        Command::Demo { folder } => demo::run(shared, folder),
    }
}

impl Shared {
    fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    fn shape(&self) -> Shape {
        match self.format {
            Format::Table => Shape::Table,
            Format::Json => Shape::Json,
            Format::Csv => Shape::Csv,
        }
    }

    fn meter(&self) -> Meter {
        Meter::new(self.quiet, !self.no_progress)
    }
}

fn open(shared: &Shared) -> Result<Workspace> {
    Workspace::open(&shared.workspace)
}

fn init(shared: &Shared, folder: Option<PathBuf>) -> Result<()> {
    let folder = folder.unwrap_or_else(|| shared.workspace.clone());
    let written = migration::init(&folder)?;
    if shared.is_json() {
        return report::print_json(&serde_json::json!({ "workspace": folder, "written": written }));
    }
    report::print_text(&format!(
        "{} files written in {}",
        written.len(),
        folder.display()
    ))?;
    report::print_text("next: edit deskferry.toml, then `deskferry land PATH` with an export")
}

fn land(shared: &Shared, paths: &[PathBuf], since: Option<&str>) -> Result<()> {
    let workspace = open(shared)?;
    let since = since.map(until::past).transpose()?;
    let meter = shared.meter();
    let hear = |told: Told<'_>| meter.hear_source(told);
    let landed = match paths {
        [] => {
            let collected = migration::collect(&workspace, since, &hear, report::print_error);
            runtime()?.block_on(collected)?
        }
        paths => migration::land(&workspace, paths)?,
    };
    if shared.is_json() {
        report::print_json(&landed)
    } else {
        report::print_landed(&landed)
    }
}

fn probe(workspace: Workspace, shared: &Shared, may_write: bool) -> Result<()> {
    let meter = shared.meter();
    let answers = runtime()?.block_on(migration::probe(&workspace, may_write, &meter))?;
    if shared.is_json() {
        return report::print_json(&answers);
    }
    report::print_answers(&answers)?;
    if !may_write {
        report::print_text(
            "nothing was written there; `--write` asks more, with marked records that are removed",
        )?;
    }
    Ok(())
}

fn plan(workspace: Workspace, shared: &Shared) -> Result<()> {
    let plan = runtime()?.block_on(migration::plan(&workspace, &shared.meter()))?;
    if shared.is_json() {
        report::print_json(&plan)?
    } else {
        report::print_plan(&plan)?
    }
    crate::reconcile::gate(&plan.findings)?;
    migration::gate_keys(&plan.refused_keys)
}

fn approve(workspace: Workspace, shared: &Shared, by: &str) -> Result<()> {
    let approved = runtime()?.block_on(migration::approve(&workspace, by, &shared.meter()))?;
    match shared.is_json() {
        true => report::print_json(&approved),
        false => report::print_approved(&approved),
    }
}

fn load(
    shared: &Shared,
    objects: Vec<String>,
    until: Option<&str>,
    limit: Option<u64>,
) -> Result<()> {
    let workspace = open(shared)?;
    let zone = workspace.config.quota.time_zone.clone();
    let now = workspace.clock.wall().to_zoned(zone);
    let options = LoadOptions {
        objects,
        until: until.map(|text| until::moment(text, &now)).transpose()?,
        limit,
    };
    let status = runtime()?.block_on(migration::load(&workspace, &options, &shared.meter()))?;
    print_status(shared, &status)
}

fn verify(workspace: Workspace, shared: &Shared) -> Result<()> {
    let status = runtime()?.block_on(migration::verify(&workspace, &shared.meter()))?;
    print_status(shared, &status)
}

fn print_status(shared: &Shared, status: &migration::Status) -> Result<()> {
    if shared.is_json() {
        report::print_json(status)
    } else {
        report::print_status(status)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::new(Kind::Bug, "the runtime does not start").because(e))
}
