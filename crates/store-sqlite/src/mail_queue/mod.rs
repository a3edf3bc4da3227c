//! The queue as an operator sees it.

mod list;
mod show;

use application::ports::{MailDetail, MailFilter, MailQueue, MailSummary, QueueDepth, StoreError, room_for};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};

pub(crate) use self::show::place;
use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::fault::Fault;
use crate::token_store::ADD_EVENT;
use crate::writer::Statement;

/// `$1` mail, `$2` now. A link that is dead for good (used, or superseded) leaves nothing to send. A mail under lease after
/// a failed attempt is on its way already.
const RETRY: &str = "UPDATE mail SET stage = 0, state = 'in-queue', due_at = $2 \
     WHERE id = $1 AND expires_at > $2 \
       AND (stage = 3 AND state IN ('preparing-error', 'sending-error', 'undeliverable') \
         OR stage = 2 AND state = 'waiting-for-next-attempt') \
       AND (NOT EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = mail.seq) \
         OR EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = mail.seq AND t.used_at IS NULL \
           AND t.superseded_at IS NULL AND t.expires_at > $2)); \
     SELECT changes() AS rows";
/// Ready mails are all `in-queue`, and leased ones too, so that two partial indexes and a handful of rows tell everything.
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
        let retry = Statement::new(RETRY).bind(id.as_bytes().to_vec()).bind(millis(now));
        let event = Statement::new(ADD_EVENT)
            .bind(id.as_bytes().to_vec())
            .bind(millis(now))
            .bind("retried")
            .bind(None::<Vec<u8>>)
            .bind(i64::from(room_for("retried")));
        self.database
            .writer
            .work(|unit| {
                Box::pin(async move {
                    let row = unit.row(retry).await?;
                    let retried =
                        row.map_or(Ok(false), |row| row.read::<i64>("mail.rows").map(|rows| rows > 0))?;
                    if retried {
                        unit.run(event).await?;
                    }
                    Ok(retried)
                })
            })
            .await
    }

    async fn depths(&self) -> Result<Vec<QueueDepth>, StoreError> {
        let rows = sqlx::query(DEPTHS).fetch_all(&self.database.readers).await.map_err(Fault::Sql)?;
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
fn state(word: &str) -> Result<DeliveryState, Fault> {
    DeliveryState::parse(word).map_err(|error| Fault::corrupt("mail.state", error))
}
