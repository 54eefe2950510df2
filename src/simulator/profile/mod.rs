//! How this account behaves where accounts differ: every switch, with its default.
//!
//! The switches stand under `settings` in the seed; those of a profile file win over them, and a control call can
//! change them while the simulator runs. The defaults are those of the API's fact sheet, section 18.

mod form;
mod overlay;
mod words;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use overlay::{merge, read};
pub use words::{
    CreateStatus, CustomFieldPut, DeleteBody, EmailForms, ErrorStyle, FailureReport, HeaderStyle,
    JobFails, Lagging, OwnerValidation, PhoneCalls, Plan, SearchAttributes, Unknown, Workflow,
};

use super::edition::Edition;
use super::faults::Fault;
use super::times::Zone;

/// A burst rule, as a gateway in front of the service keeps one: before the key is looked at, and without mercy.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// Calls that `seconds` allow.
    pub calls: usize,
    /// See `calls`.
    pub seconds: u32,
    /// Seconds without a call until it answers again; a call within them starts them anew.
    pub wait_seconds: u32,
}

/// What a bulk job is called in its states.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobStates {
    /// Not begun.
    pub queued: String,
    /// Begun.
    pub running: String,
    /// Ended; single rows may have failed.
    pub done: String,
    /// Ended badly.
    pub failed: String,
}

impl Default for JobStates {
    fn default() -> Self {
        Self {
            queued: "QUEUED".to_owned(),
            running: "IN_PROGRESS".to_owned(),
            done: "SUCCESS".to_owned(),
            failed: "FAILED".to_owned(),
        }
    }
}

/// Switches of an account. `fixtures/freshsales/profiles/every-switch.toml` explains each.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The kind of account.
    pub edition: Edition,
    /// Offset in which date-times are shown, and meant where a request gives none.
    #[serde(deserialize_with = "form::zone")]
    pub time_offset: Zone,
    /// Simulated seconds in a real one.
    pub clock_speed: u32,
    /// The account's plan: what it lacks is not there.
    pub plan: Plan,

    /// Calls that a simulated clock hour allows.
    #[serde(deserialize_with = "form::or_off")]
    pub hourly_limit: Option<u32>,
    /// Calls that a simulated clock minute allows.
    #[serde(deserialize_with = "form::or_off")]
    pub per_minute: Option<u32>,
    /// See [`Burst`].
    #[serde(deserialize_with = "form::or_off")]
    pub burst: Option<Burst>,
    /// What answers say about the allowance.
    pub ratelimit_headers: HeaderStyle,
    /// Whether "too many requests" comes as a 400 that wraps a 429.
    pub throttle_disguise: bool,

    /// Status of a create.
    pub create_status: CreateStatus,
    /// Answer to a delete.
    pub delete_body: DeleteBody,
    /// Shape of a refusal.
    pub error_style: ErrorStyle,

    /// Largest page of a list; a larger `per_page` is cut.
    pub page_rows: usize,
    /// Whether the answer to GET by id, create, PUT and upsert shows foreign ids without an `include`.
    pub ids_in_full_answers: bool,
    /// Whether a contact's accounts are shown in a list with their `include` too; by id they always are.
    pub links_in_rows: bool,
    /// Simulated seconds until the index knows what was written; a record by its id is always the newest.
    pub index_lag: u32,
    /// Which reads go through the index.
    pub index_lag_on: Vec<Lagging>,
    /// By which attributes a filtered search goes.
    pub search_attributes: SearchAttributes,

    /// Rows that one bulk call takes.
    pub bulk_max: usize,
    /// Bulk jobs at a time; 405 beyond.
    pub jobs_in_flight: usize,
    /// Polls that still find a job unfinished.
    pub job_polls: u32,
    /// Simulated seconds after which a job is done that nobody has asked for.
    pub job_seconds: u32,
    /// Simulated seconds for which an ended job can be asked for; 404 afterwards.
    #[serde(deserialize_with = "form::or_off")]
    pub job_kept_seconds: Option<u32>,
    /// See [`JobStates`].
    pub job_states: JobStates,
    /// Which jobs end badly.
    pub job_fails: JobFails,
    /// Whether an ended job names the records it wrote.
    pub job_ids_in_result: bool,
    /// What an ended job says about the rows that failed.
    pub failure_report: FailureReport,

    /// Native and custom fields without which a record is refused, by object; beside those that the seed marks.
    pub required_fields: BTreeMap<String, Vec<String>>,
    /// What a PUT does with the custom fields it does not name.
    pub custom_field_put: CustomFieldPut,
    /// What becomes of a custom field that the admin has not made.
    pub unknown_cf: Unknown,
    /// What becomes of a choice that is not offered.
    pub bad_choice: Unknown,
    /// Which forms of `emails` a request may use.
    pub email_array_form: EmailForms,
    /// What a manual call log must be sent as.
    pub phone_calls_encoding: PhoneCalls,
    /// Whether `created_at` and `updated_at` of a new contact, lead, account or deal are taken.
    pub honour_created_at: bool,
    /// What becomes of an owner who is not there.
    pub owner_validation: OwnerValidation,
    /// Whether an inactive user may own records.
    pub inactive_owners: bool,
    /// Whether a record in the Recycle Bin still holds its unique values.
    pub bin_holds_unique: bool,
    /// What the account's own rules change right after a record was made.
    pub workflow: Vec<Workflow>,
    /// The user whose key this is; absent: the first active one.
    #[serde(deserialize_with = "form::or_off")]
    pub key_user_id: Option<u64>,
    /// Faults on order from the start.
    pub faults: Vec<Fault>,
}

/// The defaults, as far as they are plain values.
const PLAIN: Profile = Profile {
    edition: Edition::Suite,
    time_offset: Zone::UTC,
    clock_speed: 1,
    plan: Plan::Enterprise,
    hourly_limit: Some(1000),
    per_minute: None,
    burst: None,
    ratelimit_headers: HeaderStyle::None,
    throttle_disguise: false,
    create_status: CreateStatus::Created,
    delete_body: DeleteBody::True,
    error_style: ErrorStyle::Canonical,
    page_rows: 100,
    ids_in_full_answers: false,
    links_in_rows: false,
    index_lag: 0,
    index_lag_on: Vec::new(),
    search_attributes: SearchAttributes::Any,
    bulk_max: 100,
    jobs_in_flight: 10,
    job_polls: 2,
    job_seconds: 5,
    job_kept_seconds: Some(86_400),
    job_states: JobStates {
        queued: String::new(),
        running: String::new(),
        done: String::new(),
        failed: String::new(),
    },
    job_fails: JobFails::Never,
    job_ids_in_result: false,
    failure_report: FailureReport::Identifiers,
    required_fields: BTreeMap::new(),
    custom_field_put: CustomFieldPut::Replace,
    unknown_cf: Unknown::Ignore,
    bad_choice: Unknown::Ignore,
    email_array_form: EmailForms::Any,
    phone_calls_encoding: PhoneCalls::Both,
    honour_created_at: false,
    owner_validation: OwnerValidation::Refuse,
    inactive_owners: false,
    bin_holds_unique: true,
    workflow: Vec::new(),
    key_user_id: None,
    faults: Vec::new(),
};

impl Default for Profile {
    fn default() -> Self {
        Self {
            index_lag_on: Lagging::ALL.to_vec(),
            job_states: JobStates::default(),
            required_fields: required_fields(),
            ..PLAIN
        }
    }
}

fn required_fields() -> BTreeMap<String, Vec<String>> {
    let fields: [(&str, &[&str]); 3] = [
        ("contacts", &["last_name", "email"]),
        ("sales_accounts", &["name"]),
        ("deals", &["name"]),
    ];
    let owned = fields.map(|(object, names)| {
        let names = names.iter().map(|name| (*name).to_owned());
        (object.to_owned(), names.collect())
    });
    owned.into()
}

impl Profile {
    /// The account's zone, with the edition's way to show an instant.
    pub fn zone(&self) -> Zone {
        match self.edition {
            Edition::Suite => self.time_offset,
            Edition::Classic => self.time_offset.shown_in_utc(),
        }
    }

    /// What is wrong with the switches among themselves; `None` when nothing is.
    pub fn problem(&self) -> Option<&'static str> {
        let counts = [self.page_rows, self.bulk_max, self.jobs_in_flight];
        if counts.contains(&0) {
            return Some("`page_rows`, `bulk_max` and `jobs_in_flight` must be at least 1");
        }
        if !(1..=form::FASTEST).contains(&self.clock_speed) {
            return Some("`clock_speed` must be 1 to 86400 simulated seconds a second");
        }
        if self.burst.is_some_and(|burst| burst.calls == 0) {
            return Some("`burst.calls` must be at least 1");
        }
        let JobStates {
            queued,
            running,
            done,
            failed,
        } = &self.job_states;
        let words = [queued, running, done, failed];
        let is_empty = words.iter().any(|word| word.trim().is_empty());
        if is_empty || [queued, running].iter().any(|w| *w == done || *w == failed) {
            return Some("`job_states` must not be empty, and an end must differ from the rest");
        }
        None
    }
}
