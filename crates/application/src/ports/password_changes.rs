use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{RequestId, WorkerId};

use crate::model::{ChangeEnd, ClaimedChange, Intended, Intent};
use crate::ports::StoreError;

/// Changes of passwords that live in a foreign directory, from the intent to its known outcome. The
/// token goes `good`, `changing`, `used`.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordChanges: Send + Sync {
    /// Turns a good link to `changing`, or gives a changing one the next sequence with the new hash,
    /// in one guarded step. Of any number of simultaneous calls each gets a sequence of its own. The
    /// expiry is judged here and never again. `Ok` MUST mean durable.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that the intent is recorded; the token is as good as
    /// before.
    async fn intend(&self, intent: Intent) -> Result<Intended, StoreError>;

    /// Ends the change `request` if `sequence` is its present one, in one step with everything that
    /// follows ([`ChangeEnd`]). `false`: it has ended, or has a later sequence. `Ok` MUST mean
    /// durable.
    ///
    /// # Errors
    /// [`StoreError`] when nothing happened, as far as the store can tell; the change is repeated.
    async fn end(&self, request: RequestId, sequence: u32, end: ChangeEnd) -> Result<bool, StoreError>;

    /// Leases at most `limit` changes whose lease or back-off has ended at `now`, oldest first. Two
    /// callers MUST never hold the same one.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was leased.
    async fn claim_changes(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedChange>, StoreError>;

    /// Gives a change back until `due_at`, after a try whose outcome is unknown; counts the attempt.
    ///
    /// # Errors
    /// [`StoreError`] when it was not given back; its lease ends by itself.
    async fn postpone_change(
        &self,
        request: RequestId,
        sequence: u32,
        due_at: DateTime<Utc>,
    ) -> Result<(), StoreError>;
}
