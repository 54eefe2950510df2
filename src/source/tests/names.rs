//! Files and headers that are called otherwise: aliases, and what headers alone say of a file.

use super::*;

const PACK: &str = "[files]\ncontact = ['Ansprechpartner']\n[contact]\nfirst_name = ['Vorname']\nlast_name = ['Nachname']\n\
    email = ['E-Mail']\ncity = ['Ort']\n";

fn open_called(files: Files, decisions: &str) -> (TempDir, Export) {
    let folder = folder(files);
    let layout = layout();
    let names = Names {
        layout: &layout,
        aliases: &Aliases::parse([("de", PACK)], &layout).unwrap(),
        headers: &HeaderMap::default(),
        decided: &Choices::parse(&format!("scope,topic,choice,note\n{decisions}")).unwrap(),
    };
    let export = open(&[folder.path()], names, &Limits::default()).unwrap();
    (folder, export)
}

fn object(export: &Export) -> Option<&Choice> {
    export
        .choices()
        .iter()
        .find(|choice| choice.topic == "object")
}

#[test]
fn headers_that_are_called_otherwise_fill_their_columns() {
    let text = "id;Vorname;NACHNAME;e-mail;Vorname;Alter;last_name\n1;Ann;x;a@b.example;y;7;Lee\n";
    let (_folder, export) = open_called(&[("Ansprechpartner_2026-09-01.csv", text.as_bytes())], "");
    assert_eq!(
        export.columns("contact"),
        [
            "id",
            "first_name",
            "nachname",
            "email",
            "vorname",
            "alter",
            "last_name"
        ]
    );
    let choice = object(&export).unwrap();
    assert_eq!(
        (choice.choice.as_str(), choice.decided_by),
        ("contact", DecidedBy::Rule)
    );
    let rows = &read(&export, "contact").unwrap().rows;
    // The column's own name counts before an alias.
    assert_eq!(texts(rows, "last_name"), ["Lee"]);
}

#[test]
fn a_file_without_a_name_is_known_by_its_headers_or_asked_about() {
    let certain = b"id,salutation,department,birthday,linkedin_url,do_not_call\n1,,,,,\n";
    let (_folder, export) = open_called(&[("download.csv", certain)], "");
    let choice = object(&export).unwrap();
    assert_eq!(
        (choice.choice.as_str(), choice.decided_by),
        ("contact", DecidedBy::Rule)
    );

    // People of either kind have these.
    let either = b"id,first_name,last_name,email,phone,mobile,job_title\n1,,,,,,\n";
    let (_folder, export) = open_called(&[("download.csv", either)], "");
    let choice = object(&export).unwrap();
    assert_eq!(choice.decided_by, DecidedBy::Pending);
    assert!(choice.others.contains(&"lead".to_owned()), "{choice:?}");

    let (_folder, export) = open_called(&[("download.csv", either)], "download.csv,object,lead,\n");
    assert_eq!(export.objects().collect::<Vec<_>>(), ["lead"]);
    assert_eq!(object(&export).unwrap().decided_by, DecidedBy::Person);

    let files: Files = &[
        ("contacts.csv", b"id\n1\n"),
        ("notes.csv", b"id,created_at,owner_id,x\n1,,,\n"),
    ];
    let (_folder, export) = open_called(files, "");
    assert_eq!(export.inventory()[1].role, Role::Unmapped);
    let (_folder, export) = open_called(
        &[files[0], ("download.csv", either)],
        "download.csv,object,-,\n",
    );
    assert_eq!(export.inventory()[1].role, Role::LeftOut);
}

#[test]
fn a_decision_for_an_object_is_recorded_and_must_name_one() {
    let either: Files = &[("contacts.csv", b"id,first_name,last_name,email\n1,,,\n")];
    let (_folder, export) = open_called(either, "contacts.csv,object,lead,\n");
    let choice = object(&export).unwrap();
    assert_eq!(
        (choice.choice.as_str(), choice.decided_by),
        ("lead", DecidedBy::Person)
    );
    let files: Files = &[either[0], ("leads.csv", b"id\n1\n")];
    let (_folder, export) = open_called(files, "contacts.csv,object,-,\n");
    assert_eq!(export.objects().collect::<Vec<_>>(), ["lead"]);
    assert_eq!(object(&export).unwrap().choice, "-");

    for (object, reason) in [
        ("klingon", "which is no object"),
        ("automation", "which is read from .json files"),
    ] {
        let folder = folder(either);
        let text = format!("scope,topic,choice,note\ncontacts.csv,object,{object},\n");
        let decided = Choices::parse(&text).unwrap();
        let (kind, text) = refusal(open_as(
            &[folder.path()],
            &HeaderMap::default(),
            &decided,
            &Limits::default(),
        ));
        assert_eq!(kind, Kind::Config);
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn a_file_without_even_a_header_is_asked_about() {
    for bytes in [b"".as_slice(), b"\xef\xbb\xbf\n"] {
        let files: Files = &[("contacts.csv", b"id\n1\n"), ("deals.csv", bytes)];
        let (_folder, export) = open_called(files, "");
        let choice = object(&export).unwrap();
        assert_eq!(
            (choice.choice.as_str(), choice.decided_by),
            ("-", DecidedBy::Pending)
        );
        assert_eq!(export.objects().collect::<Vec<_>>(), ["contact"]);
        let (_folder, export) = open_called(files, "deals.csv,object,-,\n");
        assert_eq!(object(&export).unwrap().decided_by, DecidedBy::Person);
    }
}

#[test]
fn a_header_over_two_columns_is_asked_about() {
    let files: Files = &[("contacts.csv", b"id,Phone,phone,city\n1,11,22,Bern\n")];
    let twice = |export: &Export| {
        let mut choices = export.choices().iter();
        let choice = choices.find(|choice| choice.topic == "headers_twice");
        choice.unwrap().decided_by
    };
    let (_folder, export) = open_called(files, "");
    assert_eq!(
        export.columns("contact"),
        ["id", "phone", "phone__2", "city"]
    );
    assert_eq!(twice(&export), DecidedBy::Pending);
    let (_folder, export) = open_called(files, "contacts.csv,headers_twice,by_place,\n");
    assert_eq!(twice(&export), DecidedBy::Person);
}

#[test]
fn an_extract_has_another_id_when_its_columns_have_other_names() {
    let files: Files = &[("contacts.csv", b"id,Vorname\n1,Ann\n")];
    let (_folder, called) = open_called(files, "");
    let plain = open_files(files).unwrap();
    assert_ne!(called.extract_id(), plain.extract_id());
}
