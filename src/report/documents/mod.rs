//! Documents as files: Markdown, HTML and JSON of each, and a page that leads to all of them.

mod cells;
mod html;
mod json;
mod markdown;
mod words;

use std::path::{Path, PathBuf};

use comfy_table::Cell;
use jiff::Timestamp;
use serde::Serialize;

use super::print_text;
use super::tables::{number, table};
use crate::error::Result;
use crate::landing;
use crate::migration::{About, Discovery};

/// What was written of one document.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    /// The document.
    pub document: String,
    /// What stands at its top.
    pub title: String,
    /// How many tables it has.
    pub sections: usize,
    /// Rows of all of them.
    pub rows: u64,
    /// Its files.
    pub files: Vec<PathBuf>,
}

/// What `discover` answers.
#[derive(Clone, Debug, Serialize)]
pub struct Discovered {
    /// Of which extract, and where it is to go.
    #[serde(flatten)]
    pub about: About,
    /// Where they are.
    pub folder: PathBuf,
    /// In their order.
    pub documents: Vec<Written>,
    /// Tables kept to be compared with later.
    pub kept: Vec<String>,
}

/// Writes all documents into a folder, for this user only.
///
/// # Errors
/// [`crate::error::Kind::Config`] when a file cannot be written.
pub fn write_documents(discovery: &Discovery, folder: &Path) -> Result<Discovered> {
    let now = Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut documents = Vec::new();
    for document in &discovery.documents {
        let texts = [
            ("html", html::page(discovery, document, &now)?),
            ("md", markdown::text(&discovery.about, document, &now)?),
            ("json", json::text(&discovery.about, document, &now)?),
        ];
        let mut files = Vec::new();
        for (ending, text) in texts {
            let path = folder.join(format!("{}.{ending}", document.name));
            landing::write_atomically(&path, text.as_bytes())?;
            files.push(path);
        }
        documents.push(Written {
            document: document.name.clone(),
            title: document.title.clone(),
            sections: document.sections.len(),
            rows: document.rows(),
            files,
        });
    }
    let index = html::index(discovery, &now)?;
    landing::write_atomically(&folder.join("index.html"), index.as_bytes())?;
    Ok(Discovered {
        about: discovery.about.clone(),
        folder: folder.to_path_buf(),
        documents,
        kept: discovery.kept.clone(),
    })
}

/// An instant of RFC 3339 to the minute; what is none is shown as it is.
fn minute(instant: &str) -> String {
    match instant.parse::<Timestamp>() {
        Ok(instant) => instant.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => instant.to_owned(),
    }
}

/// Prints which documents were written, and where.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when stdout cannot be written.
pub fn print_discovered(discovered: &Discovered) -> Result<()> {
    let mut table = table(&["document", "sections", "rows", "files"]);
    for written in &discovered.documents {
        let names = written.files.iter().filter_map(|file| file.file_name());
        let names: Vec<_> = names.map(|name| name.to_string_lossy()).collect();
        table.add_row([
            Cell::new(&written.document),
            number(written.sections as u64),
            number(written.rows),
            Cell::new(names.join(", ")),
        ]);
    }
    print_text(&table.to_string())?;
    let folder = discovered.folder.display();
    print_text(&format!("read first: {folder}/index.html"))?;
    for kept in &discovered.kept {
        print_text(&format!("kept for later: {kept}"))?;
    }
    Ok(())
}
