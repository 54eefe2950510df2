//! `load_<object>`: exactly what the destination shall hold, with the request body and the ids that children can point to.

use super::relations::failed;
use crate::catalog::{Catalog, Object, Script, Write};
use crate::error::{Error, Kind, Result};
use crate::warehouse::{Column, Warehouse, quote_name, quote_text};

/// One object's load relation and its projected ids. An object that references itself (companies and their parents) is built
/// again for as long as that brings further rows in: once a level of the hierarchy.
///
/// # Errors
/// [`Kind::Script`] naming the script that DuckDB refused, or the control column that it lacks.
pub fn load_relation(catalog: &Catalog, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let script = catalog.load_script(&object.name)?;
    let refers_to_itself = script
        .header
        .references
        .iter()
        .any(|reference| reference.object == object.name);
    loop {
        load_table(script, object, warehouse)?;
        let added = project(object, warehouse)?;
        if !refers_to_itself || added == 0 {
            return Ok(());
        }
    }
}

/// `load_<object>`: the script's columns, and the request they make.
///
/// # Errors
/// See [`load_relation`].
pub fn load_table(script: &Script, object: &Object, warehouse: &Warehouse) -> Result<()> {
    let select = script.select("");
    let columns = warehouse
        .columns(&select)
        .map_err(|e| failed(&script.path, e))?;
    check_columns(&script.path, object, &columns)?;
    let create = format!(
        "create or replace table main.{} as with wanted as (\n{select}\n)\n\
         select *, {} as _body, {} as _body_hash from wanted;",
        script.name,
        body(&columns),
        body_hash(object),
    );
    warehouse.run(&create).map_err(|e| failed(&script.path, e))
}

/// What is sent with the body is part of it: a file by its own hash.
fn body_hash(object: &Object) -> &'static str {
    match object.write {
        Write::Multipart => "sha256(concat_ws(chr(10), _body, _file_sha256))",
        _ => "sha256(_body)",
    }
}

/// Without these nothing can be accounted for.
fn check_columns(path: &str, object: &Object, columns: &[Column]) -> Result<()> {
    let mut needed = vec!["_source_id", "_skip_reason", "_queue_reason"];
    match object.write {
        Write::Match => needed.push("id"),
        Write::Multipart => needed.extend(["_file_sha256", "_file_bytes"]),
        _ => {}
    }
    match needed.iter().find(|name| !columns.iter().any(|column| column.name == **name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(Kind::Script, format!("sql/{path}: the column `{name}` is missing"))
            .hint("every load relation has _source_id, _skip_reason and _queue_reason; matched objects also have id, files _file_sha256 and _file_bytes")),
    }
}

/// Gives every row that is going to be there an id; answers how many rows got one.
fn project(object: &Object, warehouse: &Warehouse) -> Result<i64> {
    let count = "select count(*) from ledger_ids";
    let before = warehouse.number(count)?;
    let id = match object.write {
        Write::Match => "wanted.id",
        _ => {
            "(select coalesce(min(destination_id), 0) from ledger_ids where destination_id < 0) - row_number() over (order by wanted._source_id)"
        }
    };
    let sql = include_str!("project.sql")
        .replace("{object}", &object.name)
        .replace("{id}", id);
    warehouse.run(&sql)?;
    Ok(warehouse.number(count)? - before)
}

/// The request body as canonical JSON text: fields in column order, custom ones nested, nulls left out.
fn body(columns: &[Column]) -> String {
    let mut fields = Vec::new();
    let mut custom = Vec::new();
    let mut custom_base = None;
    for column in columns
        .iter()
        .filter(|column| !column.name.starts_with('_') && column.name != "id")
    {
        let field = format!("{}, {}", quote_text(&column.name), json_value(column));
        if column.name == "custom_field" {
            custom_base = Some("coalesce(custom_field::json, '{}'::json)");
        } else if column.name.starts_with("cf_") {
            custom.push(field);
        } else {
            fields.push(field);
        }
    }
    if custom_base.is_some() || !custom.is_empty() {
        let base = custom_base.unwrap_or("'{}'::json");
        fields.push(format!(
            "'custom_field', json_merge_patch({base}, json_object({}))",
            custom.join(", ")
        ));
    }
    // A merge patch leaves out what is null, on every level.
    format!(
        "json_merge_patch('{{}}'::json, json_object({}))::varchar",
        fields.join(", ")
    )
}

fn json_value(column: &Column) -> String {
    let name = quote_name(&column.name);
    match column.kind.as_str() {
        "TIMESTAMP" => format!("strftime({name}, '%Y-%m-%dT%H:%M:%SZ')"),
        "DATE" => format!("{name}::varchar"),
        _ => name,
    }
}
