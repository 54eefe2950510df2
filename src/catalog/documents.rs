//! `documents/documents.toml`: the documents in their order. A section is `documents/doc_<document>__<section>.sql`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::script::Script;
use crate::error::{Error, Kind, Result};

/// Where the documents are listed, below `sql/`.
const LIST: &str = "documents/documents.toml";

/// One document: what it is for, and its sections.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The entry's name: `doc_<name>__<section>`.
    #[serde(skip)]
    pub name: String,
    /// What stands at its top.
    pub title: String,
    /// What it is for, in a sentence or two.
    pub about: String,
    /// Sections whose rows are kept as Parquet, to be compared with later.
    #[serde(default)]
    pub keep: Vec<String>,
    /// The relations of its sections, as they are shown.
    #[serde(skip)]
    pub sections: Vec<String>,
}

impl Document {
    /// The relations whose rows are kept.
    pub fn kept(&self) -> impl Iterator<Item = String> {
        let name = &self.name;
        self.keep.iter().map(move |section| relation(name, section))
    }
}

fn relation(document: &str, section: &str) -> String {
    format!("doc_{document}__{section}")
}

/// Reads the list and gives each document its sections.
///
/// # Errors
/// [`Kind::Script`] for an entry that is none, one without a section, and a section without an entry.
pub fn parse(files: &BTreeMap<String, String>, sections: &[Script]) -> Result<Vec<Document>> {
    let text = files.get(LIST).map(String::as_str).unwrap_or_default();
    let table: toml::Table = text
        .parse()
        .map_err(|e| refused(format!("sql/{LIST} is no TOML")).because(e))?;
    let mut documents = Vec::new();
    for (name, value) in table {
        let document = value.try_into().map_err(|e| {
            refused(format!("sql/{LIST}: the entry `{name}` is refused")).because(e)
        })?;
        documents.push(with_sections(name, document, sections)?);
    }
    let is_listed = |section: &&Script| {
        let mut all = documents.iter().flat_map(|document| &document.sections);
        all.any(|listed| *listed == section.name)
    };
    match sections.iter().find(|section| !is_listed(section)) {
        None => Ok(documents),
        Some(section) => {
            let path = &section.path;
            Err(refused(format!(
                "sql/{path}: no entry of sql/{LIST} is its document"
            ))
            .hint("a section is called doc_<document>__<section>"))
        }
    }
}

fn with_sections(name: String, document: Document, sections: &[Script]) -> Result<Document> {
    let begin = relation(&name, "");
    let own = sections.iter();
    let mut own: Vec<&Script> = own
        .filter(|section| section.name.starts_with(&begin))
        .collect();
    own.sort_by_key(|section| (section.header.order, &section.name));
    let sections: Vec<String> = own.iter().map(|section| section.name.clone()).collect();
    let document = Document {
        name,
        sections,
        ..document
    };
    if document.sections.is_empty() {
        let text = format!(
            "sql/{LIST}: the document `{}` has no section",
            document.name
        );
        return Err(refused(text).hint(format!("write sql/documents/{begin}<section>.sql")));
    }
    let mut kept = document.kept();
    match kept.find(|kept| !document.sections.contains(kept)) {
        None => Ok(document.clone()),
        Some(kept) => Err(refused(format!(
            "sql/{LIST}: `keep` of `{}` names {kept}, which nothing makes",
            document.name
        ))
        .hint("`keep` has the last parts of the names of its sections")),
    }
}

fn refused(text: String) -> Error {
    Error::new(Kind::Script, text)
}
