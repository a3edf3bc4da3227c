use std::sync::Arc;

use chrono::TimeDelta;

use crate::ports::{Clock, StoreError, TokenStore};

/// Rows deleted in one go: few enough that no request waits behind them for more than 10 ms.
const BATCH: u32 = 200;

/// Forgets what is older than the retention.
pub struct Purge {
    /// What is purged.
    pub tokens: Arc<dyn TokenStore>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// How long ended requests are kept.
    pub retention: TimeDelta,
    /// Pause between two batches.
    pub pause: std::time::Duration,
}

impl Purge {
    /// Purges in batches until nothing old is left. Returns how many rows went.
    ///
    /// # Errors
    /// [`StoreError`] from the batch that failed; those before it are gone.
    pub async fn execute(&self) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            let now = self.clock.now();
            match self.tokens.purge(now - self.retention, now, BATCH).await? {
                0 => return Ok(gone),
                rows => gone += rows,
            }
            tokio::time::sleep(self.pause).await;
        }
    }
}
