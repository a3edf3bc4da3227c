//! The queue as an operator sees it.

mod list;
mod retry;
mod show;

use application::model::{MailDetail, MailFilter, MailSummary, QueueDepth};
use application::ports::{MailQueue, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};

pub(crate) use self::show::place;
use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;

/// Ready mails are all `in-queue`, and leased ones too, so that two partial indexes and a handful
/// of rows tell everything.
const DEPTHS: &str = "SELECT state, sum(count) AS count, min(oldest) AS oldest FROM ( \
       SELECT 'in-queue' AS state, count(*) AS count, min(accepted_at) AS oldest FROM mail WHERE stage = 0 \
       UNION ALL SELECT 'in-queue', count(*), min(accepted_at) FROM mail WHERE stage = 1 \
       UNION ALL SELECT state, count(*), min(accepted_at) FROM mail WHERE stage = 2 GROUP BY state) \
     WHERE count > 0 GROUP BY state";

#[async_trait]
impl MailQueue for SqliteStore {
    async fn list(&self, filter: MailFilter) -> Result<Vec<MailSummary>, StoreError> {
        list::list(self, filter).await
    }

    async fn show(&self, id: MailId) -> Result<Option<MailDetail>, StoreError> {
        show::show(self, id).await
    }

    async fn retry(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(retry::retry(self, vec![id.as_bytes().to_vec()], now).await? > 0)
    }

    async fn retry_since(
        &self,
        state: DeliveryState,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        retry::retry_since(self, state, since, now).await
    }

    async fn depths(&self) -> Result<Vec<QueueDepth>, StoreError> {
        let rows = sqlx::query(DEPTHS).fetch_all(&self.database.readers).await.map_err(QueryError::Sql)?;
        let mut depths = Vec::with_capacity(rows.len());
        for row in &rows {
            depths.push(QueueDepth {
                state: state(row.read("mail.state")?)?,
                count: row.read::<i64>("mail.count")?.unsigned_abs(),
                oldest: row.optional_time("mail.oldest")?,
            });
        }
        depths.sort_by_key(|depth| depth.state);
        Ok(depths)
    }
}

/// A state as it is stored.
fn state(word: &str) -> Result<DeliveryState, QueryError> {
    DeliveryState::parse(word).map_err(|error| QueryError::corrupt("mail.state", error))
}
