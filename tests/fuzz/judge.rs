//! What must be true of any input: it is read or refused, and what is read is all that is there.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use arrow::array::{AsArray as _, RecordBatch};
use deskferry::error::{Error, Kind, Result as Read};
use deskferry::landing::{FileWriter, Writer};
use deskferry::source::{
    Aliases, Choices, Export, FileCounts, HeaderMap, Layout, Limits, Names, open, quarantine_schema,
};
use tempfile::TempDir;

use crate::HEAP;
use crate::recount::{Dialect, recounted};

/// A name and bytes.
pub type File = (String, Vec<u8>);

/// Heap that one input may take beyond what is in use already.
const MOST_HEAP: usize = 96 << 20;

/// Of the processor, not of the clock: a machine may have others to serve. Far above what any input needs.
const LONGEST: Duration = Duration::from_secs(20);

/// How an input ended, if it ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With so many records.
    Read(u64),
    Refused,
}

/// Small, so that a bound that is not held is seen in small files.
pub fn limits() -> Limits {
    Limits {
        entries: 2_000,
        inflated_bytes: 16 << 20,
        ratio: 200,
        ratio_floor: 1 << 20,
        record_bytes: 64 << 10,
        held_bytes: 1 << 20,
        columns: 256,
    }
}

/// Judges inputs one after the other, in one place on disk: after a crash the input lies there.
pub struct Judge {
    folder: TempDir,
    layout: Layout,
    /// The most that an input took of the heap, and the longest that one took.
    pub worst: Cell<(usize, Duration)>,
    /// Files whose records were counted once more.
    pub recounts: Cell<u64>,
}

impl Judge {
    pub fn new() -> Self {
        let layout = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/layout.toml");
        Self {
            folder: TempDir::with_prefix("fuzz-").unwrap(),
            layout: Layout::parse(&fs::read_to_string(layout).unwrap()).unwrap(),
            worst: Cell::default(),
            recounts: Cell::default(),
        }
    }

    /// Where the input at hand lies.
    pub fn input(&self) -> std::path::PathBuf {
        self.folder.path().join("input")
    }

    /// How an input ends; else what is wrong with that.
    pub fn judge(&self, files: &[File], lands: bool) -> Result<Ending, String> {
        let input = self.input();
        write(&input, files);
        let used = HEAP.current_usage();
        HEAP.reset_peak_usage();
        let began = on_processor();
        let ended = catch_unwind(AssertUnwindSafe(|| self.read(&input, files, lands)));
        let (took, heap) = (
            on_processor() - began,
            HEAP.peak_usage().saturating_sub(used),
        );
        let (most, longest) = self.worst.get();
        self.worst.set((most.max(heap), longest.max(took)));
        let ended =
            ended.unwrap_or_else(|panic| Err(format!("it broke off: {}", words(&*panic))))?;
        if took > LONGEST {
            return Err(format!("it took {took:?}"));
        }
        if heap > MOST_HEAP {
            return Err(format!("it took {heap} bytes of the heap"));
        }
        Ok(ended)
    }

    fn read(&self, input: &Path, files: &[File], lands: bool) -> Result<Ending, String> {
        let names = Names {
            layout: &self.layout,
            aliases: &Aliases::default(),
            headers: &HeaderMap::default(),
            decided: &Choices::default(),
        };
        match open(&[input], names, &limits()) {
            Err(refused) => refusal(&refused),
            Ok(export) => {
                all_listed(&export, files)?;
                self.rows(&export, files, lands)
            }
        }
    }

    fn rows(&self, export: &Export, files: &[File], lands: bool) -> Result<Ending, String> {
        let mut records = 0;
        for object in export.objects() {
            let taken = match lands {
                true => self.landed(export, object),
                false => Taken::of(export, object, &mut |_| Ok(()), &mut |_| Ok(())),
            };
            match taken {
                Ok(taken) => {
                    taken.check()?;
                    for counts in &taken.files {
                        let is_counted = recount(export, counts, files)?;
                        self.recounts
                            .set(self.recounts.get() + u64::from(is_counted));
                        records += counts.records;
                    }
                }
                Err(refused) => return refusal(&refused),
            }
        }
        Ok(Ending::Read(records))
    }

    /// Also through Parquet.
    fn landed(&self, export: &Export, object: &str) -> Read<Taken> {
        let staging = self.folder.path().join("staging");
        let mut rows = Writer::create(&staging.join(object), export.schema(object))?;
        let mut broken = FileWriter::create(&staging.join("broken.parquet"), &quarantine_schema())?;
        let taken = Taken::of(
            export,
            object,
            &mut |batch| rows.write(batch),
            &mut |batch| broken.write(batch),
        )?;
        let parts = rows.finish()?;
        let held: u64 = parts.iter().map(|part| part.rows).sum();
        let set_aside = broken.finish()?.rows;
        assert_eq!(
            (held, set_aside),
            (taken.rows, taken.broken()),
            "rows in Parquet"
        );
        Ok(taken)
    }
}

fn write(input: &Path, files: &[File]) {
    if input.exists() {
        fs::remove_dir_all(input).unwrap();
    }
    for (name, bytes) in files {
        let path = input.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What the sinks were given, and what the reader says it gave them.
struct Taken {
    rows: u64,
    by_code: BTreeMap<String, u64>,
    files: Vec<FileCounts>,
}

type See<'a> = &'a mut dyn FnMut(&RecordBatch) -> Read<()>;

impl Taken {
    fn of(export: &Export, object: &str, on_rows: See, on_broken: See) -> Read<Self> {
        let mut rows = 0;
        let mut by_code = BTreeMap::new();
        let files = export.read(
            object,
            &mut |batch| {
                rows += batch.num_rows() as u64;
                on_rows(&batch)
            },
            &mut |batch| {
                let codes = batch.column_by_name("code").unwrap();
                for code in codes.as_string::<i32>().iter().flatten() {
                    *by_code.entry(code.to_owned()).or_default() += 1;
                }
                on_broken(&batch)
            },
        )?;
        Ok(Self {
            rows,
            by_code,
            files,
        })
    }

    fn broken(&self) -> u64 {
        self.by_code.values().sum()
    }

    /// Every record is a row, or set aside, or known not to be one.
    fn check(&self) -> Result<(), String> {
        let sum = |of: fn(&FileCounts) -> u64| self.files.iter().map(of).sum::<u64>();
        let beside = |code: &str| self.by_code.get(code).copied().unwrap_or_default();
        let others = self.broken() - beside("title_row") - beside("total_row");
        let seen = [self.rows, others, beside("title_row"), beside("total_row")];
        let titles = |file: &FileCounts| file.title_rows;
        let said = [
            sum(|file| file.landed),
            sum(|file| file.quarantined),
            sum(titles),
            sum(|file| file.total_rows),
        ];
        let headers = sum(|file| file.header_rows) + sum(|file| file.blank_lines);
        let all = said.iter().sum::<u64>() + headers;
        if seen != said || all != sum(|file| file.records) {
            return Err(format!(
                "rows seen {seen:?}, counted {said:?}, {headers} beside: {:?}",
                self.files
            ));
        }
        Ok(())
    }
}

/// The reader met as many records as there are. Whether they could be counted: where the file lies as it is.
fn recount(export: &Export, counts: &FileCounts, files: &[File]) -> Result<bool, String> {
    // Another of this name may have come out of an archive.
    let is_this = |bytes: &[u8]| bytes.len() as u64 == counts.bytes && !is_packed(bytes);
    let lies = |(name, bytes): &&File| *name == counts.path && is_this(bytes);
    let Some((_, bytes)) = files.iter().find(lies) else {
        return Ok(false);
    };
    let chosen = |topic: &str| {
        let mut choices = export.choices().iter();
        let choice = choices.find(|choice| choice.scope == counts.path && choice.topic == topic);
        choice.map(|choice| choice.choice.clone())
    };
    let (Some(encoding), Some(delimiter)) = (chosen("encoding"), chosen("delimiter")) else {
        return Ok(false);
    };
    let dialect = Dialect {
        encoding,
        delimiter,
        escape: chosen("escape").as_deref() == Some("backslash"),
    };
    let there = recounted(bytes, &dialect);
    match there == counts.records {
        true => Ok(true),
        false => Err(format!(
            "`{}` holds {there} records, read were {}",
            counts.path, counts.records
        )),
    }
}

/// Whether other files come out of a file, with names of their own.
fn is_packed(bytes: &[u8]) -> bool {
    [b"PK".as_slice(), b"\x1f\x8b", b"\xd0\xcf"]
        .iter()
        .any(|mark| bytes.starts_with(mark))
}

/// No file is passed over: it is listed, or what came out of it is. What archives hold has names of its own.
fn all_listed(export: &Export, files: &[File]) -> Result<(), String> {
    let is_listed = |(name, bytes): &&File| {
        let stem = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        let mut listed = export.inventory().iter();
        listed.any(|listed| listed.path == *name || listed.path.starts_with(stem))
            || is_packed(bytes)
    };
    match files.iter().find(|file| !is_listed(file)) {
        None => Ok(()),
        Some((name, _)) => Err(format!(
            "`{name}` is listed nowhere: {:?}",
            export.inventory()
        )),
    }
}

/// A refusal says why and what to do, and is not our own fault.
fn refusal(error: &Error) -> Result<Ending, String> {
    let told = format!("{error}");
    match error.kind() {
        Kind::Source if told.contains("changed while it was read") => Err(told),
        Kind::Source if error.next_step().is_some() => Ok(Ending::Refused),
        kind => Err(format!("{kind:?} without a next step: {told}")),
    }
}

/// How long this thread has had the processor.
fn on_processor() -> Duration {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = times.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a word")
}
