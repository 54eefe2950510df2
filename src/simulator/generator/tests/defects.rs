//! Each defect that the truth names stands in its file, on its line, in its cell.

use super::sheet::Sheet;
use super::shown::assert_file;
use super::*;

/// A row of `defects.parquet`.
pub struct Planted {
    pub variant: String,
    pub object: String,
    pub file: String,
    pub line: Option<u64>,
    pub record_id: Option<String>,
    pub column: Option<String>,
    pub clean: Option<String>,
    pub dirty: Option<String>,
    pub finding: String,
}

fn defects(made: &Made) -> Vec<Planted> {
    let rows = cells(&made.truth.join("defects.parquet")).into_iter();
    rows.map(|row| Planted {
        variant: row[0].clone().unwrap(),
        object: row[1].clone().unwrap(),
        file: row[2].clone().unwrap(),
        line: row[3].as_ref().map(|line| line.parse().unwrap()),
        record_id: row[4].clone(),
        column: row[5].clone(),
        clean: row[6].clone(),
        dirty: row[7].clone(),
        finding: row[9].clone().unwrap(),
    })
    .collect()
}

impl std::fmt::Display for Planted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {} in {}:{:?} {:?} {:?}",
            self.variant, self.finding, self.file, self.line, self.column, self.dirty
        )
    }
}

/// The files of an export by their path.
pub type Files = BTreeMap<String, Vec<Vec<u8>>>;

/// An export with a defect in each cell and record that could carry one.
fn made_everywhere(contacts: u64, variants: &[&str]) -> (TempDir, Made) {
    let folder = tempfile::tempdir().unwrap();
    let order = Order {
        seed: 4,
        contacts,
        variants: variants.iter().map(|id| id.parse().unwrap()).collect(),
        rate: 1.0,
        is_delta: false,
    };
    let made = generate(&order, folder.path()).unwrap();
    (folder, made)
}

#[test]
fn each_variant_plants_something_and_it_stands_in_its_file_on_its_line() {
    for variant in Variant::all() {
        let (folder, made) = made(4, 60, &[&variant.id()], variant.is_delta_only());
        let planted = defects(&made);
        assert!(!planted.is_empty(), "{variant}");
        assert_eq!(made.defects, planted.len() as u64);
        let strangers = planted.iter().find(|defect| defect.variant != variant.id());
        assert!(strangers.is_none(), "{variant}");
        assert_all_stand_there(&planted, &made, folder.path());
    }
}

#[test]
fn of_all_variants_at_once_only_what_is_written_is_named() {
    for seed in [4, 7] {
        let (folder, made) = made_of_all(seed, 120, &[]);
        assert_all_stand_there(&defects(&made), &made, folder.path());
    }
}

#[test]
fn a_record_is_odd_in_one_way() {
    let (folder, made) = made_everywhere(300, &["V22", "V23"]);
    let planted = defects(&made);
    let count = |finding: &str| {
        let of_it = |one: &&Planted| one.finding == finding && one.object == "deal";
        planted.iter().filter(of_it).count()
    };
    assert!(count("stray_quote") > 3 && count("row_too_long") > 3);
    assert_all_stand_there(&planted, &made, folder.path());
}

#[test]
fn a_view_ends_at_its_cap() {
    let (_folder, made) = made(4, 1_700, &["V77"], false);
    assert!(made.rows["activity"] > 10_000);
    let text = &unpacked(&made)["data/activities.csv"][0];
    let mut reader = csv::Reader::from_reader(text.as_slice());
    assert_eq!(reader.records().count(), 10_000);
    let capped = defects(&made);
    let capped: Vec<&Planted> = capped
        .iter()
        .filter(|defect| defect.finding == "rows_capped")
        .collect();
    assert_eq!(capped.len(), 1);
    assert_eq!(capped[0].file, "data/activities.csv");
}

#[test]
fn a_view_that_shows_all_is_not_said_to_end() {
    let (_folder, made) = made(4, 1_700, &["V77"], true);
    assert!((1..10_000).contains(&made.rows["activity"]));
    let planted = defects(&made);
    assert!(!planted.iter().any(|one| one.finding == "rows_capped"));
}

#[test]
fn an_export_is_packed_as_its_mark_says() {
    for (seed, is_delta) in (4..8).flat_map(|seed| [(seed, false), (seed, true)]) {
        let (folder, made) = made(seed, 60, &["V01"], is_delta);
        assert_all_stand_there(&defects(&made), &made, folder.path());
    }
}

#[test]
fn an_address_that_is_there_twice_stands_in_the_file_of_contacts() {
    let (_folder, made) = made_everywhere(60, &["V37"]);
    let text = &unpacked(&made)["data/contacts.csv"][0];
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let headers = reader.headers().unwrap().clone();
    let place = headers.iter().position(|name| name == "email").unwrap();
    let records = reader.records().map(|record| record.unwrap());
    let addresses: Vec<String> = records.map(|record| record[place].to_lowercase()).collect();
    for (finding, wanted) in [("email_twice", 2), ("email_of_a_contact", 1)] {
        let planted = defects(&made);
        let mut of_it = planted.iter().filter(|one| one.finding == finding);
        assert!(of_it.clone().count() > 3);
        let is_there = |one: &Planted| {
            let address = one.dirty.as_ref().unwrap().to_lowercase();
            addresses.iter().filter(|other| **other == address).count() >= wanted
        };
        let missing = of_it.find(|one| !is_there(one));
        assert!(missing.is_none(), "{}", missing.unwrap());
    }
}

#[test]
fn a_reference_to_nobody_names_no_record_that_is_or_was() {
    let (_folder, made) = made_everywhere(300, &["V38", "V40", "V78", "V80"]);
    let tables = tables::tables().into_iter();
    let mut ids: BTreeSet<String> = tables
        .flat_map(|table| records(&made, table.object))
        .map(|record| record["id"].clone())
        .collect();
    let gone = records(&made, "deleted").into_iter();
    ids.extend(gone.map(|mark| mark["record_id"].clone()));
    let planted = defects(&made);
    for finding in [
        "orphan",
        "converted_to_nobody",
        "owner_unknown",
        "stage_unknown",
    ] {
        let mut of_it = planted.iter().filter(|one| one.finding == finding);
        assert!(of_it.clone().count() > 3);
        let known = of_it.find(|one| ids.contains(one.dirty.as_ref().unwrap()));
        assert!(known.is_none(), "{}", known.unwrap());
    }
}

#[test]
fn a_currency_is_left_to_a_header_only_where_the_header_says_it() {
    let count = |variants: &[&str]| {
        let (_folder, made) = made(4, 60, variants, false);
        let planted = defects(&made).into_iter();
        let of_it = planted.filter(|one| one.finding == "currency_in_header" && one.line.is_some());
        of_it.count()
    };
    assert!(count(&["V49"]) > 0);
    // A sheet has the headers that it always has.
    assert_eq!(count(&["V09", "V49"]), 0);
}

#[test]
fn a_reference_that_is_left_empty_is_in_no_other_column() {
    for (variant, finding, pair) in [
        ("V40", "owner_blank", ["owner_id", "owner_email"]),
        ("V67", "author_missing", ["author_id", "author_email"]),
    ] {
        let (_folder, made) = made(4, 300, &[variant], false);
        let planted = defects(&made);
        let empty = planted.iter().filter(|defect| defect.finding == finding);
        let of = |column: &str| -> BTreeSet<&Option<String>> {
            let of_it = empty.clone().filter(|defect| {
                defect.column.as_deref() == Some(column) && defect.dirty.as_deref() == Some("")
            });
            of_it.map(|defect| &defect.record_id).collect()
        };
        assert!(!of(pair[0]).is_empty());
        assert_eq!(of(pair[0]), of(pair[1]), "{finding}");
    }
}

/// The cells of an object by the name of their column.
fn records(made: &Made, object: &str) -> Vec<BTreeMap<&'static str, String>> {
    let table = table(object);
    let rows = cells(&made.truth.join(format!("{object}.parquet"))).into_iter();
    rows.map(|row| {
        let names = table.columns.iter().map(|column| column.name);
        names
            .zip(row.into_iter().map(Option::unwrap_or_default))
            .collect()
    })
    .collect()
}

#[test]
fn what_is_asked_is_in_doubt_and_what_is_recovered_is_not() {
    let (_folder, made) = made(4, 1_000, &["V34", "V35"], false);
    let planted = defects(&made);
    let of = |finding: &'static str| planted.iter().filter(move |one| one.finding == finding);
    let contacts = records(&made, "contact");
    let domains: Vec<String> = records(&made, "company")[..3]
        .iter()
        .map(|company| format!("@{}", company["domain"]))
        .collect();
    let (_folder, alone) = super::made(4, 1_000, &["V34"], false);
    let ambiguous = defects(&alone);
    let mut ambiguous = ambiguous
        .iter()
        .filter(|one| one.finding == "lookup_ambiguous")
        .peekable();
    assert!(ambiguous.peek().is_some());
    for defect in ambiguous {
        let contact = contacts
            .iter()
            .find(|contact| Some(&contact["id"]) == defect.record_id.as_ref())
            .unwrap();
        let told = domains
            .iter()
            .find(|domain| contact["email"].ends_with(*domain));
        assert_eq!(told, None, "{defect}");
    }
    assert!(of("lookup_by_last_first").count() > 0);
    for defect in of("lookup_by_last_first") {
        let called = contacts.iter().filter(|contact| {
            let name = format!("{}, {}", contact["last_name"], contact["first_name"]);
            Some(&name) == defect.dirty.as_ref()
        });
        assert_eq!(called.count(), 1, "{defect}");
    }
}

fn assert_all_stand_there(planted: &[Planted], made: &Made, folder: &Path) {
    let files = unpacked(made);
    let mut sheets: BTreeMap<(&str, &str), Sheet> = BTreeMap::new();
    for defect in planted {
        if defect.line.is_none() && defect.column.is_none() {
            assert_file(defect, planted, &files, (made, folder));
            continue;
        }
        let key = (defect.file.as_str(), defect.object.as_str());
        let sheet = sheets
            .entry(key)
            .or_insert_with(|| Sheet::of(key, &files[key.0][0], planted));
        match (defect.line, &defect.column) {
            (None, _) => sheet.assert_header(defect),
            (Some(line), Some(column)) => sheet.assert_cell(defect, line, column),
            (Some(line), None) => sheet.assert_record(defect, line),
        }
        if let Some(line) = defect.line {
            let is_named = |other: &Planted| {
                (other.line, &other.file) == (Some(line), &defect.file)
                    && other.column.as_deref() == Some("id")
            };
            let id = sheet.cell(line, "id").filter(|_| sheet.has("id"));
            let is_right = id.is_none() || id == defect.record_id;
            assert!(is_right || planted.iter().any(is_named), "{defect}, {id:?}");
        }
    }
    assert_clean_is_true(planted, made);
    assert_stand_before(planted, &files);
}

/// What a cell should be is what the truth says of its record.
fn assert_clean_is_true(planted: &[Planted], made: &Made) {
    let mut truths: BTreeMap<&str, BTreeMap<String, BTreeMap<&str, String>>> = BTreeMap::new();
    let is_cell = |defect: &&Planted| defect.line.is_some();
    for defect in planted.iter().filter(is_cell) {
        let Some(column) = defect.column.as_deref() else {
            continue;
        };
        let truth = truths.entry(&defect.object).or_insert_with(|| {
            let records = records(made, &defect.object).into_iter();
            records
                .map(|record| (record["id"].clone(), record))
                .collect()
        });
        let record = &truth[defect.record_id.as_ref().unwrap()];
        let clean = defect.clean.as_deref().unwrap_or_default();
        assert_eq!(clean, record[column], "{defect}");
    }
}

/// A record that stands again stood in the part before.
fn assert_stand_before(planted: &[Planted], files: &Files) {
    let again = planted
        .iter()
        .filter(|defect| defect.finding == "record_again");
    for defect in again {
        let (stem, number) = defect
            .file
            .strip_suffix(".csv")
            .unwrap()
            .rsplit_once('_')
            .unwrap();
        let before = format!("{stem}_{:03}.csv", number.parse::<u64>().unwrap() - 1);
        let sheet = |file: &str| Sheet::of((file, &defect.object), &files[file][0], planted);
        let record = sheet(&defect.file).record(defect.line.unwrap());
        assert!(
            sheet(&before).has_record(&record),
            "{defect} is not in {before}"
        );
    }
}
