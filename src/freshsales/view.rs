//! Saved views: found by name, and what they and other lists say of their size.

use std::sync::PoisonError;

use serde_json::Value;

use super::Client;
use super::listing::Listing;
use super::outcome;
use super::page::End;
use super::transport::Call;
use crate::error::{Error, Kind, Result};

impl Client {
    /// How many records a list has, by its own word; one call a view or filter. `None` where it does not say.
    ///
    /// # Errors
    /// `Kind::Destination`: as [`Client::list`].
    pub async fn count(&self, what: &Listing) -> Result<Option<u64>> {
        let mut sum = 0;
        for (path, mut query) in self.counted_lists(what).await? {
            query.push(("page", "1".to_owned()));
            query.push(("per_page", "1".to_owned()));
            let answer = self.transport.read(&Call::get(path, query)).await?;
            match answer.and_then(|answer| End::of(&answer).total()) {
                Some(total) => sum += total,
                None => return Ok(None),
            }
        }
        Ok(Some(sum).filter(|_| is_countable(what)))
    }

    /// Path and query of each list that is counted.
    async fn counted_lists(
        &self,
        what: &Listing,
    ) -> Result<Vec<(String, Vec<(&'static str, String)>)>> {
        match what {
            Listing::Views { target, names, .. } => {
                let filters = self.saved_views(target).await?;
                let list = |name: &String| {
                    let id = view_id(&filters, target, name)?;
                    Ok((format!("{target}/view/{id}"), Vec::new()))
                };
                names.iter().map(list).collect()
            }
            Listing::Pages {
                target, filters, ..
            } if filters.is_empty() => Ok(vec![(target.clone(), Vec::new())]),
            Listing::Pages {
                target, filters, ..
            } => {
                let list = |filter: &String| (target.clone(), vec![("filter", filter.clone())]);
                Ok(filters.iter().map(list).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The saved views of an object. They are asked for once: no run outlives a view that it needs.
    pub(super) async fn saved_views(&self, target: &str) -> Result<Vec<Value>> {
        let known = {
            let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
            views.get(target).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let read = self.read(&format!("{target}/filters"), "filters").await?;
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.insert(target.to_owned(), read.clone());
        Ok(read)
    }
}

/// Children are counted by nobody, and a search counts what it finds.
fn is_countable(what: &Listing) -> bool {
    matches!(what, Listing::Views { .. } | Listing::Pages { .. })
}

/// The id of the view with this name, whatever its case and the blanks around it.
pub(super) fn view_id(filters: &[Value], target: &str, name: &str) -> Result<i64> {
    let name_of = |view: &Value| {
        let text = view.get("name").and_then(Value::as_str).unwrap_or_default();
        text.trim().to_owned()
    };
    let wanted = name.trim().to_lowercase();
    let view = filters
        .iter()
        .find(|view| name_of(view).to_lowercase() == wanted);
    if let Some(id) = view.and_then(outcome::id_of) {
        return Ok(id);
    }
    let there: Vec<String> = filters.iter().map(name_of).collect();
    Err(Error::new(
        Kind::Destination,
        format!("the destination has no view `{name}` of {target}"),
    )
    .hint(format!(
        "name one of its views in `sql/objects.toml`: {}",
        there.join(", ")
    )))
}
