//! What the account's plan lacks: it is taken out of the seed, as a downgrade takes it out of an account.

use std::collections::BTreeMap;

use super::super::profile::Plan;
use super::{Seed, SeedField};

/// Custom fields that an object may have: in all, and by type.
struct Caps {
    total: usize,
    text: usize,
    textarea: usize,
    choice: usize,
    several: usize,
    number: usize,
    checkbox: usize,
    date: usize,
    lookup: usize,
    formula: usize,
}

const NOTHING: Caps = Caps {
    total: 0,
    text: 0,
    textarea: 0,
    choice: 0,
    several: 0,
    number: 0,
    checkbox: 0,
    date: 0,
    lookup: 0,
    formula: 0,
};

const GROWTH: Caps = Caps {
    total: 150,
    text: 20,
    textarea: 5,
    choice: 30,
    several: 5,
    number: 30,
    checkbox: 30,
    date: 30,
    lookup: 0,
    formula: 0,
};

const PRO: Caps = Caps {
    total: 250,
    text: 30,
    textarea: 10,
    choice: 40,
    several: 10,
    number: 50,
    checkbox: 50,
    date: 50,
    lookup: 10,
    formula: 40,
};

const ENTERPRISE: Caps = Caps {
    total: 630,
    text: 70,
    textarea: 20,
    choice: 250,
    several: 30,
    number: 70,
    checkbox: 70,
    date: 70,
    lookup: 50,
    formula: 40,
};

impl Caps {
    fn of(plan: Plan) -> &'static Self {
        match plan {
            Plan::Free => &NOTHING,
            Plan::Growth => &GROWTH,
            Plan::Pro => &PRO,
            Plan::Enterprise => &ENTERPRISE,
        }
    }

    /// The group that a type counts in, and how many fields it may have.
    fn group(&self, kind: &str) -> (&'static str, usize) {
        match kind {
            "textarea" | "paragraph" => ("textarea", self.textarea),
            "dropdown" | "radio" => ("choice", self.choice),
            "multi_select_dropdown" => ("several", self.several),
            "number" | "decimal" => ("number", self.number),
            "checkbox" => ("checkbox", self.checkbox),
            "date" | "date_time" => ("date", self.date),
            "auto_complete" => ("lookup", self.lookup),
            "formula" => ("formula", self.formula),
            _ => ("text", self.text),
        }
    }
}

impl Seed {
    /// Takes out what the plan lacks: fields over its caps, other pipelines than the default one, other currencies
    /// than the first, kinds of sales activities that somebody made.
    pub(super) fn reduce_to_plan(&mut self) {
        let plan = self.profile.plan;
        for fields in self.fields.values_mut() {
            keep_within(Caps::of(plan), fields);
        }
        if plan < Plan::Pro {
            self.pipelines.retain(|pipeline| pipeline.is_default);
            self.currencies.truncate(1);
        }
        if plan < Plan::Enterprise {
            self.activity_types.retain(|kind| kind.is_default);
            let types = &self.activity_types;
            let is_kept = |id: u64| types.iter().any(|kind| kind.id == id);
            self.activity_outcomes
                .retain(|outcome| is_kept(outcome.sales_activity_type_id));
        }
    }
}

fn keep_within(caps: &Caps, fields: &mut Vec<SeedField>) {
    let mut total = 0;
    let mut by_group: BTreeMap<&str, usize> = BTreeMap::new();
    fields.retain(|field| {
        if !field.is_custom() {
            return true;
        }
        let (group, most) = caps.group(&field.kind);
        let count = by_group.entry(group).or_default();
        if total >= caps.total || *count >= most {
            return false;
        }
        total += 1;
        *count += 1;
        true
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_over_a_cap_are_not_there() {
        let field = |n: usize, kind: &str| {
            let seed = json!({"name": format!("cf_{n}"), "label": "X", "type": kind});
            serde_json::from_value::<SeedField>(seed).unwrap()
        };
        let mut fields: Vec<SeedField> = (0..25).map(|n| field(n, "text")).collect();
        fields.push(field(25, "auto_complete"));
        fields.push(field(26, "number"));
        keep_within(&GROWTH, &mut fields);
        assert_eq!(fields.len(), 21, "20 texts, no lookup, 1 number");
        keep_within(&NOTHING, &mut fields);
        assert!(fields.is_empty());
    }
}
