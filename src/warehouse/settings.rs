//! How DuckDB is opened: what it may load, and how it writes and squeezes.

use std::path::Path;

use duckdb::{AccessMode, Config};

use super::files::beside;
use super::quote_text;
use super::refusal::bug;
use crate::error::Result;

/// Nothing is fetched or loaded.
pub(super) fn settings(mode: AccessMode) -> Result<Config> {
    Config::default()
        .access_mode(mode)
        .and_then(|c| c.with("autoinstall_known_extensions", "false"))
        .and_then(|c| c.with("autoload_known_extensions", "false"))
        .and_then(|c| c.with("allow_community_extensions", "false"))
        .map_err(|e| bug("configure DuckDB", e))
}

/// Freed memory that DuckDB's allocator may keep while a statement runs. It counts as free for the limit, and as held for the
/// machine.
const KEPT_WHEN_FREED: &str = "8MB";

/// Threads of the allocator that give freed memory back.
pub(super) const BACKGROUND_THREADS: &str = "set allocator_background_threads = true";

/// One thread, and what does not fit goes to a folder of the process beside `path`. A room says how much memory there is.
pub(super) fn within(settings: Config, path: &Path) -> Result<Config> {
    settings
        .with("threads", "1")
        // Five row groups are held otherwise: of a million rows 8 to 15 MB more.
        .and_then(|c| c.with("write_buffer_row_group_count", "1"))
        .and_then(|c| c.with("allocator_background_threads", "true"))
        .and_then(|c| c.with("allocator_flush_threshold", KEPT_WHEN_FREED))
        .and_then(|c| {
            c.with(
                "allocator_bulk_deallocation_flush_threshold",
                KEPT_WHEN_FREED,
            )
        })
        .and_then(|c| c.with("temp_directory", beside(path, "spill").to_string_lossy()))
        .map_err(|e| bug("configure DuckDB", e))
}

/// Below this, blocks are small and values are stored as they are: each phase writes a hundred tables of a few rows, and
/// looking for the best way to squeeze them takes longer than building them.
const FEW_ROWS: u64 = 10_000;

/// Rows that are gathered in memory, beyond what DuckDB's own limit counts, before they are written. A fifth of its default.
const ROW_GROUP: u64 = 24_576;

/// The same of a Parquet file, whose rows hold whole bodies.
pub(super) const PARQUET_ROW_GROUP: u64 = 8_192;

/// Opens the build's file as the database that statements mean when they name none. Only `attach` can say how it is cut.
pub(super) fn attach(path: &Path, rows: u64) -> String {
    let (block_size, compression) = match rows < FEW_ROWS {
        true => (16_384, "set force_compression = 'uncompressed';"),
        false => (262_144, ""),
    };
    let path = quote_text(&path.to_string_lossy());
    format!(
        "{compression} attach {path} as warehouse (row_group_size {ROW_GROUP}, block_size {block_size}); use warehouse;"
    )
}
