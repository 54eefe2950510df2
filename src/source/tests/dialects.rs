//! Files as other programs write them: encodings, delimiters, escapes, titles and sums, and what people decide about them.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::*;

/// Lands one file of contacts; its rows by id, name and city, the codes of what was set aside, and its counts.
struct Read {
    rows: Vec<[String; 3]>,
    aside: Vec<(String, Vec<u8>)>,
    counts: FileCounts,
    choices: Vec<Choice>,
}

fn read(bytes: &[u8]) -> Read {
    read_as(bytes, "")
}

fn read_as(bytes: &[u8], decisions: &str) -> Read {
    let folder = folder(&[("contacts.csv", bytes)]);
    let decided = Choices::parse(&format!("scope,topic,choice,note\n{decisions}")).unwrap();
    let limits = Limits::default();
    let export = open_as(&[folder.path()], &HeaderMap::default(), &decided, &limits);
    let export = export.unwrap();
    let (mut rows, mut aside) = (Vec::new(), Vec::new());
    let counts = export.read(
        "contact",
        &mut |batch| {
            for row in 0..batch.num_rows() {
                let cell = |name: &str| {
                    let column = batch.column_by_name(name)?.as_string::<i32>();
                    column.is_valid(row).then(|| column.value(row).to_owned())
                };
                rows.push(["id", "first_name", "city"].map(|name| cell(name).unwrap_or_default()));
            }
            Ok(())
        },
        &mut |batch| {
            let codes = batch
                .column_by_name("code")
                .unwrap()
                .as_string::<i32>()
                .clone();
            let bytes = batch
                .column_by_name("bytes")
                .unwrap()
                .as_binary::<i32>()
                .clone();
            for row in 0..batch.num_rows() {
                aside.push((codes.value(row).to_owned(), bytes.value(row).to_owned()));
            }
            Ok(())
        },
    );
    Read {
        rows,
        aside,
        counts: counts.unwrap().remove(0),
        choices: export.choices().to_vec(),
    }
}

impl Read {
    fn choice(&self, topic: &str) -> &Choice {
        self.choices
            .iter()
            .find(|choice| choice.topic == topic)
            .unwrap()
    }
}

const TEXT: &str = "id;first_name;city\ncon_1;Jörg;Köln\ncon_2;Zoë;Düsseldorf\n";

fn rows() -> Vec<[String; 3]> {
    [["con_1", "Jörg", "Köln"], ["con_2", "Zoë", "Düsseldorf"]]
        .map(|row| row.map(str::to_owned))
        .to_vec()
}

fn in_encoding(encoding: &'static Encoding) -> Vec<u8> {
    encoding.encode(TEXT).0.into_owned()
}

#[test]
fn an_encoding_is_found_and_decoded() {
    let little: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (name, bytes) in [
        ("utf-8", TEXT.as_bytes().to_vec()),
        ("utf-8", [b"\xef\xbb\xbf", TEXT.as_bytes()].concat()),
        ("windows-1252", in_encoding(WINDOWS_1252)),
        ("utf-16le", little.clone()),
        ("utf-16le", [b"\xff\xfe", little.as_slice()].concat()),
        ("utf-16be", [b"\xfe\xff", big.as_slice()].concat()),
    ] {
        let read = read(&bytes);
        assert_eq!(read.rows, rows(), "{name}");
        let choice = read.choice("encoding");
        assert_eq!(
            (choice.choice.as_str(), choice.decided_by),
            (name, DecidedBy::Rule)
        );
    }
}

#[test]
fn an_encoding_that_is_not_certain_is_asked_about_and_a_person_decides() {
    let bytes = in_encoding(MACINTOSH);
    // Letters in the half where Windows has them speak against it.
    let mixed = [bytes.as_slice(), b"con_3;M\xfcller;x\n"].concat();
    assert_eq!(
        read(&mixed).choice("encoding").decided_by,
        DecidedBy::Pending
    );
    let read = read_as(&mixed, "contacts.csv,encoding,macintosh,asked\n");
    assert_eq!(read.choice("encoding").decided_by, DecidedBy::Person);
    assert_eq!(read.rows[..2], rows());
}

#[test]
fn a_delimiter_is_found_by_what_splits_all_records_alike() {
    for delimiter in [",", ";", "\t", "|", "^"] {
        let read = read(TEXT.replace(';', delimiter).as_bytes());
        assert_eq!(read.rows, rows(), "{delimiter}");
        assert_eq!(read.choice("delimiter").decided_by, DecidedBy::Rule);
    }
    // Each row has a comma too, and the header has none.
    let read = read(b"id;city\n1;1,5\n2;2,5\n");
    assert_eq!(read.rows[1], ["2", "", "2,5"]);
}

#[test]
fn a_delimiter_that_two_fit_is_asked_about() {
    let text = "id,a;first_name\n1,b;c\n2,d;e\n";
    let read_by_rule = read(text.as_bytes());
    let choice = read_by_rule.choice("delimiter");
    assert_eq!(choice.decided_by, DecidedBy::Pending);
    assert_eq!((choice.evidence_for, choice.evidence_against), (3, 3));
    assert_eq!(choice.others, ["semicolon"]);
    let read = read_as(text.as_bytes(), "contacts.csv,delimiter,semicolon,\n");
    assert_eq!(read.rows[1][1], "e");
    assert_eq!(read.choice("delimiter").decided_by, DecidedBy::Person);
}

#[test]
fn a_line_for_spreadsheets_and_titles_stand_beside_the_rows() {
    for above in [
        "sep=;\n",
        "Contacts of Acme\n\n",
        "All contacts;;\n;;\nsep\n",
    ] {
        let text = format!("{above}{TEXT}Total;2;\n");
        let read = read(text.as_bytes());
        assert_eq!(read.rows, rows(), "{above}");
        let counts = &read.counts;
        assert_eq!((counts.landed, counts.total_rows), (2, 1));
        assert!(counts.title_rows > 0);
        let last = ("total_row".to_owned(), b"Total;2;".to_vec());
        assert_eq!(read.aside.last(), Some(&last));
        assert_eq!(
            read.aside.len() as u64,
            counts.title_rows + counts.total_rows
        );
    }
}

#[test]
fn line_breaks_in_quotes_do_not_speak_for_another_delimiter() {
    // Read by semicolons, each line of a note is a record of its own.
    let row = |id: u8| format!("con_{id},Ann,\"one;two\nthree;four\nfive;six\"\n");
    let text = format!("id,first_name,city\n{}{}", row(1), row(2));
    let choice = read(text.as_bytes()).choice("delimiter").clone();
    assert_eq!(
        (choice.choice.as_str(), choice.decided_by),
        ("comma", DecidedBy::Rule)
    );
}

#[test]
fn a_title_may_hold_the_delimiter() {
    let text = "Contacts of Acme, Berlin\nid,first_name,last_name,city,email\n1,Ann,Lee,Bern,a@b.example\n";
    let read = read(text.as_bytes());
    assert_eq!(read.rows, [["1", "Ann", "Bern"]]);
    assert_eq!((read.counts.title_rows, read.counts.header_rows), (1, 1));
    // A header that is a cell short is one all the same.
    let short = self::read(b"id,first_name,city\n1,Ann,Bern,\n2,Bob,Rome,\n");
    assert_eq!(short.rows.len(), 2);
}

#[test]
fn what_the_first_line_says_of_the_delimiter_counts_and_a_person_counts_more() {
    // Both split every record alike.
    let text = b"sep=;\nid,a;first_name\n1,b;c\n2,d;e\n";
    let said = read(text);
    assert_eq!(said.rows[1][1], "e");
    let choice = said.choice("delimiter");
    assert_eq!(
        (choice.choice.as_str(), choice.decided_by),
        ("semicolon", DecidedBy::Rule)
    );
    let decided = read_as(text, "contacts.csv,delimiter,comma,\n");
    assert_eq!(decided.rows[1][0], "2");
    assert_eq!(decided.counts.title_rows, 1);
    let unusual = read(b"sep=:\nid:first_name\n1:Ann\n");
    assert_eq!(unusual.rows[0][1], "Ann");
    assert_eq!(unusual.choice("delimiter").choice, ":");
}

#[test]
fn a_company_called_total_is_no_sum() {
    let read = read(b"first_name,city\nTotal,Paris\n");
    assert_eq!(read.counts.landed, 1);
}

#[test]
fn escaped_quotes_are_read_where_only_they_explain_the_records() {
    let text = "id,first_name,city\n1,\"say \\\"hi, you\\\"\",a\n2,\"x\",b\n";
    let read_here = read(text.as_bytes());
    assert_eq!(read_here.rows[0], ["1", "say \"hi, you\"", "a"]);
    assert_eq!(read_here.choice("escape").choice, "backslash");
    // A path that ends in a backslash is none.
    let path = read(b"id,first_name,city\n1,\"C:\\\",a\n2,\"x\",b\n");
    assert_eq!(path.rows[0], ["1", "C:\\", "a"]);
}

#[test]
fn broken_characters_are_set_aside_with_the_bytes_of_the_file() {
    let good: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let half = [b'9', 0, b';', 0, 0, 0xD8, b';', 0, b'x', 0, b'\n', 0];
    let read_wide = read(&[good.as_slice(), &half].concat());
    assert_eq!(read_wide.rows, rows());
    assert_eq!(read_wide.aside[0].0, "invalid_text");
    let zero = read([TEXT.as_bytes(), b"3;\0;x\n"].concat().as_slice());
    assert_eq!(zero.aside, [("nul_byte".to_owned(), b"3;\0;x".to_vec())]);
    let mut in_1252 = in_encoding(WINDOWS_1252);
    in_1252.extend_from_slice(b"3;M\xfcller\n");
    let ragged = read(&in_1252);
    assert_eq!(
        ragged.aside,
        [("ragged_row".to_owned(), b"3;M\xfcller".to_vec())]
    );
}

#[test]
fn an_unknown_decision_is_refused() {
    let folder = folder(&[("contacts.csv", TEXT.as_bytes())]);
    let decided = Choices::parse("scope,topic,choice,note\ncontacts.csv,encoding,klingon,\n");
    let export = open_as(
        &[folder.path()],
        &HeaderMap::default(),
        &decided.unwrap(),
        &Limits::default(),
    );
    let (kind, text) = refusal(export);
    assert_eq!(kind, Kind::Config);
    assert!(text.contains("decides encoding `klingon`"), "{text}");
}
