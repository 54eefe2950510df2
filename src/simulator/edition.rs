//! The two editions of the service, and what only one of them has.

use serde::Deserialize;

use super::answer::Failure;
use super::call::Call;
use super::crm::Entity;

/// The kind of account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// `ALIAS.myfreshworks.com/crm/sales/api`: a lead is a contact in a lifecycle stage.
    #[default]
    Suite,
    /// `DOMAIN.freshsales.io/api`: leads are a module of their own, and there is no marketing.
    Classic,
}

impl Edition {
    /// As the switch `edition` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Suite => "suite",
            Self::Classic => "classic",
        }
    }

    /// Path before the API's own routes, where the start gives no other.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Suite => "/crm/sales/api",
            Self::Classic => "/api",
        }
    }

    /// Whether it has an object.
    pub fn has(self, entity: Entity) -> bool {
        self == Self::Classic || entity != Entity::Leads
    }

    /// Refuses a call that the other edition alone knows.
    ///
    /// # Errors
    /// No such route, or no such include.
    pub fn check(self, call: &Call) -> Result<(), Failure> {
        let path = call.segments();
        let is_of_suite = matches!(
            path.as_slice(),
            ["lists", ..]
                | ["contacts", "lists", ..]
                | ["selector", "lifecycle_stages" | "contact_statuses"]
        );
        let is_of_classic = matches!(
            path.as_slice(),
            ["leads", ..]
                | ["settings", "leads", ..]
                | ["filtered_search", "lead"]
                | ["selector", "lead_stages" | "lead_reasons"]
        );
        match self {
            Self::Suite if is_of_classic => Err(Failure::NoRoute),
            Self::Classic if is_of_suite => Err(Failure::NoRoute),
            Self::Classic => check_includes(call),
            Self::Suite => Ok(()),
        }
    }
}

/// A classic contact has no lifecycle.
fn check_includes(call: &Call) -> Result<(), Failure> {
    let names = call.names("include");
    let of_suite = |name: &&&str| matches!(**name, "lifecycle_stage" | "contact_status");
    match names.iter().find(of_suite) {
        Some(name) => Err(Failure::invalid(format!("Invalid include: {name}"))),
        None => Ok(()),
    }
}
