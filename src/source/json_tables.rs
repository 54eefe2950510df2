//! JSON as tables: an array of records, one record a line, or an object with an array an object.

use std::cell::Cell as Count;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read as _};

use indexmap::{IndexMap, IndexSet};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Limits;
use super::cell::Cell;
use super::container::{Digest, Entry};
use super::shared::{SharedFile, Spool};
use super::stretch::Stretch;
use crate::error::{Error, Kind, Result};

/// The beginning of a file that tells records a line from one object.
const HEAD_BYTES: u64 = 1 << 18;

/// Tables of one document: more would be records by their ids.
const MOST_TABLES: usize = 250;

/// Takes a record of a table.
type Sink<'a> = &'a mut dyn FnMut(&str, Cell) -> io::Result<()>;

/// Each array of records as comma-separated text, by its name: the key it stands under, else the file's own.
///
/// # Errors
/// `Kind::Source` when it is no JSON, or holds no record.
pub(super) fn tables(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
) -> Result<Vec<(String, SharedFile)>> {
    let is_lines = looked_at(entry, limits, allowance, |input| {
        let mut head = Vec::new();
        input.take(HEAD_BYTES).read_to_end(&mut head)?;
        Ok(is_lines(without_mark(&head)))
    })?;
    split(entry, limits, allowance, is_lines)
}

/// As [`tables`], for a file that surely is one record a line, though it were only one.
///
/// # Errors
/// `Kind::Source` when it is no JSON, or holds no record.
pub(super) fn of_lines(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
) -> Result<Vec<(String, SharedFile)>> {
    split(entry, limits, allowance, true)
}

fn split(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
    is_lines: bool,
) -> Result<Vec<(String, SharedFile)>> {
    let name = entry
        .name()
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    let read = |sink: Sink| {
        looked_at(entry, limits, allowance, |input| {
            skip_mark(input)?;
            let since = Count::new(0);
            let input = Stretch::new(input, "record", &since, limits);
            each_record(input, &name, is_lines, &mut |table, record| {
                since.set(0);
                sink(table, record)
            })
        })
    };
    let columns = columns(&read, limits)?;
    let spooled = |cause: io::Error| entry.unreadable(cause);
    let mut texts = BTreeMap::new();
    for (table, columns) in columns {
        texts.insert(table, Text::new(columns).map_err(spooled)?);
    }
    read(&mut |table, record| match texts.get_mut(table) {
        Some(text) => text.push(&record),
        None => Err(io::Error::other("the file changed while it was read")),
    })?;
    let texts = texts.into_iter();
    let finished = texts.map(|(table, text)| Ok((table, text.finish().map_err(spooled)?)));
    finished.collect()
}

/// The columns of each table, in the order they are met.
fn columns(
    read: &dyn Fn(Sink) -> Result<()>,
    limits: &Limits,
) -> Result<BTreeMap<String, IndexSet<String>>> {
    let mut columns: BTreeMap<String, IndexSet<String>> = BTreeMap::new();
    read(&mut |table, record| {
        let known = match columns.get_mut(table) {
            Some(known) => known,
            None => columns.entry(table.to_owned()).or_default(),
        };
        known.extend(cells(&record).into_keys());
        // Room is held for each, and each table is an open file.
        match known.len() > limits.columns || columns.len() > MOST_TABLES {
            true => Err(io::Error::other(
                "it has more tables or columns than any export",
            )),
            false => Ok(()),
        }
    })?;
    Ok(columns)
}

/// The text of a table that is being written.
struct Text {
    columns: IndexSet<String>,
    rows: csv::Writer<Spool>,
}

impl Text {
    fn new(columns: IndexSet<String>) -> io::Result<Self> {
        let mut rows = csv::Writer::from_writer(Spool::new()?);
        rows.write_record(&columns)?;
        Ok(Self { columns, rows })
    }

    fn push(&mut self, record: &Cell) -> io::Result<()> {
        let cells = cells(record);
        let cell = |column| cells.get(column).map_or("", String::as_str);
        Ok(self.rows.write_record(self.columns.iter().map(cell))?)
    }

    fn finish(self) -> io::Result<SharedFile> {
        let spool = self.rows.into_inner();
        spool.map_err(csv::IntoInnerError::into_error)?.finish()
    }
}

fn looked_at<T>(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
    look: impl FnOnce(&mut dyn BufRead) -> io::Result<T>,
) -> Result<T> {
    let read: Result<(T, Digest)> = entry.read(limits, allowance, |input| {
        look(input).map_err(|cause| {
            Error::new(
                Kind::Source,
                format!("`{}` is not JSON that holds records", entry.path),
            )
            .hint("export again; nothing of it was landed")
            .because(cause)
        })
    });
    read.map(|(looked, _)| looked)
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

fn skip_mark(input: &mut dyn BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(())
}

/// Whether a second value follows the first one.
fn is_lines(head: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(head).into_iter::<IgnoredAny>();
    let is_object = head.trim_ascii_start().starts_with(b"{");
    is_object
        && matches!(values.next(), Some(Ok(_)))
        && !head[values.byte_offset()..].trim_ascii().is_empty()
}

fn each_record(input: Stretch, name: &str, is_lines: bool, sink: Sink) -> io::Result<()> {
    let mut json = serde_json::Deserializer::from_reader(input);
    if is_lines {
        for (at, record) in json.into_iter::<Box<RawValue>>().enumerate() {
            pass(name, (at + 1, &*record?), sink)?;
        }
        return Ok(());
    }
    Document { name, sink }.deserialize(&mut json)?;
    json.end()?;
    Ok(())
}

fn pass(name: &str, (number, record): (usize, &RawValue), sink: Sink) -> io::Result<()> {
    let wrong = |what: &str| io::Error::other(format!("record {number} {what}"));
    let record = Cell::of(record).map_err(|what| wrong(&what))?;
    match record.is_record() {
        true => sink(name, record),
        false => Err(wrong("is not an object")),
    }
}

/// One document: an array of records, or an object whose arrays are tables. No array is held.
struct Document<'a, 'b> {
    name: &'a str,
    sink: &'a mut (dyn FnMut(&str, Cell) -> io::Result<()> + 'b),
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an array of records, or an object that holds some")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<(), A::Error> {
        let mut number = 0;
        while let Some(record) = elements.next_element::<Box<RawValue>>()? {
            number += 1;
            pass(self.name, (number, &record), self.sink).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            members.next_value_seed(Member(Document {
                name: &name,
                sink: self.sink,
            }))?;
        }
        Ok(())
    }
}

/// A member of the document: an array is a table, everything else says something about the export.
struct Member<'a, 'b>(Document<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Member<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> std::result::Result<(), A::Error> {
        self.0.visit_seq(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }
}

/// The cells of a record: `a.b` as `a_b`, a list of plain values with `;` between, a list of records as JSON.
fn cells(record: &Cell) -> IndexMap<String, String> {
    let mut found = IndexMap::new();
    flatten("", record, &mut found);
    found
}

fn flatten(above: &str, value: &Cell, found: &mut IndexMap<String, String>) {
    let Cell::Record(members) = value else {
        return;
    };
    for (name, value) in members {
        let name = match above {
            "" => name.clone(),
            above => format!("{above}_{name}"),
        };
        match value {
            Cell::Record(_) => flatten(&name, value, found),
            Cell::List(items) if items.iter().all(Cell::is_plain) => {
                let items: Vec<String> = items.iter().map(|item| escaped(&plain(item))).collect();
                put(found, name, items.join(";"));
            }
            other => put(found, name, plain(other)),
        }
    }
}

/// A name that is taken, as `a_b` is beside `a.b`, gets a number: no value stands in the place of another.
fn put(found: &mut IndexMap<String, String>, name: String, value: String) {
    let mut free = name.clone();
    let mut copy = 1;
    while found.contains_key(&free) {
        copy += 1;
        free = format!("{name}_{copy}");
    }
    found.insert(free, value);
}

fn plain(value: &Cell) -> String {
    match value {
        Cell::Null => String::new(),
        Cell::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As the canonical layout writes what stands in a list.
fn escaped(item: &str) -> String {
    item.replace('\\', "\\\\").replace(';', "\\;")
}
