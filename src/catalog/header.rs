//! The contract at the top of a SQL file: comment lines `-- key: value`; an unknown key is refused.

use crate::error::{Error, Kind, Result};

/// A script's contract.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The words above the keys: what this relation is.
    pub about: String,
    /// Columns that identify a row.
    pub key: Vec<String>,
    /// Columns a row that will be sent must have.
    pub require: Vec<String>,
    /// Columns (or groups joined by `+`) that must be unique among the rows that will be sent.
    pub unique: Vec<String>,
    /// Columns that hold another object's destination id.
    pub references: Vec<Reference>,
    /// The closed list of `_skip_reason`.
    pub skip: Vec<String>,
    /// The closed list of `_queue_reason`.
    pub queue: Vec<String>,
    /// Whether rows of a check stop the run.
    pub blocks: Option<Blocks>,
    /// What a person does about the rows of a check that stops: the words of its hint.
    pub fix: String,
    /// What stands above a section of a document.
    pub title: Option<String>,
    /// Where the section stands among the others of its document: the smaller, the earlier.
    pub order: i64,
    /// What a section says that has no rows.
    pub empty: Option<String>,
    /// What is drawn of a section.
    pub chart: Option<Chart>,
    /// The keys that are there, as often as they are.
    pub keys: Vec<String>,
}

/// Two columns of a section of which bars are drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Says what a bar stands for.
    pub label: String,
    /// Says how long it is.
    pub number: String,
}

/// A column that holds the destination id of another object's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The column.
    pub column: String,
    /// The object it points to.
    pub object: String,
}

/// What a check's rows do to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// They stop it: exit 7.
    Yes,
    /// They are findings.
    No,
    /// They stop it until a person has decided: exit 6.
    Decide,
}

const KEYS: &str =
    "key, require, unique, references, skip, queue, blocks, fix, title, order, empty, chart";

/// The keys that sections of documents have, and no other script.
pub const OF_SECTIONS: [&str; 4] = ["title", "order", "empty", "chart"];

/// Reads the leading comment lines of `text`.
///
/// # Errors
/// [`Kind::Script`] with file and line for an unknown key or a bad value.
pub fn parse(path: &str, text: &str) -> Result<Header> {
    let mut header = Header::default();
    let mut about = Vec::new();
    let lines = text.lines().take_while(|line| line.starts_with("--"));
    for (number, line) in lines.enumerate() {
        let line = line.trim_start_matches('-').trim();
        match split_key(line) {
            Some((key, value)) => {
                set(&mut header, key, value)
                    .map_err(|problem| refused(path, number + 1, &problem))?;
                header.keys.push(key.to_owned());
            }
            None => about.push(line),
        }
    }
    header.about = paragraphs(&about);
    Ok(header)
}

/// Lines as they are read: an empty one stands between two paragraphs.
fn paragraphs(lines: &[&str]) -> String {
    let paragraphs = lines.split(|line| line.is_empty());
    let paragraphs = paragraphs.filter(|lines| !lines.is_empty());
    let paragraphs: Vec<String> = paragraphs.map(|lines| lines.join(" ")).collect();
    paragraphs.join("\n\n")
}

/// `key: value`, when the part before the colon is one lower-case word.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    is_word.then(|| (key, value.trim()))
}

fn set(header: &mut Header, key: &str, value: &str) -> Result<(), String> {
    let list = || {
        value
            .split(',')
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
    };
    match key {
        "key" => header.key.extend(list()),
        "require" => header.require.extend(list()),
        "unique" => header.unique.extend(list()),
        "skip" => header.skip.extend(list()),
        "queue" => header.queue.extend(list()),
        "references" => {
            for item in list() {
                header.references.push(reference(&item)?);
            }
        }
        "blocks" => header.blocks = Some(blocks(value)?),
        "fix" => header.fix = format!("{} {value}", header.fix).trim_start().to_owned(),
        "title" => header.title = Some(value.to_owned()),
        "empty" => header.empty = Some(value.to_owned()),
        "order" => header.order = order(value)?,
        "chart" => header.chart = Some(chart(value)?),
        _ => return Err(format!("unknown header key `{key}`; known keys: {KEYS}")),
    }
    Ok(())
}

fn reference(item: &str) -> Result<Reference, String> {
    let (column, object) = item
        .split_once("->")
        .ok_or_else(|| format!("`references: {item}` is not `column -> object`"))?;
    Ok(Reference {
        column: column.trim().to_owned(),
        object: object.trim().to_owned(),
    })
}

fn order(value: &str) -> Result<i64, String> {
    value
        .parse()
        .map_err(|_| format!("`order: {value}` is no whole number"))
}

fn chart(value: &str) -> Result<Chart, String> {
    let columns = value.split_once(',');
    let columns = columns.map(|(label, number)| (label.trim(), number.trim()));
    match columns {
        Some((label, number)) if !label.is_empty() && !number.is_empty() => Ok(Chart {
            label: label.to_owned(),
            number: number.to_owned(),
        }),
        _ => Err(format!(
            "`chart: {value}` is not `label column, number column`"
        )),
    }
}

fn blocks(value: &str) -> Result<Blocks, String> {
    match value {
        "yes" => Ok(Blocks::Yes),
        "no" => Ok(Blocks::No),
        "decide" => Ok(Blocks::Decide),
        _ => Err(format!("`blocks: {value}` is none of yes, no, decide")),
    }
}

fn refused(path: &str, line: usize, problem: &str) -> Error {
    Error::new(Kind::Script, format!("sql/{path}:{line}: {problem}"))
        .hint("sql/README.md lists the header keys")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_contract_is_read() {
        let text = "-- Accounts Freshsales shall hold: one per name,\n-- the newest edit wins.\n\
            -- key: object, _source_id\n-- require: name\n-- unique: name, city + street\n\
            -- references: parent_id -> companies, owner_id -> owners\n-- skip: a\n-- skip: b, c\n\
            -- queue: d\n-- blocks: decide\n-- fix: ask them,\n-- fix: or not\n\nselect 1\n-- wrong: here nobody looks\n";
        let header = parse("load/load_x.sql", text).unwrap();
        assert_eq!(
            header.about,
            "Accounts Freshsales shall hold: one per name, the newest edit wins."
        );
        assert_eq!(header.key, ["object", "_source_id"]);
        assert_eq!(header.require, ["name"]);
        assert_eq!(header.unique, ["name", "city + street"]);
        let reference = |column: &str, object: &str| Reference {
            column: column.to_owned(),
            object: object.to_owned(),
        };
        assert_eq!(
            header.references,
            [
                reference("parent_id", "companies"),
                reference("owner_id", "owners")
            ]
        );
        assert_eq!(header.skip, ["a", "b", "c"]);
        assert_eq!(header.queue, ["d"]);
        assert_eq!(header.blocks, Some(Blocks::Decide));
        assert_eq!(header.fix, "ask them, or not");
    }

    #[test]
    fn a_section_says_how_it_is_shown() {
        let text = "-- What there is.\n-- All of it.\n--\n-- And more: or less.\n-- title: Volumes: all\n\
            -- order: 20\n-- empty: Nothing.\n-- chart: stage, deals_count\n\nselect 1\n";
        let header = parse("documents/doc_x__y.sql", text).unwrap();
        assert_eq!(
            header.about,
            "What there is. All of it.\n\nAnd more: or less."
        );
        assert_eq!(header.title.as_deref(), Some("Volumes: all"));
        assert_eq!(header.empty.as_deref(), Some("Nothing."));
        assert_eq!(header.order, 20);
        let chart = header.chart.unwrap();
        assert_eq!((&*chart.label, &*chart.number), ("stage", "deals_count"));
        assert_eq!(header.keys, ["title", "order", "empty", "chart"]);
    }

    #[test]
    fn a_file_without_contract_has_an_empty_one() {
        let header = parse("x.sql", "select 1").unwrap();
        assert!(header.about.is_empty() && header.key.is_empty() && header.blocks.is_none());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        for (line, problem) in [
            ("keys: a", "unknown header key `keys`"),
            (
                "references: owner_id",
                "`references: owner_id` is not `column -> object`",
            ),
            ("blocks: Yes", "`blocks: Yes` is none of yes, no, decide"),
            ("order: first", "`order: first` is no whole number"),
            (
                "chart: stage",
                "`chart: stage` is not `label column, number column`",
            ),
            (
                "chart: , deals_count",
                "`chart: , deals_count` is not `label column, number column`",
            ),
        ] {
            let error = parse("load/load_x.sql", &format!("-- Why.\n-- {line}\n")).unwrap_err();
            assert_eq!(error.kind(), Kind::Script);
            let text = error.to_string();
            assert!(
                text.starts_with(&format!("sql/load/load_x.sql:2: {problem}")),
                "{text}"
            );
        }
    }
}
