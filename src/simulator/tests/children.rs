//! What hangs on records and what the admin made: notes, tasks, lists, files, selectors.

use super::*;

#[tokio::test]
async fn what_hangs_on_a_record_is_found_there() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let on = |mut body: Value| {
        body["targetable_type"] = "Contact".into();
        body["targetable_id"] = contact.into();
        body
    };
    let note = json!({"note": on(json!({"description": "<b>N</b>"}))});
    let (status, note) = sim.post("notes", note).await;
    assert_eq!(
        status, 200,
        "a note is answered with 200, all others with 201"
    );
    assert_eq!(note["note"]["html_content"], "<b>N</b>");
    let task = on(json!({"title": "T", "due_date": "2020-01-01", "status": 1}));
    sim.add("tasks", "task", task).await;
    let meeting = on(
        json!({"title": "M", "from_date": "2020-01-01T10:00:00Z", "end_date": "2020-01-01T11:00:00Z"}),
    );
    sim.add("appointments", "appointment", meeting).await;
    let call = on(
        json!({"title": "C", "sales_activity_type_id": TYPE_PHONE, "owner_id": BOB,
        "start_date": "2020-01-01T10:00:00Z", "end_date": "2020-01-01T10:05:00Z"}),
    );
    let call = sim.add("sales_activities", "sales_activity", call).await;

    let path = format!("contacts/{contact}?include=notes,tasks,appointments");
    let shown = sim.get(&path).await;
    assert_eq!(
        shown["notes"][0]["targetables"],
        json!([{"id": contact, "type": "Contact"}])
    );
    assert_eq!(shown["tasks"][0]["due_date"], "2020-01-01T00:00:00+01:00");
    assert_eq!(
        shown["appointments"][0]["from_date"],
        "2020-01-01T11:00:00+01:00"
    );
    let notes = sim.get(&format!("contacts/{contact}/notes")).await;
    assert_eq!(notes["notes"].as_array().unwrap().len(), 1);
    let done = sim.get("tasks?filter=completed&include=owner").await;
    assert_eq!(
        (&done["meta"]["total"], &done["users"][0]["id"]),
        (&json!(1), &json!(ALICE))
    );
    assert_eq!(sim.get("tasks?filter=open").await["meta"]["total"], 0);
    assert_eq!(
        sim.send("GET", "tasks", Value::Null).await.0,
        400,
        "the filter is mandatory"
    );
    assert_eq!(
        sim.get("appointments?filter=past").await["meta"]["total"],
        1
    );
    let calls = sim.get("sales_activities?include=targetable").await;
    assert_eq!(calls["sales_activities"][0]["targetable"]["id"], contact);
    assert_eq!(
        sim.delete(&format!("sales_activities/{call}")).await.1,
        true
    );
    assert_eq!(sim.count("sales_activities").await, 0);
}

#[tokio::test]
async fn a_repeated_post_of_a_child_makes_a_twin() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let note = json!({"description": "N", "targetable_type": "Contact", "targetable_id": contact});
    sim.add("notes", "note", note.clone()).await;
    sim.add("notes", "note", note).await;
    assert_eq!(sim.count("notes").await, 2);
}

#[tokio::test]
async fn lists_hold_contacts_once() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let new_list = async |name: &str| {
        let (status, body) = sim.post("lists", json!({"name": name})).await;
        assert_eq!(status, 201);
        body["list"]["id"].as_u64().unwrap()
    };
    let list = new_list("Spring").await;
    let ids = json!({"ids": [contact]});
    for _ in 0..2 {
        assert_eq!(
            sim.put(&format!("lists/{list}/add_contacts"), ids.clone())
                .await
                .0,
            200
        );
    }
    assert_eq!(sim.count("list_members").await, 1);
    let members = sim.get(&format!("contacts/lists/{list}")).await;
    assert_eq!(members["contacts"][0]["id"], contact);
    assert_eq!(members["meta"]["total"], 1);
    assert_eq!(sim.put("lists/1/add_contacts", ids.clone()).await.0, 404);
    let stranger = json!({"ids": [4711]});
    assert_eq!(
        sim.put(&format!("lists/{list}/add_contacts"), stranger)
            .await
            .0,
        400
    );
    let other = new_list("Autumn").await;
    let all = json!({"from_list_id": list, "all": true});
    sim.put(&format!("lists/{other}/move_contacts"), all).await;
    assert_eq!(
        sim.get(&format!("contacts/lists/{list}")).await["meta"]["total"],
        0
    );
    assert_eq!(
        sim.get(&format!("contacts/lists/{other}")).await["meta"]["total"],
        1
    );
    assert_eq!(sim.get("lists").await["lists"][1]["name"], "Autumn");
}

#[tokio::test]
async fn selectors_and_fields_show_what_the_admin_made() {
    let sim = Sim::start().await;
    for (path, root, count) in [
        ("owners", "users", 6),
        ("deal_pipelines", "deal_pipelines", 2),
        ("deal_stages", "deal_stages", 11),
        ("deal_pipelines/70900000102/deal_stages", "deal_stages", 5),
        ("currencies", "currencies", 3),
        ("lifecycle_stages", "lifecycle_stages", 3),
        ("contact_statuses", "contact_statuses", 8),
        ("sales_activity_types", "sales_activity_types", 8),
        (
            "sales_activity_types/70900000502/sales_activity_outcomes",
            "sales_activity_outcomes",
            3,
        ),
        (
            "sales_activity_entity_types",
            "sales_activity_entity_types",
            24,
        ),
        ("industry_types", "industry_types", 13),
        ("deal_payment_statuses", "deal_payment_statuses", 3),
        ("designations", "designations", 2),
    ] {
        let body = sim.get(&format!("selector/{path}")).await;
        assert_eq!(body[root].as_array().unwrap().len(), count, "{path}");
    }
    assert_eq!(
        sim.send("GET", "selector/nothing", Value::Null).await.0,
        404
    );
    let fields = sim.get("settings/sales_accounts/fields").await;
    let fields = fields["fields"].as_array().unwrap();
    let tier = fields
        .iter()
        .find(|field| field["name"] == "cf_tier")
        .unwrap();
    assert_eq!(
        (&tier["default"], &tier["choices"][0]["value"]),
        (&json!(false), &json!("Gold"))
    );
    assert!(tier.get("unique").is_none(), "this route does not tell");
    assert_eq!(
        sim.send("GET", "settings/tasks/fields", Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn files_and_links_hang_on_records() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let file = reqwest::multipart::Part::bytes(vec![7; 3000]).file_name("a.pdf");
    let form = reqwest::multipart::Form::new()
        .part("file", file)
        .text("file_name", "Offer.pdf")
        .text("is_shared", "true")
        .text("targetable_type", "Contact")
        .text("targetable_id", contact.to_string());
    let (status, body) = answer(sim.request("POST", "documents").multipart(form)).await;
    assert_eq!(status, 201, "{body}");
    let link = json!({"url": "https://x.test/a", "name": "A", "is_shared": false,
        "targetable_type": "Contact", "targetable_id": contact});
    assert_eq!(sim.post("document_links", link).await.0, 201);
    let path = format!("contacts/{contact}/document_associations");
    let shown = sim.get(&path).await;
    assert_eq!(shown["meta"], json!({"total_pages": 1, "total": 2}));
    assert_eq!(shown["documents"][0]["size"], 3000);
    assert_eq!(shown["documents"][0]["name"], "Offer.pdf");
}
