//! What may be written, what is refused, and what is dropped in silence.

use super::*;

#[tokio::test]
async fn both_forms_of_the_key_are_taken_and_nothing_else() {
    let sim = Sim::start().await;
    let url = format!("{}/contacts/filters", sim.running.base_url);
    for (header, status) in [
        (format!("Token token={KEY}"), 200),
        (format!("Token {KEY}"), 200),
        (format!("Bearer {KEY}"), 401),
        ("Token token=wrong".to_owned(), 401),
    ] {
        let request = sim.http.get(&url).header("Authorization", &header);
        let (got, body) = answer(request).await;
        assert_eq!(got, status, "{header}");
        if status == 401 {
            messages(401, &body);
        }
    }
    assert_eq!(answer(sim.http.get(&url)).await.0, 401);
}

#[tokio::test]
async fn bodies_may_be_wrapped_or_bare_and_paths_end_in_a_slash() {
    let sim = Sim::start().await;
    let (status, body) = sim
        .post(
            "contacts/",
            json!({"contact": {"last_name": "A", "email": "a@x.test"}}),
        )
        .await;
    assert_eq!(status, 201);
    assert!(body["contact"]["id"].as_u64().unwrap() > 70_000_000_000);
    let bare = json!({"last_name": "B", "emails": "b@x.test"});
    let (status, body) = sim.post("contacts", bare).await;
    assert_eq!(
        (status, &body["contact"]["email"]),
        (201, &json!("b@x.test"))
    );
}

#[tokio::test]
async fn unknown_routes_are_html_and_unknown_ids_are_json() {
    let sim = Sim::start().await;
    for path in [
        "nonsense",
        "notes",
        "notes/1",
        "contacts/1/conversations/all",
    ] {
        let (status, body) = sim.send("GET", path, Value::Null).await;
        assert_eq!(status, 404, "{path}");
        assert!(
            body.as_str().unwrap().starts_with("<!DOCTYPE html>"),
            "{path}"
        );
    }
    let (status, body) = sim.send("GET", "contacts/1", Value::Null).await;
    messages(status, &body);
}

#[tokio::test]
async fn emails_are_unique_without_regard_to_case() {
    let sim = Sim::start().await;
    sim.add_contact("A", "Anna@x.test").await;
    let twin = json!({"contact": {"last_name": "B", "email": "anna@X.test"}});
    let (status, body) = sim.post("contacts", twin).await;
    assert_eq!(messages(status, &body), ["Email is not unique"]);
    assert_eq!(sim.count("contacts").await, 1);
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(kept[0]["email"], "Anna@x.test", "the case stays as sent");
}

#[tokio::test]
async fn an_external_id_is_no_key_where_the_admin_says_so() {
    let mut seed = seed(&json!({}));
    let fields = seed["fields"]["contacts"].as_array_mut().unwrap();
    let field = |field: &&mut Value| field["name"] == "external_id";
    fields.iter_mut().find(field).unwrap()["unique"] = json!(false);
    let sim = Sim {
        running: start(Options::new(seed, KEY, TOKEN)).await.unwrap(),
        http: reqwest::Client::new(),
    };
    let contact = |email: &str| json!({"last_name": "A", "email": email, "external_id": "con_1"});
    for email in ["a@x.test", "b@x.test"] {
        assert_eq!(sim.post("contacts", contact(email)).await.0, 201);
    }
    let said = "external_id is not a unique identifier";
    let upsert =
        json!({"unique_identifier": {"external_id": "con_2"}, "contact": {"last_name": "B"}});
    let (status, body) = sim.post("contacts/upsert", upsert).await;
    assert_eq!(messages(status, &body), [said]);
    let row = json!({"external_id": "con_1", "data": {"city": "Ulm"}});
    let bulk = sim.post("contacts/bulk_upsert", json!({"contacts": [row]}));
    let url = bulk.await.1["job_status_url"].clone();
    sim.control("POST", "advance", json!({"seconds": 5})).await;
    let id = url.as_str().unwrap().rsplit('/').next().unwrap();
    let job = sim.get(&format!("job_statuses/{id}")).await;
    assert!(job["data"].as_str().unwrap().contains(said), "{job}");
    let found = sim.get("lookup?q=con_1&f=external_id&entities=contact");
    assert_eq!(found.await["contacts"]["meta"]["total"], 2);
    let rule = json!([{"attribute": "external_id", "operator": "is", "value": "con_1"}]);
    let found = sim.post("filtered_search/contact", json!({"filter_rule": rule}));
    assert_eq!(found.await.1["meta"]["total"], 2);
    let forms = sim.get("settings/contacts/forms").await;
    let fields = forms["forms"][0]["fields"][0]["fields"].clone();
    let mut fields = fields.as_array().unwrap().iter();
    let field = fields.find(|field| field["name"] == "external_id");
    assert_eq!(field.unwrap()["field_options"]["unique"], false);
}

#[tokio::test]
async fn one_address_is_no_key_of_an_upsert() {
    let sim = Sim::start().await;
    let upsert = json!({"unique_identifier": {"email": "a@x.test"}, "contact": {"last_name": "A"}});
    assert_eq!(sim.post("contacts/upsert", upsert).await.0, 400);
}

#[tokio::test]
async fn names_external_ids_and_unique_custom_fields_are_unique() {
    let sim = Sim::start().await;
    let source = json!({"cf_source_id": "com_1"});
    let account = json!({"name": "Acme", "custom_field": source});
    sim.add("sales_accounts", "sales_account", account).await;
    let twin = json!({"name": " ACME ", "custom_field": source});
    let (status, body) = sim.post("sales_accounts", twin).await;
    let said = messages(status, &body);
    assert!(said.contains(&"Name is not unique") && said.contains(&"Source ID is not unique"));

    let contact = |email: &str| json!({"last_name": "A", "email": email, "external_id": "con_1"});
    sim.add("contacts", "contact", contact("a@x.test")).await;
    let (status, body) = sim.post("contacts", contact("b@x.test")).await;
    assert_eq!(messages(status, &body), ["External ID is not unique"]);
}

#[tokio::test]
async fn required_fields_come_from_the_admin_and_the_service() {
    let sim = Sim::start().await;
    let (status, body) = sim.post("contacts", json!({"email": "a@x.test"})).await;
    assert_eq!(messages(status, &body), ["Last name can't be empty"]);
    let contact = sim.add_contact("A", "a@x.test").await;
    let task = json!({"title": "T", "targetable_type": "Contact", "targetable_id": contact});
    let (status, body) = sim.post("tasks", task).await;
    assert_eq!(messages(status, &body), ["Due date can't be empty"]);
    let (status, body) = sim
        .put(&format!("contacts/{contact}"), json!({"last_name": ""}))
        .await;
    assert_eq!(messages(status, &body), ["Last name can't be empty"]);
}

#[tokio::test]
async fn references_must_exist_and_belong_together() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let refused = [
        ("contacts", json!({"last_name": "B", "owner_id": 4711})),
        ("contacts", json!({"last_name": "B", "owner_id": INACTIVE})),
        (
            "contacts",
            json!({"last_name": "B", "sales_accounts": [{"id": contact}]}),
        ),
        (
            "contacts",
            json!({"last_name": "B", "sales_accounts": {"id": 1}}),
        ),
        (
            "contacts",
            json!({"last_name": "B", "lifecycle_stage_id": LIFECYCLE_LEAD,
            "contact_status_id": STATUS_OF_CUSTOMER}),
        ),
        (
            "contacts",
            json!({"last_name": "B", "lifecycle_stage_id": "Lead"}),
        ),
        (
            "contacts",
            json!({"last_name": "B", "contact_list_ids": [1]}),
        ),
        (
            "sales_accounts",
            json!({"name": "B", "parent_sales_account_id": contact}),
        ),
        ("deals", json!({"name": "D", "sales_account_id": contact})),
        (
            "deals",
            json!({"name": "D", "contacts_added_list": [contact, 4711]}),
        ),
        ("deals", json!({"name": "D", "deal_stage_id": 4711})),
        (
            "deals",
            json!({"name": "D", "deal_pipeline_id": OTHER_PIPELINE, "deal_stage_id": STAGE_NEW}),
        ),
        (
            "notes",
            json!({"description": "N", "targetable_type": "Deal", "targetable_id": contact}),
        ),
        (
            "notes",
            json!({"description": "N", "targetable_type": "contact", "targetable_id": contact}),
        ),
        ("notes", json!({"description": "N"})),
        (
            "sales_activities",
            json!({"title": "C", "sales_activity_type_id": TYPE_PHONE, "owner_id": ALICE,
            "start_date": "2026-01-01T10:00:00Z", "end_date": "2026-01-01T10:05:00Z",
            "sales_activity_outcome_id": OUTCOME_OF_MEETING,
            "targetable_type": "Contact", "targetable_id": contact}),
        ),
        (
            "appointments",
            json!({"title": "M", "from_date": "2026-01-02T10:00:00Z",
            "end_date": "2026-01-01T10:00:00Z", "targetable_type": "Contact", "targetable_id": contact}),
        ),
    ];
    for (path, body) in refused {
        let (status, answer) = sim.post(path, body.clone()).await;
        assert_eq!(status, 400, "{path} {body} {answer}");
        assert_eq!(messages(400, &answer).len(), 1, "{body} {answer}");
    }
    assert_eq!(sim.count("contacts").await, 1);
    assert_eq!(sim.count("deals").await, 0);
}

#[tokio::test]
async fn unknown_custom_fields_and_choices_are_dropped_in_silence() {
    let sim = Sim::start().await;
    let account = json!({
        "name": "Acme",
        "created_at": "2001-01-01T00:00:00Z",
        "custom_field": {"cf_tier": "Platinum", "cf_unknown": "x", "cf_vat_id": "DE1"},
        "custom_fields": {"cf_tier": "Gold"},
    });
    let (status, body) = sim.post("sales_accounts", account).await;
    assert_eq!(status, 201);
    let stored = &body["sales_account"];
    assert_eq!(stored["custom_field"]["cf_tier"], Value::Null);
    assert_eq!(stored["custom_field"]["cf_vat_id"], "DE1");
    assert!(stored["custom_field"].get("cf_unknown").is_none());
    assert!(!stored["created_at"].as_str().unwrap().starts_with("2001"));
}

#[tokio::test]
async fn over_long_text_refuses_the_whole_record() {
    let sim = Sim::start().await;
    let long = "x".repeat(257);
    let account = json!({"name": "Acme", "custom_field": {"cf_vat_id": long}});
    let (status, body) = sim.post("sales_accounts", account).await;
    assert_eq!(messages(status, &body).len(), 1);
    assert_eq!(sim.count("sales_accounts").await, 0);
}

#[tokio::test]
async fn values_come_back_in_the_shapes_of_the_service() {
    let sim = Sim::start().await;
    let deal = json!({
        "name": "D", "amount": 100, "currency_id": USD, "expected_close": "2026-01-31T23:30:00Z",
        "deal_stage_id": STAGE_WON, "contacts_added_list": [],
        "custom_field": {"cf_closed_date": "2025-12-24", "cf_source_created_at": "2025-12-24T22:30:00-05:00"},
    });
    let deal = sim.post("deals?include=currency", deal).await.1["deal"].clone();
    assert_eq!(deal["amount"], "100.0");
    assert_eq!(deal["base_currency_amount"], "92.0");
    assert_eq!(
        deal["expected_close"], "2026-02-01",
        "in the zone of the account"
    );
    assert_eq!(
        deal["custom_field"]["cf_closed_date"],
        "2025-12-24T00:00:00+01:00"
    );
    assert_eq!(
        deal["custom_field"]["cf_source_created_at"],
        "2025-12-25T04:30:00+01:00"
    );
    assert_eq!(deal["probability"], 100);
    assert!(
        deal["closed_date"].is_string(),
        "entering Won closes a deal"
    );
}

#[tokio::test]
async fn put_replaces_custom_fields_tags_and_accounts() {
    let sim = Sim::start().await;
    let mut accounts = Vec::new();
    for name in ["Acme", "Globex"] {
        let account = json!({"name": name});
        accounts.push(sim.add("sales_accounts", "sales_account", account).await);
    }
    let contact = json!({
        "last_name": "A", "email": "a@x.test", "tags": ["one", "two"],
        "sales_accounts": [{"id": accounts[0], "is_primary": true}],
        "custom_field": {"cf_department": "IT", "cf_lead_score": 7},
    });
    let id = sim.add("contacts", "contact", contact).await;
    let change = json!({"contact": {
        "tags": ["three"], "sales_accounts": [{"id": accounts[1]}],
        "custom_field": {"cf_department": "HR"},
    }});
    let path = format!("contacts/{id}?include=sales_accounts");
    let changed = sim.put(&path, change).await.1["contact"].clone();
    assert_eq!(changed["tags"], json!(["three"]));
    assert_eq!(changed["custom_field"]["cf_department"], "HR");
    assert_eq!(changed["custom_field"]["cf_lead_score"], Value::Null);
    assert_eq!(changed["sales_accounts"].as_array().unwrap().len(), 1);
    assert_eq!(changed["sales_accounts"][0]["name"], "Globex");
    assert_eq!(changed["sales_accounts"][0]["is_primary"], true);
    assert_eq!(changed["email"], "a@x.test", "what is not named stays");
}

#[tokio::test]
async fn put_merges_custom_fields_when_the_account_does() {
    let sim = Sim::with(json!({"custom_field_put": "merge"})).await;
    let account = json!({"name": "Acme", "custom_field": {"cf_vat_id": "1", "cf_tier": "Gold"}});
    let id = sim.add("sales_accounts", "sales_account", account).await;
    let change = json!({"custom_field": {"cf_vat_id": "2"}});
    let changed = sim.put(&format!("sales_accounts/{id}"), change).await.1;
    let custom = &changed["sales_account"]["custom_field"];
    assert_eq!(
        (&custom["cf_vat_id"], &custom["cf_tier"]),
        (&json!("2"), &json!("Gold"))
    );
}

#[tokio::test]
async fn upsert_updates_by_key_or_creates_with_it() {
    let sim = Sim::start().await;
    let upsert = |email: &str, city: &str| json!({"unique_identifier": {"emails": email}, "contact": {"last_name": "A", "city": city}});
    let first = sim
        .post("contacts/upsert", upsert("a@x.test", "Bonn"))
        .await;
    let second = sim.post("contacts/upsert", upsert("A@x.test", "Ulm")).await;
    assert_eq!((first.0, second.0), (200, 200));
    assert_eq!(first.1["contact"]["id"], second.1["contact"]["id"]);
    assert_eq!(second.1["contact"]["city"], "Ulm");
    assert_eq!(second.1["contact"]["emails"].as_array().unwrap().len(), 1);

    let deal = json!({"unique_identifier": {"cf_source_id": "dea_1"}, "deal": {"name": "D"}});
    let first = sim.post("deals/upsert", deal.clone()).await.1;
    assert_eq!(first["deal"]["custom_field"]["cf_source_id"], "dea_1");
    sim.post("deals/upsert", deal).await;
    assert_eq!(sim.count("deals").await, 1);

    let wrong = json!({"unique_identifier": {"city": "Bonn"}, "contact": {"last_name": "B"}});
    assert_eq!(sim.post("contacts/upsert", wrong).await.0, 400);
}

#[tokio::test]
async fn deleted_records_hold_their_keys_until_they_are_forgotten() {
    let sim = Sim::start().await;
    let id = sim.add_contact("A", "a@x.test").await;
    assert_eq!(
        sim.delete(&format!("contacts/{id}")).await,
        (200, json!(true))
    );
    assert_eq!(
        sim.send("GET", &format!("contacts/{id}"), Value::Null)
            .await
            .0,
        404
    );
    assert_eq!(sim.count("contacts").await, 0);
    let bin = sim.view("contacts", "Recycle Bin").await;
    assert_eq!(sim.get(&bin).await["contacts"][0]["is_deleted"], true);

    let again = json!({"last_name": "A", "email": "a@x.test"});
    assert_eq!(sim.post("contacts", again.clone()).await.0, 400);
    let upsert = json!({"unique_identifier": {"emails": "a@x.test"}, "contact": again});
    assert_eq!(sim.post("contacts/upsert", upsert).await.0, 400);
    assert_eq!(sim.delete(&format!("contacts/{id}/forget")).await.0, 200);
    assert_eq!(sim.post("contacts", again).await.0, 201);
}

#[tokio::test]
async fn an_admin_can_make_native_fields_unique() {
    let mut seed = seed(&json!({}));
    let fields = seed["fields"]["contacts"].as_array_mut().unwrap();
    for field in fields {
        if field["name"] == "mobile_number" {
            field["unique"] = true.into();
        }
    }
    let running = start(Options::new(seed, KEY, TOKEN)).await.unwrap();
    let http = reqwest::Client::new();
    let sim = Sim { running, http };
    let contact = json!({"last_name": "A", "mobile_number": "+49 170 1"});
    sim.add("contacts", "contact", contact.clone()).await;
    let (status, body) = sim.post("contacts", contact).await;
    assert_eq!(messages(status, &body), ["Mobile is not unique"]);
}
