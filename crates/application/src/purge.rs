use std::sync::Arc;

use chrono::TimeDelta;

use crate::ports::{Clock, StoreError, TokenStore, WebhookOutbox};

/// Rows deleted in one go: few enough that no request waits behind them for more than 10 ms.
const BATCH: u32 = 200;

/// Forgets what is older than the retention.
pub struct Purge {
    /// What is purged: requests,
    pub tokens: Arc<dyn TokenStore>,
    /// and what endpoints were told.
    pub webhooks: Arc<dyn WebhookOutbox>,
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
            let before = now - self.retention;
            let rows = match self.tokens.purge(before, now, BATCH).await? {
                0 => self.webhooks.purge_events(before, BATCH).await?,
                rows => rows,
            };
            if rows == 0 {
                return Ok(gone);
            }
            gone += rows;
            tokio::time::sleep(self.pause).await;
        }
    }
}
