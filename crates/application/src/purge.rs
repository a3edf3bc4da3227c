use std::sync::Arc;

use chrono::TimeDelta;

use crate::ports::{Clock, DeliveryQueue, SandboxStore, StoreError, WebhookOutbox};

/// Rows deleted in one go: few enough that no request waits behind them for more than 10 ms.
const BATCH: u32 = 200;

/// Forgets what is older than the retention.
pub struct Purge {
    /// What is purged: requests,
    pub delivery: Arc<dyn DeliveryQueue>,
    /// what endpoints were told,
    pub webhooks: Arc<dyn WebhookOutbox>,
    /// and the sandbox's customers and mail.
    pub sandbox: Arc<dyn SandboxStore>,
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
            let mut rows = self.delivery.purge(before, now, BATCH).await?;
            if rows == 0 {
                rows = self.webhooks.purge_events(before, BATCH).await?;
            }
            if rows == 0 {
                rows = self.sandbox.purge_sandbox(before, BATCH).await?;
            }
            if rows == 0 {
                return Ok(gone);
            }
            gone += rows;
            tokio::time::sleep(self.pause).await;
        }
    }
}
