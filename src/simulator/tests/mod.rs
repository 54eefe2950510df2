//! The simulator over a real socket.
//!
//! The traps of the fact sheet's section 17, each with the test that shows it; `traps` checks this table.
//!
//! | trap | what | test |
//! | --- | --- | --- |
//! | 1 | an unknown custom field, and the plural key, are dropped with a success | `writing::unknown_custom_fields_and_choices_are_dropped_in_silence` |
//! | 2 | so is a choice that is not offered | `writing::unknown_custom_fields_and_choices_are_dropped_in_silence` |
//! | 3 | a PUT empties the custom fields it does not name | `writing::put_replaces_custom_fields_tags_and_accounts` |
//! | 4 | a PUT replaces tags and accounts | `writing::put_replaces_custom_fields_tags_and_accounts` |
//! | 5 | a field becomes required in the middle of a run | `switches::a_field_can_become_required_while_it_runs` |
//! | 6 | over-long text refuses the whole record | `writing::over_long_text_refuses_the_whole_record` |
//! | 7 | "not unique" is a 400, also for what lies in the bin | `writing::deleted_records_hold_their_keys_until_they_are_forgotten` |
//! | 8 | a status must belong to the lifecycle stage | `relations::a_status_of_another_stage_is_refused` |
//! | 9 | rows of a view lack owner and links | `reading::rows_are_thin_without_the_matching_include` |
//! | 10 | a deal in a second pipeline is in no view | `reading::deal_views_see_the_default_pipeline_only` |
//! | 11 | a nested account name makes accounts | `relations::a_nested_account_name_makes_a_stray_account` |
//! | 12 | amounts come back as text of another scale | `writing::values_come_back_in_the_shapes_of_the_service` |
//! | 13 | days shift by the account's offset | `writing::values_come_back_in_the_shapes_of_the_service` |
//! | 14 | a job is a success though rows failed | `bulk::a_job_is_polled_to_its_end_and_names_no_ids` |
//! | 15 | a 400 wraps a 429; a 405 means too many jobs | `allowance::a_limit_can_come_disguised_as_a_400`, `bulk::an_eleventh_job_is_refused_until_one_has_ended` |
//! | 16 | a repeated POST of a child makes a twin | `children::a_repeated_post_of_a_child_makes_a_twin` |
//! | 17 | messages come in the language of the key's user | `answers::localised_messages_have_no_english_left` |
//! | 18 | ids are text in `/search` | `reading::lookup_and_search_find_records` |
//! | 19 | the account's rules change what was just made | `switches::rules_of_the_account_change_what_was_just_made` |
//! | 20 | one address is one person; a person without one may be refused | `switches::one_address_is_one_person_and_none_may_be_refused` |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allowance;
mod answers;
mod bulk;
mod children;
mod classic;
mod control;
mod faults;
mod index;
mod plans;
mod probes;
mod profiles;
mod reading;
mod relations;
mod scale;
mod seeds;
mod state;
mod switches;
mod traps;
mod writing;

use serde_json::{Value, json};

use super::{Options, Running, start};

const KEY: &str = "test-key";
const TOKEN: &str = "test-token";

/// Ids of the seed beside this file.
const ALICE: u64 = 70_900_000_001;
const BOB: u64 = 70_900_000_002;
const INACTIVE: u64 = 70_900_000_006;
const STAGE_NEW: u64 = 70_900_000_111;
const STAGE_WON: u64 = 70_900_000_115;
const OTHER_PIPELINE: u64 = 70_900_000_102;
const STAGE_OF_OTHER: u64 = 70_900_000_122;
const LIFECYCLE_LEAD: u64 = 70_900_000_201;
const STATUS_OF_LEAD: u64 = 70_900_000_212;
const STATUS_OF_CUSTOMER: u64 = 70_900_000_231;
const TYPE_PHONE: u64 = 70_900_000_501;
const OUTCOME_OF_MEETING: u64 = 70_900_000_531;
const USD: u64 = 70_900_000_482;

/// The seed beside this file, with some switches set.
fn seed(settings: &Value) -> Value {
    let text = include_str!("seed.json");
    let mut seed: Value = serde_json::from_str(text).unwrap();
    for (name, value) in settings.as_object().unwrap() {
        seed["settings"][name] = value.clone();
    }
    seed
}

/// A running simulator and a client for it.
struct Sim {
    running: Running,
    http: reqwest::Client,
}

impl Sim {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    async fn with(settings: Value) -> Self {
        let options = Options::new(seed(&settings), KEY, TOKEN);
        Self {
            running: start(options).await.unwrap(),
            http: reqwest::Client::new(),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/{path}", self.running.base_url);
        self.http
            .request(method.parse().unwrap(), url)
            .header("Authorization", format!("Token token={KEY}"))
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path);
        let request = match body {
            Value::Null => request,
            body => request.json(&body),
        };
        answer(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("PUT", path, body).await
    }

    async fn delete(&self, path: &str) -> (u16, Value) {
        self.send("DELETE", path, Value::Null).await
    }

    /// Creates a record and returns its id.
    async fn add(&self, path: &str, wrapper: &str, record: Value) -> u64 {
        let (status, body) = self.post(path, json!({wrapper: record})).await;
        assert!(status == 201 || status == 200, "{status} {body}");
        body[wrapper]["id"].as_u64().unwrap()
    }

    async fn add_contact(&self, last_name: &str, email: &str) -> u64 {
        let contact = json!({"last_name": last_name, "email": email});
        self.add("contacts", "contact", contact).await
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/{path}", self.running.control_url);
        let request = self.http.request(method.parse().unwrap(), url);
        answer(request.header("X-Sim-Token", TOKEN).json(&body)).await
    }

    async fn count(&self, object: &str) -> u64 {
        let (_, counts) = self.control("GET", "counts", Value::Null).await;
        counts[object].as_u64().unwrap()
    }

    async fn fault(&self, fault: Value) {
        let (status, body) = self.control("POST", "faults", json!([fault])).await;
        assert_eq!(status, 200, "{body}");
    }

    async fn view(&self, objects: &str, name: &str) -> String {
        let filters = self.get(&format!("{objects}/filters")).await;
        let filters = filters["filters"].as_array().unwrap();
        let found = filters.iter().find(|view| view["name"] == name).unwrap();
        format!("{objects}/view/{}", found["id"])
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// The messages of a refusal in the canonical shape.
fn messages(status: u16, body: &Value) -> Vec<&str> {
    assert_eq!(body["errors"]["code"], status, "{body}");
    let messages = body["errors"]["message"].as_array().unwrap();
    messages.iter().map(|text| text.as_str().unwrap()).collect()
}

impl Sim {
    async fn now(&self) -> i64 {
        let clock = self.control("GET", "clock", Value::Null).await.1;
        clock["now"].as_i64().unwrap()
    }

    /// Moves the clock to the next full hour and so many seconds.
    async fn to_the_hour_and(&self, seconds: i64) {
        let wait = 3600 - self.now().await % 3600 + seconds;
        self.control("POST", "advance", json!({"seconds": wait}))
            .await;
    }
}
