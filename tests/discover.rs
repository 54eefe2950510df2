//! `discover`: every document is written, agrees with what else is said of the account, and shows what stands in it as text.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::support::{Ran, Simulator, Workspace, files_below, repository};

/// Where the documents are written.
const REPORTS: &str = "reports/discovery";

/// The workspace of the bundled export, with the decisions about it.
fn landed(base_url: &str) -> Workspace {
    let workspace = Workspace::new("demo", base_url);
    workspace.land(repository("fixtures/smartdesk"));
    workspace
}

/// A document as JSON.
fn document(workspace: &Workspace, name: &str) -> Value {
    let path = workspace.staging(REPORTS).join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The rows of a section.
fn rows(document: &Value, section: &str) -> Vec<Value> {
    let sections = document["sections"].as_array().unwrap().iter();
    let mut found = sections.filter(|one| one["section"] == section);
    let section = found.next().unwrap_or_else(|| panic!("no {section}"));
    section["rows"].as_array().unwrap().clone()
}

fn names(folder: &Path) -> Vec<String> {
    let files = files_below(folder).into_iter();
    let name = |file: std::path::PathBuf| file.file_name().unwrap().to_string_lossy().into_owned();
    files.map(name).collect()
}

#[track_caller]
fn assert_private(folder: &Path) {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700, "{}", folder.display());
    for file in files_below(folder) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn all_documents_are_written_for_this_user_only() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator.base_url);
    let told = workspace.run(&["discover", "--format", "json"]).passed();
    let told = told.json();
    let written = told["documents"].as_array().unwrap();
    let mut expected = vec!["index.html".to_owned()];
    for document in written {
        let name = document["document"].as_str().unwrap();
        expected.extend(["html", "json", "md"].map(|ending| format!("{name}.{ending}")));
    }
    expected.sort();
    assert_eq!(names(&workspace.staging(REPORTS)), expected);
    assert!(
        ["owners.md", "scope.html", "stages.json"]
            .iter()
            .all(|name| expected.contains(&(*name).to_owned()))
    );
    assert_private(&workspace.staging(REPORTS));

    let kept = workspace.staging("discovery");
    assert_private(&kept.join(told["extract_id"].as_str().unwrap()));
    let files = told["kept"].as_array().unwrap().iter();
    let files: Vec<_> = files.map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files.len(), names(&kept).len());
    assert!(
        files
            .iter()
            .all(|file| workspace.path().join(file).exists())
    );
    let writes = simulator.writes();
    assert!(writes.is_empty(), "{writes:?}");
}

#[test]
fn the_numbers_are_those_of_status_and_of_the_queries() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator.base_url);
    workspace.run(&["discover"]).passed();
    let scope = document(&workspace, "scope");
    let volumes = rows(&scope, "doc_scope__volumes");
    let status = workspace.status();
    let standings = status["objects"].as_array().unwrap();
    assert_eq!(volumes.len(), standings.len());
    for (volume, standing) in volumes.iter().zip(standings) {
        let object = &standing["object"];
        assert_eq!(&volume["object"], object);
        assert_eq!(volume["rows_count"], standing["source_rows"], "{object}");
        assert_eq!(volume["waits_count"], standing["queued"], "{object}");
        assert_eq!(
            volume["stays_behind_count"], standing["skipped"],
            "{object}"
        );
        assert_eq!(volume["goes_count"], standing["pending"], "{object}");
    }
    for name in ["scope", "owners", "stages"] {
        assert_shown(&workspace, name);
        let document = document(&workspace, name);
        for section in document["sections"].as_array().unwrap() {
            let query = section["query"].as_str().unwrap();
            let query = query.strip_prefix("deskferry sql \"").unwrap();
            let again = workspace.sql(query.trim_end_matches('"'));
            assert_eq!(section["rows"], json!(again), "{query}");
            assert_eq!(section["rows_in_all"], json!(again.len()), "{query}");
        }
    }
}

/// As a browser sees it: every row of every section, each with all its cells.
#[track_caller]
fn assert_shown(workspace: &Workspace, name: &str) {
    let path = workspace.staging(REPORTS).join(format!("{name}.html"));
    let page = Html::parse_document(&fs::read_to_string(path).unwrap());
    let document = document(workspace, name);
    for section in document["sections"].as_array().unwrap() {
        let section_name = section["section"].as_str().unwrap();
        let select = |what: &str| Selector::parse(&format!("#{section_name} {what}")).unwrap();
        let shown = page.select(&select("tbody tr")).count();
        let rows = section["rows"].as_array().unwrap().len();
        assert_eq!(shown, rows, "{section_name}");
        let heads = page.select(&select("thead th")).count();
        let cells = page.select(&select("tbody td")).count();
        assert_eq!(cells, rows * heads, "{section_name}");
        assert!(heads <= section["columns"].as_array().unwrap().len());
        let contents = Selector::parse(&format!("nav a[href=\"#{section_name}\"]")).unwrap();
        assert_eq!(page.select(&contents).count(), 1, "{section_name}");
    }
}

/// As a person reads it.
#[test]
fn a_document_in_words() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator.base_url);
    workspace.run(&["discover"]).passed();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"\b[0-9a-f]{16}\b", "[extract]");
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "[time]");
    settings.add_filter(r"127\.0\.0\.1:\d+", "[port]");
    settings.bind(|| {
        for name in ["owners", "stages"] {
            let path = workspace.staging(REPORTS).join(format!("{name}.md"));
            insta::assert_snapshot!(
                format!("discover_{name}"),
                fs::read_to_string(path).unwrap()
            );
        }
    });
}

#[test]
fn a_section_answers_after_other_runs_too() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator.base_url);
    workspace.run(&["plan"]);
    let fields = workspace.number("select count(*) from doc_scope__fields");
    assert!(fields > 300, "{fields}");
    // One that reads another, and the same file written anew.
    let missing = "select stage from doc_stages__missing order by stage";
    let stages = [json!({ "stage": "Meet" }), json!({ "stage": "Parked" })];
    assert_eq!(workspace.sql(missing), stages);
    let own = workspace.path().join("sql/documents");
    fs::create_dir_all(&own).unwrap();
    fs::write(
        own.join("doc_stages__missing.sql"),
        "-- Why.\n-- title: Mine\n\nselect 'own' as stage\n",
    )
    .unwrap();
    assert_eq!(workspace.sql(missing), [json!({ "stage": "own" })]);
}

/// Discovery comes before decisions: what stops a plan is in the documents.
#[test]
fn checks_that_block_are_shown_and_stop_nothing() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(repository("fixtures/smartdesk"));
    workspace.run(&["plan"]).ended(6);
    workspace.run(&["discover"]).passed();
    let gaps = rows(&document(&workspace, "scope"), "doc_scope__gaps");
    let is_owners = |gap: &&Value| {
        let to_do = gap["what_to_do"].as_str().unwrap();
        to_do.contains("recon_before_load__owners_undecided")
    };
    let gap = gaps.iter().find(is_owners).unwrap();
    let question = gap["question"].as_str().unwrap();
    assert!(question.starts_with(
        "Owners of at least one record for whom nobody has decided: name the user they become"
    ));
    assert!(
        !question.contains("blocks:") && !question.contains("--"),
        "{question}"
    );
    let to_invite = rows(&document(&workspace, "owners"), "doc_owners__provisioning");
    assert!(!to_invite.is_empty());
}

#[test]
fn offline_needs_no_key_and_no_destination() {
    // Nobody listens there.
    let workspace = landed("http://127.0.0.1:9/crm/sales/api");
    let mut command = workspace.command(&["discover", "--offline", "--quiet"]);
    command.env_remove("FRESHSALES_API_KEY");
    Ran::to_end(command).passed();
    let owners = document(&workspace, "owners");
    assert_eq!(owners["of"]["is_offline"], json!(true));
    let people = rows(&owners, "doc_owners__people");
    let is_open = |person: &Value| {
        let standing = person["standing"].as_str().unwrap();
        standing == "users there are not known yet" || standing.starts_with("on hold")
    };
    assert!(people.iter().all(is_open), "{people:?}");
    let page = fs::read_to_string(workspace.staging(REPORTS).join("owners.html")).unwrap();
    assert!(page.contains("not asked"));
    workspace.run(&["discover"]).ended(9);
}

#[test]
fn another_folder_is_taken() {
    let workspace = landed("http://127.0.0.1:9/crm/sales/api");
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("deep/er");
    let told = workspace.run(&[
        "discover".as_ref(),
        "--offline".as_ref(),
        folder.as_os_str(),
    ]);
    assert!(told.passed().stdout.contains("deep/er/index.html"));
    assert_private(&folder);
    assert!(!workspace.staging(REPORTS).exists());
}

#[test]
fn without_an_export_there_is_nothing_to_find_out() {
    let workspace = Workspace::new("demo", "http://127.0.0.1:9/crm/sales/api");
    for arguments in [&["discover", "--offline"][..], &["discover"]] {
        let ran = workspace.run(arguments).ended(6);
        assert!(ran.stderr.contains("deskferry land PATH"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    assert!(!workspace.staging(REPORTS).exists());
}

/// Would run in a page, end a cell, open a link, or break a line.
const HOSTILE: &str = "<script>alert(1)</script>|[x](y) `z` \"><img src=x onerror=alert(2)>";

#[test]
fn whatever_a_name_says_is_text() {
    let workspace = Workspace::undecided("http://127.0.0.1:9/crm/sales/api");
    let quoted = HOSTILE.replace('"', "\"\"");
    workspace.land_files(&[
        (
            "users.csv",
            &format!("id,full_name\nusr_1,\"{quoted}\"\n"),
        ),
        ("pipelines.csv", &format!("id,name\npip_1,\"{quoted}\"\n")),
        (
            "stages.csv",
            &format!("id,pipeline_id,name\nstg_1,pip_1,\"two\nlines {quoted}\"\n"),
        ),
        (
            "deals.csv",
            &format!("id,name,stage_id,owner_id,value_amount,value_currency,\"cf_{quoted}\"\ndea_1,A,stg_1,usr_1,5,EUR,x\n"),
        ),
        ("<b>|odd`.csv", "a,b\n1,2\n"),
    ]);
    workspace.run(&["discover", "--offline"]).passed();
    let odd = rows(&document(&workspace, "scope"), "doc_scope__files");
    assert!(odd.contains(&json!({ "path": "<b>|odd`.csv", "object": "none", "size_bytes": null, "records_count": null,
        "rows_count": null, "quarantined_count": null, "columns_missing": null })), "{odd:?}");
    let mut shown = 0;
    for file in files_below(&workspace.staging(REPORTS)) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        match file.extension().unwrap().to_str().unwrap() {
            "html" => {
                for tag in ["<script>alert", "<img", "<b>"] {
                    assert!(!text.contains(tag), "{tag} in {name}");
                }
                // What runs is ours: one script, at the end.
                assert_eq!(text.matches("<script").count(), 1, "{name}");
                for outside in ["<link", "@import", "url(", "http-equiv=\"refresh\""] {
                    assert!(!text.contains(outside), "{outside} in {name}");
                }
                shown += text.matches("alert(1)").count();
            }
            "md" => assert_markdown_is_text(&text),
            _ => {
                serde_json::from_str::<Value>(&text).unwrap();
            }
        }
    }
    assert!(shown > 5, "the names are not there at all: {shown}");
}

/// What is no day has none, and stops nothing.
#[test]
fn days_are_those_that_can_be_read() {
    let days = [
        "2024-02-29T10:00:00Z",
        "0000-00-00",
        "2026-13-45T25:61:61Z",
        "294247-01-10",
        "9999-12-31T23:59:59Z",
        "13/04/2025",
        "12/13",
        "March 4, 2026",
        "1e400",
        "<script>",
        "N/A",
        "",
    ];
    let lines: String = days
        .iter()
        .enumerate()
        .map(|(number, day)| format!("con_{number},Berg,\"{day}\",{number}\n"))
        .collect();
    let workspace = Workspace::undecided("http://127.0.0.1:9/crm/sales/api");
    workspace.land_files(&[(
        "contacts.csv",
        &format!("id,last_name,created_at,cf_number\n{lines}"),
    )]);
    workspace.run(&["discover", "--offline"]).passed();
    let fields = rows(&document(&workspace, "scope"), "doc_scope__fields");
    let field = |name: &str| fields.iter().find(|row| row["field"] == name).unwrap();
    let created = field("created_at");
    assert_eq!(created["first_date"], "2024-02-29");
    assert_eq!(created["last_date"], "2026-03-04");
    assert_eq!(created["filled_count"], 8);
    let number = field("cf_number");
    assert_eq!(number["kind"], "custom");
    assert_eq!(number["goes_to"], "nowhere");
    assert_eq!(number["filled_share"], 1.0);
    assert_eq!(number["longest_count"], 2);
    assert_eq!(number["first_date"], Value::Null);
}

/// Each table has as many cells in each line as in its head, and nothing in it is a tag, a link or code.
#[track_caller]
fn assert_markdown_is_text(text: &str) {
    let cells = |line: &str| {
        line.replace("\\\\", "")
            .replace("\\|", "")
            .matches('|')
            .count()
    };
    let mut width = None;
    for line in text.lines() {
        if !line.starts_with('|') {
            assert!(
                !line.contains("alert(1)") || line.starts_with('#'),
                "{line}"
            );
            width = None;
            continue;
        }
        assert_eq!(*width.get_or_insert(cells(line)), cells(line), "{line}");
        for mark in ["<", ">", "](", " `"] {
            assert!(
                !line.replace("\\`", "").replace("\\]", "").contains(mark),
                "{mark}: {line}"
            );
        }
    }
}
