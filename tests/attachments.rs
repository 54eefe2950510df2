//! Files: whatever happens on the way, each is there once, whole, and on its record; or nothing was sent and a reason stands.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::support::{KEY, Ran, Simulator, Workspace, files_below, repository};

/// Attachments of the bundled export that are to be sent.
const FILES: usize = 8;

/// The bundled export, landed, and an account to load it into.
fn scene() -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.land(repository("fixtures/smartdesk"));
    (simulator, workspace)
}

/// Runs `load` for as long as it says: run me again later.
#[track_caller]
fn load_until_done(workspace: &Workspace) -> Ran {
    for _ in 0..6 {
        let ran = workspace.run(&["load", "--format", "json"]);
        if ran.code != 9 {
            return ran.passed();
        }
    }
    panic!("the load does not come to an end");
}

/// Every object but the files.
#[track_caller]
fn load_parents(workspace: &Workspace) {
    let objects = workspace.status()["objects"].clone();
    let names = objects.as_array().unwrap().iter();
    let names = names.map(|object| object["object"].as_str().unwrap());
    let mut arguments = vec!["load"];
    arguments.extend(names.filter(|name| *name != "attachments"));
    workspace.run(&arguments).passed();
}

/// Bucket → rows.
fn buckets(workspace: &Workspace) -> BTreeMap<String, usize> {
    let mut buckets = BTreeMap::new();
    for row in workspace.sql("select bucket from ledger_buckets where object = 'attachments'") {
        let bucket = row["bucket"].as_str().unwrap().to_owned();
        *buckets.entry(bucket).or_default() += 1;
    }
    buckets
}

fn uploads(simulator: &Simulator) -> usize {
    let calls = simulator.calls();
    let is_upload = |call: &&Value| call["method"] == "POST" && call["path"] == "/documents";
    calls.iter().filter(is_upload).count()
}

/// Record, name and size of each document there.
fn documents(simulator: &Simulator) -> Vec<String> {
    let shown = |document: &Value| {
        let [kind, id, name, size] = ["targetable_type", "targetable_id", "name", "size"]
            .map(|field| document[field].clone());
        format!("{kind} {id} {name} {size}")
    };
    let mut documents: Vec<String> = simulator.records("documents").iter().map(shown).collect();
    documents.sort();
    documents
}

#[test]
fn whatever_happens_to_an_upload_there_is_one_document_in_the_end() {
    let (simulator, workspace) = scene();
    let before_it_is_stored = ["reset", "html_502", "refuse", "reset"];
    let kinds = ["fail_after_write", "slow", "fail_after_write", "limit"];
    let faults = before_it_is_stored.iter().chain(&kinds).map(|kind| {
        let mut fault = json!({ "method": "POST", "route": "documents", "nth": 1, "kind": kind });
        if *kind == "slow" {
            fault["millis"] = json!(200);
        }
        fault
    });
    simulator.order(&faults.collect::<Vec<_>>());
    load_until_done(&workspace);
    for fault in simulator.faults() {
        assert_eq!(fault["fired"], 1, "this fault has hit nothing: {fault}");
    }
    let stored = documents(&simulator);
    assert_eq!(stored.len(), FILES, "{stored:#?}");
    let mut single = stored.clone();
    single.dedup();
    assert_eq!(single, stored, "a document is there twice");
    assert_eq!(buckets(&workspace)["accepted"], FILES);
    // Sent again: only what was not stored, and what the limit turned away.
    let again = before_it_is_stored.len() + 1;
    assert_eq!(uploads(&simulator), FILES + again);
    let sizes = "select count(*) from raw_freshsales__attachments as stored \
        inner join ledger_outcomes as outcomes on outcomes.destination_id = stored.id::bigint \
        inner join load_attachments as wanted on wanted._source_id = outcomes.source_id \
        where outcomes.object = 'attachments' \
        and (stored.record ->> '$.size')::bigint = wanted._file_bytes \
        and (stored.record ->> '$.name') = wanted.file_name";
    assert_eq!(workspace.number(sizes), FILES as i64);
}

#[test]
fn a_long_file_that_is_cut_in_the_middle_is_there_once_and_whole() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    let export = tempfile::tempdir().unwrap();
    let bytes = 20 << 20;
    for (path, content) in [
        ("companies.csv", "id,name\ncom_1,Acme\n".into()),
        (
            "attachments.csv",
            "id,file_name,parent_type,parent_id\natt_1,film.bin,company,com_1\n".into(),
        ),
        ("attachments/att_1__film.bin", vec![b'x'; bytes]),
    ] {
        let path: std::path::PathBuf = export.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    workspace.land(export.path());
    let faults = ["reset", "fail_after_write"]
        .map(|kind| json!({ "method": "POST", "route": "documents", "nth": 1, "kind": kind }));
    simulator.order(&faults);
    load_until_done(&workspace);
    let stored = simulator.records("documents");
    assert_eq!(stored.len(), 1, "{stored:?}");
    assert_eq!(stored[0]["size"], bytes);
    assert_eq!(uploads(&simulator), 2);
}

#[test]
fn a_file_that_is_not_what_was_landed_is_not_sent() {
    let (simulator, workspace) = scene();
    let query = "select _file_sha256 as sha256 from load_attachments \
        where _source_id = 'att_000000003'";
    workspace.run(&["plan"]).passed();
    let sha256 = workspace.sql(query)[0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let files = files_below(&workspace.staging("attachments"));
    let file = files.iter().find(|file| file.ends_with(&sha256)).unwrap();
    let size = fs::read(file).unwrap().len();
    fs::write(file, vec![b'x'; size]).unwrap();

    let refused = workspace.run(&["load"]).ended(4);
    for part in [
        "att_000000003 was not sent",
        &sha256,
        "has changed",
        "hint: ",
    ] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    let is_logo = |document: &Value| document["name"] == "logo.svg";
    assert!(!simulator.records("documents").iter().any(is_logo));

    fs::remove_file(file).unwrap();
    let refused = workspace.run(&["load"]).ended(4);
    assert!(
        refused.stderr.contains("cannot be read"),
        "{}",
        refused.stderr
    );

    workspace.land(repository("fixtures/smartdesk"));
    workspace.run(&["load"]).passed();
    assert_eq!(documents(&simulator).len(), FILES);
    assert_eq!(buckets(&workspace)["accepted"], FILES);
}

#[test]
fn which_of_several_documents_it_is_is_not_guessed() {
    let (simulator, workspace) = scene();
    load_parents(&workspace);
    // Somebody else's file of the same name and size, on the record that the logo goes to.
    let company = simulator.records("sales_accounts");
    let company = company.iter().find(|one| one["name"] == "Nordwind GmbH");
    let logo = fs::read(repository(
        "fixtures/smartdesk/attachments/att_000000003__logo.svg",
    ));
    upload(
        &simulator,
        "logo.svg",
        logo.unwrap(),
        &company.unwrap()["id"],
    );
    let every = json!({
        "method": "POST", "route": "documents", "nth": "every", "kind": "fail_after_write",
    });
    simulator.order(&[every]);
    for _ in 0..2 {
        let stopped = workspace.run(&["load", "attachments"]).ended(9);
        assert!(
            stopped.stderr.contains("1 are unknown"),
            "{}",
            stopped.stderr
        );
        assert_eq!(uploads(&simulator), FILES + 1, "it was sent again");
    }
    let doubtful = workspace.sql(
        "select source_id, reason from ledger_buckets \
         where object = 'attachments' and bucket = 'unknown'",
    );
    assert_eq!(doubtful[0]["source_id"], "att_000000003");
    let reason = doubtful[0]["reason"].as_str().unwrap();
    assert!(reason.contains("cannot be told from"), "{reason}");
    assert_eq!(buckets(&workspace)["accepted"], FILES - 1);
}

/// Puts a file on an account, as somebody else would.
fn upload(simulator: &Simulator, name: &str, bytes: Vec<u8>, id: &Value) {
    let url = format!("{}/documents", simulator.base_url);
    let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
    let form = reqwest::multipart::Form::new()
        .part("file", file)
        .text("file_name", name.to_owned())
        .text("is_shared", "true")
        .text("targetable_type", "SalesAccount")
        .text("targetable_id", id.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(url).multipart(form);
        let request = request.header("Authorization", format!("Token token={KEY}"));
        request.send().await.unwrap()
    });
    assert!(answer.status().is_success(), "{answer:?}");
}
