//! What this process makes is for its owner alone, also what libraries make: DuckDB's log and what it spills.

use rustix::fs::Mode;
use rustix::process::umask;

/// From here on, a new file is 0600 and a new folder 0700 whoever makes it.
pub fn keep_to_the_owner() {
    umask(Mode::RWXG | Mode::RWXO);
}
