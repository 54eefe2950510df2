//! A panic is a bug, and its message may quote what somebody wrote: only the place is told.

use std::panic;

use crate::error::{Error, Kind};
use crate::report;
use crate::source::is_sheltered;

/// From here on, a panic of any thread is told as an error of its place, without its message.
pub fn tell_places_only() {
    panic::set_hook(Box::new(|told| {
        if is_sheltered() {
            return;
        }
        let place = told.location().map_or_else(
            || "a place that is not known".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        let error = Error::new(Kind::Bug, format!("deskferry broke off at {place}")).hint(
            "please report this place; the ledger is complete, and `deskferry load` looks up what was under way",
        );
        report::print_error(&error);
    }));
}
