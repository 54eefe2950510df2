//! What the source says about itself: objects, fields, options, and what it does on its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::records::options;
use super::row::Row;
use super::tables::{Kind, Table};
use super::variants::label_of;

type Options = (&'static str, &'static str, &'static [&'static str]);

/// The options of choices; of companies' tiers and contacts' regions the last one is inactive.
const OPTIONS: &[Options] = &[
    ("company", "cf_tier", options::TIERS),
    ("company", "cf_regions", options::SALES_REGIONS),
    ("contact", "lifecycle_stage", options::LIFECYCLES),
    ("contact", "cf_region", options::REGIONS),
    ("contact", "cf_region_2", options::OTHER_REGIONS),
    ("contact", "cf_products", options::PRODUCTS),
    ("contact", "cf_size", options::SIZES),
    ("contact", "cf_interests", options::INTERESTS),
    ("lead", "cf_lead_source", options::LEAD_SOURCES),
    ("lead", "cf_lead_status", options::LEAD_STATUSES),
    ("lead", "cf_topics", options::TOPICS),
    ("deal", "cf_competitor", options::COMPETITORS),
    ("deal", "cf_modules", options::MODULES),
    ("deal", "cf_parts", options::PARTS),
];

/// The options of a choice, where any are declared.
pub fn options_of(object: &str, field: &str) -> Option<&'static [&'static str]> {
    let mut all = OPTIONS.iter();
    let found = all.find(|(of, name, _)| *of == object && *name == field);
    found.map(|(.., values)| *values)
}

/// The rows of a table of `schema/`; `counts` are the records of each object.
pub fn rows<'t>(table: &'t Table, data: &[Table], counts: &BTreeMap<String, u64>) -> Vec<Row<'t>> {
    match table.object {
        "schema_object" => objects(table, data, counts),
        "schema_field" => fields(table, data),
        _ => picklists(table),
    }
}

fn objects<'t>(table: &'t Table, data: &[Table], counts: &BTreeMap<String, u64>) -> Vec<Row<'t>> {
    let row = |of: &Table| {
        let mut row = Row::new(table);
        let plural = of.file.rsplit('/').next().unwrap_or(of.file);
        let singular = if of.object == "company" {
            "Account"
        } else {
            of.object
        };
        row.set("object", of.object)
            .set("api_name", of.object)
            .set("label_singular", singular)
            .set("label_plural", plural)
            .set("is_custom", "false")
            .set(
                "record_count",
                counts.get(of.object).unwrap_or(&0).to_string(),
            )
            .set("file", format!("{}.csv", of.file));
        row
    };
    data.iter().map(row).collect()
}

fn fields<'t>(table: &'t Table, data: &[Table]) -> Vec<Row<'t>> {
    let all = data.iter().filter(|of| of.is_record);
    let all = all.flat_map(|of| of.columns.iter().map(move |column| (of, column)));
    let rows = (1..).zip(all).map(|(place, (of, column))| {
        let is_made = column.kind == Kind::Computed || column.data_type == "auto_number";
        let is_system = column.kind == Kind::Key || column.is_system();
        let mut row = Row::new(table);
        row.set("object", of.object)
            .set("api_name", column.name)
            .set("column", column.name)
            .set("label", column.label())
            .set("type", column.data_type)
            .set("is_custom", column.is_custom().to_string())
            .set("is_required", (column.name == "last_name").to_string())
            .set("is_unique", (column.kind == Kind::Key).to_string())
            .set("is_read_only", is_made.to_string())
            .set("is_system", is_system.to_string())
            .set("is_archived", "false")
            .set_some(
                "lookup_object",
                (column.name == "cf_referrer").then_some("contact"),
            )
            .set_some(
                "formula",
                (column.data_type == "formula").then_some("cf_rating * 10"),
            )
            .set("sort_order", place.to_string())
            .set("created_at", "2020-09-01T07:30:00Z")
            .set("pii_class", class(column.kind));
        row
    });
    rows.collect()
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Email => "email",
        Kind::Phone => "phone",
        Kind::Long | Kind::Rich => "free_text",
        _ => "none",
    }
}

fn picklists(table: &Table) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (object, field, values) in OPTIONS {
        for (place, value) in (1..).zip(*values) {
            let is_retired = matches!(*value, "Platinum" | "Alps");
            let label = label_of(value).filter(|_| *field == "cf_lead_status");
            let mut row = Row::new(table);
            row.set("object", *object)
                .set("field_api_name", *field)
                .set("value", *value)
                .set("label", label.unwrap_or_else(|| (*value).to_owned()))
                .set("sort_order", place.to_string())
                .set("is_active", (!is_retired).to_string())
                .set("is_default", "false");
            rows.push(row);
        }
    }
    rows
}

/// `automations.json`.
pub fn automations() -> Value {
    json!([
        {"id": "wf_0012", "kind": "workflow", "name": "New inbound lead -> assign + welcome", "object": "lead",
         "status": "active", "last_run_at": "2026-08-30T07:11:09Z", "runs_30d": 412,
         "trigger": {"type": "record_created", "schedule": null},
         "conditions": {"all": [{"field": "cf_lead_source", "op": "eq", "value": "Web"}]},
         "actions": [
             {"type": "assign_owner", "params": {"rule": "round_robin", "team_id": "team_000000001"}},
             {"type": "send_email", "params": {"template_id": "tpl_000000001"}},
             {"type": "create_task", "params": {"due_in_days": 1, "subject": "Call {{lead.first_name}}"}}],
         "depends_on": {"fields": ["cf_lead_source"], "templates": ["tpl_000000001"], "users": [],
                        "webhooks": ["https://hooks.example/lead"]}},
        {"id": "wf_0013", "kind": "sequence", "name": "Nachfassen", "object": "contact", "status": "paused",
         "last_run_at": null, "runs_30d": 0, "trigger": {"type": "manual", "schedule": null},
         "conditions": {"all": []}, "actions": [], "depends_on": {"fields": [], "templates": [], "users": [], "webhooks": []}}
    ])
}

/// `ai_assistant.json`.
pub fn assistant() -> Value {
    json!({"enabled": true, "tone": "friendly", "languages": ["de", "en"]})
}
