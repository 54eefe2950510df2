//! A second edition of the export reaches records that others have worked on since: what is theirs stays.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::support::{Simulator, Workspace};

/// Lands an edition of the export: the contact's company, department and tags.
fn land(workspace: &Workspace, [company, department, tags]: [&str; 3]) {
    let contact = format!(
        "id,last_name,email,company_id,department,tags\n\
         con_1,Berg,berg@people.example,{company},{department},{tags}\n"
    );
    workspace.land_files(&[
        ("companies.csv", "id,name\ncom_1,Acme\ncom_2,Beta\n"),
        ("contacts.csv", &contact),
    ]);
}

/// The one contact with the names of its companies, as the account shows it.
fn contact(simulator: &Simulator) -> (Value, BTreeSet<String>) {
    let contact = simulator.records("contacts").remove(0);
    let linked = contact["sales_accounts"].as_array().unwrap();
    let ids: Vec<&Value> = linked.iter().map(|link| &link["id"]).collect();
    let companies = simulator.records("sales_accounts");
    let companies = companies.iter().filter(|one| ids.contains(&&one["id"]));
    let names = companies.map(|one| one["name"].as_str().unwrap().to_owned());
    let names = names.collect();
    (contact, names)
}

/// Someone gives the contact a field, a tag and a company of theirs, and keeps ours.
fn work_on_it(simulator: &Simulator) {
    let (contact, _) = contact(simulator);
    let user = simulator.caller();
    let theirs = json!({ "sales_account": { "name": "Theirs" } });
    let theirs = user.post("sales_accounts", &theirs).unwrap()["sales_account"]["id"].clone();
    let ours = contact["sales_accounts"][0]["id"].clone();
    let mut fields = contact["custom_field"].clone();
    fields["cf_nickname"] = json!("Bee");
    let change = json!({ "contact": {
        "custom_field": fields,
        "tags": ["old", "theirs", "vip"],
        "sales_accounts": [{ "id": ours, "is_primary": true }, { "id": theirs }],
    } });
    user.put(&format!("contacts/{}", contact["id"]), &change)
        .unwrap();
}

/// A load that dies while it seals leaves half a file, and no line about it.
fn leave_torn_file(workspace: &Workspace) {
    let folder = workspace.staging("load/killed");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("contacts.parquet"), "PAR1").unwrap();
}

#[test]
fn what_others_put_on_a_record_survives_an_update() {
    for how in ["replace", "merge"] {
        let simulator = Simulator::start("seed.json");
        simulator.switch(&json!({ "custom_field_put": how }));
        let workspace = Workspace::undecided(&simulator.base_url);
        land(&workspace, ["com_1", "Sales", "old;vip"]);
        workspace.run(&["load"]).passed();
        work_on_it(&simulator);
        leave_torn_file(&workspace);
        land(&workspace, ["com_2", "", "vip"]);
        workspace.run(&["load"]).passed();
        let (contact, companies) = contact(&simulator);
        let tags: BTreeSet<&str> = contact["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag.as_str().unwrap())
            .collect();
        assert_eq!(tags, BTreeSet::from(["theirs", "vip"]), "{how}");
        let wanted = BTreeSet::from(["Beta".to_owned(), "Theirs".to_owned()]);
        assert_eq!(companies, wanted, "{how}");
        let fields = &contact["custom_field"];
        assert_eq!(fields["cf_nickname"], "Bee", "{how}");
        assert_eq!(fields["cf_department"], Value::Null, "{how}");
    }
}

/// What others made there before the first load: the company and the contact that the export is about, keys written otherwise.
fn made_before(simulator: &Simulator) {
    let user = simulator.caller();
    let company = json!({ "sales_account": { "name": "acme" } });
    let company = user.post("sales_accounts", &company).unwrap()["sales_account"]["id"].clone();
    let contact = json!({ "contact": {
        "last_name": "Berg", "email": "Berg@People.example", "tags": ["theirs"],
        "custom_field": { "cf_nickname": "Bee" }, "sales_accounts": [{ "id": company }],
    } });
    user.post("contacts", &contact).unwrap();
}

#[test]
fn a_record_that_was_there_before_the_load_keeps_what_is_theirs() {
    for how in ["replace", "merge"] {
        let simulator = Simulator::start("seed.json");
        simulator.switch(&json!({ "custom_field_put": how }));
        made_before(&simulator);
        let workspace = Workspace::undecided(&simulator.base_url);
        land(&workspace, ["com_1", "Sales", "vip"]);
        workspace.run(&["load"]).passed();
        assert_eq!(simulator.records("contacts").len(), 1, "{how}");
        assert_eq!(simulator.records("sales_accounts").len(), 2, "{how}");
        let (contact, _) = contact(&simulator);
        let fields = &contact["custom_field"];
        assert_eq!(fields["cf_nickname"], "Bee", "{how}");
        assert_eq!(fields["cf_department"], "Sales", "{how}");
        let tags = contact["tags"].as_array().unwrap();
        assert!(
            tags.contains(&json!("theirs")) && tags.contains(&json!("vip")),
            "{how}"
        );
        // Not made by us: what it was is known, and the counts close.
        let lines = workspace.ledger().into_iter();
        let events = lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
        let before: Vec<Value> = events
            .filter(|event| event["object"] == "contacts" && event["event"] == "intent")
            .map(|event| event["before"]["custom_field"]["cf_nickname"].clone())
            .collect();
        assert_eq!(before, [json!("Bee")], "{how}");
        let off = "select count(*) from recon_results where \"check\" like '%counts_differ%' and bad_rows > 0";
        assert_eq!(workspace.number(off), 0, "{how}");
    }
}

/// How often all contacts were read, the oldest first: what was just written is read the other way round.
fn whole_lists(simulator: &Simulator) -> usize {
    let calls = simulator.calls();
    let paths = calls.iter().filter_map(|call| call["path"].as_str());
    let is_whole = |path: &&str| path.contains("/contacts/view/") && path.contains("sort_type=asc");
    paths.filter(is_whole).count()
}

#[test]
fn what_is_there_is_read_only_where_others_made_some() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    land(&workspace, ["com_1", "Sales", "vip"]);
    workspace.run(&["load"]).passed();
    assert_eq!(whole_lists(&simulator), 0);
    // Someone makes a contact that the next edition of the export has too.
    let theirs = json!({ "contact": {
        "last_name": "Dahl", "email": "dahl@people.example", "custom_field": { "cf_nickname": "Dee" },
    } });
    simulator.caller().post("contacts", &theirs).unwrap();
    let contacts = "id,last_name,email,department\n\
                    con_1,Berg,berg@people.example,Sales\ncon_2,Dahl,dahl@people.example,Sales\n";
    let companies = "id,name\ncom_1,Acme\ncom_2,Beta\n";
    workspace.land_files(&[("companies.csv", companies), ("contacts.csv", contacts)]);
    workspace.run(&["load"]).passed();
    assert_eq!(whole_lists(&simulator), 1);
    let kept = simulator.records("contacts");
    let is_kept = |contact: &&Value| contact["custom_field"]["cf_nickname"] == "Dee";
    assert_eq!((kept.len(), kept.iter().filter(is_kept).count()), (2, 1));
}

#[test]
fn which_of_two_records_with_one_key_is_meant_is_asked() {
    let simulator = Simulator::start("seed.json");
    let user = simulator.caller();
    for key in [
        json!({ "email": "berg@people.example" }),
        json!({ "email": "other@people.example", "external_id": "con_1" }),
    ] {
        let mut contact = json!({ "last_name": "Berg" });
        let keys = key.as_object().unwrap().clone();
        contact.as_object_mut().unwrap().extend(keys);
        user.post("contacts", &json!({ "contact": contact }))
            .unwrap();
    }
    let workspace = Workspace::undecided(&simulator.base_url);
    land(&workspace, ["com_1", "Sales", "vip"]);
    let asked = workspace.run(&["load"]).ended(6);
    assert!(asked.stderr.contains("con_1"), "{}", asked.stderr);
    assert_eq!(simulator.records("contacts").len(), 2);
}

#[test]
fn a_row_that_was_refused_finds_what_others_made_since() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    let refuse = |route: &str| json!({ "method": "POST", "route": route, "nth": "every", "kind": "refuse", "status": 400 });
    simulator.order(&[refuse("contacts/bulk_upsert"), refuse("contacts/upsert")]);
    land(&workspace, ["com_1", "Sales", "vip"]);
    workspace.run(&["load"]).ended(8);
    simulator.order(&[]);
    let theirs = json!({ "contact": {
        "last_name": "Berg", "email": "berg@people.example", "custom_field": { "cf_nickname": "Bee" },
    } });
    simulator.caller().post("contacts", &theirs).unwrap();
    land(&workspace, ["com_1", "Support", "vip"]);
    workspace.run(&["load"]).passed();
    let (contact, _) = contact(&simulator);
    assert_eq!(contact["custom_field"]["cf_nickname"], "Bee");
    assert_eq!(contact["custom_field"]["cf_department"], "Support");
}
