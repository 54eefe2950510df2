//! A declared API as the source.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::stage::{
    OTHER_TOKEN, Said, ScriptedApi, TOKEN, assert_nothing_landed, begin, decide, declare, declared,
    ended_by, extract, land, land_command, left, rows, said, status, until, within, workspace,
};
use crate::support::{Ran, files_below};

const BY_PAGE: &str = "[endpoints.contact]\npath = \"contacts\"\nrecords = \"data.items\"\n\
    pagination = { by = \"page\", parameter = \"page\", size_parameter = \"per_page\", size = 2 }\n";
const BY_CURSOR: &str = "[endpoints.contact]\npath = \"contacts\"\nrecords = \"items\"\n\
    pagination = { by = \"cursor\", parameter = \"cursor\", next = \"meta.next\" }\n";
const BY_LINK: &str = "[endpoints.contact]\npath = \"contacts\"\nrecords = \"\"\n\
    pagination = { by = \"link\" }\n";

/// Two contacts a page, and five of them.
fn contacts(page: usize) -> Vec<Value> {
    let numbers = (page * 2 - 1..=page * 2).filter(|number| *number <= 5);
    let contact = |number| json!({ "id": format!("con_{number}"), "name": { "first": "A" } });
    numbers.map(contact).collect()
}

/// The value of a parameter.
fn parameter(path: &str, name: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn page_number(path: &str) -> usize {
    parameter(path, "page").unwrap().parse().unwrap()
}

fn page(path: &str) -> Option<Said> {
    said(&json!({ "data": { "items": contacts(page_number(path)) } }))
}

fn five() -> [(String, u64); 1] {
    [("contact".to_owned(), 5)]
}

/// Lands everything from an API without trouble: the extract that every other way has to come to.
fn undisturbed() -> String {
    let api = ScriptedApi::start(|path, _| page(path));
    extract(&land(&declared(&api, BY_PAGE)).passed())
}

/// The API is refused with this exit code, and nothing is landed. What was said to people.
#[track_caller]
fn refused(
    code: i32,
    endpoints: &str,
    script: impl Fn(&str, usize) -> Option<Said> + Send + Sync + 'static,
) -> (String, Vec<String>) {
    let api = ScriptedApi::start(script);
    let workspace = declared(&api, endpoints);
    let ran = land(&workspace).ended(code);
    assert_nothing_landed(&workspace);
    assert!(!ran.stderr.contains("planted"), "{}", ran.stderr);
    assert!(ran.stderr.contains("`contact`"), "{}", ran.stderr);
    (ran.stderr, api.calls())
}

#[test]
fn pages_follow_each_other_until_one_is_empty() {
    let api = ScriptedApi::start(|path, _| page(path));
    let workspace = declared(&api, BY_PAGE);
    let first = land(&workspace).passed();
    assert_eq!(rows(&first), five());
    assert_eq!(first.stderr.trim(), "contact: 5 records on 4 pages");
    let wanted = [1, 2, 3, 4].map(|page| format!("contacts?per_page=2&page={page}"));
    assert_eq!(api.calls(), wanted);
    assert_eq!(
        left(&workspace),
        [""; 0],
        "what is landed is not kept twice"
    );
    let found =
        workspace.sql("select id, name_first, _file, _row from raw_smartdesk__contact order by id");
    assert_eq!(
        found[4],
        json!({ "id": "con_5", "name_first": "A", "_file": "api:contact", "_row": 5 })
    );
    let again = land(&workspace).passed();
    assert_eq!(extract(&again), extract(&first));
    assert_eq!(again.json()["is_known"], true);
}

#[test]
fn cursors_links_and_offsets_lead_to_the_same() {
    let api = ScriptedApi::start(|path, _| {
        let number = parameter(path, "cursor").map_or(1, |cursor| cursor[1..].parse().unwrap());
        let next = (number < 3).then(|| format!("c{}", number + 1));
        said(&json!({ "items": contacts(number), "meta": { "next": next } }))
    });
    let ran = land(&declared(&api, BY_CURSOR)).passed();
    assert_eq!(
        (rows(&ran), extract(&ran)),
        (five().to_vec(), undisturbed())
    );
    assert_eq!(
        api.calls(),
        ["contacts", "contacts?cursor=c2", "contacts?cursor=c3"]
    );

    let api = ScriptedApi::start(|path, _| {
        let number = parameter(path, "p").map_or(1, |number| number.parse().unwrap());
        let link = format!("</v1/contacts?p={}&key=planted>; rel=\"next\"", number + 1);
        let headers = (number < 3).then_some(("link", link)).into_iter().collect();
        Some(Said(200, headers, json!(contacts(number)).to_string()))
    });
    let ran = land(&declared(&api, BY_LINK)).passed();
    assert_eq!(
        (rows(&ran), extract(&ran)),
        (five().to_vec(), undisturbed())
    );
    assert_eq!(api.calls().len(), 3);

    let api = ScriptedApi::start(|path, _| {
        let from: usize = parameter(path, "start").unwrap().parse().unwrap();
        let items = if from < 5 {
            contacts(from / 2 + 1)
        } else {
            Vec::new()
        };
        said(&json!({ "items": items }))
    });
    let by_offset = BY_CURSOR.replace(
        "by = \"cursor\", parameter = \"cursor\", next = \"meta.next\"",
        "by = \"offset\", parameter = \"start\"",
    );
    let ran = land(&declared(&api, &by_offset)).passed();
    assert_eq!(extract(&ran), undisturbed());
    assert_eq!(
        api.calls(),
        [0, 2, 4, 5].map(|from| format!("contacts?start={from}"))
    );
}

#[test]
fn pages_are_kept_until_all_of_them_belong_somewhere() {
    let api = ScriptedApi::start(|path, _| match path {
        "weather" => said(&json!([{ "id": "w1" }])),
        _ => page(path),
    });
    let weather = "[endpoints.weather]\npath = \"weather\"\nrecords = \"\"\n";
    let workspace = declared(&api, &format!("{BY_PAGE}{weather}"));
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), five());
    assert!(ran.stderr.contains("is kept"), "{}", ran.stderr);
    let asked = api.calls().len();
    // However often: nothing is asked again, and nothing is lost.
    land(&workspace).passed();
    assert_eq!(left(&workspace).len(), 4);
    decide(&workspace, "weather,company,,");
    let ran = land(&workspace).passed();
    let both = [("company".to_owned(), 1), five()[0].clone()];
    assert_eq!(rows(&ran), both);
    assert_eq!((left(&workspace), api.calls().len()), (Vec::new(), asked));
}

#[test]
fn limits_are_waited_for_and_trouble_is_tried_again() {
    let api = ScriptedApi::start(|path, before| match before {
        0 => Some(Said(
            429,
            vec![("retry-after", "1".to_owned())],
            String::new(),
        )),
        1 | 4 => status(503),
        2 => status(502),
        3 => Some(Said(200, Vec::new(), "<html>planted</html>".to_owned())),
        5 => Some(Said(
            503,
            vec![("retry-after", "1".to_owned())],
            String::new(),
        )),
        _ => page(path),
    });
    let begun = Instant::now();
    let ran = land(&declared(&api, BY_PAGE)).passed();
    assert!(begun.elapsed() > Duration::from_secs(2), "both silences");
    assert_eq!((extract(&ran), api.calls().len()), (undisturbed(), 10));
}

#[test]
fn calls_keep_their_pace() {
    let api = ScriptedApi::start(|path, _| page(path));
    let workspace = declared(&api, BY_PAGE);
    let path = workspace.path().join("source.toml");
    let text = fs::read_to_string(&path).unwrap().replace("60000", "120");
    fs::write(&path, text).unwrap();
    let begun = Instant::now();
    land(&workspace).passed();
    assert!(
        begun.elapsed() >= Duration::from_millis(1500),
        "four calls, three gaps"
    );
}

#[test]
fn a_refusal_says_what_to_do() {
    for code in [401, 403] {
        let (stderr, calls) = refused(9, BY_PAGE, move |_, _| status(code));
        assert!(stderr.contains("SMARTDESK_TOKEN"), "{stderr}");
        assert_eq!(calls.len(), 1);
    }
    let (stderr, _) = refused(4, BY_PAGE, |_, _| status(404));
    assert!(stderr.contains("[endpoints.contact]"), "{stderr}");
    let (stderr, _) = refused(4, BY_PAGE, |_, _| status(422));
    assert!(stderr.contains("(422)"), "{stderr}");
    let (stderr, calls) = refused(4, BY_PAGE, |_, before| match before {
        0 => Some(Said(
            302,
            vec![("location", "/v1/contacts?elsewhere".to_owned())],
            String::new(),
        )),
        _ => None,
    });
    assert!(stderr.contains("elsewhere"), "{stderr}");
    assert_eq!(calls.len(), 1, "a redirect is not followed");
    let (stderr, calls) = refused(9, BY_PAGE, |_, _| status(500));
    assert!(stderr.contains("it answered 500"), "{stderr}");
    assert_eq!(calls.len(), 6);
    let (stderr, _) = refused(9, BY_PAGE, |_, _| {
        Some(Said(
            429,
            vec![("retry-after", "7200".to_owned())],
            String::new(),
        ))
    });
    assert!(stderr.contains("120 min"), "{stderr}");
}

#[test]
fn an_answer_that_is_not_as_declared_is_refused() {
    for body in [
        json!({}),
        json!([]),
        json!({ "data": { "items": {} } }),
        json!({ "data": { "items": ["planted"] } }),
    ] {
        let (stderr, _) = refused(4, BY_PAGE, move |_, _| said(&body));
        let known = ["answers with", "nothing usable at `data.items`"];
        assert!(known.iter().any(|known| stderr.contains(known)), "{stderr}");
    }
    let (stderr, _) = refused(4, BY_CURSOR, |_, _| {
        said(&json!({ "items": [], "meta": ["planted"] }))
    });
    assert!(stderr.contains("nothing usable at `meta.next`"), "{stderr}");
}

#[test]
fn a_list_without_an_end_is_refused() {
    let (stderr, calls) = refused(4, BY_CURSOR, |_, before| {
        let next = ["c2", "c3", "c2"][before];
        said(&json!({ "items": contacts(before + 1), "meta": { "next": next } }))
    });
    assert!(stderr.contains("circle"), "{stderr}");
    assert_eq!(calls.len(), 3);
    let (stderr, calls) = refused(4, BY_LINK, |_, before| {
        let link = ("link", "</v1/contacts>; rel=next".to_owned());
        Some(Said(
            200,
            vec![link],
            json!(contacts(before + 1)).to_string(),
        ))
    });
    assert!(stderr.contains("circle"), "{stderr}");
    assert_eq!(calls.len(), 2);
    // The parameter is not known there: each page is the first one.
    let (stderr, calls) = refused(4, BY_PAGE, |_, _| page("contacts?page=1"));
    assert!(stderr.contains("page 1 again"), "{stderr}");
    assert_eq!(calls.len(), 2);
    let (stderr, calls) = refused(4, BY_CURSOR, |_, before| {
        said(&json!({ "items": [], "meta": { "next": format!("c{before}") } }))
    });
    assert!(stderr.contains("no end"), "{stderr}");
    assert_eq!(calls.len(), 101);
    let (stderr, _) = refused(4, BY_LINK, |_, _| {
        Some(Said(200, Vec::new(), " ".repeat((16 << 20) + 1)))
    });
    assert!(stderr.contains("longer than is read"), "{stderr}");
}

#[test]
fn a_link_does_not_lead_the_key_to_another_host() {
    let other = ScriptedApi::start(|_, _| said(&json!([])));
    let address = format!("<{}/v1/contacts?p=2>; rel=next", other.origin);
    let (stderr, _) = refused(4, BY_LINK, move |_, _| {
        Some(Said(
            200,
            vec![("link", address.clone())],
            json!(contacts(1)).to_string(),
        ))
    });
    assert!(stderr.contains("another host"), "{stderr}");
    assert_eq!(other.calls().len(), 0);
}

/// Page 3 has no answer at first, and the run ends there; the next one goes on.
#[track_caller]
fn stopped_at_page_three(signal: &str, code: i32) {
    let api = ScriptedApi::start(|path, before| match before {
        2 => None,
        _ => page(path),
    });
    let workspace = declared(&api, BY_PAGE);
    let running = begin(&workspace);
    until("page 3 is asked for", || api.calls().len() == 3);
    ended_by(signal, running).ended(code);
    assert_nothing_landed(&workspace);
    assert_eq!(left(&workspace), ["contact.jsonl", "contact.pages.jsonl"]);
    let ran = land(&workspace).passed();
    assert!(
        ran.stderr.starts_with("contact: goes on after 2 pages"),
        "{}",
        ran.stderr
    );
    let asked: Vec<usize> = api.calls().iter().map(|path| page_number(path)).collect();
    assert_eq!(asked, [1, 2, 3, 3, 4]);
    assert_eq!(
        (rows(&ran), extract(&ran)),
        (five().to_vec(), undisturbed())
    );
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn a_reading_that_was_stopped_goes_on() {
    stopped_at_page_three("-INT", 130);
    stopped_at_page_three("-TERM", 130);
    stopped_at_page_three("-KILL", -1);
}

#[test]
fn a_reading_that_found_nobody_goes_on_unless_something_else_is_asked_for() {
    let api = ScriptedApi::start(|path, before| match before {
        2..8 => status(504),
        10 => status(401),
        _ => page(path),
    });
    let endpoints = format!(
        "{BY_PAGE}[endpoints.user]\npath = \"users\"\nrecords = \"data.items\"\npagination = {{ by = \"page\", parameter = \"page\" }}\n"
    );
    let workspace = declared(&api, &endpoints);
    land(&workspace).ended(9);
    let ran = land(&workspace).ended(9);
    assert!(
        ran.stderr.contains("contact: goes on after 2 pages"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("endpoint `user`"), "{}", ran.stderr);
    // The one that is whole is not asked again.
    let before = api.calls().len();
    land(&workspace).passed();
    assert!(
        api.calls()[before..]
            .iter()
            .all(|path| path.starts_with("users"))
    );

    let api = ScriptedApi::start(|path, before| match before {
        1 => status(401),
        _ => page(path),
    });
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).ended(9);
    declare(&workspace, &api, &BY_PAGE.replace("size = 2", "size = 3"));
    land(&workspace).passed();
    let asked: Vec<usize> = api.calls().iter().map(|path| page_number(path)).collect();
    assert_eq!(asked, [1, 2, 1, 2, 3, 4]);
}

/// Page 2 is refused so many times; then the list goes on.
fn refusing(times: usize) -> ScriptedApi {
    ScriptedApi::start(move |path, before| match before {
        1.. if before <= times => status(404),
        _ => page(path),
    })
}

#[test]
fn a_place_that_is_no_place_any_more_is_given_up_the_second_time() {
    let api = refusing(2);
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).ended(4);
    assert_eq!(left(&workspace).len(), 2, "perhaps it was a whim");
    land(&workspace).ended(4);
    assert_eq!(left(&workspace), [""; 0]);
    land(&workspace).passed();
    let asked: Vec<usize> = api.calls().iter().map(|path| page_number(path)).collect();
    assert_eq!(asked, [1, 2, 2, 1, 2, 3, 4]);

    let api = refusing(1);
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).ended(4);
    let ran = land(&workspace).passed();
    assert_eq!(extract(&ran), undisturbed());
    assert_eq!(api.calls().len(), 5);
}

#[test]
fn a_list_ends_in_other_words_too() {
    // 404 or 204 behind the last page, and the last page is not full.
    for code in [404, 204] {
        let api = ScriptedApi::start(move |path, _| match page_number(path) {
            4 => Some(Said(code, Vec::new(), String::new())),
            _ => page(path),
        });
        let ran = land(&declared(&api, BY_PAGE)).passed();
        assert_eq!(extract(&ran), undisturbed());
    }
    // Behind a full page it is no end.
    let (stderr, _) = refused(4, BY_PAGE, |path, _| match page_number(path) {
        3 => status(404),
        _ => page(path),
    });
    assert!(stderr.contains("(404)"), "{stderr}");
    // Without a last word about the next page.
    let api = ScriptedApi::start(|path, _| match parameter(path, "cursor") {
        None => said(&json!({ "items": contacts(1), "meta": { "next": "c2" } })),
        Some(_) => said(&json!({ "items": contacts(2) })),
    });
    let ran = land(&declared(&api, BY_CURSOR)).passed();
    assert_eq!(rows(&ran), [("contact".to_owned(), 4)]);
}

#[test]
fn a_list_cut_short_is_no_whole_list() {
    let misspelt = BY_CURSOR.replace("meta.next", "meta.next_curser");
    let (stderr, _) = refused(4, &misspelt, |_, _| {
        said(&json!({ "items": contacts(1), "meta": { "next": "c2" } }))
    });
    assert!(stderr.contains("`meta.next_curser`"), "{stderr}");
    let (stderr, _) = refused(4, BY_LINK, |_, _| {
        let link = ("link", "</v1/contacts?p=2>; rel=\"next".to_owned());
        Some(Said(200, vec![link], json!(contacts(1)).to_string()))
    });
    assert!(stderr.contains("`Link` header"), "{stderr}");
    let counted = format!("{BY_CURSOR}total = \"meta.total\"\n");
    let counting = |total| {
        move |_: &str, _| said(&json!({ "items": contacts(1), "meta": { "total": total } }))
    };
    let (stderr, _) = refused(4, &counted, counting(3));
    assert!(
        stderr.contains("gives 2 records, and says that there are 3"),
        "{stderr}"
    );
    let api = ScriptedApi::start(counting(2));
    land(&declared(&api, &counted)).passed();
    let (stderr, _) = refused(4, &counted, |_, _| said(&json!({ "items": contacts(1) })));
    assert!(stderr.contains("no number at `meta.total`"), "{stderr}");
}

#[test]
fn every_link_header_is_read() {
    let api = ScriptedApi::start(|path, _| {
        let number = parameter(path, "p").map_or(1, |number| number.parse().unwrap());
        let style = ("link", "</style.css>; rel=preload".to_owned());
        let next = format!("</v1/contacts?p={}>; REL = Next", number + 1);
        let next = (number < 3).then_some(("link", next));
        let headers = [style].into_iter().chain(next).collect();
        Some(Said(200, headers, json!(contacts(number)).to_string()))
    });
    let ran = land(&declared(&api, BY_LINK)).passed();
    assert_eq!(extract(&ran), undisturbed());
}

#[test]
fn two_accounts_are_not_mixed() {
    let api = ScriptedApi::start(|path, before| match before {
        2 => status(401),
        _ => page(path),
    });
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).ended(9);
    let mut other = land_command(&workspace, &[]);
    other.env("SMARTDESK_TOKEN", OTHER_TOKEN);
    let ran = Ran::to_end(other).passed();
    assert_eq!(rows(&ran), five());
    let asked: Vec<usize> = api.calls().iter().map(|path| page_number(path)).collect();
    assert_eq!(asked, [1, 2, 3, 1, 2, 3, 4]);
}

#[test]
fn the_token_is_on_no_page() {
    let api = ScriptedApi::start(|path, before| match before {
        2 => status(401),
        _ => page(path),
    });
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).ended(9);
    assert_eq!(left(&workspace).len(), 2, "while pages are there");
    for file in files_below(&workspace.staging("")) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(TOKEN), "{}", file.display());
    }
    for link in [
        format!("/v1/contacts?p=2&key={TOKEN}"),
        format!("/v1/contacts?p=2&key={}", TOKEN.replace('-', "%2D")),
        format!("/v1/contacts?p=2&auth=Bearer%20{TOKEN}"),
        format!("/v1/of/{TOKEN}/contacts?p=2"),
    ] {
        let link = ("link", format!("<{link}>; rel=next"));
        let (stderr, calls) = refused(4, BY_LINK, move |_, _| {
            Some(Said(
                200,
                vec![link.clone()],
                json!(contacts(1)).to_string(),
            ))
        });
        assert!(stderr.contains("with the key in it"), "{stderr}");
        assert_eq!(calls.len(), 1);
    }
    let (stderr, calls) = refused(4, BY_CURSOR, |_, _| {
        let next = format!("{TOKEN}:2");
        said(&json!({ "items": contacts(1), "meta": { "next": next } }))
    });
    assert!(stderr.contains("with the key in it"), "{stderr}");
    assert_eq!(calls.len(), 1);
}

#[test]
fn numbers_of_an_api_are_landed_digit_by_digit() {
    let api = ScriptedApi::start(|path, _| match page_number(path) {
        1 => {
            let text = "{\"data\":{\"items\":[{\"id\":18446744073709551617},\n{\"id\":18446744073709551618,\n\"price\":1.10}]}}";
            Some(Said(200, Vec::new(), text.to_owned()))
        }
        _ => page("contacts?page=4"),
    });
    let workspace = declared(&api, BY_PAGE);
    land(&workspace).passed();
    let found = workspace.sql("select id, price from raw_smartdesk__contact order by id");
    assert_eq!(found[0]["id"], "18446744073709551617");
    assert_eq!(found[1]["price"], "1.10");
    let (stderr, _) = refused(4, BY_PAGE, |_, _| {
        let text = "{\"data\":{\"items\":[{\"id\":1},{\"id\":2,\"id\":\"planted\"}]}}";
        Some(Said(200, Vec::new(), text.to_owned()))
    });
    assert!(stderr.contains("number 2 of its page"), "{stderr}");
}

#[test]
fn only_what_changed_is_asked_for_on_demand() {
    let endpoints =
        format!("{BY_PAGE}updated_since = \"changed_after\"\nparameters = {{ order = \"id\" }}\n");
    let api = ScriptedApi::start(|path, _| page(path));
    let workspace = declared(&api, &endpoints);
    Ran::to_end(land_command(&workspace, &["--since", "2026-03-04"])).passed();
    let wanted = "contacts?order=id&changed_after=2026-03-04T00%3A00%3A00Z&per_page=2&page=1";
    assert_eq!(api.calls()[0], wanted);
    Ran::to_end(land_command(&workspace, &["--since", "soon"])).ended(2);
}

#[test]
fn a_declaration_that_cannot_be_is_refused_before_any_call() {
    let api = ScriptedApi::start(|path, _| page(path));
    let missing = workspace("kind = \"api\"");
    let ran = land(&missing).ended(3);
    assert!(ran.stderr.contains("source.toml"), "{}", ran.stderr);
    let unknown = declared(&api, &BY_PAGE.replace("records =", "rows ="));
    let ran = land(&unknown).ended(3);
    assert!(
        ran.stderr.contains("unknown field `rows`"),
        "{}",
        ran.stderr
    );
    let good = declared(&api, BY_PAGE);
    let mut unset = land_command(&good, &[]);
    unset.env_remove("SMARTDESK_TOKEN");
    let ran = Ran::to_end(unset).ended(3);
    assert!(
        ran.stderr.contains("SMARTDESK_TOKEN is not set"),
        "{}",
        ran.stderr
    );
    assert_eq!(api.calls().len(), 0);
}

#[test]
fn what_is_refused_for_its_records_is_asked_for_again() {
    // Nobody may see anything yet: the lists are empty, and complete.
    let api = ScriptedApi::start(|path, before| match before {
        0 => said(&json!({ "data": { "items": [] } })),
        _ => page(path),
    });
    let workspace = declared(&api, BY_PAGE);
    let ran = land(&workspace).ended(4);
    assert!(ran.stderr.contains("gave no record"), "{}", ran.stderr);
    assert_eq!(left(&workspace), [""; 0]);
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), five());
}

#[test]
fn pages_that_are_landed_are_not_landed_again_after_a_kill() {
    let api = ScriptedApi::start(|path, before| match before {
        0..4 => page(path),
        _ if page_number(path) == 1 => said(&json!({ "data": { "items": [{ "id": "con_6" }] } })),
        _ => said(&json!({ "data": { "items": [] } })),
    });
    let workspace = declared(&api, BY_PAGE);
    let mut command = land_command(&workspace, &[]);
    command.env("DESKFERRY_KILL_AFTER_EVENT", "1");
    Ran::to_end(command).ended(-1);
    assert!(
        workspace
            .ledger()
            .iter()
            .any(|line| line.contains("\"landed\""))
    );
    let kept = ["contact.jsonl", "contact.pages.jsonl", "landing"];
    let mut found = left(&workspace);
    found.sort();
    assert_eq!(found, kept);
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), [("contact".to_owned(), 1)], "today's records");
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn pages_of_an_endpoint_that_is_called_otherwise_now_go_too() {
    let api = ScriptedApi::start(|path, before| match before {
        1 => status(401),
        _ => page(path),
    });
    let old = BY_PAGE.replace("[endpoints.contact]", "[endpoints.Kontakte]");
    let workspace = declared(&api, &old);
    land(&workspace).ended(9);
    assert_eq!(left(&workspace).len(), 2);
    declare(&workspace, &api, BY_PAGE);
    land(&workspace).passed();
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn a_landing_counts_though_its_pages_cannot_be_removed() {
    let api = ScriptedApi::start(|path, _| page(path));
    let workspace = declared(&api, BY_PAGE);
    let in_the_way = workspace.staging("source/folder.jsonl");
    fs::create_dir_all(&in_the_way).unwrap();
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), five());
    assert!(
        ran.stderr.contains("all is landed, but pages"),
        "{}",
        ran.stderr
    );
    // What is landed is not taken for something new.
    let calls = api.calls().len();
    let ran = land(&workspace).ended(3);
    assert!(ran.stderr.contains("of no more use"), "{}", ran.stderr);
    assert_eq!(api.calls().len(), calls);
    fs::remove_dir(in_the_way).unwrap();
    land(&workspace).passed();
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn a_time_that_says_nothing_is_refused() {
    let api = ScriptedApi::start(|path, _| page(path));
    let workspace = declared(&api, BY_PAGE);
    let since = |time| Ran::to_end(land_command(&workspace, &["--since", time])).ended(2);
    let ran = since("2026-03-04");
    assert!(ran.stderr.contains("`updated_since`"), "{}", ran.stderr);
    declare(
        &workspace,
        &api,
        &format!("{BY_PAGE}updated_since = \"changed_after\"\n"),
    );
    let ran = since("2999-01-01");
    assert!(ran.stderr.contains("in the future"), "{}", ran.stderr);
    assert_eq!(api.calls().len(), 0);
}

#[test]
fn pages_stay_where_there_is_no_room_for_their_tables() {
    // Fields that no other record has: as a table they take far more room than as pages.
    let lonely = |number| json!({ "id": number, (format!("own_{number}")): number });
    let items: Vec<Value> = (0..400).map(lonely).collect();
    let api = ScriptedApi::start(move |_, _| said(&json!({ "items": items })));
    let workspace = declared(
        &api,
        "[endpoints.contact]\npath = \"contacts\"\nrecords = \"items\"\n",
    );
    let mut nowhere = land_command(&workspace, &[]);
    nowhere.env("TMPDIR", workspace.path().join("nowhere"));
    let small = within(50_000, &land_command(&workspace, &[]));
    for command in [nowhere, small] {
        let ran = Ran::to_end(command).ended(3);
        assert!(ran.stderr.contains("TMPDIR"), "{}", ran.stderr);
        assert_eq!(left(&workspace), ["contact.jsonl", "contact.pages.jsonl"]);
    }
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), [("contact".to_owned(), 400)]);
    assert_eq!(api.calls().len(), 1);
}

#[test]
fn pages_stay_until_it_is_decided_what_they_are_of() {
    let api = ScriptedApi::start(|_, _| said(&json!({ "items": [{ "rain": 1 }] })));
    let workspace = declared(
        &api,
        "[endpoints.weather]\npath = \"weather\"\nrecords = \"items\"\n",
    );
    let ran = land(&workspace).ended(6);
    assert!(ran.stderr.contains("map_headers.csv"), "{}", ran.stderr);
    assert!(ran.stderr.contains("api:weather"), "{}", ran.stderr);
    assert_eq!(left(&workspace), ["weather.jsonl", "weather.pages.jsonl"]);
    decide(&workspace, "api:weather,contact,,");
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), [("contact".to_owned(), 1)]);
    assert_eq!(api.calls().len(), 1);
    assert_eq!(left(&workspace), [""; 0]);
}
