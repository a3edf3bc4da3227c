use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::WorkSignal;

/// Wakes whoever tells endpoints of events, for stores: it costs nothing while there are no endpoints.
#[derive(Debug, Clone, Default)]
pub struct OutboxNews(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    listened_to: AtomicBool,
    signal: WorkSignal,
}

impl OutboxNews {
    /// Whether any endpoint is active, as the last look at the outbox found it.
    pub fn set_listened_to(&self, listened_to: bool) {
        self.0.listened_to.store(listened_to, Ordering::Relaxed);
    }

    /// An event may have been written.
    pub fn tell(&self) {
        if self.0.listened_to.load(Ordering::Relaxed) {
            self.0.signal.raise();
        }
    }

    /// Waits until somebody told.
    pub async fn heard(&self) {
        self.0.signal.raised().await;
    }
}
