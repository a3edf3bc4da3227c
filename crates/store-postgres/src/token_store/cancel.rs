use application::model::{AuditAction, AuditEntry};
use chrono::{DateTime, Utc};
use domain::{CustomerIp, OrganisationId, RequestId, TokenHash};
use sqlx::{Connection, PgConnection};

use crate::columns::{Columns, uuid};
use crate::connections::limited;
use crate::query_error::QueryError;
use crate::{PostgresStore, audit_log};

/// The customer's row is locked first, as for a redemption; the state of the link is read once it
/// is.
pub(crate) const FIND_OPEN: &str = "SELECT t.request_id, t.organisation_id, t.sandbox FROM reset_token t \
     JOIN customer c ON c.id = t.customer_id WHERE t.hash = $1 FOR NO KEY UPDATE OF c";
/// Kills every link of the request, if this one is good.
pub(crate) const DISOWN: &str = "WITH killed AS (UPDATE reset_token SET superseded_at = $3 \
       WHERE request_id = $2 AND used_at IS NULL AND superseded_at IS NULL AND EXISTS (SELECT FROM reset_token \
         WHERE hash = $1 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $3) RETURNING hash) \
     INSERT INTO mail_event (mail_id, n, at, event) \
     SELECT $2, greatest(coalesce(max(n), 0), 100) + 1, $3, 'disowned' FROM mail_event \
     WHERE mail_id = $2 HAVING EXISTS (SELECT FROM killed)";

impl PostgresStore {
    pub(super) async fn cancel_request(
        &self,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, QueryError> {
        let mut connection = self.pool().acquire().await?;
        let limit = connection.limit();
        let cancelled = limited(limit, self.cancel_on(&mut connection, token, at, customer_ip)).await;
        connection.settle(cancelled)
    }

    async fn cancel_on(
        &self,
        connection: &mut PgConnection,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, QueryError> {
        let mut transaction = connection.begin().await?;
        let cancelled = self.cancel_within(&mut transaction, token, at, customer_ip).await?;
        if cancelled {
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(cancelled)
    }

    async fn cancel_within(
        &self,
        transaction: &mut PgConnection,
        token: TokenHash,
        at: DateTime<Utc>,
        customer_ip: CustomerIp,
    ) -> Result<bool, QueryError> {
        let hash = &token.as_bytes()[..];
        let Some(link) = sqlx::query(FIND_OPEN).bind(hash).fetch_optional(&mut *transaction).await? else {
            return Ok(false);
        };
        let request: RequestId = link.id("reset_token.request_id")?;
        let organisation: OrganisationId = link.id("reset_token.organisation_id")?;
        let cancel = sqlx::query(DISOWN).bind(hash).bind(uuid(request.as_bytes())).bind(at);
        if cancel.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry {
            at,
            organisation: Some(organisation),
            actor: "customer".to_owned(),
            action: AuditAction::RequestCancelled,
            subject: AuditEntry::of(request, link.read("reset_token.sandbox")?),
            ip: Some(customer_ip),
        };
        audit_log::append(transaction, self.vault.as_ref(), &entry).await?;
        Ok(true)
    }
}
