//! Exports as other programs write them, by the real program: what is certain is read, what is not is asked once and answered.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Simulator, Workspace};

/// The same contacts and notes, whatever they are written in.
const CONTACTS: &str = "id;first_name;last_name;email;city\n\
    con_1;Zoë;Müller;zoe@nordwind.example;Köln\ncon_2;Jörg;Bäcker;joerg@nordwind.example;Düsseldorf\n";

fn in_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| u8::try_from(u32::from(c)).unwrap();
    text.chars().map(byte).collect()
}

fn export(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn decisions(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let arguments = [&["map", "show", "--format", "json"], more].concat();
    let shown = workspace.run(&arguments).passed().json();
    shown.as_array().unwrap().clone()
}

#[test]
fn a_file_in_another_encoding_and_with_other_delimiters_is_read_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let total = "sep=;\n".to_owned() + CONTACTS + "Total;2\n";
    export(folder.path(), &[("contacts.csv", &in_1252(&total))]);
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(folder.path()).passed();
    workspace.run(&["plan"]);
    let city = "select city from raw_smartdesk__contact where id = 'con_2'";
    assert_eq!(workspace.sql(city)[0]["city"], "Düsseldorf");
    assert_eq!(decisions(&workspace, &[]), Vec::<Value>::new());
    let all = decisions(&workspace, &["--all"]);
    let encoding = all.iter().find(|one| one["topic"] == "encoding").unwrap();
    assert_eq!(encoding["choice"], "windows-1252");
    assert_eq!(encoding["decided_by"], "rule");
    let counts = "select landed, header_rows, title_rows, total_rows, records from landed_files";
    let counts = workspace.sql(counts)[0].clone();
    assert_eq!(counts["landed"], 2);
    assert_eq!(
        (&counts["title_rows"], &counts["total_rows"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn what_is_not_certain_stops_a_plan_until_a_person_has_answered() {
    let folder = tempfile::tempdir().unwrap();
    // Commas and semicolons split every record alike.
    export(
        folder.path(),
        &[("teams.csv", b"id,x;name\n1,a;East\n2,b;West\n")],
    );
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(folder.path()).passed();
    let plan = workspace.run(&["plan"]).ended(6);
    assert!(
        plan.stderr.contains("recon_after_land__choices_open"),
        "{}",
        plan.stderr
    );
    let open = decisions(&workspace, &[]);
    assert_eq!(
        (&open[0]["choice"], &open[0]["others"][0]),
        (&"comma".into(), &"semicolon".into())
    );

    let refused = workspace
        .run(&["map", "set", "deals.csv", "delimiter", "comma"])
        .ended(2);
    assert!(
        refused.stderr.contains("map show --all"),
        "{}",
        refused.stderr
    );

    // What was read is what a person says: nothing is landed again.
    workspace
        .run(&["map", "set", "teams.csv", "delimiter", "comma"])
        .passed();
    assert_eq!(decisions(&workspace, &[]), Vec::<Value>::new());
    workspace.run(&["plan"]).passed();

    // It was not: the answer replaces the first, and the plan waits for the export.
    let answered = workspace
        .run(&["map", "set", "Teams.CSV", "delimiter", "semicolon"])
        .passed();
    assert!(
        answered.stdout.contains("land PATH` again"),
        "{}",
        answered.stdout
    );
    workspace.run(&["plan"]).ended(6);
    workspace.land(folder.path()).passed();
    workspace.run(&["plan"]).passed();
    let names = workspace.sql("select name from raw_smartdesk__team order by 1");
    assert_eq!(names[1]["name"], "West");
    let map = fs::read_to_string(workspace.path().join("sql/map/map_decisions.csv")).unwrap();
    assert_eq!(map.lines().count(), 2, "{map}");
}

#[test]
fn an_answer_for_one_file_leaves_those_of_its_namesakes() {
    let folder = tempfile::tempdir().unwrap();
    for (place, rows) in [
        ("east", "1,a;East\n2,b;West\n"),
        ("west", "3,c;North\n4,d;South\n"),
    ] {
        fs::create_dir(folder.path().join(place)).unwrap();
        let text = format!("id,x;name\n{rows}");
        fs::write(folder.path().join(place).join("teams.csv"), text).unwrap();
    }
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(folder.path()).passed();
    let set = |scope: &str, choice: &str| {
        workspace
            .run(&["map", "set", scope, "delimiter", choice])
            .passed()
    };
    set("teams.csv", "comma");
    assert_eq!(decisions(&workspace, &[]), Vec::<Value>::new());
    let map = || fs::read_to_string(workspace.path().join("sql/map/map_decisions.csv")).unwrap();
    assert!(
        map().contains("east/teams.csv,delimiter,comma"),
        "{}",
        map()
    );
    set("west/teams.csv", "semicolon");
    let open = decisions(&workspace, &[]);
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["scope"], "west/teams.csv");
    assert!(
        map().contains("east/teams.csv,delimiter,comma"),
        "{}",
        map()
    );
    workspace.land(folder.path()).passed();
    workspace.run(&["plan"]).passed();

    // A person's file, by hand: the row for the name speaks for what no path does, and one for no file is told.
    let by_hand = "scope,topic,choice,note\nTEAMS.csv,delimiter,semicolon,\n\
        east/teams.csv,delimiter,comma,\nleads.csv,encoding,utf-8,\n";
    fs::write(workspace.path().join("sql/map/map_decisions.csv"), by_hand).unwrap();
    workspace.run(&["plan"]).passed();
    let unused = workspace.sql("select decision from recon_after_land__decisions_unused");
    assert_eq!(unused.len(), 1);
    assert_eq!(unused[0]["decision"], "leads.csv encoding");
}

#[test]
fn an_export_in_german_needs_no_map() {
    let folder = tempfile::tempdir().unwrap();
    let companies = "Firmen-ID;Firmenname;Branche;PLZ;Ort;Besitzer\n7;Nordwind GmbH;Handel;50667;Köln;Ines Berg\n";
    let contacts = "Kontakt-ID;Vorname;Nachname;E-Mail-Adresse;Firma;Handy;Erstellt am;Lieblingsfarbe\n\
        1;Zoë;Müller;zoe@nordwind.example;Nordwind GmbH;+49 170 1;2024-03-04;blau\n";
    export(
        folder.path(),
        &[
            ("Firmen_2026-09-01.csv", &in_1252(companies)),
            ("Kontakte Export.csv", &in_1252(contacts)),
        ],
    );
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(folder.path()).passed();
    workspace.run(&["plan"]);
    assert_eq!(decisions(&workspace, &[]), Vec::<Value>::new());
    let contact = "select id, last_name, email, company_name, mobile, created_at, lieblingsfarbe from raw_smartdesk__contact";
    let contact = workspace.sql(contact)[0].clone();
    assert_eq!(contact["last_name"], "Müller");
    assert_eq!(contact["company_name"], "Nordwind GmbH");
    assert_eq!(contact["lieblingsfarbe"], "blau");
    let company = "select name, industry, billing_city, owner_name from raw_smartdesk__company";
    assert_eq!(workspace.sql(company)[0]["owner_name"], "Ines Berg");
}
