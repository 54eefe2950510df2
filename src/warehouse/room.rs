//! How much memory a statement may have: little, and more only for one that does not go with less.
//!
//! Memory must not grow with the data, and wide records need more than short ones: DuckDB works on 2,048 rows at once, however
//! wide they are. No single number is right for both.

use std::time::{Duration, Instant};

use duckdb::{Connection, Result};

/// What every statement begins with, in megabytes. Short records of any number go with it; what does not fit is on disk.
const LEAST: u64 = 64;

/// After a statement of such a length there is something to give back.
const WORTH_GIVING_BACK: Duration = Duration::from_millis(20);

/// The memory of one connection's statements.
pub(super) struct Room {
    least: u64,
    most: u64,
}

impl Room {
    /// From little, up to so many megabytes.
    pub(super) fn up_to(megabytes: u64) -> Self {
        Self {
            least: LEAST.min(megabytes),
            most: megabytes,
        }
    }

    /// What a connection is told when it opens: statements begin with little, and the limit alone may change later on.
    pub(super) fn opening(&self) -> String {
        let limit = limit(self.least);
        format!("{limit}; set allowed_configs = ['memory_limit'];")
    }

    /// Runs a statement; again with a quarter more memory, as long as it has too little and there is more. A statement that fails
    /// must have changed nothing.
    pub(super) fn give<T>(
        &self,
        connection: &Connection,
        mut statement: impl FnMut() -> Result<T>,
    ) -> Result<T> {
        let begun = Instant::now();
        let mut limit = self.least;
        let outcome = loop {
            match statement() {
                Err(error) if has_too_little(&error) && limit < self.most => {
                    limit = (limit + limit / 4).min(self.most);
                    set_limit(connection, limit)?;
                }
                outcome => break outcome,
            }
        };
        // Setting the limit is also what makes DuckDB's allocator give freed memory back to the machine: by itself it keeps
        // several hundred megabytes for ten seconds.
        if limit > self.least || begun.elapsed() > WORTH_GIVING_BACK {
            // It is refused while an answer is being read. The next statement tries again.
            let _ = set_limit(connection, self.least);
        }
        outcome
    }
}

fn set_limit(connection: &Connection, megabytes: u64) -> Result<()> {
    connection.execute_batch(&limit(megabytes))
}

fn limit(megabytes: u64) -> String {
    format!("set memory_limit = '{megabytes}MB'")
}

/// Whether DuckDB gave up for want of memory.
pub(super) fn has_too_little(error: &duckdb::Error) -> bool {
    matches!(error, duckdb::Error::DuckDBFailure(_, Some(words)) if words.starts_with("Out of Memory Error"))
}
