use async_trait::async_trait;

use crate::model::NewRequest;
use crate::ports::StoreError;

/// Accepts reset requests. Whoever holds only this port cannot reach an account.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RequestIntake: Send + Sync {
    /// Writes one request, `in-queue`, due at once. `Ok` MUST mean durable: it survives `kill -9`
    /// and a power cut. Concurrent calls SHOULD share one commit. Recording an id twice is the same
    /// as recording it once.
    ///
    /// MUST NOT look at any account, and MUST take the same time for every address.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the request is stored (the answer to a commit can
    /// be lost); the caller then answers 503 and has promised nothing.
    async fn record(&self, request: NewRequest) -> Result<(), StoreError>;
}
