//! PostgreSQL.

use std::sync::Arc;

use application::ports::{AddressVault, Clock, PersistentPorts, StoreError};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use store_postgres::{PoolSettings, PostgresDatabase, PostgresStore};
use system::{OsRandom, SystemClock};

use super::Database;

pub(super) async fn connect(url: &SecretString) -> Result<PostgresDatabase, StoreError> {
    PostgresDatabase::connect(url.expose_secret(), PoolSettings::default(), "resetd").await
}

#[async_trait]
impl Database for PostgresDatabase {
    async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate().await?;
        // Today's partitions, before the first row of today comes.
        self.maintain(SystemClock.now()).await
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
        Ok(Arc::new(self.clock().await?))
    }

    async fn ports(&self, vault: Arc<dyn AddressVault>) -> Result<PersistentPorts, StoreError> {
        Ok(PersistentPorts::of(Arc::new(PostgresStore::new(self.clone(), vault).await?)))
    }

    /// Never: a lost connection is replaced.
    async fn failed(&self) -> String {
        std::future::pending().await
    }

    fn log_bytes(&self) -> Option<Result<u64, StoreError>> {
        None
    }

    async fn close(&self) {
        self.close().await;
    }
}
