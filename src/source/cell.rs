//! A JSON value as it was written: the digits of a number are kept, and a name that stands twice in an object is refused,
//! where a common reader would round the one and lose the other without a word.

use std::fmt;
use std::io::{self, Write};

use indexmap::IndexMap;
use serde::de::{Deserializer as _, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper than this nothing is read that people keep records in.
const DEEPEST: usize = 100;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    Text(String),
    List(Vec<Cell>),
    Record(IndexMap<String, Cell>),
}

impl Cell {
    /// Reads a text. What is wrong comes back as the end of a sentence, and never holds any of the text.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let raw: Result<&RawValue, _> = serde_json::from_slice(text);
        let raw = raw.map_err(|cause| format!("is not JSON (column {})", cause.column()))?;
        Self::of(raw)
    }

    /// Reads a text that is known to be one value.
    pub(super) fn of(raw: &RawValue) -> Result<Self, String> {
        at_depth(raw.get(), 0)
    }

    pub(super) fn is_record(&self) -> bool {
        matches!(self, Self::Record(_))
    }

    /// Whether it holds no others.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self, Self::Record(_) | Self::List(_))
    }

    /// Writes it as JSON, in one line.
    pub(super) fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Null => output.write_all(b"null"),
            Self::Bool(value) => write!(output, "{value}"),
            Self::Number(digits) => output.write_all(digits.as_bytes()),
            Self::Text(text) => Ok(serde_json::to_writer(output, text)?),
            Self::List(items) => {
                output.write_all(b"[")?;
                for (at, item) in items.iter().enumerate() {
                    output.write_all(if at > 0 { b"," } else { b"" })?;
                    item.write(output)?;
                }
                output.write_all(b"]")
            }
            Self::Record(members) => {
                output.write_all(b"{")?;
                for (at, (name, value)) in members.iter().enumerate() {
                    output.write_all(if at > 0 { b"," } else { b"" })?;
                    serde_json::to_writer(&mut *output, name)?;
                    output.write_all(b":")?;
                    value.write(output)?;
                }
                output.write_all(b"}")
            }
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut text = Vec::new();
        self.write(&mut text).map_err(|_| fmt::Error)?;
        formatter.write_str(&String::from_utf8_lossy(&text))
    }
}

fn at_depth(text: &str, depth: usize) -> Result<Cell, String> {
    if depth > DEEPEST {
        return Err(format!("is nested deeper than {DEEPEST} levels"));
    }
    let within = |raw: &RawValue| at_depth(raw.get(), depth + 1);
    match text.as_bytes().first() {
        Some(b'{') => {
            let inner = members(text)?.into_iter();
            let inner = inner.map(|(name, raw)| Ok((name, within(raw)?)));
            Ok(Cell::Record(inner.collect::<Result<_, String>>()?))
        }
        Some(b'[') => {
            let inner = items(text)?.into_iter().map(within);
            Ok(Cell::List(inner.collect::<Result<_, _>>()?))
        }
        Some(b'"') => Ok(Cell::Text(serde_json::from_str(text).map_err(fault)?)),
        Some(b't' | b'f') => Ok(Cell::Bool(text == "true")),
        Some(b'n') => Ok(Cell::Null),
        _ => Ok(Cell::Number(text.to_owned())),
    }
}

/// The items of an array, not read yet.
pub(super) fn items(text: &str) -> Result<Vec<&RawValue>, String> {
    serde_json::from_str(text).map_err(fault)
}

/// The members of an object, not read yet.
pub(super) fn members(text: &str) -> Result<IndexMap<String, &RawValue>, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Members).map_err(fault)
}

fn fault(cause: serde_json::Error) -> String {
    match cause.is_data() {
        true => "has an object with a name that stands there twice".to_owned(),
        false => "holds a text that is none".to_owned(),
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = IndexMap<String, &'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = IndexMap::new();
        while let Some((name, value)) = members.next_entry()? {
            if found.insert(name, value).is_some() {
                return Err(A::Error::custom("twice"));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn values_are_written_as_they_were_read() {
        for text in [
            r#"{"id":18446744073709551617,"price":1.10,"tiny":1e-400,"zero":-0,"big":1E+5}"#,
            r#"{"a":{"b":[null,true,false,"x\"\\\n",[],{}]},"A":"Köln"}"#,
            "[1.0,1]",
        ] {
            assert_eq!(Cell::read(text.as_bytes()).unwrap().to_string(), text);
        }
        let spaced = Cell::read(b" { \"a\" : [ 1 ,\n \"\\u00e9\" ] } ").unwrap();
        assert_eq!(spaced.to_string(), "{\"a\":[1,\"é\"]}");
    }

    #[test]
    fn what_would_lose_something_is_refused_without_its_text() {
        let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
        for (text, what) in [
            (r#"{"secret":1,"secret":2}"#, "twice"),
            (r#"{"a":[{"secret":1,"b":2,"secre\u0074":1}]}"#, "twice"),
            (r#"{"a":"\ud800 secret"}"#, "a text that is none"),
            ("{\"secret\":}", "is not JSON (column 11)"),
            ("{} {}", "is not JSON"),
            ("", "is not JSON"),
            (deep.as_str(), "deeper"),
        ] {
            let fault = Cell::read(text.as_bytes()).unwrap_err();
            assert!(fault.contains(what), "{fault}");
            assert!(!fault.contains("secret"), "{fault}");
        }
        assert!(Cell::read(b"{\"a\":\"\xff\"}").is_err());
    }
}
