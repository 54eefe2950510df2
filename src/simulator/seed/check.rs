//! What makes a seed contradict itself.

use std::collections::BTreeSet;

use super::super::crm::Entity;
use super::super::faults::Fault;
use super::{MOST_ID, Seed, SeedField, refuse};
use crate::error::Result;

/// Types a field may have, as `settings/*/fields` shows them.
const TYPES: [&str; 16] = [
    "text",
    "textarea",
    "paragraph",
    "number",
    "decimal",
    "dropdown",
    "radio",
    "multi_select_dropdown",
    "checkbox",
    "date",
    "date_time",
    "auto_complete",
    "formula",
    "email",
    "phone",
    "url",
];

impl Seed {
    /// Refuses ids that repeat, references to nothing, and fields that cannot be.
    pub(super) fn check(&self) -> Result<()> {
        if !self.users.iter().any(|user| user.is_active) {
            return Err(refuse("`users` has no active user"));
        }
        if self.pipelines.iter().filter(|line| line.is_default).count() != 1 {
            return Err(refuse("`deal_pipelines` must have one with `is_default`"));
        }
        if let Some(empty) = self.pipelines.iter().find(|p| p.deal_stages.is_empty()) {
            return Err(refuse(&format!(
                "pipeline {} has no `deal_stages`",
                empty.id
            )));
        }
        if self.currencies.first().is_none_or(|own| !own.is_active) {
            return Err(refuse("`currencies` must begin with an active one"));
        }
        let known: BTreeSet<u64> = self.activity_types.iter().map(|kind| kind.id).collect();
        let mut outcomes = self.activity_outcomes.iter();
        if let Some(outcome) = outcomes.find(|o| !known.contains(&o.sales_activity_type_id)) {
            return Err(refuse(&format!(
                "outcome {} names an unknown `sales_activity_type_id`",
                outcome.id
            )));
        }
        self.check_ids()?;
        self.check_fields()?;
        self.check_switches()
    }

    /// Refuses switches that name what is not there.
    pub(super) fn check_switches(&self) -> Result<()> {
        if let Some(id) = self.profile.key_user_id
            && !self.users.iter().any(|user| user.id == id)
        {
            return Err(refuse("`settings.key_user_id` is not one of `users`"));
        }
        for (object, names) in &self.profile.required_fields {
            let entity = Entity::by_plural(object);
            let is_known = |name: &String| {
                name != "emails" && entity.is_some_and(|entity| self.knows(entity, name))
            };
            if let Some(name) = names.iter().find(|name| !is_known(name)) {
                let problem = format!("`settings.required_fields` has the unknown {object}.{name}");
                return Err(refuse(&problem));
            }
        }
        match self.profile.faults.iter().find_map(Fault::problem) {
            Some(problem) => Err(refuse(&format!("`settings.faults`: {problem}"))),
            None => Ok(()),
        }
    }

    fn knows(&self, entity: Entity, name: &str) -> bool {
        is_native(entity, name) || self.field(entity, name).is_some()
    }

    fn check_ids(&self) -> Result<()> {
        unique("users", self.users.iter().map(|user| user.id))?;
        unique("deal_pipelines", self.pipelines.iter().map(|line| line.id))?;
        let stages = self.pipelines.iter().flat_map(|line| &line.deal_stages);
        unique("deal_stages", stages.map(|stage| stage.id))?;
        let stages = &self.lifecycle_stages;
        unique("lifecycle_stages", stages.iter().map(|stage| stage.id))?;
        let statuses = stages.iter().flat_map(|stage| &stage.contact_statuses);
        unique("contact_statuses", statuses.map(|status| status.id))?;
        unique("currencies", self.currencies.iter().map(|one| one.id))?;
        let types = self.activity_types.iter();
        unique("sales_activity_types", types.map(|kind| kind.id))?;
        let outcomes = self.activity_outcomes.iter();
        unique("sales_activity_outcomes", outcomes.map(|one| one.id))?;
        for (name, entries) in &self.choices {
            unique(name, entries.iter().map(|entry| entry.id))?;
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<()> {
        for (entity, fields) in &self.fields {
            let mut seen = BTreeSet::new();
            for field in fields {
                let place = format!("field `{}` of {}", field.name, entity.plural());
                check_field(*entity, field, &place)?;
                if !seen.insert(&field.name) {
                    return Err(refuse(&format!("{place} is there twice")));
                }
            }
        }
        Ok(())
    }
}

fn is_native(entity: Entity, name: &str) -> bool {
    entity.field(name).is_some() || entity.ruled_fields().contains(&name)
}

fn check_field(entity: Entity, field: &SeedField, place: &str) -> Result<()> {
    if !field.is_custom() && !is_native(entity, &field.name) {
        let problem = format!("{place} is neither native nor begins with `cf_`");
        return Err(refuse(&problem));
    }
    if !TYPES.contains(&field.kind.as_str()) {
        return Err(refuse(&format!(
            "{place} has the unknown type `{}`",
            field.kind
        )));
    }
    let chosen = matches!(
        field.kind.as_str(),
        "dropdown" | "radio" | "multi_select_dropdown"
    );
    if field.is_custom() && chosen && field.choices.is_empty() {
        return Err(refuse(&format!("{place} needs `choices`")));
    }
    let holds_key = matches!(field.kind.as_str(), "text" | "number" | "email" | "phone");
    let is_key = matches!(
        (entity, field.key_name()),
        (Entity::Contacts | Entity::Leads, "email") | (Entity::SalesAccounts, "name")
    );
    if is_key && field.unique == Some(false) {
        return Err(refuse(&format!("{place} is always unique")));
    }
    if field.unique == Some(true) && !(entity.is_module() && holds_key) {
        let problem = "cannot be unique: only text and numbers of modules can";
        return Err(refuse(&format!("{place} {problem}")));
    }
    Ok(())
}

fn unique(section: &str, ids: impl Iterator<Item = u64>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !(1..=MOST_ID).contains(&id) {
            return Err(refuse(&format!(
                "`{section}` has the id {id}, which is out of range"
            )));
        }
        if !seen.insert(id) {
            return Err(refuse(&format!("`{section}` has the id {id} twice")));
        }
    }
    Ok(())
}
