//! Freshsales on loopback: the embedded destination of demos, rehearsals and tests.
//!
//! It is written from the API's fact sheet and shares no code with the client, so that an error in one shows in the
//! other. Where real accounts differ a switch of the `profile` decides; the fact sheet's section 18 gives the defaults.
//!
//! ```text
//! socket ─► line ─► server ─► faults, allowance, key ─► routes ─► records, views, search, bulk, lists, selectors
//!                    │  ▲                                            │
//!    control (/__sim/)  └ intake (body), wire (answer)               ▼
//!                                             rules (what may be written) ─► crm (records, indexes) ─► shapes
//!                                                                                  automation ─┘ acts afterwards
//! ```

mod account;
mod activities;
mod allowance;
mod answer;
mod audit;
mod automation;
mod bulk;
mod call;
mod control;
mod crm;
mod documents;
mod edition;
mod faults;
pub mod generator;
mod intake;
mod journal;
mod language;
mod leads;
mod line;
mod listing;
mod lists;
mod lookup;
mod phone_calls;
mod profile;
mod records;
mod routes;
mod rules;
mod search;
mod seed;
mod selectors;
mod server;
mod settings;
mod shapes;
mod times;
mod views;
mod wire;

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::{Error, Kind, Result};
use audit::Audit;
use crm::World;
pub use edition::Edition;
use faults::Faults;
use line::{Cutter, Lines};
pub use profile::read as read_profile;
use seed::Seed;
use server::App;

/// Time that open calls get to end when the simulator stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a simulator is started with. It has no `Debug`, because it holds the key.
#[derive(Clone)]
pub struct Options {
    /// The account: users, pipelines, fields, switches, first records. See `fixtures/freshsales/seed.json`.
    pub seed: Value,
    /// Switches that win over the seed's `settings`; [`read_profile`] reads them from a file's text.
    pub switches: Map<String, Value>,
    /// Where to listen; only loopback addresses are taken.
    pub address: IpAddr,
    /// Port; 0 takes a free one.
    pub port: u16,
    /// The API key that calls must carry.
    pub key: String,
    /// What calls of the control routes must carry as `X-Sim-Token`.
    pub control_token: String,
    /// The kind of account, which wins over the switches; `None`: they say it.
    pub edition: Option<Edition>,
    /// Path before the API's routes, as `/crm/sales/api`; `None`: that of the edition.
    pub prefix: Option<String>,
    /// Where it keeps its state over restarts; `None`: it forgets everything.
    pub state: Option<PathBuf>,
}

impl Options {
    /// The seed's account on a free port of 127.0.0.1.
    #[must_use]
    pub fn new(seed: Value, key: impl Into<String>, control_token: impl Into<String>) -> Self {
        Self {
            seed,
            switches: Map::new(),
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            key: key.into(),
            control_token: control_token.into(),
            edition: None,
            prefix: None,
            state: None,
        }
    }
}

/// A simulator at work. It stops when this is dropped.
#[must_use = "the simulator stops when this is dropped"]
pub struct Running {
    /// Scheme, host, port and API prefix, without a slash at the end: `http://127.0.0.1:4711/crm/sales/api`.
    pub base_url: String,
    /// The control routes, without a slash at the end: `http://127.0.0.1:4711/__sim`.
    pub control_url: String,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<()>>,
}

/// Starts a simulator inside the present tokio runtime.
///
/// # Errors
/// `Config` for a seed, a state file or a prefix that is refused or an address that is not loopback; `Destination` when
/// the port is taken.
pub async fn start(options: Options) -> Result<Running> {
    let seed = seed(&options)?;
    let prefix = prefix(&options, &seed)?;
    let listener = listen(options.address, options.port).await?;
    let address = listener.local_addr().map_err(not_listening)?;
    let base_url = format!("http://{address}{prefix}");
    let world = world(&options, &seed, &base_url)?;
    let faults = Faults::default();
    faults.set(world.profile().faults.clone());
    let app = Arc::new(App {
        world: world.into(),
        seed,
        faults,
        audit: Audit::default(),
        key: options.key,
        control_token: options.control_token,
        prefix,
    });
    let (stop, stopped) = oneshot::channel();
    let router = server::router(Arc::clone(&app));
    let served = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Cutter>();
        let serving = axum::serve(Lines(listener), service);
        // It ends only by the signal, and then in good order.
        drop(
            serving
                .with_graceful_shutdown(async { drop(stopped.await) })
                .await,
        );
    });
    Ok(Running {
        base_url,
        control_url: format!("http://{address}/__sim"),
        app,
        stop: Some(stop),
        served: Some(served),
    })
}

/// The seed with the switches of this start.
fn seed(options: &Options) -> Result<Seed> {
    let mut switches = options.switches.clone();
    if let Some(edition) = options.edition {
        switches.insert("edition".to_owned(), edition.name().into());
    }
    Seed::read(&options.seed, &switches)
}

/// The path before the API's routes, without a slash at its end.
fn prefix(options: &Options, seed: &Seed) -> Result<String> {
    let edition = seed.profile.edition.prefix();
    let prefix = options.prefix.as_deref().unwrap_or(edition);
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let is_name = |name: &str| !name.is_empty() && name != "__sim" && name.chars().all(is_plain);
    let has_slash = prefix.is_empty() || prefix.starts_with('/');
    if has_slash && prefix.split('/').skip(1).all(is_name) {
        return Ok(prefix.to_owned());
    }
    let problem = format!("the simulator was not started: {prefix} cannot stand before its routes");
    Err(Error::new(Kind::Config, problem).hint("a prefix looks like /crm-sandbox/sales/api"))
}

/// The account as its state file has it, or as the seed has it.
fn world(options: &Options, seed: &Seed, base_url: &str) -> Result<World> {
    let fresh = || account::open(seed, base_url);
    let Some(path) = &options.state else {
        return fresh();
    };
    let identity = journal::identity(&options.seed, seed.profile.edition.prefix());
    let empty = World::new(seed.clone(), base_url.to_owned());
    journal::open(path, identity, empty, fresh)
}

async fn listen(address: IpAddr, port: u16) -> Result<TcpListener> {
    if !address.is_loopback() {
        return Err(Error::new(
            Kind::Config,
            format!("the simulator was not started: {address} is not a loopback address"),
        )
        .hint("use 127.0.0.1 or ::1; the simulator is not made to face a network"));
    }
    let socket = SocketAddr::new(address, port);
    TcpListener::bind(socket).await.map_err(not_listening)
}

fn not_listening(cause: std::io::Error) -> Error {
    Error::new(
        Kind::Destination,
        "the simulator was not started: it cannot listen",
    )
    .hint("choose another port, or 0 for a free one")
    .because(cause)
}

impl Running {
    /// Stops taking calls, lets open ones end for up to two seconds, and returns when the port is free.
    pub async fn stop(mut self) {
        self.signal();
        if let Some(served) = self.served.take() {
            drop(tokio::time::timeout(PATIENCE, served).await);
        }
    }

    fn signal(&mut self) {
        self.app.faults.set(Vec::new());
        if let Some(stop) = self.stop.take() {
            // It fails only when the server has already ended.
            let _ = stop.send(());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal();
    }
}
