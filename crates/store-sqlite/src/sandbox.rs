//! The customers and the captured mail of `DEV_` keys.

use application::model::{CapturedMail, Customer, CustomerStatus};
use application::ports::{AddressVault, MailArchive, SandboxStore, StoreError};
use application::sealed::{self, Person, open_json, seal_json};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerId, EmailAddress, MailId, OrganisationId};

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};

/// Where a captured mail is kept.
const SEALED: &str = "sandbox_mail.sealed";

/// The customer with the fingerprint `$1`, used at `$2`.
const USE: &str = own_savepoint!(
    "UPDATE customer SET updated_at = max(updated_at, $2) WHERE address_fingerprint = $1 AND sandbox = 1 \
     RETURNING id, organisation_id, external_id, sealed, language, status"
);
const CREATE: &str = "INSERT INTO customer (id, organisation_id, address_fingerprint, sealed, status, sandbox, \
       links_valid_from, sessions_valid_from, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, 1, -9223372036854775808, 0, $6, $6)";
/// Those of organisation `$1` that were used last, but for `$2`, go.
const EVICT: &str = "DELETE FROM password_history WHERE customer_id IN (SELECT id FROM customer \
       WHERE sandbox = 1 AND organisation_id = $1 ORDER BY updated_at DESC, seq DESC LIMIT -1 OFFSET $2); \
     DELETE FROM customer WHERE seq IN (SELECT seq FROM customer \
       WHERE sandbox = 1 AND organisation_id = $1 ORDER BY updated_at DESC, seq DESC LIMIT -1 OFFSET $2)";
const KEEP: &str = own_savepoint!(
    "INSERT INTO sandbox_mail (id, organisation_id, captured_at, sealed) VALUES ($1, $2, $3, $4); \
     DELETE FROM sandbox_mail WHERE id IN (SELECT id FROM sandbox_mail WHERE organisation_id = $2 \
       ORDER BY captured_at DESC, id DESC LIMIT -1 OFFSET $5)"
);
const NEWEST: &str = "SELECT sealed FROM sandbox_mail WHERE organisation_id = $1 \
     ORDER BY captured_at DESC, id DESC LIMIT $2";
const NEWEST_OF_ALL: &str = "SELECT sealed FROM sandbox_mail ORDER BY captured_at DESC, id DESC LIMIT $1";
const PURGE_MAILS: &str = own_savepoint!(
    "DELETE FROM sandbox_mail WHERE id IN \
       (SELECT id FROM sandbox_mail WHERE captured_at < $1 ORDER BY captured_at LIMIT $2); \
     SELECT changes() AS rows"
);
const PURGE_CUSTOMERS: &str = "DELETE FROM password_history WHERE customer_id IN \
       (SELECT id FROM customer WHERE sandbox = 1 AND updated_at < $1 ORDER BY seq LIMIT $2); \
     DELETE FROM customer WHERE seq IN \
       (SELECT seq FROM customer WHERE sandbox = 1 AND updated_at < $1 ORDER BY seq LIMIT $2); \
     SELECT changes() AS rows";

#[async_trait]
impl SandboxStore for SqliteStore {
    async fn sandbox_customer(
        &self,
        organisation: OrganisationId,
        email: &EmailAddress,
        fresh: CustomerId,
        now: DateTime<Utc>,
        keep: u32,
    ) -> Result<Customer, StoreError> {
        let new = NewCustomer {
            id: fresh,
            organisation,
            fingerprint: sealed::mailbox(self.vault.as_ref(), organisation, email, true).0,
            email: email.clone(),
            now: millis(now),
            keep,
        };
        let vault = self.vault.clone();
        let work = self
            .database
            .writer
            .work(move |unit| Box::pin(async move { find_or_make(unit, new, vault.as_ref()).await }));
        work.await
    }

    async fn keep_mail(
        &self,
        organisation: OrganisationId,
        id: MailId,
        mail: CapturedMail,
        keep: u32,
    ) -> Result<(), StoreError> {
        let keep = Statement::new(KEEP)
            .bind(id.as_bytes().to_vec())
            .bind(organisation.as_bytes().to_vec())
            .bind(millis(mail.created_at))
            .bind(seal_json(self.vault.as_ref(), &mail, SEALED)?)
            .bind(i64::from(keep));
        let work = self.database.writer.work(move |unit| {
            Box::pin(async move { unit.run(keep).await.map_err(QueryError::conflict("sandbox_mail")) })
        });
        work.await
    }

    async fn purge_sandbox(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let before = millis(before);
        let work = self.database.writer.work(move |unit| {
            Box::pin(async move {
                let mails = purge(unit, PURGE_MAILS, before, limit.into()).await?;
                let customers =
                    purge(unit, PURGE_CUSTOMERS, before, i64::from(limit).saturating_sub(mails)).await?;
                Ok(mails.saturating_add(customers).unsigned_abs())
            })
        });
        work.await
    }
}

#[async_trait]
impl MailArchive for SqliteStore {
    async fn list(
        &self,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<CapturedMail>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = match organisation {
            Some(organisation) => sqlx::query(NEWEST).bind(organisation.as_bytes().to_vec()),
            None => sqlx::query(NEWEST_OF_ALL),
        };
        let rows = query.bind(limit).fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        rows.iter().map(|row| open_json(self.vault.as_ref(), row.read(SEALED)?, SEALED)).collect()
    }
}

struct NewCustomer {
    id: CustomerId,
    organisation: OrganisationId,
    fingerprint: [u8; 16],
    email: EmailAddress,
    now: i64,
    keep: u32,
}

async fn find_or_make(
    unit: &mut Unit<'_>,
    new: NewCustomer,
    vault: &dyn AddressVault,
) -> Result<Customer, QueryError> {
    let known = Statement::new(USE).bind(new.fingerprint.to_vec()).bind(new.now);
    if let Some(row) = unit.row(known).await? {
        return crate::customer_directory::customer(&row, vault);
    }
    let person = Person {
        email: Some(new.email.normalized().to_owned()),
        name: String::new(),
        phone: None,
        external_id: None,
    };
    let create = Statement::new(CREATE)
        .bind(new.id.as_bytes().to_vec())
        .bind(new.organisation.as_bytes().to_vec())
        .bind(new.fingerprint.to_vec())
        .bind(seal_json(vault, &person, Person::PLACE)?)
        .bind(CustomerStatus::Active.as_str())
        .bind(new.now);
    unit.run(create).await.map_err(QueryError::conflict("customer"))?;
    let evict =
        Statement::new(EVICT).bind(new.organisation.as_bytes().to_vec()).bind(i64::from(new.keep.max(1)));
    unit.run(evict).await?;
    Ok(Customer {
        id: new.id,
        organisation: new.organisation,
        reference: None,
        email: Some(new.email),
        name: String::new(),
        language: None,
        status: CustomerStatus::Active,
    })
}

async fn purge(unit: &mut Unit<'_>, sql: &'static str, before: i64, limit: i64) -> Result<i64, QueryError> {
    let row = unit.row(Statement::new(sql).bind(before).bind(limit)).await?;
    row.map_or(Ok(0), |row| row.read("sandbox_mail.rows"))
}

/// For the test of their query plans.
#[cfg(test)]
pub(crate) fn hot_statements() -> Vec<&'static str> {
    vec![USE, CREATE, KEEP, NEWEST]
}
