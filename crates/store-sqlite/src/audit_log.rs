use std::sync::Arc;

use application::audit::{GENESIS, append_to, begin_seal, keyed_entry, purge_entry};
use application::model::{AuditAction, AuditEnd, AuditEntry, AuditRow};
use application::ports::{AddressVault, AuditLog, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, OrganisationId};
use sqlx::sqlite::SqliteRow;
use tracing::warn;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};

/// Where the log ends: one row, whether there is a log or not.
macro_rules! end {
    () => {
        "SELECT coalesce(a.sequence, 0) AS sequence, a.hash, i.value AS seal FROM (SELECT 1) \
         LEFT JOIN (SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1) a \
         LEFT JOIN installation i ON i.name = 'audit-seal'"
    };
}
const END: &str = end!();
const END_ALONE: &str = own_savepoint!(end!());
/// Seals the end anew.
const SEAL: &str = "INSERT INTO installation (name, value) VALUES ('audit-seal', $1) \
     ON CONFLICT (name) DO UPDATE SET value = excluded.value";
/// Seals the end of a log that an installation begins with.
const SEAL_FIRST: &str = "INSERT INTO installation (name, value) SELECT 'audit-seal', $1 \
     WHERE NOT EXISTS (SELECT 1 FROM organisation) AND NOT EXISTS (SELECT 1 FROM audit) ON CONFLICT (name) DO NOTHING";
const UNKEYED: &str = "DELETE FROM installation WHERE name = 'audit-unkeyed'; \
     SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now WHERE changes() > 0";
const LAST_MAC: &str =
    "SELECT mac FROM audit WHERE sequence <= $1 AND mac IS NOT NULL ORDER BY sequence DESC LIMIT 1";
const APPEND: &str = "INSERT INTO audit (sequence, at, organisation_id, actor, action, subject, ip, hash, mac) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const READ: &str = "SELECT sequence, at, organisation_id, actor, action, subject, ip, hash, mac FROM audit \
     WHERE sequence > $1 ORDER BY sequence LIMIT $2";
/// The last row before the first one of `$1` or later; the log is in order of time but for moments.
const OLD: &str = "SELECT sequence, hash FROM audit \
     WHERE sequence < coalesce((SELECT sequence FROM audit WHERE at >= $1 ORDER BY sequence LIMIT 1), 9223372036854775807) \
     ORDER BY sequence DESC LIMIT 1";
const DELETE_OLD: &str = "DELETE FROM audit WHERE sequence IN \
       (SELECT sequence FROM audit WHERE sequence <= $1 ORDER BY sequence LIMIT $2); \
     SELECT changes() AS rows";
/// Rows deleted in one go: few enough that nobody waits behind them for long.
const BATCH: i64 = 500;

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let (entry, vault) = (entry.clone(), Arc::clone(&self.vault));
        self.database
            .writer
            .work(move |unit| {
                Box::pin(async move {
                    let end = unit.row(Statement::new(END_ALONE)).await?;
                    insert(unit, vault.as_ref(), end.as_ref(), &entry).await
                })
            })
            .await
    }

    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let query = sqlx::query(READ).bind(after).bind(limit);
        let rows = query.fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(rows.iter().map(row).collect::<Result<_, QueryError>>()?)
    }

    async fn end(&self) -> Result<AuditEnd, StoreError> {
        let row = sqlx::query(END).fetch_one(&self.database.readers).await.map_err(QueryError::Sql)?;
        Ok(AuditEnd {
            sequence: row.read("audit.sequence")?,
            hash: row.optional_bytes("audit.hash")?.unwrap_or(GENESIS),
            seal: row.read::<Option<&[u8]>>("installation.seal")?.and_then(|seal| seal.try_into().ok()),
        })
    }

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = sqlx::query(OLD).bind(millis(before)).fetch_optional(&self.database.readers).await;
        let Some(last) = old.map_err(QueryError::Sql)? else { return Ok(0) };
        let through: i64 = last.read("audit.sequence")?;
        let mac = sqlx::query(LAST_MAC).bind(through).fetch_optional(&self.database.readers).await;
        let mac = mac.map_err(QueryError::Sql)?.map(|row| row.bytes("audit.mac")).transpose()?;
        self.append(&purge_entry(now, through, &last.bytes("audit.hash")?, mac.as_ref())).await?;
        let mut gone = 0;
        loop {
            match self.delete_old(through).await? {
                0 => return Ok(gone),
                rows => gone += rows,
            }
        }
    }
}

impl SqliteStore {
    /// Seals the log that an installation begins with, or gives a key to one that had none.
    pub(crate) async fn key_audit_log(&self) -> Result<(), StoreError> {
        let vault = Arc::clone(&self.vault);
        self.database
            .writer
            .work(move |unit| Box::pin(async move { key_log(unit, vault.as_ref()).await }))
            .await
    }

    async fn delete_old(&self, through: i64) -> Result<u64, StoreError> {
        self.database
            .writer
            .work(move |unit| {
                Box::pin(async move {
                    let deleted = unit.row(Statement::new(DELETE_OLD).bind(through).bind(BATCH)).await?;
                    let rows: i64 = deleted.map_or(Ok(0), |row| row.read("audit.rows"))?;
                    Ok(rows.unsigned_abs())
                })
            })
            .await
    }
}

/// Appends within a job that has done something before.
pub(crate) async fn append(
    unit: &mut Unit<'_>,
    vault: &dyn AddressVault,
    entry: &AuditEntry,
) -> Result<(), QueryError> {
    let end = unit.row(Statement::new(END)).await?;
    insert(unit, vault, end.as_ref(), entry).await
}

async fn key_log(unit: &mut Unit<'_>, vault: &dyn AddressVault) -> Result<(), QueryError> {
    let seal = begin_seal(vault).to_vec();
    unit.run(Statement::new(SEAL_FIRST).bind(seal.clone())).await?;
    let Some(unkeyed) = unit.row(Statement::new(UNKEYED)).await? else { return Ok(()) };
    unit.run(Statement::new(SEAL).bind(seal)).await?;
    let end = unit.row(Statement::new(END)).await?;
    let rows = end.as_ref().map_or(Ok(0), |end| end.read("audit.sequence"))?;
    warn!(rows, "the audit log has a key from now on; its rows until here are taken as they are");
    insert(unit, vault, end.as_ref(), &keyed_entry(unkeyed.time("now.now")?, rows)).await
}

async fn insert(
    unit: &mut Unit<'_>,
    vault: &dyn AddressVault,
    end: Option<&SqliteRow>,
    entry: &AuditEntry,
) -> Result<(), QueryError> {
    let end = end.ok_or_else(|| QueryError::corrupt("audit.sequence", "no end"))?;
    let previous = end.optional_bytes("audit.hash")?.unwrap_or(GENESIS);
    let sequence = end.read::<i64>("audit.sequence")? + 1;
    let appended = append_to(vault, &previous, end.read("installation.seal")?, sequence, entry);
    let append = Statement::new(APPEND)
        .bind(sequence)
        .bind(millis(entry.at))
        .bind(entry.organisation.map(|id| id.as_bytes().to_vec()))
        .bind(entry.actor.clone())
        .bind(entry.action.as_str())
        .bind(entry.subject.clone())
        .bind(entry.ip.map(|ip| ip.to_string()))
        .bind(appended.hash.to_vec())
        .bind(appended.mac.to_vec());
    unit.run(append).await?;
    Ok(unit.run(Statement::new(SEAL).bind(appended.seal.to_vec())).await?)
}

fn row(row: &SqliteRow) -> Result<AuditRow, QueryError> {
    let ip = row.read::<Option<&str>>("audit.ip")?.map(CustomerIp::parse).transpose();
    let entry = AuditEntry {
        at: row.time("audit.at")?,
        organisation: row.optional_bytes("audit.organisation_id")?.map(OrganisationId::from_bytes),
        actor: row.read("audit.actor")?,
        action: AuditAction::parse(row.read("audit.action")?)
            .ok_or_else(|| QueryError::corrupt("audit.action", "an unknown action"))?,
        subject: row.read("audit.subject")?,
        ip: ip.map_err(|error| QueryError::corrupt("audit.ip", error.code()))?,
    };
    Ok(AuditRow {
        sequence: row.read("audit.sequence")?,
        entry,
        hash: row.bytes("audit.hash")?,
        mac: row.optional_bytes("audit.mac")?,
    })
}
