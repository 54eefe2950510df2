//! As much of SQL's grammar as it takes to see which relations a `select` reads.

use std::collections::BTreeSet;

/// A piece of SQL that means something; comments and blanks are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A keyword, name or number, in lower case: names are the same in any case.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// Anything else, one character.
    Symbol(char),
}

impl Token {
    /// What is written there, without quotes.
    pub fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Quoted(text) | Self::Text(text) => text,
            Self::Symbol(_) => "",
        }
    }

    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }

    fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Quoted(name) => Some(name),
            _ => None,
        }
    }
}

/// Splits a text.
pub fn of(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = piece(rest, first);
        tokens.extend(token);
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The next token, if it is one, and the bytes it takes.
fn piece(rest: &str, first: char) -> (Option<Token>, usize) {
    let until = |end: &str, from: usize| {
        let found = rest.get(from..).and_then(|rest| rest.find(end));
        found.map_or(rest.len(), |at| from + at + end.len())
    };
    let inside = |length: usize| {
        let text = rest.get(1..length).unwrap_or_default();
        text.strip_suffix(first).unwrap_or(text).to_owned()
    };
    if rest.starts_with("--") {
        return (None, until("\n", 0));
    }
    if rest.starts_with("/*") {
        return (None, until("*/", 2));
    }
    if first == '\'' {
        // A doubled quote ends one text and begins another: nobody here asks for the text as a whole.
        let length = until("'", 1);
        return (Some(Token::Text(inside(length))), length);
    }
    if first == '"' {
        let length = until("\"", 1);
        return (Some(Token::Quoted(inside(length))), length);
    }
    let word = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    if word > 0 {
        let word_text = rest.get(..word).unwrap_or_default();
        return (Some(Token::Word(word_text.to_ascii_lowercase())), word);
    }
    let symbol = (!first.is_whitespace()).then_some(Token::Symbol(first));
    (symbol, first.len_utf8())
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '@'
}

/// Functions that write `from` between their arguments.
const FROM_INSIDE: [&str; 4] = ["extract", "trim", "substring", "overlay"];

/// Words behind which a comma separates something else than relations.
const AFTER_FROM: [&str; 12] = [
    "where",
    "group",
    "having",
    "qualify",
    "window",
    "order",
    "limit",
    "offset",
    "union",
    "except",
    "intersect",
    "select",
];

/// What is known inside one bracket.
#[derive(Default)]
struct Place {
    /// Inside a function that writes `from` itself.
    is_function: bool,
    /// Between `from` and what follows it.
    is_from: bool,
    /// The next name is a relation.
    is_next: bool,
}

/// Names that stand where a relation stands: behind `from`, `join`, or a comma between relations. Without the schema, and
/// without the steps that the text names itself (`with <step> as (…)`), functions, and names with `@object` in them.
/// A file that is read directly, by its name or by a function, counts as a relation, which nobody makes.
pub fn relations_read(tokens: &[Token]) -> BTreeSet<String> {
    let mut reader = Reader {
        places: Vec::new(),
        here: Place::default(),
        names: BTreeSet::new(),
    };
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        reader.take(token, before, tokens.get(index + 1));
    }
    let steps = steps(tokens);
    let mut names = reader.names;
    names.retain(|name| !steps.contains(name.as_str()));
    names
}

struct Reader {
    /// Outside the bracket that is open, and outside of that.
    places: Vec<Place>,
    here: Place,
    names: BTreeSet<String>,
}

impl Reader {
    fn take(&mut self, token: &Token, before: Option<&Token>, after: Option<&Token>) {
        match token {
            Token::Symbol('(') => {
                self.here.is_next = false;
                let is_function = before.is_some_and(|word| word.is_one_of(&FROM_INSIDE));
                let inside = Place {
                    is_function,
                    ..Place::default()
                };
                self.places.push(std::mem::replace(&mut self.here, inside));
            }
            Token::Symbol(')') => self.here = self.places.pop().unwrap_or_default(),
            Token::Symbol(',') => self.here.is_next = self.here.is_from,
            Token::Symbol(_) => {}
            _ if self.here.is_next => self.relation(token, after),
            _ if token.is("from") || token.is("join") => {
                // `is distinct from` compares.
                let is_comparison = before.is_some_and(|word| word.is("distinct"));
                self.here.is_next = !self.here.is_function && !is_comparison;
                self.here.is_from |= self.here.is_next;
            }
            _ if token.is_one_of(&AFTER_FROM) => self.here = Place::default(),
            _ => {}
        }
    }

    /// Where a relation must stand.
    fn relation(&mut self, token: &Token, after: Option<&Token>) {
        let is_schema = after == Some(&Token::Symbol('.'));
        if is_schema || token.is("lateral") {
            return;
        }
        self.here.is_next = false;
        let name = token.text();
        let is_function = after == Some(&Token::Symbol('(')) && !name.starts_with("read_");
        if !is_function && !name.contains('@') {
            self.names.insert(name.to_owned());
        }
    }
}

/// What stands before `as (`, also where it says how the step is kept: `as materialized (`, `as not materialized (`.
fn steps(tokens: &[Token]) -> BTreeSet<&str> {
    let is_kept = |token: &&Token| !token.is_one_of(&["not", "materialized"]);
    let tokens: Vec<&Token> = tokens.iter().filter(is_kept).collect();
    let opens = |window: &&[&Token]| match window {
        [_, word, Token::Symbol('(')] => word.is("as"),
        _ => false,
    };
    let named = tokens.windows(3).filter(opens);
    let names = named.filter_map(|window| window.first().copied());
    names.filter_map(Token::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, expected: &[&str]) {
        let names: Vec<String> = relations_read(&of(text)).into_iter().collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn a_relation_stands_behind_from_join_or_a_comma_between_relations() {
        reads("select * from stg_a", &["stg_a"]);
        reads(
            "SELECT * FROM Stg_A Left Join int_b ON true",
            &["int_b", "stg_a"],
        );
        reads(
            "select f(a, b) from stg_a as a, stg_b as b, lateral (select a.x) where a in (1, 2)",
            &["stg_a", "stg_b"],
        );
        reads(
            "select x from main.stg_a, \"stg_b\", other.main.\"stg_c\"",
            &["stg_a", "stg_b", "stg_c"],
        );
        reads("from stg_a select int_b, int_c", &["stg_a"]);
        reads(
            "select 1 from (select * from stg_a) as a, stg_b",
            &["stg_a", "stg_b"],
        );
        reads(
            "select x in (select y from stg_b), z from stg_a order by x, int_y",
            &["stg_a", "stg_b"],
        );
        reads(
            "select * from stg_a union all select a, int_b from stg_c",
            &["stg_a", "stg_c"],
        );
    }

    #[test]
    fn words_elsewhere_are_no_relations() {
        reads("select stg_a, int_b as load_c from stg_d", &["stg_d"]);
        reads(
            "select 'from stg_a', 'it''s from stg_b' from stg_c",
            &["stg_c"],
        );
        reads(
            "select 1 -- from stg_a 'open\n/* from stg_b ' */ from stg_c",
            &["stg_c"],
        );
        reads(
            "select extract(year from raw_at), trim(both from int_x) from stg_a",
            &["stg_a"],
        );
        reads(
            "select a is distinct from load_b, x is not distinct from int_c from stg_a",
            &["stg_a"],
        );
        reads("select \"it's from stg_a\" from stg_b", &["stg_b"]);
    }

    #[test]
    fn own_steps_functions_and_placeholders_are_no_relations() {
        reads(
            "with stg_a as (select * from stg_b), c as materialized (select 1), d as not materialized (select 2) \
             select * from stg_a, c, d",
            &["stg_b"],
        );
        reads(
            "select * from stg_a, json_each(stg_a.x) as each, unnest(y) as u(z), stg_b",
            &["stg_a", "stg_b"],
        );
        reads("select * from load_@object", &[]);
    }

    #[test]
    fn a_file_is_read_under_its_own_name() {
        reads("select * from 'secret.parquet'", &["secret.parquet"]);
        reads(
            "select * from stg_a join read_csv('x.csv') on true",
            &["read_csv", "stg_a"],
        );
    }
}
