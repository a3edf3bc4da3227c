use std::fmt;
use std::sync::Arc;

use application::OutboxNotifier;
use application::ports::{AddressVault, StoreError};

use crate::SqliteDatabase;

/// Every persistent port on one SQLite file. Cloning shares the connections.
#[derive(Clone)]
pub struct SqliteStore {
    pub(crate) database: SqliteDatabase,
    pub(crate) vault: Arc<dyn AddressVault>,
    pub(crate) webhook_notifier: OutboxNotifier,
}

impl SqliteStore {
    /// Opens and migrates the file at `location` (see [`SqliteDatabase::open`]) and checks
    /// `vault`'s key.
    ///
    /// # Errors
    /// As [`SqliteDatabase::open`], [`SqliteDatabase::migrate`] and [`new`](Self::new).
    pub async fn open(location: &str, vault: Arc<dyn AddressVault>) -> Result<Self, StoreError> {
        let database = SqliteDatabase::open(location).await?;
        database.migrate().await?;
        Self::new(database, vault).await
    }

    /// Puts the ports on a migrated database.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the database was written with another data key than `vault`'s.
    pub async fn new(database: SqliteDatabase, vault: Arc<dyn AddressVault>) -> Result<Self, StoreError> {
        database.check_data_key(vault.as_ref()).await?;
        let store = Self { database, vault, webhook_notifier: OutboxNotifier::default() };
        store.key_audit_log().await?;
        Ok(store)
    }

    /// The database underneath: readiness, version, closing.
    #[must_use]
    pub const fn database(&self) -> &SqliteDatabase {
        &self.database
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("database", &self.database).finish_non_exhaustive()
    }
}
