//! Sources that are no files: a script and a declared API, through the real program.

mod api;
mod command;
mod stage;
