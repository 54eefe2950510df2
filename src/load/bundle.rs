//! What has no API there is handed over as files: one HTML file a row, and an index.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::journal::{self, Ending};
use super::sealed::Row;
use super::{Sending, Tally};
use crate::error::{Error, Kind, Result};

/// Writes one row's file. The name comes from the source id alone, so no name in the data can leave the folder.
pub async fn write(sending: &Sending, row: Row) -> Result<Tally> {
    journal::intend(sending, std::slice::from_ref(&row), None).await?;
    let folder = sending.bundle.join(&sending.object.name);
    let file = folder.join(format!("{}.html", safe_name(&row.source_id)));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .map_err(|e| unwritable(&folder, e))?;
    store(&file, row.text("body").unwrap_or_default().as_bytes())?;
    store(
        &folder.join(format!("{}.json", safe_name(&row.source_id))),
        &card(&row)?,
    )?;
    journal::settle(sending, vec![(row, Ending::Accepted { id: None })]).await
}

/// Everything but the body: subject, folder, flags, for whoever rebuilds it by hand.
fn card(row: &Row) -> Result<Vec<u8>> {
    let mut card = row.body.clone();
    card.remove("body");
    serde_json::to_vec_pretty(&card)
        .map_err(|e| Error::new(Kind::Bug, "could not write a bundle card").because(e))
}

/// Lists the files of a bundle folder in `index.csv`: one line a file, what it is, what to look at.
///
/// # Errors
/// [`Kind::Config`] when the folder cannot be read or written.
pub fn index(folder: &Path) -> Result<()> {
    let mut cards = Vec::new();
    let entries = fs::read_dir(folder).map_err(|e| unwritable(folder, e))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|ending| ending == "json") {
            let bytes = fs::read(&path).map_err(|e| unwritable(&path, e))?;
            let card: Map<String, Value> = serde_json::from_slice(&bytes)
                .map_err(|e| Error::new(Kind::Bug, "a bundle card is no JSON object").because(e))?;
            cards.push((path.with_extension("html"), card));
        }
    }
    cards.sort_by(|a, b| a.0.cmp(&b.0));
    store(&folder.join("index.csv"), &csv_of(&cards)?)
}

fn csv_of(cards: &[(PathBuf, Map<String, Value>)]) -> Result<Vec<u8>> {
    let refused =
        |e: csv::Error| Error::new(Kind::Bug, "could not write a bundle index").because(e);
    let names: BTreeSet<&String> = cards.iter().flat_map(|(_, card)| card.keys()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = std::iter::once("file").chain(names.iter().map(|name| name.as_str()));
    writer.write_record(head).map_err(refused)?;
    for (file, card) in cards {
        let file = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let cells = names.iter().map(|name| cell(card.get(*name)));
        writer
            .write_record(std::iter::once(file).chain(cells))
            .map_err(refused)?;
    }
    let flushed = writer.into_inner();
    flushed.map_err(|e| {
        Error::new(Kind::Bug, "could not write a bundle index").because(e.into_error())
    })
}

/// A cell that no spreadsheet takes for a formula.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

/// Temp name, sync, rename: a killed run leaves no half file under its final name.
fn store(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("part");
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path))
        .map_err(|e| unwritable(path, e))
}

fn safe_name(source_id: &str) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            c
        } else {
            '_'
        }
    };
    source_id.chars().map(keep).collect()
}

fn unwritable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("{} cannot be written", path.display()),
    )
    .because(cause)
    .hint("check free space and the rights of the staging folder")
}
