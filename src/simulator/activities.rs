//! Lists of tasks, appointments and sales activities, and what hangs on one record.

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, IdList, World, read};
use super::listing::{Selection, Sort};
use super::shapes::{self, Depth, Includes, children};
use super::views::{PAGE_ROWS, put_meta};

/// `GET /tasks`, `/appointments`, `/sales_activities`: `meta` has the total only.
pub fn list(world: &World, entity: Entity, call: &Call) -> Outcome {
    let sort = Sort::of(world, call)?;
    let rows = match entity {
        Entity::Tasks => tasks(world, call.param("filter"), sort)?,
        Entity::Appointments => appointments(world, call.param("filter"), sort)?,
        _ => Selection::Kept(world.table(entity).all()),
    };
    page(world, entity, (&rows, sort), call)
}

/// `GET /<objects>/{id}/notes` and the contacts of an account.
pub fn of(world: &World, parent: Entity, id: u64, entity: Entity, call: &Call) -> Outcome {
    world.live(parent, id)?;
    let sort = Sort::of(world, call)?;
    let rows = Selection::Kept(children(world, parent, id, entity));
    page(world, entity, (&rows, sort), call)
}

fn page(world: &World, entity: Entity, (rows, sort): (&Selection, Sort), call: &Call) -> Outcome {
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let includes = Includes::read(entity, &call.names("include"))?;
    let table = world.table(entity);
    let chosen = read(table, &rows.page(table, sort, page));
    let mut body = shapes::many(world, entity, &chosen, Depth::Row, &includes);
    put_meta(&mut body, rows.len(table), None);
    Ok(Answer::ok(body))
}

/// The filter is mandatory. `due …` is taken with a blank and with an underscore.
fn tasks<'a>(world: &'a World, filter: Option<&str>, sort: Sort) -> Result<Selection<'a>, Failure> {
    let with_status = |status| world.table(Entity::Tasks).having("status", status);
    let now = world.clock.now();
    let day = |n: i64| world.zone().midnight(now, n);
    let filter = filter.map(|name| name.replace('_', " "));
    let (from, to) = match filter.as_deref() {
        Some("open") => return Ok(Selection::Kept(with_status(0))),
        Some("completed") => return Ok(Selection::Kept(with_status(1))),
        Some("overdue") => (i64::MIN, now),
        Some("due today") => (day(0), day(1)),
        Some("due tomorrow") => (day(1), day(2)),
        _ => return Err(Failure::invalid("filter is invalid")),
    };
    let named = filter.unwrap_or_default();
    let open = with_status(0);
    let tasks = (Entity::Tasks, world.table(Entity::Tasks));
    Ok(Selection::collect(world, tasks, (&named, sort), || {
        timed(world, Entity::Tasks, open, (from, to))
    }))
}

fn appointments<'a>(
    world: &'a World,
    filter: Option<&str>,
    sort: Sort,
) -> Result<Selection<'a>, Failure> {
    let now = world.clock.now();
    let (named, span) = match filter {
        Some("past") => ("past", (i64::MIN, now)),
        Some("upcoming") => ("upcoming", (now, i64::MAX)),
        _ => return Err(Failure::invalid("filter is invalid")),
    };
    let table = world.table(Entity::Appointments);
    let found = || timed(world, Entity::Appointments, table.all(), span);
    let appointments = (Entity::Appointments, table);
    Ok(Selection::collect(
        world,
        appointments,
        (named, sort),
        found,
    ))
}

/// The records of a list whose own time lies in a span, and the second from which on others may.
fn timed(world: &World, entity: Entity, list: &IdList, (from, to): (i64, i64)) -> (Vec<u64>, i64) {
    let table = world.table(entity);
    let now = world.clock.now();
    // Spans move with the clock: at midnight, and when the next record's time has come.
    let mut until = world.zone().midnight(now, 1);
    let mut found = Vec::new();
    for id in list.iter() {
        let Some(at) = table.head(id).map(|head| head.at) else {
            continue;
        };
        if (from..to).contains(&at) {
            found.push(id);
        }
        if at >= now {
            until = until.min(at + 1);
        }
    }
    (found, until)
}
