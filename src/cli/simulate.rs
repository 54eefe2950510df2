//! `simulate`: Freshsales on loopback, until Ctrl-C.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Shared, runtime};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::report;
use crate::simulator::{self, Options};

/// Environment variable of the token for `/__sim/`.
const CONTROL_TOKEN: &str = "DESKFERRY_SIM_TOKEN";

/// What the simulator is started with.
#[derive(Args)]
pub struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Users, pipelines, fields and records it begins with [default: the demo's]
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Kind of account [default: the seed's]
    #[arg(long, value_enum)]
    edition: Option<Edition>,
    /// Path before the API's routes, as /crm-sandbox/sales/api [default: the edition's]
    #[arg(long, value_name = "PATH")]
    prefix: Option<String>,
    /// Where it keeps its state, so that a restart goes on where it stopped [default: it forgets]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Switches that win over the seed's settings, a TOML file; fixtures/freshsales/profiles/ has some
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// The two editions of the service.
#[derive(Clone, Copy, ValueEnum)]
enum Edition {
    /// With marketing lists and lifecycle stages, below /crm/sales/api
    Suite,
    /// With a leads module, below /api
    Classic,
}

impl Edition {
    fn simulated(self) -> simulator::Edition {
        match self {
            Self::Suite => simulator::Edition::Suite,
            Self::Classic => simulator::Edition::Classic,
        }
    }
}

/// Serves until Ctrl-C. The API key is read from the variable that the workspace's config names.
pub fn run(shared: &Shared, arguments: &Arguments) -> Result<()> {
    let options = options(shared, arguments)?;
    runtime()?.block_on(async {
        let running = simulator::start(options).await?;
        report::print_text(&running.base_url)?;
        report::say(&format!(
            "Freshsales (simulated) listens; Ctrl-C ends it. {CONTROL_TOKEN} opens {}",
            running.control_url
        ));
        tokio::signal::ctrl_c()
            .await
            .map_err(|e| Error::new(Kind::Bug, "cannot wait for Ctrl-C").because(e))?;
        running.stop().await;
        Ok(())
    })
}

fn options(shared: &Shared, arguments: &Arguments) -> Result<Options> {
    let key = api_key(shared)?;
    let seed = match &arguments.seed {
        Some(path) => read_seed(path)?,
        None => super::demo::seed()?,
    };
    let switches = match &arguments.profile {
        Some(path) => read_profile(path)?,
        None => serde_json::Map::new(),
    };
    let control_token = match std::env::var(CONTROL_TOKEN) {
        Ok(token) => token,
        Err(_) => random_token()?,
    };
    Ok(Options {
        port: arguments.port,
        edition: arguments.edition.map(Edition::simulated),
        prefix: arguments.prefix.clone(),
        state: arguments.state.clone(),
        switches,
        ..Options::new(seed, key, control_token)
    })
}

fn api_key(shared: &Shared) -> Result<String> {
    let variable = Config::load(&shared.workspace).map(|config| config.destination.api_key_env);
    let variable = variable.unwrap_or_else(|_| "FRESHSALES_API_KEY".to_owned());
    std::env::var(&variable).map_err(|_| {
        Error::new(
            Kind::Config,
            format!("the simulator has no key: {variable} is not set"),
        )
        .hint(format!(
            "`export {variable}=any-text`; client and simulator then share it"
        ))
    })
}

fn read_seed(path: &Path) -> Result<serde_json::Value> {
    let refused = |e: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(
            Kind::Config,
            format!("the seed {} cannot be read", path.display()),
        )
        .because(e)
        .hint("fixtures/freshsales/seed.json shows the form")
    };
    let text = std::fs::read_to_string(path).map_err(|e| refused(e.into()))?;
    serde_json::from_str(&text).map_err(|e| refused(e.into()))
}

fn read_profile(path: &Path) -> Result<serde_json::Map<String, serde_json::Value>> {
    let unread = || {
        let message = format!("the profile {} cannot be read", path.display());
        Error::new(Kind::Config, message)
    };
    let text = std::fs::read_to_string(path).map_err(|e| {
        unread()
            .because(e)
            .hint("fixtures/freshsales/profiles/ has profiles to copy from")
    })?;
    simulator::read_profile(&text).map_err(|e| unread().because(e))
}

/// 32 hexadecimal digits that nobody can guess.
pub fn random_token() -> Result<String> {
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|e| Error::new(Kind::Bug, "this system gives no random bytes").because(e))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
