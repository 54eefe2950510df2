//! Decisions about how to read an export: what was chosen, what speaks for it and against it, and who decided.

use std::collections::BTreeMap;

use crate::error::{Error, Kind, Result};

/// Rows that must speak for a choice, or all there are, before it is not asked about.
const FLOOR: u64 = 20;

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// The data itself: nothing speaks against it.
    Rule,
    /// `map_decisions.csv`.
    Person,
    /// Nobody yet: it was read like this, and `plan` stops until a person has said so.
    Pending,
}

/// How one thing is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The file, by its path inside the export.
    pub scope: String,
    /// `encoding`, `delimiter`, `escape`, `headers_twice` or `object`.
    pub topic: String,
    /// What was chosen.
    pub choice: String,
    /// What it could be instead, the likeliest first.
    pub others: Vec<String>,
    /// How much speaks for it. What is counted is said in `evidence`.
    pub evidence_for: u64,
    /// How much speaks for something else.
    pub evidence_against: u64,
    /// What was counted, in words.
    pub evidence: String,
    /// Who decided.
    pub decided_by: DecidedBy,
}

impl Choice {
    /// One that nobody has made yet.
    pub(super) fn open(scope: &str, topic: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            topic: topic.to_owned(),
            choice: String::new(),
            others: Vec::new(),
            evidence_for: 0,
            evidence_against: 0,
            evidence: String::new(),
            decided_by: DecidedBy::Pending,
        }
    }

    /// Whether it asks about a file in which there is nothing.
    pub(super) fn is_of_nothing(&self) -> bool {
        self.topic == "object" && self.choice == "-" && self.decided_by == DecidedBy::Pending
    }

    /// Decided by rule if nothing speaks against it and enough for it: twenty times, or each of `all`.
    pub(super) fn by_evidence(mut self, all: u64) -> Self {
        let is_enough = self.evidence_for >= FLOOR.min(all);
        self.decided_by = match self.evidence_against == 0 && is_enough {
            true => DecidedBy::Rule,
            false => DecidedBy::Pending,
        };
        self
    }

    /// What people decided stands above what was found.
    pub(super) fn answered(self, decided: &Choices) -> Self {
        match decided.of(&self.scope, &self.topic) {
            None => self,
            Some(answer) => Self {
                choice: answer.to_owned(),
                decided_by: DecidedBy::Person,
                ..self
            },
        }
    }
}

/// The decisions of `sql/map/map_decisions.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// By scope in lower case, and topic.
    decided: BTreeMap<(String, String), Answer>,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    /// As the person wrote it.
    scope: String,
    choice: String,
    note: String,
}

impl Choices {
    /// Reads CSV text with the columns `scope,topic,choice,note`; the text may be empty.
    ///
    /// # Errors
    /// `Kind::Config` with the line, for a wrong header row, an empty cell, or a thing decided twice.
    pub fn parse(text: &str) -> Result<Self> {
        let mut choices = Self::default();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|cause| refused(0, "cannot be read").because(cause))?;
            let line = record.position().map_or(0, csv::Position::line);
            match record.iter().collect::<Vec<_>>().as_slice() {
                COLUMNS if index == 0 => {}
                [scope, topic, choice, note] if index > 0 => {
                    if [scope, topic, choice].iter().any(|cell| cell.is_empty()) {
                        return Err(refused(line, "leaves scope, topic or choice empty"));
                    }
                    if choices.put([scope, topic, choice, note]) {
                        return Err(refused(line, "decides one thing a second time"));
                    }
                }
                _ => return Err(refused(line, "is not `scope,topic,choice,note`")),
            }
        }
        Ok(choices)
    }

    /// Takes an answer: scope, topic, choice, note. Whether one for this very scope stood there before.
    pub fn put(&mut self, [scope, topic, choice, note]: [&str; 4]) -> bool {
        let answer = Answer {
            scope: scope.to_owned(),
            choice: choice.to_owned(),
            note: note.to_owned(),
        };
        let thing = (scope.to_lowercase(), topic.to_owned());
        self.decided.insert(thing, answer).is_some()
    }

    /// What people decided about a file: by its path, else its name.
    #[must_use]
    pub fn of(&self, path: &str, topic: &str) -> Option<&str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        [path, name].iter().find_map(|scope| {
            let thing = (scope.to_lowercase(), topic.to_owned());
            self.decided
                .get(&thing)
                .map(|answer| answer.choice.as_str())
        })
    }

    /// The answers as the text that [`Choices::parse`] reads, by scope and topic.
    ///
    /// # Errors
    /// `Kind::Bug` when they cannot be written as CSV.
    pub fn to_csv(&self) -> Result<Vec<u8>> {
        let wrong = |cause: csv::Error| {
            Error::new(Kind::Bug, "the answers cannot be written as CSV").because(cause)
        };
        let mut rows = csv::Writer::from_writer(Vec::new());
        rows.write_record(COLUMNS).map_err(wrong)?;
        for ((_, topic), answer) in &self.decided {
            let Answer {
                scope,
                choice,
                note,
            } = answer;
            rows.write_record([scope, topic, choice, note])
                .map_err(wrong)?;
        }
        rows.into_inner()
            .map_err(|cause| wrong(cause.into_error().into()))
    }
}

const COLUMNS: &[&str] = &["scope", "topic", "choice", "note"];

fn refused(line: u64, what: &str) -> Error {
    let line = match line {
        0 => String::new(),
        line => format!(" line {line}"),
    };
    Error::new(Kind::Config, format!("map_decisions.csv{line} {what}"))
        .hint("each line of sql/map/map_decisions.csv is `scope,topic,choice,note`; `deskferry map set` writes it")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_found_by_path_or_name_in_any_case() {
        let text = "scope,topic,choice,note\nContacts.CSV,encoding,windows-1252,\n";
        let choices = Choices::parse(text).unwrap();
        let choice = |path| choices.of(path, "encoding");
        assert_eq!(choice("data/contacts.csv"), Some("windows-1252"));
        assert_eq!(choice("data/deals.csv"), None);
        assert_eq!(choices.of("contacts.csv", "delimiter"), None);
    }

    #[test]
    fn an_answer_replaces_that_of_its_own_scope_only() {
        let text =
            "scope,topic,choice,note\na/x.csv,escape,double,\nx.csv,escape,double,\"by me, too\"\n";
        let mut choices = Choices::parse(text).unwrap();
        assert!(choices.put(["A/x.csv", "escape", "backslash", "later"]));
        assert_eq!(choices.of("a/x.csv", "escape"), Some("backslash"));
        assert_eq!(choices.of("b/x.csv", "escape"), Some("double"));
        let written = String::from_utf8(choices.to_csv().unwrap()).unwrap();
        assert!(
            written.contains("A/x.csv,escape,backslash,later\n"),
            "{written}"
        );
        assert_eq!(Choices::parse(&written).unwrap(), choices);
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_line() {
        for (rows, reason) in [
            ("a.csv,encoding,,\n", "line 2 leaves"),
            ("a,b\n", "line 2 is not"),
            (
                "a.csv,encoding,utf-8,\na.csv,encoding,utf-8,\n",
                "line 3 decides",
            ),
        ] {
            let text = format!("scope,topic,choice,note\n{rows}");
            let error = Choices::parse(&text).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert!(Choices::parse("").is_ok());
    }
}
