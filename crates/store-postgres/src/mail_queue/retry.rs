use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId};
use sqlx::types::Uuid;
use sqlx::{Connection, PgConnection};

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;
use application::sealed::Entry;

/// A link is dead when its time is over, or when it had tokens and none of them is good. A notice
/// has none.
macro_rules! alive {
    () => {
        "m.expires_at > $2 AND (NOT EXISTS (SELECT FROM reset_token t WHERE t.request_id = m.id) OR EXISTS (SELECT FROM \
         reset_token t WHERE t.request_id = m.id AND t.used_at IS NULL AND t.superseded_at IS NULL AND t.expires_at > $2))"
    };
}
/// A mail on its way stays with its worker.
pub(super) const RETRY_WAITING: &str = concat!(
    "WITH m AS MATERIALIZED (SELECT * FROM mail_queue WHERE id = $1 AND state = 'waiting-for-next-attempt' FOR UPDATE), \
     retried AS (UPDATE mail_queue q SET state = 'in-queue', due_at = $2, timeline = array_append(q.timeline, $3) \
       FROM m WHERE q.id = m.id AND m.lease_owner IS NULL AND ",
    alive!(),
    ") SELECT ",
    alive!(),
    " AS alive FROM m"
);
pub(super) const RETRY_ENDED: &str = concat!(
    "WITH back AS (DELETE FROM mail m WHERE m.id = $1 AND m.state IN ('preparing-error', 'sending-error', 'undeliverable') AND ",
    alive!(),
    " RETURNING m.*) \
     INSERT INTO mail_queue (id, kind, organisation_id, api_key_id, customer_id, sandbox, admitted, priority, attempts, \
       accepted_at, expires_at, due_at, address_fingerprint, submitted, geo, timeline) \
     SELECT id, kind, organisation_id, api_key_id, customer_id, sandbox, admitted, priority, attempts, accepted_at, expires_at, \
       $2, address_fingerprint, submitted, geo, array_append(timeline, $3) FROM back"
);

/// The next `$5` mails in state `$1` whose time is not over at `$2`, behind the one of `$3` and
/// `$4`.
pub(super) const WAITING_SINCE: &str = "SELECT id, accepted_at FROM mail_queue WHERE state = $1 AND lease_owner IS NULL \
     AND expires_at > $2 AND accepted_at >= $3 AND (accepted_at, id) > ($3, $4) ORDER BY accepted_at, id LIMIT $5";
pub(super) const ENDED_SINCE: &str = "SELECT id, accepted_at FROM mail WHERE state = $1 AND expires_at > $2 \
     AND accepted_at >= $3 AND (accepted_at, id) > ($3, $4) ORDER BY accepted_at, id LIMIT $5";
/// Mails of one step.
const STEP: i64 = 200;

impl PostgresStore {
    pub(super) async fn retry_mails(
        &self,
        state: DeliveryState,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, QueryError> {
        let sql = match state {
            DeliveryState::WaitingForNextAttempt => WAITING_SINCE,
            ended if ended.may_be_retried() => ENDED_SINCE,
            _ => return Ok(0),
        };
        let mut connection = self.pool().acquire().await?;
        let (mut retried, mut behind) = (0_u64, (since, Uuid::nil()));
        loop {
            let query =
                sqlx::query(sql).bind(state.as_str()).bind(now).bind(behind.0).bind(behind.1).bind(STEP);
            let rows = query.fetch_all(&mut *connection).await?;
            if rows.is_empty() {
                return Ok(retried);
            }
            let mut transaction = connection.begin().await?;
            for row in &rows {
                behind = (row.time("mail.accepted_at")?, row.read("mail.id")?);
                let entry = Entry::of("retried", now, "").seal(self.vault.as_ref())?;
                let id = MailId::from_bytes(*behind.1.as_bytes());
                retried += u64::from(retry_within(&mut transaction, id, now, &entry).await?);
            }
            transaction.commit().await?;
            self.work.notifier().notify();
        }
    }

    pub(super) async fn retry_mail(&self, id: MailId, now: DateTime<Utc>) -> Result<bool, QueryError> {
        let entry = Entry::of("retried", now, "").seal(self.vault.as_ref())?;
        let mut connection = self.pool().acquire().await?;
        let retried = limited(connection.limit(), retry_on(&mut connection, id, now, &entry)).await;
        let retried = connection.settle(retried)?;
        if retried {
            self.work.notifier().notify();
        }
        Ok(retried)
    }
}

async fn retry_on(
    connection: &mut PgConnection,
    id: MailId,
    now: DateTime<Utc>,
    entry: &[u8],
) -> Result<bool, QueryError> {
    let mut transaction = connection.begin().await?;
    let retried = retry_within(&mut transaction, id, now, entry).await?;
    transaction.commit().await?;
    Ok(retried)
}

async fn retry_within(
    transaction: &mut PgConnection,
    id: MailId,
    now: DateTime<Utc>,
    entry: &[u8],
) -> Result<bool, QueryError> {
    let id = uuid(id.as_bytes());
    let waiting = sqlx::query(RETRY_WAITING).bind(id).bind(now).bind(entry);
    if let Some(row) = waiting.fetch_optional(&mut *transaction).await? {
        return row.read("mail_queue.alive");
    }
    let ended = sqlx::query(RETRY_ENDED).bind(id).bind(now).bind(entry).execute(&mut *transaction).await?;
    Ok(ended.rows_affected() > 0)
}
