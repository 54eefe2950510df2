//! V01-V14: how the files of an export are packed, and archives that must be refused.
//!
//! Everything was written as plain files; here they get into archives, a workbook or a folder. Archives that nothing may
//! be read of stand apart, in `refused/`: each is an export of its own.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::export::Making;
use super::files;
use super::variant::Expected::Recovered;
use super::variants::containers;
use crate::error::Result;

/// Variants whose files a manifest could not speak of: they have other names, formats or places.
pub const HIDES_MANIFEST: &[u8] = &[3, 4, 5, 6, 7, 8, 9, 10, 11, 65, 74];

/// Where objects go that are sheets.
pub const WORKBOOK: &str = "data/workbook.xlsx";

/// How the files lie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    Archive,
    Folder,
    /// A folder with an archive for each folder of the export.
    Archives,
    /// An archive in an archive.
    Nested,
    /// Several archives beside each other.
    Several,
}

/// Packs the tree; what to land.
pub fn pack(making: &mut Making, folder: &Path) -> Result<Vec<PathBuf>> {
    containers::prepare(making)?;
    compress(making)?;
    containers::refused(making, &folder.join("refused"))?;
    let export = folder.join("export");
    files::folder(&export)?;
    let packing = chosen(making);
    let packed = packed(making, packing, &export)?;
    mark(making, packing, &packed)?;
    Ok(packed)
}

/// Packs the tree so; what to land.
fn packed(making: &mut Making, packing: Packing, export: &Path) -> Result<Vec<PathBuf>> {
    let name = match making.order.is_delta {
        true => "smartdesk-export_acme_2026-09-15T221500Z",
        false => "smartdesk-export_acme_2026-09-01T221500Z",
    };
    let top = if making.has(2) {
        "smartdesk backup/"
    } else {
        ""
    };
    let paths = files::below(making.tree.path())?;
    let target = export.join(name);
    match packing {
        Packing::Folder => folder_of(making, &paths, &target, top),
        Packing::Archive => {
            let target = target.with_extension("zip");
            zip(making.tree.path(), &paths, &target, top)?;
            Ok(vec![target])
        }
        Packing::Nested => nested(making, &paths, &target, top),
        Packing::Archives => {
            several(making, &paths, &target.join("part"), top)?;
            Ok(vec![target])
        }
        Packing::Several => several(making, &paths, &target, top),
    }
}

fn chosen(making: &Making) -> Packing {
    if making.has(4) || making.has(14) {
        return Packing::Several;
    }
    match making.order.seed % 4 {
        _ if !making.has(1) => Packing::Archive,
        0 => Packing::Folder,
        1 => Packing::Archives,
        2 => Packing::Nested,
        _ => Packing::Several,
    }
}

/// Marks how the files lie; of several archives only one may have had anything in it.
fn mark(making: &mut Making, packing: Packing, packed: &[PathBuf]) -> Result<()> {
    let finding = match packing {
        Packing::Archive => return Ok(()),
        Packing::Several if packed.len() == 1 => return Ok(()),
        Packing::Folder => "folder",
        Packing::Archives => "archives_in_a_folder",
        Packing::Nested => "archive_in_an_archive",
        Packing::Several => "several_archives",
    };
    if making.has(1) {
        making.mark(1, ("", ""), (Recovered, finding))?;
    }
    Ok(())
}

/// Compresses what is called so.
fn compress(making: &mut Making) -> Result<()> {
    for path in files::below(making.tree.path())? {
        let from = making.tree.path().join(&path);
        if !path.ends_with(".gz") {
            continue;
        }
        let plain = from.with_extension("");
        let failed = |cause| files::failed("packed", &from, cause);
        fs::rename(&from, &plain).map_err(failed)?;
        let mut packed = GzEncoder::new(
            BufWriter::new(files::create(&from)?),
            Compression::default(),
        );
        let mut input = File::open(&plain).map_err(failed)?;
        io::copy(&mut input, &mut packed).map_err(failed)?;
        let mut output = packed.finish().map_err(failed)?;
        output.flush().map_err(failed)?;
        fs::remove_file(&plain).map_err(failed)?;
    }
    Ok(())
}

fn folder_of(making: &Making, paths: &[String], target: &Path, top: &str) -> Result<Vec<PathBuf>> {
    for path in paths {
        let to = target.join(format!("{top}{path}"));
        if let Some(parent) = to.parent() {
            files::folder(parent)?;
        }
        let moved = fs::rename(making.tree.path().join(path), &to);
        moved.map_err(|cause| files::failed("written", &to, cause))?;
    }
    Ok(vec![target.to_owned()])
}

fn nested(making: &Making, paths: &[String], target: &Path, top: &str) -> Result<Vec<PathBuf>> {
    let inner = making.tree.path().join("export.zip");
    zip(making.tree.path(), paths, &inner, top)?;
    let target = target.with_extension("zip");
    zip(making.tree.path(), &["export.zip".to_owned()], &target, "")?;
    Ok(vec![target])
}

/// The attachments apart from the rest, and what is in both.
fn several(
    making: &mut Making,
    paths: &[String],
    target: &Path,
    top: &str,
) -> Result<Vec<PathBuf>> {
    let is_file = |path: &String| path.starts_with("attachments/");
    let (mut second, data): (Vec<String>, Vec<String>) = paths.iter().cloned().partition(is_file);
    let mut copies = data.iter().filter(|path| path.starts_with("data/t"));
    if let Some(copy) = copies.next().filter(|_| making.has(4)) {
        making.mark(4, ("", copy), (Recovered, "file_twice"))?;
        second.push(copy.clone());
    }
    let name = target.to_string_lossy().into_owned();
    let [first, other] = [1, 2].map(|number| PathBuf::from(format!("{name}_{number}.zip")));
    zip(making.tree.path(), &data, &first, top)?;
    if second.is_empty() {
        return Ok(vec![first]);
    }
    match making.has(14) {
        true => containers::zip_in_old_encoding(making, &second, &other, top)?,
        false => zip(making.tree.path(), &second, &other, top)?,
    }
    Ok(vec![first, other])
}

/// Packs files into an archive; the time in it is always the same.
pub fn zip(tree: &Path, paths: &[String], target: &Path, top: &str) -> Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(files::create(target)?));
    for path in paths {
        let from = tree.join(path);
        let failed = |cause| files::failed("packed", &from, cause);
        let mut input = File::open(&from).map_err(failed)?;
        let bytes = input.metadata().map_err(failed)?.len();
        let begun = archive.start_file(format!("{top}{path}"), options(bytes));
        begun.map_err(|cause| files::failed("written", target, cause))?;
        io::copy(&mut input, &mut archive).map_err(failed)?;
    }
    let output = archive
        .finish()
        .map_err(|cause| files::failed("written", target, cause))?;
    let flushed = output.into_inner();
    flushed.map_err(|cause| files::failed("written", target, cause.into_error()))?;
    Ok(())
}

/// How a file of this size is packed.
pub fn options(bytes: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o600)
        .large_file(bytes >= u64::from(u32::MAX) / 2)
}
