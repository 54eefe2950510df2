//! What an answer means: one table, in one place.
//!
//! [`TABLE`] is read from the top; the first row that fits decides. HTTP codes come first, text second, because
//! messages come in the language of the key's owner.

use std::time::Duration;

use serde_json::Value;

use super::message;

/// What became of one write. Only `Accepted` proves that the record is there.
#[derive(Clone, PartialEq)]
pub enum Outcome {
    /// The destination holds it.
    Accepted {
        /// The destination's id of the record.
        id: i64,
        /// The stored record as answered; null where the answer held none (an update with an empty answer).
        stored: Value,
    },
    /// The destination refused it, for good: the same request would be refused again.
    Rejected {
        /// HTTP status.
        status: u16,
        /// Its words without personal values, at most 200 characters.
        reason: String,
    },
    /// It certainly did not happen, and may be sent again later.
    NotTaken {
        /// Why, without personal values.
        reason: String,
        /// Some: the account's quota is used up for this long. None: the destination could not be reached.
        retry_after: Option<Duration>,
    },
    /// It may or may not have happened: look it up, never send it blindly.
    Unknown {
        /// Why, without personal values.
        reason: String,
    },
}

/// Leaves the stored record out: it is a person's data, and a debug print ends in logs.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Accepted { id, .. } => write!(f, "Accepted({id})"),
            Self::Rejected { status, reason } => write!(f, "Rejected({status}, {reason:?})"),
            Self::NotTaken {
                reason,
                retry_after,
            } => write!(f, "NotTaken({reason:?}, {retry_after:?})"),
            Self::Unknown { reason } => write!(f, "Unknown({reason:?})"),
        }
    }
}

/// What a call is for: the same answer means different things to a write and to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Changes one record, or one list's members.
    Write,
    /// Hands over many records as one job.
    Bulk,
    /// Changes nothing; may be repeated.
    Read,
    /// A read of something that the account may lack or keep to itself.
    Look,
    /// Takes records away by id. Ids are never given twice, so a removal may be repeated.
    Remove,
}

/// What was heard after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// No connection came about: nothing left this machine.
    NoConnection,
    /// The request left, or part of it, and no whole answer came: reset, timeout, cut short.
    NoAnswer,
    /// 2xx, but not JSON, or JSON that speaks of errors instead of a record.
    Unreadable,
    /// 2xx without a body.
    Empty,
    /// 400 or 422 that says that an inner call got 429.
    DisguisedLimit,
    /// 404 with a page or a text: the route may be missing, and not the record.
    NoRoute,
    /// Any other answer.
    Status(u16),
}

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It happened.
    Accept,
    /// Refused for good.
    Reject,
    /// What was asked for is not there.
    Absent,
    /// The quota is used up: nothing happened, the whole account waits.
    Wait,
    /// Too many jobs in flight: nothing happened, this batch waits.
    Busy,
    /// Nothing happened or nothing can: safe to send again.
    Again,
    /// It may have happened.
    Doubt,
    /// The run cannot go on.
    Stop,
}

/// One row's left side.
enum When {
    Is(Heard),
    /// HTTP status between these two, both included.
    Status(u16, u16),
}

use Effect::{Absent, Accept, Again, Busy, Doubt, Reject, Stop, Wait};

/// answer → what a write, a bulk write, a read, a look and a removal make of it.
#[rustfmt::skip]
const TABLE: &[(When, Effect, Effect, Effect, Effect, Effect)] = &[
    // answer                         write   bulk    read    look    remove
    (When::Is(Heard::NoConnection),   Again,  Again,  Again,  Again,  Again),
    (When::Is(Heard::NoAnswer),       Doubt,  Doubt,  Again,  Again,  Again),
    (When::Is(Heard::Unreadable),     Doubt,  Doubt,  Again,  Again,  Doubt),
    (When::Is(Heard::Empty),          Accept, Doubt,  Again,  Again,  Accept),
    (When::Is(Heard::DisguisedLimit), Wait,   Wait,   Wait,   Wait,   Wait),
    (When::Is(Heard::NoRoute),        Reject, Reject, Absent, Absent, Doubt),
    (When::Status(200, 299),          Accept, Accept, Accept, Accept, Accept),
    // Redirects are never followed: the key would travel along.
    (When::Status(300, 399),          Stop,   Stop,   Stop,   Stop,   Stop),
    (When::Status(401, 401),          Stop,   Stop,   Stop,   Stop,   Stop),
    // The role or the plan lacks this object; others may still go.
    (When::Status(403, 403),          Reject, Reject, Stop,   Absent, Reject),
    // To a removal: it is gone, which is what was wanted.
    (When::Status(404, 404),          Reject, Reject, Absent, Absent, Absent),
    // To a bulk call: too many jobs in flight. A text in whatever language says so; the code is enough.
    (When::Status(405, 405),          Reject, Busy,   Stop,   Absent, Reject),
    (When::Status(408, 408),          Doubt,  Doubt,  Again,  Again,  Again),
    (When::Status(410, 410),          Reject, Reject, Absent, Absent, Absent),
    (When::Status(429, 429),          Wait,   Wait,   Wait,   Wait,   Wait),
    (When::Status(400, 499),          Reject, Reject, Stop,   Absent, Reject),
    // 5xx, and whatever HTTP does not define.
    (When::Status(0, u16::MAX),       Doubt,  Doubt,  Again,  Again,  Again),
];

/// What follows from `heard` for a call with this purpose.
pub(super) fn effect(heard: Heard, purpose: Purpose) -> Effect {
    let row = TABLE.iter().find(|(when, ..)| match (when, heard) {
        (When::Is(one), heard) => *one == heard,
        (When::Status(from, to), Heard::Status(status)) => (*from..=*to).contains(&status),
        (When::Status(..), _) => false,
    });
    let Some((_, write, bulk, read, look, remove)) = row else {
        return Doubt;
    };
    match purpose {
        Purpose::Write => *write,
        Purpose::Bulk => *bulk,
        Purpose::Read => *read,
        Purpose::Look => *look,
        Purpose::Remove => *remove,
    }
}

/// One answer, weighed.
pub(super) struct Answer {
    pub(super) heard: Heard,
    /// HTTP status, 0 where there was none.
    pub(super) status: u16,
    /// What follows from it; `Wait` and `Again` mean that the attempts are used up.
    pub(super) effect: Effect,
    /// The answer's JSON; null where there was none.
    pub(super) body: Value,
    /// The destination's or the network's words, without personal values.
    pub(super) reason: String,
    /// How long the destination asked to wait.
    pub(super) retry_after: Option<Duration>,
}

impl Answer {
    /// An answer that never came.
    pub(super) fn none(heard: Heard, purpose: Purpose, reason: &str) -> Self {
        Self {
            heard,
            status: 0,
            effect: effect(heard, purpose),
            body: Value::Null,
            reason: reason.to_owned(),
            retry_after: None,
        }
    }

    /// A call that did not leave, and does not before some time is over.
    pub(super) fn not_asked(reason: &str) -> Self {
        Self {
            effect: Wait,
            ..Self::none(Heard::NoConnection, Purpose::Read, reason)
        }
    }

    /// The reason with the status before it, where there was one.
    pub(super) fn told(&self) -> String {
        match self.heard {
            Heard::NoConnection | Heard::NoAnswer => self.reason.clone(),
            Heard::Unreadable => format!("the answer could not be understood: {}", self.reason),
            Heard::Empty => "the answer was empty".to_owned(),
            Heard::DisguisedLimit | Heard::NoRoute | Heard::Status(_) => {
                format!("the destination answered {}: {}", self.status, self.reason)
            }
        }
    }
}

/// Reads a whole answer. `sent` is the request's body: its values are taken out of the reason.
pub(super) fn weigh(status: u16, body: &[u8], purpose: Purpose, sent: &Value) -> Answer {
    let parsed = serde_json::from_slice::<Value>(body).ok();
    let is_success = (200..300).contains(&status);
    let is_record = parsed.as_ref().is_some_and(|json| !is_complaint(json));
    let reason = match is_success && is_record {
        true => String::new(),
        false => message::scrub(&message::words_of(parsed.as_ref(), body), sent),
    };
    let heard = match status {
        200..=299 if body.trim_ascii().is_empty() => Heard::Empty,
        200..=299 if !is_record => Heard::Unreadable,
        // The scrubbed text: a sent value that happens to hold 429 is no sign of a limit.
        400 | 422 if is_limit_inside(parsed.as_ref(), &reason) => Heard::DisguisedLimit,
        404 if parsed.is_none() && !body.trim_ascii().is_empty() => Heard::NoRoute,
        _ => Heard::Status(status),
    };
    Answer {
        heard,
        status,
        effect: effect(heard, purpose),
        body: parsed.unwrap_or(Value::Null),
        reason,
        retry_after: None,
    }
}

/// A limit that an inner call met: told by a code, which knows no language, or by the text.
fn is_limit_inside(answer: Option<&Value>, reason: &str) -> bool {
    let is_code = |json: &Value| json.get("code").and_then(Value::as_u64) == Some(429);
    let by_code =
        answer.is_some_and(|json| is_code(json) || json.get("errors").is_some_and(is_code));
    by_code || message::speaks_of_limit(reason)
}

/// A 2xx that speaks of errors is not believed; it is not disbelieved either.
fn is_complaint(answer: &Value) -> bool {
    let is_told = |name: &str| match answer.get(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(errors)) => !errors.is_empty(),
        Some(Value::Object(errors)) => !errors.is_empty(),
        Some(Value::String(error)) => !error.is_empty(),
        Some(_) => true,
    };
    let is_no = |name: &str| answer.get(name) == Some(&Value::Bool(false));
    let code = answer.get("code").and_then(Value::as_u64);
    is_told("errors")
        || is_told("error")
        || is_no("success")
        || is_no("result")
        || *answer == Value::Bool(false)
        || code.is_some_and(|code| code >= 400)
}

/// The outcome of a single write. `wrapper` names the record in the answer; `known` is its id where the request
/// already named it, so that an empty answer still proves something.
pub(super) fn of_write(answer: Answer, wrapper: &str, known: Option<i64>) -> Outcome {
    match answer.effect {
        Accept => accepted(answer, wrapper, known),
        Reject | Absent | Busy | Stop => Outcome::Rejected {
            status: answer.status,
            reason: answer.reason,
        },
        Wait => Outcome::NotTaken {
            retry_after: Some(answer.retry_after.unwrap_or_default()),
            reason: answer.told(),
        },
        Again => Outcome::NotTaken {
            retry_after: None,
            reason: answer.told(),
        },
        Doubt => Outcome::Unknown {
            reason: answer.told(),
        },
    }
}

fn accepted(answer: Answer, wrapper: &str, known: Option<i64>) -> Outcome {
    let Answer { body, .. } = answer;
    if let Some(record) = record_of(&body, wrapper)
        && let Some(id) = id_of(record)
    {
        return Outcome::Accepted {
            id,
            stored: record.clone(),
        };
    }
    match known {
        Some(id) => Outcome::Accepted { id, stored: body },
        None => Outcome::Unknown {
            reason: "the answer of the destination holds no id".to_owned(),
        },
    }
}

/// The record in an answer: under `wrapper`, else the answer itself, else its only object with an id.
pub(super) fn record_of<'a>(answer: &'a Value, wrapper: &str) -> Option<&'a Value> {
    if let Some(record) = answer.get(wrapper).filter(|one| one.is_object()) {
        return Some(record);
    }
    if id_of(answer).is_some() {
        return Some(answer);
    }
    let mut records = answer
        .as_object()?
        .values()
        .filter(|one| id_of(one).is_some());
    let only = records.next()?;
    records.next().is_none().then_some(only)
}

/// `id` of a record, which comes as a number or as text.
pub(super) fn id_of(record: &Value) -> Option<i64> {
    match record.get("id")? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use Heard::{DisguisedLimit, Empty, NoAnswer, NoConnection, NoRoute, Status, Unreadable};
    use serde_json::json;

    /// The whole table once more, by single answers, as the fact sheet has it.
    #[test]
    fn every_answer_has_its_effect_on_each_kind_of_call() {
        let wanted = [
            (NoConnection, Again, Again, Again, Again, Again),
            (NoAnswer, Doubt, Doubt, Again, Again, Again),
            (Unreadable, Doubt, Doubt, Again, Again, Doubt),
            (Empty, Accept, Doubt, Again, Again, Accept),
            (DisguisedLimit, Wait, Wait, Wait, Wait, Wait),
            (NoRoute, Reject, Reject, Absent, Absent, Doubt),
            (Status(200), Accept, Accept, Accept, Accept, Accept),
            (Status(201), Accept, Accept, Accept, Accept, Accept),
            (Status(204), Accept, Accept, Accept, Accept, Accept),
            (Status(302), Stop, Stop, Stop, Stop, Stop),
            (Status(308), Stop, Stop, Stop, Stop, Stop),
            (Status(400), Reject, Reject, Stop, Absent, Reject),
            (Status(401), Stop, Stop, Stop, Stop, Stop),
            (Status(403), Reject, Reject, Stop, Absent, Reject),
            (Status(404), Reject, Reject, Absent, Absent, Absent),
            (Status(405), Reject, Busy, Stop, Absent, Reject),
            (Status(408), Doubt, Doubt, Again, Again, Again),
            (Status(409), Reject, Reject, Stop, Absent, Reject),
            (Status(410), Reject, Reject, Absent, Absent, Absent),
            (Status(413), Reject, Reject, Stop, Absent, Reject),
            (Status(415), Reject, Reject, Stop, Absent, Reject),
            (Status(422), Reject, Reject, Stop, Absent, Reject),
            (Status(429), Wait, Wait, Wait, Wait, Wait),
            (Status(500), Doubt, Doubt, Again, Again, Again),
            (Status(502), Doubt, Doubt, Again, Again, Again),
            (Status(503), Doubt, Doubt, Again, Again, Again),
            (Status(504), Doubt, Doubt, Again, Again, Again),
            (Status(599), Doubt, Doubt, Again, Again, Again),
            (Status(999), Doubt, Doubt, Again, Again, Again),
        ];
        for (heard, write, bulk, read, look, remove) in wanted {
            assert_eq!(effect(heard, Purpose::Write), write, "write, {heard:?}");
            assert_eq!(effect(heard, Purpose::Bulk), bulk, "bulk, {heard:?}");
            assert_eq!(effect(heard, Purpose::Read), read, "read, {heard:?}");
            assert_eq!(effect(heard, Purpose::Look), look, "look, {heard:?}");
            assert_eq!(effect(heard, Purpose::Remove), remove, "remove, {heard:?}");
        }
    }

    #[test]
    fn an_answer_is_weighed_by_status_first_and_text_second() {
        let limit =
            r#"{"errors":{"code":400,"message":["fetch failure :: response_code :: 429 ..."]}}"#;
        let cases = [
            (200, r#"{"contact":{"id":7}}"#, Status(200)),
            (201, r#"{"contact":{"id":7},"errors":[]}"#, Status(201)),
            (
                200,
                r#"{"errors":{"message":["Too many requests"]}}"#,
                Unreadable,
            ),
            (200, r#"{"message":"No","code":422}"#, Unreadable),
            (200, r#"{"error":"no"}"#, Unreadable),
            (200, r#"{"success":false}"#, Unreadable),
            (200, r#"{"result":false}"#, Unreadable),
            (200, "false", Unreadable),
            (200, "true", Status(200)),
            (200, r#"{"success":"Note deleted"}"#, Status(200)),
            (200, r#"{"result":true}"#, Status(200)),
            (200, "<html></html>", Unreadable),
            (200, r#"{"contact":{"id":7"#, Unreadable),
            (200, " ", Empty),
            (204, "", Empty),
            (400, limit, DisguisedLimit),
            (400, "429 Too Many Requests", DisguisedLimit),
            (422, r#"{"message":"too many requests"}"#, DisguisedLimit),
            (
                400,
                r#"{"errors":{"message":["Amount 429 is odd"]}}"#,
                Status(400),
            ),
            (
                400,
                r#"{"errors":{"code":429,"message":["Demasiadas solicitudes"]}}"#,
                DisguisedLimit,
            ),
            (400, r#"{"code":429,"message":"Te veel"}"#, DisguisedLimit),
            (404, "<html></html>", NoRoute),
            (404, "no such page", NoRoute),
            (404, r#"{"errors":{"code":404}}"#, Status(404)),
            (404, " ", Status(404)),
            (403, limit, Status(403)),
            (500, limit, Status(500)),
        ];
        let sent = json!({"deal": {"amount": 429}});
        for (status, body, wanted) in cases {
            let sent = if body.contains("Amount") {
                &sent
            } else {
                &Value::Null
            };
            let answer = weigh(status, body.as_bytes(), Purpose::Write, sent);
            assert_eq!(answer.heard, wanted, "{status} {body}");
        }
    }

    #[test]
    fn the_record_is_found_in_every_wrapping_and_its_id_as_number_or_text() {
        let cases = [
            (json!({"contact": {"id": 7}, "users": [{"id": 1}]}), Some(7)),
            (
                json!({"contact": {"id": "70000000001"}}),
                Some(70_000_000_001),
            ),
            (json!({"id": 7, "name": "x"}), Some(7)),
            (json!({"list": {"id": 7}, "meta": {"total": 1}}), Some(7)),
            (json!({"one": {"id": 7}, "two": {"id": 8}}), None),
            (json!({"contact": {"name": "x"}}), None),
            (json!({"message": "ok"}), None),
            (json!(true), None),
        ];
        for (answer, wanted) in cases {
            let id = record_of(&answer, "contact").and_then(id_of);
            assert_eq!(id, wanted, "{answer}");
        }
    }

    #[test]
    fn a_success_without_an_id_proves_an_update_and_no_creation() {
        for body in ["", "{}", "true", r#"{"message":"ok"}"#] {
            let weighed = || weigh(200, body.as_bytes(), Purpose::Write, &Value::Null);
            let created = of_write(weighed(), "contact", None);
            assert!(
                matches!(created, Outcome::Unknown { .. }),
                "{body}: {created:?}"
            );
            let updated = of_write(weighed(), "contact", Some(7));
            assert!(
                matches!(updated, Outcome::Accepted { id: 7, .. }),
                "{body}: {updated:?}"
            );
        }
    }

    #[test]
    fn a_debug_print_shows_no_record() {
        let outcome = Outcome::Accepted {
            id: 7,
            stored: json!({"last_name": "Planted"}),
        };
        assert_eq!(format!("{outcome:?}"), "Accepted(7)");
    }
}
