//! Opens the database that the settings name, with its data key, and hands out the persistent
//! ports.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use std::ops::Deref;
use std::sync::Arc;

use application::ports::{AddressVault, Clock, PersistentPorts, StoreError};
use async_trait::async_trait;
use system::{DataKey, Vault};

use crate::command_error::CommandError;
use crate::settings::{DatabaseUrl, Settings, SettingsError};

/// Every persistent port, and the database behind them.
#[derive(Clone)]
pub(crate) struct Stores {
    ports: PersistentPorts,
    pub(crate) vault: Arc<dyn AddressVault>,
    /// The time that all who share the database agree on.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) database: Arc<dyn Database>,
}

impl Deref for Stores {
    type Target = PersistentPorts;

    fn deref(&self) -> &PersistentPorts {
        &self.ports
    }
}

/// The database itself, for what is no port's business.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// Applies what migrations are missing.
    async fn migrate(&self) -> Result<(), StoreError>;

    async fn schema_version(&self) -> Result<i64, StoreError>;

    /// Whether it takes a write.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The data key that the installation made for itself, now or earlier.
    async fn own_data_key(&self) -> Result<[u8; 32], StoreError>;

    /// Whether it was written with this key.
    async fn check_data_key(&self, vault: &dyn AddressVault) -> Result<(), StoreError>;

    async fn clock(&self) -> Result<Arc<dyn Clock>, StoreError>;

    async fn ports(&self, vault: Arc<dyn AddressVault>) -> Result<PersistentPorts, StoreError>;

    /// Waits until it can be written no more while this process lives, and says why.
    async fn failed(&self) -> String;

    /// The size of the log in octets; `None`: this database keeps none of its own.
    fn log_bytes(&self) -> Option<Result<u64, StoreError>>;

    /// Lets what was written reach the disk and closes the connections.
    async fn close(&self);
}

async fn connect(settings: &Settings) -> Result<Arc<dyn Database>, CommandError> {
    match settings.database_url()? {
        DatabaseUrl::Sqlite(url) => Ok(Arc::new(sqlite::open(url).await?)),
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => Ok(Arc::new(postgres::connect(url).await?)),
        #[cfg(not(feature = "postgres"))]
        DatabaseUrl::Postgres(_) => Err(SettingsError::not_in_this_build("database_url", "postgres").into()),
    }
}

impl Stores {
    /// Opens the database, applies what migrations are missing, and checks the data key.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, CommandError> {
        let database = connect(settings).await?;
        database.migrate().await?;
        let vault = match &settings.data_key {
            Some(key) => Vault::new(key),
            None => Vault::new(&own_data_key(database.own_data_key().await?)?),
        };
        let vault: Arc<dyn AddressVault> = Arc::new(vault);
        match database.check_data_key(vault.as_ref()).await {
            Err(StoreError::Corrupt { .. }) => {
                let error = "this database was written with another data key";
                return Err(SettingsError::invalid("data_key", error).into());
            }
            checked => checked?,
        }
        let clock = database.clock().await?;
        let ports = database.ports(Arc::clone(&vault)).await?;
        Ok(Self { ports, vault, clock, database })
    }
}

/// The key that an installation made for itself.
pub(crate) fn own_data_key(bytes: [u8; 32]) -> Result<DataKey, CommandError> {
    DataKey::from_bytes(bytes)
        .map_err(|error| CommandError::Setup(format!("the installation's data key: {error}")))
}

/// Applies what migrations are missing; the version afterwards.
pub(crate) async fn migrate(settings: &Settings) -> Result<i64, CommandError> {
    let database = connect(settings).await?;
    database.migrate().await?;
    Ok(database.schema_version().await?)
}
