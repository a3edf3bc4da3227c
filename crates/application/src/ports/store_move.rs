use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::model::{Begun, Cursor, MoveProgress, Origin, Page, Row, Table};
use crate::ports::StoreError;

/// What a store keeps, row by row. Nobody else may write meanwhile.
#[async_trait]
pub trait StoredRows: Send + Sync {
    /// How many rows `table` has.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError>;

    /// At most `limit` rows of `table` from `after` on; `None`: from the beginning. Following
    /// [`Page::next`] to its end MUST bring each row once. The order is the store's own.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    async fn read(
        &self,
        table: &'static Table,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page, StoreError>;
}

/// A store that an installation can move away from.
#[async_trait]
pub trait StoreExport: StoredRows {
    /// Which installation this is.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot tell.
    async fn origin(&self) -> Result<Origin, StoreError>;
}

/// A store that an installation can move to.
#[async_trait]
pub trait StoreImport: StoredRows {
    /// Asks for a move of `origin`, or for the rest of it. While a move is under way nobody can be
    /// served from this store.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was begun.
    async fn begin(&self, origin: &Origin, now: DateTime<Utc>) -> Result<Begun, StoreError>;

    /// Stores `rows` of `table` together with how far the move has come then: both or neither.
    ///
    /// # Errors
    /// [`StoreError`] when neither was stored.
    async fn write(
        &self,
        table: &'static Table,
        rows: &[Row],
        progress: &MoveProgress,
    ) -> Result<(), StoreError>;

    /// Ends the move: the store can be served from.
    ///
    /// # Errors
    /// [`StoreError`] when it has not ended.
    async fn finish(&self) -> Result<(), StoreError>;
}
