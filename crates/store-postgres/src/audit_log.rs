mod purge;

use application::audit::{append_to, begin_seal, keyed_entry};
use application::model::{AuditAction, AuditEnd, AuditEntry, AuditRow};
use application::ports::{AddressVault, AuditLog, StoreError};
use application::sealed;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::CustomerIp;
use sqlx::postgres::PgRow;
use sqlx::{Connection, PgConnection};
use tracing::warn;

use crate::PostgresStore;
use crate::columns::{Columns, text, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;

/// Waits for the append before it to commit, so that no two rows follow the same one.
pub(crate) const HEAD: &str = "SELECT sequence, hash, seal FROM audit_head FOR NO KEY UPDATE";
pub(crate) const END: &str = "SELECT sequence, hash, seal FROM audit_head";
pub(crate) const APPEND: &str = "INSERT INTO audit (sequence, at, organisation_id, actor, action, subject, ip, hash, mac) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
pub(crate) const ADVANCE: &str = "UPDATE audit_head SET sequence = $1, hash = $2, seal = $3";
/// Seals the end of a log that an installation begins with.
pub(crate) const SEAL_FIRST: &str = "UPDATE audit_head SET seal = $1 WHERE seal IS NULL AND sequence = 0 \
     AND NOT EXISTS (SELECT 1 FROM organisation)";
pub(crate) const SEAL: &str = "UPDATE audit_head SET seal = $1";
pub(crate) const UNKEYED: &str =
    "DELETE FROM installation WHERE name = 'audit-unkeyed' RETURNING now() AS now";
pub(crate) const READ: &str = "SELECT sequence, at, organisation_id, actor, action, subject, ip, hash, mac FROM audit \
     WHERE sequence > $1 ORDER BY sequence LIMIT $2";

#[async_trait]
impl AuditLog for PostgresStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        Ok(self.append_alone(entry).await?)
    }

    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(READ)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&self.pool().without_statement_timeout())
            .await;
        let rows = rows.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(|row| audit_row(self.vault.as_ref(), row)).collect::<Result<_, _>>()?)
    }

    async fn end(&self) -> Result<AuditEnd, StoreError> {
        let row = sqlx::query(END).fetch_one(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(AuditEnd {
            sequence: row.read("audit_head.sequence")?,
            hash: row.bytes("audit_head.hash")?,
            seal: row.read::<Option<&[u8]>>("audit_head.seal")?.and_then(|seal| seal.try_into().ok()),
        })
    }

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(purge::purge(&self.pool().without_statement_timeout(), &self.vault, before, now).await?)
    }
}

/// Seals the log that an installation begins with, or gives a key to one that had none.
pub(crate) async fn key_log(
    connection: &mut PgConnection,
    vault: &dyn AddressVault,
) -> Result<(), QueryError> {
    let mut transaction = connection.begin().await?;
    let seal = begin_seal(vault);
    sqlx::query(SEAL_FIRST).bind(&seal[..]).execute(&mut *transaction).await?;
    if let Some(unkeyed) = sqlx::query(UNKEYED).fetch_optional(&mut *transaction).await? {
        let head = sqlx::query(HEAD).fetch_one(&mut *transaction).await?;
        let rows = head.read("audit_head.sequence")?;
        warn!(rows, "the audit log has a key from now on; its rows until here are taken as they are");
        sqlx::query(SEAL).bind(&seal[..]).execute(&mut *transaction).await?;
        append(&mut transaction, vault, &keyed_entry(unkeyed.time("now.now")?, rows)).await?;
    }
    Ok(transaction.commit().await?)
}

impl PostgresStore {
    async fn append_alone(&self, entry: &AuditEntry) -> Result<(), QueryError> {
        let mut connection = self.pool().acquire().await?;
        let appended = limited(connection.limit(), self.append_on(&mut connection, entry)).await;
        connection.settle(appended)
    }

    async fn append_on(&self, connection: &mut PgConnection, entry: &AuditEntry) -> Result<(), QueryError> {
        let mut transaction = connection.begin().await?;
        append(&mut transaction, self.vault.as_ref(), entry).await?;
        Ok(transaction.commit().await?)
    }
}

/// Appends within the transaction of the entry. To be its last step: the chain waits for the
/// commit.
pub(crate) async fn append(
    transaction: &mut PgConnection,
    vault: &dyn AddressVault,
    entry: &AuditEntry,
) -> Result<(), QueryError> {
    // What is hashed is what is kept.
    let (actor, subject) = (text(&entry.actor).into_owned(), text(&entry.subject).into_owned());
    let entry = AuditEntry { actor, subject, ..entry.clone() };
    let head = sqlx::query(HEAD).fetch_one(&mut *transaction).await?;
    let sequence = head.read::<i64>("audit_head.sequence")? + 1;
    let (previous, seal) = (head.bytes("audit_head.hash")?, head.read("audit_head.seal")?);
    let appended = append_to(vault, &previous, seal, sequence, &entry);
    sqlx::query(APPEND)
        .bind(sequence)
        .bind(entry.at)
        .bind(entry.organisation.map(|id| uuid(id.as_bytes())))
        .bind(&entry.actor)
        .bind(entry.action.as_str())
        .bind(&entry.subject)
        .bind(entry.ip.map(|ip| vault.seal(ip.to_string().as_bytes())))
        .bind(&appended.hash[..])
        .bind(&appended.mac[..])
        .execute(&mut *transaction)
        .await?;
    let advance = sqlx::query(ADVANCE).bind(sequence).bind(&appended.hash[..]).bind(&appended.seal[..]);
    advance.execute(&mut *transaction).await?;
    Ok(())
}

fn audit_row(vault: &dyn AddressVault, row: &PgRow) -> Result<AuditRow, QueryError> {
    let ip =
        row.read::<Option<&[u8]>>("audit.ip")?.map(|sealed| sealed::open_text(vault, sealed, "audit.ip"));
    let ip = ip.transpose()?.map(|ip| CustomerIp::parse(&ip)).transpose();
    let entry = AuditEntry {
        at: row.time("audit.at")?,
        organisation: row.optional_id("audit.organisation_id")?,
        actor: row.read("audit.actor")?,
        action: row.word("audit.action", |word| AuditAction::parse(word).ok_or("no such action"))?,
        subject: row.read("audit.subject")?,
        ip: ip.map_err(|error| QueryError::corrupt("audit.ip", error.code()))?,
    };
    let mac = row.read::<Option<&[u8]>>("audit.mac")?.map(<[u8; 32]>::try_from).transpose();
    Ok(AuditRow {
        sequence: row.read("audit.sequence")?,
        entry,
        hash: row.bytes("audit.hash")?,
        mac: mac.map_err(|error| QueryError::corrupt("audit.mac", error))?,
    })
}
