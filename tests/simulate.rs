//! What `simulate` is told by its arguments.

use crate::support::{Simulator, Workspace, repository};

#[test]
fn an_account_below_another_prefix_is_migrated_into_as_any() {
    let simulator = Simulator::told("seed.json", &["--prefix", "/crm-sandbox/sales/api"]);
    let base_url = &simulator.base_url;
    assert!(base_url.ends_with("/crm-sandbox/sales/api"), "{base_url}");
    let workspace = Workspace::new("demo", base_url);
    workspace.land(repository("fixtures/smartdesk"));
    let status = workspace.run(&["load", "--format", "json"]).passed().json();
    assert_eq!(status["gates"], "passed");
    let links = simulator.records("contacts")[0]["links"].clone();
    let notes = links["notes"].as_str().unwrap();
    assert!(notes.starts_with("/crm-sandbox/sales/contacts/"), "{notes}");
}
