//! Rules of single objects: ancestors, stages, lifecycle, addresses.

use super::*;

#[tokio::test]
async fn an_account_is_not_its_own_ancestor() {
    let sim = Sim::start().await;
    let top = sim
        .add("sales_accounts", "sales_account", json!({"name": "Top"}))
        .await;
    let child = json!({"name": "Child", "parent_sales_account_id": top});
    let child = sim.add("sales_accounts", "sales_account", child).await;
    let cycle = json!({"parent_sales_account_id": child});
    assert_eq!(
        sim.put(&format!("sales_accounts/{top}"), cycle).await.0,
        400
    );
}

#[tokio::test]
async fn a_nested_account_name_makes_a_stray_account() {
    let sim = Sim::start().await;
    for name in ["Acme", "acme", "Globex"] {
        let deal = json!({"name": "D", "sales_account": {"name": name}});
        assert_eq!(sim.post("deals", deal).await.0, 201);
    }
    assert_eq!(sim.count("sales_accounts").await, 2);
}

#[tokio::test]
async fn stage_rules_of_deals() {
    let sim = Sim::start().await;
    let plain = sim.post("deals", json!({"name": "D"})).await.1["deal"].clone();
    assert_eq!(
        plain["deal_stage_id"], STAGE_NEW,
        "the first of the default pipeline"
    );
    let path = format!("deals/{}", plain["id"]);
    let moved = sim
        .put(&path, json!({"deal_stage_id": STAGE_OF_OTHER}))
        .await
        .1;
    assert_eq!(moved["deal"]["deal_pipeline_id"], OTHER_PIPELINE);
    let closed = json!({"deal_stage_id": STAGE_WON, "closed_date": "2020-01-01T00:00:00Z"});
    let closed = sim.put(&path, closed).await.1["deal"]["closed_date"].clone();
    assert!(
        !closed.as_str().unwrap().starts_with("2020"),
        "it cannot be set"
    );
}

#[tokio::test]
async fn a_status_alone_brings_its_lifecycle_stage() {
    let sim = Sim::start().await;
    let lead = json!({"last_name": "L", "contact_status_id": STATUS_OF_LEAD});
    let id = sim.add("contacts", "contact", lead).await;
    let path = format!("contacts/{id}?include=lifecycle_stage,contact_status");
    let shown = sim.get(&path).await;
    assert_eq!(shown["contact"]["lifecycle_stage_id"], LIFECYCLE_LEAD);
    assert_eq!(shown["lifecycle_stages"][0]["name"], "Lead");
    assert_eq!(shown["contact_statuses"][0]["id"], STATUS_OF_LEAD);
}

#[tokio::test]
async fn a_status_of_another_stage_is_refused() {
    let sim = Sim::start().await;
    let lead = json!({"last_name": "L", "lifecycle_stage_id": LIFECYCLE_LEAD,
        "contact_status_id": STATUS_OF_CUSTOMER});
    let (status, body) = sim.post("contacts", lead).await;
    assert_eq!(
        messages(status, &body),
        ["Invalid contact status provided."]
    );
    assert_eq!((status, sim.count("contacts").await), (400, 0));
}

#[tokio::test]
async fn secondary_emails_are_added_by_objects_and_removed_by_destroy() {
    let sim = Sim::start().await;
    let id = sim.add_contact("A", "a@x.test").await;
    let path = format!("contacts/{id}");
    let add = json!({"emails": [{"value": "b@x.test", "label": "Home"}]});
    let emails = sim.put(&path, add).await.1["contact"]["emails"].clone();
    assert_eq!(emails.as_array().unwrap().len(), 2);
    assert_eq!(emails[0]["is_primary"], true);
    let swap = json!({"emails": [{"id": emails[0]["id"], "_destroy": true}]});
    let left = sim.put(&path, swap).await.1["contact"].clone();
    assert_eq!(left["email"], "b@x.test");
    assert_eq!(left["emails"][0]["id"], emails[1]["id"]);
    for bad in ["", "nobody", "a@x.test;b@x.test"] {
        assert_eq!(sim.put(&path, json!({"email": bad})).await.0, 400, "{bad}");
    }
}
