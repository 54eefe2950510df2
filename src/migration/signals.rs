//! What a person or a service manager sends to end a program.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Kind, Result};

/// Ctrl-C, and the request to terminate.
pub(super) struct Signals {
    interrupts: Signal,
    terminations: Signal,
}

impl Signals {
    /// From now on a signal no longer ends the process by itself.
    ///
    /// # Errors
    /// [`Kind::Bug`] when the system gives no way to hear them.
    pub fn listen() -> Result<Self> {
        let deaf = |cause| Error::new(Kind::Bug, "Ctrl-C cannot be heard").because(cause);
        Ok(Self {
            interrupts: signal(SignalKind::interrupt()).map_err(deaf)?,
            terminations: signal(SignalKind::terminate()).map_err(deaf)?,
        })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupts.recv() => (),
            _ = self.terminations.recv() => (),
        }
    }

    /// From now on nothing waits for anything: a signal ends the process, as it does where nobody listens, but not without
    /// these words.
    pub fn end_the_process(mut self, say: LastWords, words: Error) {
        tokio::spawn(async move {
            self.next().await;
            say(&words);
            std::process::exit(i32::from(Kind::Interrupted.exit_code()));
        });
    }
}

/// Tells people why the process ends.
pub type LastWords = fn(&Error);
