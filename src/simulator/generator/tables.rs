//! The canonical export, layout v1, as its writer sees it: every file, its columns in order, and what is in them.

/// What a column holds; value variants look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Key,
    Link,
    Text,
    Name,
    Long,
    Rich,
    Email,
    Phone,
    Url,
    Integer,
    Decimal,
    Money,
    Currency,
    Percent,
    Boolean,
    Date,
    Instant,
    Time,
    Choice,
    Multi,
    Tags,
    Country,
    Computed,
    Other,
}

/// A column of a file.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// Its type in `schema/fields.csv`.
    pub data_type: &'static str,
}

/// A file of the export.
#[derive(Clone, Debug)]
pub struct Table {
    /// The source's word for what a row is.
    pub object: &'static str,
    /// Path in the export, without `.csv`.
    pub file: &'static str,
    /// What its ids begin with; nothing when its rows have none.
    pub prefix: &'static str,
    /// Whether its rows are records of people's work, with an owner and their history; else they say how the source is set up
    /// or what is gone.
    pub is_record: bool,
    pub columns: Vec<Column>,
}

impl Column {
    pub fn is_custom(&self) -> bool {
        self.name.starts_with("cf_")
    }

    /// Whether it is on every record.
    pub fn is_system(&self) -> bool {
        columns_of(SYSTEM).any(|column| column.name == self.name)
    }

    /// What people see; two columns may share it.
    pub fn label(&self) -> String {
        let name = self.name.trim_start_matches("cf_");
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let mut label = name.replace('_', " ");
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        label
    }
}

impl Table {
    /// Place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// All tables, in the order they are written; the ones of `schema/` come last, because they count the others.
pub fn tables() -> Vec<Table> {
    let data = DATA.iter().map(|(object, file, prefix, columns)| {
        let is_record = !matches!(*object, "deleted" | "pipeline" | "stage");
        let system = if is_record { SYSTEM } else { "" };
        Table {
            object,
            file,
            prefix,
            is_record,
            columns: columns_of(columns).chain(columns_of(system)).collect(),
        }
    });
    data.collect()
}

/// The tables of `schema/` that describe the others.
pub fn schema_tables() -> Vec<Table> {
    let all = SCHEMA.iter().map(|(object, file, columns)| Table {
        object,
        file,
        prefix: "",
        is_record: false,
        columns: columns_of(columns).collect(),
    });
    all.collect()
}

fn columns_of(columns: &'static str) -> impl Iterator<Item = Column> {
    columns.split_whitespace().map(column)
}

/// `name:kind`, or `name:kind/type` where the schema's type is not the usual one of its kind.
fn column(spec: &'static str) -> Column {
    let (name, kind) = spec.split_once(':').unwrap_or((spec, "text"));
    let (kind, data_type) = kind.split_once('/').unwrap_or((kind, ""));
    let known = KINDS.iter().find(|(word, ..)| *word == kind);
    let (kind, usual) = known.map_or((Kind::Text, "text"), |(_, kind, usual)| (*kind, *usual));
    let data_type = if data_type.is_empty() {
        usual
    } else {
        data_type
    };
    Column {
        name,
        kind,
        data_type,
    }
}

const KINDS: &[(&str, Kind, &str)] = &[
    ("key", Kind::Key, "text"),
    ("ref", Kind::Link, "lookup"),
    ("text", Kind::Text, "text"),
    ("name", Kind::Name, "text"),
    ("long", Kind::Long, "long_text"),
    ("rich", Kind::Rich, "rich_text"),
    ("mail", Kind::Email, "email"),
    ("phone", Kind::Phone, "phone"),
    ("url", Kind::Url, "url"),
    ("int", Kind::Integer, "integer"),
    ("dec", Kind::Decimal, "decimal"),
    ("money", Kind::Money, "currency"),
    ("cur", Kind::Currency, "text"),
    ("pct", Kind::Percent, "percent"),
    ("bool", Kind::Boolean, "boolean"),
    ("date", Kind::Date, "date"),
    ("at", Kind::Instant, "datetime"),
    ("time", Kind::Time, "time"),
    ("one", Kind::Choice, "single_select"),
    ("many", Kind::Multi, "multi_select"),
    ("tags", Kind::Tags, "multi_select"),
    ("land", Kind::Country, "text"),
    ("made", Kind::Computed, "formula"),
    ("other", Kind::Other, "text"),
];

/// On every record.
const SYSTEM: &str = "owner_id:ref owner_email:mail created_at:at created_by_id:ref updated_at:at \
    updated_by_id:ref is_deleted:bool";

type Spec = (&'static str, &'static str, &'static str, &'static str);

const DATA: &[Spec] = &[
    (
        "user",
        "data/users",
        "usr",
        "id:key email:mail first_name:name last_name:name full_name:name role:one \
        team_id:ref is_active:bool timezone:other locale:other phone:phone last_login_at:at",
    ),
    (
        "team",
        "data/teams",
        "team",
        "id:key name:text manager_id:ref",
    ),
    (
        "pipeline",
        "schema/pipelines",
        "pip",
        "id:key name:text is_default:bool is_archived:bool currency:cur \
        sort_order:int",
    ),
    (
        "stage",
        "schema/stages",
        "stg",
        "id:key pipeline_id:ref name:text sort_order:int probability:pct kind:one \
        rotting_days:int is_archived:bool",
    ),
    (
        "company",
        "data/companies",
        "com",
        "id:key name:text domain:other website:url industry:one employee_count:int \
        annual_revenue_amount:money annual_revenue_currency:cur phone:phone billing_street:text billing_city:text \
        billing_state:text billing_postal_code:other billing_country:land parent_company_id:ref \
        parent_company_name:text description:long tags:tags cf_tier:one cf_seats:int cf_founded_on:date \
        cf_contract_date:date cf_credit_limit:money cf_regions:many cf_customer_number:other/auto_number",
    ),
    (
        "contact",
        "data/contacts",
        "con",
        "id:key salutation:text first_name:name last_name:name full_name:name \
        job_title:text department:text email:mail email_secondary:mail phone:phone mobile:phone company_id:ref \
        company_name:text lifecycle_stage:one street:text city:text state:text postal_code:other country:land \
        birthday:date linkedin_url:url email_opt_out:bool email_opt_out_at:at do_not_call:bool consent_source:text \
        consent_at:at converted_from_lead_id:ref last_activity_at:at tags:tags cf_nickname:text cf_history:long \
        cf_biography:rich cf_private_email:mail cf_fax:phone cf_blog:url cf_children:int cf_rating:dec cf_budget:money \
        cf_discount:pct cf_newsletter:bool cf_renewal_date:date cf_signed_up_on:date cf_last_demo_at:at \
        cf_call_time:time cf_region:one cf_region_2:one cf_products:many cf_size:one/radio \
        cf_interests:many/checkbox_group cf_referrer:ref cf_account_manager:ref/user cf_support_team:ref/team \
        cf_weighted:made cf_deal_count:made/rollup cf_contract:other/file cf_photo:other/image \
        cf_home_address:other/address cf_location:other/geo cf_profile:other/json",
    ),
    (
        "lead",
        "data/leads",
        "lea",
        "id:key first_name:name last_name:name company_name:text job_title:text email:mail \
        phone:phone mobile:phone website:url country:land cf_lead_source:one cf_lead_status:one score:int \
        email_opt_out:bool is_converted:bool converted_at:at converted_contact_id:ref converted_company_id:ref \
        converted_deal_id:ref should_convert:bool tags:tags cf_interest:text cf_follow_up_on:date \
        cf_expected_value:money cf_likelihood:pct cf_topics:many",
    ),
    (
        "campaign",
        "data/campaigns",
        "cam",
        "id:key name:text type:one status:one start_date:date end_date:date \
        budget_amount:money budget_currency:cur description:long",
    ),
    (
        "deal",
        "data/deals",
        "dea",
        "id:key name:text value_amount:money value_currency:cur pipeline_id:ref \
        pipeline_name:text stage_id:ref stage_name:text status:one probability:pct expected_close_date:date closed_at:at \
        lost_reason:text company_id:ref company_name:text primary_contact_id:ref primary_contact_name:text source:text \
        campaign_id:ref tags:tags cf_competitor:one cf_users:int cf_setup_fee:money cf_correction:money \
        cf_signed_on:date cf_go_live_on:date cf_renewal_on:date cf_modules:many cf_parts:many",
    ),
    (
        "deal_contact",
        "data/deal_contacts",
        "dct",
        "id:key deal_id:ref contact_id:ref role:one is_primary:bool",
    ),
    (
        "deal_stage_history",
        "data/deal_stage_history",
        "dsh",
        "id:key deal_id:ref from_stage_id:ref to_stage_id:ref \
        changed_at:at changed_by_id:ref days_in_stage:int",
    ),
    (
        "task",
        "data/tasks",
        "tsk",
        "id:key subject:text description:long description_format:other type:one status:one \
        priority:one due_at:at completed_at:at assignee_id:ref assignee_email:mail parent_type:other parent_id:ref \
        parent_name:text",
    ),
    (
        "activity",
        "data/activities",
        "act",
        "id:key type:other subject:text body:rich body_format:other direction:one \
        outcome:text started_at:at ended_at:at duration_seconds:other location:text phone_number:phone \
        recording_url:url email_from:other email_to:other email_cc:other email_message_id:other email_thread_id:other \
        is_pinned:bool author_id:ref author_email:mail parent_type:other parent_id:ref parent_name:text",
    ),
    (
        "activity_participant",
        "data/activity_participants",
        "par",
        "id:key activity_id:ref participant_type:other \
        participant_id:ref email:mail name:name role:other",
    ),
    (
        "campaign_member",
        "data/campaign_members",
        "mem",
        "id:key campaign_id:ref member_type:other member_id:ref \
        status:one joined_at:at",
    ),
    (
        "email_template",
        "data/email_templates",
        "tpl",
        "id:key name:text subject:other body_html:other body_text:other \
        folder:text is_shared:bool merge_fields:other has_conditional_logic:bool",
    ),
    ("tag", "data/tags", "tag", "id:key name:text color:other"),
    (
        "record_tag",
        "data/record_tags",
        "rtg",
        "id:key tag_id:ref object:other record_id:ref",
    ),
    (
        "ticket",
        "data/tickets",
        "tkt",
        "id:key number:other subject:text description:long status:one priority:one \
        channel:one requester_contact_id:ref company_id:ref assignee_id:ref resolved_at:at",
    ),
    (
        "ticket_message",
        "data/ticket_messages",
        "msg",
        "id:key ticket_id:ref author_type:other author_id:ref body:long \
        body_format:other sent_at:at is_private:bool",
    ),
    (
        "kb_article",
        "data/kb_articles",
        "kb",
        "id:key title:text body_html:other category:text status:one \
        language:other views:int",
    ),
    (
        "attachment",
        "data/attachments",
        "att",
        "id:key file_name:other stored_path:other mime_type:other \
        size_bytes:other sha256:other parent_type:other parent_id:ref uploaded_at:at uploaded_by_id:ref is_inline:bool \
        content_id:other source_url:other",
    ),
    (
        "deleted",
        "data/deleted",
        "del",
        "id:key object:other record_id:ref deleted_at:at deleted_by_id:ref reason:other \
        merged_into_id:ref",
    ),
];

const SCHEMA: &[(&str, &str, &str)] = &[
    (
        "schema_object",
        "schema/objects",
        "object:other api_name:other label_singular:other label_plural:other \
        is_custom:bool record_count:other file:other",
    ),
    (
        "schema_field",
        "schema/fields",
        "object:other api_name:other column:other label:other type:other \
        is_custom:bool is_required:bool is_unique:bool is_read_only:bool is_system:bool is_archived:bool \
        max_length:other precision:other scale:other default_value:other help_text:other group:other \
        lookup_object:other formula:other sort_order:other created_at:other pii_class:other",
    ),
    (
        "picklist_option",
        "schema/picklist_options",
        "object:other field_api_name:other value:other label:other \
        sort_order:other is_active:bool is_default:bool color:other",
    ),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    #[test]
    fn every_column_is_of_a_known_kind_and_stands_once() {
        let specs = DATA.iter().map(|spec| spec.3);
        let words = specs
            .chain([SYSTEM])
            .chain(SCHEMA.iter().map(|spec| spec.2));
        for word in words.flat_map(str::split_whitespace) {
            let Some((_, kind)) = word.split_once(':') else {
                panic!("{word}");
            };
            let kind = kind.split('/').next().unwrap_or_default();
            assert!(KINDS.iter().any(|(known, ..)| *known == kind), "{word}");
        }
        for table in tables().iter().chain(&schema_tables()) {
            for (place, column) in table.columns.iter().enumerate() {
                assert_eq!(table.place(column.name), Some(place), "{}", table.object);
            }
        }
    }

    #[test]
    fn every_type_of_a_field_is_used() {
        let tables = tables();
        let columns = || tables.iter().flat_map(|table| &table.columns);
        for wanted in TYPES.split_whitespace() {
            assert!(
                columns().any(|column| column.data_type == wanted),
                "{wanted}"
            );
        }
        let regions = columns().filter(|column| column.is_custom() && column.label() == "Region");
        assert_eq!(regions.count(), 2);
    }

    const TYPES: &str = "text long_text rich_text email phone url integer decimal currency percent boolean date datetime \
        time single_select multi_select radio checkbox_group lookup user team auto_number formula rollup file image \
        address geo json";
}
