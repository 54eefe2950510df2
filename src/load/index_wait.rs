//! The time that the destination's lists and searches may lag behind its records, waited out in small pieces.

use std::time::Duration;

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
    pub async fn pause(&mut self, client: &Client) -> bool {
        let pause = PAUSE.min(self.left);
        if pause.is_zero() {
            return false;
        }
        client.sleep(pause).await;
        self.left -= pause;
        true
    }
}
