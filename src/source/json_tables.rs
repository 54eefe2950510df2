//! JSON as tables: an array of records, one record a line, or an object with an array an object.

use std::cell::Cell as Count;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read as _};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Limits;
use super::cell::Cell;
use super::container::{Digest, Entry};
use super::fields::Fields;
use super::shared::{SharedFile, Spool, unspooled};
use super::sniff::without_mark;
use super::stretch::Stretch;
use crate::error::{Error, Kind, Result};

/// The beginning of a file that tells records a line from one object.
const HEAD_BYTES: u64 = 1 << 18;

/// Tables of one document: more would be records by their ids.
const MOST_TABLES: usize = 250;

/// Names on the way to a column, on average: each is held, also where no value follows.
const NAMES_A_COLUMN: usize = 4;

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

/// The one table of a file that surely is one record a line, though it were only one; none where there is no record.
///
/// # Errors
/// `Kind::Source` when it is no JSON, or holds something else than records.
pub(super) fn of_lines(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
) -> Result<Option<SharedFile>> {
    let table = split(entry, limits, allowance, true)?.pop();
    Ok(table.map(|(_, text)| text))
}

fn split(
    entry: &Entry,
    limits: &Limits,
    allowance: u64,
    is_lines: bool,
) -> Result<Vec<(String, SharedFile)>> {
    let name = name_of(entry);
    let read = |sink: Sink| {
        looked_at(entry, limits, allowance, |input| {
            skip_mark(input)?;
            let since = Count::new(0);
            let input = Stretch::new(input, "record", &since, limits);
            each_record(input, name, is_lines, &mut |table, record| {
                since.set(0);
                sink(table, record)
            })
        })
    };
    let mut texts = BTreeMap::new();
    for (table, fields) in fields(&read, limits)? {
        texts.insert(table, Text::new(fields).map_err(unspooled)?);
    }
    let mut unwritten = None;
    let written = read(&mut |table, record| {
        let text = texts.get_mut(table).ok_or_else(changed)?;
        text.take(record)?;
        text.write().map_err(|cause| {
            unwritten = Some(cause);
            io::Error::other("it is the copy that cannot be written")
        })
    });
    if let Some(cause) = unwritten {
        return Err(unspooled(cause));
    }
    written?;
    let texts = texts.into_iter();
    let finished = texts.map(|(table, text)| Ok((table, text.finish().map_err(unspooled)?)));
    finished.collect()
}

/// What a table is called that has no name of its own.
pub(super) fn name_of(entry: &Entry) -> &str {
    entry.name().split('.').next().unwrap_or_default()
}

/// The fields of each table. What stands in them is not kept.
fn fields(read: &dyn Fn(Sink) -> Result<()>, limits: &Limits) -> Result<BTreeMap<String, Fields>> {
    let mut known: BTreeMap<String, Fields> = BTreeMap::new();
    read(&mut |table, record| {
        let fields = match known.get_mut(table) {
            Some(fields) => fields,
            None => known.entry(table.to_owned()).or_default(),
        };
        fields.learn(&record);
        // Room is held for each, and each table is an open file.
        let is_wide = fields.len() > limits.columns
            || fields.names_known() > NAMES_A_COLUMN.saturating_mul(limits.columns);
        match is_wide || known.len() > MOST_TABLES {
            true => Err(io::Error::other(
                "it has more tables or columns than any export",
            )),
            false => Ok(()),
        }
    })?;
    Ok(known)
}

fn changed() -> io::Error {
    io::Error::other("the file changed while it was read")
}

/// The text of a table that is being written.
struct Text {
    fields: Fields,
    /// The one at hand.
    row: Vec<String>,
    rows: csv::Writer<Spool>,
}

impl Text {
    fn new(fields: Fields) -> io::Result<Self> {
        let mut rows = csv::Writer::from_writer(Spool::new()?);
        let row = fields.names();
        rows.write_record(&row)?;
        Ok(Self { fields, row, rows })
    }

    /// Makes the record the row at hand.
    fn take(&mut self, record: Cell) -> io::Result<()> {
        self.row.iter_mut().for_each(String::clear);
        match self.fields.fill(record, &mut self.row) {
            true => Ok(()),
            false => Err(changed()),
        }
    }

    fn write(&mut self) -> io::Result<()> {
        Ok(self.rows.write_record(&self.row)?)
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
