mod import;

use std::collections::HashMap;

use application::model::{
    Customer, CustomerImport, CustomerStatus, ImportCheckpoint, ImportedRow, PasswordHash,
};
use application::ports::{AddressVault, CustomerDirectory, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, Language, OrganisationId};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::group::Batch;
use crate::query_error::QueryError;
use application::sealed::{self, Person};

/// Workers look many addresses up at once.
const FIND_BY_EMAIL: &str = "SELECT id, organisation_id, address_fingerprint, sealed, language, status FROM customer \
     JOIN unnest($1::uuid[], $2::bytea[]) AS a(organisation, address) \
       ON organisation_id = a.organisation AND address_fingerprint = a.address AND NOT sandbox";
const FIND: &str = "SELECT id, organisation_id, sealed, language, status FROM customer WHERE id = $1";
/// Of the present hash there is one, and it is the newest.
const HISTORY: &str = "SELECT hash FROM (\
     SELECT password_hash AS hash, NULL::bigint AS n FROM customer WHERE id = $1 AND password_hash IS NOT NULL UNION ALL \
     (SELECT hash, n FROM password_history WHERE customer_id = $1 ORDER BY n DESC LIMIT $2)) h \
     ORDER BY n DESC NULLS FIRST LIMIT $2";
const FINISH: &str = "DELETE FROM import_checkpoint WHERE organisation_id = $1";
const POSITION: &str = "SELECT position FROM import_checkpoint WHERE organisation_id = $1 AND name = $2";

/// The statements of this module, by name.
#[cfg(test)]
pub(crate) const STATEMENTS: &[(&str, &str)] = &[
    ("FIND_BY_EMAIL", FIND_BY_EMAIL),
    ("FIND", FIND),
    ("HISTORY", HISTORY),
    ("FINISH", FINISH),
    ("POSITION", POSITION),
    ("IMPORT_LOCK", import::IMPORT_LOCK),
    ("LOOK_UP", import::LOOK_UP),
    ("MOVE_OUT", import::MOVE_OUT),
    ("CREATE", import::CREATE),
    ("UPDATE", import::UPDATE),
    ("REMEMBER", import::REMEMBER),
    ("KILL_LINKS", import::KILL_LINKS),
    ("CHECKPOINT", import::CHECKPOINT),
];

/// Looks customers up by their addresses.
pub(crate) struct FindByEmail;

/// A mailbox: its organisation and fingerprint.
type Mailbox = (Uuid, [u8; 16]);

/// A customer's row, still sealed.
#[derive(Clone)]
pub(crate) struct SealedCustomer {
    customer: Customer,
    sealed: Vec<u8>,
}

impl Batch for FindByEmail {
    type Job = Mailbox;
    type Answer = Option<SealedCustomer>;
    const NAME: &'static str = "find-by-email";
    const LIMIT: usize = 128;

    async fn run(connection: &mut PgConnection, jobs: &[Mailbox]) -> Result<Vec<Self::Answer>, QueryError> {
        let rows = sqlx::query(FIND_BY_EMAIL)
            .bind(jobs.iter().map(|(organisation, _)| *organisation).collect::<Vec<_>>())
            .bind(jobs.iter().map(|(_, fingerprint)| &fingerprint[..]).collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let fingerprint = row.bytes("customer.address_fingerprint")?;
            found.insert((row.read("customer.organisation_id")?, fingerprint), sealed_customer(row)?);
        }
        // Two jobs may ask for one mailbox.
        Ok(jobs.iter().map(|mailbox| found.get(mailbox).cloned()).collect())
    }
}

#[async_trait]
impl CustomerDirectory for PostgresStore {
    async fn find_by_email(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
    ) -> Result<Option<Customer>, StoreError> {
        let fingerprint = self.vault.fingerprint(organisation, email).0;
        let found = self.groups.find_by_email.call((uuid(organisation.as_bytes()), fingerprint)).await?;
        Ok(found.map(|row| row.open(self.vault.as_ref())).transpose()?)
    }

    async fn find(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        let row = sqlx::query(FIND)
            .bind(uuid(id.as_bytes()))
            .fetch_optional(self.pool())
            .await
            .map_err(QueryError::Sql)?;
        Ok(row.map(|row| sealed_customer(&row)?.open(self.vault.as_ref())).transpose()?)
    }

    async fn password_history(&self, id: CustomerId, limit: u32) -> Result<Vec<PasswordHash>, StoreError> {
        let history = sqlx::query(HISTORY).bind(uuid(id.as_bytes())).bind(i64::from(limit));
        let rows = history.fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        let hash = |row: &PgRow| row.read("password_history.hash").map(PasswordHash::new);
        Ok(rows.iter().map(hash).collect::<Result<_, _>>()?)
    }

    async fn import(
        &self,
        organisation: OrganisationId,
        rows: &[CustomerImport],
        checkpoint: ImportCheckpoint,
        now: DateTime<Utc>,
    ) -> Result<Vec<ImportedRow>, StoreError> {
        Ok(self.import_batch(organisation, rows, checkpoint, now).await?)
    }

    async fn import_position(
        &self,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<Option<u64>, StoreError> {
        let position = sqlx::query(POSITION).bind(uuid(organisation.as_bytes())).bind(text(name));
        let row = position.fetch_optional(self.pool()).await.map_err(QueryError::Sql)?;
        let place = "import_checkpoint.position";
        let position = row.map(|row| {
            u64::try_from(row.read::<i64>(place)?).map_err(|error| QueryError::corrupt(place, error))
        });
        Ok(position.transpose()?)
    }

    async fn finish_import(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        let finish = sqlx::query(FINISH).bind(uuid(organisation.as_bytes()));
        finish.execute(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(())
    }
}

impl SealedCustomer {
    pub(crate) fn open(self, vault: &dyn AddressVault) -> Result<Customer, QueryError> {
        Ok(sealed::open_json::<Person>(vault, &self.sealed, Person::PLACE)?.complete(self.customer)?)
    }
}

pub(crate) fn sealed_customer(row: &PgRow) -> Result<SealedCustomer, QueryError> {
    let language = row.read::<Option<&str>>("customer.language")?.map(Language::parse).transpose();
    let customer = Customer {
        id: row.id("customer.id")?,
        organisation: row.id("customer.organisation_id")?,
        reference: None,
        email: None,
        name: String::new(),
        language: language.map_err(|error| QueryError::corrupt("customer.language", error))?,
        status: row.word("customer.status", |word| CustomerStatus::parse(word).ok_or("no status"))?,
    };
    Ok(SealedCustomer { customer, sealed: row.read("customer.sealed")? })
}
