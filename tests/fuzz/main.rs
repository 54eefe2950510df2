//! The reader against inputs that nobody wrote: it gives rows or a refusal, in bounded time and memory, and every record
//! of a file is accounted for. It never breaks off.
//!
//! `cargo test --test fuzz` runs some thousand inputs, the same each time. A million of each kind, others, or one again:
//!
//! ```text
//! make fuzz
//! FUZZ_INPUTS=100000 FUZZ_SEED=7 cargo test --test fuzz -- archives --nocapture
//! FUZZ_FIRST=4711 FUZZ_INPUTS=1 FUZZ_SEED=7 cargo test --test fuzz -- archives --nocapture
//! ```
//!
//! An input that fails is made small and kept in the folder that the failure names. It belongs into `fixtures/fuzz/<what>/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod archives;
mod chance;
mod drive;
mod judge;
mod kept;
mod large;
mod recount;
mod texts;
mod workbooks;

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

use drive::fuzzed;

#[test]
fn delimited_text() {
    fuzzed("delimited_text", 2_000, texts::delimited);
}

#[test]
fn json() {
    fuzzed("json", 800, texts::json);
}

#[test]
fn pages() {
    fuzzed("pages", 300, texts::page);
}

#[test]
fn archives() {
    fuzzed("archives", 600, archives::any);
}

#[test]
fn workbooks() {
    fuzzed("workbooks", 200, workbooks::any);
}
