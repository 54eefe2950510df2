//! Calls an hour, a minute and at the gateway, and what answers say about them.

use super::*;

const PATH: &str = "selector/owners";

impl Sim {
    /// Status, headers whose name speaks of limits, and body of a cheap call.
    async fn ask(&self) -> (u16, Vec<(String, String)>, Value) {
        let response = self.request("GET", PATH).send().await.unwrap();
        let status = response.status().as_u16();
        let told = response.headers().iter().filter_map(|(name, value)| {
            let is_told = name.as_str().contains("ratelimit") || name == "retry-after";
            is_told.then(|| (name.to_string(), value.to_str().unwrap().to_owned()))
        });
        let told = told.collect();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, told, body)
    }
}

#[tokio::test]
async fn the_allowance_of_an_hour_comes_back() {
    let sim = Sim::with(json!({"hourly_limit": 3})).await;
    sim.to_the_hour_and(60).await;
    for _ in 0..3 {
        assert_eq!(sim.ask().await.0, 200);
    }
    let (status, told, body) = sim.ask().await;
    assert_eq!(messages(status, &body), ["Too many requests"]);
    assert_eq!((status, told), (429, vec![]), "no header is the default");
    sim.to_the_hour_and(0).await;
    assert_eq!(sim.ask().await.0, 200);
}

#[tokio::test]
async fn a_thousand_calls_an_hour_is_the_default() {
    let mut seed = seed(&json!({}));
    seed["settings"] = json!({});
    let profile = crate::simulator::seed::Seed::read(&seed, &serde_json::Map::new());
    assert_eq!(profile.unwrap().profile.hourly_limit, Some(1000));
}

#[tokio::test]
async fn every_hour_takes_its_calls_and_no_more() {
    let sim = Sim::with(json!({"hourly_limit": 20})).await;
    for _ in 0..3 {
        sim.to_the_hour_and(0).await;
        let mut taken = 0;
        for _ in 0..30 {
            taken += i32::from(sim.ask().await.0 == 200);
        }
        assert_eq!(taken, 20);
    }
}

#[tokio::test]
async fn hours_of_a_fast_clock_pass_by_themselves() {
    // An hour in 0.2 seconds.
    let sim = Sim::with(json!({"hourly_limit": 1, "clock_speed": 18_000})).await;
    let first = sim.now().await;
    let mut taken = 0;
    while taken < 3 {
        taken += i64::from(sim.ask().await.0 == 200);
    }
    let windows = sim.now().await / 3600 - first / 3600 + 1;
    assert!(taken <= windows, "{taken} in {windows}");
}

#[tokio::test]
async fn a_minute_can_have_a_limit_of_its_own() {
    let sim = Sim::with(json!({"per_minute": 2, "ratelimit_headers": "retry_after"})).await;
    sim.to_the_hour_and(15).await;
    let statuses = [sim.ask().await.0, sim.ask().await.0];
    let (status, told, _) = sim.ask().await;
    assert_eq!((statuses, status), ([200, 200], 429));
    let wait: u32 = told[0].1.parse().unwrap();
    assert!((40..=45).contains(&wait), "{wait}");
    sim.control("POST", "advance", json!({"seconds": wait}))
        .await;
    assert_eq!(sim.ask().await.0, 200);
}

#[tokio::test]
async fn headers_tell_in_four_ways() {
    let told = async |style: &str| {
        let sim = Sim::with(json!({"hourly_limit": 1, "ratelimit_headers": style})).await;
        sim.to_the_hour_and(600).await;
        let taken = sim.ask().await.1;
        let refused = sim.ask().await;
        assert_eq!(refused.0, 429);
        (taken, refused.1, sim.now().await)
    };
    assert_eq!(told("none").await.0, []);
    let (taken, refused, _) = told("retry_after").await;
    assert_eq!(taken, []);
    let (name, wait) = &refused[0];
    assert_eq!(name, "retry-after");
    assert!(
        (2990..=3000).contains(&wait.parse::<u32>().unwrap()),
        "{wait}"
    );

    let (taken, refused, _) = told("remaining_reset").await;
    assert_eq!(taken[0], ("x-ratelimit-remaining".into(), "0".into()));
    assert_eq!(refused.len(), 2);
    assert!((2990..=3000).contains(&taken[1].1.parse::<u32>().unwrap()));

    let (taken, _, now) = told("limit_remaining_reset").await;
    assert_eq!(taken[0], ("x-ratelimit-limit".into(), "1".into()));
    let reset = jiff::Timestamp::from_second((now / 3600 + 1) * 3600).unwrap();
    assert_eq!(taken[2].1, reset.strftime("%d%m%y%H%M%S").to_string());
}

#[tokio::test]
async fn a_limit_can_come_disguised_as_a_400() {
    let sim = Sim::with(json!({"hourly_limit": 0, "throttle_disguise": true})).await;
    let (status, _, body) = sim.ask().await;
    assert_eq!(status, 400);
    assert!(messages(400, &body)[0].contains(":: response_code :: 429"));
}

#[tokio::test]
async fn the_gateway_shuts_after_a_burst_and_stays_shut_under_hammering() {
    let burst = json!({"calls": 3, "seconds": 10, "wait_seconds": 600});
    let sim = Sim::with(json!({"burst": burst})).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(sim.ask().await.0);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    let keyless = sim.http.get(format!("{}/{PATH}", sim.running.base_url));
    let (status, body) = answer(keyless).await;
    assert_eq!(
        (status, body),
        (429, json!("local_rate_limited")),
        "before the key"
    );
    sim.control("POST", "advance", json!({"seconds": 599}))
        .await;
    let (status, told, _) = sim.ask().await;
    assert_eq!(
        (status, told),
        (429, vec![("retry-after".into(), "600".into())])
    );
    sim.control("POST", "advance", json!({"seconds": 599}))
        .await;
    assert_eq!(sim.ask().await.0, 429, "the last call began the wait anew");
    sim.control("POST", "advance", json!({"seconds": 600}))
        .await;
    assert_eq!(sim.ask().await.0, 200);
}
