//! `staging/quota.json`: the calls of the last hour, for the process that comes after this one.
//!
//! The file is not written at each call. It counts a block of calls ahead as made, and is written again when they are: a
//! process that is killed leaves a few calls too many behind, never too few. What cannot be read or believed is taken for the
//! worst it can mean, which costs the next process an hour at most.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::budget::{Moment, Told};

/// Calls are kept in steps of so many seconds, each call at the end of its step: it counts a little longer, never shorter.
const STEP: i64 = 10;

/// No longer silence is believed: the longest that an answer can ask for, with its jitter.
const LONGEST_SILENCE: Moment = 26 * 60 * 60 * 1000;

/// Calls of the last hour on disk.
pub(super) struct Store {
    path: PathBuf,
}

/// Now, on both clocks.
#[derive(Clone, Copy)]
pub(super) struct Now {
    pub(super) moment: Moment,
    pub(super) wall: Timestamp,
}

/// What is kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Calls that count, oldest first.
    pub(super) calls: Vec<Moment>,
    /// Until when the destination asked for silence.
    pub(super) held_until: Option<Moment>,
    /// Calls per hour, where the destination said so.
    pub(super) told: Option<Told>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// Seconds since 1970 → calls up to then.
    calls: Vec<(i64, u64)>,
    /// Calls that may have been made since.
    ahead: u64,
    held_until: Option<i64>,
    limit: Option<u64>,
    /// Until when the limit is believed.
    #[serde(default)]
    limit_until: Option<i64>,
    /// When the file was written: what was to come then is never further off, wherever the clock was set since.
    #[serde(default)]
    written: Option<i64>,
}

impl Store {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What an earlier process left behind. A damaged file means that the whole `allowance` was used just before the file was
    /// written: the worst that can be, and over in an hour. A file from the future, because a clock was set back, means now.
    pub(super) fn load(&self, allowance: u64, now: Now) -> io::Result<Kept> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
            Err(error) => return Err(error),
        };
        match decoded(&bytes, allowance, now) {
            Some(kept) => Ok(kept),
            None => {
                let written = fs::metadata(&self.path)?.modified()?;
                let at = Timestamp::try_from(written).unwrap_or(now.wall);
                let used = repeated(moment(at, now), allowance);
                let ahead = repeated(now.moment, block(allowance));
                Ok(Kept {
                    calls: used.chain(ahead).collect(),
                    ..Kept::default()
                })
            }
        }
    }

    /// Writes the file anew and swaps it in. `ahead` calls may be made before the next time.
    pub(super) fn save(&self, kept: &Kept, ahead: u64, now: Now) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        // Its rights are 0600 from the beginning.
        let mut aside = NamedTempFile::new_in(folder)?;
        aside.write_all(&encoded(kept, ahead, now)?)?;
        aside.as_file().sync_data()?;
        aside.persist(&self.path)?;
        Ok(())
    }
}

/// Calls that one writing of the file counts ahead: a hundredth of the hour, so that a kill costs no more than that.
pub(super) fn block(allowance: u64) -> u64 {
    (allowance / 100).clamp(1, 20)
}

/// The bytes of the file.
pub(super) fn encoded(kept: &Kept, ahead: u64, now: Now) -> serde_json::Result<Vec<u8>> {
    let mut calls: Vec<(i64, u64)> = Vec::new();
    for at in &kept.calls {
        let step = second(*at, now)
            .div_euclid(STEP)
            .saturating_add(1)
            .saturating_mul(STEP);
        match calls.last_mut() {
            Some((last, count)) if *last == step => *count += 1,
            _ => calls.push((step, 1)),
        }
    }
    serde_json::to_vec(&File {
        version: 1,
        calls,
        ahead,
        held_until: kept.held_until.map(|at| second(at, now).saturating_add(1)),
        limit: kept.told.map(|told| told.limit),
        limit_until: kept.told.map(|told| second(told.until, now)),
        written: Some(now.wall.as_second()),
    })
}

/// What the bytes of a file mean now; `None`: it is damaged.
pub(super) fn decoded(bytes: &[u8], allowance: u64, now: Now) -> Option<Kept> {
    let file = serde_json::from_slice::<File>(bytes).ok();
    let file = file.filter(|file| file.version == 1)?;
    Some(kept(&file, allowance, now))
}

fn kept(file: &File, allowance: u64, now: Now) -> Kept {
    // No step holds more than an hour's calls, whatever the file says.
    let at = |seconds: i64| moment(Timestamp::from_second(seconds).unwrap_or(now.wall), now);
    let made = file.calls.iter();
    let mut calls: Vec<Moment> = made
        .flat_map(|(seconds, count)| repeated(at(*seconds), (*count).min(allowance)))
        .chain(repeated(now.moment, file.ahead.min(allowance)))
        .collect();
    calls.sort_unstable();
    let hour = now.moment.saturating_add(60 * 60 * 1000);
    let to_come = |seconds: i64| {
        let wall = Timestamp::from_second(seconds).unwrap_or(now.wall);
        let then = file.written.and_then(|at| seconds.checked_sub(at));
        let most = then.map_or(hour, |then| {
            let most = then.saturating_mul(1000).min(LONGEST_SILENCE);
            now.moment.saturating_add(most)
        });
        now.moment.saturating_add(between(now.wall, wall)).min(most)
    };
    Kept {
        calls,
        held_until: file.held_until.map(to_come),
        told: file.limit.map(|limit| Told {
            limit,
            until: file.limit_until.map_or(hour, to_come).min(hour),
        }),
    }
}

fn repeated(at: Moment, count: u64) -> impl Iterator<Item = Moment> {
    std::iter::repeat_n(at, usize::try_from(count).unwrap_or(usize::MAX))
}

/// A moment of the past. What the wall clock says is to come cannot be: it counts as now.
fn moment(at: Timestamp, now: Now) -> Moment {
    now.moment.saturating_add(between(now.wall, at).min(0))
}

fn second(at: Moment, now: Now) -> i64 {
    let at = SignedDuration::from_millis(at.saturating_sub(now.moment));
    now.wall.checked_add(at).map_or(0, Timestamp::as_second)
}

fn between(from: Timestamp, to: Timestamp) -> Moment {
    Moment::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const HOUR: Moment = 3_600_000;

    fn now(moment: Moment, wall: &str) -> Now {
        Now {
            moment,
            wall: wall.parse().unwrap(),
        }
    }

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::new(folder.path().join("quota.json"))
    }

    #[test]
    fn what_was_saved_comes_back_on_another_clock_and_never_earlier() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let first = now(500_000, "2026-01-15T12:00:00.250Z");
        let calls = vec![-2_000_000, 0, 1_234, 499_999, 500_000];
        let saved = Kept {
            calls: calls.clone(),
            held_until: Some(560_000),
            told: Some(Told {
                limit: 700,
                until: 1_500_000,
            }),
        };
        store.save(&saved, 3, first).unwrap();
        let mode = fs::metadata(store.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // Half a minute later, in a process whose clock begins at 0.
        let later = now(0, "2026-01-15T12:00:30.250Z");
        let kept = store.load(900, later).unwrap();
        let told = kept.told.unwrap();
        assert_eq!(told.limit, 700);
        assert!((969_000..=970_000).contains(&told.until), "{told:?}");
        assert!((29_000..=31_000).contains(&kept.held_until.unwrap()));
        assert_eq!(kept.calls.len(), 8, "three were counted ahead");
        assert_eq!(kept.calls[5..], [0, 0, 0]);
        for (was, is) in calls.iter().zip(&kept.calls) {
            let was = was - 530_000;
            assert!(*is >= was && *is <= (was + 10_000).min(0), "{was} {is}");
        }
    }

    #[test]
    fn a_long_silence_outlasts_a_restart_and_a_clock_that_was_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let kept = Kept {
            held_until: Some(2 * HOUR),
            ..Kept::default()
        };
        store
            .save(&kept, 0, now(0, "2026-01-15T12:00:00Z"))
            .unwrap();
        for (wall, least) in [
            ("2026-01-15T12:00:01Z", 2 * HOUR - 1_000),
            ("2026-01-15T12:30:00Z", HOUR + HOUR / 2),
            ("2026-01-15T11:00:00Z", 2 * HOUR),
            ("2025-12-24T12:00:00Z", 2 * HOUR),
        ] {
            let held = store.load(900, now(0, wall)).unwrap().held_until.unwrap();
            assert!((least..=least + 2_000).contains(&held), "{wall}: {held}");
        }
        // A file that does not say when it was written, and one that asks for a year.
        for (written, most) in [("null", HOUR), ("0", LONGEST_SILENCE)] {
            let text = format!(
                r#"{{"version":1,"calls":[],"ahead":0,"held_until":1800000000,"limit":null,"written":{written}}}"#
            );
            fs::write(store.path(), text).unwrap();
            let held = store.load(900, now(0, "2026-01-15T12:00:00Z")).unwrap();
            assert_eq!(held.held_until, Some(most), "{written}");
        }
    }

    #[test]
    fn a_missing_file_is_a_fresh_hour_and_a_damaged_one_a_used_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let at = Now {
            moment: 0,
            wall: Timestamp::now(),
        };
        assert_eq!(store.load(900, at).unwrap(), Kept::default());
        let kinds = [
            "",
            "{",
            "{\"version\":2,\"calls\":[],\"ahead\":0,\"held_until\":null,\"limit\":null}",
            "\u{0}\u{0}",
        ];
        for damaged in kinds {
            fs::write(store.path(), damaged).unwrap();
            let kept = store.load(900, at).unwrap();
            assert_eq!(kept.calls.len(), 900 + 9, "{damaged}");
            assert!(kept.calls.iter().all(|call| (-60_000..=0).contains(call)));
        }
        // Yesterday's damage costs nothing but the block that may have been under way.
        let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(24 * 60 * 60);
        let file = fs::File::options().write(true).open(store.path()).unwrap();
        file.set_modified(yesterday).unwrap();
        let kept = store.load(900, at).unwrap();
        let recent = kept.calls.iter().filter(|call| **call > -HOUR);
        assert_eq!(recent.count(), 9);
    }

    #[test]
    fn a_clock_that_was_set_back_gives_no_call_and_costs_an_hour_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let kept = Kept {
            calls: (0..900).map(|number| number * 4_000).collect(),
            held_until: Some(HOUR + 300_000),
            told: None,
        };
        store
            .save(&kept, 9, now(HOUR, "2026-01-15T12:00:00Z"))
            .unwrap();
        for wall in [
            "2026-01-15T11:30:00Z",
            "2026-01-13T12:00:00Z",
            "1970-01-01T00:00:00Z",
        ] {
            let back = store.load(900, now(0, wall)).unwrap();
            assert_eq!(back.calls.len(), 909, "{wall}");
            assert!(back.calls.iter().all(|call| *call <= 0), "{wall}");
            let in_file = back.calls.iter().filter(|call| **call > -HOUR);
            assert!(in_file.count() >= 450, "{wall}");
            assert!(back.held_until.unwrap() <= HOUR, "{wall}");
        }
    }
}
