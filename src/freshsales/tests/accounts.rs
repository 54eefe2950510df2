//! What an account tells about itself: key, edition, views, lists that it keeps back, headers of the limit.

use serde_json::json;

use super::stub::{ok, status, with_header};
use super::{scene, texts};
use crate::config::Edition;
use crate::error::Kind;

#[tokio::test]
async fn the_edition_is_told_by_a_list_that_only_the_suite_has() {
    for (answer, wanted) in [
        (ok(&json!({"lifecycle_stages": []})), Edition::Suite),
        (status(404, "<html>"), Edition::Classic),
        (status(404, "{}"), Edition::Classic),
    ] {
        let scene = scene(vec![answer]);
        assert_eq!(scene.client.edition().await.unwrap(), wanted);
    }
}

#[tokio::test]
async fn the_other_edition_is_told_with_both_addresses() {
    let names_both = |hint: &str| {
        hint.contains("ALIAS.myfreshworks.com/crm/sales/api")
            && hint.contains("DOMAIN.freshsales.io/api")
    };
    let classic = scene(vec![status(404, "<html>")]);
    let error = classic
        .client
        .check_edition(Edition::Suite)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.to_string().contains("classic"), "{error}");
    assert!(names_both(error.next_step().unwrap()));
    // A key or an address of the other edition.
    for answer in [status(401, ""), status(404, "<html>"), status(302, "")] {
        let scene = scene(vec![answer]);
        let error = scene.client.check().await.unwrap_err();
        assert!(names_both(error.next_step().unwrap()), "{error}");
    }
}

#[tokio::test]
async fn views_have_ids_and_a_missing_one_is_named() {
    let filters = || {
        ok(
            &json!({"filters": [{"id": "31", "name": "Open Deals"}, {"id": 32, "name": "won deals"}]}),
        )
    };
    let scene = scene(vec![filters(), filters()]);
    let names = texts(&["Won Deals", "Open Deals"]);
    assert_eq!(
        scene.client.views_of("deals", &names).await.unwrap(),
        [32, 31]
    );
    let lost = texts(&["Lost Deals"]);
    let error = scene.client.views_of("deals", &lost).await.unwrap_err();
    assert!(error.to_string().contains("Lost Deals"), "{error}");
}

#[tokio::test]
async fn a_list_that_is_kept_back_is_no_error() {
    for code in [400, 403, 404, 405] {
        let scene = scene(vec![status(code, "{}")]);
        let found = scene
            .client
            .read_if_there("settings/contacts/forms", "forms")
            .await;
        assert_eq!(found.unwrap(), None, "{code}");
    }
    let scene = scene(vec![ok(&json!({"forms": [{"id": 1}]})), status(401, "")]);
    let found = scene
        .client
        .read_if_there("settings/contacts/forms", "forms")
        .await;
    assert_eq!(found.unwrap().unwrap(), [json!({"id": 1})]);
    let refused = scene
        .client
        .read_if_there("settings/contacts/forms", "forms")
        .await;
    assert!(refused.is_err(), "a refused key is no missing list");
}

#[tokio::test]
async fn headers_of_the_limit_are_kept_by_name() {
    let users = r#"{"users":[]}"#;
    let scene = scene(vec![
        status(200, users),
        with_header(200, "X-RateLimit-Remaining: 5\r\nX-Other: 1", users),
        with_header(
            200,
            "x-ratelimit-reset: 210226101500\r\nRetry-After: 1",
            users,
        ),
    ]);
    scene.client.check().await.unwrap();
    assert!(scene.client.limit_headers().is_empty());
    scene.client.check().await.unwrap();
    scene.client.check().await.unwrap();
    assert_eq!(
        scene.client.limit_headers(),
        ["retry-after", "x-ratelimit-remaining", "x-ratelimit-reset"]
    );
}
