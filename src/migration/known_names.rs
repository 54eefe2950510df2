//! What the layout and the packs of `sql/aliases/` call objects, columns and words, as relations.

use serde::Serialize;

use super::extract;
use super::landed::table;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::source::Layout;
use crate::warehouse::Warehouse;

const COLUMNS: &str = r#"[{"object": "varchar", "column_name": "varchar", "name": "varchar"}]"#;

const OBJECTS: &str = r#"[{"object": "varchar", "name": "varchar"}]"#;

const WORDS: &str = r#"[{"word": "varchar", "name": "varchar"}]"#;

#[derive(Serialize)]
struct ColumnName<'a> {
    object: &'a str,
    column_name: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct ObjectName<'a> {
    object: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct WordName<'a> {
    word: &'a str,
    name: &'a str,
}

/// `alias_columns` (each canonical column under its own name too), `alias_objects` and `alias_words`.
///
/// # Errors
/// [`crate::error::Kind::Config`] when a pack cannot be read, [`crate::error::Kind::Script`] when DuckDB refuses them.
pub fn relations(catalog: &Catalog, warehouse: &Warehouse) -> Result<()> {
    let layout = Layout::parse(&catalog.layout)?;
    let aliases = extract::aliases(catalog, &layout)?;
    let mut columns = Vec::new();
    for (object, known) in layout.objects() {
        let names = known.columns.iter().chain(&known.also);
        columns.extend(names.map(|name| ColumnName {
            object,
            column_name: name,
            name,
        }));
    }
    columns.extend(
        aliases
            .columns()
            .map(|(object, name, column_name)| ColumnName {
                object,
                column_name,
                name,
            }),
    );
    let objects = aliases.objects();
    let objects: Vec<ObjectName> = objects
        .map(|(name, object)| ObjectName { object, name })
        .collect();
    let words = aliases.words();
    let words: Vec<WordName> = words.map(|(name, word)| WordName { word, name }).collect();
    warehouse.run(&table("alias_columns", &columns, COLUMNS)?)?;
    warehouse.run(&table("alias_objects", &objects, OBJECTS)?)?;
    warehouse.run(&table("alias_words", &words, WORDS)?)
}
