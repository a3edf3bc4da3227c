use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::model::{AuditEnd, AuditEntry, AuditRow};
use crate::ports::StoreError;

/// The log of deeds, each row hashed together with the one before. It grows at its end and, by
/// [`purge_audit`](Self::purge_audit) alone, loses its beginning.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends one action at the end of the chain.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was appended.
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// At most `limit` rows after `sequence`, in order.
    ///
    /// # Errors
    /// [`StoreError`] when the log cannot be read.
    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError>;

    /// Where the log ends, read as one.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    async fn end(&self) -> Result<AuditEnd, StoreError>;

    /// Deletes rows from the beginning of the log, none of which comes after a row of `before` or
    /// later. A store may keep some of them for another time, or delete them bit by bit. Before the
    /// first of them is gone, [`purge_entry`](crate::audit::purge_entry) with the last of them, and
    /// the last MAC among them, stands at the end of the log, dated `now`; without a row to delete
    /// nothing is appended. Returns how many rows went, or a lower figure.
    ///
    /// # Errors
    /// [`StoreError`] when not all was deleted that should have been; another call goes on with it.
    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError>;
}
