use application::model::{ClaimedEvent, OutboxDepth, WebhookOutcome};
use application::ports::{StoreError, WebhookOutbox};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{WebhookEventId, WorkerId};

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;

pub(crate) const RELEASE_EVENTS: &str =
    "UPDATE webhook_event SET lease_owner = NULL, due_at = $2 WHERE lease_owner = $1";
/// Here and below: `$1` event, `$2` worker, `$3` answer, `$4` now.
pub(crate) const DELIVERED: &str = "WITH done AS (UPDATE webhook_event SET state = 'delivered', lease_owner = NULL, \
       due_at = $4, attempts = attempts + 1, last_answer = $3 WHERE id = $1 AND lease_owner = $2 RETURNING endpoint_id), \
     well AS (UPDATE webhook_endpoint e SET failures = 0, rests_until = NULL, last_answer = $3 FROM done \
       WHERE e.id = done.endpoint_id AND (e.failures > 0 OR e.last_answer IS DISTINCT FROM $3)) \
     SELECT FROM done";
/// `$5` when again. Of several calls that fail side by side the first counts.
pub(crate) const RETRY_EVENT: &str = "WITH done AS (UPDATE webhook_event SET lease_owner = NULL, due_at = $5, \
       attempts = attempts + 1, last_answer = $3 WHERE id = $1 AND lease_owner = $2 RETURNING endpoint_id), \
     ill AS (UPDATE webhook_endpoint e SET last_answer = $3, \
         failures = CASE WHEN coalesce(e.rests_until, $4) <= $4 THEN e.failures + 1 ELSE e.failures END, \
         rests_until = CASE WHEN coalesce(e.rests_until, $4) <= $4 THEN $5 ELSE e.rests_until END \
       FROM done WHERE e.id = done.endpoint_id) \
     SELECT FROM done";
/// What is under somebody's lease is ended by them, or by its age.
pub(crate) const GONE: &str = "WITH done AS (UPDATE webhook_event SET state = 'given-up', lease_owner = NULL, due_at = $4, \
       attempts = attempts + 1, last_answer = $3 WHERE id = $1 AND lease_owner = $2 RETURNING endpoint_id), \
     gone AS (UPDATE webhook_endpoint e SET disabled_at = $4, last_answer = $3 FROM done WHERE e.id = done.endpoint_id), \
     others AS (UPDATE webhook_event SET state = 'given-up', due_at = $4 \
       WHERE endpoint_id = (SELECT endpoint_id FROM done) AND state = 'waiting' AND lease_owner IS NULL) \
     SELECT FROM done";
pub(crate) const GIVE_UP: &str = "WITH old AS MATERIALIZED (SELECT id FROM webhook_event WHERE state = 'waiting' AND at < $1 \
       AND (lease_owner IS NULL OR due_at < $1) ORDER BY at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE webhook_event v SET state = 'given-up', lease_owner = NULL FROM old WHERE v.id = old.id";
pub(crate) const PURGE_EVENTS: &str = "WITH old AS MATERIALIZED (SELECT id FROM webhook_event \
       WHERE state IN ('delivered', 'given-up') AND at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED) \
     DELETE FROM webhook_event v USING old WHERE v.id = old.id";
pub(crate) const DEPTH: &str = "SELECT coalesce(sum(d.waiting), 0)::bigint AS waiting, min(d.oldest) AS oldest \
     FROM webhook_endpoint e CROSS JOIN LATERAL (SELECT count(*) AS waiting, min(v.at) AS oldest FROM webhook_event v \
       WHERE v.endpoint_id = e.id AND v.state = 'waiting') d WHERE e.disabled_at IS NULL";

#[async_trait]
impl WebhookOutbox for PostgresStore {
    async fn claim_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        Ok(self.lease_events(worker, now, lease_until, limit, each).await?)
    }

    async fn release_events(&self, worker: WorkerId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let release = sqlx::query(RELEASE_EVENTS).bind(uuid(worker.as_bytes())).bind(now);
        release.execute(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(())
    }

    async fn complete_event(
        &self,
        event: WebhookEventId,
        worker: WorkerId,
        outcome: WebhookOutcome,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (sql, answer, due_at) = match outcome {
            WebhookOutcome::Delivered { answer } => (DELIVERED, answer, None),
            WebhookOutcome::RetryAt { due_at, answer } => (RETRY_EVENT, answer, Some(due_at)),
            WebhookOutcome::Gone { answer } => (GONE, answer, None),
        };
        let mut query = sqlx::query(sql)
            .bind(uuid(event.as_bytes()))
            .bind(uuid(worker.as_bytes()))
            .bind(answer)
            .bind(now);
        if let Some(due_at) = due_at {
            query = query.bind(due_at);
        }
        Ok(query.fetch_optional(self.pool()).await.map_err(QueryError::Sql)?.is_some())
    }

    async fn give_up(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let given_up = sqlx::query(GIVE_UP)
            .bind(before)
            .bind(i64::from(limit))
            .execute(&self.pool().without_statement_timeout())
            .await;
        Ok(given_up.map_err(QueryError::Sql)?.rows_affected())
    }

    async fn outbox_depth(&self) -> Result<OutboxDepth, StoreError> {
        let row = sqlx::query(DEPTH).fetch_one(self.pool()).await.map_err(QueryError::Sql)?;
        Ok(OutboxDepth {
            waiting: row.read::<i64>("webhook_event.waiting")?.unsigned_abs(),
            oldest: row.optional_time("webhook_event.oldest")?,
        })
    }

    async fn purge_events(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let purged = sqlx::query(PURGE_EVENTS)
            .bind(before)
            .bind(i64::from(limit))
            .execute(&self.pool().without_statement_timeout())
            .await;
        Ok(purged.map_err(QueryError::Sql)?.rows_affected())
    }

    async fn event_notifier(&self) {
        self.webhook_notifier.notified().await;
    }
}
