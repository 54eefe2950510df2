//! One SQL file: its layer from its name, what it reads from its text.

use std::collections::BTreeSet;

use super::header::{self, Blocks, Header};
use super::tokens;
use crate::error::{Error, Kind, Result};

/// The room a relation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// `col_<system>__<what>`: how the cells of a column are read, by all of them.
    Columns,
    /// `stg_<system>__<objects>`: one source object, renamed and typed.
    Staging,
    /// `int_<objects>__<past_participle>`: joins and choices.
    Intermediate,
    /// `load_<objects>`: what the destination shall hold.
    Load,
    /// `recon_<when>__<question>`: the bad rows.
    Recon,
    /// `prop_<things>__<past_participle>`: what people might decide, with what speaks for it. Built when somebody asks.
    Proposals,
    /// `doc_<document>__<section>`: what a document shows.
    Documents,
}

/// When a check runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Once the source is landed.
    AfterLand,
    /// Before a phase sends anything.
    BeforeLoad,
    /// After a phase was read back.
    AfterLoad,
}

impl When {
    /// The word in names and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AfterLand => "after_land",
            Self::BeforeLoad => "before_load",
            Self::AfterLoad => "after_load",
        }
    }
}

/// A checked SQL file.
#[derive(Clone, Debug)]
pub struct Script {
    /// The relation's name: the file name without `.sql`.
    pub name: String,
    /// Path below `sql/`.
    pub path: String,
    /// Its room.
    pub layer: Layer,
    /// For checks: when they run.
    pub when: Option<When>,
    /// The contract at its top.
    pub header: Header,
    /// The file's text.
    pub text: String,
    /// Relations it reads.
    pub reads: BTreeSet<String>,
    /// A check that is run for every object.
    pub is_generic: bool,
}

impl Script {
    /// The `select`, with `@object` filled in.
    #[must_use]
    pub fn select(&self, object: &str) -> String {
        let text = self.text.trim_end().trim_end_matches(';');
        text.replace("@object", object)
    }
}

/// Checks one file.
///
/// # Errors
/// [`Kind::Script`] naming file and line.
pub fn parse(path: &str, text: &str) -> Result<Script> {
    let name = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".sql")
        .to_owned();
    let (layer, folder) = layer_of(&name).ok_or_else(|| {
        refused(path, format!("the name `{name}` has no layer"))
            .hint("names begin with col_, stg_, int_, load_, prop_, recon_after_land__, recon_before_load__, recon_after_load__ or doc_<document>__")
    })?;
    if path.split('/').next() != Some(folder) {
        return Err(
            refused(path, format!("`{name}` belongs into sql/{folder}/"))
                .hint("the first part of a name is its layer, and each layer has a folder"),
        );
    }
    let header = header::parse(path, text)?;
    let tokens = tokens::of(text);
    let script = Script {
        when: when_of(&name),
        is_generic: tokens.iter().any(|token| token.text().contains("@object")),
        reads: tokens::relations_read(&tokens),
        text: text.to_owned(),
        path: path.to_owned(),
        name,
        layer,
        header,
    };
    check_contract(&script)?;
    Ok(script)
}

fn layer_of(name: &str) -> Option<(Layer, &'static str)> {
    let is_plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let prefix = name.split('_').next().filter(|_| is_plain)?;
    match prefix {
        "col" => Some((Layer::Columns, "columns")),
        "stg" => Some((Layer::Staging, "staging")),
        "int" => Some((Layer::Intermediate, "intermediate")),
        "load" => Some((Layer::Load, "load")),
        "recon" => when_of(name).map(|_| (Layer::Recon, "recon")),
        "prop" => Some((Layer::Proposals, "proposals")),
        "doc" => name
            .contains("__")
            .then_some((Layer::Documents, "documents")),
        _ => None,
    }
}

fn when_of(name: &str) -> Option<When> {
    [When::AfterLand, When::BeforeLoad, When::AfterLoad]
        .into_iter()
        .find(|when| name.starts_with(&format!("recon_{}__", when.word())))
}

fn check_contract(script: &Script) -> Result<()> {
    let path = &script.path;
    if script.is_generic && script.layer != Layer::Recon {
        return Err(
            refused(path, "`@object` is for generic checks only".to_owned())
                .hint("a check in sql/recon/ with `@object` in it runs for every object"),
        );
    }
    if script.layer == Layer::Load && script.header.key.is_empty() {
        return Err(refused(path, "a load relation needs `-- key:`".to_owned())
            .hint("`-- key: _source_id` in most cases; sql/README.md lists the header keys"));
    }
    if script.header.blocks.is_some() != (script.layer == Layer::Recon) {
        return Err(refused(
            path,
            "`-- blocks:` belongs to every check, and to checks only".to_owned(),
        )
        .hint("yes stops the run, decide asks a person first, no is a finding"));
    }
    let stops = matches!(script.blocks(), Blocks::Yes | Blocks::Decide);
    if !script.header.fix.is_empty() && !stops {
        let problem = "`-- fix:` belongs to checks that stop the run".to_owned();
        return Err(refused(path, problem).hint("a finding that stops nothing needs no next step"));
    }
    check_section(script)?;
    match script.reads.iter().find(|read| !may_read(script, read)) {
        None => Ok(()),
        Some(read) => Err(
            refused(path, format!("`{}` may not read `{read}`", script.name))
                .hint("sql/README.md shows which layer reads which"),
        ),
    }
}

/// What is shown has a title; what is not shown has nothing of the kind.
fn check_section(script: &Script) -> Result<()> {
    let (path, header) = (&script.path, &script.header);
    if script.layer == Layer::Documents {
        return match &header.title {
            Some(title) if !title.is_empty() => Ok(()),
            _ => Err(
                refused(path, "a section of a document needs `-- title:`".to_owned())
                    .hint("sql/README.md lists the header keys"),
            ),
        };
    }
    let mut keys = header.keys.iter();
    match keys.find(|key| header::OF_SECTIONS.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(refused(
            path,
            format!("`-- {key}:` belongs to sections of documents only"),
        )
        .hint("sql/README.md lists the header keys")),
    }
}

/// Only documents are made after them.
const OF_DOCUMENTS: [&str; 2] = ["landed_profile", "estimated_calls"];

/// The layer table of `sql/README.md`.
fn may_read(script: &Script, read: &str) -> bool {
    if OF_DOCUMENTS.contains(&read) {
        return script.layer == Layer::Documents;
    }
    let prefix = read.split('_').next().unwrap_or_default();
    match script.layer {
        Layer::Columns => matches!(prefix, "raw" | "col" | "map"),
        Layer::Staging => matches!(prefix, "raw" | "col"),
        Layer::Intermediate => {
            matches!(prefix, "stg" | "int" | "map" | "col" | "landed")
        }
        Layer::Load => matches!(prefix, "stg" | "int" | "map" | "raw") || read == "ledger_ids",
        // `check_names` refuses what nobody makes.
        Layer::Recon => !matches!(prefix, "recon" | "prop" | "doc"),
        Layer::Proposals => {
            matches!(
                prefix,
                "raw" | "stg" | "int" | "map" | "landed" | "alias" | "prop"
            )
        }
        // Documents are made where nobody asked for proposals.
        Layer::Documents => prefix != "prop",
    }
}

impl Script {
    /// What its rows do; a relation that is no check stops nothing.
    #[must_use]
    pub fn blocks(&self) -> Blocks {
        self.header.blocks.unwrap_or(Blocks::No)
    }
}

fn refused(path: &str, problem: String) -> Error {
    Error::new(Kind::Script, format!("sql/{path}: {problem}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_check_runs_for_every_object() {
        let text = "-- Why.\n-- blocks: no\n\nselect 1 where '@object' <> '';\n";
        let script = parse("recon/custom/recon_after_load__odd.sql", text).unwrap();
        assert!(script.is_generic);
        assert_eq!(script.when, Some(When::AfterLoad));
        assert!(script.select("deals").ends_with("where 'deals' <> ''"));
    }

    #[test]
    fn a_remark_about_the_placeholder_makes_no_check_generic() {
        let text = "-- Not for each @object.\n-- blocks: yes\n\nselect 1\n";
        let script = parse("recon/recon_after_land__odd.sql", text).unwrap();
        assert!(!script.is_generic);
        assert_eq!(script.blocks(), Blocks::Yes);
    }

    #[test]
    fn a_section_has_a_title_and_nothing_else_has_one() {
        let words = |path: &str, header: &str| {
            let parsed = parse(path, &format!("-- Why.\n{header}\nselect 1"));
            parsed.map(drop).map_err(|e| e.to_string())
        };
        assert_eq!(words("documents/doc_a__b.sql", "-- title: A"), Ok(()));
        for (path, header, problem) in [
            (
                "documents/doc_a__b.sql",
                "-- order: 1",
                "a section of a document needs `-- title:`",
            ),
            (
                "documents/doc_a__b.sql",
                "-- title:",
                "a section of a document needs `-- title:`",
            ),
            (
                "documents/doc_a.sql",
                "-- title: A",
                "the name `doc_a` has no layer",
            ),
            (
                "staging/stg_a__b.sql",
                "-- chart: a, b",
                "`-- chart:` belongs to sections of documents only",
            ),
        ] {
            assert_eq!(words(path, header), Err(format!("sql/{path}: {problem}")));
        }
    }

    #[test]
    fn a_layer_reads_what_stands_below_it() {
        let may = |path: &str, header: &str, read: &str| {
            parse(path, &format!("-- {header}\n\nselect * from {read}")).is_ok()
        };
        let allowed = |path: &str, header: &str| {
            let reads = [
                "raw_x__y",
                "stg_x__y",
                "int_x__y",
                "map_x",
                "load_x",
                "ledger_ids",
                "ledger_runs",
                "recon_x",
                "prop_x__y",
                "doc_x__y",
                "landed_profile",
                "estimated_calls",
            ];
            reads
                .into_iter()
                .filter(|read| may(path, header, read))
                .collect::<Vec<_>>()
        };
        assert_eq!(allowed("staging/stg_a__b.sql", "about"), ["raw_x__y"]);
        assert_eq!(
            allowed("intermediate/int_a__b.sql", "about"),
            ["stg_x__y", "int_x__y", "map_x"]
        );
        assert_eq!(
            allowed("load/load_a.sql", "key: a"),
            ["raw_x__y", "stg_x__y", "int_x__y", "map_x", "ledger_ids"]
        );
        assert_eq!(allowed("documents/doc_a__b.sql", "title: A").len(), 11);
        assert_eq!(
            allowed("proposals/prop_a__b.sql", "about"),
            ["raw_x__y", "stg_x__y", "int_x__y", "map_x", "prop_x__y"]
        );
        assert_eq!(
            allowed("recon/recon_after_land__b.sql", "blocks: no"),
            [
                "raw_x__y",
                "stg_x__y",
                "int_x__y",
                "map_x",
                "load_x",
                "ledger_ids",
                "ledger_runs"
            ]
        );
    }
}
