use application::model::{AuditAction, AuditEntry};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{CustomerIp, OrganisationId, RequestId, TokenHash};

use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};
use crate::{SqliteStore, audit_log};

/// Kills every token of the request that the good token `$1` belongs to, and puts it into the
/// timeline. `$2` now.
const DISOWN: &str = own_savepoint!(
    "UPDATE reset_token SET superseded_at = $2 WHERE used_at IS NULL AND superseded_at IS NULL AND mail = \
       (SELECT mail FROM reset_token WHERE hash = $1 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $2) \
     RETURNING mail"
);
/// A request accepted before a cancelled one gets no token either.
const FOLLOW_UP: &str = "UPDATE customer SET links_valid_from = max(links_valid_from, m.accepted_at) \
       FROM mail m WHERE m.seq = $1 AND customer.id = m.customer_id; \
     INSERT INTO mail_event (mail, n, at, event) \
       VALUES ($1, 1 + (SELECT coalesce(max(n), 0) FROM mail_event WHERE mail = $1), $2, 'disowned'); \
     SELECT id, organisation_id, sandbox FROM mail WHERE seq = $1";

pub(super) async fn cancel(
    store: &SqliteStore,
    token: TokenHash,
    at: DateTime<Utc>,
    customer_ip: CustomerIp,
) -> Result<bool, StoreError> {
    let vault = store.vault.clone();
    store
        .database
        .writer
        .work(move |unit| Box::pin(async move { kill(unit, vault.as_ref(), token, at, customer_ip).await }))
        .await
}

async fn kill(
    unit: &mut Unit<'_>,
    vault: &dyn AddressVault,
    token: TokenHash,
    at: DateTime<Utc>,
    ip: CustomerIp,
) -> Result<bool, QueryError> {
    let dead = unit.rows(Statement::new(DISOWN).bind(token.as_bytes().to_vec()).bind(millis(at))).await?;
    let Some(dead) = dead.first() else { return Ok(false) };
    let seq = dead.read::<i64>("reset_token.mail")?;
    let mail = unit.row(Statement::new(FOLLOW_UP).bind(seq).bind(millis(at))).await?;
    let mail = mail.ok_or_else(|| QueryError::corrupt("reset_token.mail", "no such mail"))?;
    let entry = AuditEntry {
        at,
        organisation: Some(OrganisationId::from_bytes(mail.bytes("mail.organisation_id")?)),
        actor: "customer".to_owned(),
        action: AuditAction::RequestCancelled,
        subject: AuditEntry::of(RequestId::from_bytes(mail.bytes("mail.id")?), mail.read("mail.sandbox")?),
        ip: Some(ip),
    };
    audit_log::append(unit, vault, &entry).await?;
    Ok(true)
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[DISOWN, FOLLOW_UP];
