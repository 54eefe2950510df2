//! The table of traps in the doc of this folder names tests that are there.

/// The files of this folder that the table may name.
const FILES: [(&str, &str); 8] = [
    ("allowance", include_str!("allowance.rs")),
    ("answers", include_str!("answers.rs")),
    ("bulk", include_str!("bulk.rs")),
    ("children", include_str!("children.rs")),
    ("reading", include_str!("reading.rs")),
    ("relations", include_str!("relations.rs")),
    ("switches", include_str!("switches.rs")),
    ("writing", include_str!("writing.rs")),
];

#[test]
fn every_trap_has_a_test_that_is_there() {
    let table = include_str!("mod.rs").lines();
    let rows = table.filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    let mut traps = Vec::new();
    for row in rows {
        let [trap, _, tests] = row.splitn(3, " | ").collect::<Vec<_>>()[..] else {
            panic!("a row has three columns: {row}");
        };
        let Ok(trap) = trap.parse::<u32>() else {
            continue;
        };
        for test in tests.split(", ") {
            let (file, name) = test.trim_matches('`').split_once("::").unwrap();
            let (_, text) = FILES.iter().find(|(one, _)| *one == file).unwrap();
            let begin = format!("#[tokio::test]\nasync fn {name}()");
            assert!(text.contains(&begin), "{test} is not there");
        }
        traps.push(trap);
    }
    assert_eq!(traps, (1..=20).collect::<Vec<_>>());
}
