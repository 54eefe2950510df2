//! `POST /filtered_search/<object>`: rules that must all hold, thin rows.

use serde_json::Value;

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, Record, World, key, read, stored, unique_field};
use super::listing::{Selection, Sort};
use super::profile::{Lagging, SearchAttributes};
use super::shapes::{self, Depth, Includes};
use super::views::{PAGE_ROWS, put_meta};

/// One rule.
struct Rule {
    attribute: String,
    operator: Operator,
    values: Vec<Value>,
    /// The value as an instant, for `is_after`.
    after: i64,
}

impl Rule {
    /// Whether the index finds all that it is true of: texts and numbers are indexed, true and false are not.
    fn is_equality(&self) -> bool {
        let is_indexed = |value: &Value| key(&self.attribute, value).is_some();
        self.operator == Operator::Is && self.values.iter().all(is_indexed)
    }

    /// Whether it asks for what was changed after an instant.
    fn is_change(&self) -> bool {
        self.operator == Operator::After && self.attribute == "updated_at"
    }
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

/// Answers a search. One by equality reads no more records than it shows; the first one by an attribute lists all
/// records by it. One by a piece of text reads the whole object, once until something is written.
pub fn filtered(world: &mut World, entity: Entity, call: &Call) -> Outcome {
    let body = call.object()?;
    let Some(Value::Array(sent)) = body.get("filter_rule") else {
        return Err(Failure::invalid("filter_rule is invalid"));
    };
    let rules: Result<Vec<Rule>, Failure> = sent
        .iter()
        .map(|rule| read_rule(world, entity, rule))
        .collect();
    let rules = rules?;
    if let Some(rule) = rules.iter().find(|rule| rule.is_equality()) {
        world.ask(entity, &rule.attribute);
    }
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let text = |name: &str| call.param(name).or(body.get(name).and_then(Value::as_str));
    let sort = Sort::read(world, text("sort"), text("sort_type"))?;
    let named = Value::from(sent.as_slice()).to_string();
    let rows = matching(world, entity, &rules, (&named, sort));
    let table = world.indexed(entity, Lagging::FilteredSearch);
    let chosen = read(table, &rows.page(table, sort, page));
    let plain = Includes::none(entity);
    let mut body = shapes::many(world, entity, &chosen, Depth::Found, &plain);
    put_meta(&mut body, rows.len(table), None);
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

/// Attributes of which it was seen that a search takes them, beside custom fields.
const EVIDENCED: [&str; 9] = [
    "contact_email.email",
    "lead_email.email",
    "mobile_number",
    "name",
    "website",
    "contact_status_id",
    "sales_account_id",
    "deal_pipeline_id",
    "updated_at",
];

/// The indexed name of an attribute; the e-mail address has a name of its own here.
fn known(world: &World, entity: Entity, sent: &str) -> Option<String> {
    let is_evidenced = EVIDENCED.contains(&sent) || sent.starts_with("cf_");
    if world.profile().search_attributes == SearchAttributes::Evidenced && !is_evidenced {
        return None;
    }
    let is_known = match (entity, sent) {
        (Entity::Contacts, "contact_email.email") | (Entity::Leads, "lead_email.email") => {
            return Some("email".to_owned());
        }
        (_, "created_at" | "updated_at") => true,
        (Entity::Contacts, "sales_account_id" | "lifecycle_stage_id" | "contact_status_id") => true,
        (Entity::Contacts | Entity::Leads, "name") => true,
        (Entity::Deals, "deal_pipeline_id" | "deal_stage_id") => true,
        _ => entity.field(sent).is_some() || is_custom(world, entity, sent),
    };
    is_known.then(|| sent.to_owned())
}

fn is_custom(world: &World, entity: Entity, name: &str) -> bool {
    let field = world.setup.field(entity, name);
    field.is_some_and(|field| field.is_custom())
}

/// The records that satisfy all rules. An equality gives the candidates, so most searches read few records.
fn matching<'w>(
    world: &'w World,
    entity: Entity,
    rules: &[Rule],
    (named, sort): (&str, Sort),
) -> Selection<'w> {
    let table = world.indexed(entity, Lagging::FilteredSearch);
    match rules {
        [] => return Selection::Kept(table.all()),
        [rule] if rule.is_equality() && !unique_field(&world.setup, entity, &rule.attribute) => {
            if let [value] = rule.values.as_slice()
                && let Some(key) = key(&rule.attribute, value)
            {
                return Selection::Kept(table.group(&key));
            }
        }
        [rule] if rule.is_change() && sort.is_by_change() => {
            return Selection::ChangedFrom(table.changed_until(rule.after));
        }
        _ => (),
    }
    Selection::collect(world, (entity, table), (named, sort), || {
        (collect(world, entity, rules), i64::MAX)
    })
}

/// Ids that satisfy all rules, ascending, from the candidates that the best of them gives.
fn collect(world: &World, entity: Entity, rules: &[Rule]) -> Vec<u64> {
    let table = world.indexed(entity, Lagging::FilteredSearch);
    let equality = rules.iter().position(Rule::is_equality);
    let candidates = match (equality, rules.iter().find(|rule| rule.is_change())) {
        (Some(place), _) => equal(world, entity, &rules[place]),
        (None, Some(rule)) => {
            let places = table.changed_until(rule.after)..table.all().len();
            let mut ids = table.by_change(table.all(), places);
            ids.sort_unstable();
            ids
        }
        (None, None) => table.all().iter().collect(),
    };
    let rest = rules.iter().enumerate();
    let rest: Vec<&Rule> = rest
        .filter(|(place, _)| Some(*place) != equality)
        .map(|(_, rule)| rule)
        .collect();
    let holds = |id: &u64| rest.is_empty() || all_hold(world, entity, *id, &rest);
    candidates.into_iter().filter(holds).collect()
}

/// Undeleted records that have one of the values, ascending.
fn equal(world: &World, entity: Entity, rule: &Rule) -> Vec<u64> {
    let table = world.indexed(entity, Lagging::FilteredSearch);
    let mut found = Vec::new();
    for value in &rule.values {
        let Some(key) = key(&rule.attribute, value) else {
            continue;
        };
        found.extend(table.holder(&key).filter(|id| table.is_live(*id)));
        found.extend(table.group(&key).iter());
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn all_hold(world: &World, entity: Entity, id: u64, rules: &[&Rule]) -> bool {
    let table = world.indexed(entity, Lagging::FilteredSearch);
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
