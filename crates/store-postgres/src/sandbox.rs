//! The customers and the captured mail of `DEV_` keys.

use application::model::{CapturedMail, Customer, CustomerStatus};
use application::ports::{MailArchive, SandboxStore, StoreError};
use application::sealed::{self, Person, open_json, seal_json};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, MailId, OrganisationId};
use sqlx::Connection;
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::customer_directory::sealed_customer;
use crate::query_error::QueryError;

/// Where a captured mail is kept.
const SEALED: &str = "sandbox_mail.sealed";

/// Makes the customer, or takes the one that is there, used now.
pub(crate) const SANDBOX_CUSTOMER: &str = "INSERT INTO customer AS c (id, organisation_id, address_fingerprint, sealed, \
     status, sandbox, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, true, $6, $6) \
     ON CONFLICT (address_fingerprint) WHERE address_fingerprint IS NOT NULL \
     DO UPDATE SET updated_at = greatest(c.updated_at, excluded.updated_at) WHERE c.sandbox \
     RETURNING id, organisation_id, sealed, language, status";
/// All but the `$2` that were used last, with their former passwords. What somebody else is at is
/// left for the next time.
pub(crate) const EVICT: &str = "WITH old AS MATERIALIZED (SELECT id FROM customer WHERE id IN (SELECT id FROM customer \
       WHERE sandbox AND organisation_id = $1 ORDER BY updated_at DESC, id DESC OFFSET $2) FOR UPDATE SKIP LOCKED), \
     former AS (DELETE FROM password_history h USING old WHERE h.customer_id = old.id) \
     DELETE FROM customer c USING old WHERE c.id = old.id";
/// The mail, and the older ones' end. Those that are being kept at this moment are not seen, and go
/// the next time.
pub(crate) const KEEP_MAIL: &str = "WITH kept AS (INSERT INTO sandbox_mail (id, organisation_id, captured_at, sealed) \
       VALUES ($1, $2, $3, $4)), \
     old AS MATERIALIZED (SELECT id FROM sandbox_mail WHERE id IN (SELECT id FROM sandbox_mail WHERE organisation_id = $2 \
       ORDER BY captured_at DESC, id DESC OFFSET greatest($5::bigint - 1, 0)) FOR UPDATE SKIP LOCKED) \
     DELETE FROM sandbox_mail m USING old WHERE m.id = old.id";
pub(crate) const NEWEST_CAPTURED: &str = "SELECT sealed FROM sandbox_mail WHERE organisation_id = $1 \
     ORDER BY captured_at DESC, id DESC LIMIT $2";
pub(crate) const NEWEST_OF_ALL: &str =
    "SELECT sealed FROM sandbox_mail ORDER BY captured_at DESC, id DESC LIMIT $1";
pub(crate) const PURGE_CAPTURED: &str = "WITH old AS MATERIALIZED (SELECT id FROM sandbox_mail WHERE captured_at < $1 \
       ORDER BY captured_at LIMIT $2 FOR UPDATE SKIP LOCKED) \
     DELETE FROM sandbox_mail m USING old WHERE m.id = old.id";
pub(crate) const PURGE_CUSTOMERS: &str = "WITH old AS MATERIALIZED (SELECT id FROM customer WHERE sandbox AND updated_at < $1 \
       LIMIT $2 FOR UPDATE SKIP LOCKED), \
     former AS (DELETE FROM password_history h USING old WHERE h.customer_id = old.id) \
     DELETE FROM customer c USING old WHERE c.id = old.id";

/// The statements of this module, by name.
#[cfg(test)]
pub(crate) const STATEMENTS: &[(&str, &str)] = &[
    ("SANDBOX_CUSTOMER", SANDBOX_CUSTOMER),
    ("EVICT", EVICT),
    ("KEEP_MAIL", KEEP_MAIL),
    ("NEWEST_CAPTURED", NEWEST_CAPTURED),
    ("NEWEST_OF_ALL", NEWEST_OF_ALL),
    ("PURGE_CAPTURED", PURGE_CAPTURED),
    ("PURGE_CUSTOMERS", PURGE_CUSTOMERS),
];

#[async_trait]
impl SandboxStore for PostgresStore {
    async fn sandbox_customer(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
        fresh: CustomerId,
        now: DateTime<Utc>,
        keep: u32,
    ) -> Result<Customer, StoreError> {
        Ok(self.find_or_make(organisation, email, fresh, now, keep).await?)
    }

    async fn keep_mail(
        &self,
        organisation: OrganisationId,
        id: MailId,
        mail: CapturedMail,
        keep: u32,
    ) -> Result<(), StoreError> {
        let kept = sqlx::query(KEEP_MAIL)
            .bind(uuid(id.as_bytes()))
            .bind(uuid(organisation.as_bytes()))
            .bind(mail.created_at)
            .bind(seal_json(self.vault.as_ref(), &mail, SEALED)?)
            .bind(i64::from(keep));
        kept.execute(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(())
    }

    async fn purge_sandbox(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for sql in [PURGE_CAPTURED, PURGE_CUSTOMERS] {
            let purged = sqlx::query(sql).bind(before).bind(i64::from(limit)).execute(self.pool()).await;
            gone += purged.map_err(QueryError::Sql)?.rows_affected();
        }
        Ok(gone)
    }
}

impl PostgresStore {
    async fn find_or_make(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
        fresh: CustomerId,
        now: DateTime<Utc>,
        keep: u32,
    ) -> Result<Customer, QueryError> {
        let vault = self.vault.as_ref();
        let person = Person {
            email: Some(email.normalized().to_owned()),
            name: String::new(),
            phone: None,
            external_id: None,
        };
        let mut connection = self.pool().acquire().await?;
        let mut transaction = connection.begin().await?;
        let row = sqlx::query(SANDBOX_CUSTOMER)
            .bind(uuid(fresh.as_bytes()))
            .bind(uuid(organisation.as_bytes()))
            .bind(sealed::mailbox(vault, organisation, email, true).0.to_vec())
            .bind(seal_json(vault, &person, Person::PLACE)?)
            .bind(CustomerStatus::Active.as_str())
            .bind(now)
            .fetch_one(&mut *transaction)
            .await?;
        let customer = sealed_customer(&row)?.open(vault)?;
        if customer.id == fresh {
            sqlx::query(EVICT)
                .bind(uuid(organisation.as_bytes()))
                .bind(i64::from(keep.max(1)))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(customer)
    }
}

#[async_trait]
impl MailArchive for PostgresStore {
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = match organisation {
            Some(organisation) => sqlx::query(NEWEST_CAPTURED).bind(uuid(organisation.as_bytes())),
            None => sqlx::query(NEWEST_OF_ALL),
        };
        let rows = query.bind(limit).fetch_all(self.pool()).await.map_err(QueryError::Sql)?;
        let open = |row: &PgRow| open_json(self.vault.as_ref(), row.read(SEALED)?, SEALED);
        rows.iter().map(open).collect()
    }
}
