//! What may be written, where accounts differ.

use super::*;

#[tokio::test]
async fn a_field_can_become_required_while_it_runs() {
    let sim = Sim::start().await;
    let contact = |n: u32| json!({"last_name": "A", "email": format!("n{n}@x.test")});
    let id = sim.add("contacts", "contact", contact(0)).await;
    let required = json!({"required_fields": {"contacts": ["last_name", "lead_source_id"]}});
    assert_eq!(sim.control("PATCH", "profile", required).await.0, 200);
    let (status, body) = sim.post("contacts", contact(1)).await;
    assert_eq!(messages(status, &body), ["Source can't be empty"]);
    let (status, body) = sim
        .put(&format!("contacts/{id}"), json!({"city": "Ulm"}))
        .await;
    assert_eq!(messages(status, &body), ["Source can't be empty"]);
    let fields = sim.get("settings/contacts/fields").await;
    let fields = fields["fields"].as_array().unwrap();
    let field = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(field("lead_source_id")["required"], true);
    assert_eq!(field("city")["required"], false);
    let sources = sim.get("selector/lead_sources").await;
    let first = &sources["lead_sources"][0]["id"];
    let mut with_source = contact(1);
    with_source["lead_source_id"] = first.clone();
    assert_eq!(sim.post("contacts", with_source).await.0, 201);
}

#[tokio::test]
async fn what_the_account_does_not_know_can_be_refused() {
    let sim = Sim::with(json!({"unknown_cf": "refuse", "bad_choice": "refuse"})).await;
    for (n, (custom, said)) in [
        (
            json!({"custom_field": {"cf_unknown": 1}}),
            Some("cf_unknown is invalid"),
        ),
        (
            json!({"custom_fields": {"cf_tier": "Gold"}}),
            Some("custom_fields is invalid"),
        ),
        (
            json!({"custom_field": {"cf_tier": "Platinum"}}),
            Some("Tier is invalid"),
        ),
        (json!({"custom_field": {"cf_tier": "Gold"}}), None),
    ]
    .into_iter()
    .enumerate()
    {
        let mut account = custom;
        account["name"] = format!("Account {n}").into();
        let (status, body) = sim.post("sales_accounts", account).await;
        match said {
            Some(said) => assert_eq!(messages(status, &body), [said]),
            None => assert_eq!(status, 201),
        }
    }
    let contact =
        |interests: &str| json!({"last_name": "A", "custom_field": {"cf_interests": interests}});
    let (status, body) = sim.post("contacts", contact("Events;Weather")).await;
    assert_eq!(messages(status, &body), ["Interests is invalid"]);
    assert_eq!(sim.post("contacts", contact("Events;Offers")).await.0, 201);
}

#[tokio::test]
async fn a_strict_account_takes_one_text_and_objects_in_a_put() {
    for (switch, of_lists) in [("any", 201), ("strict", 400)] {
        let sim = Sim::with(json!({"email_array_form": switch})).await;
        let contact = |emails: Value| json!({"last_name": "A", "emails": emails});
        let text = sim.post("contacts", contact(json!("a@x.test"))).await;
        assert_eq!(text.0, 201, "{switch}");
        let texts = contact(json!(["b@x.test", "c@x.test"]));
        assert_eq!(sim.post("contacts", texts).await.0, of_lists, "{switch}");
        let objects = contact(json!([{"value": "d@x.test"}]));
        assert_eq!(sim.post("contacts", objects).await.0, of_lists, "{switch}");
        let path = format!("contacts/{}", text.1["contact"]["id"]);
        let objects = json!({"emails": [{"value": "e@x.test"}]});
        let (status, body) = sim.put(&path, objects).await;
        assert_eq!(
            (status, body["contact"]["emails"].as_array().unwrap().len()),
            (200, 2)
        );
    }
}

#[tokio::test]
async fn a_creation_time_is_taken_where_the_account_does() {
    let times = json!({"created_at": "2019-03-04T05:06:07Z", "updated_at": "2020-01-01T00:00:00Z"});
    for (honours, year) in [(true, "2019"), (false, "20")] {
        let sim = Sim::with(json!({"honour_created_at": honours})).await;
        sim.add_contact("new", "new@x.test").await;
        let mut old = times.clone();
        old["last_name"] = "old".into();
        let made = sim.post("contacts", old).await.1["contact"].clone();
        let created = made["created_at"].as_str().unwrap();
        assert!(created.starts_with(year), "{created}");
        assert_eq!(created == "2019-03-04T06:06:07+01:00", honours);
        assert_eq!(made["updated_at"] == "2020-01-01T01:00:00+01:00", honours);
        let view = sim.view("contacts", "All Contacts").await;
        let rows = sim
            .get(&format!("{view}?sort=created_at&sort_type=asc"))
            .await;
        let first = if honours { "old" } else { "new" };
        assert_eq!(rows["contacts"][0]["last_name"], first);
        let mut note = times.clone();
        note["description"] = "N".into();
        note["targetable_type"] = "Contact".into();
        note["targetable_id"] = made["id"].clone();
        let note = sim.post("notes", note).await.1;
        let created = note["note"]["created_at"].as_str().unwrap();
        assert!(!created.starts_with("2019"), "never that of a note");
    }
}

#[tokio::test]
async fn an_unknown_owner_is_refused_or_passed_over() {
    let sim = Sim::with(json!({"owner_validation": "ignore"})).await;
    for owner in [4711, INACTIVE] {
        let contact = json!({"last_name": "A", "owner_id": owner});
        sim.add("contacts", "contact", contact).await;
    }
    let contact = json!({"last_name": "A", "owner_id": BOB});
    let id = sim.add("contacts", "contact", contact).await;
    sim.put(&format!("contacts/{id}"), json!({"owner_id": 4711}))
        .await;
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    let owners = kept.as_array().unwrap().iter().map(|one| &one["owner_id"]);
    assert!(owners.eq(&[json!(ALICE), json!(ALICE), json!(BOB)]));
    let inactive = Sim::with(json!({"inactive_owners": true})).await;
    let contact = json!({"last_name": "A", "owner_id": INACTIVE});
    assert_eq!(inactive.post("contacts", contact).await.0, 201);
}

#[tokio::test]
async fn rules_of_the_account_change_what_was_just_made() {
    let sim = Sim::with(json!({"workflow": ["owner", "stage"]})).await;
    let deal = json!({"name": "D", "owner_id": ALICE, "deal_stage_id": STAGE_NEW});
    let made = sim.post("deals?include=owner", deal).await.1["deal"].clone();
    assert_eq!(
        (&made["owner_id"], &made["deal_stage_id"]),
        (&json!(ALICE), &json!(STAGE_NEW)),
        "the answer shows what was sent"
    );
    let kept = sim.control("GET", "records/deals", Value::Null).await.1[0].clone();
    let path = format!("deals/{}?include=owner", made["id"]);
    assert_eq!(
        (&kept["owner_id"], &kept["deal_stage_id"]),
        (&json!(BOB), &json!(STAGE_NEW + 1))
    );
    sim.put(&path, json!({"owner_id": ALICE})).await;
    let kept = sim.get(&path).await;
    assert_eq!(kept["deal"]["owner_id"], ALICE, "a change is left alone");
    let row = json!({"emails": "a@x.test", "data": {"last_name": "A", "owner_id": ALICE}});
    sim.post("contacts/bulk_upsert", json!({"contacts": [row]}))
        .await;
    sim.control("POST", "advance", json!({"seconds": 5})).await;
    sim.get("contacts/filters").await;
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(kept[0]["owner_id"], BOB, "also behind a job");
}

#[tokio::test]
async fn a_stage_that_a_rule_moves_to_brings_what_belongs_to_it() {
    let sim = Sim::with(json!({"workflow": ["stage"]})).await;
    for (stage, next, is_closed) in [
        (STAGE_NEW, STAGE_NEW + 1, false),
        (STAGE_WON - 1, STAGE_WON, true),
    ] {
        let deal = json!({"name": "D", "deal_stage_id": stage});
        let made = sim.add("deals", "deal", deal).await;
        let by_rule = sim.get(&format!("deals/{made}?include=deal_stage")).await["deal"].clone();
        assert_eq!(by_rule["deal_stage_id"], next);
        sim.control("PATCH", "profile", json!({"workflow": []}))
            .await;
        let deal = json!({"name": "D", "deal_stage_id": stage});
        let other = sim.add("deals", "deal", deal).await;
        let put = json!({"deal_stage_id": next});
        let by_put = sim.put(&format!("deals/{other}"), put).await.1["deal"].clone();
        assert_eq!(by_rule["probability"], by_put["probability"]);
        for deal in [by_rule, by_put] {
            assert_eq!(deal["closed_date"].is_null(), !is_closed, "{deal}");
        }
        sim.control("PATCH", "profile", json!({"workflow": ["stage"]}))
            .await;
    }
}

#[tokio::test]
async fn one_address_is_one_person_and_none_may_be_refused() {
    let sim = Sim::with(json!({"required_fields": {"contacts": ["last_name", "email"]}})).await;
    let upsert = |stage: Value| json!({"unique_identifier": {"emails": "a@x.test"}, "contact": {"last_name": "A", "contact_status_id": stage}});
    for status in [STATUS_OF_LEAD, STATUS_OF_CUSTOMER] {
        let (got, _) = sim.post("contacts/upsert", upsert(status.into())).await;
        assert_eq!(got, 200);
    }
    assert_eq!(
        sim.count("contacts").await,
        1,
        "lead and contact are merged"
    );
    let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
    assert_eq!(kept[0]["contact_status_id"], STATUS_OF_CUSTOMER);
    let by_phone = json!({"last_name": "B", "mobile_number": "+49 170 1"});
    let (status, body) = sim.post("contacts", by_phone).await;
    assert_eq!(messages(status, &body), ["Email can't be empty"]);
}
