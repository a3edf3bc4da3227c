use application::model::room_for;
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::RequestId;

use crate::SqliteStore;
use crate::columns::millis;
use crate::writer::{Statement, own_savepoint};

/// Adds to the timeline of mail `$1`: at `$2`, event `$3`, detail `$4`, unless `$5` entries are
/// there.
macro_rules! add_event {
    () => {
        "INSERT INTO mail_event (mail, n, at, event, detail) SELECT m.seq, 1 + coalesce(max(e.n), 0), $2, $3, $4 \
           FROM mail m LEFT JOIN mail_event e ON e.mail = m.seq WHERE m.id = $1 \
           GROUP BY m.seq HAVING coalesce(max(e.n), 0) < $5"
    };
}

/// For a job that has done something before.
pub(crate) const ADD_EVENT: &str = add_event!();
const NOTE: &str = own_savepoint!(add_event!());

pub(super) async fn note(
    store: &SqliteStore,
    request: RequestId,
    at: DateTime<Utc>,
    event: &'static str,
    detail: String,
) -> Result<(), StoreError> {
    let detail = Some(detail).filter(|detail| !detail.is_empty());
    let statement = Statement::new(NOTE)
        .bind(request.as_bytes().to_vec())
        .bind(millis(at))
        .bind(event)
        .bind(detail.map(|detail| store.vault.seal(detail.as_bytes())))
        .bind(i64::from(room_for(event)));
    store
        .database
        .writer
        .work_without_sync(|unit| Box::pin(async move { Ok(unit.run(statement).await?) }))
        .await
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[NOTE];
