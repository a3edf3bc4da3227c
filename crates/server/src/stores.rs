//! Opens the database that the settings name, with its data key, and hands out the persistent
//! ports.

use std::ops::Deref;
use std::sync::Arc;

use application::ports::{AddressVault, Clock, PersistentPorts, Random, StoreError};
use secrecy::ExposeSecret as _;
use store_postgres::{PoolSettings, PostgresDatabase, PostgresStore};
use store_sqlite::{SqliteDatabase, SqliteStore};
use system::{DataKey, OsRandom, SystemClock, Vault};

use crate::command_error::CommandError;
use crate::settings::{DatabaseUrl, Settings, SettingsError};

/// Every persistent port, and the database behind them.
#[derive(Clone)]
pub(crate) struct Stores {
    ports: PersistentPorts,
    pub(crate) vault: Arc<dyn AddressVault>,
    /// The time that all who share the database agree on.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) database: Database,
}

impl Deref for Stores {
    type Target = PersistentPorts;

    fn deref(&self) -> &PersistentPorts {
        &self.ports
    }
}

/// The database itself, for what is no port's business.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(SqliteDatabase),
    Postgres(Box<PostgresDatabase>),
}

impl Database {
    async fn connect(settings: &Settings) -> Result<Self, CommandError> {
        match settings.database_url()? {
            DatabaseUrl::Sqlite(url) => Ok(Self::Sqlite(SqliteDatabase::open(url).await?)),
            DatabaseUrl::Postgres(url) => {
                let pool = PoolSettings::default();
                let database = PostgresDatabase::connect(url.expose_secret(), pool, "resetd").await?;
                Ok(Self::Postgres(Box::new(database)))
            }
        }
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(database) => database.migrate().await,
            Self::Postgres(database) => {
                database.migrate().await?;
                // Today's partitions, before the first row of today comes.
                database.maintain(SystemClock.now()).await
            }
        }
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(database) => database.schema_version().await,
            Self::Postgres(database) => database.schema_version().await,
        }
    }

    /// Whether it answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(database) => database.ping().await,
            Self::Postgres(database) => database.ping().await,
        }
    }

    /// Waits until it can be written no more while this process lives, and says why.
    pub(crate) async fn failed(&self) -> String {
        match self {
            Self::Sqlite(database) => database.failed().await,
            // A lost connection is replaced.
            Self::Postgres(_) => std::future::pending().await,
        }
    }

    /// The size of the log in octets; `None`: this database keeps none of its own.
    pub(crate) fn log_bytes(&self) -> Option<Result<u64, StoreError>> {
        match self {
            Self::Sqlite(database) => Some(database.log_bytes()),
            Self::Postgres(_) => None,
        }
    }

    /// Lets what was written reach the disk and closes the connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(database) => database.close().await,
            Self::Postgres(database) => database.close().await,
        }
    }

    /// The operator's key, else the one this installation made for itself.
    async fn vault(&self, settings: &Settings) -> Result<Vault, CommandError> {
        if let Some(key) = &settings.data_key {
            return Ok(Vault::new(key));
        }
        let random: &dyn Random = &OsRandom;
        let bytes = match self {
            Self::Sqlite(database) => database.data_key(random).await?,
            Self::Postgres(database) => database.data_key(random).await?,
        };
        Ok(Vault::new(&installations_data_key(bytes)?))
    }

    async fn check_data_key(&self, vault: &dyn AddressVault) -> Result<(), CommandError> {
        let checked = match self {
            Self::Sqlite(database) => database.check_data_key(vault).await,
            Self::Postgres(database) => database.check_data_key(vault).await,
        };
        match checked {
            Err(StoreError::Corrupt { .. }) => {
                let error = "this database was written with another data key";
                Err(SettingsError::invalid("data_key", error).into())
            }
            other => Ok(other?),
        }
    }
}

impl Stores {
    /// Opens the database, applies what migrations are missing, and checks the data key.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, CommandError> {
        let database = Database::connect(settings).await?;
        database.migrate().await?;
        let vault: Arc<dyn AddressVault> = Arc::new(database.vault(settings).await?);
        database.check_data_key(vault.as_ref()).await?;
        let clock: Arc<dyn Clock> = match &database {
            Database::Sqlite(_) => Arc::new(SystemClock),
            Database::Postgres(postgres) => Arc::new(postgres.clock().await?),
        };
        let ports = match &database {
            Database::Sqlite(sqlite) => {
                PersistentPorts::of(Arc::new(SqliteStore::new(sqlite.clone(), Arc::clone(&vault)).await?))
            }
            Database::Postgres(postgres) => PersistentPorts::of(Arc::new(
                PostgresStore::new(*postgres.clone(), Arc::clone(&vault)).await?,
            )),
        };
        Ok(Self { ports, vault, clock, database })
    }
}

/// The one that an installation made for itself.
pub(crate) fn installations_data_key(bytes: [u8; 32]) -> Result<DataKey, CommandError> {
    DataKey::from_bytes(bytes)
        .map_err(|error| CommandError::Setup(format!("the installation's data key: {error}")))
}

/// Applies what migrations are missing; the version afterwards.
pub(crate) async fn migrate(settings: &Settings) -> Result<i64, CommandError> {
    let database = Database::connect(settings).await?;
    database.migrate().await?;
    Ok(database.schema_version().await?)
}
