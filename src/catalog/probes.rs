//! `[probes.<name>]` of `objects.toml`: records that are made only to ask an account how it behaves.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::objects::Remove;

/// One kind of record to ask with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The entry's name.
    #[serde(skip)]
    pub name: String,
    /// The object whose target, wrapper and keys are asked about.
    pub object: String,
    /// The field that carries the mark by which the record is found and removed.
    pub marker: String,
    /// How what an earlier probe left is found.
    pub find: Trace,
    /// How the records go again.
    pub remove: Remove,
    /// What a smallest record holds beside the mark. Texts may hold `{unique}` and `{now}`.
    #[serde(default)]
    pub body: Map<String, Value>,
    /// What a record may be without: asked by leaving it out.
    #[serde(default)]
    pub optional: Map<String, Value>,
    /// Fields whose value is the id of a record of the account.
    #[serde(default)]
    pub ids: BTreeMap<String, Pick>,
    /// The probe whose record this one hangs on.
    #[serde(default)]
    pub on: Option<String>,
    /// Where the account lists the object's fields.
    #[serde(default)]
    pub fields: Option<String>,
    /// Where it shows which of them are unique; many accounts show it to nobody.
    #[serde(default)]
    pub forms: Option<String>,
    /// Fields that make a row of a bulk call one that is refused.
    #[serde(default)]
    pub bad: Map<String, Value>,
}

/// How leftovers are found.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Trace {
    /// By a search for the mark.
    Search,
    /// Among the newest of the object's list.
    Newest,
    /// Not at all: no route removes them, and they go out of reach with the record they hang on.
    Parent,
}

/// The first record of a list for which a field is true.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    /// Path below the base URL.
    pub path: String,
    /// Key of the array in the answer.
    pub root: String,
    /// The field.
    #[serde(rename = "where")]
    pub condition: String,
}
