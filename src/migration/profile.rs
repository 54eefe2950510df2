//! `landed_profile`: how full each landed column is, how many values it has, how long they are, and from when to when.

use super::relations::Inputs;
use super::views::read_parquet;
use crate::error::Result;
use crate::landing::{self, Extract};
use crate::warehouse::{quote_name, quote_text};

const NO_CELLS: &str = "select null::varchar as object, null::varchar as column_name, null::varchar as cell where false";

const NO_COLUMNS: &str =
    "select null::varchar as object, null::varchar as column_name, 0 as place where false";

/// Reads every landed file once; what stands in a cell is counted and not kept.
///
/// # Errors
/// [`crate::error::Kind::Config`] when a folder of landed files cannot be read.
pub fn select(inputs: &Inputs<'_>) -> Result<String> {
    let nothing = Extract::default();
    let extract = inputs.extract.unwrap_or(&nothing);
    Ok(include_str!("profile.sql")
        .replace("{columns}", &columns(extract))
        // Last: a column may be called anything, `{columns}` too.
        .replace("{cells}", &cells(inputs, extract)?))
}

/// Every landed column, and its place among those of its object.
fn columns(extract: &Extract) -> String {
    let rows = extract.objects.iter().flat_map(|(object, landed)| {
        let columns = landed.columns.iter().enumerate();
        columns.map(move |(place, column)| {
            let (object, column) = (quote_text(object), quote_text(column));
            format!("({object}, {column}, {place})")
        })
    });
    let rows: Vec<String> = rows.collect();
    match rows.is_empty() {
        true => NO_COLUMNS.to_owned(),
        false => format!(
            "select * from (values {}) as columns (object, column_name, place)",
            rows.join(", ")
        ),
    }
}

/// Every landed cell that holds something, under its column.
fn cells(inputs: &Inputs<'_>, extract: &Extract) -> Result<String> {
    let system = &inputs.config.source.system;
    let mut selects = vec![NO_CELLS.to_owned()];
    for (object, landed) in &extract.objects {
        let parts = landing::parts(&inputs.staging, system, object, &extract.extract_id)?;
        if parts.is_empty() || landed.columns.is_empty() {
            continue;
        }
        let names: Vec<String> = landed.columns.iter().map(|name| quote_name(name)).collect();
        let names = names.join(", ");
        selects.push(format!(
            "select {} as object, column_name, cell from (select {names} from {}) \
             unpivot (cell for column_name in ({names}))",
            quote_text(object),
            read_parquet(&parts),
        ));
    }
    Ok(selects.join("\nunion all\n    "))
}
