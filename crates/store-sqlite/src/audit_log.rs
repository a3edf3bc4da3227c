use application::audit::{GENESIS, chain_hash, purge_entry};
use application::ports::{AuditAction, AuditEntry, AuditLog, AuditRow, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{CustomerIp, OrganisationId};
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::fault::Fault;
use crate::writer::{Statement, Unit, own_savepoint};

const LAST: &str = own_savepoint!("SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1");
const LAST_WITHIN: &str = "SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1";
const APPEND: &str = "INSERT INTO audit (sequence, at, organisation_id, actor, action, subject, ip, hash) \
     VALUES ((SELECT coalesce(max(sequence), 0) + 1 FROM audit), $1, $2, $3, $4, $5, $6, $7)";
const READ: &str = "SELECT sequence, at, organisation_id, actor, action, subject, ip, hash FROM audit \
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
        let entry = entry.clone();
        self.database
            .writer
            .work(move |unit| {
                Box::pin(async move {
                    let last = unit.row(Statement::new(LAST)).await?;
                    insert(unit, last, &entry).await
                })
            })
            .await
    }

    async fn read(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let query = sqlx::query(READ).bind(after).bind(limit);
        let rows = query.fetch_all(&self.database.readers).await.map_err(Fault::Sql)?;
        Ok(rows.iter().map(row).collect::<Result<_, Fault>>()?)
    }

    async fn purge_audit(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = sqlx::query(OLD).bind(millis(before)).fetch_optional(&self.database.readers).await;
        let Some(last) = old.map_err(Fault::Sql)? else { return Ok(0) };
        let through: i64 = last.read("audit.sequence")?;
        self.append(&purge_entry(now, through, &last.bytes("audit.hash")?)).await?;
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
pub(crate) async fn append(unit: &mut Unit<'_>, entry: &AuditEntry) -> Result<(), Fault> {
    let last = unit.row(Statement::new(LAST_WITHIN)).await?;
    insert(unit, last, entry).await
}

async fn insert(unit: &mut Unit<'_>, last: Option<SqliteRow>, entry: &AuditEntry) -> Result<(), Fault> {
    let previous = last.map_or(Ok(GENESIS), |row| row.bytes("audit.hash"))?;
    let append = Statement::new(APPEND)
        .bind(millis(entry.at))
        .bind(entry.organisation.map(|id| id.as_bytes().to_vec()))
        .bind(entry.actor.clone())
        .bind(entry.action.as_str())
        .bind(entry.subject.clone())
        .bind(entry.ip.map(|ip| ip.to_string()))
        .bind(chain_hash(&previous, entry).to_vec());
    Ok(unit.run(append).await?)
}

fn row(row: &SqliteRow) -> Result<AuditRow, Fault> {
    let ip = row.read::<Option<&str>>("audit.ip")?.map(CustomerIp::parse).transpose();
    let entry = AuditEntry {
        at: row.time("audit.at")?,
        organisation: row.optional_bytes("audit.organisation_id")?.map(OrganisationId::from_bytes),
        actor: row.read("audit.actor")?,
        action: AuditAction::parse(row.read("audit.action")?)
            .ok_or_else(|| Fault::corrupt("audit.action", "an unknown action"))?,
        subject: row.read("audit.subject")?,
        ip: ip.map_err(|fault| Fault::corrupt("audit.ip", fault.code()))?,
    };
    Ok(AuditRow { sequence: row.read("audit.sequence")?, entry, hash: row.bytes("audit.hash")? })
}
