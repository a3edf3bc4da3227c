use std::cmp::Reverse;

use application::model::{ClaimedMail, ClaimedWork, Completion, Lease};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::WorkerId;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use tracing::error;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;
use application::sealed::{self, Submitted};

/// Whatever waited for a moment that has come, the end of a lease included, is ready again and
/// takes its place by priority and age. Rows that another worker is looking at are its business.
pub(crate) const PROMOTE: &str = "WITH due AS MATERIALIZED (SELECT id FROM mail_queue WHERE due_at <= $1 ORDER BY due_at \
     LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE mail_queue q SET due_at = NULL, lease_owner = NULL FROM due WHERE q.id = due.id";
pub(crate) const CLAIM: &str = "WITH ready AS MATERIALIZED (SELECT id FROM mail_queue WHERE due_at IS NULL \
     ORDER BY priority DESC, accepted_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) \
     UPDATE mail_queue q SET lease_owner = $1, due_at = $2 FROM ready WHERE q.id = ready.id \
     RETURNING q.id, q.kind, q.organisation_id, q.sandbox, q.priority, q.accepted_at, q.expires_at, q.attempts, \
     q.admitted, q.customer_id, q.submitted, q.geo";

impl PostgresStore {
    pub(super) async fn claim_mails(
        &self,
        worker: WorkerId,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ClaimedMail>, QueryError> {
        let mut connection = self.pool().acquire().await?;
        let rows = limited(connection.limit(), lease(&mut connection, worker, now, lease_until, limit)).await;
        let rows = connection.settle(rows)?;
        let mut mails = Vec::with_capacity(rows.len());
        for row in &rows {
            match claimed(self.vault.as_ref(), worker, row) {
                Ok(mail) => mails.push((row.read::<i16>("mail_queue.priority")?, mail)),
                Err(error) => {
                    self.set_mail_aside(Lease { mail: row.id("mail_queue.id")?, worker }, error, now).await
                }
            }
        }
        // RETURNING keeps no order.
        mails.sort_by_key(|(priority, mail)| (Reverse(*priority), mail.accepted_at, mail.id()));
        Ok(mails.into_iter().map(|(_, mail)| mail).collect())
    }

    /// A row that cannot be read must not stop those beside it.
    async fn set_mail_aside(&self, lease: Lease, error: QueryError, now: DateTime<Utc>) {
        let error = StoreError::from(error).to_string();
        let mail = lease.mail;
        error!(%mail, error, "a mail that cannot be read is set aside");
        let ended = self.complete_mail(lease, Completion::PreparingError { error }, now).await;
        if let Err(error) = ended {
            error!(%mail, %error, "it could not be set aside; its lease ends by itself");
        }
    }
}

async fn lease(
    connection: &mut PgConnection,
    worker: WorkerId,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<PgRow>, QueryError> {
    sqlx::query(PROMOTE).bind(now).execute(&mut *connection).await?;
    let claim = sqlx::query(CLAIM).bind(uuid(worker.as_bytes())).bind(lease_until).bind(i64::from(limit));
    Ok(claim.fetch_all(connection).await?)
}

fn claimed(vault: &dyn AddressVault, worker: WorkerId, row: &PgRow) -> Result<ClaimedMail, QueryError> {
    let Submitted { email, ip } = Submitted::open(vault, row.read("mail_queue.submitted")?)?;
    let work = match row.read::<i16>("mail_queue.kind")? {
        0 => ClaimedWork::Reset {
            email: email
                .ok_or_else(|| QueryError::corrupt("mail_queue.submitted", "a request without an address"))?,
            customer_ip: ip,
            geo: row
                .read::<Option<&[u8]>>("mail_queue.geo")?
                .map(|geo| sealed::open_json(vault, geo, "mail_queue.geo"))
                .transpose()?,
            admitted: row.read::<Option<bool>>("mail_queue.admitted")?.unwrap_or_default(),
        },
        1 => ClaimedWork::PasswordChanged { customer: row.id("mail_queue.customer_id")?, customer_ip: ip },
        other => return Err(QueryError::corrupt("mail_queue.kind", format!("{other} is no kind of mail"))),
    };
    Ok(ClaimedMail {
        lease: Lease { mail: row.id("mail_queue.id")?, worker },
        organisation: row.id("mail_queue.organisation_id")?,
        sandbox: row.read("mail_queue.sandbox")?,
        accepted_at: row.time("mail_queue.accepted_at")?,
        expires_at: row.time("mail_queue.expires_at")?,
        attempts: row.count("mail_queue.attempts")?,
        work,
    })
}
