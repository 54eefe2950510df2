//! What is understood of an extract, cell by cell: staged rows, the records that references mean, custom fields.

use std::collections::BTreeSet;

use crate::catalog::{Layer, Script};
use crate::error::Result;
use crate::migration::relations::Inputs;
use crate::source::Layout;
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// `cells`: every cell of every staged row as JSON text; `interpreted`: the columns that any script reads as more than text.
///
/// # Errors
/// [`crate::error::Kind::Script`] when DuckDB refuses a relation.
pub fn relations(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    warehouse.run(include_str!("begin.sql"))?;
    let cells = Cells {
        scripts: &inputs.catalog.scripts,
        layout: &Layout::parse(&inputs.catalog.layout)?,
        system: &inputs.config.source.system,
        warehouse,
    };
    let staged = cells.staged()?;
    cells.unstaged(&staged)?;
    cells.links()?;
    warehouse.run(include_str!("custom.sql"))
}

struct Cells<'a> {
    scripts: &'a [Script],
    layout: &'a Layout,
    system: &'a str,
    warehouse: &'a Warehouse,
}

impl<'a> Cells<'a> {
    /// The source object that a staging script stages.
    fn object(&self, script: &'a Script) -> Option<&'a str> {
        let raw = format!("raw_{}__", self.system);
        let mut read = script
            .reads
            .iter()
            .filter_map(|read| read.strip_prefix(&raw));
        read.next().filter(|_| script.layer == Layer::Staging)
    }

    /// What is staged, and the objects of it.
    fn staged(&self) -> Result<BTreeSet<&'a str>> {
        let mut staged = BTreeSet::new();
        for script in self.scripts {
            let Some(object) = self.object(script) else {
                continue;
            };
            let id = format!("concat_ws('/', {})", script.header.key.join(", "));
            self.put(object, &script.name, &id, &self.columns(script)?)?;
            staged.insert(object);
            let table = self.layout.get(object);
            let columns = table.into_iter().flat_map(|table| &table.columns);
            for column in columns.filter(|column| reads(&script.text, column)) {
                self.interpreted(object, column)?;
            }
        }
        Ok(staged)
    }

    /// Objects that nothing stages: their cells stay text, and as a whole they are judged all the same.
    fn unstaged(&self, staged: &BTreeSet<&str>) -> Result<()> {
        let objects = self.layout.objects();
        for (object, table) in objects.filter(|(object, _)| !staged.contains(object)) {
            let raw = format!("raw_{}__{object}", self.system);
            self.put(
                object,
                &raw,
                "row_source_id(id, _occurrence)",
                &table.columns,
            )?;
            self.interpreted(object, "")?;
        }
        Ok(())
    }

    /// The records and files that references were found to mean: `company_source_id` of `int_contacts__linked`.
    fn links(&self) -> Result<()> {
        for script in self.scripts {
            let name = script.name.strip_prefix("int_");
            let Some((plural, done)) = name.and_then(|name| name.split_once("__")) else {
                continue;
            };
            let staged = format!("stg_{}__{plural}", self.system);
            let staged = self.scripts.iter().find(|other| other.name == staged);
            let object = staged.and_then(|staged| self.object(staged));
            let words = ["linked", "parented", "matched_to"];
            let is_linked = words.iter().any(|word| done.contains(word));
            let Some(object) = object.filter(|_| is_linked) else {
                continue;
            };
            let mut columns = self.columns(script)?;
            let is_link = |name: &str| name.ends_with("_source_id") || name == "file_sha256";
            columns.retain(|name| is_link(name) && name != "survivor_source_id");
            if columns.iter().any(|name| name != "_source_id") {
                self.put(object, &script.name, "_source_id", &columns)?;
            }
        }
        Ok(())
    }

    fn columns(&self, script: &Script) -> Result<Vec<String>> {
        let columns = self
            .warehouse
            .columns(&format!("select * from {}", script.name))?;
        Ok(columns.into_iter().map(|column| column.name).collect())
    }

    /// The cells of a relation. Where a row stands in its file is not what it says: names that begin with `_` are left out.
    fn put(&self, object: &str, relation: &str, id: &str, columns: &[String]) -> Result<()> {
        let fill = |text: &str| {
            text.replace("@object", &quote_text(object))
                .replace("@relation", relation)
                .replace("@id", id)
        };
        if columns.iter().any(|name| name == "_duplicate") {
            self.warehouse.run(&fill(include_str!("duplicates.sql")))?;
        }
        let columns = columns.iter().filter(|name| !name.starts_with('_'));
        let columns: Vec<String> = columns.map(|name| quote_name(name)).collect();
        let cells = fill(include_str!("cells.sql"));
        self.warehouse
            .run(&cells.replace("@columns", &columns.join(", ")))
    }

    fn interpreted(&self, object: &str, column: &str) -> Result<()> {
        let values = format!("{}, {}", quote_text(object), quote_text(column));
        self.warehouse
            .run(&format!("insert into interpreted values ({values})"))
    }
}

/// Whether a script reads a column: `contacts.birthday`.
fn reads(text: &str, column: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(&format!(".{column}"))
        .any(|(at, found)| !text[at + found.len()..].starts_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_by_its_whole_name() {
        assert!(reads("select parse_date(contacts.birthday, x)", "birthday"));
        assert!(!reads("select contacts.birthday_note", "birthday"));
        assert!(!reads("select birthday", "birthday"));
    }
}
