//! State files that are damaged, another's, in use, or that no longer fit.

use super::*;

/// The hint and the message of a start that is refused.
async fn refusal(options: Options) -> String {
    let error = start(options).await.err().expect("it was started");
    assert_eq!(error.kind(), Kind::Config);
    format!("{error} {:?}", error.next_step())
}

#[tokio::test]
async fn a_call_whose_line_was_torn_never_happened() {
    let place = Place::new();
    let sim = place.start().await;
    sim.add_contact("Ann", "ann@x.test").await;
    let before = everything(&sim).await;
    sim.running.stop().await;
    let whole = place.bytes();
    place.append(r#"[{"put":{"entity":"contacts","record":{"id":70000000002,"created_at":1"#);

    let sim = place.start().await;
    assert_eq!(everything(&sim).await, before);
    assert_eq!(place.bytes(), whole, "what was torn is cut off");
    sim.add_contact("Bob", "bob@x.test").await;
    let before = everything(&sim).await;
    sim.running.stop().await;
    let sim = place.start().await;
    assert_eq!(everything(&sim).await, before);
}

#[tokio::test]
async fn a_whole_line_that_cannot_be_read_is_named() {
    let place = Place::new();
    place.start().await.running.stop().await;
    let lines = place.bytes().iter().filter(|byte| **byte == b'\n').count();
    place.append("[{\"put\":{}}]\n[]\n");
    let said = refusal(options(&place.file)).await;
    assert!(
        said.contains(&format!("damaged in line {}", lines + 1)),
        "{said}"
    );
}

#[tokio::test]
async fn the_state_of_another_seed_is_refused_and_left_alone() {
    let place = Place::new();
    let sim = place.start().await;
    sim.add_contact("Ann", "ann@x.test").await;
    sim.running.stop().await;
    let before = place.bytes();

    let mut other = options(&place.file);
    other.seed["users"][0]["display_name"] = json!("Somebody else");
    let said = refusal(other).await;
    assert!(said.contains("belongs to another seed"), "{said}");
    assert!(said.contains("--state"), "{said}");
    assert_eq!(place.bytes(), before);

    let mut switched = options(&place.file);
    switched.seed["settings"]["page_rows"] = json!(50);
    let running = start(switched)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    running.stop().await;
}

#[tokio::test]
async fn what_is_no_state_or_is_in_use_is_refused() {
    let place = Place::new();
    fs::write(&place.file, "A shopping list\nwith two lines\n").unwrap();
    let said = refusal(options(&place.file)).await;
    assert!(said.contains("is no state of a simulator"), "{said}");
    assert_eq!(place.bytes(), b"A shopping list\nwith two lines\n");

    let place = Place::new();
    let _sim = place.start().await;
    let said = refusal(options(&place.file)).await;
    assert!(said.contains("is in use"), "{said}");

    let said = refusal(options(&place.file.join("below"))).await;
    assert!(said.contains("cannot be read and written"), "{said}");
}

#[tokio::test]
async fn only_its_owner_can_read_it() {
    let mode = |place: &Place| fs::metadata(&place.file).unwrap().permissions().mode() & 0o777;
    let place = Place::new();
    place.start().await.running.stop().await;
    assert_eq!(mode(&place), 0o600);
    fs::set_permissions(&place.file, fs::Permissions::from_mode(0o644)).unwrap();
    place.start().await.running.stop().await;
    assert_eq!(mode(&place), 0o600);
}

#[tokio::test]
async fn switches_that_no_longer_fit_are_refused_with_their_line() {
    let place = Place::new();
    let sim = place.start().await;
    let change = json!({"required_fields": {"contacts": ["cf_source_id"]}});
    assert_eq!(sim.control("PATCH", "profile", change).await.0, 200);
    sim.running.stop().await;
    let free = json!({"plan": "free"});
    let refused = refusal(Options {
        switches: free.as_object().unwrap().clone(),
        ..options(&place.file)
    });
    let refused = refused.await;
    assert!(refused.contains("does not fit in line"), "{refused}");
    assert!(refused.contains("contacts.cf_source_id"), "{refused}");
}
