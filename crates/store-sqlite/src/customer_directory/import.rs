use application::model::{
    CustomerImport, CustomerStatus, Field, Identifier, ImportCheckpoint, ImportedRow, PasswordHash,
};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::OrganisationId;
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::template_store::language;
use crate::token_store::KILL_LINKS;
use crate::writer::{Statement, Unit};
use application::CustomerRecord;
use application::sealed::{Person, open_json, seal_json};

/// Whom the row means, and who has its address. `$1` organisation, `$2` external id, `$3` address,
/// `$4` phone, each but the first possibly NULL; the first of the three that is there is the
/// identity.
const LOOK_UP: &str = "SELECT c.id, c.sealed, c.password_hash, c.language, c.status, c.password_reset_at, c.revision, \
       (SELECT id FROM customer WHERE address_fingerprint = $3) AS address_owner \
     FROM (SELECT CASE \
         WHEN $2 IS NOT NULL THEN (SELECT seq FROM customer WHERE organisation_id = $1 AND external_id = $2) \
         WHEN $3 IS NOT NULL THEN (SELECT seq FROM customer WHERE address_fingerprint = $3) \
         ELSE (SELECT min(seq) FROM customer WHERE phone_fingerprint = $4) END AS seq) known \
     LEFT JOIN customer c ON c.seq = known.seq";
const CREATE: &str = "INSERT INTO customer (id, organisation_id, external_id, address_fingerprint, \
       phone_fingerprint, sealed, language, status, password_hash, links_valid_from, sessions_valid_from, \
       created_at, updated_at, revision) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, -9223372036854775808, 0, $10, $10, $11)";
/// What was not given stays: `$2` and `$4` say whether the address and the phone number are.
const UPDATE: &str = "UPDATE customer SET address_fingerprint = iif($2, $3, address_fingerprint), \
       phone_fingerprint = iif($4, $5, phone_fingerprint), sealed = $6, language = $7, status = $8, \
       password_reset_at = $9, revision = $10, updated_at = $11 WHERE id = $1";
const SET_PASSWORD: &str = "INSERT INTO password_history (customer_id, n, hash, replaced_at) \
       SELECT id, 1 + (SELECT coalesce(max(n), 0) FROM password_history WHERE customer_id = $1), password_hash, $2 \
       FROM customer WHERE id = $1 AND password_hash IS NOT NULL; \
     UPDATE customer SET password_hash = $3, sessions_valid_from = max(sessions_valid_from, $2) WHERE id = $1";
const END_REQUESTS: &str = "UPDATE customer SET links_valid_from = max(links_valid_from, $2) WHERE id = $1";
const CHECKPOINT: &str = "DELETE FROM import_checkpoint WHERE organisation_id = $1 AND name <> $2; \
     INSERT INTO import_checkpoint (organisation_id, name, position) VALUES ($1, $2, $3) \
     ON CONFLICT (organisation_id, name) DO UPDATE SET position = $3";

/// A row with its fingerprints, made before the writer is asked.
struct Prepared {
    row: CustomerImport,
    address: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
}

pub(super) async fn import(
    store: &SqliteStore,
    organisation: OrganisationId,
    rows: &[CustomerImport],
    checkpoint: ImportCheckpoint,
    now: DateTime<Utc>,
) -> Result<Vec<ImportedRow>, StoreError> {
    let vault = store.vault.clone();
    let rows: Vec<_> = rows.iter().map(|row| prepare(vault.as_ref(), organisation, row)).collect();
    store
        .database
        .writer
        .work(move |unit| {
            Box::pin(async move {
                let mut batch = Batch { vault: vault.as_ref(), organisation, now: millis(now), unit };
                let mut outcomes = Vec::with_capacity(rows.len());
                for row in rows {
                    outcomes.push(batch.row(row).await?);
                }
                batch.checkpoint(checkpoint).await?;
                Ok(outcomes)
            })
        })
        .await
}

fn prepare(vault: &dyn AddressVault, organisation: OrganisationId, row: &CustomerImport) -> Prepared {
    let address = row.email.value().map(|email| vault.fingerprint(organisation, email).0.to_vec());
    let phone = row.phone.value().map(|phone| vault.fingerprint_of(organisation, Identifier::Phone, phone));
    Prepared { row: row.clone(), address, phone: phone.map(|fingerprint| fingerprint.0.to_vec()) }
}

struct Batch<'b, 'c> {
    vault: &'b dyn AddressVault,
    organisation: OrganisationId,
    now: i64,
    unit: &'b mut Unit<'c>,
}

impl Batch<'_, '_> {
    async fn row(&mut self, prepared: Prepared) -> Result<ImportedRow, QueryError> {
        let look_up = Statement::new(LOOK_UP)
            .bind(self.organisation.as_bytes().to_vec())
            .bind(prepared.row.external_id.clone())
            .bind(prepared.address.clone())
            .bind(prepared.phone.clone());
        let found = self.unit.row(look_up).await?;
        let found = found.ok_or_else(|| QueryError::corrupt("customer.seq", "no answer"))?;
        let known: Option<[u8; 16]> = found.optional_bytes("customer.id")?;
        let owner: Option<[u8; 16]> = found.optional_bytes("customer.address_owner")?;
        if owner.is_some() && owner != known {
            return Ok(ImportedRow::AddressTaken);
        }
        match known {
            None => self.create(prepared).await.map(|()| ImportedRow::Created),
            Some(id) => self.update(id, &found, prepared).await,
        }
    }

    async fn create(&mut self, Prepared { row, address, phone }: Prepared) -> Result<(), QueryError> {
        let record = CustomerRecord::create(&row);
        let create = Statement::new(CREATE)
            .bind(row.id.as_bytes().to_vec())
            .bind(self.organisation.as_bytes().to_vec())
            .bind(row.external_id)
            .bind(address)
            .bind(phone)
            .bind(self.seal(record.person)?)
            .bind(record.language.map(|language| language.as_str().to_owned()))
            .bind(record.status.as_str())
            .bind(record.password.map(|hash| hash.expose().to_owned()))
            .bind(self.now)
            .bind(record.revision);
        self.unit.run(create).await.map_err(QueryError::conflict("customer"))
    }

    async fn update(
        &mut self,
        id: [u8; 16],
        found: &SqliteRow,
        Prepared { row, address, phone }: Prepared,
    ) -> Result<ImportedRow, QueryError> {
        let mut record = self.record(found)?;
        let applied = record.apply(&row);
        if !applied.changed {
            return Ok(applied.row);
        }
        let reset_at = record.password_reset_at.map(millis);
        let update = Statement::new(UPDATE)
            .bind(id.to_vec())
            .bind(row.email != Field::Keep)
            .bind(address)
            .bind(row.phone != Field::Keep)
            .bind(phone)
            .bind(self.seal(record.person)?)
            .bind(record.language.map(|language| language.as_str().to_owned()))
            .bind(record.status.as_str())
            .bind(reset_at)
            .bind(record.revision)
            .bind(self.now);
        self.unit.run(update).await?;
        if applied.ends_links {
            self.unit.run(Statement::new(KILL_LINKS).bind(id.to_vec()).bind(self.now)).await?;
            self.unit.run(Statement::new(END_REQUESTS).bind(id.to_vec()).bind(self.now)).await?;
        }
        if applied.ends_sessions {
            let hash = record.password.map(|hash| hash.expose().to_owned());
            self.unit.run(Statement::new(SET_PASSWORD).bind(id.to_vec()).bind(self.now).bind(hash)).await?;
        }
        Ok(applied.row)
    }

    fn record(&self, found: &SqliteRow) -> Result<CustomerRecord, QueryError> {
        let tag = found.read::<Option<&str>>("customer.language")?;
        Ok(CustomerRecord {
            person: open_json(self.vault, found.read("customer.sealed")?, Person::PLACE)?,
            language: tag.map(|tag| language(tag, "customer.language")).transpose()?,
            status: CustomerStatus::parse(found.read("customer.status")?)
                .ok_or_else(|| QueryError::corrupt("customer.status", "an unknown status"))?,
            password: found.read::<Option<String>>("customer.password_hash")?.map(PasswordHash::new),
            password_reset_at: found.optional_time("customer.password_reset_at")?,
            revision: found.read("customer.revision")?,
        })
    }

    /// The platform's own identifier has a column here.
    fn seal(&self, person: Person) -> Result<Vec<u8>, QueryError> {
        Ok(seal_json(self.vault, &Person { external_id: None, ..person }, Person::PLACE)?)
    }

    async fn checkpoint(&mut self, checkpoint: ImportCheckpoint) -> Result<(), QueryError> {
        let position = i64::try_from(checkpoint.position)
            .map_err(|error| QueryError::corrupt("import_checkpoint.position", error))?;
        let statement = Statement::new(CHECKPOINT)
            .bind(self.organisation.as_bytes().to_vec())
            .bind(checkpoint.name)
            .bind(position);
        Ok(self.unit.run(statement).await?)
    }
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[LOOK_UP, UPDATE, SET_PASSWORD, END_REQUESTS];
