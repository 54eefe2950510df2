//! Removals: every body that a deletion is answered with, and what is sent again, looked up or believed.

use serde_json::json;

use super::stub::{Reply, ok, status, with_header};
use super::{Endpoint, contacts, scene};
use crate::error::Kind;
use crate::freshsales::{Removal, Removed};

async fn removed(how: Removal, replies: Vec<Reply>) -> (Removed, Vec<String>) {
    let scene = scene(replies);
    let ended = scene.client.remove(&contacts(), &[7], how).await.unwrap();
    assert_eq!(ended.len(), 1);
    (ended[0].1.clone(), scene.stub.lines())
}

#[tokio::test]
async fn every_body_of_a_deletion_is_success() {
    let answers = [
        status(200, "true"),
        status(204, ""),
        status(200, ""),
        ok(&json!({"success": "Note deleted"})),
        ok(&json!({"success": true})),
        ok(&json!({"result": true})),
        ok(&json!({"message": "deleted"})),
        // Gone before: also what was wanted.
        status(404, ""),
        status(404, r#"{"errors":{"code":404,"message":["No existe"]}}"#),
        status(410, "{}"),
    ];
    for answer in answers {
        let (outcome, lines) = removed(Removal::Delete, vec![answer]).await;
        assert_eq!(outcome, Removed::Gone);
        assert_eq!(lines, ["DELETE /contacts/7"]);
    }
    let (outcome, lines) = removed(Removal::Forget, vec![status(200, "true")]).await;
    assert_eq!(outcome, Removed::Gone);
    assert_eq!(lines, ["DELETE /contacts/7/forget"]);
}

#[tokio::test]
async fn what_broke_is_sent_again_because_a_second_removal_changes_nothing() {
    for trouble in [
        Reply::Close,
        Reply::Half,
        Reply::Hold,
        status(500, ""),
        status(502, "<html>"),
        status(429, ""),
        status(400, r#"{"errors":{"code":429,"message":["Te veel"]}}"#),
    ] {
        let (outcome, lines) = removed(Removal::Delete, vec![trouble, status(404, "")]).await;
        assert_eq!(outcome, Removed::Gone);
        assert_eq!(lines, ["DELETE /contacts/7"; 2]);
    }
}

#[tokio::test]
async fn what_stays_in_doubt_is_looked_up() {
    let there = || ok(&json!({"contact": {"id": 7}}));
    let binned = || ok(&json!({"contact": {"id": 7, "is_deleted": true}}));
    let doubts = [
        status(200, "<html>"),
        status(200, "false"),
        ok(&json!({"result": false})),
        ok(&json!({"errors": {"message": ["no"]}})),
        // A page may mean that the route is missing.
        status(404, "<html>"),
    ];
    for doubt in doubts {
        let (outcome, lines) = removed(Removal::Forget, vec![doubt.clone(), status(404, "")]).await;
        assert_eq!(outcome, Removed::Gone);
        assert_eq!(lines[1], "GET /contacts/7");
        let (outcome, _) = removed(Removal::Delete, vec![doubt.clone(), binned()]).await;
        assert_eq!(outcome, Removed::Gone, "in the bin is deleted");
        let (outcome, _) = removed(Removal::Forget, vec![doubt.clone(), binned()]).await;
        assert!(matches!(outcome, Removed::Open { .. }), "{outcome:?}");
        let (outcome, _) = removed(Removal::Delete, vec![doubt, there()]).await;
        assert!(matches!(outcome, Removed::Open { .. }), "{outcome:?}");
    }
    let broken = [vec![status(503, ""); 4], vec![status(404, "{}")]].concat();
    let (outcome, lines) = removed(Removal::Delete, broken).await;
    assert_eq!(outcome, Removed::Gone);
    assert_eq!(lines.len(), 5, "one, three more, and the look");
}

#[tokio::test]
async fn a_refusal_is_told_without_values() {
    for code in [400, 403, 405, 422] {
        let text = r#"{"errors":{"message":["planted@example.test is in use"]}}"#;
        let (outcome, lines) = removed(Removal::Delete, vec![status(code, text)]).await;
        let reason = "… is in use".to_owned();
        assert_eq!(
            outcome,
            Removed::Refused {
                status: code,
                reason
            }
        );
        assert_eq!(lines.len(), 1);
    }
}

#[tokio::test]
async fn a_hundred_ids_are_destroyed_in_a_call() {
    let ids: Vec<i64> = (1..=130).collect();
    let scene = scene(vec![
        ok(&json!({"message": "being processed"})),
        status(403, "{}"),
    ]);
    let ended = scene
        .client
        .remove(&contacts(), &ids, Removal::BulkDestroy)
        .await
        .unwrap();
    assert_eq!(scene.stub.lines(), ["POST /contacts/bulk_destroy"; 2]);
    let sent = |at: usize| scene.stub.requests()[at].body["selected_ids"].clone();
    assert_eq!(sent(0).as_array().unwrap().len(), 100);
    assert_eq!(sent(1), json!(ids[100..]));
    let told: Vec<i64> = ended.iter().map(|(id, _)| *id).collect();
    assert_eq!(told, ids);
    assert!(ended[..100].iter().all(|(_, one)| *one == Removed::Ordered));
    assert!(
        ended[100..]
            .iter()
            .all(|(_, one)| matches!(one, Removed::Refused { status: 403, .. }))
    );
}

#[tokio::test]
async fn a_bulk_route_that_is_missing_removes_nothing() {
    for answer in [
        status(404, "{}"),
        status(404, "<html>"),
        status(200, "<html>"),
    ] {
        let (outcome, _) = removed(Removal::BulkDestroy, vec![answer]).await;
        let is_open = matches!(outcome, Removed::Refused { .. } | Removed::Open { .. });
        assert!(is_open, "{outcome:?}");
    }
}

#[tokio::test]
async fn a_refused_key_stops_a_removal() {
    let login = with_header(302, "Location: http://127.0.0.1:9/login", "");
    for answer in [status(401, ""), login] {
        let scene = scene(vec![answer]);
        let notes = Endpoint {
            include: Vec::new(),
            target: "notes".to_owned(),
            wrapper: "note".to_owned(),
        };
        let error = scene
            .client
            .remove(&notes, &[1, 2], Removal::Delete)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Destination);
        assert_eq!(scene.client.calls(), 1);
    }
}
