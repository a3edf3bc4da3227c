use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Wakes the worker of this process when there is new work. Cheap to clone; many signals at once
/// wake once.
#[derive(Debug, Clone, Default)]
pub struct WorkSignal(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    notify: Notify,
    raised: AtomicU64,
}

impl WorkSignal {
    /// There is work.
    pub fn raise(&self) {
        self.0.raised.fetch_add(1, Ordering::Relaxed);
        self.0.notify.notify_one();
    }

    /// Waits until somebody raises the signal, or returns at once if it was raised since the last
    /// wait.
    pub async fn raised(&self) {
        self.0.notify.notified().await;
    }

    /// How often it has been raised.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.raised.load(Ordering::Relaxed)
    }
}
