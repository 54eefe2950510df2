//! A document as JSON: every section with its query, its columns and its rows as the warehouse has them.

use serde_json::{Value, json};

use crate::error::Result;
use crate::migration::About;
use crate::migration::documents::{Document, Section};
use crate::report::{answer, unprintable};

/// The file's text.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when a value cannot be written.
pub fn text(about: &About, document: &Document, now: &str) -> Result<String> {
    let sections = document.sections.iter().map(section);
    let sections = sections.collect::<Result<Vec<Value>>>()?;
    let whole = json!({
        "document": document.name,
        "title": document.title,
        "about": document.about,
        "written_at": now,
        "of": about,
        "sections": sections,
    });
    let text = serde_json::to_string_pretty(&whole).map_err(unprintable)?;
    Ok(format!("{text}\n"))
}

fn section(section: &Section) -> Result<Value> {
    let fields = section.answer.schema.fields();
    let columns: Vec<&String> = fields.iter().map(|field| field.name()).collect();
    let rows = answer::as_json(&section.answer)?;
    let rows: Value = serde_json::from_str(&rows).map_err(unprintable)?;
    Ok(json!({
        "section": section.name,
        "title": section.title,
        "text": section.text,
        "query": section.query,
        "columns": columns,
        "rows_in_all": section.rows,
        "rows": rows,
    }))
}
