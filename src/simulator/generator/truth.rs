//! The truth beside an export: clean cells as Parquet, every planted defect, and what the numbers must be.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::files;
use super::variant::{Expected, Variant};
use crate::error::{Error, Kind, Result};

/// Rows that are held before they are written.
const BATCH_ROWS: usize = 4_096;

/// A Parquet file that is written batch by batch.
struct Batches {
    path: PathBuf,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    rows: usize,
}

impl Batches {
    fn create(path: &Path, fields: Vec<Field>) -> Result<Self> {
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(24_576))
            .build();
        let file = files::create(path)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        Ok(Self {
            path: path.to_owned(),
            writer: writer.map_err(|cause| files::failed("written", path, cause))?,
            schema,
            rows: 0,
        })
    }

    /// Counts a row; whether the batch is full with it.
    fn is_full(&mut self) -> bool {
        self.rows += 1;
        self.rows >= BATCH_ROWS
    }

    fn write(&mut self, columns: Vec<ArrayRef>) -> Result<()> {
        self.rows = 0;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns);
        let batch = batch.map_err(|cause| {
            Error::new(Kind::Bug, "rows do not fit their columns").because(cause)
        })?;
        let written = self.writer.write(&batch);
        written.map_err(|cause| files::failed("written", &self.path, cause))
    }

    fn close(self) -> Result<()> {
        let closed = self.writer.close();
        closed
            .map(drop)
            .map_err(|cause| files::failed("written", &self.path, cause))
    }
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn finished(columns: &mut [StringBuilder]) -> Vec<ArrayRef> {
    let columns = columns.iter_mut();
    columns
        .map(|column| Arc::new(column.finish()) as ArrayRef)
        .collect()
}

/// A Parquet file of text cells, an empty cell being null.
pub struct TextTable {
    batches: Batches,
    columns: Vec<StringBuilder>,
}

impl TextTable {
    pub fn create(path: &Path, columns: impl Iterator<Item = &'static str>) -> Result<Self> {
        let fields: Vec<Field> = columns.map(text).collect();
        let columns = fields.iter().map(|_| StringBuilder::new()).collect();
        Ok(Self {
            batches: Batches::create(path, fields)?,
            columns,
        })
    }

    pub fn push<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.append_option(Some(cell).filter(|cell| !cell.is_empty()));
        }
        match self.batches.is_full() {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<()> {
        self.batches.write(finished(&mut self.columns))
    }

    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.batches.close()
    }
}

/// One planted defect.
#[derive(Clone, Debug)]
pub struct Defect {
    pub variant: Variant,
    pub object: &'static str,
    /// Path in the export, before the files are packed.
    pub file: String,
    /// Line that its record begins on.
    pub line: Option<u64>,
    pub record_id: Option<String>,
    pub column: Option<&'static str>,
    pub clean: Option<String>,
    /// As the file has it, unquoted.
    pub dirty: Option<String>,
    pub expected: Expected,
    /// A short word for what it is.
    pub finding: &'static str,
}

impl Defect {
    /// A defect of a file as a whole.
    pub fn of(
        variant: u8,
        (object, file): (&'static str, &str),
        (expected, finding): (Expected, &'static str),
    ) -> Self {
        Self {
            variant: Variant::numbered(variant),
            object,
            file: file.to_owned(),
            line: None,
            record_id: None,
            column: None,
            clean: None,
            dirty: None,
            expected,
            finding,
        }
    }
}

/// Every defect, as it is planted.
pub struct DefectLog {
    batches: Batches,
    texts: [StringBuilder; 9],
    lines: Int64Builder,
    counted: Counted,
}

impl DefectLog {
    pub fn create(path: &Path) -> Result<Self> {
        let fields = vec![
            text("variant"),
            text("object"),
            text("file"),
            Field::new("line", DataType::Int64, true),
            text("record_id"),
            text("column_name"),
            text("clean_value"),
            text("dirty_value"),
            text("expected"),
            text("finding"),
        ];
        Ok(Self {
            batches: Batches::create(path, fields)?,
            texts: std::array::from_fn(|_| StringBuilder::new()),
            lines: Int64Builder::new(),
            counted: Counted::default(),
        })
    }

    pub fn push(&mut self, defect: &Defect) -> Result<()> {
        self.counted.count(defect);
        let variant = defect.variant.id();
        let cells = [
            Some(variant.as_str()),
            Some(defect.object),
            Some(defect.file.as_str()),
            defect.record_id.as_deref(),
            defect.column,
            defect.clean.as_deref(),
            defect.dirty.as_deref(),
            Some(defect.expected.name()),
            Some(defect.finding),
        ];
        for (column, cell) in self.texts.iter_mut().zip(cells) {
            column.append_option(cell);
        }
        self.lines.append_option(defect.line.map(u64::cast_signed));
        match self.batches.is_full() {
            true => self.flush(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<()> {
        let mut columns = finished(&mut self.texts);
        columns.insert(3, Arc::new(self.lines.finish()));
        self.batches.write(columns)
    }

    /// Closes the file; what was counted.
    pub fn finish(mut self) -> Result<Counted> {
        self.flush()?;
        self.batches.close()?;
        Ok(self.counted)
    }
}

/// How many defects there are of each kind.
#[derive(Default)]
pub struct Counted {
    /// Of each variant, by what a reader must do.
    pub variants: BTreeMap<(Variant, Expected), u64>,
    pub findings: BTreeMap<&'static str, u64>,
}

impl Counted {
    fn count(&mut self, defect: &Defect) {
        let key = (defect.variant, defect.expected);
        *self.variants.entry(key).or_default() += 1;
        *self.findings.entry(defect.finding).or_default() += 1;
    }
}
