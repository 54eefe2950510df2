//! All integration tests, in one binary: DuckDB is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod approval;
mod attachments;
mod batches;
mod broken_sql;
mod cli;
mod discover;
mod endurance;
mod faults;
mod gates;
mod gates_after;
mod generate;
mod harsh;
mod hostile;
mod house;
mod interrupt;
mod links;
mod privacy;
mod probes;
mod propose;
mod quota;
mod reader;
mod refusals;
mod rehearsal;
mod restart;
mod resume;
mod scarce;
mod selftest;
mod simulate;
mod sources;
mod sql_cases;
mod support;
mod updates;
