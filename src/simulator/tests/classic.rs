//! The classic edition: leads, another prefix, times in UTC, and none of the suite's own.

use super::super::Edition;
use super::*;

/// Ids of `fixtures/freshsales/classic.json`.
const INES: u64 = 102;
const STAGE_FIRST: u64 = 641;
const STAGE_CONTACTED: u64 = 642;
const REASON: u64 = 661;

async fn classic() -> Sim {
    let text = include_str!("../../../fixtures/freshsales/classic.json");
    let options = Options::new(serde_json::from_str(text).unwrap(), KEY, TOKEN);
    Sim {
        running: start(options).await.unwrap(),
        http: reqwest::Client::new(),
    }
}

fn lead(n: u32) -> Value {
    json!({
        "last_name": format!("Lead {n}"), "email": format!("lead{n}@x.test"), "external_id": format!("lea_{n}"),
        "lead_source_id": 401, "company": {"name": "Acme", "number_of_employees": 12},
        "custom_field": {"cf_source_created_at": "2020-01-31T23:30:00+01:00", "cf_department": "Sales"},
    })
}

#[tokio::test]
async fn an_edition_answers_below_its_own_prefix_only() {
    let sim = classic().await;
    assert!(sim.running.base_url.ends_with("/api"));
    assert!(!sim.running.base_url.ends_with("/crm/sales/api"));
    let suite = Sim::start().await;
    for (sim, other) in [
        (&sim, "/crm/sales/api/contacts/filters"),
        (&suite, "/api/contacts/filters"),
    ] {
        let origin = sim.running.control_url.trim_end_matches("/__sim");
        let request = sim.http.get(format!("{origin}{other}"));
        let (status, body) =
            answer(request.header("Authorization", format!("Token token={KEY}"))).await;
        assert_eq!(status, 404);
        assert!(body.as_str().unwrap().contains("<html>"), "{body}");
    }
}

#[tokio::test]
async fn the_start_can_choose_the_edition() {
    let mut options = Options::new(seed(&json!({})), KEY, TOKEN);
    options.edition = Some(Edition::Classic);
    let running = start(options).await.unwrap();
    assert!(running.base_url.ends_with("/api") && !running.base_url.contains("/crm/"));
}

#[tokio::test]
async fn what_only_the_other_edition_has_is_an_unknown_route() {
    let sim = classic().await;
    for path in [
        "lists",
        "contacts/lists/1",
        "selector/lifecycle_stages",
        "selector/contact_statuses",
    ] {
        let (status, body) = sim.send("GET", path, Value::Null).await;
        assert_eq!(status, 404, "{path}");
        assert!(body.as_str().unwrap().contains("<html>"), "{path}");
    }
    assert_eq!(sim.post("lists", json!({"name": "Spring"})).await.0, 404);
    let contact = json!({"last_name": "A", "email": "a@x.test", "lifecycle_stage_id": 4711, "contact_list_ids": [1]});
    let id = sim.add("contacts", "contact", contact).await;
    let (status, body) = sim
        .send(
            "GET",
            &format!("contacts/{id}?include=lifecycle_stage"),
            Value::Null,
        )
        .await;
    assert_eq!(
        messages(status, &body),
        ["Invalid include: lifecycle_stage"]
    );

    let sim = Sim::start().await;
    for path in [
        "leads/filters",
        "leads/1",
        "settings/leads/fields",
        "selector/lead_stages",
        "selector/lead_reasons",
    ] {
        let (status, body) = sim.send("GET", path, Value::Null).await;
        assert_eq!(status, 404, "{path}");
        assert!(body.as_str().unwrap().contains("<html>"), "{path}");
    }
    let rule = json!({"filter_rule": []});
    assert_eq!(sim.post("filtered_search/lead", rule).await.0, 404);
    let (status, body) = sim
        .send("GET", "lookup?q=a&f=email&entities=lead", Value::Null)
        .await;
    assert_eq!(messages(status, &body), ["entities is invalid"]);
    let note = json!({"note": {"description": "n", "targetable_type": "Lead", "targetable_id": 1}});
    let (status, body) = sim.post("notes", note).await;
    assert_eq!(messages(status, &body), ["Targetable type is invalid"]);
    assert_eq!(
        sim.control("GET", "counts", Value::Null).await.1["leads"],
        Value::Null
    );
}

#[tokio::test]
async fn owners_of_leads_are_assigned_in_bulk() {
    let sim = classic().await;
    let first = sim.add("leads", "lead", lead(1)).await;
    let second = sim.add("leads", "lead", lead(2)).await;
    let body = json!({"selected_ids": [second, 4711], "owner_id": INES});
    let (status, body) = sim.post("leads/bulk_assign_owner", body).await;
    assert_eq!(status, 200, "{body}");
    for (id, is_hers) in [(first, false), (second, true)] {
        let kept = sim.get(&format!("leads/{id}?include=owner")).await;
        assert_eq!(kept["lead"]["owner_id"] == INES, is_hers, "{kept}");
    }
    let body = json!({"selected_ids": [1], "owner_id": INES});
    let nowhere = sim.post("deals/bulk_assign_owner", body).await;
    assert_eq!(nowhere.0, 404);
}

#[tokio::test]
async fn times_are_shown_in_utc() {
    let sim = classic().await;
    let id = sim.add("leads", "lead", lead(1)).await;
    let shown = sim.get(&format!("leads/{id}")).await["lead"].clone();
    assert!(
        shown["created_at"].as_str().unwrap().ends_with('Z'),
        "{shown}"
    );
    assert_eq!(
        shown["custom_field"]["cf_source_created_at"],
        "2020-01-31T22:30:00Z"
    );
    assert!(
        shown["links"]["notes"]
            .as_str()
            .unwrap()
            .starts_with("/leads/")
    );
}

#[tokio::test]
async fn a_lead_is_created_read_changed_and_deleted() {
    let sim = classic().await;
    let id = sim.add("leads", "lead", lead(1)).await;
    let include = format!("leads/{id}?include=owner,lead_stage,lead_reason,source");
    let body = sim.get(&include).await;
    let shown = &body["lead"];
    assert_eq!(shown["email"], "lead1@x.test");
    assert_eq!(shown["company"]["number_of_employees"], 12);
    assert_eq!(shown["company"]["city"], Value::Null);
    assert_eq!(
        shown["lead_stage_id"], STAGE_FIRST,
        "the first stage is the default"
    );
    assert_eq!(body["lead_stages"][0]["name"], "New");
    assert_eq!(
        sim.get(&format!("leads/{id}")).await["lead"]["lead_stage_id"],
        Value::Null,
        "only with its include"
    );
    let change = json!({"lead": {
        "lead_stage_id": STAGE_CONTACTED, "lead_reason_id": REASON, "owner_id": INES,
        "company": {"city": "Bonn"}, "deal": {"name": "D", "amount": "2.50"},
    }});
    assert_eq!(sim.put(&format!("leads/{id}"), change).await.0, 200);
    let body = sim.get(&include).await;
    let shown = &body["lead"];
    assert_eq!(
        shown["company"]["name"], "Acme",
        "what a change does not name stays"
    );
    assert_eq!(shown["company"]["city"], "Bonn");
    assert_eq!(shown["deal"]["amount"], "2.5");
    assert_eq!(
        (&shown["owner_id"], &shown["lead_stage_id"]),
        (&json!(INES), &json!(STAGE_CONTACTED))
    );
    let wrong = json!({"lead": {"lead_stage_id": 9, "company": {"number_of_employees": "11-50"}, "deal": "D"}});
    let (status, body) = sim.put(&format!("leads/{id}"), wrong).await;
    assert_eq!(
        messages(status, &body),
        [
            "Lead stage is invalid",
            "company number_of_employees is invalid",
            "The type for deal is invalid.",
        ]
    );
    assert_eq!(sim.delete(&format!("leads/{id}")).await, (200, json!(true)));
    assert_eq!(
        sim.send("GET", &format!("leads/{id}"), Value::Null).await.0,
        404
    );
    let (status, body) = sim.post("leads", json!({"lead": lead(1)})).await;
    assert_eq!(
        messages(status, &body),
        ["External ID is not unique", "Email is not unique"]
    );
    assert_eq!(sim.delete(&format!("leads/{id}/forget")).await.0, 200);
    sim.add("leads", "lead", lead(1)).await;
}

#[tokio::test]
async fn a_lead_and_a_contact_may_have_one_address() {
    let sim = classic().await;
    sim.add("leads", "lead", lead(1)).await;
    sim.add_contact("Same", "lead1@x.test").await;
    let found = sim
        .get("lookup?q=LEAD1@x.test&f=email&entities=lead,contact")
        .await;
    assert_eq!(found["leads"]["leads"][0]["last_name"], "Lead 1");
    assert_eq!(found["contacts"]["contacts"][0]["last_name"], "Same");
    let rows = sim.get("search?q=lead1&include=lead").await;
    assert_eq!(rows[0]["type"], "lead");
}

#[tokio::test]
async fn leads_have_views_searches_fields_and_selectors() {
    let sim = classic().await;
    let first = sim.add("leads", "lead", lead(1)).await;
    let second = sim.add("leads", "lead", lead(2)).await;
    let all = sim.view("leads", "All Leads").await;
    let body = sim
        .get(&format!(
            "{all}?sort=created_at&sort_type=asc&include=owner,lead_stage"
        ))
        .await;
    assert_eq!(body["meta"]["total"], 2);
    assert_eq!(body["leads"][0]["id"], first);
    assert_eq!(body["leads"][1]["lead_stage_id"], STAGE_FIRST);
    let rule = json!({"filter_rule": [{"attribute": "lead_email.email", "operator": "is_in", "value": ["lead2@x.test"]}]});
    let (_, found) = sim.post("filtered_search/lead", rule).await;
    assert_eq!(found["leads"][0]["id"], second);
    let fields = sim.get("settings/leads/fields").await;
    let stage = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "lead_stage_id");
    assert_eq!(stage.unwrap()["base_model"], "Lead");
    assert_eq!(
        sim.get("selector/lead_stages").await["lead_stages"][0]["name"],
        "New"
    );
    assert_eq!(
        sim.get("selector/lead_reasons").await["lead_reasons"][0]["id"],
        REASON
    );
    assert!(sim.get("selector/lead_sources").await["lead_sources"].is_array());
    assert_eq!(sim.count("leads").await, 2);
}

#[tokio::test]
async fn leads_are_upserted_one_by_one_and_in_bulk_and_destroyed() {
    let sim = classic().await;
    let upsert = json!({"unique_identifier": {"emails": "a@x.test"}, "lead": {"last_name": "A"}});
    let (status, body) = sim.post("leads/upsert", upsert).await;
    assert_eq!(status, 200, "{body}");
    let rows = json!({"leads": [
        {"emails": "a@x.test", "data": {"city": "Bonn"}},
        {"external_id": "lea_7", "data": {"last_name": "B", "email": "b@x.test"}},
    ]});
    let (_, accepted) = sim.post("leads/bulk_upsert", rows).await;
    let url = accepted["job_status_url"].as_str().unwrap();
    let job = url.strip_prefix(&sim.running.base_url).unwrap()[1..].to_owned();
    for _ in 0..3 {
        sim.get(&job).await;
    }
    let (_, rows) = sim.control("GET", "records/leads", Value::Null).await;
    assert_eq!(rows[0]["city"], "Bonn");
    assert_eq!(rows[1]["external_id"], "lea_7");
    let ids = json!({"selected_ids": [rows[0]["id"], rows[1]["id"]]});
    assert_eq!(sim.post("leads/bulk_destroy", ids).await.0, 200);
    assert_eq!(sim.count("leads").await, 0);
}

#[tokio::test]
async fn conversion_makes_a_contact_with_account_and_deal_and_takes_the_children_along() {
    let sim = classic().await;
    let mut body = lead(1);
    body["deal"] = json!({"name": "Big one", "amount": 10, "expected_close": "2030-01-31"});
    let id = sim.add("leads", "lead", body).await;
    let note = json!({"description": "n", "targetable_type": "Lead", "targetable_id": id});
    sim.add("notes", "note", note).await;
    let overrides = json!({"lead": {"last_name": "Later"}});
    let (status, body) = sim.post(&format!("leads/{id}/convert"), overrides).await;
    assert_eq!(status, 200, "{body}");
    let contact = &body["contact"];
    assert_eq!(contact["last_name"], "Later");
    assert_eq!(contact["external_id"], "lea_1");
    assert_eq!(
        contact["custom_field"]["cf_source_created_at"],
        "2020-01-31T22:30:00Z"
    );
    assert_eq!(contact["sales_accounts"][0]["name"], "Acme");
    assert_eq!(body["deals"][0]["name"], "Big one");
    let notes = sim.get(&format!("contacts/{}/notes", contact["id"])).await;
    assert_eq!(notes["notes"][0]["description"], "n");
    assert_eq!(
        sim.send("GET", &format!("leads/{id}"), Value::Null).await.0,
        404
    );
    assert_eq!(
        sim.get("sales_accounts/filters").await["filters"][0]["name"],
        "All Accounts"
    );

    let second = json!({"last_name": "B", "email": "b@x.test", "company": {"name": "acme"}});
    let id = sim.add("leads", "lead", second).await;
    assert_eq!(
        sim.post(&format!("leads/{id}/convert"), json!({})).await.0,
        200
    );
    assert_eq!(
        sim.count("sales_accounts").await,
        1,
        "the account of that name is taken"
    );
}

#[tokio::test]
async fn a_conversion_that_is_refused_leaves_everything_as_it_was() {
    let sim = classic().await;
    sim.add_contact("There", "lead1@x.test").await;
    let id = sim.add("leads", "lead", lead(1)).await;
    let before = sim.get(&format!("leads/{id}")).await;
    let changed = json!({"city": "Bonn"});
    let (status, body) = sim.post(&format!("leads/{id}/convert"), changed).await;
    assert_eq!(messages(status, &body), ["Email is not unique"]);
    assert_eq!(sim.get(&format!("leads/{id}")).await, before);
    assert_eq!(
        (sim.count("leads").await, sim.count("sales_accounts").await),
        (1, 0)
    );
    let other = json!({"lead": {"email": "other@x.test"}});
    assert_eq!(sim.put(&format!("leads/{id}"), other).await.0, 200);
    assert_eq!(
        sim.get(&format!("leads/{id}")).await["lead"]["email"],
        "other@x.test"
    );
}

#[tokio::test]
async fn switches_hold_in_the_classic_edition_too() {
    let sim = classic().await;
    let refused = sim.control("PATCH", "profile", json!({"edition": "suite"}));
    assert_eq!(refused.await.0, 400);
    let change = json!({"index_lag": 20, "email_array_form": "strict", "workflow": ["owner"]});
    assert_eq!(sim.control("PATCH", "profile", change).await.0, 200);
    let mut strict = lead(1);
    strict["emails"] = json!(["a@x.test"]);
    let (status, body) = sim.post("leads", json!({"lead": strict})).await;
    assert_eq!(messages(status, &body), ["The type for emails is invalid."]);
    let (status, body) = sim
        .post("leads?include=owner", json!({"lead": lead(1)}))
        .await;
    assert!(status < 300, "{body}");
    let path = format!("leads/{}", body["lead"]["id"]);
    let owner = sim.get(&format!("{path}?include=owner")).await["lead"]["owner_id"].clone();
    assert_ne!(owner, body["lead"]["owner_id"]);
    let view = sim.view("leads", "All Leads").await;
    assert_eq!(sim.get(&view).await["meta"]["total"], 0);
    sim.control("POST", "advance", json!({"seconds": 20})).await;
    assert_eq!(sim.get(&view).await["meta"]["total"], 1);
    let call = json!({
        "call_direction": true, "targetable_type": "lead",
        "targetable": {"id": body["lead"]["id"]},
    });
    assert_eq!(sim.post("phone_calls", call).await.0, 201);
    let suite = Sim::start().await;
    let call = json!({"targetable_type": "lead", "targetable": {"id": 1}});
    assert_eq!(suite.post("phone_calls", call).await.0, 400);
}
