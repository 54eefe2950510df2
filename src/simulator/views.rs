//! Saved views: the only way to list contacts, accounts and deals.

use serde_json::{Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::{Call, Page};
use super::crm::{Entity, IdList, Table, World, own_view_key, read, view_key};
use super::listing::{Selection, Sort};
use super::profile::Lagging;
use super::seed::Forecast;
use super::shapes::{self, Depth, Includes};

/// First id of a view.
const FIRST_ID: u64 = 70_840_000_001;

/// Rows of a page when the call does not say.
pub const PAGE_ROWS: usize = 25;

/// What a system view shows.
#[derive(Clone, Copy)]
enum Shows {
    All,
    Mine,
    Standing(Forecast),
    Bin,
}

fn of(entity: Entity) -> &'static [(&'static str, Shows)] {
    match entity {
        Entity::Contacts => &[
            ("All Contacts", Shows::All),
            ("My Contacts", Shows::Mine),
            ("Recycle Bin", Shows::Bin),
        ],
        Entity::SalesAccounts => &[
            ("All Accounts", Shows::All),
            ("My Accounts", Shows::Mine),
            ("Recycle Bin", Shows::Bin),
        ],
        Entity::Leads => &[
            ("All Leads", Shows::All),
            ("My Leads", Shows::Mine),
            ("Recycle Bin", Shows::Bin),
        ],
        // There is no "All Deals", and these see the default pipeline only.
        _ => &[
            ("Open Deals", Shows::Standing(Forecast::Open)),
            ("Won Deals", Shows::Standing(Forecast::Won)),
            ("Lost Deals", Shows::Standing(Forecast::Lost)),
            ("My Deals", Shows::Mine),
            ("Recycle Bin", Shows::Bin),
        ],
    }
}

fn first_id(entity: Entity) -> u64 {
    FIRST_ID + 100 * entity as u64
}

/// `GET /<objects>/filters`
pub fn filters(world: &World, entity: Entity) -> Outcome {
    let user = world.setup.key_user();
    let author = world.setup.user(user);
    let views = of(entity).iter().zip(first_id(entity)..);
    let shown = views.map(|((name, _), id)| {
        json!({
            "id": id,
            "name": name,
            "model_class_name": entity.model(),
            "user_id": user,
            "is_default": true,
            "updated_at": world.zone().show(0),
            "user_name": author.map(|user| &user.display_name),
            "current_user_permissions": ["view"],
        })
    });
    Ok(Answer::ok(json!({"filters": shown.collect::<Vec<_>>()})))
}

/// `GET /<objects>/view/{id}`
pub fn rows(world: &World, entity: Entity, view: u64, call: &Call) -> Outcome {
    let (table, ids) = shown(world, entity, view)?;
    list(world, (entity, table), ids, call)
}

/// `GET /<objects>/scroll/{id}?limit=&last_fetched_id=`: the rows of a view behind an id, in the order of ids.
pub fn scroll(world: &World, entity: Entity, view: u64, call: &Call) -> Outcome {
    let (table, ids) = shown(world, entity, view)?;
    let includes = Includes::read(entity, &call.names("include"))?;
    let limit = call.count("limit")?.unwrap_or(PAGE_ROWS);
    let limit = limit.min(world.profile().page_rows);
    let last = match call.param("last_fetched_id") {
        None => 0,
        Some(text) => {
            let id = text.parse::<u64>();
            id.map_err(|_| Failure::invalid("last_fetched_id is invalid"))?
        }
    };
    let from = ids.place(last.saturating_add(1));
    let to = from.saturating_add(limit).min(ids.len());
    let chosen = read(table, &ids.slice(from..to));
    let body = shapes::many(world, entity, &chosen, Depth::Row, &includes);
    Ok(Answer::ok(body))
}

/// The ids that a view shows, ascending, and the table they are rows of.
fn shown(world: &World, entity: Entity, view: u64) -> Result<(&Table, &IdList), Failure> {
    let views = of(entity).iter().zip(first_id(entity)..);
    let mut found = views.filter(|(_, id)| *id == view);
    let ((_, shows), _) = found.next().ok_or_else(Failure::not_found)?;
    let table = world.indexed(entity, Lagging::Views);
    let user = world.setup.key_user();
    let ids = match (shows, entity) {
        (Shows::All, _) => table.all(),
        (Shows::Bin, _) => table.bin(),
        (Shows::Standing(forecast), _) => table.group(&view_key(*forecast)),
        (Shows::Mine, Entity::Deals) => table.group(&own_view_key(user)),
        (Shows::Mine, _) => table.having("owner_id", user),
    };
    Ok((table, ids))
}

/// A page of records, with `meta.total_pages` and `meta.total`.
pub fn list(
    world: &World,
    (entity, table): (Entity, &Table),
    ids: &IdList,
    call: &Call,
) -> Outcome {
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let includes = Includes::read(entity, &call.names("include"))?;
    let sort = Sort::of(world, call)?;
    let chosen = read(table, &Selection::Kept(ids).page(table, sort, page));
    let mut body = shapes::many(world, entity, &chosen, Depth::Row, &includes);
    put_meta(&mut body, ids.len(), Some(page));
    Ok(Answer::ok(body))
}

/// Adds `meta`; lists of activities and searches give the total only.
pub fn put_meta(body: &mut Fields, total: usize, pages: Option<Page>) {
    let meta: Value = match pages {
        Some(page) => json!({"total_pages": total.div_ceil(page.size), "total": total}),
        None => json!({"total": total}),
    };
    body.insert("meta".to_owned(), meta);
}
