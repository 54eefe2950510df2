//! Rows and broken records as Arrow batches of bounded size.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BinaryBuilder, Int64Builder, RecordBatch, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sha2::{Digest as _, Sha256};

use super::container::hex;
use crate::error::{Error, Kind, Result};

/// Takes batches in their order; an error stops the reading.
pub type Sink<'a> = &'a mut dyn FnMut(RecordBatch) -> Result<()>;

const MAX_ROWS: usize = 8_192;
const MAX_BYTES: usize = 16 << 20;
const MAX_BROKEN_ROWS: usize = 1_024;

/// Where a record stands in the export.
#[derive(Clone, Copy)]
pub(super) struct Position<'a> {
    /// Path of the file inside the export.
    pub file: &'a str,
    /// Part of its object, from 1.
    pub part: u32,
    /// Data row in the file, from 1.
    pub row: u64,
    /// Physical line the record begins on, from 1; none where the format has no lines of its own.
    pub line: Option<u64>,
}

/// The schema of landed rows: the columns as text, then where each row came from.
pub(super) fn row_schema(columns: &[String]) -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let number = |name: &str| Field::new(name, DataType::Int64, true);
    let mut fields: Vec<Field> = columns.iter().map(|column| text(column)).collect();
    fields.push(text("_file"));
    fields.extend(["_part", "_row", "_line"].map(number));
    fields.push(text("_row_hash"));
    Arc::new(Schema::new(fields))
}

/// The schema of broken records: `object, _file, _part, _row, _line, code, reason, bytes`.
#[must_use]
pub fn quarantine_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let number = |name: &str| Field::new(name, DataType::Int64, true);
    Arc::new(Schema::new(vec![
        text("object"),
        text("_file"),
        number("_part"),
        number("_row"),
        number("_line"),
        text("code"),
        text("reason"),
        Field::new("bytes", DataType::Binary, true),
    ]))
}

#[derive(Default)]
struct Places {
    file: StringBuilder,
    part: Int64Builder,
    row: Int64Builder,
    line: Int64Builder,
}

impl Places {
    fn push(&mut self, at: Position) {
        self.file.append_value(at.file);
        self.part.append_value(i64::from(at.part));
        self.row.append_value(at.row.cast_signed());
        self.line.append_option(at.line.map(u64::cast_signed));
    }

    fn finish(&mut self) -> [ArrayRef; 4] {
        [
            Arc::new(self.file.finish()),
            Arc::new(self.part.finish()),
            Arc::new(self.row.finish()),
            Arc::new(self.line.finish()),
        ]
    }
}

/// Collects the rows of one object.
pub(super) struct Rows<'a> {
    schema: SchemaRef,
    columns: Vec<StringBuilder>,
    places: Places,
    hashes: StringBuilder,
    /// Column positions in the order of their names, which are ready to be hashed: the hash does not depend on the file's order.
    hash_order: Vec<(usize, Vec<u8>)>,
    /// What is hashed of one row. One hash of it all is quicker than a piece at a time.
    hashed: Vec<u8>,
    bytes: usize,
    sink: Sink<'a>,
}

impl<'a> Rows<'a> {
    pub fn new(columns: &[String], sink: Sink<'a>) -> Self {
        let mut by_name: Vec<(usize, &String)> = columns.iter().enumerate().collect();
        by_name.sort_by_key(|(_, name)| *name);
        let named = |(column, name): (usize, &String)| {
            let mut part = Vec::new();
            hash_part(&mut part, name);
            (column, part)
        };
        Self {
            schema: row_schema(columns),
            columns: columns.iter().map(|_| StringBuilder::new()).collect(),
            places: Places::default(),
            hashes: StringBuilder::new(),
            hash_order: by_name.into_iter().map(named).collect(),
            hashed: Vec::new(),
            bytes: 0,
            sink,
        }
    }

    /// Adds a row; `cell` gives the text of a column by its position, none for null.
    pub fn push<'c>(
        &mut self,
        at: Position,
        cell: impl Fn(usize) -> Option<&'c str>,
    ) -> Result<()> {
        self.hashed.clear();
        for (column, name) in &self.hash_order {
            if let Some(text) = cell(*column) {
                self.hashed.extend_from_slice(name);
                hash_part(&mut self.hashed, text);
            }
        }
        for (column, builder) in self.columns.iter_mut().enumerate() {
            let text = cell(column);
            self.bytes += text.map_or(0, str::len);
            builder.append_option(text);
        }
        self.places.push(at);
        let hash = Sha256::digest(&self.hashed);
        self.hashes.append_value(hex(&hash));
        if self.hashes.len() >= MAX_ROWS || self.bytes >= MAX_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands over what is left.
    pub fn flush(&mut self) -> Result<()> {
        if self.hashes.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 5);
        for builder in &mut self.columns {
            arrays.push(Arc::new(builder.finish()));
        }
        arrays.extend(self.places.finish());
        arrays.push(Arc::new(self.hashes.finish()));
        (self.sink)(batch(&self.schema, arrays)?)
    }
}

/// Lengths before texts, so that no two rows share their bytes.
fn hash_part(hashed: &mut Vec<u8>, text: &str) {
    hashed.extend_from_slice(&(text.len() as u64).to_le_bytes());
    hashed.extend_from_slice(text.as_bytes());
}

/// Collects records that could not become rows.
pub(super) struct Broken<'a> {
    schema: SchemaRef,
    object: StringBuilder,
    places: Places,
    code: StringBuilder,
    reason: StringBuilder,
    raw: BinaryBuilder,
    bytes: usize,
    sink: Sink<'a>,
}

impl<'a> Broken<'a> {
    pub fn new(sink: Sink<'a>) -> Self {
        Self {
            schema: quarantine_schema(),
            object: StringBuilder::new(),
            places: Places::default(),
            code: StringBuilder::new(),
            reason: StringBuilder::new(),
            raw: BinaryBuilder::new(),
            bytes: 0,
            sink,
        }
    }

    /// Sets a record aside with its bytes as they stood.
    pub fn push(&mut self, object: &str, at: Position, why: &Defect, raw: &[u8]) -> Result<()> {
        self.object.append_value(object);
        self.places.push(at);
        self.code.append_value(why.code);
        self.reason.append_value(&why.reason);
        self.raw.append_value(raw);
        self.bytes += raw.len();
        if self.code.len() >= MAX_BROKEN_ROWS || self.bytes >= MAX_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands over what is left.
    pub fn flush(&mut self) -> Result<()> {
        if self.code.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.object.finish())];
        arrays.extend(self.places.finish());
        arrays.push(Arc::new(self.code.finish()));
        arrays.push(Arc::new(self.reason.finish()));
        arrays.push(Arc::new(self.raw.finish()));
        (self.sink)(batch(&self.schema, arrays)?)
    }
}

/// Why a record cannot become a row; the reason carries no value of it.
pub(super) struct Defect {
    /// `ragged_row`, `invalid_utf8`, `invalid_text`, `nul_byte` or `unclosed_quote`; `title_row` or `total_row`.
    pub code: &'static str,
    pub reason: String,
}

fn batch(schema: &SchemaRef, arrays: Vec<ArrayRef>) -> Result<RecordBatch> {
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|cause| Error::new(Kind::Bug, "rows do not fit their columns").because(cause))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use arrow::array::AsArray as _;

    use super::*;

    #[test]
    fn a_row_keeps_the_hash_that_earlier_versions_gave_it() {
        let mut hashes = Vec::new();
        let mut keep = |batch: RecordBatch| {
            let column = batch.column_by_name("_row_hash").unwrap();
            hashes.extend(
                column
                    .as_string::<i32>()
                    .iter()
                    .flatten()
                    .map(str::to_owned),
            );
            Ok(())
        };
        let at = Position {
            file: "a.csv",
            part: 1,
            row: 1,
            line: None,
        };
        let columns = ["b", "c", "a"].map(str::to_owned);
        let mut rows = Rows::new(&columns, &mut keep);
        // What was hashed before leaves nothing behind.
        for cells in [[Some("long before"); 3], [Some("x"), None, Some("Zoë")]] {
            rows.push(at, |column| cells[column]).unwrap();
        }
        rows.flush().unwrap();
        let given = "a1decfb03b6f9d9ccbbbc0c66ad82a830f00b1d9a98333ffc80132f394771747";
        assert_eq!(hashes[1], given);
    }
}
