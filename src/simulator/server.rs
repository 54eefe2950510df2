//! From the socket to the routes and back: faults, the allowance, the key.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use futures_util::StreamExt as _;

use super::allowance;
use super::answer::{Answer, Failure};
use super::audit::Audit;
use super::bulk;
use super::call::Call;
use super::crm::World;
use super::faults::{FaultKind, Faults, Hit};
use super::line::Cutter;
use super::profile::ErrorStyle;
use super::seed::Seed;
use super::wire::{wire, wire_in_part, wire_slowly};
use super::{control, intake, journal, routes};

/// What all connections share.
pub struct App {
    /// The account.
    pub world: Mutex<World>,
    /// What a reset goes back to.
    pub seed: Seed,
    /// Faults on order.
    pub faults: Faults,
    /// Calls received.
    pub audit: Audit,
    /// The API key.
    pub key: String,
    /// Token of the control routes.
    pub control_token: String,
    /// Path before the API's routes, without a slash at its end.
    pub prefix: String,
}

impl App {
    /// The account, for one call at a time.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The HTTP service.
pub fn router(app: Arc<App>) -> Router {
    // Files are counted as they pass and have a limit of their own.
    Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if let Some(route) = path.strip_prefix("/__sim/") {
        return control::answer(&app, route, request).await;
    }
    let number = app.note(&request);
    let Some(path) = app.below_prefix(&path) else {
        let answer = Failure::NoRoute.answer(ErrorStyle::Canonical);
        app.audit.end(number, Some(answer.status), None);
        return wire(answer);
    };
    // One slash at the end is optional.
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path).to_owned();
    let mut visit = Visit {
        app: &app,
        cutter: &cutter,
        hit: None,
        number,
    };
    let answer = visit.answer(request, path).await;
    let kind = visit.kind();
    let is_cut = kind.is_some_and(FaultKind::cuts);
    app.audit
        .end(number, (!is_cut).then_some(answer.status), kind);
    match visit.hit {
        Some(hit) if hit.kind == FaultKind::Slow => wire_slowly(answer, hit.millis),
        Some(hit) if hit.kind == FaultKind::ResetInAnswer => wire_in_part(answer, cutter),
        _ => wire(answer),
    }
}

/// One call on its way.
struct Visit<'a> {
    app: &'a App,
    cutter: &'a Cutter,
    /// The fault that takes effect on it.
    hit: Option<Hit>,
    number: u64,
}

impl Visit<'_> {
    fn kind(&self) -> Option<FaultKind> {
        self.hit.as_ref().map(|hit| hit.kind)
    }

    async fn answer(&mut self, request: Request, path: String) -> Answer {
        if let Some(refusal) = self.app.at_the_gate() {
            return refusal;
        }
        self.hit = self.app.faults.hit(request.method().as_str(), &path);
        let kind = self.kind();
        // Before the body is read, so that a long one is cut in the middle.
        if let Some(FaultKind::Reset | FaultKind::ResetInUpload) = kind {
            self.app.count();
            if kind == Some(FaultKind::ResetInUpload) {
                // One piece of the body, then the end.
                drop(request.into_body().into_data_stream().next().await);
            }
            self.cutter.reset();
            return bad_gateway();
        }
        let is_known = has_key(request.headers(), &self.app.key);
        let call = intake::read(request, path, kind).await;
        if let Some(objects) = call.as_ref().ok().and_then(Call::objects) {
            self.app.audit.count(self.number, objects);
        }
        if let Some(answer) = self.before().await {
            self.app.count();
            let is_gateway = kind == Some(FaultKind::Html502);
            return if is_gateway {
                answer
            } else {
                self.app.told(answer)
            };
        }
        let answer = self.app.done(is_known, call);
        self.take_effect(&answer);
        self.after(answer).await
    }

    /// Faults before anything is done. `None`: it is done after all.
    async fn before(&mut self) -> Option<Answer> {
        let hit = self.hit.as_mut()?;
        let style = self.app.world().profile().error_style;
        let refused = |status| refusal(style, status);
        Some(match hit.kind {
            FaultKind::Refuse => refused(hit.status.unwrap_or(503)),
            FaultKind::Limit => allowance::too_many(self.app.world().profile(), hit.retry_after),
            FaultKind::Limit400 => allowance::disguised(self.app.world().profile()),
            FaultKind::Bulk405 => {
                let most = self.app.world().profile().jobs_in_flight;
                bulk::too_many(most).answer(style)
            }
            FaultKind::ExpiredJob => Failure::not_found().answer(style),
            FaultKind::Html502 => bad_gateway(),
            FaultKind::Hold => {
                hit.hold().await;
                return None;
            }
            _ => return None,
        })
    }

    /// Lets a fault that needs success go where the call had none.
    fn take_effect(&mut self, answer: &Answer) {
        let needing = self.hit.as_ref().filter(|hit| hit.kind.needs_success());
        let Some(hit) = needing else {
            return;
        };
        let lacks_twin =
            hit.kind == FaultKind::DuplicateJob && !bulk::has_several(&self.app.world());
        let is_done = (200..300).contains(&answer.status) && !lacks_twin;
        self.app.faults.end(hit, is_done);
        if !is_done {
            self.hit = None;
        }
    }

    /// Faults after it was done.
    async fn after(&mut self, answer: Answer) -> Answer {
        let Some(hit) = &mut self.hit else {
            return answer;
        };
        match hit.kind {
            FaultKind::RefuseAfterWrite => {
                let style = self.app.world().profile().error_style;
                let refused = refusal(style, hit.status.unwrap_or(500));
                self.app.told(refused)
            }
            FaultKind::Html502AfterWrite => bad_gateway(),
            FaultKind::FailAfterWrite => {
                self.cutter.close();
                answer
            }
            FaultKind::TimeoutAfterWrite => {
                hit.hold().await;
                self.cutter.close();
                answer
            }
            _ => answer,
        }
    }
}

impl App {
    /// Writes a call down and returns its number.
    fn note(&self, request: &Request) -> u64 {
        let uri = request.uri();
        let whole = uri
            .path_and_query()
            .map_or(uri.path(), |path| path.as_str());
        let below = self.below_prefix(whole);
        let path = (below.unwrap_or(whole), below.is_none());
        let at = self.world().clock.millis();
        self.audit.begin(request.method().as_str(), path, at)
    }

    /// A path after the prefix, with the slash behind it.
    fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        let below = path.strip_prefix(self.prefix.as_str());
        below.filter(|rest| rest.starts_with('/'))
    }

    fn at_the_gate(&self) -> Option<Answer> {
        let mut world = self.world();
        let now = world.clock.millis();
        let world = &mut *world;
        world.allowance.at_the_gate(&world.setup.profile, now)
    }

    /// Counts a call that a fault has refused.
    fn count(&self) {
        let mut world = self.world();
        // Refused it is already.
        drop(world.take_call());
        drop(journal::keep(&mut world));
    }

    /// Says on an answer what is left of the allowance.
    fn told(&self, answer: Answer) -> Answer {
        let world = self.world();
        world
            .allowance
            .tell(world.profile(), world.clock.now(), answer)
    }

    /// Counts the call, looks at the key, and does what is asked.
    fn done(&self, is_known: bool, call: Result<Call, Failure>) -> Answer {
        let mut world = self.world();
        let now = world.clock.now();
        let world = &mut *world;
        let outcome = match world.take_call() {
            Err(refusal) => Ok(refusal),
            Ok(()) if is_known => call.and_then(|call| routes::answer(world, &call)),
            Ok(()) => Err(Failure::refused(401, "Authentication failed")),
        };
        let outcome = match journal::keep(world) {
            Ok(()) => outcome,
            Err(_) => Err(not_kept()),
        };
        let style = world.profile().error_style;
        let answer = outcome.unwrap_or_else(|failure| failure.answer(style));
        world.allowance.tell(&world.setup.profile, now, answer)
    }
}

/// A change was made that the state file did not take: the caller cannot know whether it will last.
pub fn not_kept() -> Failure {
    Failure::refused(500, "The state could not be kept")
}

/// A refusal by the server itself.
fn refusal(style: ErrorStyle, status: u16) -> Answer {
    let text = match status {
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "The request cannot be processed",
    };
    Answer::refused(style, status, &[text.to_owned()])
}

fn bad_gateway() -> Answer {
    Answer::html(502, "502 Bad Gateway")
}

/// `Token token=KEY`, and the shorter `Token KEY`.
fn has_key(headers: &HeaderMap, key: &str) -> bool {
    let sent = headers
        .get(AUTHORIZATION)
        .and_then(|sent| sent.to_str().ok());
    let sent = sent.and_then(|sent| sent.strip_prefix("Token "));
    sent.is_some_and(|sent| sent.strip_prefix("token=").unwrap_or(sent) == key)
}
