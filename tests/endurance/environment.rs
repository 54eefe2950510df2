//! The machine under the load: a full disk, a folder that cannot be written, a clock that is set back, Ctrl-C.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::resume::open_intents;
use crate::resume::scene::Scene;
use crate::support::{KEY, Ran};

/// Steps of a shell in a mount namespace of its own. `$1` is the program, `$2` the workspace.
fn in_namespace(script: &str, scene: &Scene) -> Command {
    let mut command = Command::new("unshare");
    // Without root's rights a namespace of users gives them, as far as the machine allows.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    command
        .args(if is_root {
            &["--mount"][..]
        } else {
            &["--map-root-user", "--mount"]
        })
        .args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_deskferry")])
        .arg(scene.workspace.path())
        .env("FRESHSALES_API_KEY", KEY)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// Whether this machine lets a test mount something; if not, says so.
fn can_mount(scene: &Scene) -> bool {
    let tried = in_namespace("mount -t tmpfs none /mnt", scene).output();
    let can = tried.is_ok_and(|tried| tried.status.success());
    if !can {
        println!("SKIPPED: this machine allows no mount in a namespace");
    }
    can
}

/// Waits, after Ctrl-C or a full disk, for the end of a process that was started here.
fn ended(child: Child) -> Ran {
    Ran::from(child.wait_with_output().unwrap())
}

/// A load on a disk of its own, which is filled up to the last byte when the file `fill` appears, and freed when it has ended.
const FILLING: &str = r#"
    program=$1; cd "$2"; cp -a staging kept
    mount -t tmpfs -o size=200m none staging; cp -a kept/. staging/; rm -r kept
    "$program" load --format json 2>stderr & load=$!
    while ! [ -e fill ]; do sleep 0.05; done
    cat /dev/zero > staging/ballast 2>/dev/null; touch filled
    wait $load; echo $? > code
    rm staging/ballast; cp -a staging kept
    umount staging; rm -r staging; mv kept staging
"#;

#[test]
fn a_disk_that_fills_up_stops_the_load_and_nothing_is_lost_or_twice() {
    let mut reached = 0;
    for (method, route, nth) in [
        ("POST", "deals/upsert", 21),
        ("GET", "contacts/view", 1),
        ("POST", "contacts/bulk_upsert", 2),
    ] {
        let scene = Scene::new();
        if !can_mount(&scene) {
            return;
        }
        let hold =
            json!({ "method": method, "route": route, "nth": nth, "times": 1000, "kind": "hold" });
        scene.simulator.order(&[hold]);
        let child = in_namespace(FILLING, &scene).spawn().unwrap();
        scene.until_fired();
        let file = |name: &str| scene.workspace.path().join(name);
        fs::write(file("fill"), "").unwrap();
        scene.until("the disk is full", || file("filled").exists());
        scene.simulator.order(&[]);
        assert!(ended(child).code == 0, "the script failed");

        let code = fs::read_to_string(file("code")).unwrap();
        let stderr = fs::read_to_string(file("stderr")).unwrap();
        assert_eq!(code.trim(), "3", "{route}: {stderr}");
        assert!(stderr.contains("hint: free the disk"), "{stderr}");
        scene.load().passed();
        scene.assert_undisturbed();
        reached += 1;
    }
    assert_eq!(reached, 3);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_that_helps() {
    let scene = Scene::new();
    if !can_mount(&scene) {
        return;
    }
    let read_only = r#"mount --bind "$2/staging" "$2/staging" && mount -o remount,ro,bind "$2/staging" && "$1" --workspace "$2" load"#;
    let refused = Ran::to_end(in_namespace(read_only, &scene)).ended(3);
    assert!(refused.stderr.contains("hint: "), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("Read-only file system"),
        "{}",
        refused.stderr
    );
    assert_eq!(scene.simulator.writes(), Vec::<String>::new());
    scene.load().passed();
    scene.assert_undisturbed();
}

/// A library that is loaded before the C library: the clock of the day goes back an hour, and on again, every few looks.
const CLOCK: &str = r#"
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <stdlib.h>
    #include <time.h>
    int clock_gettime(clockid_t clock, struct timespec *time) {
        static int (*real)(clockid_t, struct timespec *);
        static long looks;
        if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
        int answer = real(clock, time);
        if (clock == CLOCK_REALTIME) {
            const char *back = getenv("SECONDS_BACK");
            time->tv_sec -= back ? atol(back) : 0;
            if (__sync_fetch_and_add(&looks, 1) / 40 % 2) time->tv_sec -= 3600;
        }
        return answer;
    }
"#;

fn compiled_clock(folder: &Path) -> std::path::PathBuf {
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    fs::write(&source, CLOCK).unwrap();
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl");
    assert!(compiler.status().unwrap().success());
    library
}

#[test]
fn a_clock_that_is_set_back_between_loads_and_in_them_changes_nothing() {
    let scene = Scene::new();
    let folder = tempfile::tempdir().unwrap();
    let clock = compiled_clock(folder.path());
    // In doubt: the next load has to look it up, and its clock says that it lies in the future.
    scene.load_killed_at(Some("POST"), "deals/upsert", 21);
    let back = |seconds: &str| {
        let mut command = scene.workspace.command(&["load", "--format", "json"]);
        command
            .env("LD_PRELOAD", &clock)
            .env("SECONDS_BACK", seconds);
        command
    };
    Ran::to_end(back("864000")).passed();
    let lines = scene.workspace.ledger();
    let day =
        |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap()["at"].to_string();
    assert!(
        lines
            .iter()
            .map(day)
            .collect::<Vec<_>>()
            .windows(2)
            .any(|two| two[1] < two[0]),
        "the clock went back"
    );
    scene.assert_undisturbed();
    assert_eq!(
        scene.calls("POST", "/deals/upsert"),
        crate::resume::export::USUAL.deals
    );
}

#[test]
fn ctrl_c_leaves_a_bulk_job_to_itself_and_the_next_load_goes_on() {
    let scene = Scene::new();
    let slow = json!({ "method": "POST", "route": "contacts/bulk_upsert", "nth": 1, "times": 1000, "kind": "slow", "millis": 800 });
    scene.simulator.order(&[slow]);
    let running = scene.begin_load();
    scene.until_fired();
    running.interrupt();
    assert_eq!(running.exit_code(), Some(130));
    assert_eq!(
        open_intents(&scene.workspace.ledger()),
        Vec::<String>::new()
    );
    scene.simulator.order(&[]);
    scene.load().passed();
    scene.assert_undisturbed();
}

#[test]
fn ctrl_c_while_it_is_read_back_ends_and_the_next_load_goes_on() {
    let scene = Scene::new();
    let slow = json!({ "method": "GET", "route": "contacts/view", "nth": 1, "times": 1000, "kind": "hold", "millis": 1500 });
    scene.simulator.order(&[slow]);
    let running = scene.begin_load();
    scene.until_fired();
    running.interrupt();
    assert_eq!(running.exit_code(), Some(130));
    assert_eq!(scene.count("deals"), 0, "no further phase begins");

    scene.simulator.order(&[]);
    scene.load().passed();
    scene.assert_undisturbed();
}
