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

/// A Parquet file of text cells, an empty cell being null.
pub struct TextTable {
    path: PathBuf,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    columns: Vec<StringBuilder>,
    rows: usize,
}

impl TextTable {
    pub fn create(path: &Path, columns: impl Iterator<Item = &'static str>) -> Result<Self> {
        let fields: Vec<Field> = columns
            .map(|name| Field::new(name, DataType::Utf8, true))
            .collect();
        let columns = fields.iter().map(|_| StringBuilder::new()).collect();
        let schema = Arc::new(Schema::new(fields));
        Ok(Self {
            path: path.to_owned(),
            writer: writer(path, &schema)?,
            schema,
            columns,
            rows: 0,
        })
    }

    pub fn push<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.append_option(Some(cell).filter(|cell| !cell.is_empty()));
        }
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.rows = 0;
        let columns = self.columns.iter_mut();
        let arrays = columns.map(|column| Arc::new(column.finish()) as ArrayRef);
        write(&mut self.writer, &self.schema, arrays.collect(), &self.path)
    }

    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        close(self.writer, &self.path)
    }
}

fn writer(path: &Path, schema: &SchemaRef) -> Result<ArrowWriter<File>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(24_576))
        .build();
    ArrowWriter::try_new(files::create(path)?, Arc::clone(schema), Some(properties))
        .map_err(|cause| unwritten(path, cause))
}

fn write(
    writer: &mut ArrowWriter<File>,
    schema: &SchemaRef,
    arrays: Vec<ArrayRef>,
    path: &Path,
) -> Result<()> {
    let batch = RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|cause| Error::new(Kind::Bug, "rows do not fit their columns").because(cause))?;
    writer.write(&batch).map_err(|cause| unwritten(path, cause))
}

fn close(writer: ArrowWriter<File>, path: &Path) -> Result<()> {
    let closed = writer.close();
    closed.map(|_| ()).map_err(|cause| unwritten(path, cause))
}

fn unwritten(path: &Path, cause: parquet::errors::ParquetError) -> Error {
    Error::new(
        Kind::Config,
        format!("`{}` cannot be written", path.display()),
    )
    .hint("check the free space and the owner of the folder")
    .because(cause)
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

/// Every defect, as it is planted.
pub struct DefectLog {
    path: PathBuf,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    texts: [StringBuilder; 9],
    lines: Int64Builder,
    rows: usize,
    /// How many of each variant, by what a reader must do.
    pub counts: BTreeMap<(Variant, Expected), u64>,
    /// How many of each finding.
    pub findings: BTreeMap<&'static str, u64>,
}

impl DefectLog {
    pub fn create(path: &Path) -> Result<Self> {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let schema = Arc::new(Schema::new(vec![
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
        ]));
        Ok(Self {
            path: path.to_owned(),
            writer: writer(path, &schema)?,
            schema,
            texts: std::array::from_fn(|_| StringBuilder::new()),
            lines: Int64Builder::new(),
            rows: 0,
            counts: BTreeMap::new(),
            findings: BTreeMap::new(),
        })
    }

    pub fn push(&mut self, defect: &Defect) -> Result<()> {
        let count = self.counts.entry((defect.variant, defect.expected));
        *count.or_default() += 1;
        *self.findings.entry(defect.finding).or_default() += 1;
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
        self.rows += 1;
        if self.rows >= BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.rows = 0;
        let texts = self.texts.iter_mut();
        let mut arrays: Vec<ArrayRef> = texts
            .map(|column| Arc::new(column.finish()) as ArrayRef)
            .collect();
        arrays.insert(3, Arc::new(self.lines.finish()));
        write(&mut self.writer, &self.schema, arrays, &self.path)
    }

    /// Closes the file; what was counted.
    pub fn finish(mut self) -> Result<Counted> {
        self.flush()?;
        close(self.writer, &self.path)?;
        Ok(Counted {
            variants: self.counts,
            findings: self.findings,
        })
    }
}

/// How many defects there are of each kind.
pub struct Counted {
    pub variants: BTreeMap<(Variant, Expected), u64>,
    pub findings: BTreeMap<&'static str, u64>,
}
