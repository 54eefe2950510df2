//! Probes that only read: key, edition, views, fields, headers of the limit.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::Progress;
use super::super::run::Run;
use super::super::workspace::Workspace;
use super::answers::{self, Answers, NOT_SHOWN};
use crate::catalog::{List, Object};
use crate::error::Result;
use crate::freshsales::Client;

/// What a load asks before anything else: key, edition, views, and whether a key was found not to work.
///
/// # Errors
/// [`crate::error::Kind::Destination`] and [`crate::error::Kind::Config`] as the client tells them;
/// [`crate::error::Kind::Decision`] for a key that does not work.
pub async fn before_load(run: &Run<'_>, chosen: &[&Object]) -> Result<()> {
    run.client.check().await?;
    let edition = run.workspace.config.destination.edition;
    run.client.check_edition(edition).await?;
    find_views(&run.client, chosen.iter().copied()).await?;
    let history = run.ledger.history();
    let destination = &run.workspace.config.destination.base_url;
    if !answers::is_written(&history, destination) {
        run.watch.hear(Progress::Unprobed);
    }
    let catalog = &run.workspace.catalog;
    let objects = chosen.iter().copied();
    super::gate_keys(&answers::refused_keys(
        &history,
        destination,
        catalog,
        objects,
    ))
}

/// Every answer that needs no record to be made.
pub(super) async fn ask(
    workspace: &Workspace,
    client: &Client,
    answers: &mut Answers,
) -> Result<()> {
    let catalog = &workspace.catalog;
    let edition = workspace.config.destination.edition;
    client.check().await?;
    client.check_edition(edition).await?;
    answers.add("edition", edition.word());
    for name in find_views(client, catalog.objects.iter()).await? {
        answers.of(&name, "views", "found");
    }
    for probe in &catalog.probes {
        if let Some(path) = &probe.fields {
            let fields = client.read_if_there(path, "fields").await?;
            let required = fields.map_or_else(|| NOT_SHOWN.to_owned(), |all| required(&all));
            answers.of(&probe.object, "required fields", required);
        }
        if let Some(path) = &probe.forms {
            let forms = client.read_if_there(path, "forms").await?;
            let unique = forms.map_or_else(|| NOT_SHOWN.to_owned(), |all| unique(&all));
            answers.of(&probe.object, "unique fields", unique);
        }
    }
    answers.add("limit headers", listed(client.limit_headers()));
    Ok(())
}

/// The objects whose views are there, the first of several that share them.
async fn find_views<'a>(
    client: &Client,
    objects: impl Iterator<Item = &'a Object>,
) -> Result<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for object in objects {
        let Some(List::Views { named, .. }) = &object.list else {
            continue;
        };
        if seen.insert((&object.target, named)) {
            client.views_of(&object.target, named).await?;
            found.push(object.name.clone());
        }
    }
    Ok(found)
}

fn required(fields: &[Value]) -> String {
    let is_required = |field: &&Value| field.get("required") == Some(&Value::Bool(true));
    let names = fields.iter().filter(is_required).filter_map(name_of);
    listed(names.map(str::to_owned))
}

/// Names of the fields that any form marks as unique, however deep: sections nest, and keys come in two spellings.
fn unique(forms: &[Value]) -> String {
    let mut names = BTreeSet::new();
    forms
        .iter()
        .for_each(|form| gather_unique(form, &mut names));
    listed(names)
}

fn gather_unique(json: &Value, names: &mut BTreeSet<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| gather_unique(item, names)),
        Value::Object(fields) => {
            let options = ["field_options", "fieldOptions"].iter();
            let mut options = options.filter_map(|name| json.get(*name));
            let is_unique = options.any(|one| one.get("unique") == Some(&Value::Bool(true)));
            if is_unique {
                names.extend(name_of(json).map(str::to_owned));
            }
            fields
                .values()
                .for_each(|value| gather_unique(value, names));
        }
        _ => {}
    }
}

fn name_of(field: &Value) -> Option<&str> {
    field.get("name").and_then(Value::as_str)
}

fn listed(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unique_fields_are_found_in_both_spellings_and_at_any_depth() {
        let forms = [json!({"name": "Default", "fields": [
            {"name": "basic", "fields": [
                {"name": "cf_a", "field_options": {"unique": true}},
                {"name": "cf_b", "field_options": {"unique": false}},
            ]},
            {"name": "cf_c", "fieldOptions": {"unique": true}},
        ]})];
        assert_eq!(unique(&forms), "cf_a, cf_c");
        assert_eq!(unique(&[]), "none");
    }

    #[test]
    fn required_fields_are_listed_by_name() {
        let fields = [
            json!({"name": "last_name", "required": true}),
            json!({"name": "city", "required": false}),
        ];
        assert_eq!(required(&fields), "last_name");
    }
}
