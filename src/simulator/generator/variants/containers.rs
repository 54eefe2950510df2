//! V02, V07, V09, V12-V14: what lies between the files, the workbook, and archives made to do harm.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use encoding_rs::WINDOWS_1252;
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use zip::ZipWriter;

use super::super::export::Making;
use super::super::files;
use super::super::packing::{WORKBOOK, options, zip};
use super::super::variant::Expected::{Asked, Recovered, Refused, Reported};
use crate::error::{Error, Kind, Result};

/// Rows of a sheet before its headers.
pub const TITLE_ROWS: u64 = 2;

/// Puts files between the others that the canonical export does not have, and gathers the sheets.
pub fn prepare(making: &mut Making) -> Result<()> {
    if making.has(2) {
        for (path, text) in [
            ("__MACOSX/data/._contacts.csv", "\0\u{5}\u{16}\u{7}"),
            ("data/.DS_Store", "\0\0\0\u{1}Bud1"),
            ("attachments/Thumbs.db", "\u{d0}\u{cf}"),
            ("data/~$contacts.xlsx", "Ines Berg"),
        ] {
            files::write(&making.tree.path().join(path), text.as_bytes())?;
            making.mark(2, ("", path), (Reported, "junk"))?;
        }
    }
    if making.has(7) {
        let headers = "id,number,subject,description,status\n";
        files::write(
            &making.tree.path().join("data/tickets (1).csv"),
            headers.as_bytes(),
        )?;
        files::write(&making.tree.path().join("data/products.csv"), b"")?;
        let (empty, zero) = (
            ("ticket", "data/tickets (1).csv"),
            ("product", "data/products.csv"),
        );
        making.mark(7, empty, (Recovered, "header_only"))?;
        making.mark(7, zero, (Asked, "zero_bytes"))?;
    }
    if making.has(9) {
        workbook(making.tree.path())?;
    }
    Ok(())
}

/// The objects that are sheets were written as text without an ending; they go into one workbook.
fn workbook(tree: &Path) -> Result<()> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 9, 1).map_err(unwritten)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let inside = files::below(tree)?;
    let sheets = inside
        .iter()
        .filter(|path| path.starts_with("data/") && !path.contains('.'));
    for path in sheets {
        let from = tree.join(path);
        let name = path.trim_start_matches("data/");
        let sheet = book.add_worksheet();
        sheet
            .set_name(name.get(..31).unwrap_or(name))
            .map_err(unwritten)?;
        fill(sheet, &from, name)?;
        fs::remove_file(&from).map_err(|cause| files::failed("removed", &from, cause))?;
    }
    let hidden = book.add_worksheet();
    hidden.set_name("_lists").map_err(unwritten)?;
    hidden.set_hidden(true);
    let bytes = book.save_to_buffer().map_err(unwritten)?;
    files::write(&tree.join(WORKBOOK), &bytes)
}

/// Titles, then the records; days are numbers with a format, as spreadsheets keep them.
fn fill(sheet: &mut Worksheet, from: &Path, name: &str) -> Result<()> {
    let day = Format::new().set_num_format("dd.mm.yyyy");
    sheet
        .write_string(0, 0, format!("Export of {name}"))
        .map_err(unwritten)?;
    let records = csv::ReaderBuilder::new().has_headers(false).from_path(from);
    let records = records.map_err(|cause| unread(from, cause))?;
    let mut headers: Option<csv::StringRecord> = None;
    for (row, record) in (TITLE_ROWS..).zip(records.into_records()) {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let record = record.map_err(|cause| unread(from, cause))?;
        for (column, cell) in (0..).zip(&record) {
            let header = headers
                .as_ref()
                .and_then(|headers| headers.get(usize::from(column)));
            let date = header.filter(|header| header.ends_with("_date"));
            let date = date.and_then(|_| cell.parse::<Date>().ok());
            let written = match date {
                Some(date) => {
                    let (year, month, day_of) = (date.year(), date.month(), date.day());
                    let parts = (
                        year.unsigned_abs(),
                        month.unsigned_abs(),
                        day_of.unsigned_abs(),
                    );
                    let date =
                        ExcelDateTime::from_ymd(parts.0, parts.1, parts.2).map_err(unwritten)?;
                    sheet.write_datetime_with_format(row, column, &date, &day)
                }
                None => sheet.write_string(row, column, cell),
            };
            written.map_err(unwritten)?;
        }
        headers.get_or_insert(record);
    }
    Ok(())
}

fn unwritten(cause: XlsxError) -> Error {
    Error::new(Kind::Bug, "the workbook was not written").because(cause)
}

fn unread(path: &Path, cause: csv::Error) -> Error {
    Error::new(Kind::Bug, format!("`{}` is no CSV", path.display())).because(cause)
}

/// Archives that nothing may be read of, each with its defect.
pub fn refused(making: &mut Making, folder: &Path) -> Result<()> {
    let contacts = b"id,last_name\ncon_000000001,Nobody\n".as_slice();
    if making.has(12) {
        let whole = archive(&[("data/contacts.csv", contacts)], false)?;
        let mut cut = whole.clone();
        cut.truncate(whole.len() / 2);
        let mut damaged = archive(&[("data/contacts.csv", contacts)], true)?;
        change(&mut damaged, b"Nobody", b"nobody");
        let mut locked = whole;
        set_encrypted(&mut locked);
        for (name, bytes) in [
            ("cut_off", cut),
            ("damaged", damaged),
            ("encrypted", locked),
        ] {
            put(making, 12, folder, name, &bytes)?;
        }
    }
    if making.has(13) {
        let up = archive(&[("../outside.csv", contacts)], false)?;
        let absolute = archive(&[("/tmp/outside.csv", contacts)], false)?;
        let zeros = vec![b'0'; 24 << 20];
        let bomb = archive(&[("data/contacts.csv", zeros.as_slice())], false)?;
        for (name, bytes) in [
            ("leads_out", up),
            ("absolute", absolute),
            ("bomb", bomb),
            ("link", link()?),
        ] {
            put(making, 13, folder, name, &bytes)?;
        }
    }
    Ok(())
}

fn put(
    making: &mut Making,
    variant: u8,
    folder: &Path,
    name: &'static str,
    bytes: &[u8],
) -> Result<()> {
    files::write(&folder.join(format!("{name}.zip")), bytes)?;
    let file = format!("refused/{name}.zip");
    making.mark(variant, ("", &file), (Refused, name))
}

/// A small archive in memory.
fn archive(entries: &[(&str, &[u8])], is_stored: bool) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |cause| files::failed("written", Path::new("refused"), cause);
    for (name, bytes) in entries {
        let mut how = options(0);
        if is_stored {
            how = how.compression_method(zip::CompressionMethod::Stored);
        }
        archive.start_file(*name, how).map_err(failed)?;
        let written = archive.write_all(bytes);
        written.map_err(|cause| files::failed("packed", Path::new(name), cause))?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// An archive with a link to a file that is not its own.
fn link() -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |cause| files::failed("written", Path::new("refused"), cause);
    archive
        .add_symlink("data/contacts.csv", "/etc/hostname", options(0))
        .map_err(failed)?;
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// Replaces bytes by as many others, wherever they stand.
fn change(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        let there = bytes.get_mut(place..place + to.len());
        if let Some(there) = there {
            there.copy_from_slice(to);
        }
    }
}

/// Says of every entry that it is encrypted: bit 0 of the flags, in both kinds of headers.
fn set_encrypted(bytes: &mut [u8]) {
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = bytes
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == signature)
            .map(|(place, _)| place + offset)
            .collect();
        for place in places {
            if let Some(flags) = bytes.get_mut(place) {
                *flags |= 1;
            }
        }
    }
}

/// An archive whose names are in Windows-1252, and that does not say so. It is small: attachments are few.
pub fn zip_in_old_encoding(
    making: &mut Making,
    paths: &[String],
    target: &Path,
    top: &str,
) -> Result<()> {
    let shown = making.tree.path().join("names");
    let mut names = Vec::new();
    for path in paths {
        let (old, _, is_lossy) = WINDOWS_1252.encode(path);
        let plain: String = old.iter().map(|byte| placeholder(*byte)).collect();
        let to = shown.join(&plain);
        if let Some(parent) = to.parent() {
            files::folder(parent)?;
        }
        let from = making.tree.path().join(path);
        fs::copy(&from, &to).map_err(|cause| files::failed("written", &to, cause))?;
        if plain != *path && !is_lossy {
            let what = (Recovered, "name_in_windows_1252");
            making.mark(14, ("attachment", path), what)?;
        }
        names.push((plain, old.into_owned()));
    }
    let plain: Vec<String> = names.iter().map(|(plain, _)| plain.clone()).collect();
    zip(&shown, &plain, target, top)?;
    let failed = |cause| files::failed("written", target, cause);
    let mut bytes = fs::read(target).map_err(failed)?;
    for (plain, old) in &names {
        if plain.as_bytes() != old.as_slice() {
            change(&mut bytes, plain.as_bytes(), old);
        }
    }
    fs::write(target, &bytes).map_err(failed)?;
    fs::remove_dir_all(&shown).map_err(|cause| files::failed("removed", &shown, cause))
}

/// A name of placeholders is as long as the old one, and ASCII, so that no flag is set; it is put right afterwards.
fn placeholder(byte: u8) -> char {
    match byte.is_ascii() {
        true => char::from(byte),
        false => '\u{7f}',
    }
}
