//! What connects records: seen there, each link by itself.

use std::fs;

use crate::support::{Simulator, Workspace};

/// A workspace with these files landed, and the account it loads into.
fn landed(files: &[(&str, &str)]) -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    // The demo's decisions are about the demo's export.
    fs::remove_dir_all(workspace.path().join("sql")).unwrap();
    let export = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(export.path().join(name), text).unwrap();
    }
    workspace.land(export.path());
    (simulator, workspace)
}

#[test]
fn a_contact_may_be_in_many_lists() {
    let (_simulator, workspace) = landed(&[
        (
            "contacts.csv",
            "id,last_name,email\ncon_1,Berg,berg@people.example\n",
        ),
        ("campaigns.csv", "id,name\ncam_1,Spring\ncam_2,Autumn\n"),
        (
            "campaign_members.csv",
            "campaign_id,member_type,member_id\ncam_1,contact,con_1\ncam_2,contact,con_1\n",
        ),
    ]);
    workspace.run(&["load"]).passed();
    let members = "select count(*) from ledger_buckets \
                   where object = 'campaign_members' and bucket = 'accepted' and is_stored";
    assert_eq!(workspace.number(members), 2);
}
