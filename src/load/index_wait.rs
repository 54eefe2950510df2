//! The time that the destination's lists and searches may lag behind its records, waited out in small pieces.

use std::time::Duration;

use crate::error::Result;
use crate::freshsales::Client;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// What is left of the time.
pub struct IndexWait {
    left: Duration,
}

impl IndexWait {
    /// Waits for this long, all pauses together.
    #[must_use]
    pub fn new(most: Duration) -> Self {
        Self { left: most }
    }

    /// Pauses before the next look; false, at once, when the time is over.
    ///
    /// # Errors
    /// [`Kind::Interrupted`](crate::error::Kind::Interrupted) after a stop: what is missing is then not lost, but not looked for.
    pub async fn pause(&mut self, client: &Client) -> Result<bool> {
        let pause = PAUSE.min(self.left);
        if pause.is_zero() {
            return Ok(false);
        }
        client.sleep(pause).await?;
        self.left -= pause;
        Ok(true)
    }
}
