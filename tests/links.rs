//! What connects records: seen there, each link by itself.

use crate::support::{Simulator, Workspace};

#[test]
fn a_contact_may_be_in_many_lists() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(&[
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
