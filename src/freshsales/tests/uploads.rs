//! Files: what the form holds, what comes of each answer, and that a file in doubt is never sent again.

use std::fs;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::stub::{Reply, ok, status, with_header};
use super::{Client, Endpoint, FakeClock, Outcome, body, deserted, scene, settings};
use crate::error::Kind;
use crate::freshsales::Upload;

const TEXT: &str = "blades: 40\r\n--not-a-boundary\r\n";

fn documents() -> Endpoint {
    Endpoint {
        include: Vec::new(),
        target: "documents".to_owned(),
        wrapper: "document".to_owned(),
    }
}

fn file(text: &str) -> (TempDir, Upload) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("2cf24dba");
    fs::write(&path, text).unwrap();
    let upload = Upload {
        path,
        bytes: text.len() as u64,
        name: "Angebot \"Müller\".txt".to_owned(),
    };
    (folder, upload)
}

fn fields() -> Map<String, Value> {
    body(
        json!({"file_name": "Angebot \"Müller\".txt", "is_shared": true,
        "targetable_type": "Contact", "targetable_id": 70_000_000_001_i64}),
    )
}

fn stored() -> Reply {
    ok(&json!({"id": 7, "msg": "Document uploaded", "url": "https://files.example/7"}))
}

async fn sent(replies: Vec<Reply>) -> (Outcome, usize) {
    let scene = scene(replies);
    let (_folder, upload) = file(TEXT);
    let outcome = scene.client.upload(&documents(), &upload, &fields()).await;
    (outcome.unwrap(), scene.stub.requests().len())
}

#[tokio::test]
async fn the_form_holds_the_file_and_each_field() {
    let scene = scene(vec![stored()]);
    let (_folder, upload) = file(TEXT);
    let outcome = scene.client.upload(&documents(), &upload, &fields()).await;
    assert!(matches!(outcome.unwrap(), Outcome::Accepted { id: 7, .. }));
    // The address in the answer was not called.
    assert_eq!(scene.stub.lines(), ["POST /documents"]);
    let request = &scene.stub.requests()[0];
    assert!(
        request
            .headers
            .contains("content-type: multipart/form-data; boundary=")
    );
    assert!(!request.headers.contains("transfer-encoding"));
    for part in [
        "name=\"file\"; filename=\"Angebot \\\"Müller\\\".txt\"\r\n\r\nblades: 40\r\n--not-a-boundary\r\n\r\n",
        "name=\"file_name\"\r\n\r\nAngebot \"Müller\".txt\r\n",
        "name=\"is_shared\"\r\n\r\ntrue\r\n",
        "name=\"targetable_type\"\r\n\r\nContact\r\n",
        "name=\"targetable_id\"\r\n\r\n70000000001\r\n",
    ] {
        assert!(request.text.contains(part), "{part}\n{}", request.text);
    }
}

#[tokio::test]
async fn a_limit_is_waited_for_and_the_file_goes_again_whole() {
    let scene = scene(vec![with_header(429, "retry-after: 2", "{}"), stored()]);
    let (_folder, upload) = file(TEXT);
    let outcome = scene.client.upload(&documents(), &upload, &fields()).await;
    assert!(matches!(outcome.unwrap(), Outcome::Accepted { id: 7, .. }));
    let requests = scene.stub.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.text.contains(TEXT)));
}

#[tokio::test]
async fn what_may_have_arrived_is_unknown_and_sent_once() {
    for reply in [
        Reply::Close,
        Reply::Half,
        Reply::Hold,
        status(502, "<html></html>"),
        ok(&json!({"msg": "Document uploaded"})),
    ] {
        let (outcome, calls) = sent(vec![reply]).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        assert_eq!(calls, 1);
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_does_not_repeat_the_name() {
    let text = r#"{"errors":{"message":["Angebot \"Müller\".txt is too large"]}}"#;
    for code in [400, 403, 413, 422] {
        let (outcome, calls) = sent(vec![status(code, text)]).await;
        match outcome {
            Outcome::Rejected { status, reason } => {
                assert_eq!(status, code);
                assert!(!reason.contains("Müller"), "{reason}");
            }
            other => panic!("{code}: {other:?}"),
        }
        assert_eq!(calls, 1);
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_taken() {
    let clock = std::sync::Arc::new(FakeClock::default());
    let client = Client::with_clock(&settings(&deserted()), clock).unwrap();
    let (_folder, upload) = file(TEXT);
    let outcome = client.upload(&documents(), &upload, &fields()).await;
    assert!(matches!(outcome.unwrap(), Outcome::NotTaken { .. }));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error_and_one_that_shrank_is_unknown() {
    let scene = scene(vec![stored()]);
    let (folder, upload) = file(TEXT);
    let longer = Upload {
        bytes: upload.bytes + 1,
        ..upload.clone()
    };
    let outcome = scene.client.upload(&documents(), &longer, &fields()).await;
    let outcome = outcome.unwrap();
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    drop(folder);
    let refused = scene.client.upload(&documents(), &upload, &fields()).await;
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), Kind::Source);
    assert!(error.to_string().contains("2cf24dba"), "{error}");
}
