//! A document as one page: styles and script are in it, nothing is fetched. Templates escape all that they are given.

use askama::Template;

use super::cells::{self, Shown};
use super::minute;
use super::words::{self, Span};
use crate::error::Result;
use crate::migration::documents::{Document, Section};
use crate::migration::{About, Discovery};
use crate::report::tables::grouped;
use crate::report::unprintable;

/// What every page shows.
struct Frame<'a> {
    about: &'a About,
    landed: String,
    exported: Option<String>,
    now: &'a str,
    documents: &'a [Document],
    /// The document that is shown; none on the page of all.
    here: &'a str,
}

#[derive(Template)]
#[template(path = "document.html", config = "src/report/documents/askama.toml")]
struct Page<'a> {
    frame: Frame<'a>,
    title: &'a str,
    about: Vec<Vec<Span<'a>>>,
    parts: Vec<Part<'a>>,
}

#[derive(Template)]
#[template(path = "index.html", config = "src/report/documents/askama.toml")]
struct Index<'a> {
    frame: Frame<'a>,
    title: &'a str,
    entries: Vec<Entry<'a>>,
    kept: &'a [String],
}

/// A section as the page shows it.
struct Part<'a> {
    section: &'a Section,
    text: Vec<Vec<Span<'a>>>,
    empty: Vec<Vec<Span<'a>>>,
    shown: Shown,
    rows: String,
    shown_rows: String,
}

/// A document on the page of all.
struct Entry<'a> {
    document: &'a Document,
    about: Vec<Vec<Span<'a>>>,
}

impl<'a> Entry<'a> {
    fn of(document: &'a Document) -> Self {
        Self {
            about: words::paragraphs(&document.about),
            document,
        }
    }
}

/// The page of a document.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when a value cannot be formatted.
pub fn page(discovery: &Discovery, document: &Document, now: &str) -> Result<String> {
    let parts = document.sections.iter().map(part);
    let page = Page {
        frame: frame(discovery, &document.name, now),
        title: &document.title,
        about: words::paragraphs(&document.about),
        parts: parts.collect::<Result<_>>()?,
    };
    page.render().map_err(unprintable)
}

/// The page that leads to all of them.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when it cannot be written.
pub fn index(discovery: &Discovery, now: &str) -> Result<String> {
    let index = Index {
        frame: frame(discovery, "", now),
        title: "Discovery",
        entries: discovery.documents.iter().map(Entry::of).collect(),
        kept: &discovery.kept,
    };
    index.render().map_err(unprintable)
}

fn frame<'a>(discovery: &'a Discovery, here: &'a str, now: &'a str) -> Frame<'a> {
    Frame {
        about: &discovery.about,
        landed: minute(&discovery.about.landed_at),
        exported: discovery.about.exported_at.as_deref().map(minute),
        now,
        documents: &discovery.documents,
        here,
    }
}

fn part(section: &Section) -> Result<Part<'_>> {
    let shown = cells::shown(section)?;
    Ok(Part {
        text: words::paragraphs(&section.text),
        empty: words::paragraphs(&section.empty),
        rows: grouped(section.rows),
        shown_rows: grouped(shown.rows.len() as u64),
        shown,
        section,
    })
}
