//! Views, searches, includes.

use super::*;

#[tokio::test]
async fn rows_are_thin_without_the_matching_include() {
    let sim = Sim::start().await;
    let account = json!({"name": "Acme"});
    let account = sim.add("sales_accounts", "sales_account", account).await;
    let contact = json!({
        "last_name": "A", "email": "a@x.test", "owner_id": BOB, "external_id": "con_1",
        "contact_status_id": STATUS_OF_LEAD, "sales_accounts": [{"id": account}],
    });
    sim.add("contacts", "contact", contact).await;
    let view = sim.view("contacts", "All Contacts").await;
    let row = sim.get(&view).await["contacts"][0].clone();
    for hidden in [
        "owner_id",
        "lifecycle_stage_id",
        "contact_status_id",
        "sales_accounts",
    ] {
        assert!(row.get(hidden).is_none(), "{hidden}");
    }
    assert_eq!(row["external_id"], "con_1");
    let includes = "owner,lifecycle_stage,contact_status,sales_accounts";
    let page = sim.get(&format!("{view}?include={includes}")).await;
    let row = &page["contacts"][0];
    assert_eq!(row["owner_id"], BOB);
    assert_eq!(row["lifecycle_stage_id"], LIFECYCLE_LEAD);
    assert_eq!(page["users"][0]["display_name"], "Bob Lindqvist");
    assert_eq!(page["meta"], json!({"total_pages": 1, "total": 1}));
    assert_eq!(
        sim.send("GET", &format!("{view}?include=ownr"), Value::Null)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn a_contacts_accounts_can_be_shown_by_its_id_alone() {
    for in_rows in [true, false] {
        let sim = Sim::with(json!({"links_in_rows": in_rows})).await;
        let account = json!({"name": "Acme"});
        let account = sim.add("sales_accounts", "sales_account", account).await;
        let list = sim.post("lists", json!({"name": "Spring"})).await.1["list"]["id"].clone();
        let contact = json!({
            "last_name": "A", "email": "a@x.test", "sales_accounts": [{"id": account}], "contact_list_ids": [list],
        });
        let id = sim.add("contacts", "contact", contact).await;
        let view = sim.view("contacts", "All Contacts").await;
        let lists = [
            view.clone(),
            view.replace("view", "scroll"),
            format!("contacts/lists/{list}"),
            format!("sales_accounts/{account}/contacts"),
        ];
        for list in lists {
            let page = sim
                .get(&format!("{list}?include=owner,sales_accounts"))
                .await;
            let row = &page["contacts"][0];
            assert_eq!(row["owner_id"], ALICE, "{list}: other includes are shown");
            let link = &row["sales_accounts"][0]["id"];
            assert_eq!(link == account, in_rows, "{list}: {row}");
            assert_eq!(row.get("sales_accounts").is_some(), in_rows, "{list}");
        }
        let rule = json!({"filter_rule": [{"attribute": "name", "operator": "is", "value": "A"}]});
        let found = sim.post("filtered_search/contact?include=sales_accounts", rule);
        let found = found.await.1["contacts"][0].clone();
        let looked = sim.get("lookup?q=a@x.test&f=email&entities=contact&include=sales_accounts");
        let looked = looked.await["contacts"]["contacts"][0].clone();
        for row in [found, looked] {
            assert_eq!(row["id"], id);
            assert!(row.get("sales_accounts").is_none(), "never in a search");
        }
        let links = |contact: Value| contact["sales_accounts"][0]["id"].clone();
        let whole = format!("contacts/{id}?include=sales_accounts");
        let whole = sim.get(&whole).await;
        assert_eq!(links(whole["contact"].clone()), account);
        let upsert =
            json!({"unique_identifier": {"emails": "a@x.test"}, "contact": {"city": "Ulm"}});
        let upsert = sim.post("contacts/upsert?include=sales_accounts", upsert);
        assert_eq!(links(upsert.await.1["contact"].clone()), account);
        let kept = sim.control("GET", "records/contacts", Value::Null).await.1;
        assert_eq!(
            links(kept[0].clone()),
            account,
            "the control routes show all"
        );
    }
}

#[tokio::test]
async fn deal_views_see_the_default_pipeline_only() {
    let sim = Sim::start().await;
    for (name, stage) in [("a", STAGE_NEW), ("b", STAGE_WON), ("c", STAGE_OF_OTHER)] {
        let deal = json!({"name": name, "deal_stage_id": stage});
        sim.add("deals", "deal", deal).await;
    }
    let names = async |view: &str| {
        let view = sim.view("deals", view).await;
        let page = sim.get(&view).await;
        let rows = page["deals"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| row["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("Open Deals").await, ["a"]);
    assert_eq!(names("Won Deals").await, ["b"]);
    assert_eq!(names("Lost Deals").await, [] as [Value; 0]);
    let rule =
        json!([{"attribute": "deal_pipeline_id", "operator": "is_in", "value": [OTHER_PIPELINE]}]);
    let found = sim
        .post("filtered_search/deal", json!({"filter_rule": rule}))
        .await
        .1;
    assert_eq!(found["deals"][0]["name"], "c");
    assert_eq!(found["meta"], json!({"total": 1}));
}

#[tokio::test]
async fn pages_end_in_empty_arrays_and_are_cut_at_a_hundred() {
    let sim = Sim::start().await;
    for n in 0..103 {
        let account = json!({"name": format!("Account {n:03}")});
        sim.add("sales_accounts", "sales_account", account).await;
    }
    let view = sim.view("sales_accounts", "All Accounts").await;
    let page = async |query: &str| {
        let page = sim.get(&format!("{view}?{query}")).await;
        page["sales_accounts"].as_array().unwrap().clone()
    };
    assert_eq!(page("").await.len(), 25);
    assert_eq!(page("per_page=1000").await.len(), 100);
    assert_eq!(page("page=99").await.len(), 0);
    let last = page("per_page=100&page=2&sort=created_at&sort_type=asc").await;
    assert_eq!(last.len(), 3);
    assert_eq!(last[0]["name"], "Account 100");
    assert_eq!(
        page("per_page=1").await[0]["name"],
        "Account 102",
        "newest first"
    );
    for bad in [
        "page=0",
        "per_page=x",
        "sort=name",
        "sort=created_at&sort_type=up",
    ] {
        let (status, _) = sim.send("GET", &format!("{view}?{bad}"), Value::Null).await;
        assert_eq!(status, 400, "{bad}");
    }
}

#[tokio::test]
async fn updated_at_sorts_and_filters() {
    let sim = Sim::start().await;
    let first = sim.add_contact("A", "a@x.test").await;
    let since = sim.get(&format!("contacts/{first}")).await["contact"]["updated_at"].clone();
    sim.control("POST", "advance", json!({"seconds": 60})).await;
    let second = sim.add_contact("B", "b@x.test").await;
    sim.control("POST", "advance", json!({"seconds": 60})).await;
    sim.put(&format!("contacts/{first}"), json!({"city": "Ulm"}))
        .await;
    let view = sim.view("contacts", "All Contacts").await;
    let rows = sim
        .get(&format!("{view}?sort=updated_at&sort_type=asc"))
        .await;
    assert_eq!(
        (&rows["contacts"][0]["id"], &rows["contacts"][1]["id"]),
        (&json!(second), &json!(first))
    );
    let rule = json!([{"attribute": "updated_at", "operator": "is_after", "value": since}]);
    let found = sim
        .post("filtered_search/contact", json!({"filter_rule": rule}))
        .await
        .1;
    assert_eq!(found["meta"]["total"], 2);
}

#[tokio::test]
async fn filtered_search_takes_its_own_attributes_and_gives_thin_rows() {
    let sim = Sim::start().await;
    for n in 0..3 {
        let contact = json!({
            "last_name": format!("N{n}"), "email": format!("n{n}@x.test"), "external_id": format!("con_{n}"),
            "custom_field": {"cf_source_id": format!("s{n}")},
        });
        sim.add("contacts", "contact", contact).await;
    }
    let total = async |attribute: &str, operator: &str, value: Value| {
        let rule = json!([{"attribute": attribute, "operator": operator, "value": value}]);
        let (status, body) = sim
            .post("filtered_search/contact", json!({"filter_rule": rule}))
            .await;
        if status == 200 {
            body["meta"]["total"].as_u64().unwrap()
        } else {
            9_000 + u64::from(status)
        }
    };
    assert_eq!(
        total(
            "contact_email.email",
            "is_in",
            json!(["N1@x.test", "n2@x.test", "q@x.test"])
        )
        .await,
        2
    );
    assert_eq!(
        total("contact_email.email", "is_in", json!("n1@x.test")).await,
        1
    );
    assert_eq!(
        total("contact_email.email", "contains", json!("@x.t")).await,
        3
    );
    assert_eq!(total("external_id", "is", json!("con_2")).await, 1);
    assert_eq!(total("cf_source_id", "is_in", json!(["s0", "s1"])).await, 2);
    assert_eq!(total("name", "contains", json!("n1")).await, 1);
    assert_eq!(total("email", "is", json!("n1@x.test")).await, 9_400);
    assert_eq!(total("cf_unknown", "is", json!("x")).await, 9_400);
    assert_eq!(total("external_id", "equals", json!("con_2")).await, 9_400);

    let rules = json!([
        {"attribute": "contact_email.email", "operator": "is_in", "value": ["n0@x.test", "n1@x.test"]},
        {"attribute": "external_id", "operator": "is", "value": "con_1"},
    ]);
    let found = sim
        .post("filtered_search/contact", json!({"filter_rule": rules}))
        .await
        .1;
    assert_eq!(found["meta"]["total"], 1, "all rules must hold");
    let row = &found["contacts"][0];
    assert!(row["id"].is_u64());
    assert!(row.get("custom_field").is_none() && row.get("owner_id").is_none());
}

#[tokio::test]
async fn filtered_search_can_be_held_to_the_attributes_that_were_seen() {
    let any = ["external_id", "owner_id", "created_at", "city", "last_name"];
    let seen = [
        "contact_email.email",
        "mobile_number",
        "name",
        "contact_status_id",
        "sales_account_id",
        "cf_source_id",
    ];
    for (switch, of_others) in [("any", 200), ("evidenced", 400)] {
        let sim = Sim::with(json!({"search_attributes": switch})).await;
        let status = async |object: &str, attribute: &str| {
            let rule = json!([{"attribute": attribute, "operator": "is", "value": "1"}]);
            let path = format!("filtered_search/{object}");
            sim.post(&path, json!({"filter_rule": rule})).await.0
        };
        for attribute in any {
            let got = status("contact", attribute).await;
            assert_eq!(got, of_others, "{switch}: {attribute}");
        }
        for attribute in seen {
            assert_eq!(status("contact", attribute).await, 200, "{attribute}");
        }
        assert_eq!(status("deal", "deal_pipeline_id").await, 200);
        assert_eq!(status("deal", "deal_stage_id").await, of_others);
        assert_eq!(status("sales_account", "website").await, 200);
        assert_eq!(status("contact", "website").await, 400, "no field of it");
    }
}

#[tokio::test]
async fn lookup_and_search_find_records() {
    let sim = Sim::start().await;
    let id = sim.add_contact("Moreau", "moreau@x.test").await;
    sim.add(
        "sales_accounts",
        "sales_account",
        json!({"name": "Moreau GmbH"}),
    )
    .await;
    let found = sim
        .get("lookup?q=MOREAU@x.test&f=email&entities=contact,sales_account")
        .await;
    assert_eq!(found["contacts"]["contacts"][0]["id"], id);
    assert_eq!(found["sales_accounts"]["sales_accounts"], json!([]));
    let found = sim
        .get("search?q=morea&include=contact,sales_account,deal")
        .await;
    let rows = found.as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let text_id = Value::from(id.to_string());
    assert!(
        rows.iter().any(|row| row["id"] == text_id),
        "ids are text here"
    );
    assert_eq!(
        sim.send("GET", "lookup?q=x&f=city&entities=contact", Value::Null)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn contacts_of_a_deal_show_on_both_sides() {
    let sim = Sim::start().await;
    let contact = sim.add_contact("A", "a@x.test").await;
    let deal = json!({"name": "D", "contacts_added_list": [contact, contact]});
    let deal = sim.add("deals", "deal", deal).await;
    let shown = sim.get(&format!("deals/{deal}?include=contacts")).await;
    assert_eq!(shown["deal"]["contacts"].as_array().unwrap().len(), 1);
    assert_eq!(shown["contacts"][0]["id"], contact);
    let shown = sim.get(&format!("contacts/{contact}?include=deals")).await;
    assert_eq!(shown["contact"]["deal_ids"], json!([deal]));
    assert_eq!(shown["deals"][0]["name"], "D");
    let unlink = json!({"contacts_removed_list": [contact]});
    sim.put(&format!("deals/{deal}"), unlink).await;
    let shown = sim.get(&format!("contacts/{contact}?include=deals")).await;
    assert_eq!(shown["contact"]["deal_ids"], json!([]));
}
