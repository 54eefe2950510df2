//! What the integration tests share: the real program, a simulated Freshsales in a process of its own, a workspace.
//!
//! ```text
//! Simulator::start("seed.json") ─ base_url ─► Workspace::new("demo", &base_url) ─► run(&["load"]) ─► Ran
//! ```
//!
//! Every simulator has its own free port and every workspace its own folder, so tests run beside each other.

mod middleman;
mod program;
mod simulator;
mod workspace;

use std::path::PathBuf;

pub use middleman::Middleman;
pub use program::{Ran, program};
pub use simulator::{Simulator, changed_seed};
pub use workspace::{Workspace, assert_private, copy, files_below};

/// The API key of every simulator, in `FRESHSALES_API_KEY`. It must turn up in nothing that is written.
pub const KEY: &str = "key-of-the-tests-7f3a9c";

/// A path below the repository.
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
