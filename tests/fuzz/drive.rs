//! One input after the other, and what is kept of one that fails.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::chance::Chance;
use crate::judge::{Ending, File, Judge};

/// One in so many inputs is landed in Parquet too.
const LANDED: u64 = 20;

/// An input that takes longer than this hangs.
const HANGS: u64 = 180;

/// How long a failing input is made smaller.
const SHRINKING: Duration = Duration::from_secs(30);

/// The heap is counted for one test at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = env::var(name).ok();
    text.map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number"))
    })
}

/// Judges so many inputs, or as many as `FUZZ_INPUTS` says.
#[track_caller]
pub fn fuzzed(what: &str, inputs: u64, make: fn(&mut Chance) -> Vec<File>) {
    let _alone = alone();
    let is_default = ["FUZZ_FIRST", "FUZZ_INPUTS", "FUZZ_SEED"]
        .iter()
        .all(|name| env::var_os(name).is_none());
    let (first, inputs) = (number("FUZZ_FIRST", 0), number("FUZZ_INPUTS", inputs));
    let seed = number("FUZZ_SEED", 1);
    let judge = Judge::new();
    let clock = Clock::watched(what, &judge);
    let began = Instant::now();
    let (mut read, mut refused, mut records, mut failed) = (0, 0, 0, Vec::new());
    for place in first..first + inputs {
        clock.tick(place);
        let files = make(&mut Chance::new(seed, place));
        let lands = place % LANDED == 0;
        match judge.judge(&files, lands) {
            Ok(Ending::Read(found)) => {
                read += 1;
                records += found;
            }
            Ok(Ending::Refused) => refused += 1,
            Err(why) => {
                let kept = keep(what, (seed, place), &smaller(&judge, files, lands));
                failed.push(format!(
                    "{what} {place} of seed {seed}: {why}\n  kept in {}",
                    kept.display()
                ));
            }
        }
        if (place - first + 1) % 50_000 == 0 {
            eprintln!(
                "{what}: {} inputs, {} failed, {:.0} s",
                place - first + 1,
                failed.len(),
                began.elapsed().as_secs_f64()
            );
        }
        // More of the same would only fill the disk.
        if failed.len() == 20 {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let (heap, longest) = judge.worst.get();
    eprintln!(
        "{what}: {inputs} inputs of seed {seed} in {seconds:.1} s ({:.0}/s): {read} read with {records} records, {refused} refused, {} failed; {} files counted again; at most {} KB of the heap, {} ms",
        inputs as f64 / seconds,
        failed.len(),
        judge.recounts.get(),
        heap >> 10,
        longest.as_millis()
    );
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
    // Inputs that are all refused would prove nothing.
    if is_default {
        let (listed, recounts) = (read > 0 && records > 0, judge.recounts.get());
        assert!(listed, "{what}: {read} read with {records} records");
        let is_text = what == "delimited_text";
        assert!(
            recounts > 0 || !is_text,
            "{what}: nothing was counted again"
        );
    }
}

/// Ends the process when one input takes too long: it lies where the message says.
struct Clock {
    now: Arc<AtomicU64>,
}

impl Clock {
    fn watched(what: &str, judge: &Judge) -> Self {
        let now = Arc::new(AtomicU64::new(0));
        let seen = Arc::downgrade(&now);
        let text = format!("{what} hangs; the input is in {}", judge.input().display());
        thread::spawn(move || {
            let (mut last, mut seconds) = (u64::MAX, 0);
            while let Some(now) = seen.upgrade() {
                let place = now.load(Ordering::Relaxed);
                seconds = if place == last { seconds + 1 } else { 0 };
                last = place;
                if seconds > HANGS {
                    eprintln!("{text} (number {place})");
                    process::abort();
                }
                drop(now);
                thread::sleep(Duration::from_secs(1));
            }
        });
        Self { now }
    }

    fn tick(&self, place: u64) {
        self.now.store(place, Ordering::Relaxed);
    }
}

/// The input without what it does not need to fail.
fn smaller(judge: &Judge, mut files: Vec<File>, lands: bool) -> Vec<File> {
    let began = Instant::now();
    for place in 0..files.len() {
        let mut piece = files[place].1.len().div_ceil(2);
        while piece > 0 && began.elapsed() < SHRINKING {
            let mut at = 0;
            while at < files[place].1.len() && began.elapsed() < SHRINKING {
                let whole = files[place].1.clone();
                let end = (at + piece).min(whole.len());
                files[place].1.drain(at..end);
                if judge.judge(&files, lands).is_ok() {
                    files[place].1 = whole;
                    at += piece;
                }
            }
            piece /= 2;
        }
    }
    files
}

fn keep(what: &str, (seed, place): (u64, u64), files: &[File]) -> PathBuf {
    let folder = env::temp_dir()
        .join("fuzz-failed")
        .join(what)
        .join(format!("{seed}-{place}"));
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}
