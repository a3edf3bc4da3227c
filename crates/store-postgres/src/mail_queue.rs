//! The queue as an operator sees it.

mod list;
mod retry;
mod show;

use application::model::{MailDetail, MailFilter, MailSummary, QueueDepth};
use application::ports::{MailQueue, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};

use crate::PostgresStore;
use crate::columns::Columns;
use crate::query_error::QueryError;

const DEPTHS: &str =
    "SELECT state, count(*) AS count, min(accepted_at) AS oldest FROM mail_queue GROUP BY state";

/// The statements of this module, by name.
#[cfg(test)]
pub(crate) fn statements() -> Vec<(&'static str, &'static str)> {
    let lists = list::statements().into_iter().map(|sql| ("NEWEST", sql));
    [
        ("DEPTHS", DEPTHS),
        ("MAIL", show::MAIL),
        ("EVENTS", show::EVENTS),
        ("ADDRESSES", list::ADDRESSES),
        ("RETRY_WAITING", retry::RETRY_WAITING),
        ("RETRY_ENDED", retry::RETRY_ENDED),
        ("WAITING_SINCE", retry::WAITING_SINCE),
        ("ENDED_SINCE", retry::ENDED_SINCE),
    ]
    .into_iter()
    .chain(lists)
    .collect()
}

#[async_trait]
impl MailQueue for PostgresStore {
    async fn list(&self, filter: MailFilter) -> Result<Vec<MailSummary>, StoreError> {
        Ok(self.newest(filter).await?)
    }

    async fn show(&self, id: MailId) -> Result<Option<MailDetail>, StoreError> {
        Ok(self.detail(id).await?)
    }

    async fn retry(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(self.retry_mail(id, now).await?)
    }

    async fn retry_since(
        &self,
        state: DeliveryState,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(self.retry_mails(state, since, now).await?)
    }

    async fn depths(&self) -> Result<Vec<QueueDepth>, StoreError> {
        let rows = sqlx::query(DEPTHS)
            .fetch_all(&self.pool().without_statement_timeout())
            .await
            .map_err(QueryError::Sql)?;
        let mut depths = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = "mail_queue.count";
            depths.push(QueueDepth {
                state: row.word("mail_queue.state", DeliveryState::parse)?,
                count: u64::try_from(row.read::<i64>(place)?)
                    .map_err(|error| QueryError::corrupt(place, error))?,
                oldest: row.optional_time("mail_queue.oldest")?,
            });
        }
        depths.sort_by_key(|depth| depth.state);
        Ok(depths)
    }
}
