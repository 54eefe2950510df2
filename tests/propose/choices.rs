//! How well choices, stages and owners are proposed: an account whose words for them are other ones than the destination's, but
//! whose meaning is known, and strangers, for which nothing there means the same. `choices.csv` has them, written by somebody who
//! had not seen the rules; `-` is the destination of a stranger. What has the same name there is no proposal: not counted.
//!
//! `cargo test --test integration -- propose::choices --nocapture` prints the table of README.md.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Simulator, Workspace, changed_seed, repository};

const PIPELINE: &str = "New Business";

#[derive(Clone, Debug, Deserialize)]
struct Choice {
    what: String,
    kind: String,
    language: String,
    field: String,
    source: String,
    source_email: String,
    destination: String,
}

/// What is said of one choice.
struct Verdict<'a> {
    choice: &'a Choice,
    proposed: Option<String>,
    confidence: f64,
    is_taken: bool,
    is_certain: bool,
}

impl Choice {
    /// The object, and what it is called in the answer; owners have their place in the list as id.
    fn asked(&self, place: usize) -> (String, String) {
        let (object, source) = match (self.what.as_str(), self.field.as_str()) {
            ("stage", _) => ("stage", format!("{PIPELINE} / {}", self.source)),
            ("owner", _) => ("user", format!("{} {}", user_id(place), self.source)),
            (_, field @ "industry") => ("company", format!("{field} = {}", self.source)),
            (_, field @ "lifecycle_stage") => ("contact", format!("{field} = {}", self.source)),
            (_, "lead_status") => ("lead", format!("cf_lead_status = {}", self.source)),
            (_, field) => ("deal", format!("{field} = {}", self.source)),
        };
        (object.to_owned(), source)
    }

    fn is_stranger(&self) -> bool {
        self.destination == "-"
    }

    /// What the answer would say if it were right.
    fn meant(&self) -> String {
        match self.what.as_str() {
            "stage" => format!("{PIPELINE} / {}", self.destination),
            _ => self.destination.clone(),
        }
    }
}

fn user_id(place: usize) -> String {
    format!("usr_{place}")
}

/// Each word once in its field: languages share some.
fn choices() -> Vec<Choice> {
    let mut rows = csv::Reader::from_path(repository("tests/propose/choices.csv")).unwrap();
    let all = rows.deserialize().map(Result::<Choice, _>::unwrap);
    let mut seen = BTreeSet::new();
    all.filter(|one| {
        let name = (
            one.what.clone(),
            one.field.clone(),
            one.source.to_lowercase(),
        );
        one.what == "owner" || seen.insert(name)
    })
    .collect()
}

/// The destination has what the choices mean, and no other.
fn offer(seed: &mut Value, all: &[Choice]) {
    let offered = |what: &str, field: &str| {
        let of = all
            .iter()
            .filter(|one| one.what == what && (one.field == field || field.is_empty()));
        let names: BTreeSet<&str> = of
            .filter(|one| !one.is_stranger())
            .map(|one| one.destination.as_str())
            .collect();
        names.into_iter().zip(1_u64..)
    };
    let named = |field: &str| {
        let named = offered("option", field);
        Value::from_iter(named.map(|(name, id)| json!({ "id": 7_000 + id, "name": name })))
    };
    seed["industry_types"] = named("industry");
    seed["lead_sources"] = named("source");
    seed["deal_reasons"] = named("lost_reason");
    seed["lifecycle_stages"][0]["contact_statuses"] = named("lead_status");
    let stages = [
        "New",
        "Qualified",
        "Demo",
        "Proposal",
        "Negotiation",
        "Won",
        "Lost",
    ];
    let stages = stages.iter().zip(1_u64..).map(|(name, place)| {
        let kind = match *name {
            "Won" | "Lost" => name,
            _ => "Open",
        };
        json!({ "id": 110 + place, "name": name, "position": place, "forecast_type": kind, "probability": 10 * place })
    });
    let pipeline = json!({ "id": 11, "name": PIPELINE, "is_default": true, "deal_stages": Value::from_iter(stages) });
    seed["deal_pipelines"] = json!([pipeline]);
    seed["records"] = json!({});
    let users = seed["users"].as_array_mut().unwrap();
    users.truncate(1);
    for (address, id) in offered("owner", "") {
        users.push(json!({ "id": 200 + id, "display_name": called(address), "email": address, "is_active": true }));
    }
}

/// The destination's users, by address.
fn called(address: &str) -> &'static str {
    match address.split('@').next().unwrap() {
        "ines" => "Ines Berg",
        "tom.alder" => "Tom Alder",
        "yuki" => "Yuki Sato",
        "j.mueller" => "Jürgen Müller",
        "mj.garcia" => "María José García López",
        "anne-sophie.lefevre" => "Anne-Sophie Lefèvre",
        "bob.johnson" => "Robert Johnson",
        "kate.oneill" => "Katherine O'Neill",
        "wei.zhang" => "Wei Zhang",
        "p.vandenberg" => "Peter van den Berg",
        other => panic!("nobody has said who {other} is"),
    }
}

fn file(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).unwrap();
    rows.iter()
        .for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// An export with one record for each choice.
fn export(all: &[Choice]) -> Vec<(&'static str, String)> {
    let of = |what: &'static str, field: &'static str| {
        let numbered = all.iter().enumerate();
        numbered
            .filter(move |(_, one)| one.what == what && (field.is_empty() || one.field == field))
    };
    let records = |field: &'static str, prefix: &str| -> Vec<Vec<String>> {
        let rows = of("option", field);
        rows.map(|(place, one)| {
            vec![
                format!("{prefix}_{place}"),
                format!("Name {place}"),
                one.source.clone(),
            ]
        })
        .collect()
    };
    let deal = |place: usize, source: &str, reason: &str, stage: &str, owner: &str| {
        let id = format!("dea_{place}");
        [
            &*id,
            &*format!("Deal {place}"),
            source,
            reason,
            PIPELINE,
            stage,
            owner,
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let mut deals: Vec<Vec<String>> = Vec::new();
    deals.extend(of("option", "source").map(|(n, one)| deal(n, &one.source, "", "New", "")));
    deals.extend(of("option", "lost_reason").map(|(n, one)| deal(n, "", &one.source, "Lost", "")));
    deals.extend(of("stage", "").map(|(n, one)| deal(n, "", "", &one.source, "")));
    deals.extend(of("owner", "").map(|(n, _)| deal(n, "", "", "New", &user_id(n))));
    let users = of("owner", "").map(|(place, one)| {
        vec![
            user_id(place),
            one.source.clone(),
            one.source_email.clone(),
            "true".to_owned(),
        ]
    });
    // Far behind: none is taken for another one by its place.
    let stages = of("stage", "").map(|(place, one)| {
        [
            &*format!("stg_{place}"),
            "pip_1",
            &one.source,
            &(1_000 + place).to_string(),
            &one.field,
        ]
        .map(str::to_owned)
        .to_vec()
    });
    let deal_columns = [
        "id",
        "name",
        "source",
        "lost_reason",
        "pipeline_name",
        "stage_name",
        "owner_id",
    ];
    vec![
        (
            "companies.csv",
            file(&["id", "name", "industry"], records("industry", "com")),
        ),
        (
            "contacts.csv",
            file(
                &["id", "last_name", "lifecycle_stage"],
                records("lifecycle_stage", "con"),
            ),
        ),
        (
            "leads.csv",
            file(
                &["id", "last_name", "cf_lead_status"],
                records("lead_status", "lea"),
            ),
        ),
        ("deals.csv", file(&deal_columns, deals)),
        (
            "users.csv",
            file(&["id", "full_name", "email", "is_active"], users.collect()),
        ),
        (
            "pipelines.csv",
            format!("id,name,is_default\npip_1,{PIPELINE},true\n"),
        ),
        (
            "stages.csv",
            file(
                &["id", "pipeline_id", "name", "sort_order", "kind"],
                stages.collect(),
            ),
        ),
    ]
}

fn measured(all: &[Choice]) -> Vec<Verdict<'_>> {
    let folder = tempfile::tempdir().unwrap();
    let seed = changed_seed(folder.path(), |seed| offer(seed, all));
    let simulator = Simulator::start(&seed);
    let workspace = Workspace::undecided(&simulator.base_url);
    let files = export(all);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    workspace.land_files(&files);
    let answer = super::propose(&workspace, &["--all"]);
    let proposals: BTreeMap<(String, String), Value> = super::proposals(&answer)
        .into_iter()
        .map(|one| ((text(&one["object"]), text(&one["source"])), one))
        .collect();
    let verdicts = all.iter().enumerate().filter_map(|(place, choice)| {
        let one = proposals.get(&choice.asked(place));
        let one = one.unwrap_or_else(|| panic!("nothing is said of {choice:?}"));
        let status = text(&one["status"]);
        (status != "decided").then(|| Verdict {
            choice,
            proposed: one["destination"].as_str().map(str::to_owned),
            confidence: one["confidence"].as_f64().unwrap(),
            is_taken: matches!(status.as_str(), "certain" | "proposed"),
            is_certain: status == "certain",
        })
    });
    verdicts.collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// How many there are to find, how many were taken, and how many of them rightly.
fn counted<'a>(
    verdicts: impl Iterator<Item = &'a Verdict<'a>>,
    is_taken: impl Fn(&Verdict<'_>) -> bool,
) -> [usize; 3] {
    verdicts.fold([0; 3], |[all, taken, right], one| {
        let is_right = one.proposed.as_ref() == Some(&one.choice.meant());
        let taken_now = is_taken(one);
        [
            all + usize::from(!one.choice.is_stranger()),
            taken + usize::from(taken_now),
            right + usize::from(taken_now && is_right),
        ]
    })
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn print(verdicts: &[Verdict<'_>]) {
    println!("| what | kind | precision / recall (right of taken, of all) |\n| --- | --- | --- |");
    let groups: BTreeSet<(&str, &str)> = verdicts
        .iter()
        .map(|one| (&*one.choice.what, &*one.choice.kind))
        .collect();
    let whats: BTreeSet<&str> = groups.iter().map(|(what, _)| *what).collect();
    let all = whats.into_iter().map(|what| (what, ""));
    for (what, kind) in groups.into_iter().chain(all) {
        let of = verdicts
            .iter()
            .filter(|one| one.choice.what == what && (kind.is_empty() || one.choice.kind == kind));
        let [all, taken, right] = counted(of, |one| one.is_taken);
        let (precision, recall) = (share(right, taken), share(right, all));
        println!("| {what} | {kind} | {precision:.3} / {recall:.3} ({right} of {taken}, {all}) |");
    }
    let wrong = verdicts.iter().filter(|one| one.is_taken);
    for one in wrong.filter(|one| one.proposed.as_ref() != Some(&one.choice.meant())) {
        let (choice, proposed) = (one.choice, &one.proposed);
        println!(
            "wrong: {} {} {} `{}` is {}, not {proposed:?} ({:.2}{})",
            choice.kind,
            choice.language,
            choice.field,
            choice.source,
            choice.destination,
            one.confidence,
            if one.is_certain { ", certain" } else { "" },
        );
    }
}

#[test]
fn what_is_taken_is_right() {
    let all = choices();
    let verdicts = measured(&all);
    print(&verdicts);
    for what in ["option", "stage", "owner"] {
        let of = || verdicts.iter().filter(|one| one.choice.what == what);
        let [all, taken, right] = counted(of(), |one| one.is_taken);
        assert!(taken > 0, "nothing of {what} is proposed");
        assert!(
            share(right, taken) >= 0.95,
            "{what}: {right} of {taken} are right"
        );
        assert!(
            share(right, all) >= 0.2,
            "{what}: {right} of {all} are found"
        );
        let [_, certain, right] = counted(of(), |one| one.is_certain);
        assert_eq!(right, certain, "{what}: certain, and wrong");
    }
    let owners = verdicts.iter().filter(|one| one.choice.what == "owner");
    assert!(
        owners.into_iter().all(|one| !one.is_certain),
        "somebody's account is certain"
    );
}
