//! People's data stays where it belongs: in the landed rows, the sealed files, the warehouse and the before-images of the
//! ledger, which a rollback needs. Not in an output, an error, a reason, a report or a file's name.

use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{KEY, Middleman, Ran, Simulator, Workspace, files_below};

/// What was planted: each a part of one value of one record, and of nothing else.
const PLANTED: [&str; 9] = [
    "Zyxquist",
    "Ψω",
    "zyx.private@planted.example",
    "170 9998887",
    "Plantedgasse",
    "secretnote",
    "planteddeal",
    "plantedtask",
    "plantedfile",
];

/// An export in which every text that a person could have written is a planted one.
fn land(workspace: &Workspace) {
    let export = tempfile::tempdir().unwrap();
    let tables = [
        (
            "companies",
            "id,name,street\ncom_1,Zyxquist Ltd,Plantedgasse 5\n",
        ),
        (
            "contacts",
            "id,first_name,last_name,email,mobile,street,company_id\n\
             con_1,Ψω,Zyxquist,zyx.private@planted.example,+49 170 9998887,Plantedgasse 4,com_1\n",
        ),
        (
            "deals",
            "id,name,value_amount,value_currency,pipeline_name,stage_name,company_id,primary_contact_id\n\
             dea_1,planteddeal,5,EUR,New Business,First talk,com_1,con_1\n",
        ),
        (
            "tasks",
            "id,subject,status,due_at,parent_type,parent_id\n\
             tsk_1,plantedtask,open,2026-10-01T07:00:00Z,contact,con_1\n",
        ),
        (
            "activities",
            "id,type,subject,body,started_at,parent_type,parent_id\n\
             act_1,note,secretnote,secretnote of Zyxquist,2024-04-01T08:00:00Z,contact,con_1\n",
        ),
        (
            "attachments",
            "id,file_name,parent_type,parent_id\natt_1,plantedfile.txt,company,com_1\n",
        ),
    ];
    for (name, text) in tables {
        fs::write(export.path().join(format!("{name}.csv")), text).unwrap();
    }
    fs::create_dir(export.path().join("attachments")).unwrap();
    fs::write(
        export.path().join("attachments/att_1__plantedfile.txt"),
        "x",
    )
    .unwrap();
    workspace.land(export.path());
}

/// Asserts that this text holds nothing planted and no key.
#[track_caller]
fn assert_clean(what: &str, text: &str) {
    for planted in PLANTED.iter().chain([&KEY]) {
        assert!(!text.contains(planted), "{planted} in {what}: {text}");
    }
}

#[track_caller]
fn assert_silent(command: &str, ran: &Ran) {
    assert_clean(&format!("stdout of {command}"), &ran.stdout);
    assert_clean(&format!("stderr of {command}"), &ran.stderr);
}

/// Every line of the ledger without its before-image, every report, and the name of every file.
#[track_caller]
fn assert_nothing_left(workspace: &Workspace) {
    for line in workspace.ledger() {
        let mut line: Value = serde_json::from_str(&line).unwrap();
        line.as_object_mut().unwrap().remove("before");
        assert_clean("the ledger", &line.to_string());
    }
    for report in files_below(&workspace.staging("reports")) {
        assert_clean("a report", &fs::read_to_string(report).unwrap());
    }
    for file in files_below(workspace.path()) {
        // A bundle's files are named for templates, which are the company's texts, not a person's.
        assert_clean("a file's name", &file.to_string_lossy());
    }
}

/// A workspace whose destination meddles with what it is sent.
fn scene(
    meddle: impl Fn(&str, &str, &mut Value) -> Option<(u16, Value)> + Send + Sync + 'static,
) -> (Simulator, Middleman, Workspace) {
    let simulator = Simulator::start("seed.json");
    let middleman = Middleman::start(&simulator.base_url, meddle);
    let workspace = Workspace::undecided(&middleman.base_url);
    land(&workspace);
    (simulator, middleman, workspace)
}

#[test]
fn a_load_that_passes_tells_nobodys_data() {
    let (_simulator, _middleman, workspace) = scene(|_, _, _| None);
    for command in ["discover", "plan", "load", "verify", "status"] {
        let ran = workspace.run(&[command]).passed();
        assert_silent(command, &ran);
    }
    assert_nothing_left(&workspace);
    let stored = workspace.sql("select last_name from load_contacts");
    assert_eq!(
        stored,
        [json!({ "last_name": "Zyxquist" })],
        "what is planted is there"
    );
}

/// Routes of the objects that can be refused, in the order in which they are loaded.
const ROUTES: [&str; 6] = [
    "sales_accounts",
    "contacts",
    "deals",
    "tasks",
    "notes",
    "documents",
];

/// A destination that quotes all it was sent. Each status meets one object; in the whole run (`make endurance`) each meets all.
#[test]
fn what_a_refusal_quotes_is_not_repeated() {
    for (at, status) in [400, 409, 422, 403, 500, 503].into_iter().enumerate() {
        for (place, route) in ROUTES.into_iter().enumerate() {
            if crate::endurance::is_full() || place == at % ROUTES.len() {
                assert_refusal_is_clean(status, route);
            }
        }
    }
}

#[track_caller]
fn assert_refusal_is_clean(status: u16, route: &'static str) {
    let (_simulator, _middleman, workspace) = scene(move |method, path, body| {
        let is_write = method != "GET" && path.starts_with(route);
        let quoted = format!("Validation failed: {body} is not valid for {KEY}");
        let answer = json!({ "errors": { "code": status, "message": [quoted] } });
        is_write.then_some((status, answer))
    });
    let ran = workspace.run(&["load"]);
    assert!(ran.code > 0, "{status} for {route} was no refusal");
    assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    assert_silent("load", &ran);
    assert_nothing_left(&workspace);
}

/// What a success quotes that is no record: the answer proves nothing, and its words say why.
#[test]
fn what_a_success_without_a_record_quotes_is_not_repeated() {
    for route in ROUTES {
        let (_simulator, _middleman, workspace) = scene(move |method, path, body| {
            let is_write = method != "GET" && path.starts_with(route);
            let answer = json!({ "errors": { "message": [quote(body)] } });
            is_write.then_some((200, answer))
        });
        assert_reasons_are_clean(&workspace);
    }
}

/// A job's report that quotes what the job was handed, in each of its ends.
#[test]
fn what_a_job_reports_is_not_repeated() {
    for word in ["SUCCESS", "FAILED", "LOST"] {
        let simulator = Simulator::start("seed.json");
        let handed = Arc::new(Mutex::new(Value::Null));
        let kept = Arc::clone(&handed);
        let keep = move |_: &str, path: &str, body: &mut Value| {
            if path.contains("bulk_upsert") {
                *kept.lock().unwrap() = body.clone();
            }
            None
        };
        let report = move |_: &str, path: &str, answer: &mut Value| {
            if path.starts_with("job_statuses") {
                *answer = reported(word, &handed.lock().unwrap());
            }
        };
        let middleman = Middleman::with(&simulator.base_url, keep, report);
        let workspace = Workspace::undecided(&middleman.base_url);
        land(&workspace);
        assert_reasons_are_clean(&workspace);
    }
}

/// The answer about a job whose only row failed, and which is quoted beside its key; a lost one is only complained of.
fn reported(word: &str, handed: &Value) -> Value {
    let quoted = quote(handed);
    if word == "LOST" {
        return json!({ "errors": { "message": [quoted] } });
    }
    let rows = handed.as_object().and_then(|body| body.values().next());
    let mut entry = rows.map_or(Value::Null, |rows| rows[0].clone());
    entry["message"] = Value::from(quoted);
    let counts = json!({ "succeeded": 0, "failed": 1 });
    let data = json!({ "record_status": counts, "detailed_failure_report": [entry] });
    json!({ "status": word, "data": data.to_string() })
}

/// All that a call showed: the key, and its body.
fn quote(body: &Value) -> String {
    format!("Token token={KEY} sent {body}, which is not valid for {KEY}")
}

/// Loads; the answer's words are kept as a reason, and quote nobody.
#[track_caller]
fn assert_reasons_are_clean(workspace: &Workspace) {
    let ran = workspace.run(&["load"]);
    assert_silent("load", &ran);
    assert_nothing_left(workspace);
    let ledger = workspace.ledger();
    let told = ledger.iter().filter(|line| line.contains("Token token=…"));
    assert!(
        told.count() > 0,
        "no reason quotes the answer: {}",
        ran.stderr
    );
}

#[test]
fn a_panic_tells_its_place_and_nobodys_data() {
    for row in ["dea_1", "tsk_1", "act_1"] {
        let (_simulator, _middleman, workspace) = scene(|_, _, _| None);
        let mut load = workspace.command(&["load"]);
        load.env("DESKFERRY_BREAK_AT", row)
            .env("RUST_BACKTRACE", "full");
        let broken = Ran::to_end(load).ended(1);
        let told = "deskferry broke off at src/load/unit.rs:";
        assert!(broken.stderr.contains(told), "{}", broken.stderr);
        assert_silent("load", &broken);
        assert_nothing_left(&workspace);
        // What was under way is ended by the next one.
        workspace.run(&["load"]).passed();
    }
}
