//! Progress on stderr: a bar on a terminal, a line a phase elsewhere.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, IsTerminal as _};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jiff::Zoned;

use super::calendar::{clock_time, used_table};
use super::say;
use super::tables::grouped;
use crate::migration::{Progress, Watch, Why};

/// Shows what a run does.
pub struct Meter {
    is_quiet: bool,
    has_bar: bool,
    bar: RefCell<Option<ProgressBar>>,
    /// Calls left and the finish time, as heard last; empty where nothing limits them.
    outlook: RefCell<String>,
}

impl Meter {
    /// `is_quiet`: nothing at all; `has_bar`: bars, if stderr is a terminal.
    #[must_use]
    pub fn new(is_quiet: bool, has_bar: bool) -> Self {
        Self {
            is_quiet,
            has_bar: has_bar && io::stderr().is_terminal(),
            bar: RefCell::new(None),
            outlook: RefCell::default(),
        }
    }

    fn end_bar(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    fn begin_bar(&self, object: &str, rows: u64) {
        let style =
            "{msg:<18} {bar:20} {human_pos:>9}/{human_len} {rate:>9} done in {eta}  {prefix}";
        let style = ProgressStyle::with_template(style)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
                // A bar that cannot be written is not worth stopping for.
                let _ = write!(out, "{:.1}/s", state.per_sec());
            });
        let bar = ProgressBar::new(rows)
            .with_style(style)
            .with_message(object.to_owned());
        *self.bar.borrow_mut() = Some(bar);
    }

    fn tell(&self, text: &str) {
        self.end_bar();
        say(text);
    }

    /// Says something above the bar, which goes on.
    fn tell_beside(&self, text: &str) {
        match &*self.bar.borrow() {
            Some(bar) => bar.println(text),
            None => say(text),
        }
    }
}

fn outlook(calls_left: Option<u64>, finish: Option<Zoned>) -> String {
    let left = calls_left.map(|calls| format!(", {} calls left in this hour", grouped(calls)));
    let finish = finish.map(|at| format!(", all done about {}", clock_time(&at)));
    left.into_iter().chain(finish).collect()
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Window => "no window is open",
        Why::Hour => "the calls of this hour are used up",
        Why::Asked => "the destination takes no calls for now",
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
                let outlook = self.outlook.borrow();
                self.tell(&format!("{object}: sending {rows} rows{outlook}"))
            }
            Progress::Sent { rows, calls } => {
                if let Some(bar) = &*self.bar.borrow() {
                    bar.set_position(rows);
                    bar.set_prefix(format!("{calls} calls{}", self.outlook.borrow()));
                }
            }
            Progress::Outlook { calls_left, finish } => {
                *self.outlook.borrow_mut() = outlook(calls_left, finish);
            }
            Progress::Waiting { until, why } => {
                let text = format!("waiting until {}: {}", clock_time(&until), reason(why));
                self.tell_beside(&text);
            }
            Progress::Used(used) => self.tell(&used_table(used)),
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
