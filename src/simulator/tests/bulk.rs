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
async fn a_job_that_is_polled_takes_its_polls_however_fast_the_clock_is() {
    let sim = Sim::start().await;
    let pass = async |seconds: u32| {
        let seconds = json!({"seconds": seconds});
        sim.control("POST", "advance", seconds).await;
    };
    let accepted = sim.post("contacts/bulk_upsert", rows(0..2)).await.1;
    let path = job(&sim, &accepted);
    for word in ["QUEUED", "IN_PROGRESS", "SUCCESS"] {
        assert_eq!(sim.get(&path).await["status"], word);
        pass(60).await;
    }
    let accepted = sim.post("contacts/bulk_upsert", rows(2..4)).await.1;
    sim.get(&job(&sim, &accepted)).await;
    pass(3500).await;
    sim.get("contacts/filters").await;
    assert_eq!(sim.count("contacts").await, 2);
    pass(100).await;
    sim.get("contacts/filters").await;
    assert_eq!(sim.count("contacts").await, 4, "its caller went away");
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

/// Polls a job to its end and returns its status and its decoded `data`.
async fn ended(sim: &Sim, accepted: &Value) -> (Value, Value) {
    let path = job(sim, accepted);
    for _ in 0..5 {
        let state = sim.get(&path).await;
        if state["progress"] == 100 {
            let data = state["data"].as_str().unwrap_or("null");
            return (state["status"].clone(), serde_json::from_str(data).unwrap());
        }
    }
    panic!("the job does not end");
}

/// Rows of which the second is refused.
fn one_bad_of_three() -> Value {
    let mut body = rows(0..3);
    body["contacts"][1]["data"] = json!({"last_name": "B", "owner_id": 4711});
    body
}

#[tokio::test]
async fn the_words_of_the_states_are_the_accounts() {
    let words = json!({"queued": "PENDING", "running": "WORKING", "done": "COMPLETED"});
    let sim = Sim::with(json!({"job_states": words})).await;
    let accepted = sim.post("contacts/bulk_upsert", rows(0..1)).await.1;
    let path = job(&sim, &accepted);
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(sim.get(&path).await["status"].clone());
    }
    assert_eq!(states, ["PENDING", "WORKING", "COMPLETED"]);
}

#[tokio::test]
async fn a_job_with_bad_rows_can_count_as_failed() {
    for (switch, of_some, of_all) in [
        ("never", "SUCCESS", "SUCCESS"),
        ("any_row", "FAILED", "FAILED"),
        ("every_row", "SUCCESS", "FAILED"),
    ] {
        let sim = Sim::with(json!({"job_fails": switch})).await;
        let accepted = sim.post("contacts/bulk_upsert", one_bad_of_three()).await.1;
        assert_eq!(ended(&sim, &accepted).await.0, of_some, "{switch}");
        assert_eq!(sim.count("contacts").await, 2, "good rows are written");
        let all = json!({"contacts": [{"emails": "q@x.test", "data": {"owner_id": 4711}}]});
        let accepted = sim.post("contacts/bulk_upsert", all).await.1;
        let (status, data) = ended(&sim, &accepted).await;
        assert_eq!(status, of_all, "{switch}");
        assert_eq!(data["record_status"]["failed"], 1);
    }
}

#[tokio::test]
async fn a_report_says_more_or_less_about_the_rows_that_failed() {
    let errors = json!(["Sales owner is invalid"]);
    for (switch, report) in [
        (
            "identifiers",
            json!([{"emails": "n1@x.test", "errors": errors}]),
        ),
        ("row_index", json!([{"index": 1, "errors": errors}])),
        ("none", Value::Null),
    ] {
        let sim = Sim::with(json!({"failure_report": switch})).await;
        let accepted = sim.post("contacts/bulk_upsert", one_bad_of_three()).await.1;
        let data = ended(&sim, &accepted).await.1;
        assert_eq!(data["detailed_failure_report"], report, "{switch}");
        assert_eq!(data["record_status"], json!({"succeeded": 2, "failed": 1}));
        assert!(data.get("records").is_none(), "no ids");
    }
}

#[tokio::test]
async fn a_result_names_ids_where_the_account_does() {
    let sim = Sim::with(json!({"job_ids_in_result": true})).await;
    let accepted = sim.post("contacts/bulk_upsert", one_bad_of_three()).await.1;
    let data = ended(&sim, &accepted).await.1;
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    let expected = json!([
        {"emails": "n0@x.test", "id": kept[0]["id"]},
        {"emails": "n2@x.test", "id": kept[1]["id"]},
    ]);
    assert_eq!(data["records"], expected);
}

#[tokio::test]
async fn limits_of_rows_and_jobs_are_the_accounts() {
    let sim = Sim::with(json!({"bulk_max": 2, "jobs_in_flight": 1})).await;
    assert_eq!(sim.post("contacts/bulk_upsert", rows(0..3)).await.0, 400);
    assert_eq!(sim.post("contacts/bulk_upsert", rows(0..2)).await.0, 200);
    let (status, body) = sim.post("contacts/bulk_upsert", rows(2..3)).await;
    assert!(messages(status, &body)[0].contains("Max of 1 "), "{body}");
    assert_eq!(status, 405);
}

#[tokio::test]
async fn an_ended_job_is_forgotten_after_its_time() {
    let sim = Sim::with(json!({"job_kept_seconds": 60})).await;
    let accepted = sim.post("contacts/bulk_upsert", rows(0..1)).await.1;
    ended(&sim, &accepted).await;
    let path = job(&sim, &accepted);
    sim.control("POST", "advance", json!({"seconds": 55})).await;
    assert_eq!(sim.get(&path).await["status"], "SUCCESS");
    sim.control("POST", "advance", json!({"seconds": 10})).await;
    assert_eq!(sim.send("GET", &path, Value::Null).await.0, 404);
    let next = sim.post("contacts/bulk_upsert", rows(1..2)).await.1;
    assert_ne!(job(&sim, &next), path, "its id is not given again");
}

#[tokio::test]
async fn a_job_on_order_fails_and_writes_nothing() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts/bulk_upsert", "kind": "failed_job"}))
        .await;
    let accepted = sim.post("contacts/bulk_upsert", rows(0..3)).await.1;
    assert_eq!(ended(&sim, &accepted).await, (json!("FAILED"), Value::Null));
    assert_eq!(sim.count("contacts").await, 0);
}

#[tokio::test]
async fn a_duplicate_job_id_is_that_of_the_job_before() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "contacts/bulk_upsert", "nth": 2, "kind": "duplicate_job"}))
        .await;
    let first = sim.post("contacts/bulk_upsert", rows(0..1)).await.1;
    let second = sim.post("contacts/bulk_upsert", one_bad_of_three()).await.1;
    assert_eq!(first["job_status_url"], second["job_status_url"]);
    let (_, data) = ended(&sim, &second).await;
    assert_eq!(data["record_status"], json!({"succeeded": 1, "failed": 0}));
    sim.control("POST", "advance", json!({"seconds": 5})).await;
    sim.get("contacts/filters").await;
    assert_eq!(sim.count("contacts").await, 2, "the second ran, unseen");
}

#[tokio::test]
async fn an_expired_job_on_order_answers_404_once() {
    let sim = Sim::start().await;
    sim.fault(json!({"route": "job_statuses", "kind": "expired_job"}))
        .await;
    let accepted = sim.post("contacts/bulk_upsert", rows(0..1)).await.1;
    let path = job(&sim, &accepted);
    assert_eq!(sim.send("GET", &path, Value::Null).await.0, 404);
    assert_eq!(ended(&sim, &accepted).await.0, "SUCCESS");
}

#[tokio::test]
async fn bulk_assign_owner_passes_over_strangers() {
    let sim = Sim::start().await;
    let id = sim.add_contact("A", "a@x.test").await;
    let body = |owner: u64| json!({"selected_ids": [id, 4711, id], "owner_id": owner});
    assert_eq!(
        sim.post("contacts/bulk_assign_owner", body(BOB)).await.0,
        200
    );
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(kept[0]["owner_id"], BOB);
    let unknown = sim.post("contacts/bulk_assign_owner", body(4711)).await;
    assert_eq!(unknown.0, 400);
    let ownerless = json!({"selected_ids": [id]});
    let ownerless = sim.post("contacts/bulk_assign_owner", ownerless).await;
    assert_eq!(ownerless.0, 400);
    let of_deals = sim.post("deals/bulk_assign_owner", body(BOB)).await;
    assert_eq!(of_deals.0, 404, "contacts only");
}
