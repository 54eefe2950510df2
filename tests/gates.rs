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

/// The plan stops at this check, and a load does; nothing is sent. The hint says what to do, in these words among others, and its
/// query, run as it is printed, answers these rows.
#[track_caller]
fn red(scene: &(Simulator, Workspace), code: i32, (check, fix): (&str, &str)) -> Vec<Value> {
    let (simulator, workspace) = scene;
    let ran = workspace.run(&["load"]).ended(code);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    assert_eq!(simulator.writes(), [""; 0], "{check} let something through");
    let ran = workspace.run(&["plan"]).ended(code);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    let query = ran.stderr.split("`deskferry sql \"").nth(1);
    let query = query.and_then(|rest| rest.split("\"`").next());
    let query = query.unwrap_or_else(|| panic!("no query in the hint: {}", ran.stderr));
    assert!(ran.stderr.contains(fix), "{}", ran.stderr);
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
    with_seed(scene, |seed| {
        let field =
            json!({"name": "cf_motto", "label": "Motto", "type": kind, "required": is_required});
        let fields = seed["fields"]["sales_accounts"].as_array_mut();
        fields.unwrap().push(field);
    })
}

/// Whether the field that finds deals again takes each value once only.
fn mark_key(seed: &mut Value, is_unique: bool) {
    let fields = seed["fields"]["deals"].as_array_mut().unwrap();
    let mut keys = fields.iter_mut();
    let key = keys.find(|field| field["name"] == "cf_source_id").unwrap();
    key["unique"] = is_unique.into();
}

/// The account, after its admin changed it.
fn with_seed(
    (simulator, workspace): (Simulator, Workspace),
    change: impl FnOnce(&mut Value),
) -> (Simulator, Workspace) {
    let port = simulator.port();
    drop(simulator);
    let folder = tempfile::tempdir().unwrap();
    let seed = changed_seed(folder.path(), change);
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
    let rows = red(
        &scene,
        CHECK,
        (
            "custom_fields_missing",
            "as the document `fields` of `deskferry discover` lists them",
        ),
    );
    assert_eq!(rows[0]["field"], "cf_motto");

    // The admin creates it, of another type than the manifest says; then of the right one.
    let scene = with_motto(scene, "number", false);
    let rows = red(
        &scene,
        CHECK,
        (
            "custom_fields_of_another_type",
            "of the type that the document `fields`",
        ),
    );
    assert_eq!(rows[0]["field"], "cf_motto");
    assert_eq!(rows[0]["type_there"], "number");
    let scene = with_motto(scene, "text", false);
    green(&scene.1);
}

#[test]
fn a_field_that_the_load_writes_itself_or_takes_from_nowhere() {
    let scene = scene(&[COMPANIES]);
    carry_motto(&scene.1, "cf_domain", "text");
    let rows = red(
        &scene,
        DECISION,
        (
            "mapped_fields_unwritten",
            "name another field in sql/map/map_fields.csv",
        ),
    );
    assert_eq!(rows[0]["why"], "the load writes it itself");
    carry_motto(&scene.1, "city", "text");
    let rows = red(
        &scene,
        DECISION,
        (
            "mapped_fields_unwritten",
            "name another field in sql/map/map_fields.csv",
        ),
    );
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
    let rows = red(
        &scene,
        CHECK,
        ("texts_too_long", "make the field a text area"),
    );
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
    let rows = red(
        &scene,
        CHECK,
        (
            "rows_without_a_bucket",
            "correct sql/load/load_companies.sql",
        ),
    );
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
    let rows = red(&scene, CHECK, ("deal_sums", "a script of deals below sql/"));
    assert_eq!(rows[0]["currency"], "EUR");
    take_back(&scene.1, path);
    green(&scene.1);
}

#[test]
fn a_field_that_the_account_requires() {
    let scene = with_motto(scene(&[COMPANIES]), "text", true);
    let rows = red(
        &scene,
        CHECK,
        (
            "required_fields_empty",
            "map a column to the field in sql/map/map_fields.csv",
        ),
    );
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
    red(
        &scene,
        DECISION,
        ("account_unknown", "as time_zone and currency of [source]"),
    );
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
    let rows = red(
        &scene,
        DECISION,
        ("choices_open", "`deskferry map set` answers it"),
    );
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
    red(
        &scene,
        CHECK,
        ("ids_changed", "land an export with the ids as they were"),
    );
    scene.1.land_files(&[COMPANIES]);
    green(&scene.1);
}

#[test]
fn a_file_whose_records_do_not_add_up() {
    let scene = scene(&[COMPANIES]);
    let workspace = &scene.1;
    let records = workspace.staging("landing/smartdesk/_extracts");
    let record = fs::read_dir(&records).unwrap().next().unwrap().unwrap();
    let text = fs::read_to_string(record.path()).unwrap();
    let short = text.replacen("\"records\": 3", "\"records\": 4", 1);
    assert_ne!(short, text, "{text}");
    fs::write(record.path(), short).unwrap();
    let fix = "land the export in a new workspace";
    let rows = red(&scene, CHECK, ("files_unbalanced", fix));
    assert_eq!(
        (&rows[0]["records"], &rows[0]["landed"]),
        (&json!(4), &json!(2))
    );
    let anew = Workspace::undecided(&scene.0.base_url);
    anew.land_files(&[COMPANIES]);
    green(&anew);
}

#[test]
fn more_files_than_the_plan_stores() {
    let scene = scene(&[
        COMPANIES,
        (
            "attachments.csv",
            "id,file_name,parent_type,parent_id\natt_1,plan.txt,company,com_1\n",
        ),
        ("attachments/att_1__plan.txt", "in March"),
    ]);
    let workspace = &scene.1;
    let name_plan = |plan: &str| {
        let line = format!("plan = \"{plan}\"");
        workspace.edit_config(|old| old.starts_with("plan").then(|| line.clone()));
    };
    name_plan("free");
    let fix = "name the account's plan in deskferry.toml";
    let rows = red(&scene, DECISION, ("storage_exceeded", fix));
    assert_eq!(rows[0]["file_bytes"], 8);
    name_plan("growth");
    green(workspace);
    name_plan("free");
    workspace.edit_config(|old| {
        let is_policies = old == "[policies]";
        is_policies.then(|| format!("{old}\nattachments_over_storage = \"load\""))
    });
    green(workspace);
}

#[test]
fn a_key_of_deals_that_is_not_unique() {
    let deal = (
        "deals.csv",
        "id,title,value_amount,value_currency,pipeline_name,stage_name\n\
         dea_1,Sale,1200.50,EUR,New Business,First talk\n",
    );
    let scene = with_seed(scene(&[deal]), |seed| mark_key(seed, false));
    let fix = "the account's admin marks this custom field of deals as unique";
    let rows = red(&scene, CHECK, ("key_not_unique", fix));
    assert_eq!(rows[0]["source_id"], "dea_1");
    let scene = with_seed(scene, |seed| mark_key(seed, true));
    green(&scene.1);
}
