//! `landed_profile`: how full each landed column is, how many values it has, how long they are, and from when to when.

use super::relations::Inputs;
use super::views::read_parquet;
use crate::error::Result;
use crate::landing::{self, Extract};
use crate::source::Layout;
use crate::warehouse::{quote_name, quote_text};

const NO_CELLS: &str = "select null::varchar as object, null::varchar as column_name, null::varchar as cell where false";

const NO_COLUMNS: &str = "select null::varchar as object, null::varchar as column_name, 0 as place, true as is_standard where false";

/// Reads every landed file once; what stands in a cell is counted and not kept.
///
/// # Errors
/// [`crate::error::Kind::Config`] when a folder of landed files cannot be read.
pub fn select(inputs: &Inputs<'_>) -> Result<String> {
    let nothing = Extract::default();
    let extract = inputs.extract.unwrap_or(&nothing);
    Ok(include_str!("profile.sql")
        .replace("{columns}", &columns(inputs, extract)?)
        // Last: a column may be called anything, `{columns}` too.
        .replace("{cells}", &cells(inputs, extract)?))
}

/// Every landed column, its place among those of its object, and whether the layout has it.
fn columns(inputs: &Inputs<'_>, extract: &Extract) -> Result<String> {
    let layout = Layout::parse(&inputs.catalog.layout)?;
    let mut rows = Vec::new();
    for (object, landed) in &extract.objects {
        let table = layout.get(object);
        let is_standard = |column: &String| {
            table.is_some_and(|table| table.columns.contains(column) || table.also.contains(column))
        };
        for (place, column) in landed.columns.iter().enumerate() {
            rows.push(format!(
                "({}, {}, {place}, {})",
                quote_text(object),
                quote_text(column),
                is_standard(column)
            ));
        }
    }
    Ok(match rows.is_empty() {
        true => NO_COLUMNS.to_owned(),
        false => format!(
            "select * from (values {}) as columns (object, column_name, place, is_standard)",
            rows.join(", ")
        ),
    })
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
