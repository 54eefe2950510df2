//! Progress on stderr: a bar on a terminal; elsewhere, and where no bar can be, a line a phase and one now and then.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jiff::Zoned;

use super::calendar::{clock_time, used_table};
use super::say;
use super::tables::grouped;
use crate::migration::{Progress, Watch, Why};
use crate::reconcile::Finding;
use crate::source::Told;

/// While a source is read, nobody is left without a word for longer.
const LONGEST_HUSH: Duration = Duration::from_secs(60);

/// What goes on with an object.
#[derive(Clone)]
struct Stage {
    object: String,
    /// Rows of the wave that have ended, and all of them; `None`: it is read back.
    rows: Option<(u64, u64)>,
}

/// Shows what a run does.
pub struct Meter {
    is_quiet: bool,
    has_bar: bool,
    bar: RefCell<Option<ProgressBar>>,
    /// What goes on.
    stage: RefCell<Option<Stage>>,
    /// Calls left and the finish time, as heard last; empty where nothing limits them.
    outlook: RefCell<String>,
    /// When a line was said last of how far a source is read.
    said_at: Cell<Instant>,
}

impl Meter {
    /// `is_quiet`: nothing at all; `has_bar`: bars, if stderr is a terminal.
    #[must_use]
    pub fn new(is_quiet: bool, has_bar: bool) -> Self {
        Self {
            is_quiet,
            has_bar: has_bar && io::stderr().is_terminal(),
            bar: RefCell::new(None),
            stage: RefCell::new(None),
            outlook: RefCell::default(),
            said_at: Cell::new(Instant::now()),
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

    fn enter(&self, object: &str, rows: Option<(u64, u64)>) {
        let object = object.to_owned();
        *self.stage.borrow_mut() = Some(Stage { object, rows });
    }

    /// A sign of life where nothing moves on the screen.
    fn beat(&self, calls: u64) {
        let outlook = self.outlook.borrow();
        match &*self.bar.borrow() {
            Some(bar) => bar.set_prefix(format!("{} calls{outlook}", grouped(calls))),
            None => say(&line(self.stage.borrow().as_ref(), calls, &outlook)),
        }
    }

    fn sending(&self, object: &str, rows: u64) {
        self.enter(object, Some((0, rows)));
        if self.has_bar {
            return self.begin_bar(object, rows);
        }
        let outlook = self.outlook.borrow();
        self.tell(&format!("{object}: sending {rows} rows{outlook}"));
    }

    fn sent(&self, rows: u64, calls: u64) {
        if let Some(Stage {
            rows: Some((done, _)),
            ..
        }) = &mut *self.stage.borrow_mut()
        {
            *done = rows;
        }
        if let Some(bar) = &*self.bar.borrow() {
            bar.set_position(rows);
            bar.set_prefix(format!("{} calls{}", grouped(calls), self.outlook.borrow()));
        }
    }

    /// Shows what a source says while it is read.
    pub fn hear_source(&self, told: Told<'_>) {
        let text = match told {
            // It is the script's own word, and may be the reason why nothing is landed: `--quiet` does not cover it.
            // Nor does it cover what the next run depends on.
            Told::Line(line) | Told::Remark(line) => return self.tell_beside(line),
            Told::Page {
                object,
                pages,
                records,
            } => return self.reading(object, pages, records),
            Told::GoesOn { object, pages } => {
                format!(
                    "{object}: goes on after {} pages that are here",
                    grouped(pages)
                )
            }
            Told::Read {
                object,
                pages,
                records,
            } => {
                self.end_bar();
                read(object, pages, records)
            }
            Told::Waits { object, wait } => {
                format!(
                    "{object}: the source is given {} s of silence",
                    wait.as_secs()
                )
            }
        };
        if !self.is_quiet {
            self.tell_beside(&text);
        }
    }

    /// How far an object is: always in sight on a terminal, elsewhere a line now and then.
    fn reading(&self, object: &str, pages: u64, records: u64) {
        if self.is_quiet {
            return;
        }
        let text = format!("{} so far", read(object, pages, records));
        if self.has_bar {
            let mut bar = self.bar.borrow_mut();
            let bar = bar.get_or_insert_with(ProgressBar::new_spinner);
            bar.set_message(text);
            bar.tick();
        } else if is_due(&self.said_at, Instant::now()) {
            say(&text);
        }
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

fn read(object: &str, pages: u64, records: u64) -> String {
    let (pages, records) = (grouped(pages), grouped(records));
    format!("{object}: {records} records on {pages} pages")
}

/// Whether nothing was said for so long that something should be; it is then.
fn is_due(said_at: &Cell<Instant>, now: Instant) -> bool {
    let is_due = now.saturating_duration_since(said_at.get()) >= LONGEST_HUSH;
    if is_due {
        said_at.set(now);
    }
    is_due
}

/// `notes: 12,300 of 100,000 rows sent, 12,410 calls, 455 calls left in this hour, all done about …`
fn line(stage: Option<&Stage>, calls: u64, outlook: &str) -> String {
    let calls = grouped(calls);
    match stage {
        None => format!("{calls} calls{outlook}"),
        Some(Stage { object, rows: None }) => {
            format!("{object}: reading back, {calls} calls{outlook}")
        }
        Some(Stage {
            object,
            rows: Some((done, rows)),
        }) => format!(
            "{object}: {} of {} rows sent, {calls} calls{outlook}",
            grouped(*done),
            grouped(*rows)
        ),
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
            Progress::Sending { object, rows } => self.sending(object, rows),
            Progress::Sent { rows, calls } => self.sent(rows, calls),
            Progress::Beat { calls } => self.beat(calls),
            Progress::Outlook { calls_left, finish } => {
                *self.outlook.borrow_mut() = outlook(calls_left, finish);
            }
            Progress::Closed { opens, windows } => {
                let opens = clock_time(&opens);
                self.tell(&format!("no calls before {opens}: the windows are {windows}; `--now` does not wait for them"));
            }
            Progress::Waiting { until, why } => {
                let text = format!("waiting until {}: {}", clock_time(&until), reason(why));
                self.tell_beside(&text);
            }
            Progress::Used(used) => self.tell(&used_table(used)),
            Progress::Reading { object } => {
                self.enter(object, None);
                self.tell(&format!("{object}: reading back"));
            }
            Progress::Findings(findings) => {
                for finding in findings
                    .iter()
                    .filter(|finding| finding.rows > 0 && finding.blocks != "no")
                {
                    self.tell(&stopping(finding));
                }
            }
        }
    }
}

/// What stops a run, and the way out.
fn stopping(finding: &Finding) -> String {
    let rows = match finding.rows {
        1 => "1 row".to_owned(),
        rows => format!("{} rows", grouped(rows)),
    };
    finding.with_fix(format!("{}: {rows}", finding.check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_life_says_how_far_it_is_and_when_it_will_be_done() {
        let finish = "2026-11-26T07:30:00[Europe/Berlin]".parse().ok();
        let outlook = outlook(Some(1_455), finish);
        let stage = |rows| Stage {
            object: "things".to_owned(),
            rows,
        };
        let told = |stage: Option<Stage>| line(stage.as_ref(), 12_410, &outlook);
        let rest =
            "12,410 calls, 1,455 calls left in this hour, all done about Thu 2026-11-26 07:30";
        assert_eq!(
            told(Some(stage(Some((12_300, 100_000))))),
            format!("things: 12,300 of 100,000 rows sent, {rest}")
        );
        assert_eq!(
            told(Some(stage(None))),
            format!("things: reading back, {rest}")
        );
        assert_eq!(told(None), rest);
    }

    #[test]
    fn a_line_is_said_once_a_minute() {
        let begun = Instant::now();
        let said_at = Cell::new(begun);
        let due = [59, 60, 61, 119, 120].map(|seconds| {
            let now = begun + Duration::from_secs(seconds);
            is_due(&said_at, now)
        });
        assert_eq!(due, [false, true, false, false, true]);
        assert_eq!(
            read("thing", 1_200, 120_000),
            "thing: 120,000 records on 1,200 pages"
        );
    }
}
