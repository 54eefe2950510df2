//! Decisions about how to read an export: what was chosen, what speaks for it and against it, and who decided.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, Kind, Result};

/// Rows that must speak for a choice, or all there are, before it is not asked about.
const FLOOR: u64 = 20;

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// The data itself: nothing speaks against it.
    Rule,
    /// `map_decisions.csv`.
    Person,
    /// Nobody yet: it was read like this, and `plan` stops until a person has said so.
    Pending,
}

/// How one thing is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The file, by its path inside the export.
    pub scope: String,
    /// `encoding`, `delimiter`, `escape`, `object`, or `column:<name>`.
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

/// The decisions of `sql/map/map_decisions.csv` about files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    decided: BTreeMap<(String, String), String>,
}

impl Choices {
    /// Reads CSV text with the columns `scope,topic,choice,note`; the text may be empty. Topics that are not about files
    /// are left to SQL.
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
                ["scope", "topic", "choice", "note"] if index == 0 => {}
                [scope, topic, choice, _] if index > 0 => {
                    choices.decide(scope, topic, choice, line)?;
                }
                _ => return Err(refused(line, "is not `scope,topic,choice,note`")),
            }
        }
        Ok(choices)
    }

    fn decide(&mut self, scope: &str, topic: &str, choice: &str, line: u64) -> Result<()> {
        if scope.is_empty() || topic.is_empty() || choice.is_empty() {
            return Err(refused(line, "leaves scope, topic or choice empty"));
        }
        let thing = (scope.to_lowercase(), topic.to_owned());
        match self.decided.insert(thing, choice.to_owned()) {
            None => Ok(()),
            Some(_) => Err(refused(line, "decides one thing a second time")),
        }
    }

    /// What people decided about a file: by its path, else its name.
    pub(super) fn of(&self, path: &str, topic: &str) -> Option<&str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        [path, name].iter().find_map(|scope| {
            let thing = (scope.to_lowercase(), topic.to_owned());
            self.decided.get(&thing).map(String::as_str)
        })
    }
}

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
