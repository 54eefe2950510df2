//! Reads the destination back with the same client, and lands it beside the source: same shape, same tools.

use std::ops::ControlFlow;

use roaring::RoaringTreemap;
use serde::Deserialize;
use serde_json::Value;

use super::children;
use super::links;
use super::run::Run;
use super::views;
use crate::catalog::{List, Object, Read, Write};
use crate::error::Result;
use crate::freshsales::Listing;
use crate::ledger::{self, Event};
use crate::load::{self, IndexWait, Stored};
use crate::warehouse::{Warehouse, quote_text};

/// Reads one piece of reference data.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when it cannot be read.
pub async fn reference(run: &Run<'_>, read: &Read) -> Result<()> {
    let records = match read.optional {
        true => run
            .client
            .read_if_there(&read.path, &read.root)
            .await?
            .unwrap_or_default(),
        false => run.client.read(&read.path, &read.root).await?,
    };
    let mut reading = begin(run, &read.name)?;
    reading.page(&records)?;
    run.ledger.append(vec![reading.finish(true)?])
}

/// Counts an object's records there, where its list says how many it has.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when it cannot be read.
pub async fn count(run: &Run<'_>, object: &Object) -> Result<()> {
    let Some(listing) = load::listing(object) else {
        return Ok(());
    };
    match run.client.count(&listing).await? {
        None => Ok(()),
        Some(rows) => run.ledger.append(vec![Event::Counted(ledger::Counted {
            run_id: run.run_id.clone(),
            name: object.name.clone(),
            rows,
        })]),
    }
}

/// Reads all of one object's stored records. An accepted record that no list shows is fetched by its id before it counts as lost.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when it cannot be read.
pub async fn object(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    match &object.list {
        None | Some(List::Selector) => return Ok(()),
        Some(List::Views { .. } | List::Pages { .. }) => list(run, object).await?,
        Some(List::Children { include }) => {
            let mut reading = begin(run, &object.name)?;
            children(run, object, include, (warehouse, "true"), &mut reading).await?;
            run.ledger.append(vec![reading.finish(true)?])?;
        }
        Some(List::Members) => {
            let mut reading = begin(run, &object.name)?;
            for list_id in member_lists(object, warehouse)? {
                members(run, list_id, &mut reading).await?;
            }
            return run.ledger.append(vec![reading.finish(true)?]);
        }
    }
    views::stored_view(&run.inputs(), &object.name, warehouse)?;
    fetch_stale(run, object, warehouse).await
}

/// Reads all of one object's list, and nothing beside it.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when it cannot be read.
pub(super) async fn list(run: &Run<'_>, object: &Object) -> Result<()> {
    let Some(listing) = load::listing(object) else {
        return Ok(());
    };
    let mut reading = begin(run, &object.name)?;
    let page = |records: Vec<Value>| reading.page(&records);
    run.client.list(&listing, page).await?;
    run.ledger.append(vec![reading.finish(true)?])
}

/// Reads back what was written and is not proved: what an answer or a list has shown since is not asked for again. Of a list
/// that shows the last written first, only the pages that hold this run's records are read.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when it cannot be read.
pub async fn written(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    match &object.list {
        None | Some(List::Selector) => return Ok(()),
        Some(List::Members) if was_written(object, warehouse)? => {
            return until_members_show(run, object, warehouse).await;
        }
        Some(List::Members) => return Ok(()),
        Some(List::Children { include }) => {
            if count_stale(object, warehouse)? > 0 {
                stale_children(run, object, include, warehouse).await?;
            }
        }
        Some(List::Views { .. } | List::Pages { .. }) => listed(run, object, warehouse).await?,
    }
    views::stored_view(&run.inputs(), &object.name, warehouse)?;
    fetch_stale(run, object, warehouse).await
}

/// A list may show its members late, and no call tells of one member: it is read again until all are shown, or until the index
/// has had its time.
async fn until_members_show(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let missing = include_str!("members_missing.sql").replace("{object}", &object.name);
    let mut wait = IndexWait::new(run.workspace.config.destination.index_wait);
    loop {
        self::object(run, object, warehouse).await?;
        views::stored_view(&run.inputs(), &object.name, warehouse)?;
        if warehouse.number(&missing)? == 0 || !wait.pause(&run.client).await? {
            return Ok(());
        }
    }
}

/// Reads the list until it has shown every record that this run wrote singly, or that is still unproved.
async fn listed(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let Some(listing) = load::listing(object) else {
        return Ok(());
    };
    let mut wanted = RoaringTreemap::new();
    let query = match object.write {
        // The pages that told the ids of bulk rows were read after the writing, and are landed.
        Write::BulkUpsert => stale(object),
        _ => format!(
            "{} union select destination_id from ledger_outcomes where object = {} and run_id = {} \
             and state = 'accepted' and destination_id is not null",
            stale(object),
            quote_text(&object.name),
            quote_text(&run.run_id)
        ),
    };
    warehouse.each_number(&query, |id| {
        wanted.extend(u64::try_from(id).ok());
    })?;
    if wanted.is_empty() {
        return Ok(());
    }
    let mut reading = begin(run, &object.name)?;
    let listed = run
        .client
        .list_until(&listing, |records| {
            reading.page(&records)?;
            for id in records.iter().filter_map(load::record_id) {
                wanted.remove(u64::try_from(id).unwrap_or_default());
            }
            Ok(match wanted.is_empty() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })
        .await?;
    run.ledger.append(vec![reading.finish(listed.is_whole)?])
}

/// Records that were accepted, and that nothing has shown since: their ids, as a query.
fn stale(object: &Object) -> String {
    include_str!("stale.sql").replace("{object}", &object.name)
}

fn count_stale(object: &Object, warehouse: &Warehouse) -> Result<i64> {
    warehouse.number(&format!("select count(*) from ({})", stale(object)))
}

fn was_written(object: &Object, warehouse: &Warehouse) -> Result<bool> {
    let rows = warehouse.number(&format!(
        "select count(*) from ledger_outcomes as outcomes \
         left join ledger_reads as reads on reads.name = outcomes.object \
         where outcomes.object = {} and outcomes.seq > coalesce(reads.seq, 0)",
        quote_text(&object.name)
    ))?;
    Ok(rows > 0)
}

/// What no list shows is asked for once more before it counts as lost: a child in its parent's list, when the index has had its
/// time, anything else by its id. Then the links that nothing shows are asked for.
async fn fetch_stale(run: &Run<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    if let Some(List::Children { include }) = &object.list {
        until_children_show(run, object, include, warehouse).await?;
    }
    let mut ids = RoaringTreemap::new();
    warehouse.each_number(&stale(object), |id| {
        ids.extend(u64::try_from(id).ok());
    })?;
    let ids: Vec<i64> = ids.iter().filter_map(|id| i64::try_from(id).ok()).collect();
    land_by_id(run, object, &ids).await?;
    links::prove(run, object, warehouse).await
}

/// Asks for records by their ids, and lands them. One that is not there is landed as absent.
///
/// # Errors
/// [`Kind::Destination`](crate::error::Kind::Destination) when one cannot be read.
pub(super) async fn land_by_id(run: &Run<'_>, object: &Object, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut reading = begin(run, &object.name)?;
    for id in ids {
        match by_id(run, object, *id).await? {
            Some(record) => reading.page(&[record])?,
            None => reading.absent(*id)?,
        }
    }
    run.ledger.append(vec![reading.finish(false)?])
}

/// One record by its id. Children have no such route: a "not found" would say nothing of them.
async fn by_id(run: &Run<'_>, object: &Object, id: i64) -> Result<Option<Value>> {
    let include: &[String] = match &object.list {
        Some(List::Children { .. }) => return Ok(None),
        Some(List::Views { include, .. } | List::Pages { include, .. }) => include,
        _ => &[],
    };
    let path = format!("{}/{id}", object.target);
    run.client.get(&path, include).await
}

/// A parent may show its children late: those that are missing are asked for again until the index has had its time.
async fn until_children_show(
    run: &Run<'_>,
    object: &Object,
    include: &str,
    warehouse: &Warehouse,
) -> Result<()> {
    let mut wait = IndexWait::new(run.workspace.config.destination.index_wait);
    while count_stale(object, warehouse)? > 0 && wait.pause(&run.client).await? {
        stale_children(run, object, include, warehouse).await?;
        views::stored_view(&run.inputs(), &object.name, warehouse)?;
    }
    Ok(())
}

/// Lists the children of every record on which one hangs that nothing has shown since it was accepted.
async fn stale_children(
    run: &Run<'_>,
    object: &Object,
    include: &str,
    warehouse: &Warehouse,
) -> Result<()> {
    let mut reading = begin(run, &object.name)?;
    let of = (warehouse, "coalesce(stored._read_seq, 0) < outcomes.seq");
    children(run, object, include, of, &mut reading).await?;
    run.ledger.append(vec![reading.finish(false)?])
}

async fn members(run: &Run<'_>, list_id: i64, reading: &mut Stored) -> Result<()> {
    reading.begin_list();
    let listing = Listing::Members { list_id };
    let page = |mut records: Vec<Value>| {
        // A member's record does not say which list it was read from.
        for record in records.iter_mut().filter_map(Value::as_object_mut) {
            record.insert("list_id".to_owned(), Value::from(list_id));
        }
        reading.page(&records)
    };
    run.client.list(&listing, page).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Id {
    id: i64,
}

fn member_lists(object: &Object, warehouse: &Warehouse) -> Result<Vec<i64>> {
    let query = format!(
        "select distinct list_id::bigint as id from main.load_{} where list_id > 0 order by 1",
        object.name
    );
    let lists = warehouse.fetch::<Id>(&query)?.into_iter();
    Ok(lists.map(|list| list.id).collect())
}

#[derive(Deserialize)]
struct Parent {
    kind: String,
    id: i64,
}

/// Parents whose children are asked for at a time: their paths are not all held in memory.
const PARENTS: usize = 1_000;

/// Lists the children of every record that an accepted child hangs on; `which` says of which children, in SQL.
async fn children(
    run: &Run<'_>,
    object: &Object,
    include: &str,
    (warehouse, which): (&Warehouse, &str),
    reading: &mut Stored,
) -> Result<()> {
    let targets = run.workspace.catalog.targetables();
    let mut after = (String::new(), 0);
    loop {
        let parents = parents(object, (warehouse, which), &after)?;
        for Parent { kind, id } in &parents {
            let Some(target) = targets.get(kind) else {
                continue;
            };
            let listing = Listing::Children {
                parent_path: format!("{target}/{id}/{include}"),
                root: include.to_owned(),
            };
            let page = |mut records: Vec<Value>| {
                children::hang(&mut records, &listing, &targets);
                reading.page(&records)
            };
            run.client.list(&listing, page).await?;
        }
        match parents.into_iter().next_back() {
            None => return Ok(()),
            Some(last) => after = (last.kind, last.id),
        }
    }
}

fn parents(
    object: &Object,
    (warehouse, which): (&Warehouse, &str),
    after: &(String, i64),
) -> Result<Vec<Parent>> {
    let query = format!(
        "select distinct wanted.targetable_type as kind, wanted.targetable_id::bigint as id \
         from main.load_{0} as wanted \
         inner join ledger_outcomes as outcomes on outcomes.object = '{0}' \
             and outcomes.source_id = wanted._source_id and outcomes.was_accepted \
         left join raw_freshsales__{0} as stored on stored.id = outcomes.destination_id::varchar \
         where wanted.targetable_id > 0 and ({which}) \
             and (wanted.targetable_type, wanted.targetable_id::bigint) > ({1}, {2}) \
         order by 1, 2 limit {PARENTS}",
        object.name,
        quote_text(&after.0),
        after.1
    );
    warehouse.fetch::<Parent>(&query)
}

pub(super) fn begin(run: &Run<'_>, name: &str) -> Result<Stored> {
    Stored::begin(&run.workspace.staging(), &run.run_id, name)
}
