//! What an installation keeps for itself.

use application::ports::{AddressVault, Random, StoreError};

use crate::columns::Columns;
use crate::query_error::QueryError;
use crate::{PostgresDatabase, audit_log};

pub(crate) const KEEP: &str =
    "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
pub(crate) const GET: &str = "SELECT value FROM installation WHERE name = $1";

const DATA_KEY: &str = "data-key";
const DATA_KEY_CHECK: &str = "data-key-check";
/// Sealed with the data key when the installation began.
const KNOWN: &[u8] = b"resetd: this text opens with the data key of this installation";

impl PostgresDatabase {
    /// The installation's own data key: 32 random bytes, made on the first call (of whichever
    /// replica) and the same ever after. For installations whose operator configured none; it
    /// protects a stolen table, not a stolen database.
    ///
    /// # Errors
    /// [`StoreError`] when there is none and none could be stored.
    pub async fn data_key(&self, random: &dyn Random) -> Result<[u8; 32], StoreError> {
        let mut fresh = [0; 32];
        random.fill(&mut fresh);
        let stored = self.keep(DATA_KEY, &fresh).await?;
        let key = stored.as_slice().try_into();
        Ok(key.map_err(|_| QueryError::corrupt("installation.value", "not 32 octets"))?)
    }

    /// Whether `vault` holds the key that this database was begun with. The first vault to come is
    /// remembered.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when another key wrote this database; [`StoreError::Unavailable`]
    /// when it cannot tell.
    pub async fn check_data_key(&self, vault: &dyn AddressVault) -> Result<(), StoreError> {
        let stored = self.keep(DATA_KEY_CHECK, &vault.seal(KNOWN)).await?;
        match vault.open(&stored) {
            Ok(text) if text == KNOWN => Ok(()),
            Ok(_) | Err(_) => Err(StoreError::Corrupt {
                place: "installation.value",
                error: "this database was written with another data key".to_owned(),
            }),
        }
    }

    /// Seals the audit log that an installation begins with, or gives a key to one that had none.
    pub(crate) async fn key_audit_log(&self, vault: &dyn AddressVault) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await.map_err(QueryError::Sql)?;
        Ok(audit_log::key_log(&mut connection, vault).await?)
    }

    /// What is stored under `name`, which is `value` where there was nothing.
    async fn keep(&self, name: &'static str, value: &[u8]) -> Result<Vec<u8>, QueryError> {
        sqlx::query(KEEP).bind(name).bind(value).execute(&self.pool).await?;
        sqlx::query(GET).bind(name).fetch_one(&self.pool).await?.read("installation.value")
    }
}
