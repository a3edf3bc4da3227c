//! What an installation keeps for itself.

use application::ports::{AddressVault, Random, StoreError};

use crate::SqliteDatabase;
use crate::columns::Columns;
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit};

const KEEP: &str = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
pub(crate) const GET: &str = "SELECT value FROM installation WHERE name = $1";

pub(crate) const DATA_KEY: &str = "data-key";
pub(crate) const DATA_KEY_CHECK: &str = "data-key-check";
/// Sealed with the data key when the installation began.
const KNOWN: &[u8] = b"resetd: this text opens with the data key of this installation";

impl SqliteDatabase {
    /// The installation's own data key: 32 random bytes, made on the first call and the same ever
    /// after. For installations whose operator configured none; it protects a stolen backup of
    /// anything but this file.
    ///
    /// # Errors
    /// [`StoreError`] when there is none and none could be stored.
    pub async fn data_key(&self, random: &dyn Random) -> Result<[u8; 32], StoreError> {
        let mut fresh = [0; 32];
        random.fill(&mut fresh);
        self.writer
            .work(move |unit| {
                Box::pin(async move {
                    let row = keep(unit, DATA_KEY, fresh.to_vec()).await?;
                    row.as_slice()
                        .try_into()
                        .map_err(|_| QueryError::corrupt("installation.value", "not 32 octets"))
                })
            })
            .await
    }

    /// Whether `vault` holds the key that this database was begun with. The first vault to come is
    /// remembered.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when another key wrote this database; [`StoreError::Unavailable`]
    /// when it cannot tell.
    pub async fn check_data_key(&self, vault: &dyn AddressVault) -> Result<(), StoreError> {
        let sealed = vault.seal(KNOWN);
        let stored = self
            .writer
            .work(move |unit| Box::pin(async move { keep(unit, DATA_KEY_CHECK, sealed).await }))
            .await?;
        is_known(vault, &stored)
    }
}

/// Whether `vault` opens what the installation's first vault sealed.
pub(crate) fn is_known(vault: &dyn AddressVault, stored: &[u8]) -> Result<(), StoreError> {
    match vault.open(stored) {
        Ok(text) if text == KNOWN => Ok(()),
        Ok(_) | Err(_) => {
            Err(StoreError::corrupt("installation.value", "this database was written with another data key"))
        }
    }
}

/// What is stored under `name`, which is `value` where there was nothing.
async fn keep(unit: &mut Unit<'_>, name: &'static str, value: Vec<u8>) -> Result<Vec<u8>, QueryError> {
    unit.run(Statement::new(KEEP).bind(name).bind(value)).await?;
    let row = unit.row(Statement::new(GET).bind(name)).await?;
    row.ok_or_else(|| QueryError::corrupt("installation.name", "a row just written is missing"))?
        .read("installation.value")
}
