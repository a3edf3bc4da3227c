use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::{MailId, WorkerId};

use crate::SqliteStore;
use crate::columns::millis;
use crate::writer::{Hex, Statement, own_savepoint};

/// Looks at the rows under lease alone: a few per worker.
const RENEW: &str = own_savepoint!(
    "UPDATE mail SET due_at = $2 WHERE stage = 1 AND lease_owner = $1 \
       AND id IN (SELECT unhex(value) FROM json_each($3))"
);
const RELEASE: &str = own_savepoint!(
    "UPDATE mail SET stage = 0, lease_owner = NULL, due_at = NULL WHERE stage = 1 AND lease_owner = $1 \
       AND id NOT IN (SELECT unhex(value) FROM json_each($2))"
);

pub(super) async fn renew(
    store: &SqliteStore,
    worker: WorkerId,
    mails: &[MailId],
    lease_until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let renew =
        Statement::new(RENEW).bind(worker.as_bytes().to_vec()).bind(millis(lease_until)).bind(list(mails)?);
    store.database.writer.work_without_sync(|unit| Box::pin(async move { Ok(unit.run(renew).await?) })).await
}

pub(super) async fn release(
    store: &SqliteStore,
    worker: WorkerId,
    keep: &[MailId],
) -> Result<(), StoreError> {
    let release = Statement::new(RELEASE).bind(worker.as_bytes().to_vec()).bind(list(keep)?);
    store
        .database
        .writer
        .work_without_sync(|unit| Box::pin(async move { Ok(unit.run(release).await?) }))
        .await
}

fn list(mails: &[MailId]) -> Result<String, StoreError> {
    let mails: Vec<Hex> = mails.iter().map(|mail| Hex::from(&mail.as_bytes()[..])).collect();
    serde_json::to_string(&mails).map_err(|error| StoreError::corrupt("mail.id", error))
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[RENEW, RELEASE];
