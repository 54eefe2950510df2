//! Custom fields: typed, limited, and silent about what they do not know.

use serde_json::Value;

use super::super::answer::Fields;
use super::super::crm::{Kind, World};
use super::super::profile::{CustomFieldPut, Unknown};
use super::super::seed::SeedField;
use super::super::times::Zone;
use super::values::{self, Wrong};
use super::{Draft, too_long};

/// Digits before the point of a custom number.
const WHOLE_DIGITS: usize = 11;
/// Digits behind it.
const FRACTION_DIGITS: usize = 4;

/// Takes `custom_field`. Names that the admin has not made and choices that are not offered are dropped or refused,
/// as the account does; so is the plural key.
pub fn check(world: &World, draft: &mut Draft) {
    let profile = world.profile();
    if profile.unknown_cf == Unknown::Refuse && draft.body.contains_key("custom_fields") {
        draft.problem("custom_fields is invalid");
    }
    let sent = match draft.body.get("custom_field") {
        None => return,
        Some(Value::Object(sent)) => sent,
        Some(_) => return draft.problem("The type for custom_field is invalid."),
    };
    let mut stored = match draft.fields.shift_remove("custom_field") {
        Some(Value::Object(stored)) if profile.custom_field_put == CustomFieldPut::Merge => stored,
        _ => Fields::new(),
    };
    for (name, value) in sent {
        let Some(field) = world.setup.field(draft.entity, name) else {
            if profile.unknown_cf == Unknown::Refuse {
                draft.problem(format!("{name} is invalid"));
            }
            continue;
        };
        match read(field, value, world.zone()) {
            Ok(Taken::Whole(Value::Null)) => drop(stored.shift_remove(name)),
            Ok(Taken::Whole(value)) => drop(stored.insert(name.clone(), value)),
            Ok(Taken::Part(_)) if profile.bad_choice == Unknown::Refuse => {
                draft.problem(format!("{} is invalid", field.label));
            }
            Ok(Taken::Part(Some(value))) => drop(stored.insert(name.clone(), value)),
            // The stored value stays as it was.
            Ok(Taken::Part(None) | Taken::Nothing) => (),
            Err(Wrong::Value) => draft.problem(format!("{} is invalid", field.label)),
            Err(Wrong::Length(most)) => draft.problem(too_long(&field.label, most)),
        }
    }
    draft.set("custom_field", Value::Object(stored));
}

/// What is left of a sent value.
#[derive(Debug, PartialEq)]
enum Taken {
    /// All of it.
    Whole(Value),
    /// What is offered of it.
    Part(Option<Value>),
    /// The field cannot be written.
    Nothing,
}

fn read(field: &SeedField, sent: &Value, zone: Zone) -> Result<Taken, Wrong> {
    if sent.is_null() || sent.as_str().is_some_and(str::is_empty) {
        return Ok(Taken::Whole(Value::Null));
    }
    let value = match field.kind.as_str() {
        "formula" => return Ok(Taken::Nothing),
        "dropdown" | "radio" => return Ok(offered(field, sent)),
        "multi_select_dropdown" => return several(field, sent),
        "number" | "decimal" => Value::Number(limited(sent)?),
        "checkbox" => values::boolean(sent)?,
        "date" => values::read(Kind::Day, sent, zone)?,
        "date_time" => values::read(Kind::Instant, sent, zone)?,
        "auto_complete" => values::id(sent)?,
        "textarea" | "paragraph" => values::text(sent, 10_000)?,
        _ => values::text(sent, 256)?,
    };
    Ok(Taken::Whole(value))
}

fn offered(field: &SeedField, sent: &Value) -> Taken {
    let text = sent.as_str();
    if field
        .choices
        .iter()
        .any(|choice| Some(choice.as_str()) == text)
    {
        Taken::Whole(sent.clone())
    } else {
        Taken::Part(None)
    }
}

/// Texts joined by `;`, of which those that are not offered fall away.
fn several(field: &SeedField, sent: &Value) -> Result<Taken, Wrong> {
    let text = sent.as_str().ok_or(Wrong::Value)?;
    let known = |part: &&str| field.choices.iter().any(|choice| choice == part);
    let parts: Vec<&str> = text.split(';').map(str::trim).collect();
    let kept: Vec<&str> = parts.iter().copied().filter(known).collect();
    let value = (!kept.is_empty()).then(|| Value::from(kept.join(";")));
    Ok(match value {
        Some(value) if kept.len() == parts.len() => Taken::Whole(value),
        value => Taken::Part(value),
    })
}

fn limited(sent: &Value) -> Result<serde_json::Number, Wrong> {
    let number = values::number(sent)?;
    let text = number.to_string();
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let fits = whole.len() <= WHOLE_DIGITS && fraction.len() <= FRACTION_DIGITS;
    if fits && !text.contains('e') {
        Ok(number)
    } else {
        Err(Wrong::Value)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn field(kind: &str) -> SeedField {
        let seed = json!({"name": "cf_x", "label": "X", "type": kind, "choices": ["Gold", "Red"]});
        serde_json::from_value(seed).unwrap()
    }

    fn store(kind: &str, sent: Value) -> Result<Taken, Wrong> {
        read(&field(kind), &sent, Zone::UTC)
    }

    #[test]
    fn choices_that_are_not_offered_fall_away() {
        assert_eq!(
            store("dropdown", json!("Gold")),
            Ok(Taken::Whole(json!("Gold")))
        );
        assert_eq!(store("dropdown", json!("gold")), Ok(Taken::Part(None)));
        assert_eq!(
            store("multi_select_dropdown", json!("Red;Blue;Gold")),
            Ok(Taken::Part(Some(json!("Red;Gold"))))
        );
    }

    #[test]
    fn a_number_has_eleven_digits_and_four_decimals() {
        assert!(store("number", json!(12_345_678_901_u64)).is_ok());
        assert_eq!(
            store("number", json!(123_456_789_012_u64)),
            Err(Wrong::Value)
        );
        assert!(store("number", json!("1.2345")).is_ok());
        assert_eq!(store("number", json!(1.23456)), Err(Wrong::Value));
    }

    #[test]
    fn over_long_text_is_refused() {
        assert_eq!(
            store("text", json!("x".repeat(257))),
            Err(Wrong::Length(256))
        );
        assert!(store("textarea", json!("x".repeat(10_000))).is_ok());
    }
}
