//! One workspace with a landed export, one simulated account, and loads that are started, stopped and ended.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::export::USUAL;
use super::holdings::{difference, holdings};
use crate::support::{KEY, Ran, Simulator, Workspace};

/// A step that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks: the load under test needs the machine more.
const PAUSE: Duration = Duration::from_millis(100);
/// Longer than any test: an answer that is this slow does not come.
const NEVER: u64 = 600_000;

/// A workspace and the account it loads into.
pub struct Scene {
    pub simulator: Simulator,
    pub workspace: Workspace,
}

impl Scene {
    /// A landed export, and an account with nothing in it.
    pub fn new() -> Self {
        let simulator = Simulator::start("seed.json");
        let workspace = Workspace::undecided(&simulator.base_url);
        let export = tempfile::tempdir().unwrap();
        USUAL.write(export.path());
        workspace.land(export.path());
        Self {
            simulator,
            workspace,
        }
    }

    /// Loads to the end, whatever that is.
    pub fn load(&self) -> Ran {
        self.workspace.run(&["load", "--format", "json"])
    }

    /// Starts a load and returns at once.
    pub fn begin_load(&self) -> Running {
        let mut command = self.workspace.command(&["load", "--quiet"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().unwrap())
    }

    /// From the `nth` matching call on, calls are carried out there and no answer comes.
    pub fn silence(&self, method: Option<&str>, route: &str, nth: usize) {
        let times = u32::MAX;
        let mut fault = json!({
            "route": route, "nth": nth, "times": times, "kind": "slow", "millis": NEVER,
        });
        if let Some(method) = method {
            fault["method"] = json!(method);
        }
        self.simulator.order(&[fault]);
    }

    /// Waits until the fault on order has hit a call.
    #[track_caller]
    pub fn until_fired(&self) {
        self.until("the fault fires", || self.has_fired());
    }

    fn has_fired(&self) -> bool {
        self.simulator.faults()[0]["fired"].as_u64().unwrap() > 0
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
            sleep(PAUSE);
        }
    }

    /// Starts a load, lets it run into silence, kills it and heals the account.
    #[track_caller]
    pub fn load_killed_at(&self, method: Option<&str>, route: &str, nth: usize) {
        self.silence(method, route, nth);
        let mut running = self.begin_load();
        self.until("the fault fires", || {
            assert!(running.is_running(), "the load ended before {route} {nth}");
            self.has_fired()
        });
        running.kill();
        self.simulator.order(&[]);
    }

    /// Calls the API as somebody else who works in the account.
    #[track_caller]
    pub fn call(&self, method: &str, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.simulator.base_url);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let answer = runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = client
                .request(method.parse().unwrap(), &url)
                .header("Authorization", format!("Token token={KEY}"));
            let request = if body.is_null() {
                request
            } else {
                request.json(body)
            };
            request.send().await.unwrap()
        });
        assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
    }

    /// How many calls of this kind it has received.
    pub fn calls(&self, method: &str, path: &str) -> usize {
        let route = |call: &Value| call["path"].as_str()?.split('?').next().map(str::to_owned);
        let is_one =
            |call: &&Value| call["method"] == method && route(call).as_deref() == Some(path);
        self.simulator.calls().iter().filter(is_one).count()
    }

    /// How many records of this object it holds.
    pub fn count(&self, object: &str) -> usize {
        let count = self.simulator.counts()[object].as_u64().unwrap();
        usize::try_from(count).unwrap()
    }

    /// Asserts that account and workspace are as after a load that nothing disturbed, and that nothing is left lying about.
    #[track_caller]
    pub fn assert_undisturbed(&self) {
        let wanted = undisturbed();
        let differs = difference(&holdings(&self.simulator), &wanted.holdings);
        assert_eq!(differs, None);
        assert_eq!(standing(&self.workspace.status()), wanted.standing);
        let staging = std::fs::read_dir(self.workspace.staging("")).unwrap();
        let names = staging.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = names
            .filter(|name| name.contains(".building-") || name.contains(".next-"))
            .collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

/// A load in a process of its own; dropped, it is killed.
pub struct Running(Child);

impl Running {
    /// SIGKILL, and waits until it is gone.
    #[track_caller]
    pub fn kill(mut self) {
        assert_eq!(self.0.try_wait().unwrap(), None, "the load had ended");
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// As a service manager ends it.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Whether it still works.
    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Waits for its end; answers the exit code.
    #[track_caller]
    pub fn exit_code(mut self) -> Option<i32> {
        let begun = Instant::now();
        while self.is_running() {
            assert!(begun.elapsed() < PATIENCE, "the load does not end");
            sleep(PAUSE);
        }
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The end that every load has to come to.
pub struct Undisturbed {
    /// What the account holds.
    holdings: BTreeMap<&'static str, Vec<Value>>,
    /// What `status` says, without the run's name.
    standing: Value,
    scene: Mutex<Scene>,
}

/// The scene of the undisturbed load, for the one test that goes on from there.
pub fn undisturbed_scene() -> MutexGuard<'static, Scene> {
    let scene = undisturbed().scene.lock();
    scene.unwrap_or_else(PoisonError::into_inner)
}

/// Loads once without any disturbance; every test compares with that.
fn undisturbed() -> &'static Undisturbed {
    static ONCE: OnceLock<Undisturbed> = OnceLock::new();
    ONCE.get_or_init(|| {
        let scene = Scene::new();
        let status = scene.load().passed().json();
        assert_eq!(status["gates"], "passed");
        assert_eq!(scene.count("contacts"), USUAL.contacts + USUAL.leads);
        assert_eq!(scene.count("deals"), USUAL.deals);
        assert_eq!(scene.count("tasks"), USUAL.tasks);
        assert_eq!(scene.count("notes"), USUAL.activities / 4);
        assert_eq!(scene.count("documents"), USUAL.files);
        assert_eq!(scene.count("list_members"), USUAL.members);
        Undisturbed {
            holdings: holdings(&scene.simulator),
            standing: standing(&status),
            scene: Mutex::new(scene),
        }
    })
}

/// A status without the name of the last run.
pub fn standing(status: &Value) -> Value {
    let mut status = status.clone();
    let fields = status.as_object_mut().unwrap();
    fields.remove("run_id").unwrap();
    // What a load cost differs with what went wrong; `status` itself does not know it.
    fields.remove("calls");
    status
}
