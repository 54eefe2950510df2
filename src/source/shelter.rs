//! A place for libraries that break off on what they do not expect: the file is refused, and nothing else is touched.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread is where a panic is an answer about a file, and not to be told as one of our own.
#[must_use]
pub fn is_sheltered() -> bool {
    DEPTH.get() > 0
}

/// What `work` gives; none when it broke off. What it worked on must be thrown away then.
pub(super) fn sheltered<T>(work: impl FnOnce() -> T) -> Option<T> {
    DEPTH.set(DEPTH.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    done.ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    #[test]
    fn what_breaks_off_inside_is_an_answer() {
        assert_eq!(sheltered(is_sheltered), Some(true));
        assert_eq!(
            sheltered(|| -> u8 { panic!("a test breaks off here") }),
            None
        );
        assert!(!is_sheltered());
    }
}
