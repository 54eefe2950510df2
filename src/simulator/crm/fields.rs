//! Which native fields of each object a request may write, and what each holds.

use super::Entity;

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

/// Native fields that a request may set one by one.
pub fn of(entity: Entity) -> &'static [Field] {
    match entity {
        Entity::Contacts => CONTACT,
        Entity::SalesAccounts => SALES_ACCOUNT,
        Entity::Deals => DEAL,
        Entity::Tasks => TASK,
        Entity::Appointments => APPOINTMENT,
        Entity::Notes => NOTE,
        Entity::SalesActivities => SALES_ACTIVITY,
        Entity::Documents => DOCUMENT,
        Entity::Leads => LEAD,
        Entity::PhoneCalls => PHONE_CALL,
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

const PHONE_CALL: &[Field] = &[
    field("call_direction", Kind::Boolean),
    field("outcome_id", Kind::Integer),
    field("note_id", Kind::Integer),
];

/// A lead has what a contact has, and its own stage and reason.
const LEAD: &[Field] = &[
    field("first_name", LINE),
    field("last_name", LINE),
    field("job_title", LINE),
    field("department", LINE),
    field("address", LINE),
    field("city", LINE),
    field("state", LINE),
    field("zipcode", LINE),
    field("country", LINE),
    field("time_zone", LINE),
    field("mobile_number", Kind::Text(30)),
    field("work_number", LINE),
    field("facebook", LINE),
    field("twitter", LINE),
    field("linkedin", LINE),
    field("external_id", LINE),
    field("medium", LINE),
    field("keyword", LINE),
    field("do_not_disturb", Kind::Boolean),
    field("has_authority", Kind::Boolean),
    field("owner_id", Kind::Owner),
    field("territory_id", Kind::Choice("territories")),
    field("lead_stage_id", Kind::Choice("lead_stages")),
    field("lead_reason_id", Kind::Choice("lead_reasons")),
    field("lead_source_id", Kind::Choice("lead_sources")),
    field("campaign_id", Kind::Choice("campaigns")),
];

/// The company inside a lead: what becomes an account on conversion.
pub const LEAD_COMPANY: &[Field] = &[
    field("name", LINE),
    field("address", LINE),
    field("city", LINE),
    field("state", LINE),
    field("zipcode", LINE),
    field("country", LINE),
    field("number_of_employees", Kind::Integer),
    field("annual_revenue", Kind::Decimal),
    field("website", LINE),
    field("phone", LINE),
    field("industry_type_id", Kind::Choice("industry_types")),
    field("business_type_id", Kind::Choice("business_types")),
];

/// The deal inside a lead: what becomes a deal on conversion.
pub const LEAD_DEAL: &[Field] = &[
    field("name", LINE),
    field("amount", Kind::Amount),
    field("currency_id", Kind::Choice("currencies")),
    field("expected_close", Kind::Day),
    field("deal_product_id", Kind::Choice("deal_products")),
];
