//! The warehouse: the only room that names DuckDB.
//!
//! The file `staging/warehouse.duckdb` is a cache. It is built **aside**, in a file that nobody else opens, and swapped in by
//! rename ([`Warehouse::publish`]). So a reader may keep the published file open for as long as it likes: it keeps the old
//! file, never blocks a phase, and never sees a half-built one. (DuckDB refuses a second process while a writer has a file.)

mod files;
mod refusal;
mod room;
mod settings;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use arrow::json::ArrayWriter;
use arrow::record_batch::RecordBatch;
use duckdb::{AccessMode, Config, Connection};
use serde::de::DeserializeOwned;

use crate::error::{Error, Kind, Result};
use files::{beside, claim, private};
use refusal::{bug, refused, unwritable};
use room::Room;
use settings::{BACKGROUND_THREADS, PARQUET_ROW_GROUP, attach, settings, within};

/// Fewer rows leave so little behind that no file is closed for it.
const MANY_ROWS: u64 = 100_000;

/// An open DuckDB database: the one being built aside, or a published one opened read-only.
pub struct Warehouse {
    connection: Connection,
    path: PathBuf,
    /// Of the largest table it is built from; nothing where it is not built here.
    rows: u64,
    /// Where there is none, DuckDB takes what it likes.
    room: Option<Room>,
    /// Held as long as a build lives, so that nobody takes its files for orphans.
    _claim: Option<File>,
}

/// A query's answer: Arrow batches and the columns, also when there is no row.
pub struct Answer {
    /// The columns, in order.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Answer {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// A connection to a build's file, which is made where there is none.
fn attached(path: &Path, rows: u64) -> Result<Connection> {
    let settings = within(settings(AccessMode::ReadWrite)?, path)?;
    let connection =
        Connection::open_in_memory_with_flags(settings).map_err(|e| bug("start DuckDB", e))?;
    connection
        .execute_batch(&attach(path, rows))
        .map_err(|e| unwritable(path, e))?;
    Ok(connection)
}

impl Warehouse {
    /// Begins a new, empty database beside the published one. What killed processes left there is removed first.
    /// `rows` is the size of the largest table it will be built from. It works in one thread (a second one would hold nearly as
    /// much again) and in little memory, the rest beside it on disk; a statement that cannot may have up to so many `megabytes`.
    ///
    /// # Errors
    /// [`Kind::Config`] when the folder cannot be written.
    pub fn build_aside(published: &Path, rows: u64, megabytes: u64) -> Result<Self> {
        let claim = claim(published)?;
        let path = beside(published, &format!("building-{}", std::process::id()));
        let warehouse = Self {
            connection: attached(&path, rows)?,
            path,
            rows,
            room: Some(Room::up_to(megabytes)),
            _claim: Some(claim),
        };
        private(&warehouse.path)?;
        warehouse.configure(true)?;
        Ok(warehouse)
    }

    /// An in-memory database, for checking SQL without a workspace.
    ///
    /// # Errors
    /// [`Kind::Bug`] when DuckDB cannot start.
    pub fn in_memory() -> Result<Self> {
        let connection = Connection::open_in_memory_with_flags(settings(AccessMode::ReadWrite)?)
            .map_err(|e| bug("start DuckDB", e))?;
        let warehouse = Self {
            connection,
            path: PathBuf::new(),
            rows: 0,
            room: None,
            _claim: None,
        };
        warehouse.configure(false)?;
        Ok(warehouse)
    }

    /// Opens the published database for reading; nothing can be changed, loaded or fetched through it.
    ///
    /// # Errors
    /// [`Kind::Decision`] when nothing was built yet, [`Kind::Source`] when the file is no database.
    pub fn open_read_only(published: &Path) -> Result<Self> {
        Self::open(published, settings(AccessMode::ReadOnly)?, None)
    }

    /// As [`Self::open_read_only`], and in as little memory as [`Self::build_aside`].
    ///
    /// # Errors
    /// As [`Self::open_read_only`].
    pub fn open_within(published: &Path, megabytes: u64) -> Result<Self> {
        let reading = beside(published, &format!("reading-{}", std::process::id()));
        let settings = within(settings(AccessMode::ReadOnly)?, &reading)?;
        Self::open(published, settings, Some(Room::up_to(megabytes)))
    }

    fn open(published: &Path, settings: Config, room: Option<Room>) -> Result<Self> {
        if !published.exists() {
            return Err(Error::new(Kind::Decision, "the warehouse is not built yet")
                .hint("`deskferry plan` builds it from the landed files"));
        }
        let connection = Connection::open_with_flags(published, settings).map_err(|e| {
            Error::new(Kind::Source, "the warehouse file cannot be opened")
                .because(e)
                .hint("it is a cache: delete staging/warehouse.duckdb and run `deskferry status`")
        })?;
        let warehouse = Self {
            connection,
            path: published.to_path_buf(),
            rows: 0,
            room,
            _claim: None,
        };
        warehouse.configure(true)?;
        Ok(warehouse)
    }

    /// UTC for every session, and no way to change a setting or load an extension afterwards.
    fn configure(&self, locked: bool) -> Result<()> {
        let mut text = String::from("set TimeZone = 'UTC';");
        if let Some(room) = &self.room {
            text.push_str(&room.opening());
        }
        if locked {
            text.push_str("set lock_configuration = true;");
        }
        self.connection
            .execute_batch(&text)
            .map_err(|e| bug("configure DuckDB", e))
    }

    /// Runs a statement in its room.
    fn within_room<T>(&self, mut statement: impl FnMut() -> duckdb::Result<T>) -> Result<T> {
        match &self.room {
            Some(room) => room.give(&self.connection, statement),
            None => statement(),
        }
        .map_err(refused)
    }

    /// Makes what was built the published database: checkpoint, copy, sync, rename. The build goes on afterwards.
    ///
    /// # Errors
    /// [`Kind::Config`] when the folder cannot be written.
    pub fn publish(&self, published: &Path) -> Result<()> {
        self.within_room(|| self.connection.execute_batch("force checkpoint warehouse"))?;
        // `status` may publish while a load does: each has a file of its own.
        let next = beside(published, &format!("next-{}", std::process::id()));
        fs::copy(&self.path, &next).map_err(|e| unwritable(&next, e))?;
        private(&next)?;
        File::open(&next)
            .and_then(|file| file.sync_all())
            .map_err(|e| unwritable(&next, e))?;
        fs::rename(&next, published).map_err(|e| unwritable(published, e))
    }

    /// Closes a build that holds many rows and opens its file again. DuckDB keeps, beside its limit, a piece of memory for each
    /// piece of each column that it has written or read since it opened the file: of a million rows some 40 MB. What is
    /// temporary goes.
    ///
    /// # Errors
    /// [`Kind::Config`] when the file cannot be written or read.
    pub fn reopen(&mut self) -> Result<()> {
        if self.rows < MANY_ROWS {
            return Ok(());
        }
        self.within_room(|| self.connection.execute_batch("force checkpoint warehouse"))?;
        // The file is closed before it is opened again.
        let nothing = Connection::open_in_memory().map_err(|e| bug("start DuckDB", e))?;
        drop(std::mem::replace(&mut self.connection, nothing));
        self.connection = attached(&self.path, self.rows)?;
        // One instance that ends stops them for all of the process.
        self.connection
            .execute_batch(BACKGROUND_THREADS)
            .map_err(|e| bug("configure DuckDB", e))?;
        self.configure(true)
    }

    /// Closes the build and removes its file; the published database stays.
    ///
    /// # Errors
    /// [`Kind::Config`] when the file cannot be removed.
    pub fn discard(self) -> Result<()> {
        let path = self.path.clone();
        drop(self);
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        fs::remove_file(&path).map_err(|e| unwritable(&path, e))
    }

    /// Runs statements in one transaction: all of them, or none.
    ///
    /// # Errors
    /// [`Kind::Script`] with DuckDB's own words, which name columns and never hold a row's values beyond the SQL itself.
    pub fn run(&self, statements: &str) -> Result<()> {
        let script = format!("begin;\n{statements}\n;commit;");
        self.within_room(|| {
            self.connection.execute_batch(&script).inspect_err(|_| {
                // The transaction is aborted already when a statement in it failed; a second failure says nothing new.
                let _ = self.connection.execute_batch("rollback");
            })
        })
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused.
    pub fn query(&self, sql: &str) -> Result<Answer> {
        self.within_room(|| {
            let mut statement = self.connection.prepare(sql)?;
            let schema = statement.stream_arrow([])?.get_schema();
            let mut batches = Vec::new();
            // `step`, not the iterator: the iterator panics when a chunk fails.
            while let Some(rows) = statement.step()? {
                batches.push(RecordBatch::from(&rows));
            }
            Ok(Answer { schema, batches })
        })
    }

    /// Whether a text is one `select` (or `from`, `describe`, `summarize`): DuckDB's own parser decides.
    ///
    /// # Errors
    /// [`Kind::Bug`] when DuckDB cannot answer.
    pub fn is_select(&self, sql: &str) -> Result<bool> {
        let serialized: String = self
            .connection
            .query_row(
                "select json_serialize_sql(?::varchar)::varchar",
                [sql],
                |row| row.get(0),
            )
            .map_err(|e| bug("parse a query", e))?;
        // A text that does not parse is let through: running it gives DuckDB's own words about what is wrong.
        let answer: serde_json::Value =
            serde_json::from_str(&serialized).map_err(|e| bug("parse a query", e))?;
        let is_refused = answer
            .get("error_type")
            .is_some_and(|kind| kind == "not implemented");
        let is_one = answer
            .get("statements")
            .and_then(|all| all.as_array())
            .is_none_or(|all| all.len() == 1);
        Ok(!is_refused && is_one)
    }

    /// All rows of a query as structs. Cast decimals and timestamps to text or double in the SQL.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused, [`Kind::Bug`] when the rows have another shape.
    pub fn fetch<T: DeserializeOwned>(&self, sql: &str) -> Result<Vec<T>> {
        let answer = self.query(sql)?;
        let mut writer = ArrayWriter::new(Vec::new());
        for batch in &answer.batches {
            writer.write(batch).map_err(|e| bug("encode rows", e))?;
        }
        writer.finish().map_err(|e| bug("encode rows", e))?;
        let text = writer.into_inner();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        serde_json::from_slice(&text).map_err(|e| bug("decode rows", e))
    }

    /// The single number a query answers; no row or null is 0.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused.
    pub fn number(&self, sql: &str) -> Result<i64> {
        self.within_room(|| {
            self.connection
                .query_row(sql, [], |row| row.get::<_, Option<i64>>(0))
                .map(Option::unwrap_or_default)
        })
    }

    /// Hands every whole number of a query's first column to `each`, without holding them; nulls are passed over. A query that
    /// begins anew for want of memory may hand over a number twice: `each` is for sets.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused, or its first column holds something else.
    pub fn each_number(&self, sql: &str, mut each: impl FnMut(i64)) -> Result<()> {
        self.within_room(|| {
            let mut statement = self.connection.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(number) = row.get::<_, Option<i64>>(0)? {
                    each(number);
                }
            }
            Ok(())
        })
    }

    /// The single text a query answers; no row or null is empty.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused.
    pub fn text(&self, sql: &str) -> Result<String> {
        self.within_room(|| {
            self.connection
                .query_row(sql, [], |row| row.get::<_, Option<String>>(0))
                .map(Option::unwrap_or_default)
        })
    }

    /// The columns of a relation or query, with DuckDB's type words.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused.
    pub fn columns(&self, select: &str) -> Result<Vec<Column>> {
        self.fetch(&format!("describe {select}"))
    }

    /// Writes a query's rows to a zstd Parquet file and answers their number.
    ///
    /// # Errors
    /// [`Kind::Script`] when the query is refused or the file cannot be written.
    pub fn copy_to_parquet(&self, select: &str, path: &Path) -> Result<i64> {
        let target = quote_text(&path.to_string_lossy());
        let copy = format!(
            "copy ({select}) to {target} (format parquet, compression zstd, row_group_size {PARQUET_ROW_GROUP})"
        );
        let rows = self.within_room(|| self.connection.execute(&copy, []))?;
        private(path)?;
        i64::try_from(rows).map_err(|e| bug("count rows", e))
    }
}

/// A column of a relation.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Column {
    /// The name.
    #[serde(rename = "column_name")]
    pub name: String,
    /// DuckDB's word for the type, as `describe` prints it.
    #[serde(rename = "column_type")]
    pub kind: String,
}

/// A name as SQL takes it, whatever is in it.
#[must_use]
pub fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text literal as SQL takes it, whatever is in it.
#[must_use]
pub fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn memory() -> Warehouse {
        Warehouse::in_memory().unwrap()
    }

    fn cause(error: &Error) -> String {
        std::error::Error::source(error).unwrap().to_string()
    }

    #[test]
    fn a_query_that_only_reads_is_let_through() {
        let warehouse = memory();
        for sql in [
            "select 1",
            "select 1;",
            "-- why\nselect 1 -- because",
            "from range(3)",
            "with a as (select 1) select * from a",
            "values (1), (2)",
            "describe select 1",
            "summarize select 1",
            "show tables",
            "select 1 union all select 2",
            "pivot (select 1 as a, 2 as b) on a in (1) using sum(b)",
        ] {
            assert!(warehouse.is_select(sql).unwrap(), "{sql}");
            warehouse.query(sql).unwrap();
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let warehouse = memory();
        warehouse.run("create table t (a int)").unwrap();
        for sql in [
            "",
            "-- nothing",
            "update t set a = 1",
            "insert into t values (1)",
            "with x as (select 1 as a) insert into t select a from x",
            "delete from t",
            "drop table t",
            "truncate t",
            "create table u as select 1",
            "copy t to '/tmp/t.csv'",
            "copy (select 1) to '/tmp/t.csv'",
            "attach ':memory:' as other",
            "detach memory",
            "pragma database_list",
            "pragma enable_profiling",
            "set threads = 1",
            "install httpfs",
            "load httpfs",
            "call pragma_version()",
            "checkpoint",
            "export database '/tmp/x'",
            "prepare p as select 1",
            "execute p",
            "begin",
            "vacuum",
            "select 1; drop table t",
            "drop table t; select 1",
            "select 1; select 2",
        ] {
            assert!(!warehouse.is_select(sql).unwrap(), "{sql}");
        }
    }

    #[test]
    fn a_text_that_is_no_sql_is_explained_by_duckdb() {
        let warehouse = memory();
        assert!(warehouse.is_select("selct 1").unwrap());
        let error = warehouse.query("selct 1").map(drop).unwrap_err();
        assert_eq!(error.kind(), Kind::Script);
        assert!(cause(&error).contains("syntax error"), "{}", cause(&error));
    }

    #[test]
    fn an_error_never_shows_a_value() {
        let warehouse = memory();
        let rows = "create table people as select * from (values ('O''Secret, \"Bo\" Smith'), ('x')) as t(name);\
            create table lines as select 'SECRET' || chr(10) || 'it''s SECRET' as name;\
            create table numbers as select 4711 as amount";
        warehouse.run(rows).unwrap();
        for sql in [
            "select name::int from people",
            "select name::date from people",
            "select name::timestamptz from people",
            "select name::decimal(4, 2) from people",
            "select name::json from people",
            "select name::boolean from lines",
            "select name::int[] from people",
            "select strptime(name, '%Y') from people",
            "select amount::tinyint from numbers",
            "select (amount || '.5')::decimal(4, 2) from numbers",
            "select (amount::double)::decimal(4, 2) from numbers",
            "select (amount * 100000)::int * 1000 from numbers",
            "insert into unique_names select name from people union all select name from people",
        ] {
            warehouse
                .run("create or replace table unique_names (name varchar unique)")
                .unwrap();
            let query = warehouse.query(sql).map(drop);
            let run = warehouse.run(&format!("create or replace table made as {sql}"));
            for error in [query, run].into_iter().filter_map(Result::err) {
                let words = cause(&error);
                for value in ["ecret", "Bo", "mith", "SECRET", "4711", "471100000"] {
                    assert!(!words.contains(value), "{sql}: {words}");
                }
            }
            assert!(warehouse.query(sql).is_err(), "{sql} must fail");
        }
    }

    #[test]
    fn an_error_still_says_what_was_wrong() {
        let warehouse = memory();
        let words = |sql: &str| cause(&warehouse.query(sql).map(drop).unwrap_err());
        assert_eq!(
            words("select 'it''s'::int"),
            "Conversion Error: Could not convert string … to INT32"
        );
        assert!(words("select nope from range(1)").contains("nope"));
    }

    #[test]
    fn statements_run_all_or_none() {
        let warehouse = memory();
        warehouse.run("create table t as select 1 as a").unwrap();
        warehouse
            .run("insert into t values (2); insert into t values ('x')")
            .unwrap_err();
        assert_eq!(warehouse.number("select count(*) from t").unwrap(), 1);
        warehouse.run("insert into t values (2)").unwrap();
        assert_eq!(warehouse.number("select count(*) from t").unwrap(), 2);
        assert_eq!(
            warehouse
                .number("select max(a) from t where false")
                .unwrap(),
            0
        );
    }

    #[test]
    fn a_reader_keeps_the_file_it_opened() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        let missing = Warehouse::open_read_only(&published).map(drop).unwrap_err();
        assert_eq!(missing.kind(), Kind::Decision);

        let build = Warehouse::build_aside(&published, 1, 200).unwrap();
        build.run("create table t as select 1 as a").unwrap();
        assert!(!published.exists(), "a half-built file is nobody's");
        build.publish(&published).unwrap();
        let reader = Warehouse::open_read_only(&published).unwrap();
        assert_eq!(reader.number("select sum(a)::bigint from t").unwrap(), 1);

        build
            .run("insert into t select * from range(2, 100000)")
            .unwrap();
        build.publish(&published).unwrap();
        assert_eq!(reader.number("select sum(a)::bigint from t").unwrap(), 1);
        let newer = Warehouse::open_read_only(&published).unwrap();
        assert_eq!(newer.number("select count(*) from t").unwrap(), 99_999);

        build.discard().unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["warehouse.duckdb", "warehouse.duckdb.lock"]);
        assert_eq!(newer.number("select count(*) from t").unwrap(), 99_999);
    }

    #[test]
    fn a_build_that_was_opened_again_is_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        let mut build = Warehouse::build_aside(&published, MANY_ROWS, 200).unwrap();
        let made = "create macro twice(n) as 2 * n; create table t as select range as n from range(10000); \
                    create view v as select twice(n) as n from t; create temp table gone (n int)";
        build.run(made).unwrap();
        build.reopen().unwrap();
        let sum = "select sum(n)::bigint from v";
        assert_eq!(build.number(sum).unwrap(), 99_990_000);
        assert!(build.number("select count(*) from gone").is_err());
        assert!(build.run("set threads = 8").is_err(), "it is not locked");
        build.run("insert into t values (5)").unwrap();
        build.publish(&published).unwrap();
        let read = Warehouse::open_read_only(&published).unwrap();
        assert_eq!(read.number(sum).unwrap(), 99_990_010);
        build.discard().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_statement_that_needs_more_memory_gets_it_and_the_next_one_begins_with_little() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        let build = Warehouse::build_aside(&published, 1, 2_000).unwrap();
        let limit = || {
            build
                .text("select current_setting('memory_limit')")
                .unwrap()
        };
        let least = limit();
        let wide = "select len(list(repeat('x', 100) || n)) from range(2_000_000) as numbers (n)";
        assert_eq!(build.number(wide).unwrap(), 2_000_000);
        build
            .run(&format!(
                "create table t as select n from ({wide}) as t (n)"
            ))
            .unwrap();
        assert_eq!(build.number("select n from t").unwrap(), 2_000_000);
        assert_eq!(limit(), least);
    }

    #[test]
    fn too_little_memory_is_an_error_that_helps() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        let build = Warehouse::build_aside(&published, 1, 30).unwrap();
        let query = "select len(list(repeat('x', 100) || n)) from range(2_000_000) as numbers (n)";
        let error = build.number(query).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.next_step().unwrap().contains("memory_megabytes"));
    }

    #[test]
    fn what_a_killed_build_left_is_removed_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        fs::write(beside(&published, "building-7"), "half a database").unwrap();
        // No process has the second number.
        let spills =
            ["building-7.spill", "reading-999999999.spill"].map(|name| beside(&published, name));
        for spill in &spills {
            fs::create_dir(spill).unwrap();
            fs::write(spill.join("duckdb_temp_storage-0.tmp"), "rows").unwrap();
        }
        let own = beside(&published, &format!("reading-{}.spill", std::process::id()));
        fs::create_dir(&own).unwrap();
        let build = Warehouse::build_aside(&published, 1, 200).unwrap();
        assert!(spills.iter().all(|spill| !spill.exists()));
        assert!(own.exists(), "its process is at work");
        fs::remove_dir(&own).unwrap();
        build.discard().unwrap();
        let left = fs::read_dir(folder.path()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["warehouse.duckdb.lock"]);
    }

    #[test]
    fn a_published_file_is_private_and_cannot_be_changed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        let build = Warehouse::build_aside(&published, 1, 200).unwrap();
        build.run("create table t as select 1 as a").unwrap();
        build.publish(&published).unwrap();
        let mode = fs::metadata(&published).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let reader = Warehouse::open_read_only(&published).unwrap();
        for sql in ["insert into t values (2)", "set threads = 1", "load httpfs"] {
            assert!(reader.run(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn what_is_no_database_says_how_to_make_one() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("warehouse.duckdb");
        fs::write(&published, "no database").unwrap();
        let error = Warehouse::open_read_only(&published).map(drop).unwrap_err();
        assert_eq!(error.kind(), Kind::Source);
        assert!(
            error
                .next_step()
                .unwrap()
                .contains("delete staging/warehouse.duckdb")
        );
    }

    #[test]
    fn rows_come_out_as_structs_and_parquet() {
        #[derive(serde::Deserialize, Debug, PartialEq)]
        struct Row {
            name: Option<String>,
            number: i64,
        }
        let warehouse = memory();
        let rows: Vec<Row> = warehouse
            .fetch("select * from (values ('a', 1::bigint), (null, 2)) as t(name, number) order by number")
            .unwrap();
        let row = |name: Option<&str>, number| Row {
            name: name.map(str::to_owned),
            number,
        };
        assert_eq!(rows, [row(Some("a"), 1), row(None, 2)]);
        assert_eq!(
            warehouse
                .fetch::<Row>("select '' as name, 1 as number where false")
                .unwrap(),
            []
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's.parquet");
        assert_eq!(
            warehouse
                .copy_to_parquet("select * from range(5000)", &path)
                .unwrap(),
            5000
        );
        let quoted = quote_text(&path.to_string_lossy());
        assert_eq!(
            warehouse
                .number(&format!("select count(*) from {quoted}"))
                .unwrap(),
            5000
        );
    }

    #[test]
    fn any_name_and_text_can_be_quoted() {
        let warehouse = memory();
        let name = "a\"b'c;--";
        let sql = format!("select {} as {}", quote_text(name), quote_name(name));
        let columns = warehouse.columns(&sql).unwrap();
        assert_eq!(
            (columns[0].name.as_str(), columns[0].kind.as_str()),
            (name, "VARCHAR")
        );
        assert_eq!(
            warehouse
                .number(&format!("select length({})", quote_text(name)))
                .unwrap(),
            8
        );
    }
}
