//! `sql`: one select on the published warehouse.

use crate::error::{Error, Kind, Result};
use crate::migration::{self, Workspace};
use crate::report::{self, Shape};
use crate::warehouse::Warehouse;

/// What is shown without a query.
const RELATIONS: &str = "select table_name as relation, table_type as kind from information_schema.tables \
    where table_schema = 'main' order by 1";

/// Answers one query; builds the warehouse first when it was deleted.
pub fn run(workspace: &Workspace, query: Option<&str>, shape: Shape) -> Result<()> {
    if !workspace.warehouse().exists() {
        migration::status(workspace)?;
    }
    let warehouse = Warehouse::open_read_only(&workspace.warehouse())?;
    let query = query.unwrap_or(RELATIONS);
    if !warehouse.is_select(query).map_err(unanswered)? {
        return Err(
            Error::new(Kind::Usage, "`sql` runs one select and changes nothing")
                .hint("try `deskferry sql \"select * from ledger_buckets\"`"),
        );
    }
    migration::documents::offer(workspace, &warehouse, query)?;
    report::print_answer(&warehouse.query(query).map_err(unanswered)?, shape)
}

fn unanswered(refused: Error) -> Error {
    Error::new(refused.kind(), "the query was not answered")
        .hint("`deskferry sql` without a query lists the relations")
        .because(refused)
}
