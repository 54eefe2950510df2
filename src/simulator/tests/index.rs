//! What searches and views know where the account's index lags.

use super::*;

/// Whether each kind of read finds a contact of this name, in the order search, lookup, filtered search, view.
async fn found(sim: &Sim, name: &str) -> [bool; 4] {
    let search = sim.get(&format!("search?q={name}&include=contact")).await;
    let lookup = format!("lookup?q={name}@x.test&f=email&entities=contact");
    let lookup = sim.get(&lookup).await;
    let rule = json!([{"attribute": "contact_email.email", "operator": "is", "value": format!("{name}@x.test")}]);
    let filtered = sim.post("filtered_search/contact", json!({"filter_rule": rule}));
    let filtered = filtered.await.1;
    let view = sim.view("contacts", "All Contacts").await;
    let view = sim.get(&view).await;
    let rows = view["contacts"].as_array().unwrap();
    [
        !search.as_array().unwrap().is_empty(),
        lookup["contacts"]["meta"]["total"] != 0,
        filtered["meta"]["total"] != 0,
        rows.iter()
            .any(|row| row["email"] == format!("{name}@x.test")),
    ]
}

async fn pass(sim: &Sim, seconds: u32) {
    let seconds = json!({"seconds": seconds});
    sim.control("POST", "advance", seconds).await;
}

#[tokio::test]
async fn a_new_record_is_found_when_it_is_old_enough() {
    let sim = Sim::with(json!({"index_lag": 20})).await;
    let id = sim.add_contact("moreau", "moreau@x.test").await;
    assert_eq!(found(&sim, "moreau").await, [false; 4]);
    let by_id = sim.get(&format!("contacts/{id}")).await;
    assert_eq!(by_id["contact"]["email"], "moreau@x.test", "at once by id");
    let twin = json!({"last_name": "B", "email": "moreau@x.test"});
    assert_eq!(sim.post("contacts", twin).await.0, 400, "keys hold at once");
    pass(&sim, 15).await;
    assert_eq!(found(&sim, "moreau").await, [false; 4]);
    pass(&sim, 5).await;
    assert_eq!(found(&sim, "moreau").await, [true; 4]);
}

#[tokio::test]
async fn changes_and_deletions_lag_too() {
    let sim = Sim::with(json!({"index_lag": 20})).await;
    let id = sim.add_contact("moreau", "moreau@x.test").await;
    pass(&sim, 20).await;
    let change = json!({"email": "alder@x.test", "last_name": "alder"});
    sim.put(&format!("contacts/{id}"), change).await;
    assert_eq!(found(&sim, "alder").await, [false; 4]);
    assert_eq!(found(&sim, "moreau").await, [true; 4]);
    pass(&sim, 20).await;
    assert_eq!(found(&sim, "alder").await, [true; 4]);
    assert_eq!(found(&sim, "moreau").await, [false; 4]);
    sim.delete(&format!("contacts/{id}/forget")).await;
    assert_eq!(found(&sim, "alder").await, [true; 4]);
    pass(&sim, 20).await;
    assert_eq!(found(&sim, "alder").await, [false; 4]);
}

#[tokio::test]
async fn reads_lag_one_by_one_and_the_switch_works_while_it_runs() {
    let sim = Sim::start().await;
    sim.add_contact("moreau", "moreau@x.test").await;
    let lag = json!({"index_lag": 20, "index_lag_on": ["lookup", "views"]});
    assert_eq!(sim.control("PATCH", "profile", lag).await.0, 200);
    assert_eq!(found(&sim, "moreau").await, [true; 4], "what was there");
    sim.add_contact("alder", "alder@x.test").await;
    assert_eq!(found(&sim, "alder").await, [true, false, true, false]);
    sim.control("PATCH", "profile", json!({"index_lag": 0}))
        .await;
    assert_eq!(found(&sim, "alder").await, [true; 4]);
}

#[tokio::test]
async fn a_shorter_lag_holds_for_what_is_waiting_too() {
    let sim = Sim::with(json!({"index_lag": 3600})).await;
    sim.add_contact("moreau", "moreau@x.test").await;
    sim.control("PATCH", "profile", json!({"index_lag": 20}))
        .await;
    sim.add_contact("alder", "alder@x.test").await;
    assert_eq!(found(&sim, "moreau").await, [false; 4]);
    pass(&sim, 20).await;
    assert_eq!(found(&sim, "moreau").await, [true; 4]);
    assert_eq!(found(&sim, "alder").await, [true; 4]);
}

#[tokio::test]
async fn members_of_lists_and_scrolls_lag_with_the_contacts() {
    let sim = Sim::with(json!({"index_lag": 20})).await;
    let list = sim.post("lists", json!({"name": "Spring"})).await.1["list"]["id"].clone();
    let contact = json!({"last_name": "moreau", "email": "m@x.test", "contact_list_ids": [list]});
    let id = sim.add("contacts", "contact", contact).await;
    let members = format!("contacts/lists/{list}");
    let view = sim.view("contacts", "All Contacts").await;
    let scroll = view.replace("view", "scroll");
    assert_eq!(sim.get(&members).await["meta"]["total"], 0);
    assert_eq!(sim.get(&scroll).await["contacts"], json!([]));
    assert_eq!(sim.count("list_members").await, 1, "it is on the list");
    pass(&sim, 20).await;
    assert_eq!(sim.get(&members).await["contacts"][0]["id"], id);
    assert_eq!(sim.get(&scroll).await["contacts"][0]["id"], id);
}

#[tokio::test]
async fn a_search_that_was_collected_is_collected_anew_when_the_index_learns() {
    let sim = Sim::with(json!({"index_lag": 20})).await;
    let total = async || {
        let rule = json!([{"attribute": "last_name", "operator": "contains", "value": "more"}]);
        let found = sim.post("filtered_search/contact", json!({"filter_rule": rule}));
        found.await.1["meta"]["total"].clone()
    };
    sim.add_contact("moreau", "m@x.test").await;
    assert_eq!(total().await, 0);
    pass(&sim, 20).await;
    assert_eq!(total().await, 1);
}

#[tokio::test]
async fn a_first_look_up_by_an_attribute_reaches_the_index() {
    let sim = Sim::with(json!({"index_lag": 20})).await;
    let contact = |number: &str| json!({"last_name": "moreau", "work_number": number});
    sim.add("contacts", "contact", contact("111")).await;
    pass(&sim, 20).await;
    let total = async |number: &str| {
        let path = format!("lookup?q={number}&f=work_number&entities=contact");
        sim.get(&path).await["contacts"]["meta"]["total"].clone()
    };
    assert_eq!(total("111").await, 1);
    sim.add("contacts", "contact", contact("222")).await;
    assert_eq!(total("222").await, 0);
    pass(&sim, 20).await;
    assert_eq!(total("222").await, 1);
}
