//! What a test may see and do behind the API's back.

use super::*;

#[tokio::test]
async fn control_routes_have_a_token_of_their_own() {
    let sim = Sim::start().await;
    let url = format!("{}/counts", sim.running.control_url);
    assert_eq!(answer(sim.http.get(&url)).await.0, 401);
    let with_key = sim.http.get(&url).header("X-Sim-Token", KEY);
    assert_eq!(answer(with_key).await.0, 401);
    assert_eq!(sim.control("GET", "counts", Value::Null).await.0, 200);
    let api = sim
        .http
        .get(format!("{}/contacts/filters", sim.running.base_url));
    assert_eq!(answer(api.header("X-Sim-Token", TOKEN)).await.0, 401);
}

#[tokio::test]
async fn reset_goes_back_to_the_seed() {
    let sim = Sim::start().await;
    sim.add_contact("A", "a@x.test").await;
    sim.fault(json!({"route": "contacts", "nth": "every", "kind": "refuse"}))
        .await;
    let (status, counts) = sim.control("POST", "reset", Value::Null).await;
    assert_eq!((status, &counts["contacts"]), (200, &json!(0)));
    sim.add_contact("A", "a@x.test").await;
}

#[tokio::test]
async fn records_are_whole_and_paged_on_demand() {
    let sim = Sim::start().await;
    let contact = json!({"last_name": "A", "email": "a@x.test", "owner_id": BOB});
    sim.add("contacts", "contact", contact).await;
    sim.add_contact("B", "b@x.test").await;
    let all = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["owner_id"]),
        (2, &json!(BOB))
    );
    let second = sim
        .control("GET", "records/contacts?page=2&per_page=1", Value::Null)
        .await
        .1;
    assert_eq!(second.as_array().unwrap().len(), 1);
    assert_eq!(second[0]["last_name"], "B");
    assert_eq!(
        sim.control("GET", "records/people", Value::Null).await.0,
        400
    );
}

#[tokio::test]
async fn what_is_in_the_bin_comes_back_as_it_was() {
    let sim = Sim::start().await;
    let id = sim.add_contact("A", "a@x.test").await;
    let restore = |id: u64| json!({"object": "contacts", "id": id});
    // It is not in the bin.
    assert_eq!(sim.control("POST", "restore", restore(id)).await.0, 404);
    sim.delete(&format!("contacts/{id}")).await;
    let (status, counts) = sim.control("POST", "restore", restore(id)).await;
    assert_eq!((status, &counts["contacts"]), (200, &json!(1)));
    let contact = sim.get(&format!("contacts/{id}")).await;
    assert_eq!(contact["contact"]["last_name"], "A");
}

#[tokio::test]
async fn a_stopped_simulator_refuses_connections() {
    let sim = Sim::start().await;
    sim.get("selector/owners").await;
    let url = sim.running.base_url.clone();
    sim.running.stop().await;
    assert!(sim.http.get(url).send().await.is_err());
}

#[tokio::test]
async fn every_call_is_listed_with_its_time_and_its_objects() {
    let sim = Sim::start().await;
    let first = sim.add_contact("A", "a@x.test").await;
    let row = |n: u32| json!({"emails": format!("n{n}@x.test"), "data": {"last_name": "N"}});
    let bulk = json!({"contacts": (0..7).map(row).collect::<Vec<_>>()});
    sim.control("POST", "advance", json!({"seconds": 60})).await;
    sim.post("contacts/bulk_upsert", bulk).await;
    sim.fault(json!({"route": "contacts", "kind": "refuse"}))
        .await;
    let doomed = json!({"selected_ids": [first]});
    sim.post("contacts/bulk_destroy", doomed).await;
    sim.get("selector/owners?x=1").await;
    let calls = sim.control("GET", "calls?since=1", Value::Null).await.1;
    let told = calls.as_array().unwrap().iter().map(|call| {
        let name = |key: &str| call[key].as_str().unwrap_or_default().to_owned();
        let numbers = (&call["number"], &call["status"], &call["objects"]);
        json!([name("method"), name("path"), name("fault"), numbers])
    });
    let told: Vec<Value> = told.collect();
    assert_eq!(
        told,
        [
            json!(["POST", "/contacts/bulk_upsert", "", [2, 200, 7]]),
            json!(["POST", "/contacts/bulk_destroy", "refuse", [3, 503, 1]]),
            json!(["GET", "/selector/owners?x=1", "", [4, 200, null]]),
        ]
    );
    let all = sim.control("GET", "calls", Value::Null).await.1;
    let at = |n: usize| all[n]["at"].as_i64().unwrap();
    assert!(at(1) - at(0) >= 60_000, "simulated milliseconds");
}

#[tokio::test]
async fn calls_outside_the_prefix_are_listed_as_such() {
    let sim = Sim::start().await;
    let origin = sim.running.control_url.trim_end_matches("/__sim");
    for path in ["/api/contacts/filters?x=1", "/crm/sales/apix/contacts"] {
        assert_eq!(answer(sim.http.get(format!("{origin}{path}"))).await.0, 404);
    }
    sim.get("contacts/filters").await;
    let calls = sim.control("GET", "calls", Value::Null).await.1;
    let told = calls.as_array().unwrap().iter();
    let told = told.map(|call| json!([call["path"], call["is_outside"], call["status"]]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!(["/api/contacts/filters?x=1", true, 404]),
            json!(["/crm/sales/apix/contacts", true, 404]),
            json!(["/contacts/filters", null, 200]),
        ]
    );
    let url = format!("{}/calls?since=2", sim.running.control_url);
    let listed = sim.http.get(url).header("X-Sim-Token", TOKEN);
    let listed = listed.send().await.unwrap();
    let header = |name: &str| listed.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-total"), header("x-kept")),
        ("3".into(), "3".into())
    );
}
