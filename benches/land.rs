//! How fast a landing is, and how flat: `cargo bench --bench land -- 200 2000` makes an export of about so many megabytes for each
//! number, lands it with the real program, and has DuckDB copy the same CSV files to Parquet.
//!
//! The tables are landed from a folder, without the attachments, which DuckDB would not read; the whole export is landed from its
//! zip. DuckDB works in a process of its own, so each line's memory and CPU time are of that line alone. It judges nothing: a
//! busy machine makes other numbers.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use deskferry::simulator::generator::{self, Order};
use deskferry::warehouse::{Warehouse, quote_text};

/// Clock ticks of a CPU second, as Linux counts them in `/proc`.
const TICKS: f64 = 100.0;

/// What the generator writes for a contact, with all that belongs to it, as tables.
const BYTES_PER_CONTACT: u64 = 5_650;

/// The word that this program calls itself with, to copy.
const COPY: &str = "copy";

/// How often each thing is done; the quickest counts.
const TRIES: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, from, to, threads] = arguments.as_slice()
        && word == COPY
    {
        return copy(Path::new(from), Path::new(to), threads);
    }
    let sizes: Vec<u64> = arguments
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() { vec![200] } else { sizes };
    println!(
        "what                     MB   seconds   MB/s   CPU seconds   threads   peak MB   written MB   speed of the landing over it"
    );
    let peaks: Vec<f64> = sizes.iter().map(|size| measure(*size)).collect();
    if let (Some(first), Some(last)) = (peaks.first(), peaks.last()) {
        println!(
            "peak of the last landing over the first: {:.2}",
            last / first
        );
    }
}

/// Lands and copies an export of about so many megabytes; answers the peak of the landing's memory in MB.
fn measure(megabytes: u64) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let zip = made(folder.path(), megabytes);
    let tables = folder.path().join("tables");
    unpack(&zip, &tables);
    let bytes: u64 = csv_files(&tables).iter().map(|path| length(path)).sum();
    let landing = quickest(|| land(folder.path(), &tables));
    landing.print("landed, the folder", bytes, None);
    let seconds = landing.took.as_secs_f64();
    for (threads, what) in [("", "DuckDB"), ("1", "DuckDB, one thread")] {
        quickest(|| copied(folder.path(), &tables, threads)).print(what, bytes, Some(seconds));
    }
    land(folder.path(), &zip).print("landed, the zip", bytes, None);
    landing.peak_mb
}

/// The zip of a clean export.
fn made(folder: &Path, megabytes: u64) -> PathBuf {
    let order = Order {
        seed: 1,
        contacts: (megabytes << 20) / BYTES_PER_CONTACT,
        variants: Vec::new(),
        rate: 0.0,
        is_delta: false,
    };
    let made = generator::generate(&order, &folder.join("made")).unwrap();
    fs::remove_dir_all(made.truth).unwrap();
    made.export.into_iter().next().unwrap()
}

/// Unpacks the tables, without the manifest: it would miss the attachments.
fn unpack(zip: &Path, folder: &Path) {
    let mut archive = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let path = entry.enclosed_name().unwrap();
        if path.starts_with("data") || path.starts_with("schema") {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            io::copy(&mut entry, &mut File::create(path).unwrap()).unwrap();
        }
    }
}

fn csv_files(tables: &Path) -> Vec<PathBuf> {
    let folders = ["data", "schema"].map(|name| fs::read_dir(tables.join(name)).unwrap());
    let paths = folders
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == "csv"))
        .collect()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// All bytes below a folder in files that are called so.
fn written(folder: &Path, ending: &str) -> u64 {
    let inside = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().path());
    let bytes = inside.map(|path| match path.is_dir() {
        true => written(&path, ending),
        false if path.to_string_lossy().ends_with(ending) => length(&path),
        false => 0,
    });
    bytes.sum()
}

fn quickest(mut run: impl FnMut() -> Cost) -> Cost {
    let mut costs: Vec<Cost> = (0..TRIES).map(|_| run()).collect();
    costs.sort_by_key(|cost| cost.took);
    costs.swap_remove(0)
}

/// Lands into a workspace that is new.
fn land(folder: &Path, export: &Path) -> Cost {
    let workspace = folder.join("workspace");
    fs::create_dir(&workspace).unwrap();
    let config = "[source]\ntime_zone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n\
         [destination]\nbase_url = \"http://127.0.0.1:1\"\nplan = \"enterprise\"\n";
    fs::write(workspace.join("deskferry.toml"), config).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_deskferry"));
    program
        .arg("--workspace")
        .arg(&workspace)
        .arg("land")
        .arg(export);
    let mut cost = run(&mut program);
    cost.written = written(&workspace.join("staging/landing"), ".parquet");
    fs::remove_dir_all(workspace).unwrap();
    cost
}

/// Copies in a process of its own; no number of threads is DuckDB's own choice.
fn copied(folder: &Path, tables: &Path, threads: &str) -> Cost {
    let target = folder.join("copied");
    fs::create_dir(&target).unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.arg(COPY).arg(tables).arg(&target).arg(threads);
    let mut cost = run(&mut program);
    cost.written = written(&target, ".parquet");
    fs::remove_dir_all(target).unwrap();
    cost
}

/// What that process does.
fn copy(tables: &Path, target: &Path, threads: &str) {
    let warehouse = Warehouse::in_memory().unwrap();
    if !threads.is_empty() {
        warehouse.run(&format!("set threads = {threads}")).unwrap();
    }
    for path in csv_files(tables) {
        let to = target
            .join(path.file_name().unwrap())
            .with_extension("parquet");
        let [from, to] = [path, to].map(|path| quote_text(&path.to_string_lossy()));
        let sql = format!(
            "copy (select * from read_csv({from}, all_varchar = true)) to {to} (format parquet, compression zstd)"
        );
        warehouse.run(&sql).unwrap();
    }
}

/// What a run cost.
struct Cost {
    took: Duration,
    cpu_seconds: f64,
    peak_mb: f64,
    /// The most that were there at a time.
    threads: f64,
    /// Bytes of Parquet.
    written: u64,
}

impl Cost {
    fn print(&self, what: &str, bytes: u64, landing: Option<f64>) {
        let megabytes = bytes as f64 / f64::from(1 << 20);
        let seconds = self.took.as_secs_f64();
        let ratio = landing.map(|landing| format!("{:.2}", seconds / landing));
        println!(
            "{what:<20} {megabytes:>6.0} {seconds:>9.2} {:>6.1} {:>13.2} {:>9.0} {:>9.0} {:>12.1}   {}",
            megabytes / seconds,
            self.cpu_seconds,
            self.threads,
            self.peak_mb,
            self.written as f64 / f64::from(1 << 20),
            ratio.unwrap_or_default(),
        );
    }
}

fn run(program: &mut Command) -> Cost {
    let begun = Instant::now();
    let mut child = program.stdout(Stdio::null()).spawn().unwrap();
    let (mut cpu_seconds, mut peak_mb, mut threads) = (0.0, 0.0, 0.0_f64);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // The last look before the end is a hundredth of a second old at most.
        cpu_seconds = cpu(child.id()).unwrap_or(cpu_seconds);
        peak_mb =
            status_number(child.id(), "VmHWM:").map_or(peak_mb, |kilobytes| kilobytes / 1024.0);
        threads = threads.max(status_number(child.id(), "Threads:").unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{program:?} ended with {status}");
    Cost {
        took: begun.elapsed(),
        cpu_seconds,
        peak_mb,
        threads,
        written: 0,
    }
}

fn status_number(id: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

fn cpu(id: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold blanks; user and system time are the 12th and 13th field after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}
