//! A case as text: blocks of `given` and `expect`, each with a table below.
//!
//! ```text
//! # Lines outside tables that begin with `#` are remarks.
//! given raw_smartdesk__company
//! id    | name
//! com_1 | Acme
//! com_2 |
//!
//! expect int_companies__judged
//! _source_id | skip_reason
//! com_1      |
//! com_2      | missing_name
//! ```
//!
//! * A blank line ends a table. No row below the names: no row.
//! * An empty cell, or `null`, is null. Any other is taken as it stands, without the blanks around it.
//! * A cell in single quotes keeps its blanks (`''` is the empty text), and knows `\n`, `\t`, `\|` and `\\`.
//! * A name may bring a type, for a relation that the program does not know: `record:json`.
//! * `expect sql <select>` compares a query; further lines of it are indented.
//! * `expect <check> for <object>` runs a check that is for every object.

/// Names and rows of a table; `None` is null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// What a block speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Given(String),
    Expect { name: String, object: String },
    ExpectSql(String),
}

/// One `given` or `expect`.
#[derive(Clone, Debug)]
pub struct Block {
    pub subject: Subject,
    pub table: Table,
    /// Lines of the file: the table's first, and the one after its last.
    lines: (usize, usize),
}

/// A parsed case.
#[derive(Debug)]
pub struct Case {
    pub blocks: Vec<Block>,
    lines: Vec<String>,
}

impl Case {
    /// Reads a case; the error names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut blocks = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            if lines[at].trim().is_empty() || lines[at].starts_with('#') {
                at += 1;
                continue;
            }
            let block = block(&lines, at)?;
            at = block.lines.1;
            blocks.push(block);
        }
        match blocks.last().map(|block| &block.subject) {
            None | Some(Subject::Given(_)) => Err("ends without `expect`".to_owned()),
            Some(_) => Ok(Self { blocks, lines }),
        }
    }

    /// The text with other tables; `None` leaves a block's table as it is.
    pub fn with_tables(&self, tables: &[Option<Table>]) -> String {
        let mut text = String::new();
        let mut at = 0;
        for (block, table) in self.blocks.iter().zip(tables) {
            let Some(table) = table else { continue };
            push_lines(&mut text, &self.lines[at..block.lines.0]);
            text.push_str(&table.to_text());
            at = block.lines.1;
        }
        push_lines(&mut text, &self.lines[at..]);
        text
    }
}

fn push_lines(text: &mut String, lines: &[String]) {
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
}

fn block(lines: &[String], first: usize) -> Result<Block, String> {
    let problem = |what: &str| format!("line {}: {what}", first + 1);
    let line = lines[first].trim_end();
    let mut table = first + 1;
    let subject = if let Some(name) = line.strip_prefix("given ") {
        Subject::Given(name.trim().to_owned())
    } else if let Some(select) = line.strip_prefix("expect sql") {
        let mut select = select.trim().to_owned();
        while lines.get(table).is_some_and(|line| line.starts_with(' ')) {
            select.push('\n');
            select.push_str(&lines[table]);
            table += 1;
        }
        Subject::ExpectSql(select)
    } else if let Some(name) = line.strip_prefix("expect ") {
        let (name, object) = name.split_once(" for ").unwrap_or((name, ""));
        let [name, object] = [name, object].map(|word| word.trim().to_owned());
        Subject::Expect { name, object }
    } else {
        return Err(problem(
            "neither `given <relation>` nor `expect <relation>`",
        ));
    };
    let after = lines[table..]
        .iter()
        .position(|line| line.trim().is_empty())
        .map_or(lines.len(), |length| table + length);
    let rows = lines[table..after].iter().map(|line| cells(line)).collect();
    Ok(Block {
        subject,
        table: Table::of(rows).map_err(|what| problem(&what))?,
        lines: (table, after),
    })
}

impl Table {
    fn of(mut rows: Vec<Vec<Option<String>>>) -> Result<Self, String> {
        if rows.is_empty() {
            return Err("no column names below".to_owned());
        }
        let columns: Option<Vec<String>> = rows.remove(0).into_iter().collect();
        let columns = columns.ok_or("a column has no name")?;
        match rows.iter().position(|row| row.len() != columns.len()) {
            None => Ok(Self { columns, rows }),
            Some(index) => Err(format!(
                "row {} has {} cells, there are {} columns",
                index + 1,
                rows[index].len(),
                columns.len()
            )),
        }
    }

    /// The table as a case holds it, in straight columns.
    pub fn to_text(&self) -> String {
        let names = self.columns.iter().map(|name| escaped(Some(name)));
        let mut lines: Vec<Vec<String>> = vec![names.collect()];
        lines.extend(
            self.rows
                .iter()
                .map(|row| row.iter().map(|cell| escaped(cell.as_deref())).collect()),
        );
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
        let widths: Vec<usize> = (0..self.columns.len()).filter_map(width).collect();
        let mut text = String::new();
        for line in &lines {
            let padded = line.iter().zip(&widths);
            let padded: Vec<String> = padded
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            text.push_str(padded.join(" | ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// The cells of a line, split at bars that no backslash protects.
fn cells(line: &str) -> Vec<Option<String>> {
    let mut cells = vec![String::new()];
    let mut before = ' ';
    for c in line.chars() {
        let last = cells.len() - 1;
        if c == '|' && before != '\\' {
            cells.push(String::new());
        } else {
            cells[last].push(c);
        }
        before = c;
    }
    cells.iter().map(|cell| value(cell.trim())).collect()
}

fn value(cell: &str) -> Option<String> {
    let quoted = cell
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    match quoted {
        Some(text) => Some(unescaped(text)),
        None if cell.is_empty() || cell == "null" => None,
        None => Some(cell.to_owned()),
    }
}

fn unescaped(text: &str) -> String {
    let mut value = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('\\', Some('n')) => '\n',
            ('\\', Some('t')) => '\t',
            ('\\', Some(other @ ('|' | '\\'))) => *other,
            _ => {
                value.push(c);
                continue;
            }
        };
        chars.next();
        value.push(meant);
    }
    value
}

fn escaped(cell: Option<&str>) -> String {
    let Some(cell) = cell else {
        return "null".to_owned();
    };
    if value(cell.trim()).as_deref() == Some(cell) && !cell.contains(['|', '\n', '\t']) {
        return cell.to_owned();
    }
    let text = cell
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\t', "\\t")
        .replace('|', "\\|");
    format!("'{text}'")
}

#[test]
fn a_table_is_read_as_it_is_written() {
    let table = Table {
        columns: vec!["a".to_owned(), "b".to_owned()],
        rows: [
            ["plain", "two words"],
            ["", "null"],
            [" blank ", "a|b"],
            ["line\nbreak", r"back\slash \n"],
            [r"both\|and", r"\\twice"],
            ["'quoted'", "'"],
        ]
        .iter()
        .map(|row| row.iter().map(|cell| Some((*cell).to_owned())).collect())
        .chain([vec![None, Some("x".to_owned())], vec![None, None]])
        .collect(),
    };
    let text = format!("expect x\n{}", table.to_text());
    assert_eq!(Case::parse(&text).unwrap().blocks[0].table, table);
}

#[test]
fn other_tables_leave_the_rest_of_the_text() {
    let text = "# why\ngiven x\na\n1\n\nexpect sql select a\n    from x\na | b\n1 |\n\n# end\nexpect y for z\nc\n";
    let case = Case::parse(text).unwrap();
    assert_eq!(case.with_tables(&[None, None, None]), text);
    assert_eq!(
        case.blocks[1].subject,
        Subject::ExpectSql("select a\n    from x".to_owned())
    );
    let mut other = case.blocks[1].table.clone();
    other.rows.push(vec![None, Some("long".to_owned())]);
    assert_eq!(
        case.with_tables(&[None, Some(other), None]),
        text.replace("a | b\n1 |\n", "a    | b\n1    | null\nnull | long\n")
    );
}

#[test]
fn a_case_that_proves_nothing_is_refused() {
    for (text, problem) in [
        ("", "ends without `expect`"),
        ("given x\na\n1\n", "ends without `expect`"),
        (
            "gives x\na\n",
            "line 1: neither `given <relation>` nor `expect <relation>`",
        ),
        ("expect x\n", "line 1: no column names below"),
        (
            "expect x\na | b\n1\n",
            "line 1: row 1 has 1 cells, there are 2 columns",
        ),
        ("expect x\na |\n", "line 1: a column has no name"),
    ] {
        assert_eq!(Case::parse(text).unwrap_err(), problem);
    }
}
