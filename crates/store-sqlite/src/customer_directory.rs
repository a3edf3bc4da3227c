//! The customers.

mod import;

use application::model::{
    Customer, CustomerImport, CustomerStatus, ImportCheckpoint, ImportedRow, PasswordHash,
};
use application::ports::{AddressVault, CustomerDirectory, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, OrganisationId};
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;
use crate::template_store::language;
use crate::writer::Statement;
use application::sealed::{Person, open_json};

const FIND: &str =
    "SELECT id, organisation_id, external_id, sealed, language, status FROM customer WHERE id = $1";
const FIND_BY_ADDRESS: &str = "SELECT id, organisation_id, external_id, sealed, language, status FROM customer \
     WHERE address_fingerprint = $1 AND organisation_id = $2 AND sandbox = 0";
const PASSWORDS: &str = "SELECT hash FROM ( \
       SELECT password_hash AS hash, 9223372036854775807 AS n FROM customer \
         WHERE id = $1 AND password_hash IS NOT NULL \
       UNION ALL SELECT hash, n FROM password_history WHERE customer_id = $1) \
     ORDER BY n DESC LIMIT $2";
const FINISH: &str = "DELETE FROM import_checkpoint WHERE organisation_id = $1";
const POSITION: &str = "SELECT position FROM import_checkpoint WHERE organisation_id = $1 AND name = $2";

#[async_trait]
impl CustomerDirectory for SqliteStore {
    async fn find_by_email(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
    ) -> Result<Option<Customer>, StoreError> {
        let fingerprint = self.vault.fingerprint(organisation, email);
        let query =
            sqlx::query(FIND_BY_ADDRESS).bind(fingerprint.0.to_vec()).bind(organisation.as_bytes().to_vec());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(|row| customer(row, self.vault.as_ref())).transpose()?)
    }

    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let query = sqlx::query(FIND).bind(id.as_bytes().to_vec());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(row.as_ref().map(|row| customer(row, self.vault.as_ref())).transpose()?)
    }

    async fn password_history(&self, id: CustomerId, limit: u32) -> Result<Vec<PasswordHash>, StoreError> {
        let query = sqlx::query(PASSWORDS).bind(id.as_bytes().to_vec()).bind(limit);
        let rows = query.fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        let hash = |row: &SqliteRow| Ok(PasswordHash::new(row.read("password_history.hash")?));
        Ok(rows.iter().map(hash).collect::<Result<_, QueryError>>()?)
    }

    async fn import(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        import::import(self, organisation, rows, checkpoint, now).await
    }

    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query(POSITION).bind(organisation.as_bytes().to_vec()).bind(name.to_owned());
        let row = query.fetch_optional(&self.database.readers).await.map_err(QueryError::Sql)?;
        let position = row.map(|row| row.read::<i64>("import_checkpoint.position")).transpose()?;
        Ok(position.map(i64::unsigned_abs))
    }

    async fn finish_import(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        let organisation = organisation.as_bytes().to_vec();
        self.database
            .writer
            .work(move |unit| {
                Box::pin(async move { Ok(unit.run(Statement::new(FINISH).bind(organisation)).await?) })
            })
            .await
    }
}

/// A row of `id`, `organisation_id`, `external_id`, `sealed`, `language` and `status`.
pub(crate) fn customer(row: &SqliteRow, vault: &dyn AddressVault) -> Result<Customer, QueryError> {
    let person: Person = open_json(vault, row.read("customer.sealed")?, Person::PLACE)?;
    let tag = row.read::<Option<&str>>("customer.language")?;
    Ok(Customer {
        id: CustomerId::from_bytes(row.bytes("customer.id")?),
        organisation: OrganisationId::from_bytes(row.bytes("customer.organisation_id")?),
        reference: row.read("customer.external_id")?,
        email: person.address()?,
        name: person.name,
        language: tag.map(|tag| language(tag, "customer.language")).transpose()?,
        status: CustomerStatus::parse(row.read("customer.status")?)
            .ok_or_else(|| QueryError::corrupt("customer.status", "an unknown status"))?,
    })
}

/// The statements whose cost must not grow with the number of customers, for the test of their
/// query plans.
#[cfg(test)]
pub(crate) fn hot_statements() -> Vec<&'static str> {
    [&[FIND, FIND_BY_ADDRESS], import::HOT].concat()
}
