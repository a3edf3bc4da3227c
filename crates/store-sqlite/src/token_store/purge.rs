use application::ports::StoreError;
use chrono::{DateTime, Utc};

use super::admit::HOUR;
use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};

/// Mails that may go (none whose link could still be good), with how many rows go with each: looked
/// for by the index of ended mails, state by state.
const CANDIDATES: &str = own_savepoint!(
    "SELECT seq, 1 + (SELECT count(*) FROM mail_event e WHERE e.mail = m.seq) \
         + (SELECT count(*) FROM mail_attempt a WHERE a.mail = m.seq) \
         + (SELECT count(*) FROM reset_token t WHERE t.mail = m.seq) AS weight \
     FROM mail m WHERE stage = 3 \
       AND state IN ('sent', 'no-mail', 'undeliverable', 'preparing-error', 'sending-error') \
       AND accepted_at < $1 AND expires_at <= $3 LIMIT $2"
);
/// What belongs to them goes by itself (`ON DELETE CASCADE`).
const DELETE_MAILS: &str =
    "DELETE FROM mail WHERE seq IN (SELECT value FROM json_each($1)); SELECT changes() AS rows";
const DELETE_BUDGET: &str = "DELETE FROM address_budget WHERE (address_fingerprint, admitted_at, mail) IN \
       (SELECT address_fingerprint, admitted_at, mail FROM address_budget WHERE admitted_at <= $1 LIMIT $2); \
     SELECT changes() AS rows";

pub(super) async fn purge(
    store: &SqliteStore,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<u64, StoreError> {
    let (before, now) = (millis(before), millis(now));
    let unseen = now.saturating_sub(HOUR);
    store
        .database
        .writer
        .work_without_sync(move |unit| {
            Box::pin(async move {
                let mails = delete_mails(unit, before, now, limit.into()).await?;
                let budget =
                    Statement::new(DELETE_BUDGET).bind(unseen).bind(i64::from(limit).saturating_sub(mails));
                let forgotten = count(unit, budget).await?;
                Ok(mails.saturating_add(forgotten).unsigned_abs())
            })
        })
        .await
}

async fn delete_mails(unit: &mut Unit<'_>, before: i64, now: i64, limit: i64) -> Result<i64, QueryError> {
    let rows = unit.rows(Statement::new(CANDIDATES).bind(before).bind(limit).bind(now)).await?;
    let (mut chosen, mut weight) = (Vec::with_capacity(rows.len()), 0_i64);
    for row in &rows {
        chosen.push(row.read::<i64>("mail.seq")?);
        weight = weight.saturating_add(row.read::<i64>("mail.weight")?);
        if weight >= limit {
            break;
        }
    }
    if chosen.is_empty() {
        return Ok(0);
    }
    count(unit, Statement::new(DELETE_MAILS).bind(serde_json::Value::from(chosen).to_string())).await
}

async fn count(unit: &mut Unit<'_>, statement: Statement) -> Result<i64, QueryError> {
    unit.row(statement).await?.map_or(Ok(0), |row| row.read("mail.rows"))
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[CANDIDATES, DELETE_MAILS, DELETE_BUDGET];
