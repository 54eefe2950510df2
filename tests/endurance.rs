//! What survives what: the process is killed at every line of its ledger, and at random moments of a longer run.
//!
//! `make test` takes a sample of the moments, seeded. `make endurance` (`ENDURANCE=full`) takes all of them.

#[cfg(debug_assertions)]
mod crash;
mod environment;
pub mod stage;

/// Whether every moment is to be tried, not a sample.
pub fn is_full() -> bool {
    std::env::var("ENDURANCE").is_ok_and(|value| value == "full")
}
