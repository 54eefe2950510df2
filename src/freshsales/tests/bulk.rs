//! Bulk jobs: handed over once, watched to the end, failures tied to rows.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::stub::{Reply, Stub, ok, status};
use super::{Client, Clock, FakeClock, KEY, Settings, body, contacts, key, scene, settings};
use crate::error::Kind;
use crate::freshsales::BulkOutcome::{Done, NotTaken, Rejected, Unknown};
use crate::freshsales::{BulkOutcome, BulkRow};

fn rows(emails: &[&str]) -> Vec<BulkRow> {
    let row = |email: &&str| BulkRow {
        key: key("emails", email),
        body: body(json!({"last_name": "Plantedname"})),
    };
    emails.iter().map(row).collect()
}

/// The URL has a host and a prefix that are not ours.
fn taken() -> Reply {
    ok(&json!({"message": "x", "job_status_url": "https://elsewhere.test/prefix/job_statuses/55"}))
}

fn ended(word: &str, data: &Value) -> Reply {
    ok(&json!({"status": word, "progress": 100, "data": data.to_string()}))
}

fn report(failed: u64, entries: &Value) -> Value {
    let succeeded = 3_u64.saturating_sub(failed);
    json!({"record_status": {"succeeded": succeeded, "failed": failed}, "detailed_failure_report": entries})
}

async fn sent(replies: Vec<Reply>) -> (BulkOutcome, Vec<String>) {
    let scene = scene(replies);
    let rows = rows(&["a@x.test", "b@x.test", "c@x.test"]);
    let outcome = scene.client.bulk_upsert(&contacts(), &rows).await.unwrap();
    (outcome, scene.stub.lines())
}

#[tokio::test]
async fn a_job_is_handed_over_and_watched_at_our_own_address() {
    let scene = scene(vec![
        taken(),
        ok(&json!({"status": "QUEUED", "progress": 0, "data": null})),
        ok(&json!({"status": "IN_PROGRESS", "progress": 50})),
        ended("SUCCESS", &report(0, &json!([]))),
    ]);
    let rows = rows(&["a@x.test"]);
    let outcome = scene.client.bulk_upsert(&contacts(), &rows).await.unwrap();
    let wanted = Done {
        failed: vec![],
        failed_untied: 0,
    };
    assert_eq!(outcome, wanted);
    let poll = "GET /job_statuses/55";
    assert_eq!(
        scene.stub.lines(),
        ["POST /contacts/bulk_upsert", poll, poll, poll]
    );
    assert_eq!(
        scene.stub.requests()[0].body,
        json!({"contacts": [{"emails": "a@x.test", "data": {"last_name": "Plantedname"}}]})
    );
}

#[tokio::test]
async fn failures_are_tied_to_their_rows_and_the_rest_is_counted() {
    let entries = json!([
        {"emails": "B@x.test", "related": "a@x.test", "message": "b@x.test of Plantedname is not unique"},
        {"identifier": {"value": "c@x.test"}, "errors": ["Country is invalid"]},
        {"message": "something else"},
    ]);
    let (outcome, _) = sent(vec![taken(), ended("SUCCESS", &report(4, &entries))]).await;
    let wanted = Done {
        failed: vec![
            (1, "… of … is not unique".to_owned()),
            (2, "Country is invalid".to_owned()),
        ],
        failed_untied: 2,
    };
    assert_eq!(outcome, wanted);
}

#[tokio::test]
async fn an_entry_that_fits_two_rows_is_tied_to_none() {
    let entries = json!([{"rows": ["a@x.test", "b@x.test"]}, {"a@x.test": ["is wrong"]}]);
    let (outcome, _) = sent(vec![taken(), ended("SUCCESS", &report(1, &entries))]).await;
    let wanted = Done {
        failed: vec![(0, "the bulk job gives no reason".to_owned())],
        failed_untied: 1,
    };
    assert_eq!(outcome, wanted);
}

#[tokio::test]
async fn a_report_is_read_in_every_shape_and_what_it_leaves_open_is_in_doubt() {
    let count = |succeeded: u64, failed: u64| json!({"succeeded": succeeded, "failed": failed});
    let named = json!({"b@x.test": ["is wrong"]});
    let data = [
        // Counts alone, as numbers and as text.
        (json!({"record_status": count(3, 0)}), vec![], 0),
        (
            json!({"record_status": {"succeeded": "1", "failed": "2"}}),
            vec![],
            2,
        ),
        // A list, an object by row, and both once more as text.
        (
            json!({"record_status": count(2, 1), "detailed_failure_report": [&named]}),
            vec![1],
            0,
        ),
        (
            json!({"record_status": count(2, 1), "detailed_failure_report": &named}),
            vec![1],
            0,
        ),
        (
            json!({"record_status": count(2, 1).to_string(), "detailed_failure_report": json!([&named]).to_string()}),
            vec![1],
            0,
        ),
        (
            json!({"detailed_failure_report": [named.to_string()]}),
            vec![1],
            0,
        ),
        // Entries that name nobody.
        (
            json!({"detailed_failure_report": "2 rows failed"}),
            vec![],
            1,
        ),
        (
            json!({"detailed_failure_report": [null, 7, {"row": 2}]}),
            vec![],
            3,
        ),
        // Rows that are in no count.
        (json!({"record_status": count(1, 0)}), vec![], 2),
        (json!({"record_status": {"failed": 1}}), vec![], 1),
    ];
    for (data, tied, untied) in data {
        let (outcome, _) = sent(vec![taken(), ended("SUCCESS", &data)]).await;
        let Done {
            failed,
            failed_untied,
        } = &outcome
        else {
            panic!("{data}: {outcome:?}");
        };
        let rows: Vec<usize> = failed.iter().map(|(row, _)| *row).collect();
        assert_eq!((rows, *failed_untied), (tied, untied), "{data}");
    }
}

#[tokio::test]
async fn a_job_that_ends_without_a_readable_report_proves_nothing() {
    let silent = [
        json!({"status": "SUCCESS"}),
        json!({"status": "SUCCESS", "data": null}),
        json!({"status": "SUCCESS", "data": "cut sho"}),
        json!({"status": "SUCCESS", "data": "{}"}),
        json!({"status": "SUCCESS", "data": {"something": "else"}}),
    ];
    for job in silent {
        let (outcome, _) = sent(vec![taken(), ok(&job)]).await;
        assert!(matches!(outcome, Unknown { .. }), "{job}: {outcome:?}");
    }
}

#[tokio::test]
async fn the_words_of_a_job_are_known_and_every_other_word_means_running() {
    let good = report(0, &json!([]));
    for word in ["SUCCESS", "Success", "COMPLETED", " completed "] {
        let (outcome, lines) = sent(vec![taken(), ended(word, &good)]).await;
        assert!(matches!(outcome, Done { .. }), "{word}: {outcome:?}");
        assert_eq!(lines.len(), 2, "{word}");
    }
    for word in ["FAILED", "FAILURE", "error"] {
        let (outcome, _) = sent(vec![taken(), ended(word, &Value::Null)]).await;
        assert!(
            matches!(
                outcome,
                Done {
                    failed_untied: 3,
                    ..
                }
            ),
            "{word}: {outcome:?}"
        );
    }
    let running =
        ["PENDING", "EN_CURSO", "PARTIAL_SUCCESS", ""].map(|word| ended(word, &Value::Null));
    let odd = [
        ok(&json!({"progress": 10})),
        ok(&json!({"job_status": {"status": "QUEUED"}})),
    ];
    let last = ended("SUCCESS", &good);
    let replies = [vec![taken()], running.to_vec(), odd.to_vec(), vec![last]].concat();
    let (outcome, lines) = sent(replies).await;
    assert!(matches!(outcome, Done { .. }), "{outcome:?}");
    assert_eq!(lines.len(), 8);
}

#[tokio::test]
async fn a_job_is_found_by_its_number_whatever_the_url_around_it() {
    let urls = [
        "http://127.0.0.1:1/other/job_statuses/55",
        "https://a.test/crm/sales/api/job_statuses/55?x=1",
        "/crm/sales/job_statuses/55/",
        "job_statuses/55",
    ];
    for url in urls {
        let job = ended("SUCCESS", &report(0, &json!([])));
        let (_, lines) = sent(vec![ok(&json!({"job_status_url": url})), job]).await;
        assert_eq!(lines[1], "GET /job_statuses/55", "{url}");
    }
    for url in [
        json!(null),
        json!(55),
        json!("https://a.test/jobs/55"),
        json!("job_statuses/"),
    ] {
        let (outcome, _) = sent(vec![ok(&json!({"job_status_url": url}))]).await;
        assert!(matches!(outcome, Unknown { .. }), "{url}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_failed_job_is_believed_only_when_it_accounts_for_every_row() {
    let whole = json!([
        {"emails": "a@x.test", "message": "x"}, {"emails": "b@x.test", "message": "x"},
        {"emails": "c@x.test", "message": "x"},
    ]);
    let (outcome, _) = sent(vec![taken(), ended("FAILED", &report(3, &whole))]).await;
    assert!(
        matches!(&outcome, Done { failed, failed_untied: 0 } if failed.len() == 3),
        "{outcome:?}"
    );
    let (outcome, _) = sent(vec![taken(), ended("FAILED", &Value::Null)]).await;
    let none_named = Done {
        failed: vec![],
        failed_untied: 3,
    };
    assert_eq!(outcome, none_named, "to be halved");
}

#[tokio::test]
async fn a_row_that_failed_for_want_of_calls_is_not_refused() {
    let entries = json!([
        {"emails": "a@x.test", "message": "UCR contact fetch failure :: 429"},
        {"emails": "b@x.test", "message": "Last name is missing"},
    ]);
    let (outcome, _) = sent(vec![taken(), ended("SUCCESS", &report(2, &entries))]).await;
    assert!(matches!(outcome, Unknown { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_code_is_no_key() {
    let entries = json!([{"code": 400, "message": "x"}]);
    let scene = scene(vec![taken(), ended("SUCCESS", &report(1, &entries))]);
    let rows = rows(&["400", "b@x.test", "c@x.test"]);
    let outcome = scene.client.bulk_upsert(&contacts(), &rows).await.unwrap();
    let untied = Done {
        failed: vec![],
        failed_untied: 1,
    };
    assert_eq!(outcome, untied);
}

#[tokio::test]
async fn a_report_that_quotes_another_row_and_the_key_gives_neither_away() {
    let message = format!("taken by B-Person, token={KEY}");
    let entries = json!([{"emails": "a@x.test", "message": message}]);
    let scene = scene(vec![taken(), ended("SUCCESS", &report(1, &entries))]);
    let mut rows = rows(&["a@x.test", "b@x.test", "c@x.test"]);
    rows[1].body = body(json!({"last_name": "B-Person"}));
    let outcome = scene.client.bulk_upsert(&contacts(), &rows).await.unwrap();
    let Done { failed, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(failed, [(0, "taken by …, token=…".to_owned())]);
}

#[tokio::test]
async fn too_many_jobs_are_waited_for() {
    let busy = || status(405, r#"{"errors":{"message":["Max of 10 transactions"]}}"#);
    let job = ended("SUCCESS", &report(0, &json!([])));
    let (outcome, lines) = sent(vec![busy(), busy(), taken(), job]).await;
    assert!(matches!(outcome, Done { .. }), "{outcome:?}");
    assert_eq!(lines.len(), 4);
    let (outcome, lines) = sent(vec![busy(); 60]).await;
    assert!(
        matches!(
            outcome,
            NotTaken {
                retry_after: Some(_),
                ..
            }
        ),
        "{outcome:?}"
    );
    assert!(lines.len() < 40, "{}", lines.len());
}

#[tokio::test]
async fn once_handed_over_every_trouble_leaves_the_rows_unknown() {
    let running = ok(&json!({"status": "IN_PROGRESS"}));
    let troubles = [
        vec![Reply::Close],
        vec![Reply::Half],
        vec![Reply::Hold],
        vec![status(502, "<html>")],
        vec![status(200, "")],
        vec![status(200, "<html>")],
        vec![ok(
            &json!({"errors": {"code": 400}, "job_status_url": "x/job_statuses/55"}),
        )],
        vec![ok(&json!({"message": "no job named"}))],
        vec![taken(), status(404, "{}")],
        vec![taken(), status(401, "")],
        [vec![taken()], vec![status(500, ""); 4]].concat(),
        [vec![taken()], vec![running; 60]].concat(),
    ];
    for replies in troubles {
        let (outcome, lines) = sent(replies).await;
        assert!(matches!(outcome, Unknown { .. }), "{outcome:?}");
        let posts = lines.iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(posts, 1, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_look_at_a_job_survives_a_limit_and_a_broken_connection() {
    let job = ended("SUCCESS", &report(0, &json!([])));
    let (outcome, _) = sent(vec![taken(), Reply::Close, status(429, ""), job]).await;
    assert!(matches!(outcome, Done { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_batch_may_be_refused_as_a_whole_and_a_limit_waited_for() {
    let (outcome, _) = sent(vec![status(400, r#"{"message":"Too many rows"}"#)]).await;
    let reason = "Too many rows".to_owned();
    assert_eq!(
        outcome,
        Rejected {
            status: 400,
            reason
        }
    );
    let job = ended("SUCCESS", &report(0, &json!([])));
    let (outcome, _) = sent(vec![status(429, ""), taken(), job]).await;
    assert!(matches!(outcome, Done { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_hundred_rows_at_most_and_no_call_for_none() {
    let scene = scene(vec![]);
    let many = rows(&["a@x.test"; 101]);
    let error = scene
        .client
        .bulk_upsert(&contacts(), &many)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Bug);
    scene.client.bulk_upsert(&contacts(), &[]).await.unwrap();
    assert_eq!(scene.client.calls(), 0);
    assert_eq!(scene.clock.now(), Duration::ZERO);
}

#[tokio::test]
async fn so_many_jobs_at_once_and_no_more() {
    let job = || ended("SUCCESS", &report(0, &json!([])));
    let stub = Stub::start(vec![taken(), job(), taken(), job()]);
    let one = Settings {
        jobs_in_flight: 1,
        ..settings(&stub.base())
    };
    let client = Client::with_clock(&one, Arc::new(FakeClock::default())).unwrap();
    let (to, rows) = (contacts(), rows(&["a@x.test"]));
    let (first, second) = tokio::join!(
        client.bulk_upsert(&to, &rows),
        client.bulk_upsert(&to, &rows)
    );
    assert!(matches!(first.unwrap(), Done { .. }));
    assert!(matches!(second.unwrap(), Done { .. }));
    let posts = |line: &String| line.starts_with("POST");
    let order: Vec<bool> = stub.lines().iter().map(posts).collect();
    assert_eq!(order, [true, false, true, false]);
}
