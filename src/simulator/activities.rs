//! Lists of tasks, appointments and sales activities, and what hangs on one record.

use super::answer::{Answer, Failure, Outcome};
use super::call::Call;
use super::crm::{Entity, World, key};
use super::shapes::{self, Depth, Includes, children};
use super::views::{PAGE_ROWS, Sort, put_meta};

/// `GET /tasks`, `/appointments`, `/sales_activities`: `meta` has the total only.
pub fn list(world: &World, entity: Entity, call: &Call) -> Outcome {
    let ids = match entity {
        Entity::Tasks => tasks(world, call.param("filter"))?,
        Entity::Appointments => appointments(world, call.param("filter"))?,
        _ => world.table(entity).all().to_vec(),
    };
    page(world, entity, &ids, call)
}

/// `GET /<objects>/{id}/notes` and the contacts of an account.
pub fn of(world: &World, parent: Entity, id: u64, entity: Entity, call: &Call) -> Outcome {
    world.live(parent, id)?;
    let ids = children(world, parent, id, entity);
    page(world, entity, &ids, call)
}

fn page(world: &World, entity: Entity, ids: &[u64], call: &Call) -> Outcome {
    let page = call.page(PAGE_ROWS, world.profile().page_rows)?;
    let includes = Includes::read(entity, &call.names("include"))?;
    let sort = Sort::read(call.param("sort"), call.param("sort_type"))?;
    let chosen = sort.page(world, entity, ids, page);
    let mut body = shapes::many(world, entity, &chosen, Depth::Row, &includes);
    put_meta(&mut body, ids.len(), None);
    Ok(Answer::ok(body))
}

/// The filter is mandatory. `due …` is taken with a blank and with an underscore.
fn tasks(world: &World, filter: Option<&str>) -> Result<Vec<u64>, Failure> {
    let table = world.table(Entity::Tasks);
    let with_status = |status: u64| {
        let group = key("status", &status.into());
        group.map_or(&[][..], |key| table.group(&key))
    };
    let now = world.clock.now();
    let day = |n: i64| world.zone().midnight(now, n);
    let filter = filter.map(|name| name.replace('_', " "));
    let (from, to) = match filter.as_deref() {
        Some("open") => return Ok(with_status(0).to_vec()),
        Some("completed") => return Ok(with_status(1).to_vec()),
        Some("overdue") => (i64::MIN, now),
        Some("due today") => (day(0), day(1)),
        Some("due tomorrow") => (day(1), day(2)),
        _ => return Err(Failure::invalid("filter is invalid")),
    };
    let due = |id: &u64| {
        let at = table.head(*id).map(|head| head.at);
        at.is_some_and(|at| (from..to).contains(&at))
    };
    Ok(with_status(0).iter().copied().filter(due).collect())
}

fn appointments(world: &World, filter: Option<&str>) -> Result<Vec<u64>, Failure> {
    let is_past = match filter {
        Some("past") => true,
        Some("upcoming") => false,
        _ => return Err(Failure::invalid("filter is invalid")),
    };
    let table = world.table(Entity::Appointments);
    let now = world.clock.now();
    let wanted = |id: &u64| {
        let at = table.head(*id).map(|head| head.at);
        at.is_some_and(|at| (at < now) == is_past)
    };
    Ok(table.all().iter().copied().filter(wanted).collect())
}
