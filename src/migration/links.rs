//! Links that no list shows. A record tells them when it is asked for by its id, which costs a call each; the records at the
//! other end tell them a hundred or a few at a time. The cheaper way is asked first, the sure one last. What is shown is landed
//! as the record that it belongs to, so that a comparison finds one record and not its pieces.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use roaring::RoaringTreemap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::run::Run;
use super::{read_back, views};
use crate::catalog::{Links, List, Object};
use crate::error::{Error, Kind, Result};
use crate::freshsales::Listing;
use crate::load;
use crate::warehouse::Warehouse;

/// Records that are landed or asked for at a time: not all are held in memory, and what was asked is kept when a run is stopped.
const RECORDS: usize = 1_000;
/// Records on a page of a list.
const PAGE: u64 = 100;

/// Asks for the links of `object` that were accepted and that nothing has shown.
///
/// # Errors
/// [`Kind::Destination`] when they cannot be read.
pub async fn prove(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let Some(links) = &object.links else {
        return Ok(());
    };
    let asking = Asking {
        run,
        object,
        links,
        parents: run.workspace.catalog.object(&links.parents)?,
        warehouse,
    };
    // The index behind the other end's lists may be late: they are asked once more before each record is.
    for wait in [Duration::ZERO, run.workspace.config.destination.index_wait] {
        let open = asking.open()?;
        if open.records <= open.parents.min(open.pages) {
            break;
        }
        run.client.sleep(wait).await?;
        asking.parents(&open).await?;
    }
    asking.open()?;
    asking.records().await
}

/// What is asked of whom.
struct Asking<'a> {
    run: &'a Run<'a>,
    object: &'a Object,
    links: &'a Links,
    /// The object at the other end.
    parents: &'a Object,
    warehouse: &'a Warehouse,
}

/// Links that nothing has shown, as the calls that each way of asking costs.
#[derive(Default, Deserialize)]
struct Open {
    /// Records that have some.
    records: u64,
    /// Records at the other end.
    parents: u64,
    /// Pages of the list of these.
    pages: u64,
}

#[derive(Deserialize)]
struct Parent {
    id: i64,
}

/// A record as it was known, and the ids at the other end that were shown for it.
#[derive(Deserialize)]
struct Landed {
    record: String,
    parents: String,
}

impl Asking<'_> {
    /// Notes in `links_open` which links nothing has shown.
    fn open(&self) -> Result<Open> {
        views::stored_view(&self.run.inputs(), &self.object.name, self.warehouse)?;
        self.warehouse
            .run(&self.sql(include_str!("links_open.sql")))?;
        let counts = self.sql(include_str!("links_counted.sql"));
        let open = self.warehouse.fetch::<Open>(&counts)?.into_iter().next();
        Ok(open.unwrap_or_default())
    }

    fn sql(&self, text: &str) -> String {
        text.replace("{object}", &self.object.name)
            .replace("{parents}", &self.parents.name)
            .replace("{field}", &self.links.field)
            .replace("{page}", &PAGE.to_string())
    }

    /// Asks at the other end, by its list or one by one, and lands what it shows.
    async fn parents(&self, open: &Open) -> Result<()> {
        self.warehouse
            .run("create or replace temp table links_shown (id bigint, parent bigint)")?;
        let is_told = open.pages < open.parents && self.listed().await?;
        if !is_told {
            self.one_by_one().await?;
        }
        self.land()
    }

    /// Whether the list at the other end tells links at all.
    async fn listed(&self) -> Result<bool> {
        let Some(List::Views { named, .. }) = &self.parents.list else {
            return Ok(false);
        };
        let listing = Listing::Views {
            target: self.parents.target.clone(),
            names: named.clone(),
            include: vec![self.links.include.clone()],
        };
        let mut is_told = false;
        let listed = self.run.client.list_until(&listing, |parents| {
            let shown = links_in(&parents, &self.links.ids);
            is_told |= shown.is_some();
            self.note(&shown.unwrap_or_default())?;
            Ok(match is_told {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            })
        });
        listed.await?;
        Ok(is_told)
    }

    async fn one_by_one(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let next = format!(
                "select distinct parent as id from links_open where parent > {after} order by id limit {RECORDS}"
            );
            let parents = self.warehouse.fetch::<Parent>(&next)?;
            let Some(last) = parents.last() else {
                return Ok(());
            };
            after = last.id;
            for Parent { id } in parents {
                let include = &self.links.include;
                let listing = Listing::Children {
                    parent_path: format!("{}/{id}/{include}", self.parents.target),
                    root: include.clone(),
                };
                let page = |records: Vec<Value>| {
                    let ids = records.iter().filter_map(load::record_id);
                    self.note(&ids.map(|record| (record, id)).collect::<Vec<_>>())
                };
                self.run.client.list(&listing, page).await?;
            }
        }
    }

    /// Links, each a record and the one at the other end.
    fn note(&self, shown: &[(i64, i64)]) -> Result<()> {
        if shown.is_empty() {
            return Ok(());
        }
        let rows: Vec<String> = shown
            .iter()
            .map(|(id, parent)| format!("({id}, {parent})"))
            .collect();
        self.warehouse.run(&format!(
            "insert into links_shown values {}",
            rows.join(", ")
        ))
    }

    /// Lands the records as they were known, with the links that were shown.
    fn land(&self) -> Result<()> {
        self.warehouse
            .run(&self.sql(include_str!("links_landed.sql")))?;
        let count = "select count(*) from links_landed";
        let count = usize::try_from(self.warehouse.number(count)?).unwrap_or_default();
        if count == 0 {
            return Ok(());
        }
        let mut reading = read_back::begin(self.run, &self.object.name)?;
        for first in (0..count).step_by(RECORDS) {
            let next = format!(
                "select record, parents from links_landed where number > {first} and number <= {}",
                first + RECORDS
            );
            let landed = self.warehouse.fetch::<Landed>(&next)?;
            let records: Vec<Value> = landed
                .iter()
                .map(|landed| landed.linked(&self.links.field))
                .collect::<Result<_>>()?;
            reading.page(&records)?;
        }
        self.run.ledger.append(vec![reading.finish(false)?])
    }

    /// Asks for each record that is still open by its id.
    async fn records(&self) -> Result<()> {
        let mut ids = RoaringTreemap::new();
        self.warehouse
            .each_number("select distinct id from links_open", |id| {
                ids.extend(u64::try_from(id).ok());
            })?;
        let ids: Vec<i64> = ids.iter().filter_map(|id| i64::try_from(id).ok()).collect();
        for ids in ids.chunks(RECORDS) {
            read_back::land_by_id(self.run, self.object, ids).await?;
        }
        Ok(())
    }
}

impl Landed {
    /// The record with the links it shows itself, and those that were shown for it.
    fn linked(&self, field: &str) -> Result<Value> {
        let no_json = |cause| Error::new(Kind::Bug, "a landed record is no JSON").because(cause);
        let mut record: Value = serde_json::from_str(&self.record).map_err(no_json)?;
        let known = record.get(field).and_then(Value::as_array);
        let known = known.into_iter().flatten().filter_map(load::record_id);
        let shown = self.parents.split(',').filter_map(|id| id.parse().ok());
        let ids: BTreeSet<i64> = known.chain(shown).collect();
        let links: Value = ids.into_iter().map(|id| json!({ "id": id })).collect();
        if let Some(fields) = record.as_object_mut() {
            fields.insert(field.to_owned(), links);
        }
        Ok(record)
    }
}

/// Links that a page of records at the other end shows, or `None` when none of them has such a list.
fn links_in(parents: &[Value], ids: &str) -> Option<Vec<(i64, i64)>> {
    let lists: Vec<(i64, &Vec<Value>)> = parents
        .iter()
        .filter_map(|parent| Some((load::record_id(parent)?, parent.get(ids)?.as_array()?)))
        .collect();
    let is_any = !lists.is_empty();
    let of_one = |(parent, list): (i64, &Vec<Value>)| {
        let ids: Vec<i64> = list.iter().filter_map(load::id).collect();
        ids.into_iter().map(move |id| (id, parent))
    };
    is_any.then(|| lists.into_iter().flat_map(of_one).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_page_tells_links_by_numbers_and_by_texts_or_not_at_all() {
        let page = [
            json!({"id": "7", "person_ids": [1, "2"]}),
            json!({"id": 8, "person_ids": []}),
            json!({"id": 9}),
        ];
        let shown = links_in(&page, "person_ids");
        assert_eq!(shown, Some(vec![(1, 7), (2, 7)]));
        assert_eq!(links_in(&page, "people"), None);
        assert_eq!(links_in(&page[1..], "person_ids"), Some(vec![]));
    }
    #[test]
    fn a_record_keeps_the_links_it_shows_and_gets_those_that_were_shown_for_it() {
        let landed = |record: &str| Landed {
            record: record.to_owned(),
            parents: "8,9".to_owned(),
        };
        let whole = landed(r#"{"id": 1, "firms": [{"id": "7", "name": "A"}, {"id": 9}]}"#);
        let linked = json!({"id": 1, "firms": [{"id": 7}, {"id": 8}, {"id": 9}]});
        assert_eq!(whole.linked("firms").unwrap(), linked);
        let thin = json!({"id": 1, "firms": [{"id": 8}, {"id": 9}]});
        assert_eq!(landed(r#"{"id": 1}"#).linked("firms").unwrap(), thin);
        assert!(landed("no").linked("firms").is_err());
    }
}
