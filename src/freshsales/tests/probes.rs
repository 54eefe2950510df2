//! Steps of a probe: each answer that an account may give, and that nothing but marked records is ever taken away.

use serde_json::json;

use super::stub::{Reply, ok, status};
use super::{body, contacts, key, scene};
use crate::freshsales::{BulkOutcome, BulkRow, Endpoint, Kept, Removal, Scratch, Twice};

const MARK: &str = "deskferry probe ";

fn stored(record: serde_json::Value) -> Reply {
    ok(&json!({ "contact": record }))
}

#[tokio::test]
async fn what_is_kept_is_told_by_instants_and_by_every_custom_field() {
    let sent = body(json!({
        "created_at": "2001-02-03T04:05:06Z", "custom_field": {"cf_a": "x", "cf_b": "y"},
    }));
    let cases = [
        (
            json!({"id": 7, "created_at": "2001-02-03T05:05:06+01:00", "custom_field": {"cf_a": "x", "cf_b": "y", "cf_c": null}}),
            (true, true),
        ),
        (
            json!({"id": 7, "created_at": "2026-02-03T04:05:06Z", "custom_field": {"cf_a": "x"}}),
            (false, false),
        ),
        (json!({"id": 7}), (false, false)),
    ];
    for (record, (created_at, custom_field)) in cases {
        let scene = scene(vec![stored(record.clone())]);
        let kept = scene
            .client
            .what_is_kept(&contacts(), 7, &sent)
            .await
            .unwrap();
        let wanted = Kept {
            created_at,
            custom_field,
        };
        assert_eq!(kept, Some(wanted), "{record}");
    }
    let gone = scene(vec![status(404, "")]);
    assert_eq!(
        gone.client
            .what_is_kept(&contacts(), 7, &sent)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn an_update_merges_replaces_or_is_refused() {
    let update = body(json!({"custom_field": {"cf_a": "changed"}}));
    let kept = json!({"cf_b": "y"});
    let done = || stored(json!({"id": 7}));
    let cases = [
        (
            vec![
                done(),
                stored(json!({"id": 7, "custom_field": {"cf_a": "changed", "cf_b": "y"}})),
            ],
            Some(true),
        ),
        (
            vec![
                done(),
                stored(json!({"id": 7, "custom_field": {"cf_a": "changed", "cf_b": null}})),
            ],
            Some(false),
        ),
        (vec![status(400, "{}")], None),
        (vec![done(), status(404, "")], None),
    ];
    for (replies, wanted) in cases {
        let scene = scene(replies);
        let merged = scene
            .client
            .is_update_merged(&contacts(), 7, &update, &kept)
            .await;
        assert_eq!(merged.unwrap(), wanted);
    }
}

#[tokio::test]
async fn a_key_gives_one_record_or_two_or_is_refused() {
    let no = status(
        400,
        r#"{"errors":{"message":["cf_source_id is not a unique identifier"]}}"#,
    );
    let refused = Twice::Refused("cf_source_id is not a unique identifier".to_owned());
    let cases = [
        (
            vec![stored(json!({"id": 7})), stored(json!({"id": "7"}))],
            Some(Twice::One(7)),
        ),
        (
            vec![stored(json!({"id": 7})), stored(json!({"id": 8}))],
            Some(Twice::Two(7, 8)),
        ),
        (vec![no.clone()], Some(refused.clone())),
        (vec![stored(json!({"id": 7})), no], Some(refused)),
        (vec![Reply::Close], None),
        (vec![stored(json!({"id": 7})), Reply::Close], None),
    ];
    for (replies, wanted) in cases {
        let scene = scene(replies);
        let by = key("cf_source_id", "probe-1");
        let twice = scene
            .client
            .upsert_twice(&contacts(), &by, &body(json!({})))
            .await;
        assert_eq!(twice.unwrap(), wanted);
    }
}

#[tokio::test]
async fn the_words_of_a_job_are_kept_in_their_order() {
    let look = |word: &str| ok(&json!({"status": word}));
    let data = json!({"record_status": {"succeeded": 1, "failed": 1}, "detailed_failure_report": [{"emails": "b@x.test"}]});
    let scene = scene(vec![
        ok(&json!({"job_status_url": "job_statuses/5"})),
        look("QUEUED"),
        look("IN_PROGRESS"),
        look("IN_PROGRESS"),
        ok(&json!({"status": "SUCCESS", "data": data.to_string()})),
    ]);
    let rows = ["a@x.test", "b@x.test"].map(|email| BulkRow {
        key: key("emails", email),
        body: body(json!({})),
    });
    let job = scene.client.observed_job(&contacts(), &rows).await.unwrap();
    assert_eq!(job.words, ["QUEUED", "IN_PROGRESS", "SUCCESS"]);
    let BulkOutcome::Done { failed, .. } = job.outcome else {
        panic!("{:?}", job.outcome);
    };
    assert_eq!(failed[0].0, 1);
}

fn scratch(target: &str, wrapper: &str, is_searched: bool) -> Scratch {
    Scratch {
        to: Endpoint {
            include: Vec::new(),
            target: target.to_owned(),
            wrapper: wrapper.to_owned(),
        },
        removal: if is_searched {
            Removal::Forget
        } else {
            Removal::Delete
        },
        marker: if is_searched { "last_name" } else { "title" }.to_owned(),
        is_searched,
    }
}

#[tokio::test]
async fn a_search_finds_what_is_alike_and_only_marked_records_go() {
    let hits = ok(&json!([
        {"id": "7", "type": "contact"}, {"id": "8", "type": "contact"}, {"id": "9", "type": "contact"},
    ]));
    let scene = scene(vec![
        status(200, "true"),
        hits,
        stored(json!({"id": 7, "last_name": "deskferry probe r 1"})),
        stored(json!({"id": 8, "last_name": "Probe of deskferry probe r 1"})),
        status(404, ""),
        status(200, "true"),
    ]);
    let kind = scratch("contacts", "contact", true);
    let left = scene.client.sweep(&kind, MARK, &[5]).await.unwrap();
    assert!(left.is_empty());
    assert_eq!(
        scene.stub.lines(),
        [
            "DELETE /contacts/5/forget",
            "GET /search?q=deskferry+probe+&include=contact&page=1&per_page=100",
            "GET /contacts/7",
            "GET /contacts/8",
            "GET /contacts/9",
            "DELETE /contacts/7/forget",
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_searched_is_found_among_the_newest() {
    let newest = ok(&json!({"sales_activities": [
        {"id": 1, "title": "deskferry probe r 1"}, {"id": 2, "title": "Call"}, {"id": 3},
    ]}));
    let scene = scene(vec![newest, status(403, "{}")]);
    let kind = scratch("sales_activities", "sales_activity", false);
    let left = scene.client.sweep(&kind, MARK, &[]).await.unwrap();
    assert_eq!(left, [1], "what stays is told");
    assert_eq!(
        scene.stub.lines(),
        [
            "GET /sales_activities?sort=created_at&sort_type=desc&page=1&per_page=100",
            "DELETE /sales_activities/1",
        ]
    );
}
