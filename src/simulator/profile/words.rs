//! The words that switches take.

use serde::Deserialize;

/// The account's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// No custom fields, no files, one pipeline.
    Free,
    /// One pipeline.
    Growth,
    /// Several pipelines and currencies.
    Pro,
    /// Everything.
    Enterprise,
}

/// Status of a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreateStatus {
    /// 201; notes 200.
    Created,
    /// 200 everywhere.
    Ok,
}

impl CreateStatus {
    /// The status; `is_note` for notes.
    pub fn code(self, is_note: bool) -> u16 {
        if self == Self::Ok || is_note {
            200
        } else {
            201
        }
    }
}

/// Answer to a delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteBody {
    /// `true`; tasks and notes `{"success":".."}`.
    True,
    /// Status 204 and nothing.
    Empty,
    /// `{"success":".."}`
    Success,
    /// `{"result":true}`
    Result,
}

/// Shape of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorStyle {
    /// `{"errors":{"code":400,"message":[".."]}}`
    Canonical,
    /// `{"errors":{"code":400,"message":".."}}`
    String,
    /// `{"errors":[{"message":".."}]}`
    Array,
    /// `{"errors":{"code":400,"message":[{"message":"..","error_code":3002}]}}`
    Hashes,
    /// `{"code":400,"message":"..","description":".."}`
    TopLevel,
    /// A page.
    Html,
    /// Canonical, in the language of the key's user.
    Localised,
    /// The status alone.
    Empty,
}

/// What answers say about the allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderStyle {
    /// Nothing.
    None,
    /// `X-RateLimit-Remaining`, and `X-RateLimit-Reset` as seconds to go.
    RemainingReset,
    /// Both with `X-RateLimit-Limit`; the reset is a UTC time as `DDMMYYHHMMSS`.
    LimitRemainingReset,
    /// `Retry-After` beside a 429, in seconds.
    RetryAfter,
}

/// Reads that go through the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lagging {
    /// `GET /search`
    Search,
    /// `GET /lookup`
    Lookup,
    /// `POST /filtered_search/..`
    FilteredSearch,
    /// Views, scrolls and the members of lists.
    Views,
}

impl Lagging {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Search,
        Self::Lookup,
        Self::FilteredSearch,
        Self::Views,
    ];
}

/// By which attributes a filtered search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchAttributes {
    /// Every native and custom field.
    Any,
    /// Those that were seen in use, and custom fields.
    Evidenced,
}

/// Which jobs end badly. Their good rows are written all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobFails {
    /// None.
    Never,
    /// Those with a row that failed.
    AnyRow,
    /// Those of which all rows failed.
    EveryRow,
}

/// What an ended job says about the rows that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReport {
    /// The row's identifier and what was wrong.
    Identifiers,
    /// The row's place in the call, from 0, and what was wrong.
    RowIndex,
    /// How many there were, and nothing else.
    None,
}

/// What a PUT does with the custom fields it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldPut {
    /// They are emptied.
    Replace,
    /// They stay.
    Merge,
}

/// What becomes of something that the account does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// It is dropped, and the answer is a success.
    Ignore,
    /// 400.
    Refuse,
}

/// Which forms of `emails` a request may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailForms {
    /// One text, a list of texts, a list of objects.
    Any,
    /// One text; a list of objects in a PUT.
    Strict,
}

/// What a manual call log must be sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneCalls {
    /// Form or JSON.
    Both,
    /// A form; JSON is taken and loses its target.
    MultipartOnly,
}

/// What becomes of an owner who is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerValidation {
    /// 400.
    Refuse,
    /// The owner stays who it was, and the answer is a success.
    Ignore,
}

/// What the account's own rules change right after a contact, lead, account or deal was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workflow {
    /// The next active user becomes its owner.
    Owner,
    /// A deal moves to the next stage of its pipeline.
    Stage,
}
