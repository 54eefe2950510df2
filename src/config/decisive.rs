//! The settings that decide what is sent, and where: a plan is approved with them.

use std::collections::BTreeMap;

use super::Config;

impl Config {
    /// Each of them by its name, with its value.
    #[must_use]
    pub fn decisive(&self) -> BTreeMap<String, String> {
        let source = &self.source;
        let order = &source.date_order;
        let named = [
            ("source.system", Some(&source.system)),
            ("source.time_zone", source.time_zone.as_ref()),
            ("source.currency", source.currency.as_ref()),
            ("source.date_order", Some(order)),
            ("destination.base_url", Some(&self.destination.base_url)),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
        let policies = self.policies.iter().map(|(name, value)| {
            let section = match *name {
                "edition" => "destination",
                _ => "policies",
            };
            (format!("{section}.{name}"), value.clone())
        });
        let plan = self.destination.plan.word().to_owned();
        named
            .chain(policies)
            .chain([("destination.plan".to_owned(), plan)])
            .collect()
    }

    /// Whether a load must have been approved.
    #[must_use]
    pub fn needs_approval(&self) -> bool {
        let is_spared = ("approval", "not_on_loopback".to_owned());
        !(self.destination.is_loopback() && self.policies.contains(&is_spared))
    }
}
