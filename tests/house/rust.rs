//! Rules for `src/`.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::{Finding, Source, assert_clean, root, sources};

/// Each module and what it may import: arrows go down only, and siblings do not know each other.
/// A module that is not in this table has no place in the house yet.
const LAYERS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("config", &["error"]),
    ("simulator", &["error"]),
    ("source", BASE),
    ("landing", BASE),
    ("warehouse", BASE),
    ("freshsales", BASE),
    ("ledger", BASE),
    ("catalog", &["config", "error", "warehouse"]),
    ("load", LOAD),
    ("reconcile", RECONCILE),
    ("migration", MIGRATION),
    ("discovery", MIGRATION),
    ("report", REPORT),
    ("cli", CLI),
    ("main", &["cli", "error", "report"]),
];

const BASE: &[&str] = &["config", "error"];
const RECONCILE: &[&str] = &[
    "catalog",
    "config",
    "error",
    "landing",
    "ledger",
    "warehouse",
];
const LOAD: &[&str] = &[
    "catalog",
    "config",
    "error",
    "freshsales",
    "landing",
    "ledger",
    "warehouse",
];
const MIGRATION: &[&str] = &[
    "catalog",
    "config",
    "error",
    "freshsales",
    "landing",
    "ledger",
    "load",
    "reconcile",
    "source",
    "warehouse",
];
const REPORT: &[&str] = &[
    "catalog",
    "config",
    "discovery",
    "error",
    "freshsales",
    "landing",
    "ledger",
    "load",
    "migration",
    "reconcile",
    "source",
    "warehouse",
];
const CLI: &[&str] = &[
    "catalog",
    "config",
    "discovery",
    "error",
    "freshsales",
    "landing",
    "ledger",
    "load",
    "migration",
    "reconcile",
    "report",
    "simulator",
    "source",
    "warehouse",
];

/// Words that are the name of an object and also something else there: where, and what.
const HOMONYMS: &[(&str, &str, &str)] = &[
    ("calls", "src/", "requests that left for the destination"),
    (
        "attachments",
        "src/source/",
        "the folder of an export that holds them",
    ),
    (
        "attachments",
        "src/landing/",
        "the folder of staging for files as they came",
    ),
    (
        "contacts",
        "src/freshsales/",
        "the root of a list's members, whatever they were before",
    ),
];

const FILE_LINES: usize = 400;
const MAIN_LINES: usize = 40;
const FUNCTION_LINES: usize = 40;
const PARAMETERS: usize = 5;

/// A parsed file of `src/`.
struct File {
    path: String,
    text: String,
    syntax: syn::File,
}

impl File {
    fn parse(source: Source) -> Self {
        let syntax = syn::parse_file(&source.text)
            .unwrap_or_else(|error| panic!("{} is not Rust: {error}", source.path));
        Self {
            path: source.path,
            text: source.text,
            syntax,
        }
    }

    /// Path of the module inside the crate: `src/source/export.rs` → `source, export`.
    fn module(&self) -> Vec<String> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if module
            .last()
            .is_some_and(|last| last == "mod" || last == "lib")
        {
            module.pop();
        }
        module
    }

    /// The module of the layer table this file belongs to.
    fn room(&self) -> String {
        self.module().into_iter().next().unwrap_or_default()
    }

    /// The folder the child modules of this file are in.
    fn children(&self) -> String {
        let stem = self.path.trim_end_matches(".rs");
        let folder = ["/mod", "/lib", "/main"]
            .iter()
            .find_map(|name| stem.strip_suffix(name));
        folder.unwrap_or(stem).to_owned()
    }
}

/// The files of `src/` that are not tests.
fn crate_files() -> Vec<File> {
    without_test_files(sources("src", "rs").into_iter().map(File::parse).collect())
}

/// Leaves out what an outline `#[cfg(test)] mod x;` declares.
fn without_test_files(files: Vec<File>) -> Vec<File> {
    let mut tests = BTreeSet::new();
    for file in &files {
        for item in &file.syntax.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
                && is_test(&module.attrs)
            {
                tests.insert(format!("{}/{}", file.children(), module.ident));
            }
        }
    }
    let is_test_file = |path: &str| {
        let stem = path.trim_end_matches(".rs");
        tests
            .iter()
            .any(|test| stem == test || stem.starts_with(&format!("{test}/")))
    };
    files
        .into_iter()
        .filter(|file| !is_test_file(&file.path))
        .collect()
}

/// Whether something is compiled for tests only.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let words = words(list.tokens.clone());
        list.path.is_ident("cfg")
            && words.iter().any(|word| word == "test")
            && words.iter().all(|word| word != "not")
    })
}

fn words(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Group(group) => found.extend(words(group.stream())),
            _ => {}
        }
    }
    found
}

fn line(span: Span) -> usize {
    span.start().line
}

/// What the rules want to know of a file, tests left out.
#[derive(Default)]
struct Facts {
    /// Paths as written, from `use`, expressions, types and inside macros, with their inline module depth.
    paths: Vec<(usize, usize, Vec<String>)>,
    /// String literals.
    texts: Vec<(usize, String)>,
    /// Name, first line, lines and parameters of each function.
    functions: Vec<(String, usize, usize, usize)>,
    /// Calls that end the process instead of returning an error.
    panics: Vec<(usize, String)>,
    /// Lines of the items that are compiled for tests only.
    test_lines: usize,
    depth: usize,
}

fn facts(syntax: &syn::File) -> Facts {
    let mut facts = Facts::default();
    facts.visit_file(syntax);
    facts
}

/// Methods and macros that end the process instead of returning an error.
const PANICKING_METHODS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
const PANICKING_MACROS: &[&str] = &["panic", "todo", "unimplemented", "unreachable", "dbg"];

impl Facts {
    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = line(signature.fn_token.span);
        let last = block.span().end().line;
        let parameters = signature
            .inputs
            .iter()
            .filter(|input| matches!(input, syn::FnArg::Typed(_)))
            .count();
        let name = signature.ident.to_string();
        self.functions
            .push((name, first, last + 1 - first, parameters));
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        let whole = |ident: &syn::Ident| {
            let mut path = before.clone();
            path.push(ident.to_string());
            (line(ident.span()), path)
        };
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.use_tree(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before);
                }
            }
            syn::UseTree::Name(name) => {
                let (line, path) = whole(&name.ident);
                self.paths.push((line, self.depth, path));
            }
            syn::UseTree::Rename(rename) => {
                let (line, path) = whole(&rename.ident);
                self.paths.push((line, self.depth, path));
            }
            syn::UseTree::Glob(glob) => {
                let mut path = before.clone();
                path.push("*".to_owned());
                self.paths.push((line(glob.span()), self.depth, path));
            }
        }
    }

    /// What a macro is given is not parsed; its paths, texts and calls are told by their tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| tokens.get(index));
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.texts.push((line(literal.span()), text.value()));
                    }
                }
                TokenTree::Ident(word) => {
                    let name = word.to_string();
                    if is_punct(before, '.') && PANICKING_METHODS.contains(&name.as_str()) {
                        self.panics.push((line(word.span()), name));
                    } else if !is_punct(before, ':') {
                        let path = path_from(&tokens, index);
                        if path.len() > 1 {
                            self.paths.push((line(word.span()), self.depth, path));
                        }
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// `a :: b :: c` from `index` on.
fn path_from(tokens: &[TokenTree], mut index: usize) -> Vec<String> {
    let mut path = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(index) {
        path.push(word.to_string());
        if !(is_punct(tokens.get(index + 1), ':') && is_punct(tokens.get(index + 2), ':')) {
            break;
        }
        index += 3;
    }
    path
}

impl<'ast> Visit<'ast> for Facts {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes: &[syn::Attribute] = match item {
            syn::Item::Const(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Static(item) => &item.attrs,
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if is_test(attributes) {
            self.test_lines += item.span().end().line + 1 - line(item.span());
        } else {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        match item {
            syn::ImplItem::Fn(function) if is_test(&function.attrs) => {
                self.test_lines += item.span().end().line + 1 - line(item.span());
            }
            _ => visit::visit_impl_item(self, item),
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, module);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        self.paths
            .push((line(path.span()), self.depth, names.collect()));
        visit::visit_path(self, path);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.texts.push((line(text.span()), text.value()));
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        if PANICKING_METHODS.contains(&name.as_str()) {
            self.panics.push((line(call.method.span()), name));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if let Some(last) = call.path.segments.last()
            && PANICKING_MACROS.contains(&last.ident.to_string().as_str())
        {
            self.panics
                .push((line(last.ident.span()), format!("{}!", last.ident)));
        }
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// Which room a path leads to, if it leads out of the file's own module.
fn room_of(path: &[String], module: &[String], depth: usize) -> Option<String> {
    let first = path.first()?.as_str();
    if first == "crate" || first == "deskferry" {
        return path.get(1).cloned();
    }
    let ups = path.iter().take_while(|part| *part == "super").count();
    (ups > 0 && ups == module.len() + depth).then(|| path.get(ups).cloned())?
}

/// Imports that go up or sideways, and `duckdb` outside the warehouse.
fn import_findings(file: &File) -> Vec<Finding> {
    let room = file.room();
    if room.is_empty() {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{}:1: module `{room}` is in no layer of the house",
            file.path
        )];
    };
    let module = file.module();
    let mut findings = BTreeSet::new();
    for (line, depth, path) in facts(&file.syntax).paths {
        let place = format!("{}:{line}", file.path);
        if path.first().is_some_and(|first| first == "duckdb") && room != "warehouse" {
            findings.insert(format!("{place}: only `warehouse` may name duckdb"));
        }
        match room_of(&path, &module, depth) {
            Some(other) if other != room && !allowed.contains(&other.as_str()) => {
                findings.insert(format!("{place}: `{room}` may not import `{other}`"));
            }
            _ => {}
        }
    }
    findings.into_iter().collect()
}

/// Objects named outside `simulator/`: an object is data.
fn object_findings(file: &File, objects: &[String]) -> Vec<Finding> {
    if file.room() == "simulator" {
        return Vec::new();
    }
    let means_another = |text: &str| {
        HOMONYMS
            .iter()
            .any(|(word, place, _)| *word == text && file.path.starts_with(place))
    };
    facts(&file.syntax)
        .texts
        .into_iter()
        .filter(|(_, text)| objects.contains(text) && !means_another(text))
        .map(|(line, text)| format!("{}:{line}: names the object \"{text}\"", file.path))
        .collect()
}

/// Files, functions and parameter lists that have grown too long.
fn budget_findings(file: &File) -> Vec<Finding> {
    let facts = facts(&file.syntax);
    let mut findings = Vec::new();
    let lines = file.text.lines().count() - facts.test_lines;
    let limit = if file.path == "src/main.rs" {
        MAIN_LINES
    } else {
        FILE_LINES
    };
    if lines > limit {
        findings.push(format!("{}:1: {lines} lines, at most {limit}", file.path));
    }
    for (name, line, lines, parameters) in facts.functions {
        let place = format!("{}:{line}", file.path);
        if lines > FUNCTION_LINES {
            findings.push(format!(
                "{place}: `{name}` has {lines} lines, at most {FUNCTION_LINES}"
            ));
        }
        if parameters > PARAMETERS {
            findings.push(format!(
                "{place}: `{name}` has {parameters} parameters, at most {PARAMETERS}"
            ));
        }
    }
    findings
}

fn panic_findings(file: &File) -> Vec<Finding> {
    let panics = facts(&file.syntax).panics.into_iter();
    panics
        .map(|(line, name)| format!("{}:{line}: `{name}` outside tests", file.path))
        .collect()
}

fn doc_findings(file: &File) -> Vec<Finding> {
    let documented = file.text.starts_with("//! ");
    let finding = || {
        format!(
            "{}:1: does not begin with `//!` and what it is for",
            file.path
        )
    };
    (!documented).then(finding).into_iter().collect()
}

/// The names in `objects.toml`.
fn objects(text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap();
    table
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name != "reads" && name != "probes")
        .collect()
}

fn all(check: impl Fn(&File) -> Vec<Finding>) -> Vec<Finding> {
    crate_files().iter().flat_map(check).collect()
}

#[test]
fn imports_go_down_only() {
    assert_clean(all(import_findings));
}

#[test]
fn no_object_is_named_in_rust() {
    let Ok(text) = std::fs::read_to_string(root().join("sql/objects.toml")) else {
        return;
    };
    let objects = objects(&text);
    assert_clean(all(|file| object_findings(file, &objects)));
}

#[test]
fn files_functions_and_parameters_keep_their_budget() {
    assert_clean(all(budget_findings));
}

#[test]
fn nothing_panics_outside_tests() {
    assert_clean(all(panic_findings));
}

#[test]
fn every_file_says_what_it_is_for() {
    assert_clean(all(doc_findings));
}

fn file(path: &str, text: &str) -> File {
    File::parse(Source {
        path: path.to_owned(),
        text: text.to_owned(),
    })
}

#[test]
fn an_import_that_goes_up_or_sideways_is_found() {
    let bad = file(
        "src/ledger/event.rs",
        "use crate::error::Error;\n\
         use crate::{catalog, warehouse::Row as R};\n\
         use super::super::load;\n\
         use super::lock;\n\
         fn f() -> u8 { crate::report::x() }\n\
         fn g() { println!(\"{}\", crate::cli::x()); }\n\
         use duckdb as d;\n\
         mod inner { use super::super::super::migration; use super::super::lock; }\n\
         #[cfg(test)]\nmod tests { use crate::load; }\n",
    );
    let findings = import_findings(&bad);
    let expected = [
        "src/ledger/event.rs:2: `ledger` may not import `catalog`",
        "src/ledger/event.rs:2: `ledger` may not import `warehouse`",
        "src/ledger/event.rs:3: `ledger` may not import `load`",
        "src/ledger/event.rs:5: `ledger` may not import `report`",
        "src/ledger/event.rs:6: `ledger` may not import `cli`",
        "src/ledger/event.rs:7: only `warehouse` may name duckdb",
        "src/ledger/event.rs:8: `ledger` may not import `migration`",
    ];
    assert_eq!(findings, expected);
}

#[test]
fn rooms_outside_the_layers_are_found() {
    let stranger = import_findings(&file("src/utils.rs", "//! x\n"));
    assert_eq!(
        stranger,
        ["src/utils.rs:1: module `utils` is in no layer of the house"]
    );
    let simulator = import_findings(&file(
        "src/simulator/mod.rs",
        "use crate::config::Config;\n",
    ));
    assert_eq!(simulator.len(), 1);
    let main = import_findings(&file("src/main.rs", "use deskferry::ledger;\n"));
    assert_eq!(main, ["src/main.rs:1: `main` may not import `ledger`"]);
    assert!(import_findings(&file("src/warehouse.rs", "use duckdb::Connection;\n")).is_empty());
}

#[test]
fn the_layers_have_no_circle() {
    for (index, (room, allowed)) in LAYERS.iter().enumerate() {
        for other in *allowed {
            let place = LAYERS.iter().position(|(name, _)| name == other);
            assert!(place.is_some_and(|place| place < index), "{room} → {other}");
        }
    }
}

#[test]
fn a_named_object_is_found() {
    let objects = objects("[contacts]\nsource = \"contact\"\n[reads.owners]\npath = \"x\"\n");
    assert_eq!(objects, ["contacts"]);
    let text = "fn f() { g(\"contacts\"); format!(\"{}\", h(\"contacts\")); g(\"my contacts\"); }\n\
                #[cfg(test)]\nmod tests { const X: &str = \"contacts\"; }\n";
    assert_eq!(
        object_findings(&file("src/load.rs", text), &objects).len(),
        2
    );
    assert!(object_findings(&file("src/freshsales/mod.rs", text), &objects).is_empty());
    assert!(object_findings(&file("src/simulator/crm.rs", text), &objects).is_empty());
}

#[test]
fn what_has_grown_too_long_is_found() {
    let function = format!("fn long(a: u8, b: u8) {{\n{}}}\n", "    a();\n".repeat(39));
    let findings = budget_findings(&file("src/load.rs", &function));
    assert_eq!(findings, ["src/load.rs:1: `long` has 41 lines, at most 40"]);

    let method = "impl X { fn many(&self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {} }\n";
    let findings = budget_findings(&file("src/load.rs", method));
    assert_eq!(
        findings,
        ["src/load.rs:1: `many` has 6 parameters, at most 5"]
    );

    let constants = "const X: u8 = 1;\n".repeat(401);
    assert_eq!(budget_findings(&file("src/load.rs", &constants)).len(), 1);
    let main = "const X: u8 = 1;\n".repeat(41);
    assert_eq!(budget_findings(&file("src/main.rs", &main)).len(), 1);
    assert!(budget_findings(&file("src/load.rs", &main)).is_empty());

    let tested = format!(
        "{main}#[cfg(test)]\nmod tests {{\n{}}}\n",
        "const X: u8 = 1;\n".repeat(400)
    );
    assert!(budget_findings(&file("src/load.rs", &tested)).is_empty());
}

#[test]
fn test_modules_in_files_of_their_own_are_left_out() {
    let files = vec![
        file(
            "src/ledger/mod.rs",
            "mod event;\n#[cfg(test)]\nmod tests;\n",
        ),
        file("src/ledger/event.rs", ""),
        file("src/ledger/tests.rs", ""),
        file("src/ledger/tests/deeper.rs", ""),
        file(
            "src/load.rs",
            "#[cfg(all(test, unix))]\nmod tests;\n#[cfg(not(test))]\nmod real;\n",
        ),
        file("src/load/tests.rs", ""),
        file("src/load/real.rs", ""),
    ];
    let kept: Vec<String> = without_test_files(files)
        .into_iter()
        .map(|file| file.path)
        .collect();
    let expected = [
        "src/ledger/mod.rs",
        "src/ledger/event.rs",
        "src/load.rs",
        "src/load/real.rs",
    ];
    assert_eq!(kept, expected);
}

#[test]
fn a_panic_is_found_wherever_it_hides() {
    let text = "fn f() {\n    x().unwrap();\n    panic!();\n    format!(\"{}\", y().expect(\"z\"));\n    x().unreachable();\n}\n\
                #[cfg(test)]\nmod tests { fn g() { x().unwrap(); } }\n";
    let findings = panic_findings(&file("src/load.rs", text));
    let expected = [
        "src/load.rs:2: `unwrap` outside tests",
        "src/load.rs:3: `panic!` outside tests",
        "src/load.rs:4: `expect` outside tests",
    ];
    assert_eq!(findings, expected);
}

#[test]
fn a_file_without_purpose_is_found() {
    assert_eq!(
        doc_findings(&file("src/load.rs", "use std::fmt;\n")).len(),
        1
    );
    assert!(doc_findings(&file("src/load.rs", "//! Sends.\n")).is_empty());
}
