//! `/__sim/…`: what a test or rehearsal may see and do behind the API's back, under a token of its own.

use axum::extract::{Query, Request};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Failure, Fields, Outcome};
use super::call::Page;
use super::crm::{Entity, World};
use super::faults::Fault;
use super::lists::members;
use super::profile::ErrorStyle;
use super::server::{App, not_kept};
use super::shapes;
use super::wire::wire;
use super::{account, journal};

/// Header of the token.
const TOKEN: &str = "X-Sim-Token";

/// Largest body of a control call.
const MOST_BYTES: usize = 1024 * 1024;

type Pairs = Vec<(String, String)>;

/// Answers `/__sim/<route>`.
pub async fn answer(app: &App, route: &str, request: Request) -> Response {
    let sent = request.headers().get(TOKEN);
    let outcome = if sent.is_some_and(|sent| sent.as_bytes() == app.control_token.as_bytes()) {
        let method = request.method().as_str().to_owned();
        let query = Query::<Pairs>::try_from_uri(request.uri());
        let query = query.map(|query| query.0).unwrap_or_default();
        let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await;
        let body = body.unwrap_or_default();
        control(app, (&method, route.trim_end_matches('/')), &query, &body)
    } else {
        Err(Failure::refused(401, "X-Sim-Token is missing or wrong"))
    };
    wire(outcome.unwrap_or_else(|why| why.answer(ErrorStyle::Canonical)))
}

fn control(app: &App, (method, route): (&str, &str), query: &Pairs, body: &[u8]) -> Outcome {
    match (method, route) {
        ("GET", "counts") => Ok(Answer::ok(counts(&app.world()))),
        ("GET", "calls") => calls(app, number(query, "since")?.unwrap_or_default()),
        ("GET", "faults") => Ok(Answer::ok(json!(app.faults.list()))),
        ("POST", "faults") => order(app, parse(body)?),
        ("DELETE", "faults") => order(app, Vec::new()),
        ("POST", "reset") => {
            reset(app)?;
            Ok(Answer::ok(counts(&app.world())))
        }
        ("GET", "clock") => Ok(Answer::ok(clock(&app.world()))),
        ("POST", "advance") => advance(&mut app.world(), &parse(body)?),
        ("POST", "restore") => restore(&mut app.world(), &parse(body)?),
        ("GET", "profile") => Ok(Answer::ok(app.world().setup.settings.clone())),
        ("PATCH", "profile") => switch(app, parse(body)?),
        ("GET", records) => match records.strip_prefix("records/") {
            Some(object) => rows(&app.world(), object, query),
            None => Err(Failure::NoRoute),
        },
        _ => Err(Failure::NoRoute),
    }
}

/// The calls after one; headers say how many there were, and how many of them are kept.
fn calls(app: &App, since: u64) -> Outcome {
    let (total, kept) = app.audit.counts();
    let answer = Answer::ok(json!(app.audit.since(since)));
    let answer = answer.with("X-Total", total.to_string());
    Ok(answer.with("X-Kept", kept.to_string()))
}

/// Puts these faults in the place of the present ones.
fn order(app: &App, faults: Vec<Fault>) -> Outcome {
    if let Some(problem) = faults.iter().find_map(Fault::problem) {
        return Err(Failure::invalid(problem));
    }
    app.faults.set(faults);
    Ok(Answer::ok(json!(app.faults.list())))
}

/// Changes switches; faults among them are put in the place of the present ones.
fn switch(app: &App, changes: Fields) -> Outcome {
    let has_faults = changes.contains_key("faults");
    let mut world = app.world();
    world.switch(changes).map_err(Failure::invalid)?;
    if has_faults {
        app.faults.set(world.profile().faults.clone());
    }
    journal::keep(&mut world).map_err(|_| not_kept())?;
    Ok(Answer::ok(world.setup.settings.clone()))
}

fn advance(world: &mut World, sent: &Value) -> Outcome {
    let seconds = sent["seconds"].as_u64().and_then(|n| u32::try_from(n).ok());
    let seconds = seconds.ok_or_else(|| Failure::invalid("seconds is invalid"))?;
    world.advance(seconds);
    journal::keep(world).map_err(|_| not_kept())?;
    Ok(Answer::ok(clock(world)))
}

/// Takes a record out of the Recycle Bin.
fn restore(world: &mut World, sent: &Value) -> Outcome {
    let entity = sent["object"].as_str().and_then(Entity::by_plural);
    let entity = entity.ok_or_else(|| Failure::invalid("object is invalid"))?;
    let id = sent["id"].as_u64();
    world.restore(entity, id.ok_or_else(|| Failure::invalid("id is invalid"))?)?;
    journal::keep(world).map_err(|_| not_kept())?;
    Ok(Answer::ok(counts(world)))
}

fn reset(app: &App) -> Result<(), Failure> {
    let mut world = app.world();
    let fresh = account::open(&app.seed, &world.base_url);
    let mut fresh = fresh.map_err(|why| Failure::refused(500, &why.to_string()))?;
    // The file first: when it takes nothing, all stays as it was, here and there.
    fresh.journal = std::mem::take(&mut world.journal);
    if journal::rewrite(&mut fresh).is_err() {
        world.journal = fresh.journal;
        return Err(not_kept());
    }
    *world = fresh;
    app.faults.set(app.seed.profile.faults.clone());
    app.audit.clear();
    Ok(())
}

/// Seconds and milliseconds since 1970, and the speed.
fn clock(world: &World) -> Map<String, Value> {
    let clock = world.clock;
    let times = json!({"now": clock.now(), "millis": clock.millis(), "speed": clock.speed()});
    times.as_object().cloned().unwrap_or_default()
}

/// Undeleted records of every object, and the memberships of all lists.
fn counts(world: &World) -> Map<String, Value> {
    let mut counts = Map::new();
    for entity in Entity::ALL.into_iter().filter(|entity| world.has(*entity)) {
        let count = world.table(entity).all().len();
        counts.insert(entity.plural().to_owned(), count.into());
    }
    let contacts = world.table(Entity::Contacts);
    let members = world
        .lists
        .iter()
        .map(|(id, _)| members(contacts, id).len());
    let members: usize = members.sum();
    counts.insert("lists".to_owned(), world.lists.len().into());
    counts.insert("list_members".to_owned(), members.into());
    counts
}

/// Whole records, oldest first: all of them, or a page; `bin=true` shows the Recycle Bin.
fn rows(world: &World, object: &str, query: &Pairs) -> Outcome {
    if object == "lists" {
        return Ok(Answer::ok(lists(world)));
    }
    let Some(entity) = Entity::by_plural(object) else {
        return Err(Failure::invalid(format!("There is no object {object}")));
    };
    let table = world.table(entity);
    let wants_bin = query
        .iter()
        .any(|(key, value)| key == "bin" && value == "true");
    let ids = if wants_bin { table.bin() } else { table.all() };
    let count = |name, absent: usize| {
        let sent = number(query, name)?.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        Ok(sent.unwrap_or(absent).max(1))
    };
    let page = Page {
        number: count("page", 1)?,
        size: count("per_page", usize::MAX)?,
    };
    let chosen = ids.slice(page.range(ids.len()));
    let records = chosen.into_iter().filter_map(|id| table.get(id));
    let shown = records.map(|record| shapes::everything(world, entity, &record));
    Ok(Answer::ok(shown.collect::<Value>()))
}

fn lists(world: &World) -> Value {
    let contacts = world.table(Entity::Contacts);
    let shown = world.lists.iter().map(|(id, list)| {
        let ids: Vec<u64> = members(contacts, id).iter().collect();
        json!({"id": id, "name": list.name, "contact_ids": ids})
    });
    shown.collect()
}

fn number(query: &Pairs, name: &str) -> Result<Option<u64>, Failure> {
    let found = query.iter().find(|(key, _)| key == name);
    let read = |text: &String| {
        let number = text.parse();
        number.map_err(|_| Failure::invalid(format!("{name} is invalid")))
    };
    found.map(|(_, text)| read(text)).transpose()
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|cause| Failure::invalid(cause.to_string()))
}
