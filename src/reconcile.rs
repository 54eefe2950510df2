//! Runs checks: the contracts in script headers, and the `recon_` scripts. Rows they return are findings; a blocking one stops.

mod parts;

use serde::Serialize;

use crate::catalog::{Blocks, Catalog, Header, Object, Script, When};
use crate::error::{Error, Kind, Result};
use crate::warehouse::{Column, Warehouse, quote_name, quote_text};

/// What one check found for one object, or for the whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The check's name; its rows are the table of this name.
    pub check: String,
    /// The phase it ran in; empty for the whole run.
    pub object: String,
    /// `after_land`, `before_load`, `after_load`.
    pub when: &'static str,
    /// Bad rows.
    pub rows: u64,
    /// `yes`, `no`, `decide`.
    pub blocks: &'static str,
    /// What a person does about it; empty where nothing stops.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// A few ids of bad rows.
    pub sample: Vec<String>,
    /// Hash of the query that ran.
    pub script_hash: String,
}

impl Finding {
    /// What is said of it, and what a person does about it.
    #[must_use]
    pub fn with_fix(&self, said: String) -> String {
        match self.fix.as_str() {
            "" => said,
            fix => format!("{said}; {fix}"),
        }
    }
}

/// A check, ready to run.
struct Check<'a> {
    name: String,
    object: &'a str,
    when: When,
    blocks: Blocks,
    fix: String,
    query: String,
}

/// Runs the checks of one phase. An object without any rows has nothing to check, but a check that belongs to its phase may
/// look at others that have.
///
/// # Errors
/// [`Kind::Script`] naming the check that DuckDB refused.
pub fn check_phase(
    catalog: &Catalog,
    warehouse: &Warehouse,
    object: &Object,
    when: When,
) -> Result<Vec<Finding>> {
    let is_there = has_rows(object, warehouse)?;
    let mut checks = match when == When::BeforeLoad && is_there {
        true => header_checks(catalog, object)?,
        false => Vec::new(),
    };
    let due = catalog
        .checks
        .iter()
        .filter(|script| script.when == Some(when));
    for script in due {
        let is_due = match script.is_generic {
            true => is_there,
            false => {
                phase_of(catalog, script) == Some(&object.name)
                    && (is_there || reads_rows(catalog, script, warehouse)?)
            }
        };
        if is_due {
            checks.push(scripted(script, &object.name));
        }
    }
    run_all(warehouse, &checks)
}

/// Whether there is anything to ask about: a row of the source, or one that was sent before.
///
/// # Errors
/// [`Kind::Script`] when the load relation is not built.
pub fn has_rows(object: &Object, warehouse: &Warehouse) -> Result<bool> {
    let name = quote_text(&object.name);
    let rows = warehouse.number(&format!(
        "select (select count(*) from main.load_{}) \
         + (select count(*) from ledger_outcomes where object = {name})",
        object.name
    ))?;
    Ok(rows > 0)
}

/// Whether one of the objects whose load relations a check reads has rows.
fn reads_rows(catalog: &Catalog, script: &Script, warehouse: &Warehouse) -> Result<bool> {
    for object in &catalog.objects {
        let is_read = script.reads.contains(&format!("load_{}", object.name));
        if is_read && has_rows(object, warehouse)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Runs the checks that belong to no phase.
///
/// # Errors
/// See [`check_phase`].
pub fn check_run(catalog: &Catalog, warehouse: &Warehouse, when: When) -> Result<Vec<Finding>> {
    let own = catalog
        .checks
        .iter()
        .filter(|script| script.when == Some(when));
    let own = own.filter(|script| !script.is_generic && phase_of(catalog, script).is_none());
    let checks: Vec<Check<'_>> = own.map(|script| scripted(script, "")).collect();
    run_all(warehouse, &checks)
}

/// Runs every check there is, so that their tables stand in a warehouse that was built from the files.
///
/// # Errors
/// See [`check_phase`].
pub fn check_all(catalog: &Catalog, warehouse: &Warehouse) -> Result<()> {
    for when in [When::AfterLand, When::BeforeLoad, When::AfterLoad] {
        check_run(catalog, warehouse, when)?;
        for object in &catalog.objects {
            check_phase(catalog, warehouse, object, when)?;
        }
    }
    Ok(())
}

/// The last object, in phase order, whose load relation the check reads. After landing there are no phases.
fn phase_of<'a>(catalog: &'a Catalog, script: &Script) -> Option<&'a String> {
    if script.when == Some(When::AfterLand) {
        return None;
    }
    let reads = |object: &&Object| script.reads.contains(&format!("load_{}", object.name));
    catalog
        .objects
        .iter()
        .rev()
        .find(reads)
        .map(|object| &object.name)
}

fn scripted<'a>(script: &Script, object: &'a str) -> Check<'a> {
    Check {
        name: script.name.clone(),
        object,
        when: script.when.unwrap_or(When::AfterLoad),
        blocks: script.blocks(),
        fix: script.header.fix.replace("@object", object),
        query: script.select(object),
    }
}

/// The contract at the top of `load_<object>`, as checks.
fn header_checks<'a>(catalog: &Catalog, object: &'a Object) -> Result<Vec<Check<'a>>> {
    let script = catalog.load_script(&object.name)?;
    let check = |(kind, query): (String, String)| Check {
        name: format!("recon_before_load__{kind}"),
        object: &object.name,
        when: When::BeforeLoad,
        blocks: Blocks::Yes,
        fix: format!(
            "correct sql/{}: it breaks the contract at its top",
            script.path
        ),
        query,
    };
    let queries = contract(&script.header, &format!("main.load_{}", object.name));
    Ok(queries.into_iter().map(check).collect())
}

/// What is checked → the query of the bad rows. A key and the lists of reasons hold for all rows, the rest for those that go.
fn contract(header: &Header, table: &str) -> Vec<(String, String)> {
    let going =
        format!("(select * from {table} where _skip_reason is null and _queue_reason is null)");
    let required = header.require.iter().map(|column| {
        let name = quote_name(column);
        let query = format!("select _source_id as source_id from {going} where {name} is null");
        (format!("require_{column}"), query)
    });
    let unique = header.unique.iter().map(|group| {
        let columns: Vec<String> = group
            .split('+')
            .map(|column| column.trim().to_owned())
            .collect();
        let query = unique_rows(&columns, &going, false);
        (format!("unique_{}", columns.join("_")), query)
    });
    let references = header.references.iter().map(|reference| {
        let query = dangling(&reference.column, &reference.object, &going);
        (format!("references_{}", reference.column), query)
    });
    let key = ("key".to_owned(), unique_rows(&header.key, table, true));
    let reasons = [
        ("skip", "_skip_reason", &header.skip),
        ("queue", "_queue_reason", &header.queue),
    ];
    let reasons =
        reasons.map(|(kind, column, list)| (kind.to_owned(), outside(column, list, table)));
    let own = required.chain(unique).chain(references);
    std::iter::once(key).chain(own).chain(reasons).collect()
}

/// Rows whose columns are not unique; for a key, null is as bad as a twin.
fn unique_rows(columns: &[String], from: &str, is_key: bool) -> String {
    let names: Vec<String> = columns.iter().map(|column| quote_name(column)).collect();
    let list = names.join(", ");
    let present: Vec<String> = names
        .iter()
        .map(|name| format!("{name} is not null"))
        .collect();
    let present = present.join(" and ");
    let nulls = if is_key {
        format!("not ({present})")
    } else {
        "false".to_owned()
    };
    format!(
        "select _source_id as source_id from {from} \
         qualify ({present} and count(*) over (partition by {list}) > 1) or {nulls}"
    )
}

fn dangling(column: &str, object: &str, from: &str) -> String {
    format!(
        "select child._source_id as source_id from {from} as child \
         left join ledger_ids as parents on parents.object = {} and parents.destination_id = child.{} \
         where child.{} is not null and parents.destination_id is null",
        quote_text(object),
        quote_name(column),
        quote_name(column),
    )
}

fn outside(column: &str, allowed: &[String], from: &str) -> String {
    let list: Vec<String> = allowed.iter().map(|reason| quote_text(reason)).collect();
    let within = if list.is_empty() {
        "false".to_owned()
    } else {
        format!("{column} in ({})", list.join(", "))
    };
    format!(
        "select _source_id as source_id, {column} as reason from {from} where {column} is not null and not {within}"
    )
}

/// Makes the table of what checks found, if it is not there.
///
/// # Errors
/// [`Kind::Script`] when DuckDB refuses it.
pub fn begin(warehouse: &Warehouse) -> Result<()> {
    warehouse.run(RESULTS)
}

/// Runs checks. What they found stands in `recon_results`; bad rows, if there are any, in a table of the check's name.
fn run_all(warehouse: &Warehouse, checks: &[Check<'_>]) -> Result<Vec<Finding>> {
    let mut findings = Vec::with_capacity(checks.len());
    // Kept in one transaction: a check that finds nothing costs one query.
    let mut keeping = String::from(RESULTS);
    for check in checks {
        let table = table_name(check);
        let failed =
            |e: Error| Error::new(e.kind(), format!("the check {table} failed")).because(e);
        let rows = parts::bad_rows(warehouse, check, &table).map_err(failed)?;
        if rows == 0 {
            keeping.push_str(&format!("drop table if exists {};\n", quote_name(&table)));
        }
        let finding = Finding {
            sample: if rows > 0 {
                sample(warehouse, &table)?
            } else {
                Vec::new()
            },
            check: table,
            object: check.object.to_owned(),
            when: check.when.word(),
            rows: u64::try_from(rows).unwrap_or_default(),
            blocks: blocks_word(check.blocks),
            fix: check.fix.clone(),
            script_hash: crate::catalog::hash(&check.query),
        };
        keeping.push_str(&record(&finding, &check.query));
        findings.push(finding);
    }
    warehouse.run(&keeping)?;
    Ok(findings)
}

const RESULTS: &str = "create table if not exists recon_results (\"check\" varchar, object varchar, \
    \"when\" varchar, bad_rows bigint, blocks varchar, script_hash varchar, checked_at timestamp, query varchar);\n";

/// The row of `recon_results`: what was asked, when, and what came out.
fn record(finding: &Finding, query: &str) -> String {
    let name = quote_text(&finding.check);
    format!(
        "delete from recon_results where \"check\" = {name};\n\
         insert into recon_results values ({name}, {}, {}, {}, {}, {}, current_localtimestamp(), {});\n",
        quote_text(&finding.object),
        quote_text(finding.when),
        finding.rows,
        quote_text(finding.blocks),
        quote_text(&finding.script_hash),
        quote_text(query),
    )
}

/// A check that runs for many objects gets a table for each.
fn table_name(check: &Check<'_>) -> String {
    if check.object.is_empty() || check.name.ends_with(&format!("__{}", check.object)) {
        check.name.clone()
    } else {
        format!("{}__{}", check.name, check.object)
    }
}

fn sample(warehouse: &Warehouse, table: &str) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: Option<String>,
    }
    let columns = warehouse.columns(&format!("select * from {}", quote_name(table)))?;
    // Only ids may be shown: any other column may hold a person's data.
    let is_id = |column: &&Column| matches!(column.name.as_str(), "source_id" | "first_source_id");
    let Some(id) = columns.iter().find(is_id) else {
        return Ok(Vec::new());
    };
    let name = quote_name(&id.name);
    let query = format!(
        "select distinct {name}::varchar as id from {} order by 1 limit 3",
        quote_name(table)
    );
    Ok(warehouse
        .fetch::<Id>(&query)?
        .into_iter()
        .filter_map(|row| row.id)
        .collect())
}

fn blocks_word(blocks: Blocks) -> &'static str {
    match blocks {
        Blocks::Yes => "yes",
        Blocks::No => "no",
        Blocks::Decide => "decide",
    }
}

/// Decides a gate.
///
/// # Errors
/// [`Kind::Decision`] when a person must decide first, [`Kind::Check`] when a blocking check returned rows.
pub fn gate(findings: &[Finding]) -> Result<()> {
    let stopping = |word: &str| {
        findings
            .iter()
            .find(|finding| finding.rows > 0 && finding.blocks == word)
    };
    if let Some(finding) = stopping("decide") {
        let text = sentence(finding, "needs a decision", "need a decision");
        return Err(Error::new(Kind::Decision, text).hint(next_step(finding)));
    }
    match stopping("yes") {
        None => Ok(()),
        Some(finding) => {
            let text = sentence(finding, "fails a blocking check", "fail a blocking check");
            Err(Error::new(Kind::Check, text).hint(next_step(finding)))
        }
    }
}

/// Which rows they are, and what to do about them. A check of somebody's own may leave the second to its comment.
fn next_step(finding: &Finding) -> String {
    let query = format!("select * from {}", finding.check);
    finding.with_fix(format!("`deskferry sql \"{query}\"` lists them"))
}

fn sentence(finding: &Finding, one: &str, many: &str) -> String {
    let rows = match finding.rows {
        1 => format!("1 row {one}"),
        rows => format!("{rows} rows {many}"),
    };
    let mut text = format!("nothing more was sent: {rows}: {}", finding.check);
    if !finding.sample.is_empty() {
        text.push_str(&format!(" (first: {})", finding.sample.join(", ")));
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn finding(check: &str, rows: u64, blocks: &'static str) -> Finding {
        Finding {
            check: check.to_owned(),
            object: "items".to_owned(),
            when: "before_load",
            rows,
            blocks,
            fix: "name another".to_owned(),
            sample: vec!["itm_1".to_owned()],
            script_hash: String::new(),
        }
    }

    #[track_caller]
    fn stopped(findings: &[Finding]) -> (Kind, String) {
        let error = gate(findings).unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn a_gate_opens_when_no_blocking_check_has_rows() {
        assert!(gate(&[]).is_ok());
        let findings = [
            finding("a", 5, "no"),
            finding("b", 0, "yes"),
            finding("c", 0, "decide"),
        ];
        assert!(gate(&findings).is_ok());
    }

    #[test]
    fn a_blocking_check_with_rows_closes_it() {
        let findings = [finding("a", 5, "no"), finding("b", 1, "yes")];
        let text = "nothing more was sent: 1 row fails a blocking check: b (first: itm_1)";
        assert_eq!(stopped(&findings), (Kind::Check, text.to_owned()));
        let hint = gate(&findings).unwrap_err().next_step().unwrap().to_owned();
        let wanted = "`deskferry sql \"select * from b\"` lists them; name another";
        assert_eq!(hint, wanted);
    }

    #[test]
    fn what_a_person_must_decide_comes_before_what_is_wrong() {
        let findings = [finding("a", 1, "yes"), finding("b", 2, "decide")];
        let text = "nothing more was sent: 2 rows need a decision: b (first: itm_1)";
        assert_eq!(stopped(&findings), (Kind::Decision, text.to_owned()));
    }

    /// Parents and items; an item points to its parent.
    fn catalog(header: &str) -> Catalog {
        let entry = |name: &str| format!("[{name}]\nsource = '{name}'\nwrite = 'create'\n");
        let load = |header: &str| format!("-- About.\n-- key: _source_id\n{header}\n\nselect 1\n");
        let check =
            |blocks: &str, text: &str| format!("-- About.\n-- blocks: {blocks}\n\n{text}\n");
        let files = [
            ("objects.toml", entry("items") + &entry("parents")),
            ("layout.toml", String::new()),
            (
                "load/load_items.sql",
                load(&format!("-- references: parent_id -> parents\n{header}")),
            ),
            ("load/load_parents.sql", load("")),
            (
                "recon/recon_before_load__every.sql",
                check(
                    "no",
                    "select '@object' as name from load_@object order by all;",
                ),
            ),
            (
                "recon/recon_before_load__both.sql",
                check(
                    "decide",
                    "select i._source_id as source_id, 'Ines' as name from load_items as i, load_parents order by 1",
                ),
            ),
            (
                "recon/recon_before_load__none.sql",
                check("yes", "select 1 as x where false"),
            ),
            (
                "recon/recon_after_load__later.sql",
                check("yes", "select 1 as x from load_items"),
            ),
            (
                "recon/recon_after_land__early.sql",
                check("yes", "select 1 as x from load_parents"),
            ),
        ];
        let files: BTreeMap<String, String> = files
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text))
            .collect();
        Catalog::check(&files).unwrap()
    }

    /// `_source_id, name, parent_id, _skip_reason, _queue_reason` of items; parent 7 is there.
    fn warehouse(items: &str) -> Warehouse {
        let warehouse = Warehouse::in_memory().unwrap();
        let sql = format!(
            "create table load_items as select * from (values {items}) \
             as t(_source_id, name, parent_id, _skip_reason, _queue_reason);\
             create table load_parents as select 'par_1' as _source_id, null::varchar as _skip_reason, \
             null::varchar as _queue_reason;\
             create table ledger_ids as select 'parents' as object, 'par_1' as source_id, 7 as destination_id, \
             false as is_projected;\
             create table ledger_outcomes (object varchar)"
        );
        warehouse.run(&sql).unwrap();
        warehouse
    }

    /// Rows of a header check.
    fn rows(header: &str, items: &str, check: &str) -> Vec<String> {
        let catalog = catalog(header);
        let object = catalog.object("items").unwrap();
        let warehouse = warehouse(items);
        let findings = check_phase(&catalog, &warehouse, object, When::BeforeLoad).unwrap();
        let name = format!("recon_before_load__{check}__items");
        let Some(finding) = findings.into_iter().find(|finding| finding.check == name) else {
            panic!("{name} did not run");
        };
        assert_eq!(finding.blocks, "yes");
        finding.sample
    }

    const FINE: &str = "('a', 'A', 7, null, null), ('b', 'B', null, null, null)";

    #[test]
    fn a_key_is_unique_and_never_null_in_every_row() {
        assert!(rows("", FINE, "key").is_empty());
        let twins =
            "('a', 'A', 7, null, null), ('a', 'B', 7, 'why', null), ('b', 'B', 7, null, null)";
        assert_eq!(rows("", twins, "key"), ["a"]);
        let catalog = catalog("");
        let warehouse = warehouse("(null, 'A', 7, null, null)");
        let findings = check_phase(
            &catalog,
            &warehouse,
            catalog.object("items").unwrap(),
            When::BeforeLoad,
        )
        .unwrap();
        let key = findings
            .iter()
            .find(|f| f.check == "recon_before_load__key__items")
            .unwrap();
        assert_eq!(key.rows, 1);
    }

    #[test]
    fn only_rows_that_go_must_have_what_is_required() {
        let items = "('a', null, 7, 'skipped', null), ('b', null, 7, null, 'waits'), ('c', null, 7, null, null)";
        assert_eq!(rows("-- require: name", items, "require_name"), ["c"]);
        assert!(rows("-- require: name", FINE, "require_name").is_empty());
    }

    #[test]
    fn unique_is_meant_among_rows_that_go_and_null_is_no_twin() {
        let items = "('a', 'A', 7, null, null), ('b', 'A', 7, 'why', null), ('c', null, 7, null, null), \
            ('d', null, 7, null, null)";
        assert!(rows("-- unique: name", items, "unique_name").is_empty());
        let items =
            "('a', 'A', 7, null, null), ('b', 'A', 7, null, null), ('c', 'A', null, null, null)";
        assert_eq!(
            rows("-- unique: name", items, "unique_name"),
            ["a", "b", "c"]
        );
        assert_eq!(
            rows(
                "-- unique: name + parent_id",
                items,
                "unique_name_parent_id"
            ),
            ["a", "b"]
        );
    }

    #[test]
    fn a_reference_points_to_a_record_that_is_there() {
        assert!(rows("", FINE, "references_parent_id").is_empty());
        let items = "('a', 'A', 8, null, null), ('b', 'B', 9, null, 'waits')";
        assert_eq!(rows("", items, "references_parent_id"), ["a"]);
    }

    #[test]
    fn a_reason_is_one_of_the_list() {
        let items =
            "('a', 'A', 7, 'known', null), ('b', 'B', 7, 'new', null), ('c', 'C', 7, null, 'new')";
        assert_eq!(rows("-- skip: known", items, "skip"), ["b"]);
        assert_eq!(rows("-- skip: known", items, "queue"), ["c"]);
        assert!(rows("-- skip: known, new\n-- queue: new", items, "skip").is_empty());
    }

    #[test]
    fn a_check_runs_in_the_phase_of_the_last_object_it_reads() {
        let catalog = catalog("");
        let warehouse = warehouse(FINE);
        let names = |object: &str, when: When| {
            let object = catalog.object(object).unwrap();
            let findings = check_phase(&catalog, &warehouse, object, when).unwrap();
            let own = findings.into_iter().filter(|finding| {
                ["every", "both", "none", "later", "early"]
                    .iter()
                    .any(|name| finding.check.contains(name))
            });
            own.map(|finding| finding.check).collect::<Vec<_>>()
        };
        assert_eq!(
            names("parents", When::BeforeLoad),
            ["recon_before_load__every__parents"]
        );
        assert_eq!(
            names("items", When::BeforeLoad),
            [
                "recon_before_load__both__items",
                "recon_before_load__every__items"
            ]
        );
        assert_eq!(
            names("items", When::AfterLoad),
            ["recon_after_load__later__items"]
        );
        let run = |when: When| {
            let findings = check_run(&catalog, &warehouse, when).unwrap();
            findings
                .into_iter()
                .map(|finding| finding.check)
                .collect::<Vec<_>>()
        };
        assert_eq!(run(When::AfterLand), ["recon_after_land__early"]);
        assert_eq!(run(When::BeforeLoad), ["recon_before_load__none"]);
        assert!(run(When::AfterLoad).is_empty());
    }

    #[test]
    fn a_check_looks_at_the_rows_of_one_object_where_the_other_has_none() {
        let catalog = catalog("");
        let warehouse = warehouse(FINE);
        warehouse.run("delete from load_items").unwrap();
        let items = catalog.object("items").unwrap();
        let names = || {
            let findings = check_phase(&catalog, &warehouse, items, When::BeforeLoad).unwrap();
            let names = findings.into_iter().map(|finding| finding.check);
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(), ["recon_before_load__both__items"]);
        warehouse.run("delete from load_parents").unwrap();
        assert!(names().is_empty());
    }

    #[test]
    fn rows_are_kept_as_a_table_and_only_ids_are_shown() {
        let catalog = catalog("");
        let warehouse = warehouse(FINE);
        let items = catalog.object("items").unwrap();
        let findings = check_phase(&catalog, &warehouse, items, When::BeforeLoad).unwrap();
        let both = findings
            .iter()
            .find(|f| f.check == "recon_before_load__both__items")
            .unwrap();
        assert_eq!((both.rows, both.blocks), (2, "decide"));
        assert_eq!(both.sample, ["a", "b"]);
        let every = findings
            .iter()
            .find(|f| f.check == "recon_before_load__every__items")
            .unwrap();
        assert_eq!((every.rows, every.sample.len()), (2, 0));
        let kept = "select count(*) from recon_before_load__both__items where name = 'Ines'";
        assert_eq!(warehouse.number(kept).unwrap(), 2);
        assert_ne!(both.script_hash, every.script_hash);
    }

    #[test]
    fn a_check_that_fails_is_named() {
        let catalog = catalog("-- require: nope");
        let items = catalog.object("items").unwrap();
        let error = check_phase(&catalog, &warehouse(FINE), items, When::BeforeLoad).unwrap_err();
        assert_eq!(error.kind(), Kind::Script);
        assert_eq!(
            error.to_string(),
            "the check recon_before_load__require_nope__items failed"
        );
    }
}
