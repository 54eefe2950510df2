//! What a file holds, by its headers: the object that knows most of them.

use super::aliases::Aliases;
use super::choices::Choice;
use super::layout::{Layout, Table};

/// Fewer headers than this say nothing of a file without a name.
const FEWEST: u64 = 3;

/// Reads headers as the columns of objects.
pub(super) struct Recogniser<'a> {
    pub layout: &'a Layout,
    pub aliases: &'a Aliases,
}

impl Recogniser<'_> {
    /// How many headers are columns of an object that few others have: `id` and `created_at` tell nothing.
    fn telling(&self, object: &str, table: &Table, headers: &[String]) -> u64 {
        let columns = headers
            .iter()
            .filter_map(|header| self.aliases.column(object, table, header));
        columns.filter(|column| self.is_telling(column)).count() as u64
    }

    fn is_telling(&self, column: &str) -> bool {
        let objects = self.layout.objects();
        let with = objects.filter(|(_, table)| table.columns.iter().any(|known| known == column));
        with.count() * 3 < self.layout.objects().count()
    }

    /// Objects by how much the headers tell of them, the most first; none of which they tell nothing.
    fn ranked(&self, headers: &[String]) -> Vec<(u64, &str)> {
        let objects = self.layout.objects();
        let tables = objects.filter(|(_, table)| table.format.is_delimited());
        let mut ranked: Vec<(u64, &str)> = tables
            .map(|(object, table)| (self.telling(object, table, headers), object))
            .filter(|(telling, _)| *telling > 0)
            .collect();
        ranked.sort_by_key(|(telling, _)| std::cmp::Reverse(*telling));
        ranked
    }

    /// The object of a file whose name says nothing; none where its headers say too little too.
    pub fn object(&self, path: &str, headers: &[String]) -> Option<Choice> {
        let ranked = self.ranked(headers);
        let (telling, object) = *ranked.first()?;
        // Half as many headers may be another's by chance: `name`, `email`.
        let is_rival = |other: u64| other * 2 > telling;
        (telling >= FEWEST).then(|| choice(path, object, &ranked, is_rival))
    }

    /// What the headers say of the object that a file was taken for by another name than its canonical one.
    pub fn named(&self, path: &str, object: &str, headers: &[String]) -> Choice {
        let ranked = self.ranked(headers);
        let own = ranked.iter().find(|(_, of)| *of == object);
        let own = own.map_or(0, |(telling, _)| *telling);
        // Its name speaks for it; headers that tell twice as much of something else speak against.
        choice(path, object, &ranked, |other| other > own * 2)
    }
}

fn choice(
    path: &str,
    object: &str,
    ranked: &[(u64, &str)],
    is_rival: impl Fn(u64) -> bool,
) -> Choice {
    let telling = |of: &(u64, &str)| (of.1 == object).then_some(of.0);
    let evidence_for = ranked.iter().find_map(telling).unwrap_or_default();
    let others = ranked
        .iter()
        .filter(|(telling, of)| *of != object && is_rival(*telling));
    let others: Vec<&(u64, &str)> = others.collect();
    Choice {
        choice: object.to_owned(),
        others: others
            .iter()
            .map(|(_, other)| (*other).to_owned())
            .collect(),
        evidence_for,
        evidence_against: others.first().map_or(0, |(other, _)| *other),
        evidence: "headers that are columns of it and of few others".to_owned(),
        ..Choice::open(path, "object")
    }
    .by_evidence(evidence_for.max(1))
}
