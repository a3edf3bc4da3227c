use application::model::{ClaimedEvent, OutboxDepth, WebhookOutcome};
use application::ports::{StoreError, WebhookOutbox};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{WebhookEventId, WorkerId};

use super::claim;
use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::writer::{Statement, own_savepoint};

/// Looks at the rows under lease alone: a few per worker.
const RELEASE: &str = own_savepoint!(
    "UPDATE webhook_event SET lease_owner = NULL, due_at = $2 WHERE lease_owner IS NOT NULL AND lease_owner = $1"
);
/// `$1` event, `$2` worker, `$3` now, `$4` answer.
const DELIVERED: &str = own_savepoint!(
    "UPDATE webhook_endpoint SET failures = 0, rests_until = NULL, last_answer = $4 \
       WHERE id = (SELECT endpoint_id FROM webhook_event WHERE id = $1 AND lease_owner = $2); \
     UPDATE webhook_event SET state = 'delivered', lease_owner = NULL, due_at = $3, attempts = attempts + 1, \
       last_answer = $4 WHERE id = $1 AND lease_owner = $2; \
     SELECT changes() AS rows"
);
/// `$1` event, `$2` worker, `$3` now, `$4` answer, `$5` when again. Of several calls that fail side
/// by side the first counts.
const RETRY: &str = own_savepoint!(
    "UPDATE webhook_endpoint SET failures = failures + 1, rests_until = $5 \
       WHERE id = (SELECT endpoint_id FROM webhook_event WHERE id = $1 AND lease_owner = $2) \
       AND (rests_until IS NULL OR rests_until <= $3); \
     UPDATE webhook_endpoint SET last_answer = $4 \
       WHERE id = (SELECT endpoint_id FROM webhook_event WHERE id = $1 AND lease_owner = $2); \
     UPDATE webhook_event SET lease_owner = NULL, due_at = $5, attempts = attempts + 1, last_answer = $4 \
       WHERE id = $1 AND lease_owner = $2; \
     SELECT changes() AS rows"
);
/// `$1` event, `$2` worker, `$3` now, `$4` answer.
const GONE: &str = own_savepoint!(
    "UPDATE webhook_endpoint SET disabled_at = $3, last_answer = $4 \
       WHERE id = (SELECT endpoint_id FROM webhook_event WHERE id = $1 AND lease_owner = $2); \
     UPDATE webhook_event SET state = 'given-up', due_at = $3 WHERE state = 'waiting' AND lease_owner IS NULL \
       AND endpoint_id = (SELECT endpoint_id FROM webhook_event WHERE id = $1 AND lease_owner = $2); \
     UPDATE webhook_event SET state = 'given-up', lease_owner = NULL, due_at = $3, attempts = attempts + 1, \
       last_answer = $4 WHERE id = $1 AND lease_owner = $2; \
     SELECT changes() AS rows"
);
const GIVE_UP: &str = own_savepoint!(
    "UPDATE webhook_event SET state = 'given-up', lease_owner = NULL WHERE seq IN (SELECT seq FROM webhook_event \
       WHERE state = 'waiting' AND at < $1 AND (lease_owner IS NULL OR due_at < $1) LIMIT $2); \
     SELECT changes() AS rows"
);
const PURGE: &str = own_savepoint!(
    "DELETE FROM webhook_event WHERE seq IN (SELECT seq FROM webhook_event \
       WHERE state IN ('delivered', 'given-up') AND at < $1 LIMIT $2); \
     SELECT changes() AS rows"
);
const DEPTH: &str = "SELECT count(*) AS waiting, min(v.at) AS oldest FROM webhook_event v \
     JOIN webhook_endpoint e ON e.id = v.endpoint_id AND e.disabled_at IS NULL WHERE v.state = 'waiting'";

#[async_trait]
impl WebhookOutbox for SqliteStore {
    async fn claim_events(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
        each: u32,
    ) -> Result<Vec<ClaimedEvent>, StoreError> {
        claim::claim(self, worker, now, lease_until, limit, each).await
    }

    async fn release_events(&self, worker: WorkerId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let release = Statement::new(RELEASE).bind(worker.as_bytes().to_vec()).bind(millis(now));
        self.database
            .writer
            .work_without_sync(|unit| Box::pin(async move { Ok(unit.run(release).await?) }))
            .await
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
            WebhookOutcome::RetryAt { due_at, answer } => (RETRY, answer, Some(due_at)),
            WebhookOutcome::Gone { answer } => (GONE, answer, None),
        };
        let statement = Statement::new(sql)
            .bind(event.as_bytes().to_vec())
            .bind(worker.as_bytes().to_vec())
            .bind(millis(now))
            .bind(answer);
        let statement = match due_at {
            Some(due_at) => statement.bind(millis(due_at)),
            None => statement,
        };
        Ok(self.rows(statement).await? > 0)
    }

    async fn give_up(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.rows(Statement::new(GIVE_UP).bind(millis(before)).bind(i64::from(limit))).await
    }

    async fn outbox_depth(&self) -> Result<OutboxDepth, StoreError> {
        let row = sqlx::query(DEPTH)
            .fetch_one(&self.database.readers)
            .await
            .map_err(crate::query_error::QueryError::Sql)?;
        Ok(OutboxDepth {
            waiting: row.read::<i64>("webhook_event.waiting")?.unsigned_abs(),
            oldest: row.optional_time("webhook_event.oldest")?,
        })
    }

    async fn purge_events(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.rows(Statement::new(PURGE).bind(millis(before)).bind(i64::from(limit))).await
    }

    async fn event_notifier(&self) {
        self.webhook_notifier.notified().await;
    }
}

impl SqliteStore {
    /// Runs statements that end by telling how many rows they changed.
    async fn rows(&self, statement: Statement) -> Result<u64, StoreError> {
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(statement).await?;
                    row.map_or(Ok(0), |row| Ok(row.read::<i64>("webhook_event.rows")?.unsigned_abs()))
                })
            })
            .await
    }
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[RELEASE, DELIVERED, RETRY, GONE, GIVE_UP, PURGE, DEPTH];
