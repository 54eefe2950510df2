//! Parquet files: the same batches give the same bytes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempDir};

use super::files;
use crate::error::{Error, Kind, Result};

/// Where a part ends; a batch is never cut.
const PART_ROWS: u64 = 1_000_000;
const PART_BYTES: usize = 256 << 20;
/// A row group is held in memory until it is whole.
const GROUP_ROWS: usize = 24_576;
const GROUP_BYTES: usize = 16 << 20;

/// A finished Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// File name, for example `part-00001.parquet`.
    pub file: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Hash of its bytes, hexadecimal.
    pub sha256: String,
}

/// Writes batches as the parts of one folder. Dropped before `finish`, it leaves nothing behind.
pub struct Writer {
    folder: PathBuf,
    partial: TempDir,
    schema: SchemaRef,
    open: Option<Sealing>,
    parts: Vec<Part>,
}

impl Writer {
    /// Begins the folder; it appears under its name at `finish`.
    ///
    /// # Errors
    /// `Kind::Config` when nothing can be written there.
    pub fn create(folder: &Path, schema: SchemaRef) -> Result<Self> {
        let mut writer = Self {
            folder: folder.to_owned(),
            partial: files::partial_folder(folder)?,
            schema,
            open: None,
            parts: Vec::new(),
        };
        writer.next_part()?;
        Ok(writer)
    }

    /// Appends a batch of the schema given at the start.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be written, `Kind::Bug` when it has another schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let full = self.open.as_ref().is_some_and(Sealing::is_full);
        if full || self.open.is_none() {
            self.close_part()?;
            self.next_part()?;
        }
        match &mut self.open {
            Some(part) => part.write(batch),
            None => Ok(()),
        }
    }

    /// Seals the last part and gives the folder its name. An object without rows has one part without
    /// rows: the schema is landed too. A folder that has the name already is replaced.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be written; nothing is left under the folder's name then.
    pub fn finish(mut self) -> Result<Vec<Part>> {
        self.close_part()?;
        files::remove(&self.folder)?;
        files::publish_folder(self.partial, &self.folder)?;
        Ok(self.parts)
    }

    fn next_part(&mut self) -> Result<()> {
        let name = format!("part-{:05}.parquet", self.parts.len() + 1);
        let path = self.partial.path().join(&name);
        let file = files::create(&path)?;
        self.open = Some(Sealing::new(name, path, file, &self.schema)?);
        Ok(())
    }

    fn close_part(&mut self) -> Result<()> {
        if let Some(part) = self.open.take() {
            self.parts.push(part.close()?);
        }
        Ok(())
    }
}

/// Writes batches as one file. Dropped before `finish`, it leaves nothing behind.
pub struct FileWriter {
    path: PathBuf,
    partial: NamedTempFile,
    open: Sealing,
}

impl FileWriter {
    /// Begins the file; it appears under its name at `finish`.
    ///
    /// # Errors
    /// `Kind::Config` when nothing can be written there.
    pub fn create(path: &Path, schema: &SchemaRef) -> Result<Self> {
        let partial = files::partial_file(path)?;
        let file = partial
            .reopen()
            .map_err(|cause| files::failed("written", path, cause))?;
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        Ok(Self {
            open: Sealing::new(name, path.to_owned(), file, schema)?,
            path: path.to_owned(),
            partial,
        })
    }

    /// Appends a batch of the schema given at the start.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be written, `Kind::Bug` when it has another schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.open.write(batch)
    }

    /// Seals the file and gives it its name, in the place of a file that had it.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be written.
    pub fn finish(self) -> Result<Part> {
        let part = self.open.close()?;
        files::publish_file(self.partial, &self.path)?;
        Ok(part)
    }
}

/// A Parquet file that is being written and hashed.
struct Sealing {
    name: String,
    path: PathBuf,
    rows: u64,
    writer: ArrowWriter<Hashing>,
}

impl Sealing {
    fn new(name: String, path: PathBuf, file: File, schema: &SchemaRef) -> Result<Self> {
        let output = Hashing {
            file: BufWriter::with_capacity(1 << 18, file),
            hash: Sha256::new(),
            bytes: 0,
        };
        let options = ArrowWriterOptions::new()
            .with_properties(properties())
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(output, schema.clone(), options)
            .map_err(|cause| unwritten(&path, cause))?;
        Ok(Self {
            name,
            path,
            rows: 0,
            writer,
        })
    }

    fn is_full(&self) -> bool {
        let bytes = self.writer.bytes_written() + self.writer.in_progress_size();
        self.rows >= PART_ROWS || bytes >= PART_BYTES
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let written = self.writer.write(batch).and_then(|()| {
            if self.writer.in_progress_size() >= GROUP_BYTES {
                self.writer.flush()
            } else {
                Ok(())
            }
        });
        written.map_err(|cause| unwritten(&self.path, cause))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn close(self) -> Result<Part> {
        let output = self
            .writer
            .into_inner()
            .map_err(|cause| unwritten(&self.path, cause))?;
        let Hashing { file, hash, bytes } = output;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .map_err(|cause| files::failed("written", &self.path, cause))?;
        let sha256 = super::hex(&hash.finalize());
        Ok(Part {
            file: self.name,
            rows: self.rows,
            bytes,
            sha256,
        })
    }
}

/// Nothing in these depends on the time, the machine or this program's version.
fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_created_by("deskferry".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .build()
}

fn unwritten(path: &Path, cause: ParquetError) -> Error {
    match cause {
        ParquetError::ArrowError(_) => Error::new(
            Kind::Bug,
            format!("rows do not fit the schema of `{}`", path.display()),
        )
        .because(cause),
        other => files::failed("written", path, io::Error::other(other)),
    }
}

struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
