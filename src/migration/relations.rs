//! Builds the warehouse out of the files that are the truth: landed Parquet, the ledger's log, and `sql/`.
//!
//! The same SQL runs for a plan and for a load. What differs is `ledger_ids`: a row that is going to be sent, but is not there
//! yet, gets a negative **projected** id, so that its children can be planned through it. Before a phase seals anything the
//! projections are made anew, so a parent that did not arrive is missing for its children, and they wait.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::workspace::Workspace;
use super::{documents, known_names, landed, log, views, wanted};
use crate::catalog::{self, Catalog, Layer, Object, Script, TextFile};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::landing::{Account, Extract};
use crate::ledger::{History, ReadBack};
use crate::reconcile;
use crate::warehouse::{Warehouse, quote_name, quote_text};

/// What a build needs to know beside the scripts.
pub struct Inputs<'a> {
    /// Folder of landed files, logs and read-backs.
    pub staging: PathBuf,
    /// The checked scripts.
    pub catalog: &'a Catalog,
    /// Zone, currency, policies.
    pub config: &'a Config,
    /// The newest landed extract.
    pub extract_id: &'a str,
    /// Its record; none where there is nothing but tables.
    pub extract: Option<&'a Extract>,
    /// Settings of the account, from the export itself; the config's win.
    pub account: Account,
    /// Read-backs by name, oldest first: the newest complete one, and the partial ones after it.
    pub reads: Vec<(String, Vec<ReadBack>)>,
    /// Number of the last line of the log that changes where a row stands.
    pub last_change: u64,
}

/// Builds everything, with every object's rows projected.
///
/// # Errors
/// [`Kind::Script`] naming the script that failed.
pub fn build(inputs: &Inputs<'_>, warehouse: &mut Warehouse) -> Result<()> {
    sources(inputs, warehouse)?;
    let scripts = inputs.catalog.scripts.iter();
    for script in scripts.filter(|script| script.layer < Layer::Load) {
        relation(inputs.catalog, script, warehouse)?;
        warehouse.reopen()?;
    }
    refresh_all(inputs, warehouse)?;
    warehouse.reopen()
}

/// Makes all that scripts read and no script makes: settings, macros, maps, wiring, the raw views, the ledger's relations.
///
/// # Errors
/// [`Kind::Script`] naming the file that failed.
pub fn sources(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    warehouse.run(&settings(inputs))?;
    macros(&inputs.catalog.macros, warehouse)?;
    maps(inputs, warehouse)?;
    wiring(inputs, warehouse)?;
    landed::relations(inputs, warehouse)?;
    reconcile::begin(warehouse)?;
    views::source_views(inputs, warehouse)?;
    views::stored_views(inputs, warehouse)?;
    log::begin(&inputs.staging, warehouse)?;
    log::refresh(&inputs.staging, warehouse)
}

/// Makes the relation of one script, once; what it reads must be there. Nothing is projected.
///
/// # Errors
/// [`Kind::Script`] naming the script that failed.
pub fn relation(catalog: &Catalog, script: &Script, warehouse: &Warehouse) -> Result<()> {
    if script.layer == Layer::Load {
        let object = catalog.object(script.name.trim_start_matches("load_"))?;
        return wanted::load_table(script, object, warehouse);
    }
    if script.layer == Layer::Documents {
        return documents::relation(catalog, script, "view", warehouse);
    }
    let select = script.select("");
    warehouse
        .run(&format!(
            "create or replace table {} as\n{select}",
            script.name
        ))
        .map_err(|e| failed(&script.path, e))
}

/// Makes what proposals read beside the layers below them: the names that the layout and the packs know.
///
/// # Errors
/// [`Kind::Config`] when a pack cannot be read.
pub fn names(catalog: &Catalog, warehouse: &Warehouse) -> Result<()> {
    known_names::relations(catalog, warehouse)
}

/// Makes what people might decide; the relations below are there.
///
/// # Errors
/// [`Kind::Script`] naming the script that failed.
pub fn proposals(catalog: &Catalog, warehouse: &Warehouse) -> Result<()> {
    names(catalog, warehouse)?;
    let scripts = catalog.scripts.iter();
    let mut proposals = scripts.filter(|script| script.layer == Layer::Proposals);
    proposals.try_for_each(|script| relation(catalog, script, warehouse))
}

/// The scripts that make a relation, in their order: its own, and those of all that it reads.
#[must_use]
pub fn needed<'a>(catalog: &'a Catalog, name: &'a str) -> Vec<&'a Script> {
    let mut wanted = BTreeSet::from([name]);
    // What a script reads stands before it.
    let backwards = catalog.scripts.iter().rev();
    let mut scripts: Vec<&Script> = backwards
        .filter(|script| {
            let is_wanted = wanted.contains(script.name.as_str());
            if is_wanted {
                wanted.extend(script.reads.iter().map(String::as_str));
            }
            is_wanted
        })
        .collect();
    scripts.reverse();
    scripts
}

/// Makes the ledger's relations and every object's load relation anew: as a build of all would.
///
/// # Errors
/// See [`build`].
pub fn refresh_all(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    log::refresh(&inputs.staging, warehouse)?;
    for object in &inputs.catalog.objects {
        wanted::load_relation(inputs.catalog, object, warehouse)?;
    }
    buckets(inputs.catalog, warehouse)?;
    let stamp = quote_text(&fingerprint(inputs));
    warehouse.run(&format!(
        "create or replace table built_from as select {}::bigint as seq, {stamp} as fingerprint",
        inputs.last_change
    ))
}

/// Makes the ledger's relations and one object's load relation anew. Later objects are as they were: a build in the middle of
/// a load, so it counts as older than the ledger until [`refresh_all`].
///
/// # Errors
/// See [`build`].
pub fn refresh(inputs: &Inputs<'_>, object: &Object, warehouse: &Warehouse) -> Result<()> {
    warehouse.run("drop table if exists built_from")?;
    log::refresh(&inputs.staging, warehouse)?;
    wanted::load_relation(inputs.catalog, object, warehouse)
}

/// Answers 1 on a database that is what a build would make now.
#[must_use]
pub fn is_current(inputs: &Inputs<'_>) -> String {
    let stamp = quote_text(&fingerprint(inputs));
    let seq = inputs.last_change;
    format!("select (seq = {seq} and fingerprint = {stamp})::bigint from built_from")
}

/// Hash of all that a build works from, beside the ledger.
fn fingerprint(inputs: &Inputs<'_>) -> String {
    let scripts: Vec<String> = inputs
        .catalog
        .hashes
        .iter()
        .map(|(path, hash)| format!("{path} {hash}"))
        .collect();
    catalog::hash(&format!(
        "{}\n{}\n{}",
        settings(inputs),
        inputs.extract_id,
        scripts.join("\n")
    ))
}

/// What a build works from, as the ledger stands now.
#[must_use]
pub fn inputs<'a>(workspace: &'a Workspace, extract: &'a Extract, history: &History) -> Inputs<'a> {
    let staging = workspace.staging();
    let catalog = &workspace.catalog;
    let names = catalog
        .objects
        .iter()
        .map(|object| &object.name)
        .chain(catalog.reads.iter().map(|read| &read.name));
    let reads = names.map(|name| (name.clone(), history.reads(name).to_vec()));
    Inputs {
        reads: reads.collect(),
        last_change: history.last_change(),
        catalog,
        config: &workspace.config,
        extract_id: &extract.extract_id,
        extract: Some(extract),
        account: extract.account.clone(),
        staging,
    }
}

/// What scripts are told by the program, as macros: what the config says, and what was sent beside what is stored.
#[must_use]
pub fn settings(inputs: &Inputs<'_>) -> String {
    let source = &inputs.config.source;
    let text =
        |value: Option<&str>| value.map_or_else(|| "cast(null as varchar)".to_owned(), quote_text);
    let account = &inputs.account;
    let zone = source.time_zone.as_ref().or(account.timezone.as_ref());
    let currency = source.currency.as_ref().or(account.currency.as_ref());
    let mut sql = format!(
        "create or replace macro source_time_zone() as {};\n\
         create or replace macro source_currency() as {};\n\
         create or replace macro source_date_order() as {};\n\
         create or replace macro source_list_separator() as {};\n\
         create or replace macro destination_plan() as {};\n",
        text(zone.map(String::as_str)),
        text(currency.map(String::as_str)),
        quote_text(source.date_order.as_str()),
        text(account.list_separator.as_deref()),
        quote_text(inputs.config.destination.plan.word()),
    );
    let cases: Vec<String> = inputs
        .config
        .policies()
        .iter()
        .map(|(name, value)| format!("when {} then {}", quote_text(name), quote_text(value)))
        .collect();
    sql.push_str(&format!(
        "create or replace macro policy(name) as case name {} end;",
        cases.join(" ")
    ));
    sql.push_str(include_str!("sent_and_stored.sql"));
    sql
}

/// Macros use each other across files: a file that is refused waits until another one went in.
///
/// # Errors
/// [`Kind::Script`] naming the first file that no order can help.
pub fn macros(topics: &[TextFile], warehouse: &Warehouse) -> Result<()> {
    let mut waiting: Vec<&TextFile> = topics.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut first = None;
        waiting.retain(|topic| match warehouse.run(&topic.text) {
            Ok(()) => false,
            Err(error) => {
                first.get_or_insert((topic.name.clone(), error));
                true
            }
        });
        match first {
            Some((name, error)) if waiting.len() == before => {
                return Err(failed(&format!("lib/{name}.sql"), error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// People's decisions: the rows of each `map/*.csv`, all text.
fn maps(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    for map in &inputs.catalog.maps {
        warehouse
            .run(&map_table(map)?)
            .map_err(|e| failed(&format!("map/{}.csv", map.name), e))?;
    }
    Ok(())
}

fn map_table(map: &TextFile) -> Result<String> {
    let path = format!("map/{}.csv", map.name);
    let refused =
        |e: csv::Error| Error::new(Kind::Script, format!("sql/{path} is no CSV")).because(e);
    let text = map.text.strip_prefix('\u{feff}').unwrap_or(&map.text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .map_err(refused)?
        .iter()
        .map(quote_name)
        .collect();
    let columns: Vec<String> = names.iter().map(|name| format!("{name} varchar")).collect();
    let mut sql = format!(
        "create or replace table {} ({});\n",
        quote_name(&map.name),
        columns.join(", ")
    );
    for record in reader.records() {
        let record = record.map_err(refused)?;
        let cell = |cell: &str| {
            if cell.is_empty() {
                "null".to_owned()
            } else {
                quote_text(cell)
            }
        };
        let cells: Vec<String> = record.iter().map(cell).collect();
        sql.push_str(&format!(
            "insert into {} values ({});\n",
            quote_name(&map.name),
            cells.join(", ")
        ));
    }
    Ok(sql)
}

/// `objects.toml` as relations, for generic checks.
fn wiring(inputs: &Inputs<'_>, warehouse: &Warehouse) -> Result<()> {
    let mut sql = String::from(
        "create or replace table objects (object varchar, phase integer, source varchar, target varchar, \
         write varchar, is_read_back boolean, has_quarantine boolean);\n\
         create or replace table object_keys (object varchar, field varchar);\n\
         create or replace table object_aliases (object varchar, field varchar, stored_field varchar);\n",
    );
    for (phase, object) in inputs.catalog.objects.iter().enumerate() {
        let name = quote_text(&object.name);
        sql.push_str(&format!(
            "insert into objects values ({name}, {phase}, {}, {}, {}, {}, {});\n",
            quote_text(&object.source),
            quote_text(&object.target),
            quote_text(object.write.word()),
            object.is_sent(),
            object.quarantine,
        ));
        for (field, _) in object.keys() {
            let values = format!("{name}, {}", quote_text(field));
            sql.push_str(&format!("insert into object_keys values ({values});\n"));
        }
        for (field, stored) in &object.stored_as {
            let values = format!("{name}, {}, {}", quote_text(field), quote_text(stored));
            sql.push_str(&format!("insert into object_aliases values ({values});\n"));
        }
    }
    warehouse.run(&sql)
}

/// `ledger_buckets`: where every row of every object stands.
fn buckets(catalog: &Catalog, warehouse: &Warehouse) -> Result<()> {
    let all: Vec<String> = catalog.objects.iter().map(bucket).collect();
    let all = all.join("\nunion all\n");
    warehouse.run(&format!("create or replace view ledger_buckets as\n{all}"))
}

/// Where every row of one object stands, as a query.
#[must_use]
pub fn bucket(object: &Object) -> String {
    include_str!("buckets.sql").replace("@object", &object.name)
}

/// A script that DuckDB refused.
pub fn failed(path: &str, cause: Error) -> Error {
    let kind = cause.kind();
    let error = Error::new(kind, format!("sql/{path} failed")).because(cause);
    match kind {
        Kind::Script => {
            error.hint("`deskferry sql` can try its select; the relations above it are built")
        }
        // Not the script's fault: what was said of the disk or the memory is the next step.
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_not_blamed_for_the_machine() {
        let blamed = failed("load/x.sql", Error::new(Kind::Script, "refused"));
        assert_eq!(blamed.kind(), Kind::Script);
        assert!(
            blamed
                .next_step()
                .is_some_and(|hint| hint.contains("deskferry sql"))
        );
        let full = Error::new(Kind::Config, "no memory").hint("raise it");
        let spared = failed("load/x.sql", full);
        assert_eq!(
            (spared.kind(), spared.next_step()),
            (Kind::Config, Some("raise it"))
        );
    }
}
