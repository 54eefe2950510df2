//! The account before anybody called: users, pipelines, fields and the other things only an admin can make.
//!
//! A seed is one JSON object; the fixture `freshsales/seed.json` shows every section. Unknown keys are refused,
//! and so is a seed that contradicts itself, because a quiet default here would make every later test lie.

mod check;
mod plan;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::crm::Entity;
use super::profile::{self, Profile};
use crate::error::{Error, Kind, Result};

/// Selectors whose entries are an id and a name.
pub const CHOICES: [&str; 12] = [
    "territories",
    "industry_types",
    "business_types",
    "lead_sources",
    "campaigns",
    "deal_reasons",
    "deal_types",
    "deal_payment_statuses",
    "deal_products",
    "designations",
    "lead_stages",
    "lead_reasons",
];

/// Largest id of a seed: below 2^53, so that every JSON reader keeps it whole.
pub const MOST_ID: u64 = 1 << 50;

/// A user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// As `owner_id`.
    pub id: u64,
    /// First and last name.
    pub display_name: String,
    /// Login; what owners are matched by.
    pub email: String,
    /// Whether the user can own records.
    #[serde(default = "yes")]
    pub is_active: bool,
    /// Shown in the selector.
    pub work_number: Option<String>,
    /// Shown in the selector.
    pub mobile_number: Option<String>,
}

/// A pipeline with its stages in order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// As `deal_pipeline_id`.
    pub id: u64,
    /// Unique among pipelines.
    pub name: String,
    /// The one that system views show.
    #[serde(default)]
    pub is_default: bool,
    /// In their order; never empty.
    pub deal_stages: Vec<Stage>,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// As `deal_stage_id`.
    pub id: u64,
    /// May repeat in another pipeline.
    pub name: String,
    /// From 1; absent: its place in the list.
    pub position: Option<u32>,
    /// What it says about the outcome.
    #[serde(default)]
    pub forecast_type: Forecast,
    /// Percent that a deal gets on entering.
    #[serde(default)]
    pub probability: u32,
}

/// What a stage says about the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Forecast {
    /// Still worked on.
    #[default]
    Open,
    /// Closed, with success.
    Won,
    /// Closed, without.
    Lost,
}

impl Forecast {
    /// As selectors show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Won => "Won",
            Self::Lost => "Lost",
        }
    }
}

/// A lifecycle stage with its statuses in order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// As `lifecycle_stage_id`.
    pub id: u64,
    /// Shown to people.
    pub name: String,
    /// `Lead`, `Sales Qualified Lead`, `Customer` or `Custom`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In their order.
    pub contact_statuses: Vec<Choice>,
}

/// An id and a name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// As a foreign id.
    pub id: u64,
    /// Shown to people.
    pub name: String,
}

/// A currency; the first one is the account's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// As `currency_id`.
    pub id: u64,
    /// ISO 4217.
    pub currency_code: String,
    /// Whether deals may use it.
    #[serde(default = "yes")]
    pub is_active: bool,
    /// Units of the account's own currency for one of this, as text.
    #[serde(default = "one")]
    pub exchange_rate: String,
}

/// A kind of sales activity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityType {
    /// As `sales_activity_type_id`.
    pub id: u64,
    /// Shown to people.
    pub name: String,
    /// `phone`, `email`, `appointment`, …
    pub internal_name: Option<String>,
    /// Whether every account has it.
    #[serde(default)]
    pub is_default: bool,
}

/// How an activity of one type can end.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityOutcome {
    /// As `sales_activity_outcome_id`.
    pub id: u64,
    /// Shown to people.
    pub name: String,
    /// The type it belongs to.
    pub sales_activity_type_id: u64,
}

/// A native or custom field of a module.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedField {
    /// Native, or `cf_…`.
    pub name: String,
    /// What messages call it.
    pub label: String,
    /// One of the types that the fields route shows.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether records without a value are refused.
    #[serde(default)]
    pub required: bool,
    /// Whether at most one record may have a value; absent: by the field's nature. See [`super::crm::unique_field`].
    pub unique: Option<bool>,
    /// Texts that a choice field takes.
    #[serde(default)]
    pub choices: Vec<String>,
}

impl SeedField {
    /// Whether the admin made it.
    pub fn is_custom(&self) -> bool {
        self.name.starts_with("cf_")
    }

    /// The name by which it is required and unique: that of one address for the field of all.
    pub fn key_name(&self) -> &str {
        if self.name == "emails" {
            "email"
        } else {
            &self.name
        }
    }
}

/// A checked seed.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Everybody who can own records.
    pub users: Vec<User>,
    /// Exactly one is the default.
    pub pipelines: Vec<Pipeline>,
    /// In their order.
    pub lifecycle_stages: Vec<Lifecycle>,
    /// Selectors of [`CHOICES`] by name.
    pub choices: BTreeMap<&'static str, Vec<Choice>>,
    /// The account's own comes first.
    pub currencies: Vec<Currency>,
    /// Kinds of sales activities.
    pub activity_types: Vec<ActivityType>,
    /// How activities can end.
    pub activity_outcomes: Vec<ActivityOutcome>,
    /// Described fields of each module that has a fields route.
    pub fields: BTreeMap<Entity, Vec<SeedField>>,
    /// First records by object, as requests would send them.
    pub records: Map<String, Value>,
    /// The switches as they were set: section `settings`, and what won over it.
    pub settings: Map<String, Value>,
    /// What they come to.
    pub profile: Profile,
}

fn yes() -> bool {
    true
}

fn one() -> String {
    "1.0".to_owned()
}

impl Seed {
    /// Reads and checks a seed; `switches` win over its settings. What the plan lacks is taken out.
    ///
    /// # Errors
    /// `Config` for an unknown key, a value of the wrong type or a contradiction; the message names the section.
    pub fn read(value: &Value, switches: &Map<String, Value>) -> Result<Self> {
        let Value::Object(seed) = value else {
            return Err(refuse("it is not a JSON object"));
        };
        let mut rest = seed.clone();
        let settings: Map<String, Value> = section(&mut rest, "settings")?;
        let (settings, profile) = profile::merge(&settings, switches)
            .map_err(|problem| refuse("section `settings` cannot be read").because(problem))?;
        let mut read = Self {
            users: section(&mut rest, "users")?,
            pipelines: section(&mut rest, "deal_pipelines")?,
            lifecycle_stages: section(&mut rest, "lifecycle_stages")?,
            choices: choices(&mut rest)?,
            currencies: section(&mut rest, "currencies")?,
            activity_types: section(&mut rest, "sales_activity_types")?,
            activity_outcomes: section(&mut rest, "sales_activity_outcomes")?,
            fields: fields(&mut rest)?,
            records: section(&mut rest, "records")?,
            settings,
            profile,
        };
        if let Some(key) = rest.keys().next() {
            return Err(refuse(&format!("it has the unknown section `{key}`")));
        }
        read.check()?;
        read.reduce_to_plan();
        Ok(read)
    }

    /// Changes switches while the simulator runs. Plan and edition stay: what they lack was never there.
    ///
    /// # Errors
    /// What is wrong, as one sentence; nothing is changed then.
    pub fn switch(&mut self, changes: &Map<String, Value>) -> Result<(), String> {
        for fixed in ["edition", "plan"] {
            if changes.contains_key(fixed) {
                let problem = format!("`{fixed}` cannot be changed while the simulator runs");
                return Err(problem);
            }
        }
        let mut changed = self.clone();
        (changed.settings, changed.profile) = profile::merge(&self.settings, changes)?;
        changed.check_switches().map_err(|e| e.to_string())?;
        *self = changed;
        Ok(())
    }
}

/// An error about the seed; `problem` completes "the simulator's seed was refused: …".
pub fn refuse(problem: &str) -> Error {
    Error::new(
        Kind::Config,
        format!("the simulator's seed was refused: {problem}"),
    )
    .hint("compare it with fixtures/freshsales/seed.json, which has every section")
}

fn section<T: DeserializeOwned + Default>(seed: &mut Map<String, Value>, name: &str) -> Result<T> {
    match seed.shift_remove(name) {
        None => Ok(T::default()),
        Some(value) => serde_json::from_value(value)
            .map_err(|cause| refuse(&format!("section `{name}` cannot be read")).because(cause)),
    }
}

fn choices(seed: &mut Map<String, Value>) -> Result<BTreeMap<&'static str, Vec<Choice>>> {
    let mut all = BTreeMap::new();
    for name in CHOICES {
        all.insert(name, section(seed, name)?);
    }
    Ok(all)
}

fn fields(seed: &mut Map<String, Value>) -> Result<BTreeMap<Entity, Vec<SeedField>>> {
    let mut modules: Map<String, Value> = section(seed, "fields")?;
    let mut all = BTreeMap::new();
    let with_fields = [
        Entity::Contacts,
        Entity::Leads,
        Entity::SalesAccounts,
        Entity::Deals,
        Entity::SalesActivities,
    ];
    for entity in with_fields {
        all.insert(entity, section(&mut modules, entity.plural())?);
    }
    match modules.keys().next() {
        Some(key) => Err(refuse(&format!("`fields` has the unknown module `{key}`"))),
        None => Ok(all),
    }
}
