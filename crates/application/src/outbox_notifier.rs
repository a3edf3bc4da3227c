use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::WorkSignal;

/// Wakes the task that delivers webhook events. Costs nothing while there are no endpoints.
#[derive(Debug, Clone, Default)]
pub struct OutboxNotifier(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    has_endpoints: AtomicBool,
    signal: WorkSignal,
}

impl OutboxNotifier {
    /// Whether any endpoint is active, as the last look at the outbox found it.
    pub fn set_has_endpoints(&self, has_endpoints: bool) {
        self.0.has_endpoints.store(has_endpoints, Ordering::Relaxed);
    }

    /// An event may have been written.
    pub fn notify(&self) {
        if self.0.has_endpoints.load(Ordering::Relaxed) {
            self.0.signal.raise();
        }
    }

    /// Waits for the next notification.
    pub async fn notified(&self) {
        self.0.signal.raised().await;
    }
}
