//! The catalog: every script, map, macro and object entry, checked before anything runs.
//!
//! A SQL file is one `select`, and so one relation with the file's name. Names are the graph: what a script reads is found in
//! its text, and layers, order and hashes follow. The built-in files of `sql/` are overlaid, path by path, by the workspace's.

mod documents;
mod graph;
mod header;
mod objects;
mod probes;
mod script;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use documents::Document;
pub use header::{Blocks, Chart, Header, Reference};
pub use objects::{Find, Links, List, Object, Objects, Read, Remove, Write};
pub use probes::{Pick, Probe, Trace};
pub use script::{Layer, Script, When};

use crate::config::Edition;
use crate::error::{Error, Kind, Result};

/// The scripts that come with the program.
#[derive(rust_embed::RustEmbed)]
#[folder = "sql/"]
struct BuiltIn;

/// What `sql/` holds, checked.
pub struct Catalog {
    /// `raw_` to `load_`, each after all it reads.
    pub scripts: Vec<Script>,
    /// `recon_` scripts in the order of their names.
    pub checks: Vec<Script>,
    /// `doc_` scripts, each after all it reads.
    pub sections: Vec<Script>,
    /// `documents/documents.toml`: what the sections make together.
    pub documents: Vec<Document>,
    /// Object entries in phase order: parents first.
    pub objects: Vec<Object>,
    /// Reference data read from the destination before a build.
    pub reads: Vec<Read>,
    /// Records made only to ask the account something.
    pub probes: Vec<Probe>,
    /// `lib/*.sql`: macro topics, in the order of their names.
    pub macros: Vec<TextFile>,
    /// `map/*.csv`: people's decisions.
    pub maps: Vec<TextFile>,
    /// `aliases/*.toml`: what other systems and languages call files and columns.
    pub aliases: Vec<TextFile>,
    /// `layout.toml`: the canonical columns of the source.
    pub layout: String,
    /// Hash of every file that decides what is sent, by path below `sql/`.
    pub hashes: BTreeMap<String, String>,
    /// Their texts, by path below `sql/`.
    pub texts: BTreeMap<String, String>,
}

/// A file below `sql/` that is not a relation.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// File name without its ending.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Catalog {
    /// Reads the built-in files, overlaid by those in `folder` (which may be absent), and checks them.
    ///
    /// # Errors
    /// [`Kind::Script`] for a refused name, header, layer or cycle, with file and line; [`Kind::Config`] for `objects.toml`.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut files = built_in_files()?;
        overlay(folder, folder, &mut files)?;
        Self::check(&files)
    }

    /// Checks a set of files: path below `sql/` → text.
    ///
    /// # Errors
    /// See [`Catalog::load`].
    pub fn check(files: &BTreeMap<String, String>) -> Result<Self> {
        let objects = objects::parse(required(files, "objects.toml")?)?;
        let (mut relations, mut checks, mut sections) = (Vec::new(), Vec::new(), Vec::new());
        for (path, text) in files.iter().filter(|(path, _)| is_relation(path)) {
            let script = script::parse(path, text)?;
            match script.layer {
                Layer::Recon => checks.push(script),
                Layer::Documents => sections.push(script),
                _ => relations.push(script),
            }
        }
        let all = [&relations, &checks, &sections].map(Vec::as_slice);
        graph::check_names(&all, &known_sources(files, &objects))?;
        let ordered = graph::phases(objects.entries, &relations)?;
        checks.sort_by(|a, b| a.name.cmp(&b.name));
        let deciding = files.iter().filter(|(path, _)| decides(path));
        let texts: BTreeMap<String, String> = deciding
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect();
        Ok(Self {
            scripts: graph::order(relations)?,
            documents: documents::parse(files, &sections)?,
            sections: graph::order(sections)?,
            checks,
            objects: ordered,
            reads: objects.reads,
            probes: objects.probes,
            macros: below(files, "lib/", ".sql"),
            maps: below(files, "map/", ".csv"),
            aliases: below(files, "aliases/", ".toml"),
            layout: required(files, "layout.toml")?.clone(),
            hashes: texts
                .iter()
                .map(|(path, text)| (path.clone(), hash(text)))
                .collect(),
            texts,
        })
    }

    /// The catalog with each object's entry as it is in an edition.
    #[must_use]
    pub fn in_edition(self, edition: Edition) -> Self {
        let objects = self.objects.into_iter();
        let objects = objects.map(|object| object.in_edition(edition));
        Self {
            objects: objects.collect(),
            ..self
        }
    }

    /// The script of a `load_` relation.
    ///
    /// # Errors
    /// [`Kind::Script`] when the object has none.
    pub fn load_script(&self, object: &str) -> Result<&Script> {
        let name = format!("load_{object}");
        self.scripts
            .iter()
            .find(|script| script.name == name)
            .ok_or_else(|| {
                Error::new(
                    Kind::Script,
                    format!("object `{object}` has no sql/load/{name}.sql"),
                )
            })
    }

    /// What a child writes into `targetable_type` → the path of the parents it means.
    #[must_use]
    pub fn targetables(&self) -> BTreeMap<String, String> {
        let named = |object: &Object| Some((object.targetable.clone()?, object.target.clone()));
        self.objects.iter().filter_map(named).collect()
    }

    /// An object entry by name.
    ///
    /// # Errors
    /// [`Kind::Usage`] with the names there are.
    pub fn object(&self, name: &str) -> Result<&Object> {
        self.objects
            .iter()
            .find(|object| object.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = self.objects.iter().map(|o| o.name.as_str()).collect();
                Error::new(Kind::Usage, format!("there is no object `{name}`"))
                    .hint(format!("known objects: {}", known.join(", ")))
            })
    }
}

/// Every built-in file, for `init`: path below `sql/` → text.
///
/// # Errors
/// [`Kind::Bug`] when an embedded file is not UTF-8.
pub fn built_in_files() -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for path in BuiltIn::iter() {
        let Some(file) = BuiltIn::get(&path) else {
            continue;
        };
        let text = String::from_utf8(file.data.into_owned()).map_err(|e| {
            Error::new(Kind::Bug, format!("built-in sql/{path} is not UTF-8")).because(e)
        })?;
        files.insert(path.into_owned(), text);
    }
    Ok(files)
}

/// The relations that a query reads.
#[must_use]
pub fn relations_read(query: &str) -> BTreeSet<String> {
    tokens::relations_read(&tokens::of(query))
}

/// SHA-256 of a text with line endings made equal, so that a checkout on another system is the same script.
pub fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn overlay(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            overlay(root, &path, files)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            let name = name.to_string_lossy().replace('\\', "/");
            if name.ends_with(".sql") || name.ends_with(".toml") || name.ends_with(".csv") {
                let text = fs::read_to_string(&path).map_err(|e| {
                    Error::new(Kind::Script, format!("sql/{name} cannot be read")).because(e)
                })?;
                check_own(&name, &text, files)?;
                files.insert(name, text);
            }
        }
    }
    Ok(())
}

/// What a workspace cannot change: checks that no approval lifts.
const OWN: &str = "recon/recon_before_load__never_";

fn check_own(name: &str, text: &str, files: &BTreeMap<String, String>) -> Result<()> {
    let is_own = name.starts_with(OWN);
    match is_own && files.get(name).is_none_or(|own| hash(own) != hash(text)) {
        false => Ok(()),
        true => Err(Error::new(
            Kind::Script,
            format!(
                "sql/{name} is not the program's own; nobody can change what must never happen"
            ),
        )
        .hint(format!(
            "remove sql/{name} from the workspace: the program's own is used then"
        ))),
    }
}

/// Whether a file has a say in what is sent. Documents only tell, and proposals become rows of maps first.
fn decides(path: &str) -> bool {
    let tells = ["documents/", "proposals/"];
    !tells.iter().any(|folder| path.starts_with(folder)) && !path.ends_with(".md")
}

fn is_relation(path: &str) -> bool {
    path.ends_with(".sql") && !path.starts_with("lib/")
}

fn below(files: &BTreeMap<String, String>, folder: &str, ending: &str) -> Vec<TextFile> {
    files
        .iter()
        .filter_map(|(path, text)| {
            let name = path.strip_prefix(folder)?.strip_suffix(ending)?;
            Some(TextFile {
                name: name.to_owned(),
                text: text.clone(),
            })
        })
        .collect()
}

fn required<'a>(files: &'a BTreeMap<String, String>, path: &str) -> Result<&'a String> {
    files
        .get(path)
        .ok_or_else(|| Error::new(Kind::Script, format!("sql/{path} is missing")))
}

/// Relations that tell what the program knows.
const TOLD: [&str; 15] = [
    "alias_columns",
    "alias_objects",
    "alias_words",
    "estimated_calls",
    "objects",
    "object_aliases",
    "object_keys",
    "landed_choices",
    "landed_columns",
    "landed_extracts",
    "landed_files",
    "landed_ids",
    "landed_profile",
    "landed_strays",
    "recon_results",
];

/// Names that exist without a script: raw views, maps and the ledger's views.
fn known_sources(files: &BTreeMap<String, String>, objects: &Objects) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = below(files, "map/", ".csv")
        .into_iter()
        .map(|map| map.name)
        .collect();
    if let Some(Ok(layout)) = files
        .get("layout.toml")
        .map(|text| text.parse::<toml::Table>())
    {
        names.extend(
            layout
                .keys()
                .map(|object| format!("raw_smartdesk__{object}")),
        );
    }
    let stored = objects.entries.iter().map(|object| &object.name);
    let read = objects.reads.iter().map(|read| &read.name);
    names.extend(
        stored
            .chain(read)
            .map(|name| format!("raw_freshsales__{name}")),
    );
    for ledger in [
        "ids", "outcomes", "calls", "counts", "runs", "events", "reads", "buckets",
    ] {
        names.insert(format!("ledger_{ledger}"));
    }
    names.extend(TOLD.map(str::to_owned));
    names
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn script(path: &str, header: &str, reads: &str) -> (String, String) {
        let text = format!("-- About.\n{header}\nselect * from {reads}\n");
        (path.to_owned(), text)
    }

    /// Two objects, the child before its parent; three relations, the last one first in the alphabet.
    fn files() -> BTreeMap<String, String> {
        let objects = "[children]\nsource = 'child'\nwrite = 'create'\ntarget = 'kids'\ntargetable = 'Kid'\n\
            [parents]\nsource = 'parent'\nwrite = 'create'\n\
            [reads.words]\npath = 'selector/words'\nroot = 'words'\n";
        let layout = "[child]\nfile = ['children']\nid = true\ncolumns = ['id']\n";
        BTreeMap::from([
            ("objects.toml".to_owned(), objects.to_owned()),
            ("layout.toml".to_owned(), layout.to_owned()),
            ("map/map_words.csv".to_owned(), "word,meaning\n".to_owned()),
            (
                "lib/text.sql".to_owned(),
                "create macro m() as 1;".to_owned(),
            ),
            script("staging/stg_a__children.sql", "", "raw_smartdesk__child"),
            script(
                "intermediate/int_a__last.sql",
                "",
                "int_b__first, map_words",
            ),
            script("intermediate/int_b__first.sql", "", "stg_a__children"),
            script(
                "load/load_children.sql",
                "-- key: _source_id\n-- references: parent_id -> parents, twin_id -> children",
                "int_a__last",
            ),
            script(
                "load/load_parents.sql",
                "-- key: _source_id",
                "stg_a__children",
            ),
            script(
                "recon/recon_after_load__b.sql",
                "-- blocks: yes",
                "ledger_buckets",
            ),
            script(
                "recon/recon_after_land__a.sql",
                "-- blocks: no",
                "raw_freshsales__words",
            ),
        ])
    }

    #[track_caller]
    fn refused(files: &BTreeMap<String, String>) -> String {
        match Catalog::check(files) {
            Ok(_) => panic!("must be refused"),
            Err(error) => {
                assert_eq!(error.kind(), Kind::Script);
                error.to_string()
            }
        }
    }

    #[test]
    fn each_relation_comes_after_what_it_reads() {
        let catalog = Catalog::check(&files()).unwrap();
        let place = |name: &str| catalog.scripts.iter().position(|s| s.name == name).unwrap();
        assert!(place("stg_a__children") < place("int_b__first"));
        assert!(place("int_b__first") < place("int_a__last"));
        assert!(place("int_a__last") < place("load_children"));
        let checks: Vec<&str> = catalog.checks.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(checks, ["recon_after_land__a", "recon_after_load__b"]);
    }

    #[test]
    fn parents_travel_before_their_children_and_nobody_before_himself() {
        let catalog = Catalog::check(&files()).unwrap();
        let phases: Vec<&str> = catalog.objects.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(phases, ["parents", "children"]);
        assert_eq!(
            catalog.targetables(),
            BTreeMap::from([("Kid".to_owned(), "kids".to_owned())])
        );
        assert_eq!(
            catalog.object("aunts").unwrap_err().next_step(),
            Some("known objects: parents, children")
        );
    }

    #[test]
    fn parents_of_each_other_are_refused() {
        let mut files = files();
        let (path, text) = script(
            "load/load_parents.sql",
            "-- key: _source_id\n-- references: child_id -> children",
            "stg_a__children",
        );
        files.insert(path, text);
        assert_eq!(
            refused(&files),
            "these wait for each other: children → parents → children"
        );
    }

    #[test]
    fn a_circle_is_named_without_those_who_wait_for_it() {
        let mut files = files();
        files.extend([
            script("intermediate/int_b__first.sql", "", "int_c__second"),
            script("intermediate/int_c__second.sql", "", "int_b__first"),
        ]);
        assert_eq!(
            refused(&files),
            "these wait for each other: int_b__first → int_c__second → int_b__first"
        );
    }

    #[test]
    fn an_object_without_a_script_is_refused() {
        let mut files = files();
        files.remove("load/load_parents.sql");
        assert_eq!(
            refused(&files),
            "the object `parents` has no sql/load/load_parents.sql"
        );
    }

    #[test]
    fn links_lead_to_an_object_that_is_loaded_before() {
        let with = |parents: &str| {
            let mut files = files();
            let links = format!(
                "links = {{ field = 'homes', parents = '{parents}', include = 'kids', ids = 'kid_ids' }}\n[parents]"
            );
            let text = files["objects.toml"].replace("[parents]", &links);
            files.insert("objects.toml".to_owned(), text);
            files
        };
        Catalog::check(&with("parents")).unwrap();
        for other in ["children", "uncles"] {
            assert_eq!(
                refused(&with(other)),
                format!(
                    "sql/objects.toml: the links of `children` lead to `{other}`, to which load_children has no reference"
                )
            );
        }
    }

    const SCOPE: &str = "[scope]\ntitle = 'Scope'\nabout = 'All.'\nkeep = ['volumes']\n";

    /// The files of [`files`], and a document.
    fn documented(list: &str) -> BTreeMap<String, String> {
        let mut files = files();
        files.insert("documents/documents.toml".to_owned(), list.to_owned());
        let section = |name: &str, order: i64, reads: &str| {
            let header = format!("-- title: T\n-- order: {order}");
            script(&format!("documents/doc_scope__{name}.sql"), &header, reads)
        };
        files.extend([
            section("gaps", 2, "doc_scope__volumes, recon_after_land__a"),
            section("volumes", 3, "load_parents"),
            section("fields", 1, "landed_profile"),
        ]);
        files
    }

    #[test]
    fn a_document_has_its_sections_in_their_order() {
        let catalog = Catalog::check(&documented(SCOPE)).unwrap();
        let shown = ["doc_scope__fields", "doc_scope__gaps", "doc_scope__volumes"];
        assert_eq!(catalog.documents[0].sections, shown);
        let kept: Vec<String> = catalog.documents[0].kept().collect();
        assert_eq!(kept, ["doc_scope__volumes"]);
        let place = |name: &str| catalog.sections.iter().position(|s| s.name == name);
        assert!(place("doc_scope__volumes") < place("doc_scope__gaps"));
    }

    #[test]
    fn a_document_and_its_sections_belong_together() {
        let more = "[owners]\ntitle = 'Owners'\nabout = 'All.'\n";
        for (list, problem) in [
            (
                "",
                "sql/documents/doc_scope__fields.sql: no entry of sql/documents/documents.toml is its document",
            ),
            (
                "[scope]\ntitle = 'Scope'\n",
                "sql/documents/documents.toml: the entry `scope` is refused",
            ),
            (
                &format!("{SCOPE}{more}"),
                "sql/documents/documents.toml: the document `owners` has no section",
            ),
            (
                &SCOPE.replace("volumes", "sums"),
                "sql/documents/documents.toml: `keep` of `scope` names doc_scope__sums, which nothing makes",
            ),
        ] {
            assert_eq!(refused(&documented(list)), problem);
        }
    }

    #[test]
    fn a_section_reads_no_check_that_runs_for_each_object() {
        let mut files = documented(SCOPE);
        let text = "-- Why.\n-- blocks: no\nselect '@object' as object\n";
        files.insert("recon/recon_after_land__a.sql".to_owned(), text.to_owned());
        assert_eq!(
            refused(&files),
            "sql/documents/doc_scope__gaps.sql: `recon_after_land__a` runs for each object and has a table for each"
        );
    }

    #[test]
    fn one_name_is_one_relation() {
        let mut files = files();
        files.extend([script(
            "staging/again/stg_a__children.sql",
            "",
            "raw_smartdesk__child",
        )]);
        assert!(
            refused(&files).ends_with("is made by sql/staging/again/stg_a__children.sql already")
        );
    }

    #[test]
    fn a_hash_knows_the_text_and_not_its_line_ends() {
        let before = Catalog::check(&files()).unwrap().hashes;
        let mut files = files();
        files.insert(
            "lib/text.sql".to_owned(),
            "create macro m() as 2;".to_owned(),
        );
        let after = Catalog::check(&files).unwrap().hashes;
        let changed: Vec<&String> = before
            .keys()
            .filter(|path| before[*path] != after[*path])
            .collect();
        assert_eq!(changed, ["lib/text.sql"]);
        assert_eq!(hash("a\r\nb"), hash("a\nb"));
    }

    #[test]
    fn the_workspace_lies_over_the_built_in_scripts() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Catalog::load(folder.path()).is_ok());
        fs::create_dir(folder.path().join("map")).unwrap();
        fs::write(
            folder.path().join("map/map_owners.csv"),
            "source_id\nusr_1\n",
        )
        .unwrap();
        fs::write(folder.path().join("notes.md"), "not ours").unwrap();
        let catalog = Catalog::load(folder.path()).unwrap();
        let owners = catalog
            .maps
            .iter()
            .find(|map| map.name == "map_owners")
            .unwrap();
        assert_eq!(owners.text, "source_id\nusr_1\n");
        assert!(!catalog.hashes.contains_key("notes.md"));
    }
}
