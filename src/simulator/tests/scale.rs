//! How much a call reads must depend on what it shows, not on how much there is: counted in looks at rows.

use super::super::account;
use super::super::answer::Content;
use super::super::call::{Body, Call};
use super::super::crm::{Entity, World};
use super::super::routes;
use super::super::seed::Seed;
use super::*;

const CONTACTS: usize = 3_000;
const PAGE: usize = 100;

/// An account that is called without a socket.
struct Account(World);

impl Account {
    fn new() -> Self {
        let settings = json!({"jobs_in_flight": 1000, "job_seconds": 0});
        let seed = Seed::read(&seed(&settings), &serde_json::Map::new()).unwrap();
        Self(account::open(&seed, "http://127.0.0.1:1").unwrap())
    }

    /// With so many contacts, every one with an account, an owner and a note; half of them were changed later.
    fn filled() -> Self {
        let mut account = Self::new();
        let company = json!({"sales_account": {"name": "Acme"}});
        let company =
            account.call("POST", "sales_accounts", company).0["sales_account"]["id"].clone();
        for batch in 0..CONTACTS / PAGE {
            let row = |n: usize| {
                let n = batch * PAGE + n;
                let data = json!({
                    "last_name": format!("N{n}"), "external_id": format!("con_{n}"), "owner_id": BOB,
                    "city": format!("City {}", n % 1_500), "sales_accounts": [{"id": company}],
                });
                json!({"emails": format!("n{n}@x.test"), "data": data})
            };
            let rows = json!({"contacts": (0..PAGE).map(row).collect::<Vec<_>>()});
            account.call("POST", "contacts/bulk_upsert", rows);
        }
        account.call("GET", "selector/owners", Value::Null);
        let first = Entity::Contacts.first_id();
        for n in (0..CONTACTS as u64).step_by(2) {
            account.0.advance(1);
            account.call(
                "PUT",
                &format!("contacts/{}", first + n),
                json!({"job_title": "Boss"}),
            );
        }
        account
    }

    /// The answer's body, and how many contacts were looked at for it.
    fn call(&mut self, method: &str, target: &str, body: Value) -> (Value, usize) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let call = Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: if body.is_null() {
                Body::Empty
            } else {
                Body::Json(body)
            },
            fault: None,
        };
        let looks = |world: &World| world.table(Entity::Contacts).looks.get();
        let before = looks(&self.0);
        let answer =
            routes::answer(&mut self.0, &call).unwrap_or_else(|why| panic!("{target}: {why:?}"));
        let Content::Json(body) = answer.content else {
            panic!("{target}: no JSON");
        };
        (body, looks(&self.0) - before)
    }

    fn view(&mut self, name: &str) -> String {
        let filters = self.call("GET", "contacts/filters", Value::Null).0;
        let mut views = filters["filters"].as_array().unwrap().iter();
        let view = views.find(|view| view["name"] == name).unwrap();
        format!("contacts/view/{}", view["id"])
    }
}

fn ids(body: &Value) -> Vec<u64> {
    let rows = body["contacts"].as_array().unwrap().iter();
    rows.map(|row| row["id"].as_u64().unwrap()).collect()
}

#[test]
fn every_page_of_every_order_reads_its_own_rows_only() {
    let mut account = Account::filled();
    let views = [
        account.view("All Contacts"),
        account.view("My Contacts"),
        "sales_accounts/70100000001/contacts".to_owned(),
    ];
    assert_eq!(
        account.call("GET", &views[1], Value::Null).0["meta"]["total"],
        0,
        "all are Bob's"
    );
    for view in [&views[0], &views[2]] {
        for sort in ["created_at", "updated_at"] {
            for direction in ["asc", "desc"] {
                let mut all = Vec::new();
                for page in 1..=CONTACTS / PAGE {
                    let target = format!(
                        "{view}?page={page}&per_page={PAGE}&sort={sort}&sort_type={direction}"
                    );
                    let (body, looks) = account.call("GET", &target, Value::Null);
                    assert!(looks <= PAGE, "{target}: {looks} looks");
                    all.extend(ids(&body));
                }
                assert_eq!(all, expected(sort, direction), "{sort} {direction}");
            }
        }
    }
}

/// The unchanged ones in the order of creation, then the changed ones.
fn expected(sort: &str, direction: &str) -> Vec<u64> {
    let first = Entity::Contacts.first_id();
    let all = (0..CONTACTS as u64).map(|n| first + n);
    let mut all: Vec<u64> = all.collect();
    if sort == "updated_at" {
        all.sort_by_key(|id| ((id - first).is_multiple_of(2), *id));
    }
    if direction == "desc" {
        all.reverse();
    }
    all
}

#[test]
fn a_search_by_equality_reads_the_table_once_and_then_what_it_shows() {
    let mut account = Account::filled();
    let by_city = json!({"filter_rule": [{"attribute": "city", "operator": "is_in", "value": ["City 7", "City 8"]}]});
    let (body, looks) = account.call("POST", "filtered_search/contact", by_city.clone());
    assert_eq!(body["meta"]["total"], 4);
    assert!(looks >= CONTACTS, "the first time all are read");
    account.call("PUT", "contacts/70000000008", json!({"city": "City 9"}));
    let (body, looks) = account.call("POST", "filtered_search/contact", by_city);
    assert_eq!(
        body["meta"]["total"], 3,
        "a changed record is found by its new value only"
    );
    assert!(looks < 20, "{looks} looks");
    for rule in [
        json!({"attribute": "contact_email.email", "operator": "is_in", "value": ["n5@x.test", "n2999@x.test"]}),
        json!({"attribute": "external_id", "operator": "is", "value": "con_2999"}),
        json!({"attribute": "sales_account_id", "operator": "is", "value": 70_100_000_001_u64}),
        json!({"attribute": "owner_id", "operator": "is", "value": BOB}),
    ] {
        let rules = json!({"filter_rule": [rule.clone()], "per_page": 10, "page": 1});
        let (body, looks) = account.call("POST", "filtered_search/contact", rules);
        assert!(!ids(&body).is_empty(), "{rule}");
        assert!(looks <= 20, "{rule}: {looks} looks");
    }
}

#[test]
fn what_was_changed_since_is_paged_without_a_walk() {
    let mut account = Account::filled();
    let body = account.call("GET", "contacts/70000000001", Value::Null).0;
    let since = body["contact"]["updated_at"].clone();
    let rule = json!({"attribute": "updated_at", "operator": "is_after", "value": since});
    let changed = CONTACTS / 2 - 1;
    for page in [1, changed / PAGE] {
        let search = json!({"filter_rule": [rule.clone()], "page": page, "per_page": PAGE, "sort": "updated_at", "sort_type": "asc"});
        let (body, looks) = account.call("POST", "filtered_search/contact", search);
        assert_eq!(body["meta"]["total"], changed);
        assert_eq!(
            ids(&body)[0],
            70_000_000_003 + 2 * (PAGE * (page - 1)) as u64
        );
        assert!(looks <= PAGE, "{looks} looks");
    }
}

#[test]
fn what_must_be_collected_is_collected_once_until_something_is_written() {
    let mut account = Account::filled();
    let search = |page: usize| {
        let rule = json!({"attribute": "last_name", "operator": "contains", "value": "n2"});
        json!({"filter_rule": [rule], "page": page, "per_page": PAGE, "sort": "updated_at", "sort_type": "desc"})
    };
    let (first, looks) = account.call("POST", "filtered_search/contact", search(1));
    assert!(looks >= CONTACTS);
    let (_, looks) = account.call("POST", "filtered_search/contact", search(2));
    assert!(looks <= PAGE, "{looks} looks");
    let total = first["meta"]["total"].as_u64().unwrap();
    account.call("POST", "contacts", json!({"last_name": "N2 again"}));
    let (body, _) = account.call("POST", "filtered_search/contact", search(1));
    assert_eq!(body["meta"]["total"], total + 1);
}

#[test]
fn writes_and_look_ups_read_a_handful_of_rows() {
    let mut account = Account::filled();
    for (method, target, body, most) in [
        (
            "POST",
            "contacts",
            json!({"last_name": "A", "email": "a@x.test"}),
            10,
        ),
        (
            "PUT",
            "contacts/70000000500",
            json!({"mobile_number": "1"}),
            10,
        ),
        ("DELETE", "contacts/70000000501", Value::Null, 10),
        ("DELETE", "contacts/70000000502/forget", Value::Null, 10),
        (
            "POST",
            "contacts/upsert",
            json!({"unique_identifier": {"emails": "n9@x.test"}, "contact": {"city": "B"}}),
            12,
        ),
        (
            "GET",
            "lookup?q=n9@x.test&f=email&entities=contact",
            Value::Null,
            10,
        ),
        (
            "GET",
            "contacts/70000000500?include=sales_accounts,notes",
            Value::Null,
            10,
        ),
        ("GET", "sales_accounts/70100000001", Value::Null, 10),
    ] {
        let (_, looks) = account.call(method, target, body);
        assert!(looks <= most, "{method} {target}: {looks} looks");
    }
    account.call(
        "GET",
        "lookup?q=77&f=work_number&entities=contact",
        Value::Null,
    );
    let (_, looks) = account.call(
        "GET",
        "lookup?q=78&f=work_number&entities=contact",
        Value::Null,
    );
    assert!(looks <= 10, "{looks} looks");
    let rows = json!({"contacts": [{"emails": "n10@x.test", "data": {"city": "C"}}]});
    let (_, looks) = account.call("POST", "contacts/bulk_upsert", rows);
    assert!(looks <= 10, "{looks} looks");
}

#[test]
fn past_and_upcoming_follow_the_clock() {
    let mut account = Account::new();
    let contact = account
        .call("POST", "contacts", json!({"last_name": "A"}))
        .0["contact"]["id"]
        .clone();
    let now = account.0.clock.now();
    let at = |seconds: i64| account.0.zone().show(now + seconds);
    let (soon, end) = (at(100), at(200));
    let meeting = json!({"title": "M", "from_date": soon, "end_date": end, "targetable_type": "Contact", "targetable_id": contact});
    account.call("POST", "appointments", meeting);
    let total = |account: &mut Account, filter: &str| {
        let body = account
            .call("GET", &format!("appointments?filter={filter}"), Value::Null)
            .0;
        body["meta"]["total"].as_u64().unwrap()
    };
    assert_eq!(
        (total(&mut account, "past"), total(&mut account, "upcoming")),
        (0, 1)
    );
    account.0.advance(101);
    assert_eq!(
        (total(&mut account, "past"), total(&mut account, "upcoming")),
        (1, 0)
    );
}
