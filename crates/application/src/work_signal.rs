use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes the worker of this process when there is new work. Cheap to clone; many signals at once wake once.
#[derive(Debug, Clone, Default)]
pub struct WorkSignal(Arc<Notify>);

impl WorkSignal {
    /// There is work.
    pub fn raise(&self) {
        self.0.notify_one();
    }

    /// Waits until somebody raises the signal, or returns at once if it was raised since the last wait.
    pub async fn raised(&self) {
        self.0.notified().await;
    }
}
