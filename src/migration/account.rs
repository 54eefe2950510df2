//! The destination's account as `deskferry.toml` describes it: how to reach it, and how many calls it takes when.

use std::sync::Arc;
use std::time::Duration;

use super::calendar::Pace;
use super::workspace::Workspace;
use crate::config::Config;
use crate::error::Result;
use crate::freshsales::{Client, Hour, Settings, Windows};

/// File in `staging/` that keeps the calls of the last hour.
const QUOTA_FILE: &str = "quota.json";

/// A client with the pace of the config.
///
/// # Errors
/// [`crate::error::Kind::Config`] for the key, the URL, or a quota file that cannot be read.
pub fn client(workspace: &Workspace) -> Result<Client> {
    let config = &workspace.config;
    let mut settings = Settings::new(&config.destination.base_url, workspace.api_key()?);
    settings.timeout = config.destination.timeout;
    settings.jobs_in_flight = config.destination.jobs_in_flight;
    settings.windows = match workspace.is_open_always {
        true => Windows::always(),
        false => windows(config),
    };
    settings.hour = hour(config);
    match settings.hour {
        Some(_) => {
            settings.min_gap = config.quota.minimum_gap;
            settings.quota_file = Some(workspace.staging().join(QUOTA_FILE));
        }
        None => {
            settings.min_gap = Duration::ZERO;
            settings.job_poll = Duration::from_millis(20);
            settings.retry_wait = Duration::from_millis(50);
            settings.throttle_wait = Duration::from_millis(100);
            settings.patience = Duration::from_secs(1);
            settings.retries = 3;
        }
    }
    Client::with_clock(&settings, Arc::clone(&workspace.clock))
}

/// The account's hour. On loopback there is no account whose calls have to be spared, unless the config says their number.
#[must_use]
pub fn hour(config: &Config) -> Option<Hour> {
    let is_account = !config.destination.is_loopback();
    (is_account || config.quota.calls_per_hour.is_some()).then(|| planned_hour(config))
}

/// The hour of an account with the configured plan, wherever the destination is.
#[must_use]
pub fn planned_hour(config: &Config) -> Hour {
    let of_plan = || u64::from(config.destination.plan.calls_per_hour());
    let quota = &config.quota;
    Hour {
        calls: quota.calls_per_hour.unwrap_or_else(of_plan),
        share_to_leave_free: quota.share_to_leave_free,
        burst: quota.burst,
    }
}

/// How quickly so many further calls may leave, as the client sees its quota; `None`: as quickly as the destination answers.
#[must_use]
pub fn pace(config: &Config, client: &Client, calls: u64) -> Option<Pace> {
    let runway = client.runway(calls)?;
    Some(Pace::seen(runway, config.quota.minimum_gap))
}

/// The hours of the day in which calls may leave; they show times in the config's zone also where there is none.
#[must_use]
pub fn windows(config: &Config) -> Windows {
    Windows::new(config.quota.windows.clone(), config.quota.time_zone.clone())
}
