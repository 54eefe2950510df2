//! Routes that a migration asks at its start: forms, call logs, scrolls, forgetting.

use super::*;

#[tokio::test]
async fn forms_alone_say_what_is_unique() {
    let sim = Sim::start().await;
    let body = sim.get("settings/contacts/forms").await;
    let section = &body["forms"][0]["fields"][0];
    let fields = section["fields"].as_array().unwrap();
    let option = |name: &str| {
        let field = fields.iter().find(|field| field["name"] == name).unwrap();
        field["field_options"].clone()
    };
    for (name, unique) in [
        ("emails", true),
        ("external_id", true),
        ("cf_source_id", true),
        ("city", false),
        ("cf_department", false),
    ] {
        assert_eq!(option(name)["unique"], unique, "{name}");
    }
    assert_eq!(option("cf_department")["can_uniqueness_be_changed"], true);
    let interests = fields.iter().find(|one| one["name"] == "cf_interests");
    assert_eq!(interests.unwrap()["choices"].as_array().unwrap().len(), 3);
    let nowhere = sim.send("GET", "settings/tasks/forms", Value::Null).await;
    assert_eq!(nowhere.0, 404);
}

fn call_form(contact: u64) -> reqwest::multipart::Form {
    reqwest::multipart::Form::new()
        .text("phone_call[call_direction]", "true")
        .text("phone_call[targetable_type]", "contact")
        .text("phone_call[targetable][id]", contact.to_string())
        .text("phone_call[note][description]", "Spoke to them")
}

#[tokio::test]
async fn a_call_log_is_taken_as_form_and_as_json() {
    for (switch, json_targets) in [("both", 1), ("multipart_only", 0)] {
        let sim = Sim::with(json!({"phone_calls_encoding": switch})).await;
        let contact = sim.add_contact("A", "a@x.test").await;
        let form = sim
            .request("POST", "phone_calls")
            .multipart(call_form(contact));
        let (status, body) = answer(form).await;
        assert_eq!(status, 201, "{body}");
        assert_eq!(
            body["targetables"],
            json!([{"id": contact, "type": "Contact"}])
        );
        assert_eq!(body["phone_calls"][0]["call_direction"], true);
        assert_eq!(body["notes"][0]["description"], "Spoke to them");

        let log = json!({"call_direction": false, "targetable_type": "contact",
            "targetable": {"id": contact}, "note": {"description": "Again"}});
        for body in [json!({"phone_call": log}), log] {
            let (status, body) = sim.post("phone_calls", body).await;
            assert_eq!(status, 201, "{body}");
            let targets = body["targetables"].as_array().unwrap();
            assert_eq!(targets.len(), json_targets, "{switch}");
            assert_eq!(body["notes"].as_array().unwrap().len(), json_targets);
        }
        assert_eq!(sim.count("phone_calls").await, 3);
        let notes = sim.get(&format!("contacts/{contact}/notes")).await;
        assert_eq!(notes["meta"]["total"], 1 + 2 * json_targets);
        let nowhere = sim.send("GET", "phone_calls", Value::Null).await;
        assert_eq!(nowhere.0, 404, "they cannot be read");
        assert_eq!(sim.post("cti_phone_calls", json!({})).await.0, 400);
        let stranger = sim
            .request("POST", "phone_calls")
            .multipart(call_form(4711));
        assert_eq!(answer(stranger).await.0, 400);
    }
}

#[tokio::test]
async fn a_scroll_walks_a_view_by_ids() {
    let sim = Sim::start().await;
    let mut made = Vec::new();
    for n in 0..5 {
        let account = json!({"name": format!("Account {n}")});
        made.push(sim.add("sales_accounts", "sales_account", account).await);
    }
    let view = sim.view("sales_accounts", "All Accounts").await;
    let scroll = view.replace("/view/", "/scroll/");
    let mut seen: Vec<u64> = Vec::new();
    for _ in 0..4 {
        let last = seen
            .last()
            .map_or(String::new(), |id| format!("&last_fetched_id={id}"));
        let page = sim
            .get(&format!("{scroll}?limit=2&include=owner{last}"))
            .await;
        let rows = page["sales_accounts"].as_array().unwrap().clone();
        assert!(rows.len() <= 2);
        assert!(rows.iter().all(|row| row["owner_id"] == ALICE));
        seen.extend(rows.iter().map(|row| row["id"].as_u64().unwrap()));
    }
    assert_eq!(seen, made);
    for wrong in ["limit=0", "last_fetched_id=x"] {
        let path = format!("{scroll}?{wrong}");
        assert_eq!(sim.send("GET", &path, Value::Null).await.0, 400);
    }
    let nowhere = sim.send("GET", "deals/scroll/1", Value::Null).await;
    assert_eq!(nowhere.0, 404);
}

#[tokio::test]
async fn a_marked_record_of_a_probe_leaves_nothing_behind() {
    let sim = Sim::start().await;
    for (path, wrapper, name) in [
        ("contacts", "contact", "last_name"),
        ("sales_accounts", "sales_account", "name"),
        ("deals", "deal", "name"),
    ] {
        let id = sim.add(path, wrapper, json!({name: "probe"})).await;
        let record = format!("{path}/{id}");
        assert_eq!(sim.delete(&format!("{record}/forget")).await.0, 200);
        assert_eq!(sim.send("GET", &record, Value::Null).await.0, 404);
        let bin = format!("records/{path}?bin=true");
        assert_eq!(sim.control("GET", &bin, Value::Null).await.1, json!([]));
        assert_eq!(sim.delete(&format!("{record}/forget")).await.0, 404);
    }
}
