//! `expected.json`: what a reader must count, and sums that must come out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Order;
use super::account::Account;
use super::manifest::Listed;
use super::row::Row;
use super::truth::Counted;

/// Sums over the clean records. Their size depends on users and stages, not on records.
#[derive(Default)]
pub struct Sums {
    pub rows: BTreeMap<String, u64>,
    /// Number of deals and cents, by pipeline, stage and currency.
    money: BTreeMap<[String; 3], (u64, u64)>,
    /// Records of owners, by object and owner.
    owned: BTreeMap<(String, &'static str), u64>,
}

impl Sums {
    pub fn count(&mut self, row: &Row) {
        let object = row.table.object;
        match self.rows.get_mut(object) {
            Some(rows) => *rows += 1,
            None => drop(self.rows.insert(object.to_owned(), 1)),
        }
        let owner = row.get("owner_id");
        if !owner.is_empty() {
            *self.owned.entry((owner.to_owned(), object)).or_default() += 1;
        }
        if object == "deal" {
            let key =
                ["pipeline_id", "stage_id", "value_currency"].map(|name| row.get(name).to_owned());
            let (count, cents) = self.money.entry(key).or_default();
            *count += 1;
            *cents += cents_of(row.get("value_amount"));
        }
    }

    /// The document.
    pub fn document(
        &self,
        order: &Order,
        account: &Account,
        counted: &Counted,
        listed: &[Listed],
    ) -> Value {
        let mut written: BTreeMap<&str, u64> = BTreeMap::new();
        for file in listed {
            *written.entry(file.object).or_default() += file.rows;
        }
        let mut defects: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for ((variant, expected), count) in &counted.variants {
            let of = defects.entry(variant.id()).or_default();
            of.insert(expected.name().to_owned(), (*count).into());
        }
        let sums = self.money.iter().map(|([pipeline, stage, currency], (count, cents))| {
            json!({"pipeline_id": pipeline, "stage_id": stage, "currency": currency, "deals": count,
                   "amount": format!("{}.{:02}", cents / 100, cents % 100)})
        });
        let sums: Vec<Value> = sums.collect();
        json!({
            "seed": order.seed, "contacts": order.contacts, "rate": order.rate, "is_delta": order.is_delta,
            "variants": order.variants.iter().map(|variant| variant.id()).collect::<Vec<_>>(),
            "rows": self.rows, "written": written, "defects": defects, "findings": counted.findings, "sums": sums,
            "owner_gaps": self.gaps(account),
        })
    }

    /// Owners who have left, and what is theirs.
    fn gaps(&self, account: &Account) -> Vec<Value> {
        let left = account.users.iter().filter(|user| !user.is_active);
        let gap = |user: &super::account::User| {
            let of = self
                .owned
                .iter()
                .filter(|((owner, _), _)| *owner == user.id);
            let records: BTreeMap<&str, u64> =
                of.map(|((_, object), count)| (*object, *count)).collect();
            json!({"owner_id": user.id, "owner_email": user.email, "records": records})
        };
        left.map(gap).collect()
    }
}

fn cents_of(amount: &str) -> u64 {
    let (whole, cents) = amount.split_once('.').unwrap_or((amount, "0"));
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    number(whole) * 100 + number(cents)
}
