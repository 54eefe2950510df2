//! The bundled export into an account of the classic edition: leads are leads there.

use std::collections::BTreeSet;

use super::{Verdict, assert_same, expected, verdict};
use crate::support::{Simulator, Workspace, repository};

/// What the classic edition has no place for; it waits with a reason of its own.
const WITHOUT_A_PLACE: [&str; 2] = ["lists", "campaign_members"];

#[test]
fn every_row_ends_where_its_verdict_says_and_leads_are_leads() {
    let simulator = Simulator::start("classic.json");
    let workspace = Workspace::new("demo", &simulator.base_url);
    workspace.edit_config(|line| match line {
        line if line.starts_with("edition") => Some("edition = \"classic\"".to_owned()),
        "[policies]" => Some("[policies]\nleads_as = \"lead\"".to_owned()),
        _ => None,
    });
    workspace.land(repository("fixtures/smartdesk"));
    workspace.run(&["load"]).passed();

    let all = "select object, source_id, bucket, reason from ledger_buckets";
    let found: BTreeSet<Verdict> = workspace.sql(all).iter().map(verdict).collect();
    let has_place = |verdict: &&Verdict| !WITHOUT_A_PLACE.contains(&verdict[0].as_str());
    let placed =
        |verdicts: &BTreeSet<Verdict>| verdicts.iter().filter(has_place).cloned().collect();
    assert_same(&placed(&found), &placed(&expected()));
    let waiting = found.iter().filter(|verdict| !has_place(verdict));
    let sent: Vec<_> = waiting.filter(|verdict| verdict[2] == "accepted").collect();
    assert!(sent.is_empty(), "{sent:#?}");

    let leads = simulator.records("leads");
    let ids: Vec<&str> = leads
        .iter()
        .map(|lead| lead["external_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["lea_000000001", "lea_000000004"]);
    assert_eq!(leads[0]["company"]["name"], "Nordwind GmbH");
    assert_eq!(leads[0]["lead_stage_id"], 642);
    assert_eq!(leads[0]["lead_source_id"], 401);
    let written = simulator.writes();
    assert!(
        !written.iter().any(|call| call.contains("/lists")),
        "{written:#?}"
    );
}
