use application::model::{AuditAction, AuditEntry, PasswordHash, Redeemed, Redemption};
use domain::{CustomerId, OrganisationId};
use sqlx::{Connection, PgConnection};

use crate::columns::{Columns, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;
use crate::webhooks::report::report_completed;
use crate::{PostgresStore, audit_log};
use application::sealed::Submitted;

/// The link's customer, whose row is locked from here to the commit: issues, redemptions and
/// imports for one customer happen one after the other. Key, link and customer are the sandbox's
/// together, or live together.
pub(crate) const FIND: &str = "SELECT t.request_id, t.organisation_id, t.customer_id FROM reset_token t \
     JOIN customer c ON c.id = t.customer_id AND c.status = 'active' AND c.sandbox = t.sandbox \
     JOIN organisation o ON o.id = t.organisation_id AND NOT o.suspended \
     WHERE t.hash = $1 AND t.sandbox = $3 AND t.organisation_id = $2 FOR NO KEY UPDATE OF c";
/// The guard: of any number of attempts one changes the row.
pub(crate) const CONSUME: &str = "UPDATE reset_token SET used_at = $2, repetition = $3 \
     WHERE hash = $1 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $2";
/// A link that had expired before it was superseded stays expired.
pub(crate) const WHY: &str = "SELECT used_at IS NULL AND coalesce(superseded_at >= expires_at, true) AS expired \
     FROM reset_token WHERE hash = $1";
/// Whether the change that queues this notice was made. It waits for the transaction that is about
/// to make it.
pub(crate) const DONE: &str = "WITH customer AS MATERIALIZED (SELECT c.id FROM reset_token t JOIN customer c ON c.id = t.customer_id \
       WHERE t.hash = $1 FOR NO KEY UPDATE OF c) \
     SELECT FROM customer WHERE EXISTS (SELECT FROM mail_queue WHERE id = $2) OR EXISTS (SELECT FROM mail WHERE id = $2)";
/// Everything that goes with the change.
pub(crate) const SET_PASSWORD: &str = concat!(
    "WITH former AS (INSERT INTO password_history (customer_id, hash, replaced_at) \
       SELECT id, password_hash, $3 FROM customer WHERE id = $1 AND password_hash IS NOT NULL AND $2::text IS NOT NULL), \
     killed AS (UPDATE reset_token SET superseded_at = $3 \
       WHERE customer_id = $1 AND used_at IS NULL AND superseded_at IS NULL), \
     notice AS (INSERT INTO mail_queue (id, kind, organisation_id, customer_id, sandbox, priority, accepted_at, expires_at, \
         submitted) VALUES ($4, 1, $5, $1, $6, 0, $3, $7, $8) ON CONFLICT (id) DO NOTHING), \
     noted AS (INSERT INTO mail_event (mail_id, n, at, event) \
       SELECT $9, greatest(coalesce(max(n), 0), 100) + 1, $3, 'consumed' FROM mail_event WHERE mail_id = $9)",
    report_completed!(),
    "UPDATE customer SET password_hash = coalesce($2, password_hash), \
     password_reset_at = CASE WHEN $2 IS NULL THEN password_reset_at ELSE $3 END, links_valid_from = greatest(links_valid_from, $3), \
     sessions_valid_from = greatest(sessions_valid_from, $3), updated_at = greatest(updated_at, $3) \
     WHERE id = $1"
);

impl PostgresStore {
    pub(super) async fn redeem_token(&self, redemption: Redemption) -> Result<Redeemed, QueryError> {
        let (notice, token) = (uuid(redemption.notice.as_bytes()), redemption.token);
        let mut connection = self.pool().acquire().await?;
        let redeemed = limited(connection.limit(), self.redeem_on(&mut connection, redemption)).await;
        let redeemed = match connection.settle(redeemed) {
            // The commit may have been done all the same. What it would have left behind tells.
            Err(error) if error.lost_connection() && !error.read_only() => {
                let done = sqlx::query(DONE).bind(&token.as_bytes()[..]).bind(notice);
                match done.fetch_optional(self.pool()).await {
                    Ok(Some(_)) => Redeemed::Changed,
                    Ok(None) | Err(_) => return Err(error),
                }
            }
            redeemed => redeemed?,
        };
        if redeemed == Redeemed::Changed {
            self.work.notifier().notify();
        }
        Ok(redeemed)
    }

    async fn redeem_on(
        &self,
        connection: &mut PgConnection,
        redemption: Redemption,
    ) -> Result<Redeemed, QueryError> {
        let mut transaction = connection.begin().await?;
        // A transaction that is dropped is rolled back.
        let redeemed = self.redeem_within(&mut transaction, redemption).await?;
        if redeemed == Redeemed::Changed {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(redeemed)
    }

    async fn redeem_within(
        &self,
        transaction: &mut PgConnection,
        redemption: Redemption,
    ) -> Result<Redeemed, QueryError> {
        let token = &redemption.token.as_bytes()[..];
        let caller = uuid(redemption.organisation.as_bytes());
        let link = sqlx::query(FIND)
            .bind(token)
            .bind(caller)
            .bind(redemption.sandbox)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(link) = link else { return Ok(Redeemed::NoSuchLink) };
        let consumed = sqlx::query(CONSUME)
            .bind(token)
            .bind(redemption.at)
            .bind(redemption.repetition.as_ref().map(|key| &key[..]))
            .execute(&mut *transaction)
            .await?;
        if consumed.rows_affected() == 0 {
            let why = sqlx::query(WHY).bind(token).fetch_one(&mut *transaction).await?;
            return Ok(if why.read("reset_token.expired")? {
                Redeemed::Expired
            } else {
                Redeemed::NoSuchLink
            });
        }
        let customer: CustomerId = link.id("reset_token.customer_id")?;
        let organisation: OrganisationId = link.id("reset_token.organisation_id")?;
        sqlx::query(SET_PASSWORD)
            .bind(uuid(customer.as_bytes()))
            .bind(redemption.password.as_ref().map(PasswordHash::expose))
            .bind(redemption.at)
            .bind(uuid(redemption.notice.as_bytes()))
            .bind(uuid(organisation.as_bytes()))
            .bind(redemption.sandbox)
            .bind(redemption.notice_expires_at)
            .bind(Submitted::seal(self.vault.as_ref(), None, redemption.customer_ip))
            .bind(link.read::<sqlx::types::Uuid>("reset_token.request_id")?)
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: redemption.at,
            organisation: Some(organisation),
            actor: redemption.actor,
            action: AuditAction::PasswordChanged,
            subject: AuditEntry::of(customer, redemption.sandbox),
            ip: redemption.customer_ip,
        };
        audit_log::append(transaction, self.vault.as_ref(), &entry).await?;
        Ok(Redeemed::Changed)
    }
}
