//! Old parts of the audit log.

use std::sync::Arc;

use application::audit::purge_entry;
use application::ports::AddressVault;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

use super::append;
use crate::columns::Columns;
use crate::connections::Connections;
use crate::partitions::{audit_parts, run, with_patience};
use crate::query_error::QueryError;

/// Drops the oldest parts of the audit log whose newest row is older than `before`, never the part
/// in use. Each leaves a row at the end, in the same transaction, that says where the chain begins
/// since. Returns how many rows went.
pub(super) async fn purge(
    pool: &Connections,
    vault: &Arc<dyn AddressVault>,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, QueryError> {
    let mut gone = 0;
    loop {
        let dropped = with_patience(pool, |connection| {
            let vault = Arc::clone(vault);
            Box::pin(async move { drop_oldest_audit(connection, vault.as_ref(), before, now).await })
        });
        match dropped.await? {
            Some(Some(rows)) => gone += rows,
            // Nothing to drop, or the table is in use: another time.
            Some(None) | None => return Ok(gone),
        }
    }
}

/// `None`: there is none to drop.
async fn drop_oldest_audit(
    connection: &mut PgConnection,
    vault: &dyn AddressVault,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<u64>, QueryError> {
    let parts = audit_parts(connection).await?;
    let [(oldest, _), _, ..] = parts.as_slice() else { return Ok(None) };
    let ends = format!(
        "SELECT sequence, at, hash, (SELECT min(sequence) FROM {oldest}) AS first, \
         (SELECT mac FROM {oldest} WHERE mac IS NOT NULL ORDER BY sequence DESC LIMIT 1) AS mac FROM {oldest} ORDER BY sequence DESC LIMIT 1"
    );
    let last = sqlx::query(AssertSqlSafe(ends)).fetch_optional(&mut *connection).await?;
    let mut rows = 0;
    if let Some(last) = last {
        if last.time("audit.at")? >= before {
            return Ok(None);
        }
        let (first, through): (i64, i64) = (last.read("audit.first")?, last.read("audit.sequence")?);
        rows = (through - first).unsigned_abs() + 1;
        let mac = last.read::<Option<&[u8]>>("audit.mac")?.and_then(|mac| mac.try_into().ok());
        let entry = purge_entry(now, through, &last.bytes("audit.hash")?, mac.as_ref());
        append(connection, vault, &entry).await?;
    }
    run(connection, format!("DROP TABLE {oldest}")).await?;
    Ok(Some(rows))
}
