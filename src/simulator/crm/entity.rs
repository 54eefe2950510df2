//! The objects that hold records.

use serde::{Deserialize, Serialize};

use super::fields::{self, Field};

/// An object with records of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// People; a lead is a contact in the lifecycle stage "Lead".
    Contacts,
    /// Companies.
    SalesAccounts,
    /// Opportunities.
    Deals,
    /// To-dos.
    Tasks,
    /// Meetings.
    Appointments,
    /// Texts on a record.
    Notes,
    /// Dated calls, e-mails, visits.
    SalesActivities,
    /// Files and links on a record.
    Documents,
    /// People who are no contacts yet; classic edition only.
    Leads,
    /// Manual call logs, which cannot be read.
    PhoneCalls,
}

impl Entity {
    /// All objects; parents first.
    pub const ALL: [Self; 10] = [
        Self::SalesAccounts,
        Self::Contacts,
        Self::Leads,
        Self::Deals,
        Self::Tasks,
        Self::Appointments,
        Self::Notes,
        Self::SalesActivities,
        Self::Documents,
        Self::PhoneCalls,
    ];

    /// Path and plural key.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::SalesAccounts => "sales_accounts",
            Self::Deals => "deals",
            Self::Tasks => "tasks",
            Self::Appointments => "appointments",
            Self::Notes => "notes",
            Self::SalesActivities => "sales_activities",
            Self::Documents => "documents",
            Self::Leads => "leads",
            Self::PhoneCalls => "phone_calls",
        }
    }

    /// Wrapper of one record.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::SalesAccounts => "sales_account",
            Self::Deals => "deal",
            Self::Tasks => "task",
            Self::Appointments => "appointment",
            Self::Notes => "note",
            Self::SalesActivities => "sales_activity",
            Self::Documents => "document",
            Self::Leads => "lead",
            Self::PhoneCalls => "phone_call",
        }
    }

    /// Name as a `targetable_type` and as a field's `base_model`.
    pub fn model(self) -> &'static str {
        match self {
            Self::Contacts => "Contact",
            Self::SalesAccounts => "SalesAccount",
            Self::Deals => "Deal",
            Self::Tasks => "Task",
            Self::Appointments => "Appointment",
            Self::Notes => "Note",
            Self::SalesActivities => "SalesActivity",
            Self::Documents => "Document",
            Self::Leads => "Lead",
            Self::PhoneCalls => "PhoneCall",
        }
    }

    /// The object with this path.
    pub fn by_plural(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|entity| entity.plural() == name)
    }

    /// The object with views, upsert and a Recycle Bin that has this wrapper.
    pub fn module_by_singular(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|entity| entity.is_module() && entity.singular() == name)
    }

    /// The object that a `targetable_type` names.
    pub fn by_target(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|entity| entity.is_module() && entity.model() == name)
    }

    /// Whether it has views, upsert, bulk calls and a Recycle Bin.
    pub fn is_module(self) -> bool {
        matches!(
            self,
            Self::Contacts | Self::SalesAccounts | Self::Deals | Self::Leads
        )
    }

    /// Whether its records are people: with a name in two parts, and e-mail addresses.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Contacts | Self::Leads)
    }

    /// First id. The ranges lie apart, so that an id of one object is never taken for one of another.
    pub fn first_id(self) -> u64 {
        let range = match self {
            // Seeds have the ids of users and of choices in the range before it.
            Self::PhoneCalls => 10,
            other => other as u64,
        };
        70_000_000_001 + 100_000_000 * range
    }

    /// The native field of this name, if a request may set it.
    pub fn field(self, name: &str) -> Option<Field> {
        self.fields()
            .iter()
            .copied()
            .find(|field| field.name == name)
    }

    /// Native fields that a request may set one by one; those with rules of their own are not among them.
    pub fn fields(self) -> &'static [Field] {
        fields::of(self)
    }

    /// Fields with rules of their own, so that the seed may describe them too.
    pub fn ruled_fields(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => &[
                "email",
                "emails",
                "sales_accounts",
                "sales_account_id",
                "lifecycle_stage_id",
                "contact_status_id",
                "contact_list_ids",
                "phone_numbers",
                "tags",
            ],
            Self::SalesAccounts => &["tags"],
            Self::Leads => &[
                "email",
                "emails",
                "phone_numbers",
                "tags",
                "company",
                "deal",
            ],
            Self::Deals => &[
                "deal_pipeline_id",
                "deal_stage_id",
                "contacts_added_list",
                "contacts",
                "closed_date",
                "tags",
            ],
            Self::Tasks => &["status", "targetable_type", "targetable_id"],
            _ => &["targetable_type", "targetable_id"],
        }
    }

    /// Native fields without which a record is refused, whatever the admin has set.
    pub fn always_required(self) -> &'static [&'static str] {
        match self {
            Self::Contacts | Self::Leads | Self::PhoneCalls => &[],
            Self::SalesAccounts | Self::Deals | Self::Documents => &["name"],
            Self::Tasks => &["title", "due_date"],
            Self::Appointments => &["title", "from_date", "end_date"],
            Self::Notes => &["description"],
            Self::SalesActivities => &[
                "title",
                "sales_activity_type_id",
                "owner_id",
                "start_date",
                "end_date",
            ],
        }
    }
}
