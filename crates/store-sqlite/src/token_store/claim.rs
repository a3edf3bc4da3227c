use std::cmp::Reverse;

use application::model::{ClaimedMail, ClaimedWork, Lease};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{CustomerId, MailId, OrganisationId, WorkerId};
use sqlx::sqlite::SqliteRow;
use tracing::error;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::writer::{Statement, Unit, own_savepoint};
use application::sealed::{Submitted, open_json};

/// First whatever came due goes back among the ready (at most 2,000 of those that waited, so that a
/// relay's return does not hold up requests; the next claim takes the rest), then the first of the
/// ready are leased.
pub(super) const CLAIM: &str = own_savepoint!(
    "UPDATE mail SET stage = 0, lease_owner = NULL, due_at = NULL WHERE stage = 1 AND due_at <= $2; \
     UPDATE mail SET stage = 0, state = 'in-queue', due_at = NULL WHERE seq IN \
       (SELECT seq FROM mail WHERE stage = 2 AND due_at <= $2 ORDER BY due_at LIMIT 2000); \
     UPDATE mail SET stage = 1, lease_owner = $1, due_at = $3 WHERE seq IN \
       (SELECT seq FROM mail WHERE stage = 0 ORDER BY priority DESC, accepted_at LIMIT $4) \
     RETURNING seq, id, organisation_id, sandbox, priority, accepted_at, expires_at, submitted, admitted, \
       attempts, customer_id, geo"
);
const SET_ASIDE: &str = "UPDATE mail SET stage = 3, state = 'preparing-error', lease_owner = NULL, due_at = $2, \
     last_reply = $3 WHERE seq = $1";

pub(super) async fn claim(
    store: &SqliteStore,
    worker: WorkerId,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<ClaimedMail>, StoreError> {
    let vault = store.vault.clone();
    let claim = Statement::new(CLAIM)
        .bind(worker.as_bytes().to_vec())
        .bind(millis(now))
        .bind(millis(lease_until))
        .bind(i64::from(limit));
    store
        .database
        .writer
        .work_without_sync(move |unit| {
            Box::pin(async move { lease(unit, claim, worker, vault.as_ref(), now).await })
        })
        .await
}

async fn lease(
    unit: &mut Unit<'_>,
    claim: Statement,
    worker: WorkerId,
    vault: &dyn AddressVault,
    now: DateTime<Utc>,
) -> Result<Vec<ClaimedMail>, QueryError> {
    let rows = unit.rows(claim).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        let place: (i64, i64, i64) =
            (row.read("mail.priority")?, row.read("mail.accepted_at")?, row.read("mail.seq")?);
        match mail(row, worker, vault) {
            Ok(mail) => claimed.push((place, mail)),
            Err(error) => set_aside(unit, place.2, error, vault, now).await?,
        }
    }
    // RETURNING promises no order.
    claimed.sort_by_key(|((priority, accepted_at, seq), _)| (Reverse(*priority), *accepted_at, *seq));
    Ok(claimed.into_iter().map(|(_, mail)| mail).collect())
}

/// A row that cannot be read must not stop those behind it.
async fn set_aside(
    unit: &mut Unit<'_>,
    seq: i64,
    error: QueryError,
    vault: &dyn AddressVault,
    now: DateTime<Utc>,
) -> Result<(), QueryError> {
    let error = StoreError::from(error).to_string();
    error!(seq, error, "a mail that cannot be read is set aside");
    let reply = vault.seal(error.as_bytes());
    Ok(unit.run(Statement::new(SET_ASIDE).bind(seq).bind(millis(now)).bind(reply)).await?)
}

fn mail(row: &SqliteRow, worker: WorkerId, vault: &dyn AddressVault) -> Result<ClaimedMail, QueryError> {
    let submitted = Submitted::open(vault, row.read("mail.submitted")?)?;
    let customer: Option<[u8; 16]> = row.optional_bytes("mail.customer_id")?;
    let work = match (submitted.email, customer) {
        (Some(email), _) => ClaimedWork::Reset {
            email,
            customer_ip: submitted.ip,
            geo: row
                .read::<Option<&[u8]>>("mail.geo")?
                .map(|geo| open_json(vault, geo, "mail.geo"))
                .transpose()?,
            admitted: row.read::<Option<bool>>("mail.admitted")? == Some(true),
        },
        (None, Some(customer)) => ClaimedWork::PasswordChanged {
            customer: CustomerId::from_bytes(customer),
            customer_ip: submitted.ip,
        },
        (None, None) => return Err(QueryError::corrupt("mail.customer_id", "a notice without a customer")),
    };
    Ok(ClaimedMail {
        lease: Lease { mail: MailId::from_bytes(row.bytes("mail.id")?), worker },
        organisation: OrganisationId::from_bytes(row.bytes("mail.organisation_id")?),
        sandbox: row.read("mail.sandbox")?,
        accepted_at: row.time("mail.accepted_at")?,
        expires_at: row.time("mail.expires_at")?,
        attempts: row.count("mail.attempts")?,
        work,
    })
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[CLAIM, SET_ASIDE];
