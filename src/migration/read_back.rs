//! Reads the destination back with the same client, and lands it beside the source: same shape, same tools.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::run::Run;
use crate::catalog::{List, Object, Read};
use crate::error::{Error, Kind, Result};
use crate::freshsales::Listing;
use crate::landing;
use crate::ledger::{self, Event};
use crate::load;
use crate::warehouse::{Warehouse, quote_text};

/// Reads one piece of reference data.
///
/// # Errors
/// [`Kind::Destination`] when it cannot be read.
pub async fn reference(run: &Run<'_>, read: &Read) -> Result<()> {
    let records = run.client.read(&read.path, &read.root).await?;
    let mut landed = Landed::begin(run, &read.name)?;
    landed.page(&records)?;
    landed.finish(run)
}

/// Reads one object's stored records. An accepted record that no list shows is fetched by its id before it counts as lost.
///
/// # Errors
/// [`Kind::Destination`] when it cannot be read.
pub async fn object(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let Some(list) = &object.list else {
        return Ok(());
    };
    let mut landed = Landed::begin(run, &object.name)?;
    for (listing, list_id) in listings(run, object, list, warehouse)? {
        if list_id.is_some() {
            landed.seen.clear();
        }
        run.client
            .list(&listing, |mut records| {
                // A member's record does not say which list it was read from.
                if let Some(list_id) = list_id {
                    for record in records.iter_mut().filter_map(Value::as_object_mut) {
                        record.insert("list_id".to_owned(), Value::from(list_id));
                    }
                }
                landed.page(&records)
            })
            .await?;
    }
    if !matches!(list, List::Members) {
        fetch_missing(run, object, list, warehouse, &mut landed).await?;
    }
    landed.finish(run)
}

async fn fetch_missing(
    run: &Run<'_>,
    object: &Object,
    list: &List,
    warehouse: &Warehouse,
    landed: &mut Landed,
) -> Result<()> {
    let include = match list {
        List::Views { include, .. } | List::Pages { include, .. } => include.clone(),
        _ => Vec::new(),
    };
    for id in accepted_ids(object, warehouse)? {
        if landed.seen.contains(&id) {
            continue;
        }
        let path = format!("{}/{id}", object.target);
        if let Some(record) = run.client.get(&path, &include).await? {
            landed.page(&[record])?;
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

fn accepted_ids(object: &Object, warehouse: &Warehouse) -> Result<Vec<i64>> {
    let name = quote_text(&object.name);
    let query = format!(
        "select destination_id as id from ledger_outcomes where object = {name} and destination_id is not null order by 1"
    );
    Ok(warehouse
        .fetch::<Id>(&query)?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

/// The lists to read, each with the marketing list it belongs to, if any.
fn listings(
    run: &Run<'_>,
    object: &Object,
    list: &List,
    warehouse: &Warehouse,
) -> Result<Vec<(Listing, Option<i64>)>> {
    let target = object.target.clone();
    let listing = match list.clone() {
        List::Views { named, include } => Listing::Views {
            target,
            names: named,
            include,
        },
        List::Pages { filters, include } => Listing::Pages {
            target,
            filters,
            include,
        },
        List::Children { include } => {
            let listing = |parent_path| Listing::Children {
                parent_path,
                root: include.clone(),
            };
            let parents = parent_paths(run, object, &include, warehouse)?.into_iter();
            return Ok(parents.map(|path| (listing(path), None)).collect());
        }
        List::Members => return member_lists(object, warehouse),
        List::Selector => return Ok(Vec::new()),
    };
    Ok(vec![(listing, None)])
}

fn member_lists(object: &Object, warehouse: &Warehouse) -> Result<Vec<(Listing, Option<i64>)>> {
    let query = format!(
        "select distinct list_id::bigint as id from main.load_{} where list_id > 0 order by 1",
        object.name
    );
    let lists = warehouse.fetch::<Id>(&query)?.into_iter();
    Ok(lists
        .map(|list| (Listing::Members { list_id: list.id }, Some(list.id)))
        .collect())
}

/// Every record that an accepted child hangs on, as the path of its children.
fn parent_paths(
    run: &Run<'_>,
    object: &Object,
    include: &str,
    warehouse: &Warehouse,
) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Parent {
        kind: String,
        id: i64,
    }
    let query = format!(
        "select distinct wanted.targetable_type as kind, wanted.targetable_id::bigint as id \
         from main.load_{0} as wanted \
         inner join ledger_outcomes as outcomes on outcomes.object = '{0}' \
             and outcomes.source_id = wanted._source_id and outcomes.was_accepted \
         where wanted.targetable_id > 0 order by 1, 2",
        object.name
    );
    let parents = run.workspace.catalog.targetables();
    let path = |parent: Parent| {
        Some(format!(
            "{}/{}/{include}",
            parents.get(&parent.kind)?,
            parent.id
        ))
    };
    Ok(warehouse
        .fetch::<Parent>(&query)?
        .into_iter()
        .filter_map(path)
        .collect())
}

/// A read-back on its way to Parquet.
struct Landed {
    name: String,
    read_id: String,
    writer: landing::Writer,
    seen: BTreeSet<i64>,
    pages: i64,
    rows: u64,
}

impl Landed {
    fn begin(run: &Run<'_>, name: &str) -> Result<Self> {
        let read_id = format!("{}-{}", run.run_id, run.ledger.history().last_seq() + 1);
        let folder = folder(run, name, &read_id);
        Ok(Self {
            name: name.to_owned(),
            writer: landing::Writer::create(&folder, Arc::new(schema()))?,
            read_id,
            seen: BTreeSet::new(),
            pages: 0,
            rows: 0,
        })
    }

    /// Lands a page. Views overlap, and rows move between pages while others write: a record is landed once.
    fn page(&mut self, records: &[Value]) -> Result<()> {
        self.pages += 1;
        let is_new =
            |record: &&Value| load::record_id(record).is_none_or(|id| self.seen.insert(id));
        let records: Vec<&Value> = records.iter().filter(is_new).collect();
        let ids: Vec<Option<i64>> = records
            .iter()
            .map(|record| load::record_id(record))
            .collect();
        let texts: Vec<String> = records.iter().map(|record| record.to_string()).collect();
        let hashes = texts
            .iter()
            .map(|text| hex(&Sha256::digest(text.as_bytes())));
        let ids = ids.iter().map(|id| id.map(|id| id.to_string()));
        let first = i64::try_from(self.rows).unwrap_or_default();
        let count = i64::try_from(records.len()).unwrap_or_default();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(ids.collect::<StringArray>()),
            Arc::new(texts.iter().map(Some).collect::<StringArray>()),
            Arc::new(Int64Array::from_value(self.pages, records.len())),
            Arc::new((first + 1..=first + count).collect::<Int64Array>()),
            Arc::new(hashes.map(Some).collect::<StringArray>()),
        ];
        let batch = RecordBatch::try_new(Arc::new(schema()), columns)
            .map_err(|e| Error::new(Kind::Bug, "could not shape a read-back page").because(e))?;
        self.rows += records.len() as u64;
        self.writer.write(&batch)
    }

    fn finish(self, run: &Run<'_>) -> Result<()> {
        self.writer.finish()?;
        run.ledger.append(vec![Event::Read(ledger::Read {
            name: self.name,
            read_id: self.read_id,
            rows: self.rows,
            complete: true,
        })])
    }
}

/// The record as JSON text, whole: SQL takes out what it needs, and an absent field is null by itself.
fn schema() -> Schema {
    let field = |name: &str, kind| Field::new(name, kind, true);
    Schema::new(vec![
        field("id", DataType::Utf8),
        field("record", DataType::Utf8),
        field("_page", DataType::Int64),
        field("_row", DataType::Int64),
        field("_row_hash", DataType::Utf8),
    ])
}

fn folder(run: &Run<'_>, name: &str, read_id: &str) -> std::path::PathBuf {
    landing::object_folder(&run.workspace.staging(), "freshsales", name, read_id)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
