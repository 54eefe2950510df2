//! A workspace and an account that are set back, again and again, to where a load begins.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::resume::export::Export;
use crate::resume::holdings::{difference, holdings};
use crate::resume::scene::standing;
use crate::support::{Ran, Simulator, Workspace, copy};

/// Where a load begins, and what it ends in when nothing disturbs it.
pub struct Stage {
    /// Every line that the undisturbed load wrote.
    pub events: Vec<Value>,
    /// How many calls it made.
    pub calls: usize,
    begin: TempDir,
    port: u16,
    holdings: BTreeMap<&'static str, Vec<Value>>,
    standing: Value,
}

/// One try: an account and a workspace as they were when the load began.
pub struct Try {
    /// The account.
    pub simulator: Simulator,
    /// The workspace.
    pub workspace: Workspace,
}

impl Stage {
    /// Lands the exports one after the other and loads all but the last; then loads the last one, for the record.
    pub fn new(exports: &[Export]) -> Self {
        let begin = tempfile::tempdir().unwrap();
        let simulator = Simulator::keeping("seed.json", &begin.path().join("account.state"));
        let port = simulator.port();
        let workspace = Workspace::undecided(&simulator.base_url);
        for (at, export) in exports.iter().enumerate() {
            if at > 0 {
                workspace.run(&["load"]).passed();
            }
            let folder = tempfile::tempdir().unwrap();
            export.write(folder.path());
            workspace.land(folder.path());
        }
        drop(simulator);
        copy(workspace.path(), &begin.path().join("workspace"));
        let mut stage = Self {
            events: Vec::new(),
            calls: 0,
            begin,
            port,
            holdings: BTreeMap::new(),
            standing: Value::Null,
        };
        stage.record();
        stage
    }

    fn record(&mut self) {
        let attempt = self.again();
        let before = attempt.workspace.ledger().len();
        let status = attempt.load().passed().json();
        assert_eq!(status["gates"], "passed");
        let lines = attempt.workspace.ledger().split_off(before);
        let lines = lines.iter().map(|line| serde_json::from_str(line).unwrap());
        self.events = lines.collect();
        self.calls = attempt.simulator.calls().len();
        self.holdings = holdings(&attempt.simulator);
        self.standing = standing(&status);
    }

    /// Sets everything back.
    pub fn again(&self) -> Try {
        let workspace = Workspace::copied(&self.begin.path().join("workspace"));
        // The state lies in the workspace's folder, so that it goes with it.
        let state: PathBuf = workspace.path().join("account.state");
        fs::copy(self.begin.path().join("account.state"), &state).unwrap();
        Try {
            simulator: Simulator::keeping_at("seed.json", &state, self.port),
            workspace,
        }
    }

    /// What is otherwise than after the undisturbed load, by the account and by the load's own status; nothing when all is well.
    pub fn difference(&self, attempt: &Try, status: &Value) -> Option<String> {
        let found = standing(status);
        let standing = (found != self.standing).then(|| format!("the standing is {found}"));
        let left = attempt.left_behind();
        let left = (!left.is_empty()).then(|| format!("left behind: {left:?}"));
        difference(&holdings(&attempt.simulator), &self.holdings)
            .or(standing)
            .or(left)
    }
}

impl Try {
    /// Loads to the end, whatever that is.
    pub fn load(&self) -> Ran {
        Ran::to_end(self.loading())
    }

    /// A load that has not begun.
    pub fn loading(&self) -> Command {
        self.workspace.command(&["load", "--format", "json"])
    }

    /// Warehouses that were being built when the process died.
    fn left_behind(&self) -> Vec<String> {
        let staging = fs::read_dir(self.workspace.staging("")).unwrap();
        let names = staging.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| name.contains(".building-") || name.contains(".next-"))
            .collect()
    }
}
