//! The client as its quota is seen from outside.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::closed::Closed;
use super::limits::Wait;
use super::runway::Runway;
use crate::error::Result;
use crate::freshsales::Client;

impl Client {
    /// Calls sent so far, repeated ones and polls included: what the account was charged at most.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.transport.pace.calls()
    }

    /// Calls sent so far under each label that [`Self::count_for`] set; those before the first one under an empty label.
    #[must_use]
    pub fn calls_by_label(&self) -> BTreeMap<String, u64> {
        self.transport.pace.by_label()
    }

    /// Counts the calls from now on under `label`.
    pub fn count_for(&self, label: &str) {
        self.transport.pace.count_for(label);
    }

    /// Calls that may still leave in the hour that ends now; `None`: there is no limit.
    #[must_use]
    pub fn calls_left(&self) -> Option<u64> {
        self.transport.pace.left()
    }

    /// When so many further calls may leave, as the quota stands now; `None`: there is no limit.
    #[must_use]
    pub fn runway(&self, calls: u64) -> Option<Runway> {
        self.transport.pace.runway(calls)
    }

    /// What the clock on the wall shows, as this client sees time.
    #[must_use]
    pub fn wall(&self) -> Timestamp {
        self.transport.pace.wall()
    }

    /// Hears of waits that are longer than a minute: the latest one, `None` when it is over.
    #[must_use]
    pub fn waits(&self) -> watch::Receiver<Option<Wait>> {
        self.transport.pace.waits()
    }

    /// Lets no call begin after `at`. A write that comes too late is `NotTaken`.
    pub fn end_at(&self, at: Timestamp) {
        self.transport.pace.end_at(at);
    }

    /// Lets no call leave any more, of whatever kind, and ends every wait: only the calls in flight are still answered. A
    /// write that comes too late is `NotTaken`, and a read fails with `Kind::Interrupted`.
    pub fn stop(&self) {
        self.transport.pace.stop();
    }

    /// Ends after `wait`, on the client's clock.
    ///
    /// # Errors
    /// `Kind::Interrupted`, at once, after [`Self::stop`].
    pub async fn sleep(&self, wait: Duration) -> Result<()> {
        match self.transport.pace.sleep(wait).await {
            true => Ok(()),
            false => Err(Closed::Stopped.into_error()),
        }
    }

    /// Waits until work may begin that takes a few calls: a window is open and does not close at once, and calls are left.
    /// To be called before an intent is written down, so that none stands open while a night is waited for.
    ///
    /// # Errors
    /// `Kind::Destination` when the time of [`Self::end_at`] has come or the destination asks for a long silence,
    /// `Kind::Interrupted` after [`Self::stop`], `Kind::Config` when calls cannot be kept on disk.
    pub async fn begin(&self) -> Result<()> {
        let begun = self.transport.pace.begin().await;
        begun.map_err(Closed::into_error)
    }
}
