//! What an account tells about itself before anything is written: whether it answers to the key, its edition, its views.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::address::BASE_URL_HINT;
use super::transport::Call;
use super::{Client, view};
use crate::config::Edition;
use crate::error::{Error, Kind, Result};

/// A cheap list that every key may read, on both editions.
const OWNERS: (&str, &str) = ("selector/owners", "users");
/// A list that the suite has and the classic edition lacks.
const SUITE_ONLY: &str = "selector/lifecycle_stages";

impl Client {
    /// One cheap call that shows whether the account answers to this key.
    ///
    /// # Errors
    /// `Kind::Destination`: unreachable, key refused (401), no right (403), no such API at this address, out of quota.
    pub async fn check(&self) -> Result<()> {
        let (path, root) = OWNERS;
        let answer = self.transport.read(&Call::get(path, Vec::new())).await?;
        match answer.as_ref().and_then(|answer| answer.get(root)) {
            Some(_) => Ok(()),
            None => Err(Error::new(
                Kind::Destination,
                format!("no Freshsales API answers at {}", self.transport.base()),
            )
            .hint(BASE_URL_HINT)),
        }
    }

    /// The edition of the account, told by a list that only the suite has.
    ///
    /// # Errors
    /// `Kind::Destination`: as [`Self::check`].
    pub async fn edition(&self) -> Result<Edition> {
        let call = Call::get(SUITE_ONLY, Vec::new());
        Ok(match self.transport.read(&call).await? {
            Some(_) => Edition::Suite,
            None => Edition::Classic,
        })
    }

    /// That the account is of the edition it is taken for.
    ///
    /// # Errors
    /// `Kind::Config` with the addresses of both editions when it is not; `Kind::Destination` as [`Self::check`].
    pub async fn check_edition(&self, wanted: Edition) -> Result<()> {
        let found = self.edition().await?;
        if found == wanted {
            return Ok(());
        }
        let text = format!(
            "the account at {} is of the {} edition, and `deskferry.toml` says {}",
            self.transport.base(),
            found.word(),
            wanted.word()
        );
        Err(Error::new(Kind::Config, text).hint(BASE_URL_HINT))
    }

    /// Ids of the saved views of `target` with these names, in their order.
    ///
    /// # Errors
    /// `Kind::Destination`: a view is not there (the hint names those that are), or they cannot be read.
    pub async fn views_of(&self, target: &str, names: &[String]) -> Result<Vec<i64>> {
        let filters = self.saved_views(target).await?;
        let ids = names
            .iter()
            .map(|name| view::view_id(&filters, target, name));
        ids.collect()
    }

    /// As [`Self::read`], for a list that an account may lack or keep to itself: `None` where it refuses.
    ///
    /// # Errors
    /// `Kind::Destination`: unreachable, key refused, out of quota, or the answer is no list.
    pub async fn read_if_there(&self, path: &str, root: &str) -> Result<Option<Vec<Value>>> {
        let answer = self.transport.read(&Call::look(path)).await?;
        answer
            .map(|mut answer| super::page::records(&mut answer, path, root))
            .transpose()
    }

    /// Names of the headers about the rate limit that came with any answer so far, sorted: none are documented.
    #[must_use]
    pub fn limit_headers(&self) -> Vec<String> {
        self.transport.limits.names()
    }
}

/// Names of the headers about the limit that came with any answer.
#[derive(Default)]
pub(super) struct LimitHeaders(Mutex<BTreeSet<String>>);

impl LimitHeaders {
    pub(super) fn note(&self, headers: &HeaderMap) {
        let names = headers.keys().map(|name| name.as_str());
        let limits = names.filter(|name| name.contains("ratelimit") || *name == "retry-after");
        self.seen().extend(limits.map(str::to_owned));
    }

    fn names(&self) -> Vec<String> {
        self.seen().iter().cloned().collect()
    }

    fn seen(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
