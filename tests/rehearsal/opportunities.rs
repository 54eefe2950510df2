//! Data that nobody here wrote: six public tables whose people gave files and headers their own names.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::assert_closed;
use crate::support::{Simulator, Workspace, repository};

const SEED: &str = "crm-opportunities.json";

/// The tables stand beside the repository, not in it.
fn data() -> Option<PathBuf> {
    let folder = repository("../shared/data/crm-opportunities");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

#[test]
fn every_row_of_the_public_tables_arrives() {
    let Some(data) = data() else { return };
    let simulator = Simulator::start(SEED);
    let workspace = Workspace::new("crm-opportunities", &simulator.base_url);
    workspace.land(&data);
    let plan = workspace.run(&["plan", "--format", "json"]).passed().json();
    for check in ["products_unknown", "industries_unknown"] {
        assert!(
            rows_found(&plan, check) > 0,
            "{check}: {:#}",
            plan["findings"]
        );
    }
    assert_eq!(simulator.writes(), [""; 0], "a plan has written");

    workspace.run(&["load"]).passed();
    let sent = simulator.writes().len();
    let verified = workspace
        .run(&["verify", "--format", "json"])
        .passed()
        .json();
    assert_closed(&verified);
    assert_eq!(simulator.writes().len(), sent, "a verification has written");
    for (object, rows) in [
        ("owners", 35),
        ("companies", 85),
        ("contacts", 85),
        ("deals", 8_800),
        ("meetings", 381),
        ("emails", 245),
        ("products", 7),
    ] {
        assert_eq!(accepted(&verified, object), rows, "{object}");
    }
    assert_parents(&simulator, &table(&data, "accounts.csv"));
    assert_amounts(&simulator, &table(&data, "sales_pipeline.csv"));
    assert_days(&simulator, &table(&data, "interactions.csv"));
}

#[test]
fn without_decisions_about_owners_nothing_is_sent() {
    let Some(data) = data() else { return };
    let simulator = Simulator::start(SEED);
    let workspace = Workspace::new("crm-opportunities", &simulator.base_url);
    let map = workspace.path().join("sql/map/map_owners.csv");
    let header = fs::read_to_string(&map)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    fs::write(&map, header + "\n").unwrap();
    workspace.land(&data);

    let stopped = workspace.run(&["load"]).ended(6);
    assert!(
        stopped.stderr.contains("need a decision"),
        "{}",
        stopped.stderr
    );
    assert_eq!(simulator.writes(), [""; 0]);
    let owners = workspace.status()["objects"][0].clone();
    assert_eq!(owners["object"], "owners");
    assert_eq!(
        (&owners["source_rows"], &owners["queued"]),
        (&35.into(), &35.into())
    );
}

/// Rows of the check of this name, 0 when it did not run.
fn rows_found(plan: &Value, check: &str) -> u64 {
    let findings = plan["findings"].as_array().unwrap();
    let found = findings
        .iter()
        .find(|f| f["check"].as_str().unwrap().ends_with(check));
    found.map_or(0, |finding| finding["rows"].as_u64().unwrap())
}

fn accepted(status: &Value, object: &str) -> u64 {
    let objects = status["objects"].as_array().unwrap();
    let found = objects.iter().find(|o| o["object"] == object).unwrap();
    assert_eq!(found["source_rows"], found["accepted"], "{found}");
    found["accepted"].as_u64().unwrap()
}

/// Each subsidiary stands under the company of its parent's name.
fn assert_parents(simulator: &Simulator, accounts: &[Row]) {
    let stored = simulator.records("sales_accounts");
    assert_eq!(stored.len(), 85);
    let names: BTreeMap<u64, &str> = stored
        .iter()
        .map(|account| {
            (
                account["id"].as_u64().unwrap(),
                account["name"].as_str().unwrap(),
            )
        })
        .collect();
    let found: BTreeMap<&str, &str> = stored
        .iter()
        .filter_map(|account| {
            let parent = account["parent_sales_account_id"].as_u64()?;
            Some((account["name"].as_str().unwrap(), names[&parent]))
        })
        .collect();
    let wanted: BTreeMap<&str, &str> = accounts
        .iter()
        .filter(|row| !row["subsidiary_of"].is_empty())
        .map(|row| (&*row["account"], &*row["subsidiary_of"]))
        .collect();
    assert!(!wanted.is_empty());
    assert_eq!(found, wanted);
}

/// Deal by deal, and in sum, both sides hold the same money.
fn assert_amounts(simulator: &Simulator, pipeline: &[Row]) {
    let stored = simulator.records("deals");
    let found: BTreeMap<&str, Option<f64>> = stored
        .iter()
        .map(|deal| {
            let id = deal["custom_field"]["cf_source_id"].as_str().unwrap();
            (id, amount(&deal["amount"]))
        })
        .collect();
    assert_eq!((stored.len(), found.len()), (8_800, 8_800));
    for row in pipeline {
        let wanted = row["close_value"].parse().ok();
        let id = &*row["opportunity_id"];
        assert_eq!(found[id], wanted, "deal {id}");
    }
    let written = pipeline
        .iter()
        .filter_map(|row| row["close_value"].parse::<f64>().ok());
    assert_eq!(written.sum::<f64>(), 10_005_534.0);
    assert_eq!(found.values().flatten().sum::<f64>(), 10_005_534.0);
}

/// The API writes amounts as text.
fn amount(value: &Value) -> Option<f64> {
    Some(value.as_str()?.parse().unwrap())
}

/// On every day as many meetings and e-mails as the people wrote down.
fn assert_days(simulator: &Simulator, interactions: &[Row]) {
    for (kind, object, date) in [
        ("Meeting", "appointments", "from_date"),
        ("Email", "sales_activities", "start_date"),
    ] {
        let stored = simulator.records(object);
        let found = counted(
            stored
                .iter()
                .map(|record| record[date].as_str().unwrap()[..10].to_owned()),
        );
        let written = interactions
            .iter()
            .filter(|row| row["activity_type"] == kind);
        assert_eq!(
            found,
            counted(written.map(|row| day(&row["timestamp"]))),
            "{object}"
        );
        assert!(found.len() > 50, "only {} days of {object}", found.len());
    }
}

fn counted(days: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for day in days {
        *counts.entry(day).or_default() += 1;
    }
    counts
}

/// `1/31/25` → `2025-01-31`.
fn day(text: &str) -> String {
    let numbers: Vec<u32> = text.split('/').map(|part| part.parse().unwrap()).collect();
    let [month, day, year] = numbers[..] else {
        panic!("{text} is no date");
    };
    format!("20{year:02}-{month:02}-{day:02}")
}

/// Header → cell.
type Row = BTreeMap<String, String>;

fn table(data: &std::path::Path, file: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(data.join(file)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}
