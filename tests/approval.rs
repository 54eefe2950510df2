//! A load sends what a person approved, and nothing else: every gate is seen red, and green after its hint.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Ran, Simulator, Workspace, files_below, repository};

/// A workspace whose loads must be approved.
fn workspace(simulator: &Simulator) -> Workspace {
    let workspace = Workspace::undecided(&simulator.base_url);
    require_approval(&workspace);
    workspace.land_files(&[
        ("companies.csv", "id,name\ncom_1,Acme\n"),
        (
            "contacts.csv",
            "id,last_name,email,company_id\ncon_1,Berg,berg@people.example,com_1\n",
        ),
    ]);
    workspace
}

fn require_approval(workspace: &Workspace) {
    workspace.edit_config(|line| {
        let is_spared = line.starts_with("approval");
        is_spared.then(|| "approval = \"required\"".to_owned())
    });
}

fn approve(workspace: &Workspace) -> Ran {
    workspace.run(&["approve", "--by", "Ann of Acme"])
}

/// The load is refused with these words and a hint, and nothing was sent; the hint, followed, lets it through.
#[track_caller]
fn refused_until_approved(simulator: &Simulator, workspace: &Workspace, words: &[&str]) {
    let before = simulator.records("contacts").len();
    let ran = workspace.run(&["load"]).ended(6);
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert!(ran.stderr.contains("`deskferry approve --by NAME`"));
    assert_eq!(simulator.records("contacts").len(), before);
    approve(workspace).passed();
    workspace.run(&["load"]).passed();
}

fn write(workspace: &Workspace, path: &str, text: &str) {
    let path = workspace.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn nothing_is_sent_that_nobody_approved() {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    refused_until_approved(&simulator, &workspace, &["nobody approved the plan"]);
    assert_eq!(simulator.records("contacts").len(), 1);
    // It holds for the next load too, and what is landed anew is loaded as it was approved.
    workspace.land_files(&[
        ("companies.csv", "id,name\ncom_1,Acme\n"),
        (
            "contacts.csv",
            "id,last_name,email\ncon_1,Berg,berg@people.example\ncon_2,Dahl,dahl@people.example\n",
        ),
    ]);
    workspace.run(&["load"]).passed();
    assert_eq!(simulator.records("contacts").len(), 2);
}

#[test]
fn a_map_row_a_script_and_a_policy_are_approved_each() {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    approve(&workspace).passed();
    workspace.run(&["load"]).passed();

    let map = "source_id,source_email,source_name,decision,destination_email\n\
        usr_9,secret@people.example,,hold,\n";
    write(&workspace, "sql/map/map_owners.csv", map);
    let ran = workspace.run(&["load"]).ended(6);
    // Maps name people; an error does not.
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
    let diff = workspace.run(&["map", "diff"]).passed().stdout;
    assert!(
        diff.contains("+ usr_9,secret@people.example,,hold,"),
        "{diff}"
    );
    let words = [
        "1 thing is otherwise than Ann of Acme approved",
        "sql/map/map_owners.csv changed: ",
    ];
    refused_until_approved(&simulator, &workspace, &words);

    let path = "sql/load/load_contacts.sql";
    let script = fs::read_to_string(repository(path)).unwrap();
    let script = script.replace("    job_title,\n", "    upper(job_title) as job_title,\n");
    write(&workspace, path, &script);
    let words = ["sql/load/load_contacts.sql changed: +1 -1 lines"];
    refused_until_approved(&simulator, &workspace, &words);

    workspace.edit_config(|line| {
        let is_policy = line.starts_with("duplicate_emails");
        is_policy.then(|| "duplicate_emails = \"newest_wins\"".to_owned())
    });
    let words = ["deskferry.toml policies.duplicate_emails: queue became newest_wins"];
    refused_until_approved(&simulator, &workspace, &words);

    let both = workspace.run(&["map", "diff", "--earlier", "--format", "json"]);
    let both = both.passed().json();
    assert_eq!(both.as_array().unwrap().len(), 1);
    assert_eq!(both[0]["item"], "deskferry.toml policies.duplicate_emails");
    let none = workspace.run(&["map", "diff"]).passed().stdout;
    assert!(none.contains("nothing is otherwise"), "{none}");

    // Taking a file away is a change too, told even where nobody has its text any more.
    fs::remove_file(workspace.path().join(path)).unwrap();
    fs::remove_dir_all(workspace.staging("approvals")).unwrap();
    refused_until_approved(
        &simulator,
        &workspace,
        &["sql/load/load_contacts.sql changed"],
    );
}

#[test]
fn another_destination_than_the_approved_one_gets_nothing() {
    let (approved, other) = (Simulator::start("seed.json"), Simulator::start("seed.json"));
    let workspace = workspace(&approved);
    approve(&workspace).passed();
    workspace.point_at(&other.base_url);
    let words = [
        "deskferry.toml destination.base_url: ",
        approved.base_url.as_str(),
    ];
    let ran = workspace.run(&["load"]).ended(6);
    for word in words {
        assert!(ran.stderr.contains(word), "{}", ran.stderr);
    }
    assert!(other.records("contacts").is_empty());
}

#[test]
fn what_is_open_or_wrong_cannot_be_approved() {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    approve(&workspace).passed();
    let ran = workspace.run(&["approve", "--by", " "]).ended(2);
    assert!(ran.stderr.contains("nobody approved"), "{}", ran.stderr);
    // An owner that nobody matched needs a decision.
    workspace.land_files(&[(
        "contacts.csv",
        "id,last_name,email,owner_email\ncon_1,Berg,berg@people.example,gone@people.example\n",
    )]);
    let ran = approve(&workspace).ended(6);
    assert!(ran.stderr.contains("owners_undecided"), "{}", ran.stderr);
    let map = "source_id,source_email,source_name,decision,destination_email\n\
        ,gone@people.example,,hold,\n";
    write(&workspace, "sql/map/map_owners.csv", map);
    approve(&workspace).passed();
    workspace.run(&["load"]).passed();
    assert!(simulator.records("contacts").is_empty());
}

/// A script that lets what must never happen happen: no approval lifts it, and the check cannot be changed.
#[track_caller]
fn never(path: &str, from: &str, to: &str, check: &str) {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    workspace.land_files(&[
        ("users.csv", "id,email,name\nusr_1,ann@people.example,Ann\n"),
        (
            "contacts.csv",
            "id,last_name,email,email_opt_out,owner_email\n\
             con_1,Berg,berg@people.example,true,admin@acme.example\n",
        ),
        (
            "activities.csv",
            "id,type,subject,started_at,parent_type,parent_id\n\
             act_1,meeting,Talk,2024-01-01T10:00:00Z,contact,con_1\n",
        ),
    ]);
    let script = fs::read_to_string(repository(path)).unwrap();
    let broken = script.replacen(from, to, 1);
    assert_ne!(broken, script);
    write(&workspace, path, &broken);
    let ran = approve(&workspace).ended(7);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    // A rehearsal needs no approval, and is stopped all the same.
    workspace.edit_config(|line| {
        let is_required = line.starts_with("approval");
        is_required.then(|| "approval = \"not_on_loopback\"".to_owned())
    });
    let ran = workspace.run(&["load"]).ended(7);
    assert!(ran.stderr.contains(check), "{}", ran.stderr);
    assert!(simulator.records("contacts").is_empty());
    let own = format!("sql/recon/{check}.sql");
    let text = fs::read_to_string(repository(&own)).unwrap();
    write(&workspace, &own, &text.replace("blocks: yes", "blocks: no"));
    let ran = workspace.run(&["load"]).ended(5);
    assert!(ran.stderr.contains("must never happen"), "{}", ran.stderr);
    // The hints, followed to the letter.
    fs::remove_file(workspace.path().join(own)).unwrap();
    fs::remove_file(workspace.path().join(path)).unwrap();
    workspace.run(&["load"]).passed();
    assert_eq!(simulator.records("contacts").len(), 1);
}

#[test]
fn nobody_opted_out_is_opted_in() {
    never(
        "sql/load/load_contacts.sql",
        "    is_opted_out as cf_email_opt_out,\n",
        "    false as cf_email_opt_out,\n",
        "recon_before_load__never_opted_in",
    );
}

#[test]
fn no_record_falls_to_the_keys_own_user() {
    never(
        "sql/load/load_contacts.sql",
        "    destination_owner_id as owner_id,\n",
        "    null::bigint as owner_id,\n",
        "recon_before_load__never_owned_by_the_key",
    );
}

#[test]
fn nobody_is_invited_to_the_past() {
    never(
        "sql/load/load_meetings.sql",
        "    location,\n",
        "    location,\n    [{'attendee_type': 'Contact', 'attendee_id': '1'}] as appointment_attendees_attributes,\n",
        "recon_before_load__never_invited_to_the_past",
    );
}

#[test]
fn what_was_approved_is_kept_for_its_owner_only() {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    approve(&workspace).passed();
    let kept = files_below(&workspace.staging("approvals"));
    assert_eq!(kept.len(), 1);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&workspace.staging("approvals")), 0o700);
    assert_eq!(mode(&kept[0]), 0o600);
}

#[test]
fn a_document_that_is_worded_otherwise_needs_no_approval() {
    let simulator = Simulator::start("seed.json");
    let workspace = workspace(&simulator);
    approve(&workspace).passed();
    let path = "sql/documents/doc_scope__volumes.sql";
    let text = fs::read_to_string(repository(path)).unwrap();
    let ours = text.replace("-- title: Objects and volumes", "-- title: What there is");
    assert_ne!(ours, text);
    write(&workspace, path, &ours);
    workspace.run(&["load"]).passed();
}
