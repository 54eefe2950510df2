//! A customer's script as the source.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::stage::{
    assert_nothing_landed, begin, decide, ended_by, extract, land, land_command, left, rewrite,
    rows, scripted, until, workspace,
};
use crate::support::{Ran, repository};

/// Contacts as JSON lines.
const CONTACTS: &str = r#"cat <<'END'
{"object": "contact", "record": {"id": "con_1", "email": "a@x.example", "address": {"city": "Köln"}, "tags": ["a;b", "c"]}}

{"object": "user", "record": {"id": 7, "email": "o@x.example", "is_active": true}}
{"object": "contact", "record": {"id": "con_2", "email": "b@x.example", "department": "R,\"D\""}}
END"#;

const SINGER: &str = r#"echo "$1 ${DESKFERRY_STATE:+again}" >&2
cat <<'END'
{"type": "SCHEMA", "stream": "contacts", "schema": {"properties": {"id": {}}}, "key_properties": ["id"]}
{"type": "RECORD", "stream": "contacts", "record": {"id": "con_1"}, "time_extracted": "2026-01-01T00:00:00Z"}
{"type": "STATE", "value": {"at": 1}}
{"type": "RECORD", "stream": "contacts", "record": {"id": "con_2"}}
{"type": "STATE", "value": {"at": 2}}
END"#;

/// What a command leaves that has said where it goes on.
const STATE: [&str; 2] = ["state.command", "state.json"];

fn pair(object: &str, rows: u64) -> (String, u64) {
    (object.to_owned(), rows)
}

/// The script is refused with exit code 4; nothing is landed. What was said to people.
#[track_caller]
fn refused(script: &str) -> String {
    let workspace = scripted(script);
    let ran = land(&workspace).ended(4);
    assert_nothing_landed(&workspace);
    ran.stderr
}

#[test]
fn json_lines_are_landed_as_files_are() {
    let workspace = scripted(CONTACTS);
    let first = land(&workspace).passed();
    assert_eq!(rows(&first), [pair("contact", 2), pair("user", 1)]);
    let found = workspace.sql(
        "select id, tags, address_city, department, _file, _row from raw_smartdesk__contact order by id",
    );
    assert_eq!(found[0]["address_city"], "Köln");
    assert_eq!(found[0]["tags"], "a\\;b;c");
    assert_eq!(found[1]["department"], "R,\"D\"");
    assert_eq!(found[1]["_file"], "command:contact");
    assert_eq!(found[1]["_row"], 2);
    let again = land(&workspace).passed();
    assert_eq!(extract(&again), extract(&first));
    assert_eq!(again.json()["is_known"], true);
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn singer_messages_are_understood_and_their_state_is_given_back() {
    let workspace = scripted(SINGER);
    let first = land(&workspace).passed();
    assert_eq!(rows(&first), [pair("contact", 2)]);
    assert_eq!(
        first.stderr, "--full\n",
        "no state, and its words on stderr"
    );
    let state = workspace.staging("source/state.json");
    assert_eq!(fs::read_to_string(&state).unwrap(), "{\"at\":2}");
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(state.clone()), 0o600);
    assert_eq!(mode(workspace.staging("source")), 0o700);

    // What is not landed leaves the state as it was.
    rewrite(
        &workspace,
        "cat \"$DESKFERRY_STATE\" >&2; echo '{\"type\":\"STATE\",\"value\":3}'; exit 1",
    );
    let failed = land(&workspace).ended(4);
    assert!(
        failed.stderr.starts_with("{\"at\":2}\n"),
        "{}",
        failed.stderr
    );
    assert_eq!(fs::read_to_string(&state).unwrap(), "{\"at\":2}");
}

#[test]
fn a_state_counts_only_when_its_records_are_landed() {
    let workspace = scripted(SINGER);
    let in_the_way = workspace.staging("landing");
    fs::create_dir_all(workspace.staging("")).unwrap();
    fs::write(&in_the_way, "").unwrap();
    land(&workspace).ended(3);
    assert_eq!(left(&workspace), [""; 0]);
    fs::remove_file(in_the_way).unwrap();
    let ran = land(&workspace).passed();
    assert_eq!(ran.stderr, "--full\n", "still without a state");
    assert_eq!(left(&workspace), STATE);
}

#[test]
fn a_script_that_fails_lands_nothing_and_is_quoted_once() {
    let stderr = refused(&format!(
        "{CONTACTS}\nprintf 'not\\033[31m reached: planted\\n' >&2\nexit 3"
    ));
    assert!(stderr.starts_with("not[31m reached: planted\n"), "{stderr}");
    assert_eq!(stderr.matches("planted").count(), 1, "{stderr}");
    assert!(stderr.contains("exit code 3"), "{stderr}");
    // Half a line is what remains of a script that fails, not its fault.
    let stderr = refused("printf '{\"object\": \"con'; sleep 0.2; exit 3");
    assert!(stderr.contains("exit code 3"), "{stderr}");
    let stderr = refused("kill -9 $$");
    assert!(stderr.contains("signal 9"), "{stderr}");
}

#[test]
fn a_line_that_says_nothing_is_named_by_its_number() {
    for (line, what) in [
        ("planted", "line 5 of the command's output is not JSON"),
        (
            "{\"type\":\"BATCH\",\"a\":\"planted\"}",
            "line 5 of the command's output is no known message",
        ),
    ] {
        let stderr = refused(&format!("{CONTACTS}\necho '{line}'; echo more; sleep 60"));
        assert!(stderr.contains(what), "{stderr}");
        assert!(!stderr.contains("planted"), "{stderr}");
    }
    let stderr = refused("printf '{\"object\": \"con'");
    assert!(stderr.contains("line 1 "), "{stderr}");
}

#[test]
fn a_line_without_an_end_is_refused_while_it_comes() {
    let stderr = refused("yes planted | tr -d '\\n'");
    assert!(
        stderr.contains("line 1 of the command's output is too long"),
        "{stderr}"
    );
}

#[test]
fn the_destinations_key_is_hidden_and_stdin_is_closed() {
    let script = "cat; [ -z \"${FRESHSALES_API_KEY+set}\" ] || exit 5; [ \"$OTHER\" = seen ] || exit 6; pwd >&2";
    let workspace = scripted(&format!("{script}\n{CONTACTS}"));
    let mut command = land_command(&workspace, &[]);
    command.env("OTHER", "seen");
    let ran = Ran::to_end(command).passed();
    let folder = fs::canonicalize(workspace.path()).unwrap();
    assert_eq!(ran.stderr.trim(), folder.to_str().unwrap());
}

#[test]
fn ctrl_c_ends_all_that_the_script_has_started() {
    for (signal, trap) in [("-INT", ""), ("-TERM", "trap '' TERM INT")] {
        let workspace = scripted(&format!(
            "{trap}\n{CONTACTS}\nsleep 300 &\necho $$ $! > ids.new; mv ids.new ids\nwait; sleep 300"
        ));
        let running = begin(&workspace);
        let ids = workspace.path().join("ids");
        until("the script runs", || ids.exists());
        let ran = ended_by(signal, running).ended(130);
        assert!(ran.stderr.contains("hint"), "{}", ran.stderr);
        assert_nothing_landed(&workspace);
        let ids = fs::read_to_string(ids).unwrap();
        for id in ids.split_whitespace() {
            until("the process is gone", || !is_alive(id));
        }
    }
}

fn is_alive(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"));
    // Dead, and nobody has asked how it died.
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_source_that_cannot_be_is_refused() {
    let files = workspace("");
    let ran = land(&files).ended(2);
    assert!(ran.stderr.contains("deskferry land PATH"), "{}", ran.stderr);
    let nobody = workspace("kind = \"command\"\ncommand = [\"./nobody.sh\", \"--token=planted\"]");
    let ran = land(&nobody).ended(3);
    assert!(
        ran.stderr.contains("`./nobody.sh` cannot be started"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("planted"), "{}", ran.stderr);
    let stderr = refused("true");
    assert!(stderr.contains("gave no record"), "{stderr}");
    let since = Ran::to_end(land_command(&scripted("true"), &["--since", "2026-03-04"]));
    since.ended(2);
}

#[test]
fn a_path_is_landed_whatever_the_source_is() {
    let workspace = scripted("exit 1");
    workspace.land(repository("fixtures/smartdesk"));
    assert_eq!(left(&workspace), [""; 0]);
}

#[test]
fn an_object_with_another_name_is_recognised_or_asked_about() {
    let workspace = scripted(
        "echo '{\"object\": \"Kontakte\", \"record\": {\"id\": \"con_1\", \"E-Mail\": \"a@x.example\"}}'\n\
         echo '{\"object\": \"weather\", \"record\": {\"rain\": 1}}'",
    );
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), [pair("contact", 1)]);
    assert_eq!(ran.json()["unmapped"][0], "command:weather");
    let found = workspace.sql("select email from raw_smartdesk__contact");
    assert_eq!(found[0]["email"], "a@x.example");
}

#[test]
fn a_state_does_not_pass_by_records_that_were_not_landed() {
    let script = SINGER.replace(
        "{\"type\": \"STATE\", \"value\": {\"at\": 2}}",
        "{\"type\": \"RECORD\", \"stream\": \"custom_obj\", \"record\": {\"id\": \"x_1\"}}\n\
         {\"type\": \"STATE\", \"value\": {\"at\": 2}}",
    );
    let workspace = scripted(&script);
    let ran = land(&workspace).passed();
    assert_eq!(ran.json()["unmapped"][0], "command:custom_obj");
    assert_eq!(
        left(&workspace),
        [""; 0],
        "the state would hide its records"
    );
    assert!(ran.stderr.contains("state stays"), "{}", ran.stderr);
    assert!(ran.stderr.contains("deskferry land"), "{}", ran.stderr);
    // Once it is decided that nobody needs them, nothing is in the way.
    decide(&workspace, "command:custom_obj,-,,");
    let ran = land(&workspace).passed();
    assert_eq!(ran.stderr, "--full\n");
    assert_eq!(left(&workspace), STATE);
}

#[test]
fn a_state_belongs_to_the_command_that_gave_it() {
    let workspace = scripted(SINGER);
    land(&workspace).passed();
    assert_eq!(land(&workspace).passed().stderr, "--full again\n");
    workspace.edit_config(|line| {
        let is_command = line.starts_with("command = [\"./extract.sh\"");
        is_command.then(|| "command = [\"./extract.sh\", \"--other\"]".to_owned())
    });
    let ran = land(&workspace).passed();
    assert!(ran.stderr.contains("begins anew"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("--other\n"), "{}", ran.stderr);
    assert_eq!(land(&workspace).passed().stderr, "--other again\n");
    // A state of nobody knows whom.
    fs::remove_file(workspace.staging("source/state.command")).unwrap();
    let ran = land(&workspace).passed();
    assert!(ran.stderr.contains("begins anew"), "{}", ran.stderr);
}

#[test]
fn a_signal_while_all_is_being_landed_is_told() {
    let whole = scripted(CONTACTS);
    let record = format!(
        "landing/smartdesk/_extracts/{}.json",
        extract(&land(&whole).passed())
    );
    // The same again, where whoever lands it waits for someone to write its record.
    let workspace = scripted(CONTACTS);
    let record = workspace.staging(&record);
    fs::create_dir_all(record.parent().unwrap()).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&record)
            .status()
            .unwrap()
            .success()
    );
    let running = begin(&workspace);
    let writer = std::thread::spawn(move || fs::File::options().write(true).open(record));
    until("it is being landed", || writer.is_finished());
    let _writer = writer.join().unwrap().unwrap();
    let ran = ended_by("-INT", running).ended(130);
    assert!(
        ran.stderr.contains("the landing was stopped"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_a_script_leaves_running_is_not_waited_for() {
    let helper = "sleep 300 >/dev/null & echo $! > id";
    let workspace = scripted(&format!("{CONTACTS}\n{helper}"));
    let begun = Instant::now();
    let ran = land(&workspace).passed();
    assert_eq!(rows(&ran), [pair("contact", 2), pair("user", 1)]);
    assert!(begun.elapsed() < Duration::from_secs(60));
    let id = fs::read_to_string(workspace.path().join("id")).unwrap();
    until("it is gone", || !is_alive(id.trim()));
    // What may still bring records is another matter.
    let stderr = refused(&format!("{CONTACTS}\nsleep 300 2>/dev/null &"));
    assert!(stderr.contains("keeps its stdout open"), "{stderr}");
    let stderr = refused("sleep 300 & exit 3");
    assert!(stderr.contains("exit code 3"), "{stderr}");
    let slow = "(for n in 1 2; do sleep 3; echo '{\"object\": \"contact\", \"record\": {\"id\": '$n'}}'; done) &";
    let ran = land(&scripted(slow)).passed();
    assert_eq!(
        rows(&ran),
        [pair("contact", 2)],
        "while records come, there is time"
    );
}

#[test]
fn numbers_are_landed_digit_by_digit() {
    let workspace = scripted(
        "echo '{\"object\": \"contact\", \"record\": {\"id\": 18446744073709551617, \"price\": 1.10}}'\n\
         echo '{\"object\": \"contact\", \"record\": {\"id\": 18446744073709551618, \"price\": 1e3}}'",
    );
    land(&workspace).passed();
    let found = workspace.sql("select id, price from raw_smartdesk__contact order by id");
    let wanted = [
        ("18446744073709551617", "1.10"),
        ("18446744073709551618", "1e3"),
    ];
    assert_eq!(found.len(), wanted.len());
    for (row, (id, price)) in found.iter().zip(wanted) {
        assert_eq!((&row["id"], &row["price"]), (&id.into(), &price.into()));
    }
    let stderr = refused(
        "echo '{\"object\": \"contact\", \"record\": {\"email\": \"planted\", \"email\": \"b\"}}'",
    );
    assert!(stderr.contains("line 1 "), "{stderr}");
    assert!(stderr.contains("twice"), "{stderr}");
    assert!(!stderr.contains("planted"), "{stderr}");
}

#[test]
fn json_files_keep_their_digits_too() {
    let workspace = workspace("");
    let file = workspace.path().join("contacts.json");
    fs::write(
        &file,
        "[{\"id\": 18446744073709551617}, {\"id\": 18446744073709551618}]",
    )
    .unwrap();
    workspace.land(&file);
    let found = workspace.sql("select id from raw_smartdesk__contact order by id");
    assert_eq!(found[0]["id"], "18446744073709551617");
    fs::write(
        &file,
        "[{\"id\": 1}, {\"id\": 2, \"a\": {\"b\": 1, \"b\": 2}}]",
    )
    .unwrap();
    let mut command = workspace.command(&["land"]);
    command.arg(&file);
    let ran = Ran::to_end(command).ended(4);
    assert!(ran.stderr.contains("record 2 "), "{}", ran.stderr);
    assert!(ran.stderr.contains("twice"), "{}", ran.stderr);
}

#[test]
fn nobody_else_begins_before_the_state_is_kept() {
    let state = r#"echo '{"type": "STATE", "value": {"at": 2}}'"#;
    let workspace = scripted(&format!("{CONTACTS}\n{state}"));
    // Something that cannot be removed has to be told, and nobody takes what is told: the run stands still there.
    let in_the_way = workspace.staging("source/folder.jsonl");
    fs::create_dir_all(&in_the_way).unwrap();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let mut command = land_command(&workspace, &[]);
    command
        .stdout(Stdio::null())
        .stderr(writer.try_clone().unwrap());
    let full = std::thread::spawn(move || writer.write_all(&[b'\n'; 1 << 21]));
    let mut running = command.spawn().unwrap();
    drop(command);
    until("it is landed", || {
        let ledger = workspace.ledger();
        ledger.iter().any(|line| line.contains("\"landed\""))
    });
    let ran = land(&workspace).ended(2);
    assert!(ran.stderr.contains("another"), "{}", ran.stderr);
    assert!(!workspace.staging("source/state.json").exists());
    drop(reader);
    assert!(running.wait().unwrap().success());
    assert!(full.join().unwrap().is_err(), "nobody took it");
    assert_eq!(left(&workspace), STATE);
}
