use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::WorkerId;

use crate::SqliteStore;
use crate::columns::millis;
use crate::writer::{Statement, own_savepoint};

/// Looks at the rows under lease alone: a few per worker.
const RENEW: &str = own_savepoint!("UPDATE mail SET due_at = $2 WHERE stage = 1 AND lease_owner = $1");
const RELEASE: &str = own_savepoint!(
    "UPDATE mail SET stage = 0, lease_owner = NULL, due_at = NULL WHERE stage = 1 AND lease_owner = $1"
);

pub(super) async fn renew(
    store: &SqliteStore,
    worker: WorkerId,
    lease_until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let renew = Statement::new(RENEW).bind(worker.as_bytes().to_vec()).bind(millis(lease_until));
    store.database.writer.work(|unit| Box::pin(async move { Ok(unit.run(renew).await?) })).await
}

pub(super) async fn release(store: &SqliteStore, worker: WorkerId) -> Result<(), StoreError> {
    let release = Statement::new(RELEASE).bind(worker.as_bytes().to_vec());
    store.database.writer.work(|unit| Box::pin(async move { Ok(unit.run(release).await?) })).await
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[RENEW, RELEASE];
