//! Seeds that are refused, and seeds that hold records.

use super::*;
use crate::error::Kind;

async fn refusal(change: impl FnOnce(&mut Value)) -> String {
    let mut seed = seed(&json!({}));
    change(&mut seed);
    let error = match start(Options::new(seed, KEY, TOKEN)).await {
        Err(error) => error,
        Ok(_) => panic!("the seed was taken"),
    };
    assert_eq!(error.kind(), Kind::Config);
    match std::error::Error::source(&error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[tokio::test]
async fn contradictions_are_refused_with_their_place() {
    let said = refusal(|seed| seed["usrs"] = json!([])).await;
    assert!(said.contains("unknown section `usrs`"), "{said}");
    let said = refusal(|seed| seed["users"][0]["mail"] = json!("x")).await;
    assert!(
        said.contains("section `users`") && said.contains("`mail`"),
        "{said}"
    );
    let said = refusal(|seed| seed["settings"]["hourly"] = json!(5)).await;
    assert!(said.contains("section `settings`"), "{said}");
    let said = refusal(|seed| seed["deal_pipelines"][0]["is_default"] = json!(false)).await;
    assert!(said.contains("is_default"), "{said}");
    let said = refusal(|seed| seed["users"][1]["id"] = json!(ALICE)).await;
    assert!(said.contains("70900000001 twice"), "{said}");
    let said = refusal(|seed| seed["fields"]["deals"][0]["name"] = json!("nmae")).await;
    assert!(said.contains("field `nmae` of deals"), "{said}");
    let said = refusal(|seed| seed["fields"]["deals"][0]["type"] = json!("txt")).await;
    assert!(said.contains("unknown type `txt`"), "{said}");
    let said = refusal(|seed| seed["fields"]["deals"][2]["unique"] = json!(true)).await;
    assert!(said.contains("cannot be unique"), "{said}");
    let said = refusal(|seed| seed["fields"]["sales_accounts"][0]["unique"] = json!(false)).await;
    assert!(said.contains("is always unique"), "{said}");
    let said = refusal(|seed| seed["settings"]["time_offset"] = json!("Europe/Berlin")).await;
    assert!(said.contains("+01:00"), "{said}");
    let said = refusal(|seed| seed["records"]["contacts"] = json!([{"email": "a@x.test"}])).await;
    assert!(
        said.contains("records.contacts[0]: Last name can't be empty"),
        "{said}"
    );
}

#[tokio::test]
async fn records_of_the_seed_are_there_from_the_start() {
    let mut seed = seed(&json!({}));
    seed["records"] = json!({
        "sales_accounts": [{"id": 70_000_000_777_u64, "name": "Acme"}, {"name": "Globex"}],
        "contacts": [{"last_name": "A", "sales_accounts": [{"id": 70_000_000_777_u64}]}],
        "lists": [{"name": "Spring"}],
    });
    let running = start(Options::new(seed, KEY, TOKEN)).await.unwrap();
    let http = reqwest::Client::new();
    let sim = Sim { running, http };
    assert_eq!(sim.count("sales_accounts").await, 2);
    assert_eq!(
        sim.get("sales_accounts/70000000777").await["sales_account"]["name"],
        "Acme"
    );
    assert_eq!(
        sim.get("sales_accounts/70000000777/contacts").await["meta"]["total"],
        1
    );
    assert_eq!(sim.get("lists").await["lists"][0]["name"], "Spring");
}

#[tokio::test]
async fn other_addresses_than_loopback_are_refused() {
    let mut options = Options::new(seed(&json!({})), KEY, TOKEN);
    options.address = std::net::Ipv4Addr::UNSPECIFIED.into();
    let error = start(options).await.err().unwrap();
    assert_eq!(error.kind(), Kind::Config);
}
