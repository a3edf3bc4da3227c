//! The end of a store: what it cannot recover from while the process lives.

use tokio::sync::watch;
use tracing::error;

/// Whether the store can still write, and why not. Cloning shares it. Set once, never taken back.
#[derive(Debug, Clone)]
pub(crate) struct Failure(watch::Sender<Option<String>>);

impl Default for Failure {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Failure {
    /// From now on the store writes nothing; `reason` goes to the log and to whoever waits. The
    /// first reason counts.
    pub(crate) fn set(&self, reason: String) {
        self.0.send_if_modified(|first| {
            let is_first = first.is_none();
            if is_first {
                error!(reason, "the store can write no more");
                *first = Some(reason);
            }
            is_first
        });
    }

    /// The reason, where there is one.
    pub(crate) fn reason(&self) -> Option<String> {
        self.0.borrow().clone()
    }

    /// The reason, once there is one.
    pub(crate) async fn wait(&self) -> String {
        let mut reasons = self.0.subscribe();
        if let Ok(reason) = reasons.wait_for(Option::is_some).await {
            return reason.clone().unwrap_or_default();
        }
        // The sender is `self`, which lives.
        std::future::pending().await
    }

    /// Sets the failure when the thread that holds the guard panics.
    pub(crate) fn guard(&self, thread: &'static str) -> PanicGuard {
        PanicGuard { failure: self.clone(), thread }
    }
}

/// See [`Failure::guard`].
pub(crate) struct PanicGuard {
    failure: Failure,
    thread: &'static str,
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.failure.set(format!("the thread {} ended in a panic", self.thread));
        }
    }
}
