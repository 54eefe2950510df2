//! A sent value becomes a stored one, or is refused.

use serde_json::{Number, Value};

use super::super::crm::Kind;
use super::super::times::Zone;

/// Why a value is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Wrong type or out of range.
    Value,
    /// Longer than so many characters.
    Length(usize),
}

/// The stored form of a value of this kind: instants as seconds, money as decimal text, null for "empty".
pub fn read(kind: Kind, sent: &Value, zone: Zone) -> Result<Value, Wrong> {
    if sent.is_null() || sent.as_str().is_some_and(str::is_empty) {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Text(most) => text(sent, most),
        Kind::Integer => whole(sent),
        Kind::Owner | Kind::Choice(_) | Kind::Record(_) => id(sent),
        Kind::Decimal => number(sent).map(Value::Number),
        Kind::Amount => amount(sent),
        Kind::Percent => percent(sent),
        Kind::Boolean => boolean(sent),
        Kind::Day => {
            let day = sent.as_str().and_then(|text| zone.day(text));
            day.map(Value::from).ok_or(Wrong::Value)
        }
        Kind::Instant => {
            let instant = sent.as_str().and_then(|text| zone.instant(text));
            instant.map(Value::from).ok_or(Wrong::Value)
        }
    }
}

/// Text; numbers and booleans are taken as their text.
pub fn text(sent: &Value, most: usize) -> Result<Value, Wrong> {
    let text = match sent {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => sent.to_string(),
        _ => return Err(Wrong::Value),
    };
    if text.chars().count() > most {
        return Err(Wrong::Length(most));
    }
    Ok(Value::String(text))
}

/// A number, also as text.
pub fn number(sent: &Value) -> Result<Number, Wrong> {
    match sent {
        Value::Number(number) => Ok(number.clone()),
        Value::String(text) => text.trim().parse().map_err(|_| Wrong::Value),
        _ => Err(Wrong::Value),
    }
}

/// `true`, `false`, also as text.
pub fn boolean(sent: &Value) -> Result<Value, Wrong> {
    match sent {
        Value::Bool(_) => Ok(sent.clone()),
        Value::String(text) if text == "true" => Ok(Value::Bool(true)),
        Value::String(text) if text == "false" => Ok(Value::Bool(false)),
        _ => Err(Wrong::Value),
    }
}

/// A record id, also as text.
pub fn id(sent: &Value) -> Result<Value, Wrong> {
    let id = number(sent)?.as_u64().filter(|id| *id > 0);
    id.map(Value::from).ok_or(Wrong::Value)
}

fn whole(sent: &Value) -> Result<Value, Wrong> {
    let number = number(sent)?;
    number.as_i64().map(Value::from).ok_or(Wrong::Value)
}

/// Kept as decimal text with at least one digit behind the point, which is how answers show money.
fn amount(sent: &Value) -> Result<Value, Wrong> {
    let number = number(sent)?;
    let plain = match number.as_i64() {
        Some(whole) => format!("{whole}.0"),
        None => {
            let amount = number.as_f64().filter(|amount| amount.is_finite());
            let text = amount.ok_or(Wrong::Value)?.to_string();
            if text.contains('.') {
                text
            } else {
                format!("{text}.0")
            }
        }
    };
    Ok(Value::String(plain))
}

fn percent(sent: &Value) -> Result<Value, Wrong> {
    let number = number(sent)?;
    let percent = number.as_f64().filter(|p| (0.0..=100.0).contains(p));
    percent.ok_or(Wrong::Value)?;
    Ok(Value::Number(number))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn read_utc(kind: Kind, sent: Value) -> Result<Value, Wrong> {
        read(kind, &sent, Zone::UTC)
    }

    #[test]
    fn money_comes_back_as_text_of_another_scale() {
        for (sent, stored) in [
            (json!(2), "2.0"),
            (json!("2.50"), "2.5"),
            (json!(1e16), "10000000000000000.0"),
        ] {
            assert_eq!(read_utc(Kind::Amount, sent).unwrap(), json!(stored));
        }
        assert_eq!(read_utc(Kind::Amount, json!("1.234,50")), Err(Wrong::Value));
    }

    #[test]
    fn a_range_is_no_number_of_employees() {
        assert_eq!(read_utc(Kind::Integer, json!("11-50")), Err(Wrong::Value));
        assert_eq!(read_utc(Kind::Integer, json!(12)).unwrap(), json!(12));
    }

    #[test]
    fn text_is_measured_in_characters() {
        assert!(read_utc(Kind::Text(3), json!("äöü")).is_ok());
        assert_eq!(
            read_utc(Kind::Text(3), json!("äöüß")),
            Err(Wrong::Length(3))
        );
    }
}
