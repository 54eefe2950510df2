//! Progress on stderr: a bar on a terminal, a line a phase elsewhere.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use crate::migration::{Progress, Watch};

/// Shows what a run does.
pub struct Meter {
    is_quiet: bool,
    has_bar: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Meter {
    /// `is_quiet`: nothing at all; `has_bar`: bars, if stderr is a terminal.
    #[must_use]
    pub fn new(is_quiet: bool, has_bar: bool) -> Self {
        Self {
            is_quiet,
            has_bar: has_bar && io::stderr().is_terminal(),
            bar: RefCell::new(None),
        }
    }

    fn end_bar(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    fn begin_bar(&self, object: &str, rows: u64) {
        let style =
            "{msg:<18} {bar:30} {human_pos:>9}/{human_len} {per_sec:>12} done in {eta}  {prefix}";
        let style =
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(rows)
            .with_style(style)
            .with_message(object.to_owned());
        *self.bar.borrow_mut() = Some(bar);
    }

    fn tell(&self, text: &str) {
        self.end_bar();
        say(text);
    }
}

impl Watch for Meter {
    fn hear(&self, progress: Progress<'_>) {
        if self.is_quiet {
            return;
        }
        match progress {
            Progress::Started { run_id } => self.tell(&format!("run {run_id}")),
            Progress::Preparing => self.tell("reading the destination's settings"),
            Progress::Unprobed => self.tell(
                "no write probes on record for this account: `deskferry probe --write` asks how it behaves",
            ),
            Progress::Sending { object, rows } if self.has_bar => self.begin_bar(object, rows),
            Progress::Sending { object, rows } => {
                self.tell(&format!("{object}: sending {rows} rows"))
            }
            Progress::Sent { rows, calls } => {
                if let Some(bar) = &*self.bar.borrow() {
                    bar.set_position(rows);
                    bar.set_prefix(format!("{calls} calls"));
                }
            }
            Progress::Reading { object } => self.tell(&format!("{object}: reading back")),
            Progress::Findings(findings) => {
                for finding in findings
                    .iter()
                    .filter(|finding| finding.rows > 0 && finding.blocks != "no")
                {
                    self.tell(&format!("{}: {} rows", finding.check, finding.rows));
                }
            }
        }
    }
}
