//! Shapes of answers that differ from account to account.

use super::*;

#[tokio::test]
async fn creates_are_201_or_200() {
    for (switch, contacts, notes) in [("created", 201, 200), ("ok", 200, 200)] {
        let sim = Sim::with(json!({"create_status": switch})).await;
        let (status, body) = sim.post("contacts", json!({"last_name": "A"})).await;
        assert_eq!(status, contacts, "{switch}");
        let note = json!({"description": "N", "targetable_type": "Contact", "targetable_id": body["contact"]["id"]});
        assert_eq!(sim.post("notes", note).await.0, notes);
        assert_eq!(sim.post("lists", json!({"name": "L"})).await.0, contacts);
    }
}

#[tokio::test]
async fn deletes_are_answered_in_four_ways() {
    let told = json!({"success": "The record was deleted"});
    for (switch, of_contact, of_note) in [
        ("true", (200, json!(true)), (200, told.clone())),
        ("empty", (204, json!("")), (204, json!(""))),
        ("success", (200, told.clone()), (200, told.clone())),
        (
            "result",
            (200, json!({"result": true})),
            (200, json!({"result": true})),
        ),
    ] {
        let sim = Sim::with(json!({"delete_body": switch})).await;
        let id = sim.add_contact("A", "a@x.test").await;
        let note = json!({"description": "N", "targetable_type": "Contact", "targetable_id": id});
        let note = sim.add("notes", "note", note).await;
        assert_eq!(sim.delete(&format!("notes/{note}")).await, of_note);
        let path = format!("contacts/{id}");
        assert_eq!(sim.delete(&path).await, of_contact, "{switch}");
        let forget = sim.delete(&format!("{path}/forget")).await;
        assert_eq!(forget, of_contact, "{switch}");
        assert_eq!(sim.count("contacts").await, 0);
    }
}

#[tokio::test]
async fn refusals_come_in_eight_shapes_and_unknown_routes_in_one() {
    let text = "Email is not unique";
    for (style, body) in [
        (
            "canonical",
            json!({"errors": {"code": 400, "message": [text]}}),
        ),
        ("string", json!({"errors": {"code": 400, "message": text}})),
        ("array", json!({"errors": [{"message": text}]})),
        (
            "hashes",
            json!({"errors": {"code": 400, "message": [{"message": text, "error_code": 3002}]}}),
        ),
        (
            "top_level",
            json!({"code": 400, "message": text, "description": text}),
        ),
        (
            "localised",
            json!({"errors": {"code": 400, "message": ["Email ya existe"]}}),
        ),
        ("empty", json!("")),
    ] {
        let sim = Sim::with(json!({"error_style": style})).await;
        sim.add_contact("A", "a@x.test").await;
        let twin = json!({"last_name": "B", "email": "a@x.test"});
        assert_eq!(sim.post("contacts", twin).await, (400, body), "{style}");
        let (status, page) = sim.send("GET", "nonsense", Value::Null).await;
        assert_eq!(status, 404);
        assert!(page.as_str().unwrap().starts_with("<!DOCTYPE html>"));
    }
    let sim = Sim::with(json!({"error_style": "html"})).await;
    let (status, page) = sim.post("contacts", json!({})).await;
    let page = page.as_str().unwrap();
    assert_eq!(status, 400);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Last name can't be empty"));
}

#[tokio::test]
async fn localised_messages_have_no_english_left() {
    let sim = Sim::with(json!({"error_style": "localised", "hourly_limit": 6})).await;
    let long = "x".repeat(257);
    for (path, body, said) in [
        ("contacts", json!({}), "Last name no puede estar vacío"),
        (
            "contacts",
            json!({"last_name": "A", "city": long}),
            "City es demasiado largo (máximo 256 caracteres)",
        ),
        (
            "contacts",
            json!({"last_name": "A", "owner_id": 4711}),
            "Sales owner no es válido",
        ),
        (
            "contacts",
            json!({"last_name": "A", "contact_status_id": 4711}),
            "El estado de contacto no es válido.",
        ),
        (
            "contacts/bulk_upsert",
            json!({}),
            "La solicitud no es válida",
        ),
        ("lists/4711/nothing", json!({}), ""),
        ("contacts", json!({}), "Demasiadas solicitudes"),
    ] {
        let (status, body) = sim.post(path, body).await;
        if said.is_empty() {
            assert_eq!(status, 404, "a page");
        } else {
            assert_eq!(messages(status, &body), [said]);
        }
    }
}

#[tokio::test]
async fn the_account_stands_below_any_prefix() {
    let at = async |prefix: &str| {
        let mut options = Options::new(seed(&json!({})), KEY, TOKEN);
        options.prefix = Some(prefix.to_owned());
        let running = start(options).await.ok()?;
        let http = reqwest::Client::new();
        Some(Sim { running, http })
    };
    for (prefix, links) in [
        ("/crm-sandbox/sales/api", "/crm-sandbox/sales/contacts/"),
        ("/a/proxy/", "/a/proxy/contacts/"),
        ("", "/contacts/"),
    ] {
        let sim = at(prefix).await.unwrap();
        let base = sim.running.base_url.clone();
        assert!(base.ends_with(prefix.trim_end_matches('/')), "{base}");
        let contact = json!({"last_name": "A"});
        let made = sim.post("contacts", contact).await.1["contact"].clone();
        let notes = made["links"]["notes"].as_str().unwrap();
        assert!(notes.starts_with(links), "{notes}");
        let row = json!({"emails": "a@x.test", "data": {"last_name": "A"}});
        let bulk = json!({"contacts": [row]});
        let taken = sim.post("contacts/bulk_upsert", bulk).await.1;
        let job = taken["job_status_url"].as_str().unwrap();
        assert!(job.starts_with(&format!("{base}/job_statuses/")), "{job}");
        let origin = sim.running.control_url.trim_end_matches("/__sim");
        let outside = format!("{origin}/crm/sales/api/contacts/filters");
        let outside = sim.http.get(outside);
        let outside = outside.header("Authorization", format!("Token token={KEY}"));
        assert_eq!(answer(outside).await.0, 404);
    }
    for wrong in ["crm", "/__sim", "/a//b", "/a b", "/a?b", "//"] {
        assert!(at(wrong).await.is_none(), "{wrong}");
    }
}
