//! A death on order, in debug builds only: tests end a process at any line of its ledger, to the byte.

use std::process::Command;

/// The line at which this process ends itself, counted from the first one it writes.
pub(super) struct Death {
    line: usize,
    is_torn: bool,
    written: usize,
}

impl Death {
    /// As ordered in the environment: `DESKFERRY_KILL_AFTER_EVENT=n` leaves n lines on disk, `DESKFERRY_KILL_IN_EVENT=n` half
    /// of the nth.
    pub(super) fn ordered() -> Option<Self> {
        let number = |name: &str| std::env::var(name).ok()?.parse().ok();
        let death = |line, is_torn| Self {
            line,
            is_torn,
            written: 0,
        };
        let after = number("DESKFERRY_KILL_AFTER_EVENT").map(|line| death(line, false));
        after.or_else(|| number("DESKFERRY_KILL_IN_EVENT").map(|line| death(line, true)))
    }

    /// How many bytes of these lines are still to be written; `None` when the time has not come.
    pub(super) fn last_bytes(&mut self, lines: &[u8]) -> Option<usize> {
        let before = self.written;
        self.written += lines.iter().filter(|byte| **byte == b'\n').count();
        if self.written < self.line {
            return None;
        }
        let mut bytes = 0;
        for (at, line) in lines.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let is_last = before + at + 1 == self.line;
            bytes += match is_last && self.is_torn {
                true => line.len() / 2,
                false => line.len(),
            };
            if is_last {
                break;
            }
        }
        Some(bytes)
    }
}

/// SIGKILL, by way of another process: it runs no destructor, closes no file, and takes the other threads with it.
pub(super) fn die() -> ! {
    let id = std::process::id().to_string();
    // Without the program `kill` the process stands still here, and the test that waits for its death fails.
    let _ = Command::new("kill").args(["-KILL", &id]).status();
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_bytes(line: usize, is_torn: bool, groups: &[&str]) -> Vec<Option<usize>> {
        let mut death = Death {
            line,
            is_torn,
            written: 0,
        };
        groups
            .iter()
            .map(|lines| death.last_bytes(lines.as_bytes()))
            .collect()
    }

    #[test]
    fn the_line_is_found_in_any_group() {
        let groups = ["one\ntwo\n", "three\nfour\n"];
        assert_eq!(last_bytes(1, false, &groups[..1]), [Some(4)]);
        assert_eq!(last_bytes(2, false, &groups[..1]), [Some(8)]);
        assert_eq!(last_bytes(3, false, &groups), [None, Some(6)]);
        assert_eq!(last_bytes(4, true, &groups), [None, Some(8)]);
        assert_eq!(last_bytes(5, true, &groups), [None, None]);
    }
}
