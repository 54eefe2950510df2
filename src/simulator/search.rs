//! `POST /filtered_search/<object>`: rules that must all hold, thin rows.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::Call;
use super::crm::{Entity, Record, World, key, unique_field};
use super::shapes::{self, Depth, Includes};
use super::views::{PAGE_ROWS, Sort, put_meta};

/// One rule.
struct Rule {
    attribute: String,
    operator: Operator,
    values: Vec<Value>,
    /// The value as an instant, for `is_after`.
    after: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    /// `is`, `is_in`
    Is,
    /// `contains`
    Contains,
    /// `is_after`
    After,
}

/// Answers a search.
pub fn filtered(world: &World, entity: Entity, call: &Call) -> Outcome {
    let body = call.object()?;
    let Some(Value::Array(sent)) = body.get("filter_rule") else {
        return Err(Failure::invalid("filter_rule is invalid"));
    };
    let rules: Result<Vec<Rule>, Failure> = sent
        .iter()
        .map(|rule| read_rule(world, entity, rule))
        .collect();
    let ids = matching(world, entity, &rules?);
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let text = |name: &str| call.param(name).or(body.get(name).and_then(Value::as_str));
    let sort = Sort::read(text("sort"), text("sort_type"))?;
    let chosen = sort.page(world, entity, &ids, page);
    let plain = Includes::none(entity);
    let mut body = shapes::many(world, entity, &chosen, Depth::Found, &plain);
    put_meta(&mut body, ids.len(), None);
    Ok(Answer::ok(body))
}

fn read_rule(world: &World, entity: Entity, rule: &Value) -> Result<Rule, Failure> {
    let text = |name: &str| rule[name].as_str().unwrap_or_default().to_owned();
    let (sent, operator) = (text("attribute"), text("operator"));
    let Some(attribute) = known(world, entity, &sent) else {
        return Err(Failure::invalid(format!("Invalid attribute: {sent}")));
    };
    let operator = match operator.as_str() {
        "is" | "is_in" => Operator::Is,
        "contains" => Operator::Contains,
        "is_after" => Operator::After,
        other => return Err(Failure::invalid(format!("Invalid operator: {other}"))),
    };
    let values = match (&rule["value"], operator) {
        (Value::Array(values), Operator::Is) if text("operator") == "is_in" => values.clone(),
        (Value::Null | Value::Array(_) | Value::Object(_), _) => {
            return Err(Failure::invalid(format!("Invalid value for {sent}")));
        }
        (value, _) => vec![value.clone()],
    };
    let instant = values.first().and_then(Value::as_str);
    let instant = instant.and_then(|text| world.zone().instant(text));
    match (operator, instant) {
        (Operator::After, None) => Err(Failure::invalid(format!("Invalid value for {sent}"))),
        (_, instant) => Ok(Rule {
            attribute,
            operator,
            values,
            after: instant.unwrap_or_default(),
        }),
    }
}

/// The indexed name of an attribute; the e-mail address has a name of its own here.
fn known(world: &World, entity: Entity, sent: &str) -> Option<String> {
    let is_known = match (entity, sent) {
        (Entity::Contacts, "contact_email.email") => return Some("email".to_owned()),
        (_, "created_at" | "updated_at") => true,
        (Entity::Contacts, "sales_account_id" | "lifecycle_stage_id" | "contact_status_id") => true,
        (Entity::Contacts, "name") => true,
        (Entity::Deals, "deal_pipeline_id" | "deal_stage_id") => true,
        _ => entity.field(sent).is_some() || is_custom(world, entity, sent),
    };
    is_known.then(|| sent.to_owned())
}

fn is_custom(world: &World, entity: Entity, name: &str) -> bool {
    let field = world.setup.field(entity, name);
    field.is_some_and(|field| field.is_custom())
}

/// Ids that satisfy all rules, ascending. An indexed rule gives the candidates, so most searches read few records.
fn matching(world: &World, entity: Entity, rules: &[Rule]) -> Vec<u64> {
    let table = world.table(entity);
    let indexed = rules
        .iter()
        .position(|rule| rule.operator == Operator::Is && is_indexed(world, entity, rule));
    let candidates = match indexed {
        Some(place) => by_index(world, entity, &rules[place]),
        None => table.all().to_vec(),
    };
    let rest = rules.iter().enumerate();
    let rest: Vec<&Rule> = rest
        .filter(|(place, _)| Some(*place) != indexed)
        .map(|(_, rule)| rule)
        .collect();
    let holds = |id: &u64| rest.is_empty() || all_hold(world, entity, *id, &rest);
    candidates.into_iter().filter(holds).collect()
}

fn is_indexed(world: &World, entity: Entity, rule: &Rule) -> bool {
    let name = rule.attribute.as_str();
    unique_field(&world.setup, entity, name)
        || match entity {
            Entity::Contacts => matches!(name, "owner_id" | "mobile_number" | "sales_account_id"),
            Entity::SalesAccounts => matches!(name, "owner_id" | "parent_sales_account_id"),
            _ => matches!(
                name,
                "name" | "owner_id" | "sales_account_id" | "deal_pipeline_id" | "deal_stage_id"
            ),
        }
}

fn by_index(world: &World, entity: Entity, rule: &Rule) -> Vec<u64> {
    let table = world.table(entity);
    let mut found = Vec::new();
    for value in &rule.values {
        let Some(key) = key(&rule.attribute, value) else {
            continue;
        };
        found.extend(table.holder(&key).filter(|id| table.is_live(*id)));
        found.extend_from_slice(table.group(&key));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn all_hold(world: &World, entity: Entity, id: u64, rules: &[&Rule]) -> bool {
    let table = world.table(entity);
    // Times first: they need no field to be read.
    let Some(head) = table.head(id) else {
        return false;
    };
    let by_time = |rule: &&Rule| match (rule.operator, rule.attribute.as_str()) {
        (Operator::After, "updated_at") => Some(head.updated_at > rule.after),
        (Operator::After, "created_at") => Some(head.created_at > rule.after),
        _ => None,
    };
    if rules.iter().any(|rule| by_time(rule) == Some(false)) {
        return false;
    }
    let rest: Vec<&&Rule> = rules
        .iter()
        .filter(|rule| by_time(rule).is_none())
        .collect();
    rest.is_empty()
        || table
            .get(id)
            .is_some_and(|record| rest.iter().all(|rule| holds(&record, rule)))
}

fn holds(record: &Record, rule: &Rule) -> bool {
    let stored = stored(record, &rule.attribute);
    let same = |one: &Value, value: &Value| match (key("", one), key("", value)) {
        (Some(one), Some(value)) => match rule.operator {
            Operator::Contains => one.contains(value.trim_start_matches('\u{1f}')),
            _ => one == value,
        },
        _ => one == value,
    };
    match rule.operator {
        Operator::After => stored
            .iter()
            .any(|one| one.as_i64().is_some_and(|at| at > rule.after)),
        _ => stored
            .iter()
            .any(|one| rule.values.iter().any(|value| same(one, value))),
    }
}

/// The values that a record has under an attribute.
pub fn stored(record: &Record, attribute: &str) -> Vec<Value> {
    let fields: &Fields = &record.fields;
    let list = |name: &str, part: &str| {
        let list = fields.get(name).and_then(Value::as_array);
        let parts = list.into_iter().flatten().map(|one| one[part].clone());
        parts.collect::<Vec<Value>>()
    };
    match attribute {
        "email" => list("emails", "value"),
        "sales_account_id" if fields.contains_key("sales_accounts") => list("sales_accounts", "id"),
        "created_at" => vec![json!(record.created_at)],
        "updated_at" => vec![json!(record.updated_at)],
        "name" if !fields.contains_key("name") => vec![shapes::display_name(record).into()],
        custom if custom.starts_with("cf_") => {
            let custom_field = fields.get("custom_field");
            let value = custom_field.and_then(|values| values.get(custom));
            value.into_iter().cloned().collect()
        }
        native => fields.get(native).into_iter().cloned().collect(),
    }
}
