//! Questions to what the admin made.

use serde_json::{Value, json};

use super::super::seed::{Lifecycle, Pipeline, Seed, SeedField, Stage, User};
use super::Entity;

impl Seed {
    /// The user with this id.
    pub fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user whose key the caller uses: author of every record.
    pub fn key_user(&self) -> u64 {
        let first = self.users.iter().find(|user| user.is_active);
        let first = first.map_or(0, |user| user.id);
        self.profile.key_user_id.unwrap_or(first)
    }

    /// A stage and the pipeline it belongs to.
    pub fn stage(&self, id: u64) -> Option<(&Pipeline, &Stage)> {
        self.pipelines.iter().find_map(|pipeline| {
            let stage = pipeline.deal_stages.iter().find(|stage| stage.id == id)?;
            Some((pipeline, stage))
        })
    }

    /// The pipeline with this id.
    pub fn pipeline(&self, id: u64) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.id == id)
    }

    /// The default pipeline.
    pub fn default_pipeline(&self) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.is_default)
    }

    /// The lifecycle stage with this id.
    pub fn lifecycle(&self, id: u64) -> Option<&Lifecycle> {
        self.lifecycle_stages.iter().find(|stage| stage.id == id)
    }

    /// The lifecycle stage that a contact status belongs to.
    pub fn lifecycle_of(&self, status: u64) -> Option<&Lifecycle> {
        self.lifecycle_stages
            .iter()
            .find(|stage| stage.contact_statuses.iter().any(|one| one.id == status))
    }

    /// The description of a field.
    pub fn field(&self, entity: Entity, name: &str) -> Option<&SeedField> {
        let fields = self.fields.get(&entity)?;
        fields.iter().find(|field| field.name == name)
    }

    /// Custom fields of an object, in order.
    pub fn custom_fields(&self, entity: Entity) -> impl Iterator<Item = &SeedField> {
        let fields = self.fields.get(&entity);
        let fields = fields.into_iter().flatten();
        fields.filter(|field| field.is_custom())
    }

    /// Fields without which a record is refused: by nature, by the admin's marks, by the switch.
    pub fn required(&self, entity: Entity) -> Vec<&str> {
        let described = self.fields.get(&entity).into_iter().flatten();
        let marked = described.filter(|field| field.required);
        let marked = marked.map(SeedField::key_name);
        let switched = self.profile.required_fields.get(entity.plural());
        let switched = switched.into_iter().flatten().map(String::as_str);
        let by_nature = entity.always_required().iter().copied();
        let mut names: Vec<&str> = Vec::new();
        for name in marked.chain(by_nature).chain(switched) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What a message calls a field: the admin's label, else a reading of the name.
    pub fn label(&self, entity: Entity, name: &str) -> String {
        if let Some(field) = self.field(entity, name) {
            return field.label.clone();
        }
        let words = name.trim_end_matches("_id").replace('_', " ");
        let mut letters = words.chars();
        match letters.next() {
            Some(first) => first.to_uppercase().chain(letters).collect(),
            None => words,
        }
    }

    /// An entry of a selector as answers embed it; `None` when there is no such id.
    pub fn entry(&self, selector: &str, id: u64) -> Option<Value> {
        let found = match selector {
            "users" => return self.user(id).map(user_json),
            "currencies" => {
                let one = self.currencies.iter().find(|one| one.id == id)?;
                return Some(json!({
                    "partial": true, "id": id, "is_active": one.is_active,
                    "currency_code": one.currency_code, "exchange_rate": one.exchange_rate,
                }));
            }
            "deal_stages" => &self.stage(id)?.1.name,
            "lifecycle_stages" => &self.lifecycle(id)?.name,
            "contact_statuses" => {
                let stage = self.lifecycle_of(id)?;
                let status = stage.contact_statuses.iter().find(|one| one.id == id)?;
                &status.name
            }
            "sales_activity_types" => &self.activity_types.iter().find(|one| one.id == id)?.name,
            "sales_activity_outcomes" => {
                let mut all = self.activity_outcomes.iter();
                &all.find(|one| one.id == id)?.name
            }
            _ => {
                let entries = self.choices.get(selector)?;
                &entries.iter().find(|one| one.id == id)?.name
            }
        };
        Some(json!({"partial": true, "id": id, "name": found}))
    }
}

/// A user as selectors and answers show one.
pub fn user_json(user: &User) -> Value {
    json!({
        "id": user.id,
        "display_name": user.display_name,
        "email": user.email,
        "is_active": user.is_active,
        "work_number": user.work_number,
        "mobile_number": user.mobile_number,
    })
}
