//! What connects records: seen there, each link by itself.

use serde_json::json;

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

/// An account whose lists show no contact's companies, and a load into it: so many companies, and so many contacts in each of
/// the first of them.
fn linked(companies: usize, contacts_in_each: &[usize]) -> (Simulator, Workspace) {
    let simulator = Simulator::start("seed.json");
    simulator.switch(&json!({ "links_in_rows": false }));
    let workspace = Workspace::undecided(&simulator.base_url);
    let mut all = String::from("id,name\n");
    (0..companies).for_each(|company| all.push_str(&format!("com_{company},Company {company}\n")));
    let mut people = String::from("id,last_name,email,company_id\n");
    for (company, count) in contacts_in_each.iter().enumerate() {
        for person in 0..*count {
            let id = format!("con_{company}_{person}");
            people.push_str(&format!("{id},Berg,{id}@people.example,com_{company}\n"));
        }
    }
    workspace.land_files(&[("companies.csv", &all), ("contacts.csv", &people)]);
    workspace.run(&["load"]).passed();
    (simulator, workspace)
}

/// Calls that told a contact's company: the list of companies, one company's contacts, one contact.
fn telling(simulator: &Simulator) -> [usize; 3] {
    let calls = simulator.calls();
    let reads = calls.iter().filter(|call| call["method"] == "GET");
    let paths = reads.filter_map(|call| call["path"].as_str());
    let mut told = [0; 3];
    for path in paths {
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let mut parts = place.rsplit('/');
        let is_id = |part: Option<&str>| part.is_some_and(|part| part.parse::<u64>().is_ok());
        let (last, before) = (parts.next(), parts.next());
        told[0] += usize::from(query.contains("include=contacts"));
        told[1] += usize::from(last == Some("contacts") && is_id(before));
        told[2] += usize::from(before == Some("contacts") && is_id(last));
    }
    told
}

#[test]
fn links_that_no_list_shows_are_told_by_the_cheapest_way() {
    // Ten contacts of five companies, which one page shows.
    let (simulator, _workspace) = linked(5, &[2; 5]);
    assert_eq!(telling(&simulator), [1, 0, 0]);
    // Three contacts of one company, in an account with two pages of them.
    let (simulator, _workspace) = linked(150, &[3]);
    assert_eq!(telling(&simulator), [0, 1, 0]);
    let (simulator, _workspace) = linked(1, &[1]);
    assert_eq!(telling(&simulator), [0, 0, 1]);
}

#[test]
fn a_link_that_is_gone_is_found_where_no_list_shows_links() {
    let (simulator, workspace) = linked(3, &[2; 3]);
    workspace.run(&["verify"]).passed();
    let contact = &simulator.records("contacts")[0];
    let path = format!("contacts/{}", contact["id"]);
    let unlinked = json!({ "contact": { "sales_accounts": [] } });
    simulator.caller().put(&path, &unlinked).unwrap();
    workspace.run(&["verify"]).ended(7);
    let compared = "select bad_rows from recon_results \
                    where \"check\" = 'recon_after_load__fields_differ__contacts'";
    assert_eq!(workspace.number(compared), 1);
}
