//! Bulk jobs.

use super::*;

fn rows(numbers: std::ops::Range<u32>) -> Value {
    let row = |n: u32| {
        let data = json!({"last_name": format!("N{n}"), "external_id": format!("con_{n}")});
        json!({"emails": format!("n{n}@x.test"), "data": data})
    };
    json!({"contacts": numbers.map(row).collect::<Vec<_>>()})
}

/// The path of a job below the base URL.
fn job(sim: &Sim, accepted: &Value) -> String {
    let url = accepted["job_status_url"].as_str().unwrap();
    let below = url.strip_prefix(&sim.running.base_url).unwrap();
    below.trim_start_matches('/').to_owned()
}

#[tokio::test]
async fn a_job_is_polled_to_its_end_and_names_no_ids() {
    let sim = Sim::start().await;
    let mut body = rows(0..3);
    body["contacts"][1]["data"] = json!({"last_name": "B", "owner_id": 4711});
    let (status, accepted) = sim.post("contacts/bulk_upsert", body).await;
    assert_eq!(status, 200);
    let path = job(&sim, &accepted);
    let mut states = Vec::new();
    for _ in 0..3 {
        let state = sim.get(&path).await;
        if state["status"] != "SUCCESS" {
            assert_eq!(state["data"], Value::Null);
            assert_eq!(
                sim.count("contacts").await,
                0,
                "nothing is written before the end"
            );
        }
        states.push(state["status"].clone());
    }
    assert_eq!(states, ["QUEUED", "IN_PROGRESS", "SUCCESS"]);
    let ended = sim.get(&path).await;
    let data: Value = serde_json::from_str(ended["data"].as_str().unwrap()).unwrap();
    assert_eq!(data["record_status"], json!({"succeeded": 2, "failed": 1}));
    let failed = &data["detailed_failure_report"][0];
    assert_eq!(failed["emails"], "n1@x.test");
    assert_eq!(failed["errors"], json!(["Sales owner is invalid"]));
    assert!(!ended.to_string().contains("700000"), "no id of a record");
    assert_eq!(sim.count("contacts").await, 2);
}

#[tokio::test]
async fn a_second_row_with_the_same_key_updates_the_first() {
    let sim = Sim::with(json!({"job_polls": 0})).await;
    let row = |city: &str| json!({"name": "Acme", "data": {"city": city}});
    let body = json!({"sales_accounts": [row("Bonn"), row("Ulm")]});
    let accepted = sim.post("sales_accounts/bulk_upsert", body).await.1;
    assert_eq!(sim.get(&job(&sim, &accepted)).await["status"], "SUCCESS");
    let kept = sim
        .control("GET", "records/sales_accounts", Value::Null)
        .await
        .1;
    assert_eq!(kept.as_array().unwrap().len(), 1);
    assert_eq!(kept[0]["city"], "Ulm");
}

#[tokio::test]
async fn an_eleventh_job_is_refused_until_one_has_ended() {
    let sim = Sim::start().await;
    let mut jobs = Vec::new();
    for n in 0..10 {
        let (status, accepted) = sim.post("contacts/bulk_upsert", rows(n..n + 1)).await;
        assert_eq!(status, 200);
        jobs.push(job(&sim, &accepted));
    }
    let (status, body) = sim.post("contacts/bulk_upsert", rows(10..11)).await;
    assert!(messages(status, &body)[0].contains("Max of 10"), "{status}");
    assert_eq!(status, 405);
    for _ in 0..3 {
        sim.get(&jobs[0]).await;
    }
    assert_eq!(sim.post("contacts/bulk_upsert", rows(10..11)).await.0, 200);
}

#[tokio::test]
async fn a_job_that_nobody_polls_ends_by_itself() {
    let sim = Sim::start().await;
    sim.post("contacts/bulk_upsert", rows(0..2)).await;
    assert_eq!(sim.count("contacts").await, 0);
    sim.control("POST", "advance", json!({"seconds": 5})).await;
    sim.get("contacts/filters").await;
    assert_eq!(sim.count("contacts").await, 2);
}

#[tokio::test]
async fn a_call_takes_a_hundred_rows_with_one_identifier_each() {
    let sim = Sim::with(json!({"job_polls": 0})).await;
    assert_eq!(sim.post("contacts/bulk_upsert", rows(0..101)).await.0, 400);
    assert_eq!(sim.post("contacts/bulk_upsert", rows(0..0)).await.0, 400);
    assert_eq!(
        sim.post("contacts/bulk_upsert", json!({"contact": []}))
            .await
            .0,
        400
    );
    assert_eq!(
        sim.post("tasks/bulk_upsert", json!({"tasks": []})).await.0,
        404
    );
    let body = json!({"contacts": [
        {"emails": "a@x.test", "external_id": "1", "data": {"last_name": "A"}},
        {"data": {"last_name": "A"}},
        {"emails": "a@x.test"},
    ]});
    let accepted = sim.post("contacts/bulk_upsert", body).await.1;
    let ended = sim.get(&job(&sim, &accepted)).await;
    assert!(ended["data"].as_str().unwrap().contains(r#""failed":3"#));
}

#[tokio::test]
async fn bulk_destroy_moves_to_the_bin_and_can_take_children_along() {
    let sim = Sim::start().await;
    let account = json!({"name": "Acme"});
    let account = sim.add("sales_accounts", "sales_account", account).await;
    let contact = json!({"last_name": "A", "sales_accounts": [{"id": account}]});
    sim.add("contacts", "contact", contact).await;
    let body = json!({"selected_ids": [account], "delete_associated_contacts_deals": true});
    assert_eq!(sim.post("sales_accounts/bulk_destroy", body).await.0, 200);
    assert_eq!(sim.count("sales_accounts").await, 0);
    assert_eq!(sim.count("contacts").await, 0);
}
