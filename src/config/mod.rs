//! `deskferry.toml` and the environment, as one checked struct.
//!
//! Whatever the file says is checked here, once: an unknown key or a bad value is refused with file, line and
//! what to write instead. The API key is in the environment only, and leaves it only as a secret.

mod checks;
mod decisive;
mod quota;
mod reader;
mod settings;
#[cfg(test)]
mod tests;
mod window;

use std::fs;
use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use self::reader::{Fault, Value, Values};
use crate::error::{Error, Kind, Result};

pub use checks::{base_url, is_loopback, is_variable};
pub use quota::Quota;
pub use window::DailyWindow;

/// Name of the file in the workspace.
pub const FILE: &str = "deskferry.toml";

/// All settings of a workspace.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data comes from.
    pub source: Source,
    /// Where it goes.
    pub destination: Destination,
    /// How many calls may be made there, and when.
    pub quota: Quota,
    /// What the building of the warehouse may hold in memory, in megabytes.
    pub warehouse_memory: u64,
    /// How many rejected records a load tolerates before it stops.
    pub max_rejected: u64,
    policies: Vec<(&'static str, String)>,
}

/// Section `[source]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the source system, part of relation names.
    pub system: String,
    /// What is landed where no path is given.
    pub kind: SourceKind,
    /// The program that extracts records, with its arguments; empty unless the kind is a command.
    pub command: Vec<String>,
    /// IANA zone of times without offset; `None` leaves it to the export's manifest.
    pub time_zone: Option<String>,
    /// ISO 4217 code of amounts without one; `None` leaves it to the export's manifest.
    pub currency: Option<String>,
    /// `ymd`, `dmy` or `mdy`.
    pub date_order: String,
}

/// What is landed where no path is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Nothing: files are named on the command line.
    Files,
    /// What a script writes.
    Command,
    /// What the endpoints of `source.toml` answer.
    Api,
}

/// Section `[destination]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Base URL without a slash at its end; https, or http on loopback.
    pub base_url: String,
    /// Edition of the account.
    pub edition: Edition,
    /// Plan of the account.
    pub plan: Plan,
    /// Name of the environment variable that holds the key.
    pub api_key_env: String,
    /// Requests on their way at the same time, at least 1.
    pub workers: usize,
    /// How long to wait for an answer.
    pub timeout: Duration,
    /// Bulk jobs at work there at the same time, at least 1.
    pub jobs_in_flight: usize,
    /// How long its lists and searches may lag behind its records.
    pub index_wait: Duration,
}

impl Destination {
    /// Whether this is a program on this machine. Plain http is allowed on loopback only.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.base_url.starts_with("http://")
    }
}

/// Edition of a Freshsales account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// Freshsales Suite: no leads, contacts have a lifecycle stage.
    Suite,
    /// The older one: leads of its own, no lifecycle, no marketing lists.
    Classic,
}

impl Edition {
    /// The word in `deskferry.toml` and `objects.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Suite => "suite",
            Self::Classic => "classic",
        }
    }
}

/// Plan of a Freshsales account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Free.
    Free,
    /// Growth.
    Growth,
    /// Pro.
    Pro,
    /// Enterprise.
    Enterprise,
}

impl Plan {
    /// The word in `deskferry.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Growth => "growth",
            Self::Pro => "pro",
            Self::Enterprise => "enterprise",
        }
    }

    /// Calls an hour of the whole account, shared with its users.
    #[must_use]
    pub fn calls_per_hour(self) -> u32 {
        match self {
            Self::Free | Self::Growth => 1000,
            Self::Pro => 2000,
            Self::Enterprise => 5000,
        }
    }
}

impl Config {
    /// Reads `deskferry.toml` of a workspace.
    ///
    /// # Errors
    /// `Config` if the file is missing or says something that cannot be.
    pub fn load(workspace: &Path) -> Result<Self> {
        let path = workspace.join(FILE);
        let text = fs::read_to_string(&path).map_err(|cause| {
            let message = format!("{} cannot be read", path.display());
            Error::new(Kind::Config, message)
                .because(cause)
                .hint("`deskferry init` makes a workspace; `--workspace DIR` names another one")
        })?;
        Self::parse(&path, &text)
    }

    /// The file that `init` writes: every setting with its default and what it means.
    #[must_use]
    pub fn template() -> String {
        settings::template()
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let values = reader::read(text).map_err(|fault| faulty(path, text, fault))?;
        let config = Self {
            source: source(&values)?,
            destination: destination(&values)?,
            quota: quota::quota(&values)?,
            warehouse_memory: count(&values, "warehouse", "memory_megabytes")?,
            max_rejected: count(&values, "policies", "max_rejected")?,
            policies: policies(&values),
        };
        config.check_edition(path)?;
        config.check_source(path)?;
        Ok(config)
    }

    /// Refuses a command without a program.
    fn check_source(&self, path: &Path) -> Result<()> {
        let Source { kind, command, .. } = &self.source;
        if *kind != SourceKind::Command || !command.is_empty() {
            return Ok(());
        }
        let message = format!("{}: kind = \"command\" needs a command", path.display());
        Err(Error::new(Kind::Config, message)
            .hint("write `command = [\"./extract.sh\"]` below [source]"))
    }

    /// Refuses what cannot be true of an account of this edition.
    fn check_edition(&self, path: &Path) -> Result<()> {
        let edition = self.destination.edition;
        let refuse = |problem: &str| {
            let edition = edition.word();
            let message = format!("{}: edition = \"{edition}\" {problem}", path.display());
            Error::new(Kind::Config, message)
        };
        if !checks::fits(&self.destination.base_url, edition) {
            return Err(refuse("does not belong to this base_url").hint(
                "suite: https://<alias>.myfreshworks.com/crm/sales/api; \
                 classic: https://<domain>.freshsales.io/api",
            ));
        }
        let wanted = match edition {
            Edition::Suite => "contact_lifecycle",
            Edition::Classic => "lead",
        };
        let chosen = self.policies.iter().find(|(name, _)| *name == "leads_as");
        match chosen {
            Some((_, word)) if word != wanted => Err(refuse("needs another leads_as")
                .hint(format!("write `leads_as = \"{wanted}\"` below [policies]"))),
            _ => Ok(()),
        }
    }

    /// The policies by name and the edition, for the SQL macro `policy`. In the order of the file that `init` writes.
    #[must_use]
    pub fn policies(&self) -> &[(&'static str, String)] {
        &self.policies
    }

    /// The API key, from the environment.
    ///
    /// # Errors
    /// `Config` if the variable is not set, is empty, or cannot be a key. The value is never part of it.
    pub fn api_key(&self) -> Result<SecretString> {
        self.api_key_from(|name| std::env::var_os(name))
    }

    fn api_key_from(
        &self,
        variable: impl FnOnce(&str) -> Option<std::ffi::OsString>,
    ) -> Result<SecretString> {
        let name = &self.destination.api_key_env;
        let refuse = |why: &str| {
            Error::new(
                Kind::Config,
                format!("the environment variable {name} {why}"),
            )
            .hint(format!(
                "export {name}=... with the key from Freshsales: Profile settings, API settings"
            ))
        };
        let value = variable(name).ok_or_else(|| refuse("is not set; it must hold the API key"))?;
        let value = value.to_str().map(str::trim).unwrap_or("\0");
        if value.is_empty() {
            return Err(refuse("is empty; it must hold the API key"));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse("holds characters that an API key cannot have"));
        }
        Ok(SecretString::from(value))
    }
}

fn source(values: &Values) -> Result<Source> {
    let section = "source";
    Ok(Source {
        system: required(values, section, "system")?,
        kind: match required(values, section, "kind")?.as_str() {
            "files" => SourceKind::Files,
            "command" => SourceKind::Command,
            "api" => SourceKind::Api,
            _ => return Err(incomplete(section, "kind")),
        },
        command: match values.get(&(section, "command")) {
            Some(Value::Texts(command)) => command.clone(),
            _ => return Err(incomplete(section, "command")),
        },
        time_zone: optional(values, section, "time_zone"),
        currency: optional(values, section, "currency"),
        date_order: required(values, section, "date_order")?,
    })
}

fn destination(values: &Values) -> Result<Destination> {
    let section = "destination";
    let base_url = required(values, section, "base_url")?;
    let workers = count(values, section, "workers")?;
    Ok(Destination {
        base_url: base_url.trim_end_matches('/').to_owned(),
        edition: match required(values, section, "edition")?.as_str() {
            "suite" => Edition::Suite,
            "classic" => Edition::Classic,
            _ => return Err(incomplete(section, "edition")),
        },
        plan: match required(values, section, "plan")?.as_str() {
            "free" => Plan::Free,
            "growth" => Plan::Growth,
            "pro" => Plan::Pro,
            "enterprise" => Plan::Enterprise,
            _ => return Err(incomplete(section, "plan")),
        },
        api_key_env: required(values, section, "api_key_env")?,
        workers: usize::try_from(workers).map_err(|_| incomplete(section, "workers"))?,
        timeout: Duration::from_secs(count(values, section, "timeout_seconds")?),
        jobs_in_flight: usize::try_from(count(values, section, "jobs_in_flight")?)
            .map_err(|_| incomplete(section, "jobs_in_flight"))?,
        index_wait: Duration::from_secs(count(values, section, "index_wait_seconds")?),
    })
}

fn policies(values: &Values) -> Vec<(&'static str, String)> {
    settings::SETTINGS
        .iter()
        .filter(|setting| setting.section == "policies" || setting.key == "edition")
        .filter_map(|setting| {
            let value = match values.get(&(setting.section, setting.key))? {
                Value::Text(text) => text.clone(),
                Value::Count(count) => count.to_string(),
                Value::Share(_) | Value::Texts(_) => return None,
            };
            Some((setting.key, value))
        })
        .collect()
}

fn optional(values: &Values, section: &'static str, key: &'static str) -> Option<String> {
    match values.get(&(section, key))? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn required(values: &Values, section: &'static str, key: &'static str) -> Result<String> {
    optional(values, section, key).ok_or_else(|| incomplete(section, key))
}

fn count(values: &Values, section: &'static str, key: &'static str) -> Result<u64> {
    match values.get(&(section, key)) {
        Some(Value::Count(count)) => Ok(*count),
        _ => Err(incomplete(section, key)),
    }
}

/// The table of settings and the struct disagree.
fn incomplete(section: &str, key: &str) -> Error {
    Error::new(
        Kind::Bug,
        format!("the setting `{key}` of [{section}] has no use for its value"),
    )
}

fn faulty(path: &Path, text: &str, fault: Fault) -> Error {
    let before = text.as_bytes().iter().take(fault.at);
    let line = before.filter(|byte| **byte == b'\n').count() + 1;
    let message = format!("{} line {line}: {}", path.display(), fault.message);
    Error::new(Kind::Config, message).hint(fault.hint)
}
