use chrono::{DateTime, Utc};
use domain::{MailId, WorkerId};
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::uuid;
use crate::query_error::QueryError;

/// Rows are locked in the order of their identifiers, here as in every statement that changes
/// several.
pub(crate) const RENEW: &str = "WITH held AS MATERIALIZED (SELECT id FROM mail_queue WHERE lease_owner = $1 \
     AND id = ANY ($3::uuid[]) ORDER BY id FOR NO KEY UPDATE) UPDATE mail_queue q SET due_at = $2 FROM held WHERE q.id = held.id";
pub(crate) const RELEASE: &str = "WITH held AS MATERIALIZED (SELECT id FROM mail_queue WHERE lease_owner = $1 \
     AND id <> ALL ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE) UPDATE mail_queue q SET due_at = NULL, lease_owner = NULL FROM held WHERE q.id = held.id";

impl PostgresStore {
    pub(super) async fn renew_mails(
        &self,
        worker: WorkerId,
        mails: &[MailId],
        lease_until: DateTime<Utc>,
    ) -> Result<(), QueryError> {
        let renew = sqlx::query(RENEW).bind(uuid(worker.as_bytes())).bind(lease_until).bind(uuids(mails));
        renew.execute(self.pool()).await?;
        Ok(())
    }

    pub(super) async fn release_mails(&self, worker: WorkerId, keep: &[MailId]) -> Result<(), QueryError> {
        let release = sqlx::query(RELEASE).bind(uuid(worker.as_bytes())).bind(uuids(keep));
        let released = release.execute(self.pool()).await?;
        if released.rows_affected() > 0 {
            self.work.notifier().notify();
        }
        Ok(())
    }
}

fn uuids(mails: &[MailId]) -> Vec<Uuid> {
    mails.iter().map(|mail| uuid(mail.as_bytes())).collect()
}
