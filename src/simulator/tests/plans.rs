//! What an account's plan lacks.

use super::*;

#[tokio::test]
async fn growth_has_one_pipeline_and_one_currency() {
    for (plan, pipelines, currencies, types) in [
        ("enterprise", 2, 3, 8),
        ("pro", 2, 3, 7),
        ("growth", 1, 1, 7),
        ("free", 1, 1, 7),
    ] {
        let sim = Sim::with(json!({"plan": plan})).await;
        for (selector, count) in [
            ("deal_pipelines", pipelines),
            ("currencies", currencies),
            ("sales_activity_types", types),
        ] {
            let body = sim.get(&format!("selector/{selector}")).await;
            let entries = body[selector].as_array().unwrap();
            assert_eq!(entries.len(), count, "{plan} {selector}");
        }
        let deal = json!({"name": "D", "deal_stage_id": STAGE_OF_OTHER});
        let wanted = if pipelines == 2 { 201 } else { 400 };
        assert_eq!(sim.post("deals", deal).await.0, wanted, "{plan}");
    }
}

#[tokio::test]
async fn fields_over_the_plans_caps_are_not_there() {
    for (plan, kept) in [("free", 0), ("growth", 20), ("pro", 30), ("enterprise", 70)] {
        let mut seed = seed(&json!({"plan": plan}));
        let text = |n: usize| json!({"name": format!("cf_{n}"), "label": "X", "type": "text"});
        seed["fields"]["deals"] = (0..80).map(text).collect();
        let running = start(Options::new(seed, KEY, TOKEN)).await.unwrap();
        let http = reqwest::Client::new();
        let sim = Sim { running, http };
        let fields = sim.get("settings/deals/fields").await;
        assert_eq!(fields["fields"].as_array().unwrap().len(), kept, "{plan}");
    }
}

#[tokio::test]
async fn what_the_plan_lacks_is_forbidden() {
    for (plan, modules, teams, products, files) in [
        ("free", 403, 403, 403, 403),
        ("growth", 403, 403, 403, 201),
        ("pro", 403, 403, 404, 201),
        ("enterprise", 200, 404, 404, 201),
    ] {
        let sim = Sim::with(json!({"plan": plan})).await;
        let id = sim.add_contact("A", "a@x.test").await;
        let (status, body) = sim
            .send("GET", "settings/module_customizations", Value::Null)
            .await;
        assert_eq!(status, modules, "{plan}");
        if status == 403 {
            messages(403, &body);
        }
        let team = format!("contacts/{id}/manage_team_members");
        assert_eq!(sim.post(&team, json!({})).await.0, teams, "{plan}");
        assert_eq!(
            sim.post("cpq/products", json!({})).await.0,
            products,
            "{plan}"
        );
        let file = reqwest::multipart::Part::bytes(vec![7; 10]).file_name("a.pdf");
        let form = reqwest::multipart::Form::new()
            .part("file", file)
            .text("targetable_type", "Contact")
            .text("targetable_id", id.to_string());
        let (status, _) = answer(sim.request("POST", "documents").multipart(form)).await;
        assert_eq!(status, files, "{plan}");
    }
    let sim = Sim::start().await;
    let (status, body) = sim.send("GET", "custom_module/cm_x/1", Value::Null).await;
    messages(status, &body);
    assert_eq!(status, 404, "this account has no module of its own");
}
