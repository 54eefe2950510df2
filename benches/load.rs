//! How fast a load is, and how flat: `cargo bench --bench load -- 10000 100000` loads that many contacts and as many notes
//! for each number, into a simulator without limits, with the real program over a real socket.
//!
//! It prints a row a size and, at the end, the ratio of the peaks. It judges nothing: a busy machine makes other numbers.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Clock ticks of a CPU second, as Linux counts them in `/proc`.
const TICKS: f64 = 100.0;

fn main() {
    let sizes: Vec<u64> = std::env::args()
        .filter_map(|text| text.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![10_000, 100_000]
    } else {
        sizes
    };
    println!(
        "contacts + notes   land s   load s   rows/s   CPU ms/1000 rows   peak MB (land)   peak MB (load)   calls"
    );
    let peaks: Vec<f64> = sizes.iter().map(|size| measure(*size)).collect();
    if let (Some(first), Some(last)) = (peaks.first(), peaks.last()) {
        println!("peak of the last over the first: {:.2}", last / first);
    }
}

/// Loads once; answers the peak of the load's memory in MB.
fn measure(size: u64) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    fs::create_dir(&export).unwrap();
    write_export(&export, size);
    let (simulator, base_url) = simulator(folder.path());
    let workspace = folder.path().join("workspace");
    fs::create_dir(&workspace).unwrap();
    fs::write(workspace.join("deskferry.toml"), config(&base_url)).unwrap();
    let land = run(&workspace, &["land", export.to_str().unwrap()]);
    let load = run(&workspace, &["load", "--no-progress"]);
    let mut simulator = simulator;
    simulator.kill().unwrap();
    simulator.wait().unwrap();
    let rows = 2 * size;
    let seconds = load.took.as_secs_f64();
    println!(
        "{size:>8} + {size:<8} {:>6.1} {:>8.1} {:>8.0} {:>18.1} {:>16.0} {:>16.0} {:>8}",
        land.took.as_secs_f64(),
        seconds,
        rows as f64 / seconds,
        load.cpu_seconds * 1e6 / rows as f64,
        land.peak_mb,
        load.peak_mb,
        calls(&workspace),
    );
    load.peak_mb
}

fn calls(workspace: &Path) -> i64 {
    let folder = workspace.join("staging/ledger");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|found| found == "jsonl"));
    let mut calls = 0;
    for file in files {
        for line in BufReader::new(File::open(file).unwrap()).lines() {
            let line = line.unwrap();
            if line.contains("\"event\":\"run_ended\"") {
                let line: Value = serde_json::from_str(&line).unwrap();
                calls += line["calls"].as_i64().unwrap();
            }
        }
    }
    calls
}

fn write_export(folder: &Path, size: u64) {
    let file = |name: &str| BufWriter::new(File::create(folder.join(name)).unwrap());
    let mut users = file("users.csv");
    writeln!(users, "id,email,full_name,is_active,is_deleted").unwrap();
    writeln!(users, "usr_1,ines@acme.example,Ines Berg,true,false").unwrap();
    let mut contacts = file("contacts.csv");
    let columns = "id,first_name,last_name,email,phone,job_title,owner_id,created_at,is_deleted";
    writeln!(contacts, "{columns}").unwrap();
    let mut notes = file("activities.csv");
    let columns = "id,type,subject,body,started_at,ended_at,parent_type,parent_id,owner_id,created_at,is_deleted";
    writeln!(notes, "{columns}").unwrap();
    let at = "2024-03-04T09:15:00Z";
    for number in 1..=size {
        writeln!(
            contacts,
            "con_{number:09},Given {number},Family {number},person-{number}@people.example,+49 30 {number:07},Buyer,usr_1,{at},false"
        )
        .unwrap();
        writeln!(
            notes,
            "act_{number:09},note,Talk {number},What was said in talk {number} and what was agreed on,{at},{at},contact,con_{number:09},usr_1,{at},false"
        )
        .unwrap();
    }
}

fn simulator(folder: &Path) -> (Child, String) {
    let mut seed: Value =
        serde_json::from_str(include_str!("../fixtures/freshsales/seed.json")).unwrap();
    seed["settings"] = json!({ "hourly_limit": null, "job_polls": 0, "job_seconds": 0 });
    let path = folder.join("seed.json");
    fs::write(&path, seed.to_string()).unwrap();
    let mut child = program()
        .args(["simulate", "--port", "0", "--seed"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut base_url = String::new();
    let output = child.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut base_url).unwrap();
    (child, base_url.trim().to_owned())
}

fn config(base_url: &str) -> String {
    format!(
        "[source]\ntime_zone = \"Europe/Berlin\"\ncurrency = \"EUR\"\n\
         [destination]\nbase_url = \"{base_url}\"\nplan = \"enterprise\"\nindex_wait_seconds = 0\n\
         [policies]\napproval = \"not_on_loopback\"\n"
    )
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskferry"));
    command.env("FRESHSALES_API_KEY", "bench");
    command
}

/// What a run cost.
struct Cost {
    took: Duration,
    cpu_seconds: f64,
    peak_mb: f64,
}

fn run(workspace: &Path, arguments: &[&str]) -> Cost {
    let begun = Instant::now();
    let mut child = program()
        .arg("--workspace")
        .arg(workspace)
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (mut cpu_seconds, mut peak_mb) = (0.0, 0.0);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // The last look before the end is a hundredth of a second old at most.
        cpu_seconds = cpu(child.id()).unwrap_or(cpu_seconds);
        peak_mb = peak(child.id()).unwrap_or(peak_mb);
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "{arguments:?} ended with {status}");
    Cost {
        took: begun.elapsed(),
        cpu_seconds,
        peak_mb,
    }
}

fn peak(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

fn cpu(id: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold blanks; user and system time are the 12th and 13th field after it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}
