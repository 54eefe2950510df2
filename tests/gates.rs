//! Gates before a load are seen red, each by what breaks it, and green after what it asks for. Those of approval, and that
//! of owners, are in `approval.rs`.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Simulator, Workspace, changed_seed, repository};

/// Exit code of what waits for a person.
const DECISION: i32 = 6;
/// Exit code of a check that stops.
const CHECK: i32 = 7;

const COMPANIES: (&str, &str) = (
    "companies.csv",
    "id,name,cf_motto\ncom_1,Acme,Ever onward\ncom_2,Bolt,Hold fast\n",
);

fn scene(files: &[(&str, &str)]) -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(files);
    (simulator, workspace)
}

fn write(workspace: &Workspace, path: &str, text: &str) {
    let path = workspace.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The plan stops at this check, and a load does; nothing is sent. The query of the hint, run as it is printed, answers these rows.
#[track_caller]
fn red(scene: &(Simulator, Workspace), code: i32, check: &str) -> Vec<Value> {
    let (simulator, workspace) = scene;
    let ran = workspace.run(&["load"]).ended(code);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    assert_eq!(simulator.writes(), [""; 0], "{check} let something through");
    let ran = workspace.run(&["plan"]).ended(code);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    let query = ran.stderr.split("`deskferry sql \"").nth(1);
    let query = query.and_then(|rest| rest.split("\"`").next());
    let query = query.unwrap_or_else(|| panic!("no query in the hint: {}", ran.stderr));
    let rows = workspace.sql(query);
    assert!(!rows.is_empty(), "{query} lists nothing");
    rows
}

#[track_caller]
fn green(workspace: &Workspace) {
    workspace.run(&["plan"]).passed();
}

/// A row of `map_fields` that carries the companies' `cf_motto`.
fn carry_motto(workspace: &Workspace, destination_field: &str, kind: &str) {
    let map = format!(
        "object,source_column,destination_field,type,transform\ncompany,cf_motto,{destination_field},{kind},\n"
    );
    write(workspace, "sql/map/map_fields.csv", &map);
}

/// The account, after its admin gave companies a field `cf_motto`.
fn with_motto(
    scene: (Simulator, Workspace),
    kind: &str,
    is_required: bool,
) -> (Simulator, Workspace) {
    let (simulator, workspace) = scene;
    let port = simulator.port();
    drop(simulator);
    let folder = tempfile::tempdir().unwrap();
    let seed = changed_seed(folder.path(), |seed| {
        let field =
            json!({"name": "cf_motto", "label": "Motto", "type": kind, "required": is_required});
        let fields = seed["fields"]["sales_accounts"].as_array_mut();
        fields.unwrap().push(field);
    });
    (Simulator::start_at(&seed, port), workspace)
}

/// A script of ours with one change, as a workspace may bring it.
fn bring(workspace: &Workspace, path: &str, from: &str, to: &str) {
    let script = fs::read_to_string(repository(path)).unwrap();
    let broken = script.replacen(from, to, 1);
    assert_ne!(broken, script, "{path} does not say `{from}`");
    write(workspace, path, &broken);
}

fn take_back(workspace: &Workspace, path: &str) {
    fs::remove_file(workspace.path().join(path)).unwrap();
}

#[test]
fn a_custom_field_that_is_not_there_or_of_another_type() {
    let scene = scene(&[COMPANIES]);
    carry_motto(&scene.1, "cf_motto", "text");
    let rows = red(&scene, CHECK, "custom_fields_missing");
    assert_eq!(rows[0]["field"], "cf_motto");

    // The admin creates it, of another type than the manifest says; then of the right one.
    let scene = with_motto(scene, "number", false);
    let rows = red(&scene, CHECK, "custom_fields_of_another_type");
    assert_eq!(rows[0]["field"], "cf_motto");
    assert_eq!(rows[0]["type_there"], "number");
    let scene = with_motto(scene, "text", false);
    green(&scene.1);
}

#[test]
fn a_field_that_the_load_writes_itself_or_takes_from_nowhere() {
    let scene = scene(&[COMPANIES]);
    carry_motto(&scene.1, "cf_domain", "text");
    let rows = red(&scene, DECISION, "mapped_fields_unwritten");
    assert_eq!(rows[0]["why"], "the load writes it itself");
    carry_motto(&scene.1, "city", "text");
    let rows = red(&scene, DECISION, "mapped_fields_unwritten");
    assert_eq!(rows[0]["why"], "the load takes no column for it");
    carry_motto(&scene.1, "cf_tier", "text");
    green(&scene.1);
}

#[test]
fn a_text_that_its_field_does_not_hold() {
    let long = format!("id,name,cf_motto\ncom_1,Acme,{}\n", "on ".repeat(120));
    let scene = scene(&[("companies.csv", &long)]);
    let scene = with_motto(scene, "text", false);
    carry_motto(&scene.1, "cf_motto", "text");
    let rows = red(&scene, CHECK, "texts_too_long");
    assert_eq!(rows[0]["source_id"], "com_1");
    let scene = with_motto(scene, "textarea", false);
    green(&scene.1);
}

#[test]
fn a_row_that_a_script_loses() {
    let scene = scene(&[COMPANIES]);
    let path = "sql/load/load_companies.sql";
    let from = "select * from int_companies__judged";
    bring(
        &scene.1,
        path,
        from,
        &format!("{from} where _source_id <> 'com_2'"),
    );
    let rows = red(&scene, CHECK, "rows_without_a_bucket");
    assert_eq!(
        (&rows[0]["source_id"], &rows[0]["problem"]),
        (&json!("com_2"), &json!("lost"))
    );
    take_back(&scene.1, path);
    green(&scene.1);
}

#[test]
fn a_sum_that_a_script_changes() {
    let scene = scene(&[(
        "deals.csv",
        "id,title,value_amount,value_currency,pipeline_name,stage_name\n\
         dea_1,Sale,1200.50,EUR,New Business,Qualified\n",
    )]);
    let path = "sql/load/load_deals.sql";
    bring(
        &scene.1,
        path,
        "deals.value_amount as amount",
        "deals.value_amount * 2 as amount",
    );
    let rows = red(&scene, CHECK, "deal_sums");
    assert_eq!(rows[0]["currency"], "EUR");
    take_back(&scene.1, path);
    green(&scene.1);
}

#[test]
fn a_field_that_the_account_requires() {
    let scene = with_motto(scene(&[COMPANIES]), "text", true);
    let rows = red(&scene, CHECK, "required_fields_empty");
    assert_eq!(rows[0]["field"], "cf_motto");
    carry_motto(&scene.1, "cf_motto", "text");
    green(&scene.1);
}

#[test]
fn a_time_whose_zone_nobody_has_said() {
    let scene = scene(&[(
        "companies.csv",
        "id,name,created_at\ncom_1,Acme,2024-03-04 10:00:00\n",
    )]);
    let workspace = &scene.1;
    let zone = |line: &str| line.starts_with("time_zone");
    workspace.edit_config(|line| zone(line).then(|| "# time_zone".to_owned()));
    red(&scene, DECISION, "account_unknown");
    workspace.edit_config(|line| {
        let is_open = line == "# time_zone";
        is_open.then(|| "time_zone = \"Europe/Berlin\"".to_owned())
    });
    green(workspace);
}

#[test]
fn a_date_that_can_be_read_in_two_ways() {
    let scene = scene(&[(
        "companies.csv",
        "id,name,created_at\ncom_1,Acme,03/04/2024 10:00\ncom_2,Bolt,05/06/2024 11:00\n",
    )]);
    let workspace = &scene.1;
    workspace.edit_config(|line| line.starts_with("date_order").then(String::new));
    let rows = red(&scene, DECISION, "choices_open");
    let (scope, topic) = (
        rows[0]["scope"].as_str().unwrap(),
        rows[0]["topic"].as_str().unwrap(),
    );
    workspace.run(&["map", "set", scope, topic, "dmy"]).passed();
    green(workspace);
}

#[test]
fn ids_of_another_kind_than_before() {
    let scene = scene(&[COMPANIES]);
    let changed = ("companies.csv", "id,name\n1,Acme\n2,Bolt\n");
    scene.1.land_files(&[changed]);
    red(&scene, CHECK, "ids_changed");
    scene.1.land_files(&[COMPANIES]);
    green(&scene.1);
}
