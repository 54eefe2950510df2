//! Rules for `sql/`.

use std::collections::BTreeSet;

use deskferry::config::{self, Config};

use super::{Finding, Source, assert_clean, sources};

const FILE_LINES: usize = 120;
const CTE_LINES: usize = 30;
const COLUMNS: usize = 80;

/// Keys a script's header may have.
const HEADER_KEYS: &[&str] = &[
    "key",
    "require",
    "unique",
    "references",
    "skip",
    "queue",
    "blocks",
    "fix",
    "title",
    "order",
    "empty",
    "chart",
];

/// Folder, shape of the file name, and the prefixes of the relations its scripts may read.
/// `<` stands for one or more words.
const LAYERS: &[(&str, &str, &[&str])] = &[
    ("sql/lib/", "<", &[]),
    ("sql/columns/", "col_<__<", &["raw_", "col_", "map_"]),
    ("sql/staging/", "stg_<__<", &["raw_", "col_"]),
    (
        "sql/intermediate/",
        "int_<__<",
        &["stg_", "int_", "map_", "col_", "landed_"],
    ),
    (
        "sql/load/",
        "load_<",
        &["stg_", "int_", "map_", "ledger_ids", "raw_"],
    ),
    (
        "sql/proposals/",
        "prop_<__<",
        &["raw_", "stg_", "int_", "map_", "landed_", "alias_", "prop_"],
    ),
    ("sql/recon/custom/", "recon_<__<", EVERYTHING),
    ("sql/recon/", "recon_<__<", EVERYTHING),
    ("sql/documents/", "doc_<__<", DOCUMENTED),
];

/// What a check may read: all but another check.
const EVERYTHING: &[&str] = &[
    "raw_", "map_", "col_", "stg_", "int_", "load_", "ledger_", "landed_",
];

/// What a document may read: all but proposals, which are made only when somebody asks.
const DOCUMENTED: &[&str] = &[
    "raw_",
    "map_",
    "col_",
    "stg_",
    "int_",
    "load_",
    "ledger_",
    "recon_",
    "landed_",
    "estimated_",
    "doc_",
];

/// Prefixes that say which layer a relation is in.
const PREFIXES: &[&str] = &[
    "raw_",
    "map_",
    "col_",
    "stg_",
    "int_",
    "load_",
    "ledger_",
    "recon_",
    "landed_",
    "alias_",
    "estimated_",
    "prop_",
    "doc_",
];

/// When a check may run.
const TIMES: &[&str] = &["after_land", "before_load", "after_load"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Text,
    Number,
    Symbol,
}

/// A piece of SQL; comments and white space are left out.
#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    text: String,
    line: usize,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Symbol) && self.text.eq_ignore_ascii_case(text)
    }
}

/// Symbols of more than one character, longest first.
const SYMBOLS: &[&str] = &[
    "->>", "!~~", "->", "::", "||", "<=", ">=", "<>", "!=", "==", "**", "//", "=>", ":=",
];

fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = sql;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = piece(rest, first);
        let (text, after) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = text.to_owned();
            found.push(Token { kind, text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

/// Kind and length in bytes of what `rest` begins with; no kind for comments and white space.
fn piece(rest: &str, first: char) -> (Option<Kind>, usize) {
    let until = |end: &str| {
        rest[first.len_utf8()..]
            .find(end)
            .map(|at| first.len_utf8() + at + end.len())
    };
    let while_true = |holds: fn(char) -> bool| rest.find(|c| !holds(c)).unwrap_or(rest.len());
    if rest.starts_with("--") {
        (None, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (None, until("*/").unwrap_or(rest.len()))
    } else if first.is_whitespace() {
        (None, while_true(char::is_whitespace))
    } else if first == '\'' {
        (Some(Kind::Text), until("'").unwrap_or(rest.len()))
    } else if first == '"' {
        (Some(Kind::Quoted), until("\"").unwrap_or(rest.len()))
    } else if first.is_ascii_digit() {
        (
            Some(Kind::Number),
            while_true(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_'),
        )
    } else if first.is_alphabetic() || first == '_' || first == '@' {
        (
            Some(Kind::Word),
            while_true(|c| c.is_alphanumeric() || c == '_' || c == '@'),
        )
    } else {
        let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
        (
            Some(Kind::Symbol),
            symbol.map_or(first.len_utf8(), |symbol| symbol.len()),
        )
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.trim_end_matches(".sql")
}

fn layer(path: &str) -> Option<&'static (&'static str, &'static str, &'static [&'static str])> {
    LAYERS.iter().find(|(folder, _, _)| {
        path.strip_prefix(folder)
            .is_some_and(|name| !name.contains('/'))
    })
}

/// Whether `name` has the shape of its layer: fixed parts, and words of lower-case letters, digits and single
/// underscores for each `<`.
fn has_shape(name: &str, shape: &str) -> bool {
    let Some((fixed, rest)) = shape.split_once('<') else {
        return name == shape;
    };
    let Some(name) = name.strip_prefix(fixed) else {
        return false;
    };
    let (words, after) = match rest.find('<') {
        Some(_) => match name.split_once("__") {
            Some((words, _)) => (words, &name[words.len()..]),
            None => return false,
        },
        None => (name, ""),
    };
    let is_words = words.starts_with(|c: char| c.is_ascii_lowercase())
        && words
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !words.contains("__")
        && !words.ends_with('_');
    is_words && has_shape(after, rest)
}

/// File names that do not say their layer.
fn name_findings(file: &Source) -> Vec<Finding> {
    let name = stem(&file.path);
    let Some((folder, shape, _)) = layer(&file.path) else {
        return vec![format!("{}:1: is in no layer", file.path)];
    };
    let right_time = !folder.starts_with("sql/recon/")
        || TIMES
            .iter()
            .any(|time| name.starts_with(&format!("recon_{time}__")));
    if has_shape(name, shape) && right_time {
        return Vec::new();
    }
    vec![format!(
        "{}:1: a file in {folder} is called {}",
        file.path,
        shape.replace('<', "<words>")
    )]
}

/// Relations read, with their lines: what follows `from` or `join`, without its schema.
fn reads(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if !(token.is("from") || token.is("join")) {
            continue;
        }
        let mut at = index + 1;
        while tokens.get(at + 1).is_some_and(|next| next.is(".")) {
            at += 2;
        }
        if let Some(name) = tokens.get(at)
            && matches!(name.kind, Kind::Word | Kind::Quoted)
        {
            found.push((name.line, name.text.trim_matches('"').to_owned()));
        }
    }
    found
}

/// Relations that a script of this layer may not read.
fn layer_findings(file: &Source) -> Vec<Finding> {
    let tokens = tokens(&file.text);
    let Some((folder, _, allowed)) = layer(&file.path) else {
        return Vec::new();
    };
    let own: BTreeSet<String> = ctes(&tokens).into_iter().map(|cte| cte.name).collect();
    let mut findings = Vec::new();
    let mut raw = BTreeSet::new();
    for (line, name) in reads(&tokens) {
        let place = format!("{}:{line}", file.path);
        if name.starts_with("read_") {
            findings.push(format!(
                "{place}: reads files with `{name}`; only the warehouse does"
            ));
        }
        if own.contains(&name) || !PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        if name == stem(&file.path) {
            findings.push(format!("{place}: reads itself"));
        } else if !allowed.iter().any(|prefix| name.starts_with(prefix)) {
            findings.push(format!("{place}: a file in {folder} may not read `{name}`"));
        }
        if name.starts_with("raw_") {
            raw.insert(name);
        }
    }
    let sees_many = [
        "sql/recon/",
        "sql/columns/",
        "sql/proposals/",
        "sql/documents/",
    ]
    .iter()
    .any(|many| folder.starts_with(many));
    if raw.len() > 1 && !sees_many {
        findings.push(format!(
            "{}:1: reads more than one raw_ relation",
            file.path
        ));
    }
    findings
}

/// A named step of a `with`.
struct Cte {
    name: String,
    first: usize,
    last: usize,
}

fn ctes(tokens: &[Token]) -> Vec<Cte> {
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        // `name as (` or `name as materialized (`, at the start of a `with` or behind a comma.
        let opens = index > 0
            && token.kind == Kind::Word
            && ["with", "recursive", ","]
                .iter()
                .any(|before| tokens[index - 1].is(before))
            && tokens.get(index + 1).is_some_and(|next| next.is("as"));
        let body =
            (index + 2..index + 5).find(|at| tokens.get(*at).is_some_and(|token| token.is("(")));
        let (true, Some(body)) = (opens, body) else {
            continue;
        };
        let words_only = tokens[index + 2..body]
            .iter()
            .all(|token| token.kind == Kind::Word);
        if let (true, Some(end)) = (words_only, closing(tokens, body)) {
            found.push(Cte {
                name: token.text.clone(),
                first: token.line,
                last: tokens[end].line,
            });
        }
    }
    found
}

/// Index of the parenthesis that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn budget_findings(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > FILE_LINES {
        findings.push(format!(
            "{}:1: {lines} lines, at most {FILE_LINES}",
            file.path
        ));
    }
    for Cte { name, first, last } in ctes(&tokens(&file.text)) {
        let lines = last + 1 - first;
        if lines > CTE_LINES {
            findings.push(format!(
                "{}:{first}: the step `{name}` has {lines} lines, at most {CTE_LINES}",
                file.path
            ));
        }
    }
    for (index, line) in file.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS {
            findings.push(format!(
                "{}:{}: {columns} columns, at most {COLUMNS}",
                file.path,
                index + 1
            ));
        }
    }
    findings
}

/// Header lines `-- key: value` with a key nobody reads, and headers without a description.
fn header_findings(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !file.text.starts_with("-- ") || header_key(file.text.lines().next()).is_some() {
        findings.push(format!(
            "{}:1: does not begin with what it is for",
            file.path
        ));
    }
    if file.path.starts_with("sql/lib/") {
        return findings;
    }
    let header = file.text.lines().take_while(|line| line.starts_with("--"));
    for (index, line) in header.enumerate() {
        if let Some(key) = header_key(Some(line))
            && !HEADER_KEYS.contains(&key)
        {
            findings.push(format!(
                "{}:{}: unknown header key `{key}`",
                file.path,
                index + 1
            ));
        }
    }
    let has = |line: &str| file.text.lines().any(|own| own.starts_with(line));
    let stops = has("-- blocks: yes") || has("-- blocks: decide");
    if stops && !has("-- fix: ") {
        findings.push(format!("{}:1: stops, and says no way out", file.path));
    }
    findings
}

/// `key` of a line `-- key: value`.
fn header_key(line: Option<&str>) -> Option<&str> {
    let (key, _) = line?.strip_prefix("-- ")?.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_key.then_some(key)
}

/// Layout: lower case, no tabs, no leading commas, spelled-out joins.
fn style_findings(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let place = format!("{}:{}", file.path, index + 1);
        if line.contains('\t') {
            findings.push(format!("{place}: a tab"));
        }
        if line.ends_with(' ') {
            findings.push(format!("{place}: white space at the end"));
        }
        if line.trim_start().starts_with(',') {
            findings.push(format!("{place}: a comma at the beginning"));
        }
    }
    if !file.text.ends_with('\n') {
        findings.push(format!("{}:1: no line feed at the end", file.path));
    }
    let tokens = tokens(&file.text);
    for (index, token) in tokens.iter().enumerate() {
        let place = format!("{}:{}", file.path, token.line);
        if token.kind == Kind::Word && token.text.chars().any(char::is_uppercase) {
            findings.push(format!("{place}: `{}` is not lower case", token.text));
        }
        if token.is("join")
            && !index
                .checked_sub(1)
                .is_some_and(|at| is_join_kind(&tokens[at]))
        {
            findings.push(format!("{place}: `join` does not say which: `inner join`"));
        }
    }
    findings
}

fn is_join_kind(token: &Token) -> bool {
    [
        "inner",
        "left",
        "right",
        "full",
        "outer",
        "cross",
        "semi",
        "anti",
        "asof",
        "positional",
    ]
    .iter()
    .any(|kind| token.is(kind))
}

/// What DuckDB 2.0 or DuckLake will not take, and what depends on the zone of the session.
fn dialect_findings(file: &Source) -> Vec<Finding> {
    let tokens = tokens(&file.text);
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let mut find = |what: &str| findings.push(format!("{}:{}: {what}", file.path, token.line));
        let next = |offset: usize| tokens.get(index + offset);
        if token.kind == Kind::Symbol && token.text.contains('~') {
            find("the operator `~`; use regexp_matches");
        }
        if token.is("->") && is_lambda(&tokens, index) {
            find("`->`; use `lambda x: ...`, or a path in quotes for JSON");
        }
        if token.is("on") && next(1).is_some_and(|next| next.is("conflict")) {
            find("`on conflict`");
        }
        let divides = token.is("/") || token.is("//") || token.is("%");
        if divides && !next(1).is_some_and(|next| next.is("nullif") || next.kind == Kind::Number) {
            find("divides by what may be zero; use nullif(x, 0)");
        }
        let is_word_list = token.is("in")
            && next(1).is_some_and(|next| next.is("("))
            && next(2).is_some_and(|next| next.kind == Kind::Text);
        if is_word_list && file.path.starts_with("sql/lib/") {
            find("`in ('a', 'b')` in a macro; use `in ['a', 'b']`");
        }
        if token.is("timestamptz") && is_result(&tokens[index + 1..]) {
            find("a column with a time zone; results are UTC timestamps");
        }
    }
    findings
}

/// Whether the arrow at `index` makes a lambda. JSON is taken apart with a path in quotes, or stands in a
/// qualified column.
fn is_lambda(tokens: &[Token], index: usize) -> bool {
    let by_path = tokens
        .get(index + 1)
        .is_some_and(|next| next.kind == Kind::Text);
    let from_column = index > 1 && tokens[index - 2].is(".");
    !by_path && !from_column
}

/// Whether a cast ends the column: only closing parentheses before `as name`, a comma or `from`.
fn is_result(after: &[Token]) -> bool {
    let next = after.iter().find(|token| !token.is(")"));
    next.is_none_or(|next| ["as", ",", "from"].iter().any(|end| next.is(end)))
}

/// Policies that `deskferry.toml` does not know: `policy` would give null for them.
fn policy_findings(file: &Source, known: &[String]) -> Vec<Finding> {
    let tokens = tokens(&file.text);
    tokens
        .windows(3)
        .filter(|call| call[0].is("policy") && call[1].is("(") && call[2].kind == Kind::Text)
        .map(|call| (call[2].line, call[2].text.trim_matches('\'').to_owned()))
        .filter(|(_, name)| !known.contains(name))
        .map(|(line, name)| format!("{}:{line}: there is no policy `{name}`", file.path))
        .collect()
}

/// The policies of the file that `init` writes.
fn policies() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(config::FILE), Config::template()).unwrap();
    let config = Config::load(folder.path()).unwrap();
    let names = config.policies().iter().map(|(name, _)| *name);
    names.map(str::to_owned).collect()
}

fn all(check: impl Fn(&Source) -> Vec<Finding>) -> Vec<Finding> {
    sources("sql", "sql").iter().flat_map(check).collect()
}

#[test]
fn names_say_their_layer() {
    assert_clean(all(name_findings));
}

#[test]
fn no_layer_is_jumped() {
    assert_clean(all(layer_findings));
}

#[test]
fn scripts_and_steps_keep_their_budget() {
    assert_clean(all(budget_findings));
}

#[test]
fn headers_have_known_keys() {
    assert_clean(all(header_findings));
}

#[test]
fn scripts_have_one_style() {
    assert_clean(all(style_findings));
}

#[test]
fn scripts_use_sql_that_will_stay() {
    assert_clean(all(dialect_findings));
}

#[test]
fn scripts_ask_for_policies_that_exist() {
    let known = policies();
    assert_clean(all(|file| policy_findings(file, &known)));
}

fn file(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn a_name_outside_its_layer_is_found() {
    for good in [
        "sql/lib/dates.sql",
        "sql/staging/stg_smartdesk__deal_contacts.sql",
        "sql/intermediate/int_contacts__merged_by_email.sql",
        "sql/load/load_contacts.sql",
        "sql/recon/recon_after_load__every_field.sql",
        "sql/recon/custom/recon_before_load__my_own.sql",
        "sql/documents/doc_scope__volumes.sql",
    ] {
        assert_eq!(name_findings(&file(good, "")), Vec::<String>::new());
    }
    for bad in [
        "sql/staging/contacts.sql",
        "sql/staging/stg_contacts.sql",
        "sql/staging/stg_smartdesk__Contacts.sql",
        "sql/staging/stg_smartdesk__a__b.sql",
        "sql/intermediate/int_contacts.sql",
        "sql/load/load_.sql",
        "sql/load/int_contacts__merged.sql",
        "sql/recon/recon_sometimes__counts.sql",
        "sql/recon/recon_after_load.sql",
        "sql/documents/doc_scope.sql",
        "sql/other/x.sql",
        "sql/load/deeper/load_x.sql",
    ] {
        assert_eq!(name_findings(&file(bad, "")).len(), 1, "{bad}");
    }
}

#[test]
fn a_layer_jump_is_found() {
    let jumps = |path: &str, text: &str| layer_findings(&file(path, text));
    let staging = "sql/staging/stg_smartdesk__contacts.sql";
    assert_eq!(
        jumps(staging, "select 1\nfrom map_owners -- from int_x\n"),
        [
            "sql/staging/stg_smartdesk__contacts.sql:2: a file in sql/staging/ may not read `map_owners`"
        ]
    );
    assert_eq!(jumps(staging, "from raw_a inner join main.raw_b").len(), 1);
    assert_eq!(jumps(staging, "from stg_smartdesk__contacts").len(), 1);
    assert_eq!(jumps(staging, "from read_parquet('x')").len(), 1);
    assert!(jumps(staging, "from raw_a where x = 'from int_x'").is_empty());
    assert!(jumps(staging, "select is_x is distinct from load_date from raw_a").len() == 1);
    let load = "sql/load/load_contacts.sql";
    assert_eq!(jumps(load, "from ledger_outcomes").len(), 1);
    assert_eq!(jumps(load, "from load_companies").len(), 1);
    assert!(
        jumps(
            load,
            "with map_x as (select 1 from stg_a) select 1 from map_x"
        )
        .is_empty()
    );
    assert!(jumps(load, "from int_a left join ledger_ids as ids").is_empty());
    let recon = "sql/recon/recon_after_load__counts.sql";
    assert_eq!(jumps(recon, "from recon_after_load__sums").len(), 1);
    assert_eq!(jumps(recon, "from doc_scope__volumes").len(), 1);
    let document = "sql/documents/doc_scope__gaps.sql";
    let all =
        "from recon_after_land__x cross join doc_scope__volumes cross join raw_a cross join raw_b";
    assert!(jumps(document, all).is_empty());
    assert!(
        jumps(
            recon,
            "from raw_a inner join raw_b cross join ledger_outcomes"
        )
        .is_empty()
    );
}

#[test]
fn long_scripts_steps_and_lines_are_found() {
    let load = |text: &str| budget_findings(&file("sql/load/load_contacts.sql", text));
    assert_eq!(load(&"select 1\n".repeat(121)).len(), 1);
    assert_eq!(load(&format!("{}\n", "x".repeat(81))).len(), 1);
    assert!(load(&format!("{}\n", "ä".repeat(80))).is_empty());
    let step = |lines: usize| {
        format!(
            "with a as (\n    select 1\n),\n\nb as materialized (\n{})\nselect 1\n",
            "    x(),\n".repeat(lines)
        )
    };
    assert_eq!(
        load(&step(29)),
        ["sql/load/load_contacts.sql:5: the step `b` has 31 lines, at most 30"]
    );
    assert!(load(&step(28)).is_empty());
}

#[test]
fn unknown_header_keys_and_missing_descriptions_are_found() {
    let load = |text: &str| header_findings(&file("sql/load/load_contacts.sql", text));
    assert!(
        load("-- People, one per e-mail: the newest.\n-- key: _source_id\nselect 1\n").is_empty()
    );
    assert_eq!(
        load("-- People.\n-- requires: name\nselect 1\n"),
        ["sql/load/load_contacts.sql:2: unknown header key `requires`"]
    );
    assert_eq!(load("-- key: _source_id\nselect 1\n").len(), 1);
    assert_eq!(load("select 1\n-- key: x\n").len(), 1);
}

#[test]
fn a_check_that_stops_and_says_no_way_out_is_found() {
    let check = |header: &str| {
        let text = format!("-- Odd rows.\n{header}\n\nselect 1\n");
        header_findings(&file("sql/recon/recon_after_land__odd.sql", &text))
    };
    let found = ["sql/recon/recon_after_land__odd.sql:1: stops, and says no way out"];
    assert_eq!(check("-- blocks: yes"), found);
    assert_eq!(check("-- blocks: decide"), found);
    assert!(check("-- blocks: no").is_empty());
    assert!(check("-- blocks: yes\n-- fix: mend it").is_empty());
}

#[test]
fn another_style_is_found() {
    let style = |text: &str| style_findings(&file("sql/load/load_contacts.sql", text)).len();
    assert_eq!(style("select a as \"Name\", 'Text' -- Comment\n"), 0);
    assert_eq!(style("SELECT 1\n"), 1);
    assert_eq!(style("select\n    a\n    , b\n"), 1);
    assert_eq!(style("select\ta\n"), 1);
    assert_eq!(style("select a \n"), 1);
    assert_eq!(style("select a"), 1);
    assert_eq!(style("select 1 from a join b\n"), 1);
    assert_eq!(style("select 1 from a left outer join b\n"), 0);
}

#[test]
fn sql_that_will_not_stay_is_found() {
    let dialect = |text: &str| dialect_findings(&file("sql/load/load_contacts.sql", text)).len();
    assert_eq!(
        dialect("select a ->> '$.b', a / nullif(b, 0), a / 100, '~', '->'"),
        0
    );
    assert_eq!(dialect("select a ~ 'b'"), 1);
    assert_eq!(dialect("select a !~~ 'b'"), 1);
    assert_eq!(dialect("select list_transform(a, x -> x + 1)"), 1);
    assert_eq!(dialect("select list_reduce(a, (x, y) -> x + y)"), 1);
    assert_eq!(dialect("select a -> '$.b', a.b -> (c || 'd')"), 0);
    assert_eq!(dialect("insert into a on conflict do nothing"), 1);
    assert_eq!(dialect("select a / b"), 1);
    assert_eq!(
        dialect("select (a::timestamptz at time zone 'UTC') as b"),
        0
    );
    assert_eq!(dialect("select a::timestamptz as b"), 1);
    assert_eq!(dialect("select try_cast(a as timestamptz) as b"), 1);
    assert_eq!(dialect("select 1 where a in ('b', 'c')"), 0);
    let macros = |text: &str| dialect_findings(&file("sql/lib/cells.sql", text)).len();
    assert_eq!(macros("a in ['b', 'c'] or a in (select b from c)"), 0);
    assert_eq!(macros("a in ('b', 'c')"), 1);
}

#[test]
fn a_policy_nobody_can_set_is_found() {
    let text = "select policy('duplicate_emails'),\n    policy('duplicate_mails')\n";
    assert_eq!(
        policy_findings(&file("sql/load/load_contacts.sql", text), &policies()),
        ["sql/load/load_contacts.sql:2: there is no policy `duplicate_mails`"]
    );
}
