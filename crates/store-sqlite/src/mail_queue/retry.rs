use application::model::room_for;
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::DeliveryState;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::token_store::ADD_EVENT;
use crate::writer::Statement;

/// Mails of one step: nothing waits behind them for long.
const STEP: i64 = 200;

/// `$1` mail, `$2` now. A link that is dead for good (used, or superseded) leaves nothing to send.
/// A mail under lease after a failed attempt is on its way already.
const RETRY: &str = "UPDATE mail SET stage = 0, state = 'in-queue', due_at = $2 \
     WHERE id = $1 AND expires_at > $2 \
       AND (stage = 3 AND state IN ('preparing-error', 'sending-error', 'undeliverable') \
         OR stage = 2 AND state = 'waiting-for-next-attempt') \
       AND (NOT EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = mail.seq) \
         OR EXISTS (SELECT 1 FROM reset_token t WHERE t.mail = mail.seq AND t.used_at IS NULL \
           AND t.superseded_at IS NULL AND t.expires_at > $2)); \
     SELECT changes() AS rows";
/// The next `$5` mails in state `$1` whose time is not over at `$2`, behind the one of `$3` and
/// `$4`.
const FAILED: &str = "SELECT seq, id, accepted_at FROM mail WHERE stage = 3 AND state = $1 AND expires_at > $2 \
     AND accepted_at >= $3 AND (accepted_at, seq) > ($3, $4) ORDER BY accepted_at, seq LIMIT $5";
const WAITING: &str = "SELECT seq, id, accepted_at FROM mail WHERE stage = 2 AND state = $1 AND expires_at > $2 \
     AND accepted_at >= $3 AND (accepted_at, seq) > ($3, $4) ORDER BY accepted_at, seq LIMIT $5";

/// Puts these mails back, in one transaction, and says how many there were to put back.
pub(super) async fn retry(
    store: &SqliteStore,
    ids: Vec<Vec<u8>>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let statements: Vec<_> = ids
        .into_iter()
        .map(|id| {
            let event = Statement::new(ADD_EVENT)
                .bind(id.clone())
                .bind(millis(now))
                .bind("retried")
                .bind(None::<Vec<u8>>)
                .bind(i64::from(room_for("retried")));
            (Statement::new(RETRY).bind(id).bind(millis(now)), event)
        })
        .collect();
    let work = store.database.writer.work(|unit| {
        Box::pin(async move {
            let mut retried = 0;
            for (retry, event) in statements {
                let row = unit.row(retry).await?;
                if row.map_or(Ok(false), |row| row.read::<i64>("mail.rows").map(|rows| rows > 0))? {
                    unit.run(event).await?;
                    retried += 1;
                }
            }
            Ok(retried)
        })
    });
    work.await
}

pub(super) async fn retry_since(
    store: &SqliteStore,
    state: DeliveryState,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let sql = match state {
        DeliveryState::WaitingForNextAttempt => WAITING,
        failed if failed.may_be_retried() => FAILED,
        _ => return Ok(0),
    };
    let (mut retried, mut behind) = (0_u64, (millis(since), 0));
    loop {
        let query = sqlx::query(sql).bind(state.as_str()).bind(millis(now)).bind(behind.0).bind(behind.1);
        let rows = query.bind(STEP).fetch_all(&store.database.readers).await.map_err(QueryError::Sql)?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            behind = (row.read("mail.accepted_at")?, row.read("mail.seq")?);
            ids.push(row.read("mail.id")?);
        }
        if ids.is_empty() {
            return Ok(retried);
        }
        retried = retried.saturating_add(retry(store, ids, now).await?);
    }
}
