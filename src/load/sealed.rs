//! The sealed load file: what will be sent, row by row, as it was when the phase began.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, StringArray, UInt64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::{Map, Value};

use crate::error::{Error, Kind, Result};

/// What has to happen with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// There is no record yet.
    Create,
    /// The record is known and its wanted fields changed.
    Update,
    /// An earlier request ended in doubt: look before anything is sent.
    LookUp,
    /// The record was found by SQL; only the ledger has to know.
    Match,
}

/// One row of the sealed file.
#[derive(Clone, Debug)]
pub struct Row {
    /// `_source_id`.
    pub source_id: String,
    /// `_action`.
    pub action: Action,
    /// The record at the destination, where it is known.
    pub destination_id: Option<i64>,
    /// The request's fields.
    pub body: Map<String, Value>,
    /// The fields as the destination last accepted them from us, where that is known.
    pub sent: Option<Map<String, Value>>,
    /// SHA-256 of the body's text, hex; with a file, of that and the file's own hash.
    pub body_hash: String,
    /// What is sent beside the body.
    pub file: Option<SealedFile>,
}

/// A landed file that goes with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedFile {
    /// Hash of its bytes, hex, which is its name where it was landed.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How many rows to be sent cannot be told apart from this one at the destination, itself included.
    pub alike: u64,
}

impl Row {
    /// All but the fields, to keep.
    #[must_use]
    pub fn without_fields(&self) -> Self {
        Self {
            source_id: self.source_id.clone(),
            action: self.action,
            destination_id: self.destination_id,
            body: Map::new(),
            sent: None,
            body_hash: self.body_hash.clone(),
            file: None,
        }
    }

    /// A field as text: strings as they are, numbers in their JSON form; null and absent are `None`.
    /// Custom fields are found by their own name.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        let nested = || {
            self.body
                .get("custom_field")
                .and_then(|custom| custom.get(field))
        };
        match self.body.get(field).or_else(nested)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

/// Columns that the seal adds; the others are for people who open the file.
const COLUMNS: [&str; 9] = [
    "_source_id",
    "_action",
    "_destination_id",
    "_body",
    "_body_hash",
    "_sent_body",
    "_file_sha256",
    "_file_bytes",
    "_alike_count",
];

/// Streams the rows of a sealed file in its order, a thousand at a time.
///
/// # Errors
/// [`Kind::Bug`] when the file is not a sealed file.
pub fn rows(path: &Path) -> Result<impl Iterator<Item = Result<Row>>> {
    let file = File::open(path).map_err(|e| broken(path, e))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(path, e))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let reader: ParquetRecordBatchReader = builder
        .with_projection(mask)
        .with_batch_size(1000)
        .build()
        .map_err(|e| broken(path, e))?;
    let path = path.to_path_buf();
    Ok(reader.flat_map(move |batch| {
        let rows = batch
            .map_err(|e| broken(&path, e))
            .and_then(|batch| decode(&batch));
        match rows {
            Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        }
    }))
}

fn decode(batch: &RecordBatch) -> Result<Vec<Row>> {
    let source_ids = texts(batch, "_source_id")?;
    let actions = texts(batch, "_action")?;
    let bodies = texts(batch, "_body")?;
    let hashes = texts(batch, "_body_hash")?;
    let ids = column(batch, "_destination_id", &DataType::Int64)?;
    let ids = ids.as_primitive::<Int64Type>();
    let sent = match batch.column_by_name("_sent_body") {
        Some(_) => Some(texts(batch, "_sent_body")?),
        None => None,
    };
    let mut files = files(batch)?.into_iter();
    (0..batch.num_rows())
        .map(|i| {
            Ok(Row {
                source_id: source_ids.value(i).to_owned(),
                action: action(actions.value(i))?,
                destination_id: ids.is_valid(i).then(|| ids.value(i)),
                body: fields(bodies.value(i))?,
                sent: match &sent {
                    Some(sent) if sent.is_valid(i) => Some(fields(sent.value(i))?),
                    _ => None,
                },
                body_hash: hashes.value(i).to_owned(),
                file: files.next().flatten(),
            })
        })
        .collect()
}

fn fields(body: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(body)
        .map_err(|e| Error::new(Kind::Bug, "a sealed body is no JSON object").because(e))
}

/// The files of a batch's rows; none at all for an object that is sent without.
fn files(batch: &RecordBatch) -> Result<Vec<Option<SealedFile>>> {
    if batch.column_by_name("_file_sha256").is_none() {
        return Ok(Vec::new());
    }
    let hashes = texts(batch, "_file_sha256")?;
    let number = |name| {
        Ok(column(batch, name, &DataType::UInt64)?
            .as_primitive()
            .clone())
    };
    let sizes: UInt64Array = number("_file_bytes")?;
    let alike: Option<UInt64Array> = match batch.column_by_name("_alike_count") {
        Some(_) => Some(number("_alike_count")?),
        None => None,
    };
    let file = |i: usize| {
        hashes.is_valid(i).then(|| SealedFile {
            sha256: hashes.value(i).to_owned(),
            bytes: sizes.value(i),
            alike: alike.as_ref().map_or(1, |alike| alike.value(i)),
        })
    };
    Ok((0..batch.num_rows()).map(file).collect())
}

fn action(word: &str) -> Result<Action> {
    match word {
        "create" => Ok(Action::Create),
        "update" => Ok(Action::Update),
        "look_up" => Ok(Action::LookUp),
        "match" => Ok(Action::Match),
        _ => Err(Error::new(
            Kind::Bug,
            format!("a sealed row has the action `{word}`"),
        )),
    }
}

fn texts(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    Ok(column(batch, name, &DataType::Utf8)?
        .as_string::<i32>()
        .clone())
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<arrow::array::ArrayRef> {
    let missing = || Error::new(Kind::Bug, format!("the sealed file has no column `{name}`"));
    let column = batch.column_by_name(name).ok_or_else(missing)?;
    cast(column, kind).map_err(|e| missing().because(e))
}

fn broken(path: &Path, cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = format!("the sealed file {} cannot be read", path.display());
    Error::new(Kind::Bug, message).because(cause)
}
