//! Lists: pages to their end in each of its ways, views by name, searches in chunks.

use serde_json::{Value, json};

use super::stub::{Reply, ok, status};
use super::{contacts, scene, texts};
use crate::error::{Error, Kind};
use crate::freshsales::Listing;

fn page(ids: std::ops::Range<u64>, meta: &Value) -> Reply {
    let rows: Vec<Value> = ids.map(|id| json!({"id": id})).collect();
    ok(&json!({"contacts": rows, "users": [{"id": 1}], "meta": meta}))
}

fn flat() -> Listing {
    Listing::Pages {
        target: "contacts".to_owned(),
        filters: vec![],
        include: vec![],
    }
}

/// Records, calls.
async fn listed(what: &Listing, replies: Vec<Reply>) -> Result<(u64, Vec<String>), Error> {
    let scene = scene(replies);
    let mut kept = 0;
    let count = scene
        .client
        .list(what, |page| {
            assert!(!page.is_empty());
            kept += page.len() as u64;
            Ok(())
        })
        .await?;
    assert_eq!(count, kept);
    Ok((count, scene.stub.lines()))
}

#[tokio::test]
async fn a_list_ends_in_each_of_its_ways() {
    let untold = json!({});
    let cases = [
        (
            "total_pages",
            vec![
                page(0..100, &json!({"total_pages": 2})),
                page(100..150, &json!({"total_pages": 2})),
            ],
            150,
            2,
        ),
        (
            "totalPages",
            vec![
                page(0..100, &json!({"totalPages": "2"})),
                page(100..130, &json!({"totalPages": "2"})),
            ],
            130,
            2,
        ),
        (
            "a page past the end",
            vec![
                page(0..100, &json!({"has_next": true})),
                page(0..0, &json!({"has_next": true})),
            ],
            100,
            2,
        ),
        ("no meta", vec![page(0..5, &Value::Null)], 5, 1),
        (
            "total",
            vec![
                page(0..100, &json!({"total": "130"})),
                page(100..130, &json!({"total": 130})),
            ],
            130,
            2,
        ),
        (
            "has_next",
            vec![
                page(0..20, &json!({"has_next": true})),
                page(20..30, &json!({"has_next": false})),
            ],
            30,
            2,
        ),
        (
            "smaller pages",
            vec![
                page(0..25, &json!({"total": 50})),
                page(25..50, &json!({"total": 50})),
            ],
            50,
            2,
        ),
        (
            "wrong total_pages",
            vec![
                page(0..25, &json!({"total": 50, "total_pages": 1})),
                page(25..50, &json!({"total": 50, "total_pages": 1})),
            ],
            50,
            2,
        ),
        (
            "total of hidden rows",
            vec![
                page(0..25, &json!({"total": 90})),
                page(0..0, &json!({"total": 90})),
            ],
            25,
            2,
        ),
        (
            "an empty page",
            vec![
                page(0..100, &untold),
                page(100..200, &untold),
                page(0..0, &untold),
            ],
            200,
            3,
        ),
        (
            "a short page",
            vec![page(0..25, &untold), page(25..30, &untold)],
            30,
            2,
        ),
        (
            "no pages at all",
            vec![page(0..40, &untold), page(0..40, &untold)],
            40,
            2,
        ),
        ("nothing", vec![page(0..0, &json!({"total": 0}))], 0, 1),
    ];
    for (name, replies, records, calls) in cases {
        let (count, lines) = listed(&flat(), replies).await.unwrap();
        assert_eq!((count, lines.len()), (records, calls), "{name}");
    }
}

#[tokio::test]
async fn a_parent_of_the_same_kind_that_is_told_beside_its_children_is_no_row_of_the_list() {
    let meta = json!({"total": 2, "total_pages": 2});
    let rows = |own: u64, named: u64| {
        let named = json!({"partial": true, "id": named, "name": "B"});
        ok(&json!({"contacts": [{"id": own, "name": "A"}, named], "meta": meta}))
    };
    let scene = scene(vec![rows(1, 2), rows(2, 1)]);
    let mut kept = Vec::new();
    let page = |page| {
        kept.extend(page);
        Ok(())
    };
    assert_eq!(scene.client.list(&flat(), page).await.unwrap(), 2);
    assert_eq!(
        kept,
        [json!({"id": 1, "name": "A"}), json!({"id": 2, "name": "A"})]
    );
    // Where every record is flagged, that says nothing.
    let all = ok(&json!({"contacts": [{"partial": true, "id": 1}], "meta": {"total": 1}}));
    assert_eq!(listed(&flat(), vec![all]).await.unwrap().0, 1);
}

#[tokio::test]
async fn a_list_that_repeats_itself_is_an_error_and_no_endless_loop() {
    let same = page(0..100, &json!({"total": 1000}));
    let error = listed(&flat(), vec![same; 20]).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Destination);
}

#[tokio::test]
async fn views_are_found_by_name_and_read_oldest_first() {
    let filters = ok(
        &json!({"filters": [{"id": 1, "name": "My Contacts"}, {"id": "2", "name": "All contacts "}]}),
    );
    let what = |name: &str| Listing::Views {
        target: "contacts".to_owned(),
        names: texts(&[name]),
        include: texts(&["owner", "sales_accounts"]),
    };
    let pages = page(0..3, &json!({"total": 3, "total_pages": 1}));
    let (count, lines) = listed(&what("All Contacts"), vec![filters.clone(), pages])
        .await
        .unwrap();
    assert_eq!(count, 3);
    assert_eq!(
        lines,
        [
            "GET /contacts/filters",
            "GET /contacts/view/2?page=1&per_page=100&sort=created_at&sort_type=asc&include=owner%2Csales_accounts"
        ]
    );
    let error = listed(&what("Alle Kontakte"), vec![filters])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Destination);
    assert!(
        error
            .next_step()
            .unwrap()
            .contains("My Contacts, All contacts")
    );
}

#[tokio::test]
async fn flat_lists_are_read_once_for_each_filter() {
    let what = Listing::Pages {
        target: "contacts".to_owned(),
        filters: texts(&["open", "completed"]),
        include: texts(&["targetable"]),
    };
    let one = || page(0..3, &json!({"total": 3}));
    let (count, lines) = listed(&what, vec![one(), one()]).await.unwrap();
    assert_eq!(count, 6);
    assert_eq!(
        lines[1],
        "GET /contacts?page=1&per_page=100&filter=completed&include=targetable"
    );
}

#[tokio::test]
async fn a_search_goes_in_chunks_and_reads_all_pages() {
    let full = |from| page(from..from + 100, &json!({"total": 110}));
    let scene = scene(vec![
        full(0),
        page(100..110, &json!({"total": 110})),
        page(200..201, &json!({"total": 1})),
    ]);
    let values: Vec<String> = (0..60).map(|number| format!("p{number}@x.test")).collect();
    let found = scene
        .client
        .find(&contacts(), "contact_email.email", &values)
        .await
        .unwrap();
    assert_eq!(found.len(), 111);
    let requests = scene.stub.requests();
    assert!(requests.iter().all(|one| {
        one.line
            .ends_with("POST /crm/sales/api/filtered_search/contact")
    }));
    let rule = |at: usize| &requests[at].body["filter_rule"][0];
    assert_eq!(rule(0)["attribute"], "contact_email.email");
    assert_eq!(rule(0)["operator"], "is_in");
    assert_eq!(rule(1)["value"].as_array().unwrap().len(), 50);
    assert_eq!(requests[1].body["page"], 2);
    assert_eq!(rule(2)["value"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn children_come_by_their_route_else_with_their_parent() {
    let what = Listing::Children {
        parent_path: "contacts/7/notes".to_owned(),
        root: "notes".to_owned(),
    };
    let notes = json!([{"id": 1}, {"id": 2}]);
    let (count, _) = listed(&what, vec![ok(&json!({"notes": notes, "users": []}))])
        .await
        .unwrap();
    assert_eq!(count, 2);
    let parent = ok(&json!({"contact": {"id": 7}, "notes": notes, "users": [{"id": 9}]}));
    let (count, lines) = listed(&what, vec![status(404, "<html>"), parent])
        .await
        .unwrap();
    assert_eq!(count, 2);
    assert_eq!(lines[1], "GET /contacts/7?include=notes");
    let gone = vec![status(404, "<html>"), status(404, "{}")];
    assert_eq!(listed(&what, gone).await.unwrap().0, 0);
    let silent = vec![status(404, "<html>"), ok(&json!({"contact": {"id": 7}}))];
    assert!(
        listed(&what, silent).await.is_err(),
        "no notes told is not no notes"
    );
}

#[tokio::test]
async fn members_of_a_list_are_contacts() {
    let members = page(0..2, &json!({"total_pages": 1, "total": 2}));
    let (count, lines) = listed(&Listing::Members { list_id: 4 }, vec![members])
        .await
        .unwrap();
    assert_eq!(count, 2);
    assert_eq!(lines, ["GET /contacts/lists/4?page=1&per_page=100"]);
}

#[tokio::test]
async fn numbers_are_kept_to_the_last_digit() {
    let text = r#"{"contacts":[{"id":"7","mcr_id":1899999999999999999,"amount":"12.50"}]}"#;
    let scene = scene(vec![status(200, text)]);
    let mut kept = Vec::new();
    let page = |page| {
        kept.extend(page);
        Ok(())
    };
    scene.client.list(&flat(), page).await.unwrap();
    let record = kept[0].to_string();
    assert_eq!(
        record,
        r#"{"id":"7","mcr_id":1899999999999999999,"amount":"12.50"}"#
    );
}

#[tokio::test]
async fn what_the_page_taker_says_ends_the_list() {
    let scene = scene(vec![page(0..100, &json!({"total": 200})); 2]);
    let stop = |_| Err(Error::new(Kind::Interrupted, "enough"));
    let error = scene.client.list(&flat(), stop).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Interrupted);
    assert_eq!(scene.client.calls(), 1);
}
