//! How the simulator holds a big account: `cargo bench --bench simulator -- 1000000`.
//!
//! It fills contacts by bulk over loopback, pages through them near the top and far down, and then creates contacts
//! one by one into a state file and starts again from it. It prints numbers, and fails when the last page takes more
//! than three times as long as the first. That is for a bench: the tests count what is read, which no busy machine can
//! change.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use deskferry::simulator::{self, Options, Running};
use serde_json::{Value, json};

const KEY: &str = "bench";
const TOKEN: &str = "bench-control";
const ROWS: usize = 100;
/// Measurements of one page, of which the middle one counts.
const TRIES: usize = 21;
/// The last page may take so many times as long as the first.
const MOST_RATIO: f64 = 3.0;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let contacts = arguments.find_map(|text| text.parse().ok());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        in_bulk(contacts.unwrap_or(1_000_000)).await;
        one_by_one(contacts.unwrap_or(1_000_000) / 10).await;
    });
}

/// The seed of the tests, with no limit and jobs that are done at once.
fn seed() -> Value {
    let text = include_str!("../fixtures/freshsales/seed.json");
    let mut seed: Value = serde_json::from_str(text).unwrap();
    let settings = json!({"hourly_limit": null, "job_polls": 0, "job_seconds": 0});
    seed["settings"] = settings;
    seed
}

struct Sim {
    running: Running,
    http: reqwest::Client,
}

impl Sim {
    async fn start(options: Options) -> Self {
        Self {
            running: simulator::start(options).await.unwrap(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/{path}", self.running.base_url);
        let request = self.http.request(method.parse().unwrap(), url);
        let request = request.header("Authorization", format!("Token token={KEY}"));
        let request = if body.is_null() {
            request
        } else {
            request.json(body)
        };
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// The middle time of a call.
    async fn time(&self, method: &str, path: &str, body: &Value) -> Duration {
        let mut times = Vec::new();
        for _ in 0..TRIES {
            let begin = Instant::now();
            self.call(method, path, body).await;
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        times[TRIES / 2]
    }
}

fn contact(n: usize) -> Value {
    json!({
        "first_name": format!("First {n}"), "last_name": format!("Last {n}"), "email": format!("person{n}@example.test"),
        "mobile_number": format!("+49 170 {n:07}"), "job_title": "Head of things", "city": format!("City {}", n % 5_000),
        "country": "Germany", "external_id": format!("con_{n:09}"),
        "custom_field": {"cf_source_created_at": "2020-01-31T10:00:00Z", "cf_department": "Sales"},
    })
}

async fn in_bulk(contacts: usize) {
    let sim = Sim::start(Options::new(seed(), KEY, TOKEN)).await;
    let empty = memory();
    let begin = Instant::now();
    for batch in 0..contacts / ROWS {
        let row =
            |n: usize| json!({"emails": format!("person{n}@example.test"), "data": contact(n)});
        let rows: Vec<Value> = (batch * ROWS..(batch + 1) * ROWS).map(row).collect();
        sim.call("POST", "contacts/bulk_upsert", &json!({"contacts": rows}))
            .await;
    }
    let filters = sim.call("GET", "contacts/filters", &Value::Null).await;
    let view = format!("contacts/view/{}", filters["filters"][0]["id"]);
    let took = begin.elapsed();
    println!(
        "fill       {contacts} contacts in {took:.1?}, {:.0} a second",
        rate(contacts, took)
    );
    println!(
        "memory     {} bytes a contact",
        (memory() - empty) / contacts as u64
    );
    let mut worst: f64 = 0.0;
    for sort in ["created_at", "updated_at"] {
        for direction in ["asc", "desc"] {
            let page = |n: usize| {
                format!("{view}?page={n}&per_page={ROWS}&sort={sort}&sort_type={direction}")
            };
            let first = sim.time("GET", &page(1), &Value::Null).await;
            let last = sim.time("GET", &page(contacts / ROWS), &Value::Null).await;
            let ratio = last.as_secs_f64() / first.as_secs_f64();
            worst = ratio.max(worst);
            println!(
                "page       {sort} {direction}: first {first:.2?}, page {} {last:.2?}, ratio {ratio:.2}",
                contacts / ROWS
            );
        }
    }
    let rule = |attribute: &str, value: Value| json!({"filter_rule": [{"attribute": attribute, "operator": "is_in", "value": value}]});
    for (name, rule) in [
        (
            "50 e-mails",
            rule(
                "contact_email.email",
                (0..50).map(|n| format!("person{n}@example.test")).collect(),
            ),
        ),
        ("a city, first time", rule("city", json!("City 7"))),
        ("a city, later", rule("city", json!("City 8"))),
    ] {
        let begin = Instant::now();
        sim.call("POST", "filtered_search/contact", &rule).await;
        println!("search     {name}: {:.2?}", begin.elapsed());
    }
    sim.running.stop().await;
    assert!(
        worst <= MOST_RATIO,
        "the last page takes {worst:.2} times as long as the first"
    );
}

async fn one_by_one(contacts: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let options = || Options {
        state: Some(file.clone()),
        ..Options::new(seed(), KEY, TOKEN)
    };
    let sim = Sim::start(options()).await;
    let tenth = contacts / 10;
    let mut times = Vec::new();
    for part in 0..10 {
        let begin = Instant::now();
        for n in part * tenth..(part + 1) * tenth {
            sim.call("POST", "contacts", &json!({"contact": contact(n)}))
                .await;
        }
        times.push(begin.elapsed());
    }
    println!(
        "state file {} creates: first tenth {:.0}, last tenth {:.0} a second",
        contacts,
        rate(tenth, times[0]),
        rate(tenth, times[9])
    );
    sim.running.stop().await;
    let bytes = std::fs::metadata(&file).unwrap().len();
    let begin = Instant::now();
    let sim = Sim::start(options()).await;
    println!("restart    {:.2?} for {} bytes", begin.elapsed(), bytes);
    sim.running.stop().await;
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Bytes that this process holds.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024
}
