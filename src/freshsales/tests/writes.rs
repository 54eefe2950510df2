//! Single writes: what is sent, what comes of each answer, and that nothing is ever sent twice in doubt.

use std::time::Duration;

use serde_json::json;

use super::stub::{Reply, ok, status, with_header};
use super::{
    Client, Clock, Endpoint, KEY, Outcome, Settings, body, contacts, deserted, key, planted, scene,
    settings,
};
use crate::error::Kind;
use crate::freshsales::Outcome::{Accepted, NotTaken, Rejected, Unknown};

async fn created(replies: Vec<Reply>) -> (Outcome, usize) {
    let scene = scene(replies);
    let outcome = scene.client.create(&contacts(), &planted()).await.unwrap();
    let calls = scene.stub.requests().len();
    assert_eq!(scene.client.calls(), calls as u64);
    (outcome, calls)
}

#[tokio::test]
async fn each_write_has_its_route_and_wrapper() {
    let stored = || ok(&json!({"contact": {"id": 7, "last_name": "A"}}));
    let scene = scene(vec![
        stored(),
        stored(),
        stored(),
        ok(&json!({"message": "done"})),
        ok(&json!({"list": {"id": 4}})),
    ]);
    let (client, to) = (&scene.client, contacts());
    let fields = body(json!({"last_name": "A"}));
    let by = key("emails", "a@x.test");
    let list = Endpoint {
        include: Vec::new(),
        target: "lists".to_owned(),
        wrapper: String::new(),
    };
    let outcomes = [
        client.create(&to, &fields).await.unwrap(),
        client.upsert(&to, &by, &fields).await.unwrap(),
        client.update(&to, 7, &fields).await.unwrap(),
        client.add_to_list(4, &[7, 8]).await.unwrap(),
        client
            .create(&list, &body(json!({"name": "L"})))
            .await
            .unwrap(),
    ];
    let ids: Vec<i64> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Accepted { id, .. } => *id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, [7, 7, 7, 4, 4]);
    assert!(matches!(&outcomes[0], Accepted { stored, .. } if stored["last_name"] == "A"));
    let requests = scene.stub.requests();
    assert_eq!(
        scene.stub.lines(),
        [
            "POST /contacts",
            "POST /contacts/upsert",
            "PUT /contacts/7",
            "PUT /lists/4/add_contacts",
            "POST /lists"
        ]
    );
    assert_eq!(requests[0].body, json!({"contact": {"last_name": "A"}}));
    assert_eq!(
        requests[1].body,
        json!({"unique_identifier": {"emails": "a@x.test"}, "contact": {"last_name": "A"}})
    );
    assert_eq!(requests[3].body, json!({"ids": [7, 8]}));
    assert_eq!(requests[4].body, json!({"name": "L"}));
    let header = format!("authorization: token token={KEY}");
    assert!(
        requests
            .iter()
            .all(|request| request.headers.contains(&header))
    );
}

#[tokio::test]
async fn a_record_is_accepted_with_200_and_201_and_kept_as_it_came() {
    for code in [200, 201] {
        let text = r#"{"contact":{"id":"70000000001","mcr_id":1899999999999999999,"amount":"2.0","record_type_id":"710"},"users":[]}"#;
        let (outcome, _) = created(vec![status(code, text)]).await;
        let Accepted { id, stored } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(id, 70_000_000_001);
        assert_eq!(stored["amount"], "2.0");
        // Above 2^53: a detour through a float would change it.
        assert_eq!(stored["mcr_id"].as_i64(), Some(1_899_999_999_999_999_999));
        assert!(stored.to_string().contains("1899999999999999999"));
    }
}

#[tokio::test]
async fn every_shape_of_an_error_gives_its_words_in_whatever_language() {
    let shapes = [
        (
            r#"{"errors":{"code":400,"message":["ya existe"]}}"#,
            "ya existe",
        ),
        (
            r#"{"errors":{"code":400,"message":"ya existe"}}"#,
            "ya existe",
        ),
        (r#"{"errors":[{"message":"ya existe"}]}"#, "ya existe"),
        (r#"{"message":"ya existe","code":400}"#, "ya existe"),
        (r#"{"description":"ya existe"}"#, "ya existe"),
        (
            r#"{"errors":{"message":[{"message":"ya existe","error_code":3002}]}}"#,
            "ya existe (error_code 3002)",
        ),
        ("<html><title>Fehler</title></html>", "an HTML page: Fehler"),
        ("", "no reason given"),
    ];
    for (text, reason) in shapes {
        let (outcome, _) = created(vec![status(400, text)]).await;
        let wanted = Rejected {
            status: 400,
            reason: reason.to_owned(),
        };
        assert_eq!(outcome, wanted, "{text}");
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_its_reason_holds_no_value() {
    for code in [400, 403, 404, 405, 409, 413, 415, 422] {
        let text =
            r#"{"errors":{"code":400,"message":["plantedNAME with planted@example.test exists"]}}"#;
        let (outcome, calls) = created(vec![status(code, text)]).await;
        let reason = "… with … exists".to_owned();
        assert_eq!(
            outcome,
            Rejected {
                status: code,
                reason
            }
        );
        assert_eq!(calls, 1);
    }
}

#[tokio::test]
async fn in_doubt_a_write_is_unknown_and_was_sent_once() {
    let html = "<html><title>Bad</title></html>";
    let doubtful = [
        Reply::Close,
        Reply::Half,
        Reply::Hold,
        status(500, "{}"),
        status(502, html),
        status(503, ""),
        status(504, html),
        status(408, ""),
        status(200, html),
        status(200, ""),
        status(200, r#"{"contact":{"name":"x"}}"#),
        status(200, r#"{"errors":{"message":"no"}}"#),
        status(200, r#"{"contact":{"id":7},"errors":{"message":"no"}}"#),
        status(200, r#"{"message":"no","code":400}"#),
        status(201, r#"{"contact":{"id":7}"#),
        status(201, "{}"),
    ];
    for reply in doubtful {
        let accept = ok(&json!({"contact": {"id": 7}}));
        let (outcome, calls) = created(vec![reply, accept]).await;
        assert!(matches!(outcome, Unknown { .. }), "{outcome:?}");
        assert_eq!(calls, 1, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_limit_is_waited_for_and_the_write_sent_again() {
    let limits = [
        (with_header(429, "Retry-After: 90", "slow"), 90, 100),
        (with_header(429, "Retry-After: 2", ""), 2, 20),
        (status(429, "Too many requests"), 60, 80),
        (
            status(
                400,
                r#"{"errors":{"message":["x :: response_code :: 429 ..."]}}"#,
            ),
            60,
            80,
        ),
        (
            with_header(
                429,
                "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:30:00 GMT",
                "",
            ),
            120,
            130,
        ),
    ];
    for (limit, least, most) in limits {
        let accept = status(201, r#"{"contact":{"id":"70000000001"}}"#);
        let scene = scene(vec![limit, accept]);
        let outcome = scene.client.create(&contacts(), &planted()).await.unwrap();
        assert!(
            matches!(
                outcome,
                Accepted {
                    id: 70_000_000_001,
                    ..
                }
            ),
            "{outcome:?}"
        );
        let waited = scene.clock.now();
        assert!(waited >= Duration::from_secs(least), "{waited:?}");
        assert!(waited <= Duration::from_secs(most), "{waited:?}");
    }
}

#[tokio::test]
async fn a_limit_that_stays_is_not_taken_with_its_wait() {
    for short in ["x: y", "Retry-After: 1", "Retry-After: 30"] {
        let (outcome, calls) = created(vec![with_header(429, short, ""); 20]).await;
        assert!(
            matches!(&outcome, NotTaken { retry_after: Some(wait), .. } if wait.as_secs() >= 900),
            "{outcome:?}"
        );
        assert!(
            (9..=13).contains(&calls),
            "{short}: {calls} calls in two hours"
        );
    }
    let (outcome, calls) = created(vec![with_header(429, "Retry-After: 7200", "")]).await;
    assert!(
        matches!(&outcome, NotTaken { retry_after: Some(wait), .. } if wait.as_secs() >= 7200),
        "{outcome:?}"
    );
    assert_eq!(calls, 1, "two hours are not sat through");
}

#[tokio::test]
async fn a_short_wait_asked_for_again_and_again_does_not_end_the_trying() {
    let mut replies = vec![with_header(429, "Retry-After: 2", ""); 9];
    replies.push(ok(&json!({"contact": {"id": 7}})));
    let (outcome, calls) = created(replies).await;
    assert!(matches!(outcome, Accepted { id: 7, .. }), "{outcome:?}");
    assert_eq!(calls, 10, "and three are the most after trouble");
}

#[tokio::test]
async fn a_write_that_is_answered_with_a_silence_is_in_doubt_and_the_next_call_keeps_it() {
    let silence = with_header(503, "Retry-After: 600", "");
    let scene = scene(vec![silence, ok(&json!({"contact": {"id": 7}}))]);
    let outcome = scene.client.create(&contacts(), &planted()).await.unwrap();
    assert!(matches!(outcome, Unknown { .. }), "{outcome:?}");
    assert!(
        scene.clock.now() < Duration::from_secs(60),
        "not sent again"
    );
    let outcome = scene.client.create(&contacts(), &planted()).await.unwrap();
    assert!(matches!(outcome, Accepted { .. }), "{outcome:?}");
    assert!(scene.clock.now() >= Duration::from_secs(600));
}

#[tokio::test]
async fn without_a_connection_a_write_is_tried_again_and_then_not_taken() {
    let client = Client::new(&Settings {
        retry_wait: Duration::from_millis(1),
        ..settings(&deserted())
    })
    .unwrap();
    let outcome = client.create(&contacts(), &planted()).await.unwrap();
    assert_eq!(
        outcome,
        NotTaken {
            reason: "the connection was refused".to_owned(),
            retry_after: None
        }
    );
    assert_eq!(client.calls(), 4);
}

#[tokio::test]
async fn a_refused_key_and_a_redirect_stop_the_run_and_show_no_key() {
    let echo = format!("Authorization: Token token={KEY}");
    let replies = [
        status(401, &echo),
        with_header(302, "Location: http://127.0.0.1:9/login", ""),
    ];
    for reply in replies {
        let scene = scene(vec![reply]);
        let error = scene
            .client
            .create(&contacts(), &planted())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Destination);
        assert!(error.next_step().is_some());
        assert!(!format!("{error} {error:?} {:?}", scene.client).contains(KEY));
        assert_eq!(scene.stub.requests().len(), 1);
    }
    let complaint = json!({ "errors": { "message": [&echo] } }).to_string();
    for reply in [
        status(400, &echo),
        status(200, &echo),
        status(200, &complaint),
    ] {
        let (outcome, _) = created(vec![reply]).await;
        let told = format!("{outcome:?}");
        assert!(
            told.contains("Authorization") && !told.contains(KEY),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_record_that_holds_the_text_of_the_key_stays_as_it_is() {
    let record = json!({ "contact": { "id": 7, "city": KEY } });
    let (outcome, _) = created(vec![ok(&record)]).await;
    let Outcome::Accepted { stored, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(stored["city"], KEY);
}

#[test]
fn settings_that_would_give_the_key_away_are_refused() {
    let refused = [
        "http://acme.myfreshworks.com/crm/sales/api",
        "https://user:pass@acme.myfreshworks.com/api",
        "https://acme.myfreshworks.com/api?x=1",
        "ftp://127.0.0.1/api",
        "http://127.0.0.1.example.org/api",
        "acme",
        "",
    ];
    for base in refused {
        let error = Client::new(&settings(base)).unwrap_err();
        assert_eq!(error.kind(), Kind::Config, "{base}");
        assert!(!format!("{error:?}").contains("pass@"), "{error:?}");
    }
    for base in [
        "https://a.test/api",
        "http://localhost:1/x",
        "http://127.0.0.2",
        "http://[::1]:9/",
    ] {
        let client = Client::new(&settings(base)).unwrap();
        assert!(!format!("{client:?} {:?}", settings(base)).contains(KEY));
    }
    for bad in ["", "  ", "two words", "line\nbreak"] {
        let error = Client::new(&Settings {
            key: bad.into(),
            ..settings("https://a.test")
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
    }
}

#[test]
fn calls_may_run_on_any_worker() {
    fn is_send<T: Send>(_: &T) {}
    let client = Client::new(&settings("http://localhost:1")).unwrap();
    let (to, fields) = (contacts(), planted());
    is_send(&client.create(&to, &fields));
    is_send(&client.bulk_upsert(&to, &[]));
    is_send(&client.find(&to, "name", &[]));
}
