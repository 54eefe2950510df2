//! What a line of a command's output says: a record in our own words, or a message of the Singer specification.

use serde_json::{Map, Value};

use super::streams::is_object_name;

/// One line, understood.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// A record of an object.
    Record(String, Value),
    /// Where the next run goes on. The last one counts.
    State(Value),
    /// Something that needs no answer: an empty line, the schema of a stream.
    Nothing,
}

/// Reads a line. What is wrong comes back as the end of a sentence, and never holds any of its text.
pub(super) fn read(line: &[u8]) -> Result<Message, String> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(Message::Nothing);
    }
    let mut members: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err("is no JSON object".to_owned()),
        Err(cause) => return Err(format!("is not JSON (column {})", cause.column())),
    };
    match members.get("type").and_then(Value::as_str) {
        _ if members.contains_key("object") => own(members),
        Some("RECORD") => record("stream", &mut members),
        Some("STATE") => match members.remove("value") {
            Some(state) => Ok(Message::State(state)),
            None => Err("is a STATE without `value`".to_owned()),
        },
        Some("SCHEMA" | "ACTIVATE_VERSION") => Ok(Message::Nothing),
        _ => Err("is no known message".to_owned()),
    }
}

fn own(mut members: Map<String, Value>) -> Result<Message, String> {
    let message = record("object", &mut members)?;
    match members.len() {
        0 => Ok(message),
        _ => Err("has other members than `object` and `record`".to_owned()),
    }
}

fn record(of: &str, members: &mut Map<String, Value>) -> Result<Message, String> {
    let object = match members.remove(of) {
        Some(Value::String(object)) if is_object_name(&object) => object,
        Some(_) => return Err(format!("has no usable name as `{of}`")),
        None => return Err(format!("does not say its `{of}`")),
    };
    match members.remove("record") {
        Some(record @ Value::Object(_)) => Ok(Message::Record(object, record)),
        _ => Err("has no `record` that is an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn records_and_messages_are_told_apart() {
        let record = |object: &str| Message::Record(object.to_owned(), json!({ "id": 1 }));
        for (line, wanted) in [
            (r#"{"object":"ticket","record":{"id":1}}"#, record("ticket")),
            (
                r#" {"type":"RECORD","stream":"big-ticket","record":{"id":1},"time_extracted":"2026-01-01T00:00:00Z"} "#,
                record("big-ticket"),
            ),
            (
                r#"{"type":"STATE","value":{"at":3}}"#,
                Message::State(json!({ "at": 3 })),
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
        ] {
            let fault = read(line.as_bytes()).unwrap_err();
            assert!(!fault.contains("secret"), "{fault}");
        }
        assert!(read(b"{\"a\":\xff}").is_err());
    }
}
