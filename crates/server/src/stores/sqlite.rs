//! SQLite.

use std::sync::Arc;

use application::ports::{AddressVault, Clock, PersistentPorts, StoreError};
use async_trait::async_trait;
use store_sqlite::{SqliteDatabase, SqliteStore};
use system::{OsRandom, SystemClock};

use super::Database;

pub(super) async fn open(url: &str) -> Result<SqliteDatabase, StoreError> {
    SqliteDatabase::open(url).await
}

#[async_trait]
impl Database for SqliteDatabase {
    async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate().await
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        self.schema_version().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ping().await
    }

    async fn own_data_key(&self) -> Result<[u8; 32], StoreError> {
        self.data_key(&OsRandom).await
    }

    async fn check_data_key(&self, vault: &dyn AddressVault) -> Result<(), StoreError> {
        self.check_data_key(vault).await
    }

    async fn clock(&self) -> Result<Arc<dyn Clock>, StoreError> {
        Ok(Arc::new(SystemClock))
    }

    async fn ports(&self, vault: Arc<dyn AddressVault>) -> Result<PersistentPorts, StoreError> {
        Ok(PersistentPorts::of(Arc::new(SqliteStore::new(self.clone(), vault).await?)))
    }

    async fn failed(&self) -> String {
        self.failed().await
    }

    fn log_bytes(&self) -> Option<Result<u64, StoreError>> {
        Some(self.log_bytes())
    }

    async fn close(&self) {
        self.close().await;
    }
}
