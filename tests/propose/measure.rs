//! How well fields are proposed: a generated account is given other headers, whose meaning is known, and strangers, who mean
//! nothing that is there. `headers.csv` has them: kind, language, round, object, column (`-`: none), header, and for strangers the
//! column whose values they have. What the packs know by name is landed under its canonical name and is no proposal: not counted.
//!
//! `PROPOSE=all cargo test --test integration -- propose::measure --nocapture` measures every account, with all names of the
//! packs and with every third one taken away, and prints the tables of README.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use deskferry::catalog;
use deskferry::landing;
use deskferry::ledger;
use deskferry::migration::{self, Workspace, relations};
use deskferry::warehouse::Warehouse;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Ran, program, repository};

const OBJECTS: [(&str, &str); 4] = [
    ("company", "companies"),
    ("contact", "contacts"),
    ("lead", "leads"),
    ("deal", "deals"),
];

const THRESHOLDS: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

const LANGUAGES: [&str; 6] = ["de", "fr", "es", "it", "pt", "nl"];

/// Lists of other programs, as their files begin: nobody wrote those headers for this.
const FOREIGN: [(&str, u32); 6] = [
    ("en", 11),
    ("en", 12),
    ("de", 11),
    ("nl", 11),
    ("it", 11),
    ("es", 11),
];

#[derive(Clone, Debug, Deserialize)]
struct Header {
    kind: String,
    language: String,
    round: u32,
    object: String,
    column: String,
    header: String,
}

impl Header {
    fn is_stranger(&self) -> bool {
        self.kind == "stranger"
    }
}

fn headers() -> Vec<Header> {
    let mut rows = csv::Reader::from_path(repository("tests/propose/headers.csv")).unwrap();
    rows.deserialize().map(Result::unwrap).collect()
}

/// A generated account and what was counted in it.
struct Export {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn generated() -> Export {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let all = [
        "generate",
        path,
        "--contacts",
        "150",
        "--seed",
        "4",
        "--variants",
        "V01",
        "--format",
        "json",
    ];
    let made = Ran::to_end(program(&all)).passed().json();
    let path = PathBuf::from(made["export"][0].as_str().unwrap());
    assert!(path.join("data").is_dir(), "{made}");
    Export {
        _folder: folder,
        path,
    }
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// Writes the account's files with other headers, and without the source's own list of its fields.
fn rename(export: &Path, to: &Path, headers: &[&Header]) {
    for folder in ["data", "schema"] {
        fs::create_dir_all(to.join(folder)).unwrap();
    }
    for name in ["pipelines", "stages"] {
        let name = format!("schema/{name}.csv");
        fs::copy(export.join(&name), to.join(&name)).unwrap();
    }
    for entry in fs::read_dir(export.join("data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let object = OBJECTS
            .iter()
            .find(|(_, file)| name == format!("{file}.csv"));
        let mut rows = table(&path);
        for header in headers
            .iter()
            .filter(|h| object.is_some_and(|(object, _)| h.object == *object))
        {
            replace(&mut rows, header);
        }
        let mut writer = csv::Writer::from_path(to.join("data").join(name)).unwrap();
        rows.iter()
            .for_each(|row| writer.write_record(row).unwrap());
        writer.flush().unwrap();
    }
}

fn replace(rows: &mut [Vec<String>], header: &Header) {
    let place = |name: &str| rows[0].iter().position(|known| known == name);
    match place(&header.column).filter(|_| !header.is_stranger()) {
        Some(place) => rows[0][place] = header.header.clone(),
        // What generated accounts do not have holds numbers, as its name says.
        None => {
            let like = place(&header.column).or(place("cf_children")).unwrap_or(1);
            for row in rows.iter_mut() {
                let cell = row[like].clone();
                row.push(cell);
            }
            *rows[0].last_mut().unwrap() = header.header.clone();
        }
    }
}

/// What the destination has: the seed's fields, and one for each custom column that the export declares.
fn offered(export: &Path) -> BTreeMap<&'static str, Vec<Value>> {
    let seed = fs::read_to_string(repository("fixtures/freshsales/seed.json")).unwrap();
    let seed: Value = serde_json::from_str(&seed).unwrap();
    let fields = table(&export.join("schema/fields.csv"));
    let options = table(&export.join("schema/picklist_options.csv"));
    let reads = [
        ("account_fields", "sales_accounts", vec!["company"]),
        ("contact_fields", "contacts", vec!["contact", "lead"]),
        ("deal_fields", "deals", vec!["deal"]),
    ];
    let of = |(read, module, objects): (&'static str, &str, Vec<&str>)| {
        let mut all: BTreeMap<String, Value> = BTreeMap::new();
        for field in seed["fields"][module].as_array().unwrap() {
            let choices = field["choices"].as_array().cloned().unwrap_or_default();
            all.insert(
                text(&field["name"]),
                described(
                    field["name"].clone(),
                    field["label"].clone(),
                    field["type"].clone(),
                    choices,
                ),
            );
        }
        let declared = fields
            .iter()
            .filter(|row| objects.contains(&row[0].as_str()) && row[1].starts_with("cf_"));
        for row in
            declared.filter(|row| !matches!(row[1].as_str(), "cf_lead_source" | "cf_lead_status"))
        {
            let Some(kind) = kind_there(&row[4]) else {
                continue;
            };
            let choices = options
                .iter()
                .filter(|option| option[0] == row[0] && option[1] == row[1]);
            let choices = choices.map(|option| json!(option[2])).collect();
            all.insert(
                row[1].clone(),
                described(json!(row[1]), json!(row[3]), json!(kind), choices),
            );
        }
        (read, all.into_values().collect())
    };
    reads.into_iter().map(of).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn described(name: Value, label: Value, kind: Value, choices: Vec<Value>) -> Value {
    let choices: Vec<Value> = choices
        .into_iter()
        .map(|value| json!({ "value": value }))
        .collect();
    json!({ "name": name, "label": label, "type": kind, "choices": choices })
}

fn kind_there(declared: &str) -> Option<&'static str> {
    Some(match declared {
        "long_text" | "rich_text" | "json" => "textarea",
        "integer" | "decimal" | "currency" | "percent" => "number",
        "boolean" => "checkbox",
        "date" => "date",
        "datetime" => "date_time",
        "single_select" | "radio" => "dropdown",
        "multi_select" | "checkbox_group" => "multi_select_dropdown",
        "formula" | "rollup" | "file" | "image" => return None,
        _ => "text",
    })
}

/// A pack without every third of its names.
fn thinned(pack: &str) -> String {
    let read: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(pack).unwrap();
    let kept = read.into_iter().map(|(section, names)| {
        let names = names.into_iter().map(|(name, mut aliases)| {
            aliases.retain(|alias| !catalog::hash(alias).as_bytes()[0].is_multiple_of(3));
            (name, aliases)
        });
        (section, names.collect::<BTreeMap<_, _>>())
    });
    toml::to_string(&kept.collect::<BTreeMap<_, _>>()).unwrap()
}

/// One header and what was proposed for it.
#[derive(Clone, Debug)]
struct Verdict {
    kind: String,
    language: String,
    header: String,
    /// Nothing for a stranger.
    meant: Option<String>,
    proposed: Option<String>,
    confidence: f64,
    is_ambiguous: bool,
    /// By the status that the product gives it.
    is_sure: bool,
}

#[derive(Deserialize)]
struct Row {
    object: String,
    source_column: String,
    proposed: Option<String>,
    confidence: f64,
    is_ambiguous: bool,
    status: String,
}

/// What is proposed for every column that landing did not know.
const PROPOSED: &str = "select chosen.object, chosen.source_column, \
        coalesce(chosen.column_name, chosen.destination_field) as proposed, chosen.confidence::double as confidence, \
        coalesce(chosen.runner_up_confidence >= chosen.confidence - proposal_margin(), false) \
            or coalesce(chosen.rival_confidence >= chosen.confidence - proposal_margin(), false) as is_ambiguous, \
        proposed.status \
    from prop_fields__chosen as chosen \
    inner join prop_fields__proposed as proposed \
        on chosen.object = proposed.object and chosen.source_column = proposed.source \
    where proposed.rows > 0";

fn proposed(workspace: &Workspace, offered: &BTreeMap<&'static str, Vec<Value>>) -> Vec<Row> {
    let history = ledger::history(&workspace.staging()).unwrap();
    let extracts = landing::extracts(&workspace.staging(), "smartdesk").unwrap();
    let inputs = relations::inputs(workspace, extracts.last().unwrap(), &history);
    let warehouse = Warehouse::in_memory().unwrap();
    relations::sources(&inputs, &warehouse).unwrap();
    relations::names(&workspace.catalog, &warehouse).unwrap();
    for (read, fields) in offered {
        let rows: Vec<String> = fields
            .iter()
            .map(|field| format!("('{}'::json)", field.to_string().replace('\'', "''")))
            .collect();
        let view = format!("raw_freshsales__{read}");
        let rows = rows.join(", ");
        warehouse
            .run(&format!("drop view {view}; create table {view} as select null::varchar as id, record from (values {rows}) as fields(record)"))
            .unwrap();
    }
    for script in relations::needed(&workspace.catalog, "prop_fields__proposed") {
        let begun = std::time::Instant::now();
        relations::relation(&workspace.catalog, script, &warehouse).unwrap();
        if begun.elapsed().as_millis() > 500 {
            eprintln!("{} {:?}", script.name, begun.elapsed());
        }
    }
    warehouse.fetch(PROPOSED).unwrap()
}

/// A header as landing names its column when nothing else does.
fn landed_as(header: &str) -> String {
    let parts = header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

struct Account<'a> {
    kind: &'a str,
    language: &'a str,
    round: u32,
}

fn measured(export: &Export, account: &Account<'_>, is_thinned: bool) -> Vec<Verdict> {
    let all = headers();
    let is_of = |h: &&Header| h.language == account.language && h.round == account.round;
    let strangers = all.iter().filter(is_of).filter(|h| h.is_stranger());
    let renamed = all.iter().filter(is_of).filter(|h| h.kind == account.kind);
    let headers: Vec<&Header> = strangers.chain(renamed).collect();
    let folder = tempfile::tempdir().unwrap();
    let renamed = folder.path().join("export");
    rename(&export.path, &renamed, &headers);
    let root = folder.path().join("workspace");
    fs::create_dir_all(root.join("sql/aliases")).unwrap();
    fs::write(
        root.join("deskferry.toml"),
        "[source]\ntime_zone = \"UTC\"\ncurrency = \"EUR\"\n",
    )
    .unwrap();
    for (path, text) in catalog::built_in_files().unwrap() {
        if is_thinned && path.starts_with("aliases/") {
            fs::write(root.join("sql").join(path), thinned(&text)).unwrap();
        }
    }
    let workspace = Workspace::open(&root).unwrap();
    migration::land(&workspace, &[&renamed]).unwrap();
    let found = proposed(&workspace, &offered(&export.path));
    let found: BTreeMap<(String, String), Row> = found
        .into_iter()
        .map(|row| ((row.object.clone(), row.source_column.clone()), row))
        .collect();
    let verdict = |header: &&Header| {
        let row = found.get(&(header.object.clone(), landed_as(&header.header)))?;
        Some(Verdict {
            kind: account.kind.to_owned(),
            language: account.language.to_owned(),
            header: format!("{}: {}", header.object, header.header),
            meant: (!header.is_stranger()).then(|| header.column.clone()),
            proposed: row.proposed.clone(),
            confidence: row.confidence,
            is_ambiguous: row.is_ambiguous,
            is_sure: matches!(row.status.as_str(), "certain" | "proposed"),
        })
    };
    headers.iter().filter_map(verdict).collect()
}

/// How many were taken, how many of them rightly, and how many could have been.
fn counted<'a>(
    verdicts: impl Iterator<Item = &'a Verdict>,
    is_taken: impl Fn(&Verdict) -> bool,
) -> [usize; 3] {
    let mut counts = [0; 3];
    for verdict in verdicts {
        counts[0] += usize::from(verdict.meant.is_some());
        if is_taken(verdict) {
            counts[1] += 1;
            counts[2] += usize::from(verdict.meant.is_some() && verdict.meant == verdict.proposed);
        }
    }
    counts
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn print_table(title: &str, verdicts: &[Verdict]) {
    let kinds: BTreeSet<&str> = verdicts
        .iter()
        .map(|verdict| verdict.kind.as_str())
        .collect();
    let strangers = verdicts
        .iter()
        .filter(|verdict| verdict.meant.is_none())
        .count();
    println!(
        "\n{title}: {} headers, {strangers} strangers",
        verdicts.len() - strangers
    );
    println!(
        "| threshold | {} | all |",
        kinds.iter().copied().collect::<Vec<_>>().join(" | ")
    );
    for threshold in THRESHOLDS {
        let cell = |kind: Option<&str>| {
            let of_kind = verdicts
                .iter()
                .filter(|verdict| kind.is_none_or(|kind| verdict.kind == kind));
            let [all, taken, right] = counted(of_kind, |verdict| {
                verdict.confidence >= threshold && !verdict.is_ambiguous
            });
            format!(
                "{:.3} / {:.3} ({right} of {taken}, {all})",
                share(right, taken),
                share(right, all)
            )
        };
        let cells = kinds
            .iter()
            .map(|kind| cell(Some(kind)))
            .chain([cell(None)]);
        println!(
            "| {threshold} | {} |",
            cells.collect::<Vec<_>>().join(" | ")
        );
    }
}

fn print_wrong(verdicts: &[Verdict]) {
    for verdict in verdicts
        .iter()
        .filter(|verdict| verdict.is_sure && verdict.meant != verdict.proposed)
    {
        println!(
            "wrong: {} {} `{}` is {:?}, not {:?} ({:.2})",
            verdict.kind,
            verdict.language,
            verdict.header,
            verdict.meant,
            verdict.proposed,
            verdict.confidence
        );
    }
}

fn accounts(rounds: &[u32]) -> Vec<Account<'static>> {
    let english = ["renamed", "abbreviated"].map(|kind| (kind, "en"));
    let kinds = english
        .into_iter()
        .chain(LANGUAGES.map(|language| ("translated", language)));
    let account = |(kind, language)| {
        let rounds = rounds.iter();
        rounds.map(move |round| Account {
            kind,
            language,
            round: *round,
        })
    };
    let foreign = FOREIGN.map(|(language, round)| Account {
        kind: "foreign",
        language,
        round,
    });
    kinds.flat_map(account).chain(foreign).collect()
}

#[test]
fn what_is_taken_is_right() {
    let export = generated();
    let is_all = std::env::var("PROPOSE").is_ok_and(|what| what == "all");
    let (accounts, packs): (Vec<Account<'_>>, &[bool]) = match is_all {
        true => (accounts(&[1, 2, 3]), &[false, true]),
        false => (accounts(&[1]), &[true]),
    };
    for is_thinned in packs {
        let verdicts = accounts
            .iter()
            .flat_map(|account| measured(&export, account, *is_thinned));
        let verdicts: Vec<Verdict> = verdicts.collect();
        let title = if *is_thinned {
            "every third name of the packs is gone"
        } else {
            "all names of the packs"
        };
        print_table(title, &verdicts);
        print_wrong(&verdicts);
        let [all, taken, right] = counted(verdicts.iter(), |verdict| verdict.is_sure);
        println!("taken {taken}, right {right}, of {all}");
        assert!(share(right, taken) >= 0.98, "{right} of {taken} are right");
        assert!(share(right, all) >= 0.4, "{right} of {all} are found");
    }
}
