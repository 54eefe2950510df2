//! Where a case runs: an empty warehouse of the program, with the given relations put in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use deskferry::catalog::{Catalog, Layer, Script};
use deskferry::config::Config;
use deskferry::error::{Error, Result};
use deskferry::landing::Account;
use deskferry::migration::documents;
use deskferry::migration::relations::{self, Inputs};
use deskferry::warehouse::{Column, Warehouse, quote_name, quote_text};

use super::text::{Case, Subject, Table};

/// The scripts, and a warehouse in which nothing is built yet.
pub struct Bench {
    catalog: Catalog,
    shapes: BTreeMap<String, Shape>,
    warehouse: Warehouse,
}

/// A relation as it is when nothing is given.
struct Shape {
    columns: Vec<Column>,
    is_empty: bool,
}

/// The tables of a case's blocks that should be others.
pub type Tables = Vec<Option<Table>>;

impl Bench {
    /// Builds every relation once, on no rows at all, to know its columns.
    pub fn new(sql: &Path) -> Self {
        let mut files = BTreeMap::new();
        read(sql, sql, &mut files);
        let catalog = Catalog::check(&files).unwrap_or_else(|e| panic!("{}", words(&e)));
        let warehouse = Warehouse::in_memory().unwrap();
        let look = |inputs: &Inputs<'_>| {
            let mut built = Warehouse::in_memory()?;
            relations::build(inputs, &mut built)?;
            relations::proposals(&catalog, &built)?;
            documents::build(inputs, jiff::Timestamp::UNIX_EPOCH, &built)?;
            relations::sources(inputs, &warehouse)?;
            relations::names(&catalog, &warehouse)?;
            shapes(&built)
        };
        let shapes = Settings::default().with(&catalog, look);
        let shapes = shapes.unwrap_or_else(|e| panic!("{}", words(&e)));
        Self {
            catalog,
            shapes,
            warehouse,
        }
    }

    /// Runs a case; `judge` sees expected and actual of each `expect` and says what else it should hold, or what is wrong.
    pub fn run(
        &self,
        case: &Case,
        judge: impl Fn(&Table, &Table) -> Result<Option<Table>, String>,
    ) -> Result<Tables, String> {
        self.begin(&Settings::of(case))?;
        let mut there = BTreeSet::new();
        for block in &case.blocks {
            if let Subject::Given(name) = &block.subject
                && !Settings::NAMES.contains(&name.as_str())
            {
                self.put(name, &block.table)
                    .map_err(|problem| format!("given {name}: {problem}"))?;
                there.insert(name.clone());
            }
        }
        let mut tables = Vec::new();
        for block in &case.blocks {
            let expected = self.expect(&block.subject, &mut there, &block.table);
            let told = |problem: String| format!("{}\n{problem}", title(&block.subject));
            tables.push(match expected.map_err(told)? {
                Some((expected, actual)) => judge(&expected, &actual).map_err(told)?,
                None => None,
            });
        }
        Ok(tables)
    }

    /// Every column of the source's relations, and one custom column of each object and type.
    pub fn raw_columns(&self, types: &[&str]) -> BTreeMap<String, Vec<String>> {
        let raw = self.shapes.iter();
        let raw = raw.filter(|(name, _)| name.starts_with("raw_smartdesk__"));
        raw.map(|(name, shape)| {
            let columns = shape.columns.iter();
            let columns = columns.map(|column| column.name.clone());
            let own = columns.filter(|name| !name.starts_with('_'));
            let custom = types.iter().map(|kind| format!("custom_{kind}"));
            (name.clone(), own.chain(custom).collect())
        })
        .collect()
    }

    /// Builds every relation on what is given and counts the rows of every check; what is refused, with its name.
    pub fn build_all(&self, given: &BTreeMap<String, Table>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let land = |name: &String| self.land(name, folder.path()).map_err(|e| words(&e));
        let put = |(name, table): (&String, &Table)| match name.starts_with("raw_") {
            true => self.put(name, table).and_then(|()| land(name)),
            false => self.put(name, table),
        };
        let begun = self.begin(&Settings::default());
        // What no script makes: empty, as before a load.
        let ours = ["ledger_buckets", "landed_profile", "estimated_calls"];
        let ours = ours.map(|name| create(name, &self.shapes[name].columns));
        let begun = begun.and_then(|()| self.warehouse.run(&ours.concat()).map_err(|e| words(&e)));
        if let Err(problem) = begun.and_then(|()| given.iter().try_for_each(put)) {
            return vec![problem];
        }
        let scripts = self.catalog.scripts.iter();
        let scripts = scripts.filter(|script| !given.contains_key(&script.name));
        let built = scripts.filter_map(|script| {
            let made = relations::relation(&self.catalog, script, &self.warehouse);
            Some(format!("{}: {}", script.name, words(&made.err()?)))
        });
        let built: Vec<String> = built.collect();
        let sections = self.catalog.sections.iter();
        let read = sections.filter_map(|section| {
            let made = relations::relation(&self.catalog, section, &self.warehouse);
            let rows = format!("select count(*) from (select * from {})", section.name);
            let made = made.and_then(|()| self.warehouse.number(&rows));
            Some(format!("{}: {}", section.name, words(&made.err()?)))
        });
        let read: Vec<String> = read.collect();
        let checks = self.catalog.checks.iter();
        let checks = checks.filter(|check| !check.is_generic);
        let counted = checks.filter_map(|check| {
            let rows = format!("select count(*) from ({})", check.select(""));
            let count = self.warehouse.number(&rows);
            Some(format!("{}: {}", check.name, words(&count.err()?)))
        });
        built.into_iter().chain(read).chain(counted).collect()
    }

    /// Makes a table the Parquet file that it would be, each row several times: in a file, a text that repeats stands once,
    /// and what works on such texts works on all of them, whatever `case` excludes.
    fn land(&self, name: &str, folder: &Path) -> Result<()> {
        let path = folder.join(format!("{name}.parquet"));
        let rows = format!(
            "select * replace (1 + copies.range as _occurrence) from {name} cross join range(20) as copies"
        );
        self.warehouse.copy_to_parquet(&rows, &path)?;
        let file = quote_text(&path.to_string_lossy());
        self.warehouse.run(&format!(
            "drop table {name}; create view {name} as select * exclude (range) from read_parquet({file})"
        ))
    }

    /// Away with what another case made.
    fn begin(&self, settings: &Settings) -> Result<(), String> {
        // What a case makes stands before what is there, and goes with its schema. Load relations are made in `main`.
        let loads = self.catalog.objects.iter();
        let loads = loads.map(|object| format!("drop table if exists main.load_{};", object.name));
        let begin = "drop schema if exists bench cascade; create schema bench; set search_path = 'bench,main';";
        let begin = format!("{begin}{}", loads.collect::<String>());
        self.warehouse.run(&begin).map_err(|e| words(&e))?;
        settings
            .with(&self.catalog, |inputs| {
                self.warehouse.run(&relations::settings(inputs))
            })
            .map_err(|e| words(&e))
    }

    /// Both sides of an `expect`.
    fn expect(
        &self,
        subject: &Subject,
        there: &mut BTreeSet<String>,
        table: &Table,
    ) -> Result<Option<(Table, Table)>, String> {
        let select = match subject {
            Subject::Given(_) => return Ok(None),
            Subject::ExpectSql(select) => select.clone(),
            Subject::Expect { name, object } => self.select(name, object, there)?,
        };
        self.build(&select, there)?;
        sides(&select, table, &self.warehouse).map(Some)
    }

    fn select(&self, name: &str, object: &str, there: &BTreeSet<String>) -> Result<String, String> {
        if let Some(check) = self.catalog.checks.iter().find(|check| check.name == name) {
            return match (check.is_generic, object) {
                (true, "") => Err("for which object?".to_owned()),
                _ => Ok(check.select(object)),
            };
        }
        if self.shapes.contains_key(name) || there.contains(name) {
            Ok(format!("select * from {}", quote_name(name)))
        } else {
            Err("there is no relation of this name".to_owned())
        }
    }

    /// Every script that reads others, also those that make no relation by themselves.
    fn scripts(&self) -> impl Iterator<Item = &Script> {
        let made = self.catalog.scripts.iter().chain(&self.catalog.sections);
        made.chain(&self.catalog.checks)
    }

    /// Builds what a query reads, down to what is given or was built for an earlier one. `there`: what holds rows.
    fn build(&self, select: &str, there: &mut BTreeSet<String>) -> Result<(), String> {
        let mut needed = BTreeSet::new();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut waiting: Vec<&str> = select.split(|c| !is_part(c)).collect();
        while let Some(name) = waiting.pop() {
            let script = self.scripts().find(|script| script.name == name);
            if let Some(script) = script
                && !there.contains(name)
                && needed.insert(name)
            {
                waiting.extend(script.reads.iter().map(String::as_str));
            }
        }
        for script in self.catalog.scripts.iter().chain(&self.catalog.sections) {
            let name = script.name.as_str();
            if !needed.contains(name) {
                continue;
            }
            let is_section = script.layer == Layer::Documents;
            let made = match &self.shapes[name] {
                // It takes time to plan a query, and nothing can come of this one.
                // A section asks what a check asks, whose own reads it does not name.
                shape if shape.is_empty && !is_section && script.reads.is_disjoint(there) => {
                    self.warehouse.run(&create(name, &shape.columns))
                }
                _ => {
                    there.insert(name.to_owned());
                    relations::relation(&self.catalog, script, &self.warehouse)
                }
            };
            made.map_err(|e| words(&e))?;
        }
        Ok(())
    }

    /// Makes a given relation.
    fn put(&self, name: &str, table: &Table) -> Result<(), String> {
        let shape = self.shapes.get(name);
        let is_ours = |prefix: &&str| name.starts_with(*prefix);
        let layers = [
            "raw_",
            "stg_",
            "int_",
            "load_",
            "ledger_",
            "map_",
            "landed_",
            "recon_",
            "prop_",
            "alias_",
            "estimated_",
        ];
        if shape.is_none() && layers.iter().any(is_ours) {
            return Err("there is no relation of this name".to_owned());
        }
        let mut columns: Vec<Column> = shape.map(|shape| shape.columns.clone()).unwrap_or_default();
        let is_open = shape.is_none() || name.starts_with("raw_smartdesk__");
        for title in &table.columns {
            let (name, kind) = title.split_once(':').unwrap_or((title, "varchar"));
            if columns.iter().any(|column| column.name == name) {
                continue;
            }
            if !is_open {
                return Err(format!("there is no column `{name}`"));
            }
            let [name, kind] = [name, kind].map(str::to_owned);
            columns.push(Column { name, kind });
        }
        self.warehouse
            .run(&create(name, &columns))
            .and_then(|()| insert(name, &defaults(name, table), &self.warehouse))
            .map_err(|e| words(&e))
    }
}

fn title(subject: &Subject) -> String {
    match subject {
        Subject::Given(name) => format!("given {name}"),
        Subject::Expect { name, object } if object.is_empty() => format!("expect {name}"),
        Subject::Expect { name, object } => format!("expect {name} for {object}"),
        Subject::ExpectSql(select) => format!("expect sql {select}"),
    }
}

/// The raw columns that every row has.
fn defaults(name: &str, table: &Table) -> Table {
    let mut table = table.clone();
    if !name.starts_with("raw_") {
        return table;
    }
    let mut add = |column: &str, value: &dyn Fn(usize) -> String| {
        if !names(&table).any(|known| known == column) {
            table.columns.push(column.to_owned());
            for (index, row) in table.rows.iter_mut().enumerate() {
                row.push(Some(value(index + 1)));
            }
        }
    };
    add("id", &|number| format!("row_{number}"));
    add("_row", &|number| number.to_string());
    if name.starts_with("raw_smartdesk__") {
        add("_line", &|number| (number + 1).to_string());
        add("_part", &|_| "1".to_owned());
        add("_occurrence", &|_| "1".to_owned());
        add("_is_copy", &|_| "true".to_owned());
    } else {
        add("_page", &|_| "1".to_owned());
    }
    table
}

/// The names of a table's columns, without the types that some bring.
fn names(table: &Table) -> impl Iterator<Item = &str> {
    let titles = table.columns.iter();
    titles.map(|title| title.split(':').next().unwrap_or(title))
}

fn create(name: &str, columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{} {}", quote_name(&column.name), column.kind))
        .collect();
    format!(
        "create or replace table {} ({});",
        quote_name(name),
        columns.join(", ")
    )
}

fn insert(name: &str, table: &Table, warehouse: &Warehouse) -> Result<()> {
    if table.rows.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = names(table).map(quote_name).collect();
    let cell = |cell: &Option<String>| cell.as_deref().map_or("null".to_owned(), quote_text);
    let rows = table.rows.iter().map(|row| {
        let cells: Vec<String> = row.iter().map(cell).collect();
        format!("({})", cells.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    warehouse.run(&format!(
        "insert into {} ({}) values {};",
        quote_name(name),
        names.join(", "),
        rows.join(",\n")
    ))
}

/// Expected and actual rows on the expected columns, both as the text of values of the actual types.
fn sides(select: &str, table: &Table, warehouse: &Warehouse) -> Result<(Table, Table), String> {
    let names: Vec<String> = names(table).map(quote_name).collect();
    let names = names.join(", ");
    let select = format!("select {names} from (\n{select}\n)");
    warehouse
        .run(&format!(
            "create or replace table actual_rows as {select};\n\
             create or replace table expected_rows as select * from actual_rows where false;"
        ))
        .and_then(|()| insert("expected_rows", table, warehouse))
        .and_then(|()| {
            Ok((
                rows("expected_rows", table, warehouse)?,
                rows("actual_rows", table, warehouse)?,
            ))
        })
        .map_err(|e| words(&e))
}

fn rows(from: &str, like: &Table, warehouse: &Warehouse) -> Result<Table> {
    let texts: Vec<String> = names(like)
        .map(|name| format!("{0}::varchar as {0}", quote_name(name)))
        .collect();
    let query = format!("select {} from {from} order by all", texts.join(", "));
    let found: Vec<serde_json::Map<String, serde_json::Value>> = warehouse.fetch(&query)?;
    let cell = |row: &serde_json::Map<String, serde_json::Value>, name: &str| {
        Some(row.get(name)?.as_str()?.to_owned())
    };
    Ok(Table {
        columns: like.columns.clone(),
        rows: found
            .iter()
            .map(|row| names(like).map(|name| cell(row, name)).collect())
            .collect(),
    })
}

fn shapes(warehouse: &Warehouse) -> Result<BTreeMap<String, Shape>> {
    #[derive(serde::Deserialize)]
    struct Listed {
        name: String,
    }
    let listed =
        "select table_name as name from information_schema.tables where table_schema = 'main'";
    let shape = |Listed { name }: Listed| {
        let rows = format!("from {}", quote_name(&name));
        let shape = Shape {
            columns: warehouse.columns(&format!("select * {rows}"))?,
            is_empty: warehouse.number(&format!("select count(*) {rows}"))? == 0,
        };
        Ok((name, shape))
    };
    warehouse.fetch(listed)?.into_iter().map(shape).collect()
}

/// What `deskferry.toml` would say.
struct Settings(Vec<(&'static str, String, String)>);

impl Default for Settings {
    fn default() -> Self {
        let source = [("time_zone", "UTC"), ("currency", "EUR")];
        Self(
            source
                .map(|(name, value)| ("source", name.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }
}

impl Settings {
    const NAMES: [&str; 3] = ["source", "setting", "policy"];

    fn of(case: &Case) -> Self {
        let mut settings = Self::default();
        for block in &case.blocks {
            let Subject::Given(subject) = &block.subject else {
                continue;
            };
            let table = &block.table;
            match subject.as_str() {
                // One row, a column for each.
                "source" => {
                    let row = table.rows.iter().flatten();
                    for (name, value) in table.columns.iter().zip(row) {
                        settings.set("source", name, value.as_deref());
                    }
                }
                // A row for each: name and value.
                "setting" | "policy" => {
                    let section = if subject == "policy" {
                        "policies"
                    } else {
                        "source"
                    };
                    for row in &table.rows {
                        let name = row[0].as_deref().unwrap_or_default();
                        settings.set(section, name, row[1].as_deref());
                    }
                }
                _ => {}
            }
        }
        settings
    }

    /// Nothing as value takes the default away.
    fn set(&mut self, section: &'static str, name: &str, value: Option<&str>) {
        self.0.retain(|(_, known, _)| known != name);
        if let Some(value) = value {
            self.0.push((section, name.to_owned(), value.to_owned()));
        }
    }

    fn with<T>(&self, catalog: &Catalog, run: impl FnOnce(&Inputs<'_>) -> Result<T>) -> Result<T> {
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::new();
        // The leads of the classic edition are under an address of its own.
        if self
            .0
            .iter()
            .any(|(_, name, value)| name == "leads_as" && value == "lead")
        {
            let base_url = "https://acme.freshsales.io/api";
            text.push_str(&format!(
                "[destination]\nedition = \"classic\"\nbase_url = {base_url:?}\n"
            ));
        }
        for section in ["source", "policies"] {
            text.push_str(&format!("[{section}]\n"));
            for (_, name, value) in self.0.iter().filter(|(of, ..)| *of == section) {
                text.push_str(&format!("{name} = {value:?}\n"));
            }
        }
        fs::write(folder.path().join("deskferry.toml"), text).unwrap();
        let config = Config::load(folder.path())?;
        let staging = folder.path().join("staging");
        fs::create_dir_all(staging.join("ledger")).unwrap();
        fs::write(staging.join("ledger/000001.jsonl"), "").unwrap();
        run(&Inputs {
            extract: None,
            staging,
            catalog,
            config: &config,
            extract_id: "none",
            account: Account::default(),
            reads: Vec::new(),
            last_change: 0,
        })
    }
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(name, text);
        }
    }
}

fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(below) = cause {
        text.push_str(&format!("\n  caused by: {below}"));
        cause = below.source();
    }
    text
}
