//! `demo`: the main job on the bundled export, with an embedded Freshsales.

use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use secrecy::SecretString;

use super::simulate::random_token;
use super::{Shared, runtime};
use crate::error::{Error, Kind, Result};
use crate::migration::{self, LoadOptions, Workspace};
use crate::report;
use crate::simulator::{self, Options};

/// The bundled export.
#[derive(RustEmbed)]
#[folder = "fixtures/smartdesk/"]
struct Export;

/// Config and maps of the demo's workspace.
#[derive(RustEmbed)]
#[folder = "fixtures/demo/"]
struct Decided;

/// What the embedded Freshsales begins with.
const SEED: &str = include_str!("../../fixtures/freshsales/seed.json");

/// Says that `demo` made a folder, and so may empty it.
const MARK: &str = ".deskferry-demo";

/// Makes a workspace, lands, plans, loads, reconciles, and shows where to look next.
pub fn run(shared: &Shared, folder: Option<PathBuf>) -> Result<()> {
    let folder = folder.unwrap_or_else(|| shared.workspace.join("staging").join("demo"));
    make_workspace(&folder)?;
    let export = folder.join("export");
    let mut workspace = Workspace::open(&folder)?;
    runtime()?.block_on(async {
        let key = random_token()?;
        let running = simulator::start(Options::new(seed()?, key.clone(), random_token()?)).await?;
        workspace
            .config
            .destination
            .base_url
            .clone_from(&running.base_url);
        workspace.embedded_key = Some(SecretString::from(key));
        let meter = shared.meter();
        let landed = migration::land(&workspace, &[&export])?;
        let plan = migration::plan(&workspace, &meter).await?;
        if !shared.is_json() {
            report::print_landed(&landed)?;
            report::print_plan(&plan)?;
        }
        let status = migration::load(&workspace, &LoadOptions::default(), &meter).await?;
        running.stop().await;
        super::print_status(shared, &status)
    })?;
    if !shared.is_json() {
        report::print_text(&next_steps(&folder))?;
    }
    Ok(())
}

/// The seed of the embedded Freshsales.
pub fn seed() -> Result<serde_json::Value> {
    serde_json::from_str(SEED)
        .map_err(|e| Error::new(Kind::Bug, "the bundled seed cannot be read").because(e))
}

fn make_workspace(folder: &Path) -> Result<()> {
    if folder.exists() && !folder.join(MARK).exists() {
        return Err(Error::new(
            Kind::Usage,
            format!("{} exists and was not made by `demo`", folder.display()),
        )
        .hint("name another folder: `deskferry demo DIR`"));
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| unwritable(folder, e))?;
    }
    fs::create_dir_all(folder).map_err(|e| unwritable(folder, e))?;
    put(&folder.join(MARK), b"")?;
    unpack::<Export>(&folder.join("export"))?;
    unpack::<Decided>(folder)?;
    // Last, so that the demo's own config and maps are not overwritten: `init` leaves what is there.
    migration::init(folder).map(drop)
}

fn unpack<Files: RustEmbed>(folder: &Path) -> Result<()> {
    for path in Files::iter() {
        if let Some(file) = Files::get(&path) {
            put(&folder.join(&*path), &file.data)?;
        }
    }
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|e| unwritable(parent, e))?;
    }
    fs::write(path, bytes).map_err(|e| unwritable(path, e))
}

fn next_steps(folder: &Path) -> String {
    let at = folder.display();
    format!(
        "\nwhere to look next\n\
         \x20 deskferry --workspace {at} sql \"select * from ledger_buckets where bucket = 'queued'\"\n\
         \x20 deskferry --workspace {at} status\n\
         \x20 {at}/staging/warehouse.duckdb opens in any DuckDB client; the Parquet beside it in any tool\n\
         \x20 {at}/sql/load/ says what Freshsales holds now; {at}/staging/bundles/ holds the e-mail templates"
    )
}

fn unwritable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("{} cannot be written", path.display()),
    )
    .because(cause)
    .hint("check free space and rights, or name another folder: `deskferry demo DIR`")
}
