//! The objects that hold records, and which native fields of each can be written.

use serde::{Deserialize, Serialize};

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
}

/// A native field that a request may set.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in requests and answers.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Money: a number in requests, a decimal text in answers.
    Amount,
    /// 0 to 100.
    Percent,
    /// True or false.
    Boolean,
    /// A calendar day.
    Day,
    /// A point in time.
    Instant,
    /// An active user.
    Owner,
    /// An entry of a selector.
    Choice(&'static str),
    /// An undeleted record.
    Record(Entity),
}

const LINE: Kind = Kind::Text(256);
const PAGE: Kind = Kind::Text(65_535);

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind }
}

impl Entity {
    /// All objects; parents first.
    pub const ALL: [Self; 8] = [
        Self::SalesAccounts,
        Self::Contacts,
        Self::Deals,
        Self::Tasks,
        Self::Appointments,
        Self::Notes,
        Self::SalesActivities,
        Self::Documents,
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
        matches!(self, Self::Contacts | Self::SalesAccounts | Self::Deals)
    }

    /// First id. The ranges lie apart, so that an id of one object is never taken for one of another.
    pub fn first_id(self) -> u64 {
        70_000_000_001 + 100_000_000 * self as u64
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
        match self {
            Self::Contacts => CONTACT,
            Self::SalesAccounts => SALES_ACCOUNT,
            Self::Deals => DEAL,
            Self::Tasks => TASK,
            Self::Appointments => APPOINTMENT,
            Self::Notes => NOTE,
            Self::SalesActivities => SALES_ACTIVITY,
            Self::Documents => DOCUMENT,
        }
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
            Self::Contacts => &[],
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

const CONTACT: &[Field] = &[
    field("first_name", LINE),
    field("last_name", LINE),
    field("job_title", LINE),
    field("address", LINE),
    field("city", LINE),
    field("state", LINE),
    field("zipcode", LINE),
    field("country", LINE),
    field("time_zone", LINE),
    field("locale", LINE),
    field("mobile_number", Kind::Text(30)),
    field("work_number", LINE),
    field("work_email", LINE),
    field("facebook", LINE),
    field("twitter", LINE),
    field("linkedin", LINE),
    field("external_id", LINE),
    field("medium", LINE),
    field("keyword", LINE),
    field("first_source", LINE),
    field("first_medium", LINE),
    field("first_campaign", LINE),
    field("last_source", LINE),
    field("last_medium", LINE),
    field("last_campaign", LINE),
    field("subscription_status", Kind::Integer),
    field("subscription_types", LINE),
    field("owner_id", Kind::Owner),
    field("territory_id", Kind::Choice("territories")),
    field("lead_source_id", Kind::Choice("lead_sources")),
    field("campaign_id", Kind::Choice("campaigns")),
];

const SALES_ACCOUNT: &[Field] = &[
    field("name", LINE),
    field("phone", LINE),
    field("website", LINE),
    field("address", LINE),
    field("city", LINE),
    field("state", LINE),
    field("zipcode", LINE),
    field("country", LINE),
    field("facebook", LINE),
    field("twitter", LINE),
    field("linkedin", LINE),
    field("number_of_employees", Kind::Integer),
    field("annual_revenue", Kind::Decimal),
    field("owner_id", Kind::Owner),
    field("territory_id", Kind::Choice("territories")),
    field("industry_type_id", Kind::Choice("industry_types")),
    field("business_type_id", Kind::Choice("business_types")),
    field(
        "parent_sales_account_id",
        Kind::Record(Entity::SalesAccounts),
    ),
];

const DEAL: &[Field] = &[
    field("name", LINE),
    field("amount", Kind::Amount),
    field("currency_id", Kind::Choice("currencies")),
    field("probability", Kind::Percent),
    field("expected_close", Kind::Day),
    field("forecast_category", Kind::Integer),
    field("owner_id", Kind::Owner),
    field("sales_account_id", Kind::Record(Entity::SalesAccounts)),
    field("deal_reason_id", Kind::Choice("deal_reasons")),
    field("deal_type_id", Kind::Choice("deal_types")),
    field("deal_product_id", Kind::Choice("deal_products")),
    field(
        "deal_payment_status_id",
        Kind::Choice("deal_payment_statuses"),
    ),
    field("lead_source_id", Kind::Choice("lead_sources")),
    field("campaign_id", Kind::Choice("campaigns")),
    field("territory_id", Kind::Choice("territories")),
];

const TASK: &[Field] = &[
    field("title", LINE),
    field("description", PAGE),
    field("due_date", Kind::Instant),
    field("owner_id", Kind::Owner),
    field("task_type_id", Kind::Integer),
    field("outcome_id", Kind::Integer),
];

const APPOINTMENT: &[Field] = &[
    field("title", LINE),
    field("description", PAGE),
    field("location", LINE),
    field("from_date", Kind::Instant),
    field("end_date", Kind::Instant),
    field("time_zone", LINE),
    field("is_allday", Kind::Boolean),
    field("latitude", LINE),
    field("longitude", LINE),
    field("outcome_id", Kind::Integer),
];

const NOTE: &[Field] = &[field("description", PAGE)];

const SALES_ACTIVITY: &[Field] = &[
    field("title", LINE),
    field("notes", PAGE),
    field("location", LINE),
    field("latitude", LINE),
    field("longitude", LINE),
    field("start_date", Kind::Instant),
    field("end_date", Kind::Instant),
    field("checkedin_at", Kind::Instant),
    field("conversation_time", Kind::Instant),
    field("owner_id", Kind::Owner),
    field(
        "sales_activity_type_id",
        Kind::Choice("sales_activity_types"),
    ),
    field(
        "sales_activity_outcome_id",
        Kind::Choice("sales_activity_outcomes"),
    ),
];

const DOCUMENT: &[Field] = &[
    field("name", LINE),
    field("url", Kind::Text(2_048)),
    field("is_shared", Kind::Boolean),
    field("size", Kind::Integer),
];
