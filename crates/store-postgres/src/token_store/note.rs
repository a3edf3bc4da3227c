use application::model::room_for;
use chrono::{DateTime, Utc};
use domain::RequestId;

use crate::PostgresStore;
use crate::columns::{text, uuid};
use crate::query_error::QueryError;

/// The next number of a request that is known, up to `$5`. Two calls at once take the same number,
/// and the key lets one of them through.
pub(crate) const NOTE: &str = "INSERT INTO mail_event (mail_id, n, at, event, detail) \
     SELECT $1, e.n, $2, $3, $4 FROM (SELECT coalesce(max(n), 0) + 1 AS n FROM mail_event WHERE mail_id = $1 AND n <= 100) e \
     WHERE e.n <= $5 AND (EXISTS (SELECT FROM mail WHERE id = $1) OR EXISTS (SELECT FROM mail_queue WHERE id = $1)) \
     ON CONFLICT (mail_id, n) DO NOTHING";

/// How often a note gives way to one that came at the same moment. More at once is a flood, and a
/// flood is dropped anyway.
const TRIES: u32 = 8;

impl PostgresStore {
    pub(super) async fn note_event(
        &self,
        request: RequestId,
        at: DateTime<Utc>,
        event: &'static str,
        detail: &str,
    ) -> Result<(), QueryError> {
        let detail =
            Some(detail).filter(|detail| !detail.is_empty()).map(|detail| self.vault.seal(detail.as_bytes()));
        for _ in 0..TRIES {
            let note = sqlx::query(NOTE)
                .bind(uuid(request.as_bytes()))
                .bind(at)
                .bind(text(event))
                .bind(&detail)
                .bind(i32::from(room_for(event)));
            if note.execute(self.pool()).await?.rows_affected() > 0 {
                break;
            }
        }
        Ok(())
    }
}
