//! What a line of a command's output says: a record in our own words, or a message of the Singer specification.

use indexmap::IndexMap;

use super::cell::Cell;
use super::streams::is_object_name;

/// One line, understood.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// A record of an object.
    Record(String, Cell),
    /// Where the next run goes on. The last one counts.
    State(Cell),
    /// Something that needs no answer: an empty line, the schema of a stream.
    Nothing,
}

/// Reads a line. What is wrong comes back as the end of a sentence, and never holds any of its text.
pub(super) fn read(line: &[u8]) -> Result<Message, String> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(Message::Nothing);
    }
    let Cell::Record(mut members) = Cell::read(line)? else {
        return Err("is no JSON object".to_owned());
    };
    let kind = match members.get("type") {
        Some(Cell::Text(kind)) => Some(kind.clone()),
        _ => None,
    };
    match kind.as_deref() {
        _ if members.contains_key("object") => own(members),
        Some("RECORD") => record("stream", &mut members),
        Some("STATE") => match members.swap_remove("value") {
            Some(state) => Ok(Message::State(state)),
            None => Err("is a STATE without `value`".to_owned()),
        },
        Some("SCHEMA" | "ACTIVATE_VERSION") => Ok(Message::Nothing),
        _ => Err("is no known message".to_owned()),
    }
}

fn own(mut members: IndexMap<String, Cell>) -> Result<Message, String> {
    let message = record("object", &mut members)?;
    match members.len() {
        0 => Ok(message),
        _ => Err("has other members than `object` and `record`".to_owned()),
    }
}

fn record(of: &str, members: &mut IndexMap<String, Cell>) -> Result<Message, String> {
    let object = match members.swap_remove(of) {
        Some(Cell::Text(object)) if is_object_name(&object) => object,
        Some(_) => return Err(format!("has no usable name as `{of}`")),
        None => return Err(format!("does not say its `{of}`")),
    };
    match members.swap_remove("record") {
        Some(record @ Cell::Record(_)) => Ok(Message::Record(object, record)),
        _ => Err("has no `record` that is an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn cell(text: &str) -> Cell {
        Cell::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn records_and_messages_are_told_apart() {
        let record = |object: &str| Message::Record(object.to_owned(), cell("{\"id\":1}"));
        for (line, wanted) in [
            (r#"{"object":"ticket","record":{"id":1}}"#, record("ticket")),
            (
                r#" {"type":"RECORD","stream":"big-ticket","record":{"id":1},"time_extracted":"2026-01-01T00:00:00Z"} "#,
                record("big-ticket"),
            ),
            (
                r#"{"type":"STATE","value":{"at":3}}"#,
                Message::State(cell("{\"at\":3}")),
            ),
            (
                r#"{"type":"SCHEMA","stream":"ticket","schema":{},"key_properties":[]}"#,
                Message::Nothing,
            ),
            (
                r#"{"type":"ACTIVATE_VERSION","stream":"ticket","version":1}"#,
                Message::Nothing,
            ),
            ("  ", Message::Nothing),
        ] {
            assert_eq!(read(line.as_bytes()).unwrap(), wanted, "{line}");
        }
    }

    #[test]
    fn what_is_no_message_is_refused_without_its_text() {
        for line in [
            "secret",
            "[\"secret\"]",
            "{\"secret\":1}",
            r#"{"type":"BATCH","stream":"secret"}"#,
            r#"{"type":"RECORD","record":{"secret":1}}"#,
            r#"{"type":"RECORD","stream":"ticket","record":"secret"}"#,
            r#"{"type":"STATE","secret":1}"#,
            r#"{"object":"../secret","record":{}}"#,
            r#"{"object":"","record":{}}"#,
            r#"{"object":7,"record":{}}"#,
            r#"{"object":"ticket"}"#,
            r#"{"object":"ticket","record":{},"secret":1}"#,
            r#"{"object":"ticket","record":{"a":"secret"}} {"#,
            r#"{"object":"ticket","record":{"secret":1,"secret":2}}"#,
            r#"{"object":"ticket","object":"ticket","record":{}}"#,
        ] {
            let fault = read(line.as_bytes()).unwrap_err();
            assert!(!fault.contains("secret"), "{fault}");
        }
        assert!(read(b"{\"a\":\xff}").is_err());
    }
}
