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
