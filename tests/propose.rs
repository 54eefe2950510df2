//! `map propose` by the real program: what it proposes, what it writes down, and what it never takes.

mod choices;
mod measure;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Ran, Simulator, Workspace, repository};

const MAPS: [&str; 5] = [
    "map_fields",
    "map_headers",
    "map_options",
    "map_owners",
    "map_stages",
];

/// The bundled export, about which nobody has decided anything.
fn landed(simulator: &Simulator) -> Workspace {
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land(repository("fixtures/smartdesk"));
    workspace
}

fn propose(workspace: &Workspace, more: &[&str]) -> Value {
    let arguments = [&["map", "propose", "--format", "json"], more].concat();
    workspace.run(&arguments).passed().json()
}

fn proposals(answer: &Value) -> Vec<Value> {
    answer["proposals"].as_array().unwrap().clone()
}

/// The proposal for one thing.
#[track_caller]
fn of<'a>(proposals: &'a [Value], object: &str, source: &str) -> &'a Value {
    let mut all = proposals.iter();
    let found = all.find(|one| one["object"] == *object && one["source"] == *source);
    found.unwrap_or_else(|| panic!("nothing is said of {object} {source}"))
}

fn map(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.path().join(format!("sql/map/{name}.csv"))
}

/// The rows of a map by column; none where there is no map.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        return Vec::new();
    };
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn nothing_is_written_until_it_is_asked_for() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator);
    let answer = propose(&workspace, &["--all"]);
    assert_eq!(simulator.writes(), [""; 0], "a proposal has written there");
    assert!(!workspace.path().join("sql").exists());
    assert_eq!(answer["written"], Value::Null);
    let all = proposals(&answer);
    for (object, source, destination, status) in [
        ("contact", "phone", "work_number", "decided"),
        ("contact", "cf_newsletter", "cf_newsletter", "certain"),
        ("contact", "cf_rating", "cf_rating", "proposed"),
        (
            "company",
            "industry = Manufactoring",
            "Manufacturing",
            "proposed",
        ),
        (
            "contact",
            "cf_products = Small; Medium",
            "Small, Medium",
            "certain",
        ),
        (
            "stage",
            "New Business / Signed",
            "New Business / Won",
            "proposed",
        ),
        (
            "user",
            "usr_000000002 Tom Alder",
            "tom.alder@acme.example",
            "proposed",
        ),
        ("activity", "type = call", "calls", "decided"),
    ] {
        let one = of(&all, object, source);
        assert_eq!(one["destination"], destination, "{one:#}");
        assert_eq!(one["status"], status, "{one:#}");
        assert_ne!(one["evidence"], "", "{one:#}");
    }
    let lossy = of(&all, "contact", "cf_region");
    assert_eq!(lossy["lossy"], serde_json::json!(["options"]), "{lossy:#}");
    assert_eq!(lossy["rows_affected"], 1, "{lossy:#}");
    for source in ["cf_weighted", "cf_deal_count"] {
        assert_eq!(of(&all, "contact", source)["status"], "none");
    }
    // Without `--all`, what loses nothing and is decided is left out.
    let short = proposals(&propose(&workspace, &[]));
    assert!(short.len() < all.len());
    assert!(
        short
            .iter()
            .all(|one| one["status"] != "decided" || one["rows_affected"] != 0)
    );
}

/// What the answer says of it, by map, for proposals of these standings.
fn answers(answer: &Value, statuses: &[&str]) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let mut found: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for one in proposals(answer) {
        let is_meant = statuses.iter().any(|status| one["status"] == **status);
        if let Some(map) = one["map"].as_str().filter(|_| is_meant) {
            let answers: Vec<_> = serde_json::from_value(one["answers"].clone()).unwrap();
            found.entry(map.to_owned()).or_default().extend(answers);
        }
    }
    found
}

#[test]
fn without_being_asked_only_what_is_certain_is_written() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator);
    let answer = propose(&workspace, &["--all", "--write"]);
    let mut certain = answers(&answer, &["certain"]);
    for name in MAPS {
        let mut found = rows(&map(&workspace, name));
        let mut wanted = certain.remove(name).unwrap_or_default();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{name}");
    }
    let all = proposals(&answer);
    let certain = all.iter().filter(|one| one["status"] == "certain");
    assert!(certain.clone().count() > 0);
    for one in certain {
        assert_eq!(one["rows_affected"], 0, "certain, and loses: {one:#}");
    }
    let likely = all.iter().filter(|one| one["status"] == "proposed");
    let likely = likely.filter(|one| !one["answers"].as_array().unwrap().is_empty());
    assert_eq!(answer["written"]["likely"], likely.count());
    assert_ne!(answer["written"]["likely"], 0);
}

#[test]
fn nothing_below_the_threshold_is_written_even_if_all_is_asked_for() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(&[
        (
            "contacts.csv",
            "id,last_name,Quarterly Newsletter\nc1,Berg,yes\nc2,Alder,no\n",
        ),
        (
            "companies.csv",
            "id,name,industry\nk1,Acme,Heavy Manufacturing\nk2,Beta,Retail\n",
        ),
    ]);
    let answer = propose(&workspace, &["--all", "--write", "--likely"]);
    let threshold = answer["threshold"].as_f64().unwrap();
    assert_eq!(threshold, 0.8);
    let all = proposals(&answer);
    let below = all
        .iter()
        .filter(|one| one["confidence"].as_f64().unwrap() < threshold)
        .filter(|one| !one["answers"].as_array().unwrap().is_empty());
    // A field to create is no guess.
    let below: Vec<_> = below.filter(|one| one["is_to_create"] == false).collect();
    assert!(!below.is_empty(), "nothing is in doubt here: {all:#?}");
    for one in below {
        assert!(one["status"] == "none" || one["status"] == "ambiguous");
        let written = rows(&map(&workspace, one["map"].as_str().unwrap()));
        let answers: Vec<BTreeMap<String, String>> =
            serde_json::from_value(one["answers"].clone()).unwrap();
        for answer in answers {
            assert!(!written.contains(&answer), "taken silently: {one:#}");
        }
    }
}

#[test]
fn what_is_sure_goes_behind_the_rows_that_are_there_and_nothing_else_does() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator);
    let stages = map(&workspace, "map_stages");
    fs::create_dir_all(stages.parent().unwrap()).unwrap();
    let by_hand = "source_pipeline,source_stage,destination_pipeline,destination_stage\r\n\
        New Business, Signed ,New Business,Lost";
    fs::write(&stages, by_hand).unwrap();
    let answer = propose(&workspace, &["--all", "--write", "--likely"]);
    assert_eq!(fs::read_to_string(&stages).unwrap(), by_hand, "{answer:#}");
    let mut wanted = answers(&answer, &["certain", "proposed"]);
    assert!(wanted.len() >= 3, "{wanted:?}");
    for name in MAPS.iter().filter(|name| **name != "map_stages") {
        let path = map(&workspace, name);
        let mut found = rows(&path);
        let mut wanted = wanted.remove(*name).unwrap_or_default();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{name}");
        if path.exists() {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
    let before: Vec<_> = MAPS.map(|name| fs::read(map(&workspace, name)).ok()).into();
    let again = propose(&workspace, &["--write", "--likely", "--all"]);
    let after: Vec<_> = MAPS.map(|name| fs::read(map(&workspace, name)).ok()).into();
    assert_eq!(before, after, "{:#}", again["written"]);
    assert_eq!(
        of(&proposals(&again), "contact", "cf_newsletter")["status"],
        "decided"
    );
    let left = workspace
        .sql("select object, source_column from recon_after_land__custom_columns_unmapped");
    let left: Vec<&Value> = left.iter().map(|row| &row["source_column"]).collect();
    assert_eq!(left, ["cf_contract", "cf_photo"]);
}

#[test]
fn a_field_to_create_is_written_only_if_asked_and_blocks_until_it_is_there() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(&[(
        "contacts.csv",
        "id,last_name,email,Lieblingsfarbe\nc1,Berg,ines@acme.example,blue\n",
    )]);
    let answer = propose(&workspace, &["--write"]);
    let colour = of(&proposals(&answer), "contact", "lieblingsfarbe").clone();
    assert_eq!(colour["is_to_create"], true);
    assert_eq!(colour["destination"], "cf_lieblingsfarbe");
    assert_eq!(answer["written"]["to_create"], 1);
    let has_colour = || !rows(&map(&workspace, "map_fields")).is_empty();
    assert!(!has_colour());
    workspace.run(&["map", "propose", "--create"]).ended(2);
    workspace.run(&["map", "propose", "--likely"]).ended(2);
    propose(&workspace, &["--write", "--create"]);
    assert!(has_colour());
    let plan = workspace.run(&["plan", "--format", "json"]);
    assert!([6, 7].contains(&plan.code), "{}", plan.stderr);
    let findings = plan.json()["findings"].clone();
    let missing = "recon_before_load__custom_fields_missing__contacts";
    let found = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["check"] == missing);
    assert_eq!(found.unwrap()["rows"], 1);
}

#[test]
fn a_renamed_header_becomes_its_column_when_the_export_is_landed_again() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    let files = [
        (
            "people.csv",
            "id,Vorname,Nachname,Mobilfunknummer,Abmeldung erbeten\nc1,Ines,Berg,+49 170 5550101,yes\n",
        ),
        (
            "Contacts.csv",
            "id,first_name,last_name,Mobilfunknummer\nc2,Tom,Alder,+49 170 5550102\n",
        ),
    ];
    workspace.land_files(&files);
    let answer = propose(&workspace, &["--write", "--likely"]);
    assert_eq!(answer["written"]["must_land_again"], true, "{answer:#}");
    let written = rows(&map(&workspace, "map_headers"));
    assert_eq!(written.len(), 2, "{written:?}");
    workspace.land_files(&files);
    let mobiles = propose(&workspace, &["--all"]);
    assert_eq!(
        of(&proposals(&mobiles), "contact", "mobile")["status"],
        "decided"
    );
    assert_eq!(
        workspace.number("select count(mobile) from stg_smartdesk__contacts"),
        2
    );
}

#[test]
fn a_cell_that_a_spreadsheet_would_compute_is_written_as_text_and_still_answers() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(&[(
        "companies.csv",
        "id,name,industry\nk1,Acme,=Manufacturing\nk2,Beta,@Retail\n",
    )]);
    propose(&workspace, &["--write", "--likely"]);
    let text = fs::read_to_string(map(&workspace, "map_options")).unwrap();
    assert!(text.contains(",'=Manufacturing,Manufacturing\n"), "{text}");
    assert!(text.contains(",'@Retail,Retail\n"), "{text}");
    propose(&workspace, &["--all"]);
    let matched = "select count(industry_type_id) from int_companies__judged";
    assert_eq!(workspace.number(matched), 2);
}

/// `prop_columns__carried` says in other words what `sql/load/` does: each of its fields is one there, and each field there is
/// said, but for those that come from several columns.
#[test]
fn what_is_said_of_the_load_scripts_is_what_they_do() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator);
    propose(&workspace, &[]);
    let fields = "select objects.source as object, columns.column_name as field \
        from information_schema.columns as columns \
        inner join objects on columns.table_name = 'load_' || objects.object \
        where objects.source in ('company', 'contact', 'lead', 'deal') and not starts_with(column_name, '_')";
    let unknown = format!(
        "select object, column_name, destination_field from prop_columns__carried as carried \
         anti join ({fields}) as fields on carried.object = fields.object and carried.destination_field = fields.field \
         where destination_field <> '-'"
    );
    assert_eq!(workspace.sql(&unknown), [Value::Null; 0]);
    let unsaid = format!(
        "select fields.object || '.' || fields.field as field from ({fields}) as fields \
         anti join prop_columns__carried as carried \
            on fields.object = carried.object and fields.field = carried.destination_field order by field"
    );
    let unsaid = workspace.sql(&unsaid);
    let unsaid: Vec<&str> = unsaid
        .iter()
        .map(|row| row["field"].as_str().unwrap())
        .collect();
    assert_eq!(unsaid, UNSAID);
    let columns = "select object, column_name from prop_columns__carried as carried \
        anti join alias_columns as known on carried.object = known.object and carried.column_name = known.name";
    assert_eq!(workspace.sql(columns), [Value::Null; 0]);
}

/// Fields of load scripts that are made of a choice, or of several columns.
const UNSAID: [&str; 13] = [
    "company.cf_employee_range",
    "company.custom_field",
    "contact.custom_field",
    "deal.custom_field",
    "deal.deal_reason_id",
    "deal.lead_source_id",
    "lead.company",
    "lead.contact_status_id",
    "lead.custom_field",
    "lead.lead_source_id",
    "lead.lead_stage_id",
    "lead.lifecycle_stage_id",
    "lead.sales_accounts",
];

#[test]
fn the_public_tables_need_few_rows_by_hand() {
    let data = repository("../shared/data/crm-opportunities");
    if !data.is_dir() {
        eprintln!("skipped: {} is not there", data.display());
        return;
    }
    let simulator = Simulator::start("crm-opportunities.json");
    let workspace = Workspace::new("crm-opportunities", &simulator.base_url);
    let decided: BTreeMap<&str, _> = MAPS
        .iter()
        .map(|name| (*name, rows(&map(&workspace, name))))
        .collect();
    for name in MAPS.iter().filter(|name| **name != "map_headers") {
        fs::remove_file(map(&workspace, name)).unwrap();
    }
    workspace.land(&data);
    propose(&workspace, &["--write", "--likely"]);
    let owners = rows(&map(&workspace, "map_owners"));
    let same = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>| {
        a["source_id"] == b["source_id"] && a["destination_email"] == b["destination_email"]
    };
    assert_eq!(owners.len(), 35);
    for owner in &owners {
        assert!(
            decided["map_owners"].iter().any(|known| same(known, owner)),
            "{owner:?}"
        );
    }
    let fields = rows(&map(&workspace, "map_fields"));
    assert_eq!(fields.len(), 3);
    for field in &fields {
        assert!(decided["map_fields"].contains(field), "{field:?}");
    }
    let stages = rows(&map(&workspace, "map_stages"));
    assert_eq!(stages.len(), 2);
    assert!(
        stages
            .iter()
            .all(|stage| decided["map_stages"].contains(stage)),
        "{stages:?}"
    );
}

#[test]
fn the_table_shows_both_sides_and_says_what_is_left() {
    let simulator = Simulator::start("seed.json");
    let workspace = landed(&simulator);
    let Ran { stdout, .. } = workspace.run(&["map", "propose", "--write"]).passed();
    for part in [
        "what speaks for it",
        "files travel as attachments",
        "rows written to sql/map/map_fields.csv",
        "left for people:",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
}
