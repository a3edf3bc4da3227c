use chrono::{DateTime, TimeDelta, Utc};
use tracing::warn;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::connections::Connections;
use crate::partitions::{self, Drop};
use crate::query_error::QueryError;

/// No budget looks back further.
const LONGEST_WINDOW: TimeDelta = TimeDelta::hours(1);

pub(crate) const PURGE_BUDGETS: &str = "WITH old AS MATERIALIZED (SELECT address_fingerprint FROM address_budget \
       WHERE last_at <= $1 ORDER BY last_at LIMIT $2 FOR UPDATE SKIP LOCKED) \
     DELETE FROM address_budget b USING old WHERE b.address_fingerprint = old.address_fingerprint";
/// Tokens of a partition that is to be dropped.
pub(crate) const PURGE_TOKENS: &str = "WITH old AS MATERIALIZED (SELECT hash FROM reset_token \
       WHERE request_id >= $1 AND request_id < $2 LIMIT $3) \
     DELETE FROM reset_token t USING old WHERE t.hash = old.hash";
/// Whether a link of a partition could still be good.
pub(crate) const LIVE_TOKENS: &str = "SELECT EXISTS (SELECT FROM reset_token \
     WHERE request_id >= $1 AND request_id < $2 AND expires_at > $3) AS live";
/// Mails outside the days' partitions, with all that belongs to them.
pub(crate) const PURGE_MAILS: &str = "WITH old AS MATERIALIZED (SELECT id FROM mail_default WHERE accepted_at < $1 \
       AND expires_at <= $3 ORDER BY accepted_at LIMIT $2), \
     gone AS (DELETE FROM mail_default m USING old WHERE m.id = old.id RETURNING m.id), \
     tokens AS (DELETE FROM reset_token t USING gone WHERE t.request_id = gone.id), \
     events AS (DELETE FROM mail_event e USING gone WHERE e.mail_id = gone.id) \
     SELECT FROM gone";

impl PostgresStore {
    /// One kind of thing a call: the oldest partition whole, or a batch of rows.
    pub(super) async fn purge_some(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, QueryError> {
        let pool = &self.pool().without_statement_timeout();
        let limit = i64::from(limit);
        let budgets = sqlx::query(PURGE_BUDGETS).bind(now - LONGEST_WINDOW).bind(limit).execute(pool).await?;
        if budgets.rows_affected() > 0 {
            return Ok(budgets.rows_affected());
        }
        let mails = sqlx::query(PURGE_MAILS).bind(before).bind(limit).bind(now).fetch_all(pool).await?;
        if !mails.is_empty() {
            return Ok(mails.len() as u64);
        }
        let gone = self.purge_partition(pool, before, now, limit).await?;
        if gone == 0 {
            // Nothing is left: the moment to look ahead. It comes as often as the retention is
            // looked after.
            if let Err(error) = self.database.maintain(now).await {
                warn!(%error, "partitions could not be made ahead; rows go to the default one meanwhile");
            }
        }
        Ok(gone)
    }

    /// The oldest day that is over: its tokens in batches, then all the rest at once.
    async fn purge_partition(
        &self,
        pool: &Connections,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<u64, QueryError> {
        for day in partitions::days_until(pool, before).await? {
            let (from, to) = day.range();
            // Only where mails are kept for a shorter time than a link may live.
            let live =
                sqlx::query(LIVE_TOKENS).bind(uuid(&from)).bind(uuid(&to)).bind(now).fetch_one(pool).await?;
            if live.read("reset_token.live")? {
                continue;
            }
            let tokens =
                sqlx::query(PURGE_TOKENS).bind(uuid(&from)).bind(uuid(&to)).bind(limit).execute(pool).await?;
            if tokens.rows_affected() > 0 {
                return Ok(tokens.rows_affected());
            }
            match partitions::drop_day(pool, day).await? {
                Drop::Gone(rows) => return Ok(rows.max(1)),
                Drop::InUse => {}
            }
        }
        Ok(0)
    }
}
