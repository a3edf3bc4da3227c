use application::model::{AuditAction, AuditEntry, Redeemed, Redemption};
use application::ports::{AddressVault, StoreError};
use domain::{CustomerId, OrganisationId};
use sqlx::sqlite::SqliteRow;

use super::KILL_LINKS;
use crate::columns::{Columns, millis};
use crate::query_error::QueryError;
use crate::webhooks::report::report_completed;
use crate::writer::{Statement, Unit, own_savepoint};
use crate::{SqliteStore, audit_log};
use application::sealed::{Person, Submitted, open_json};

/// The guard: of any number of attempts one turns the token from good to used. `$1` hash, `$2` now,
/// `$3` the organisation, `$4` whether in the sandbox: of key, link and customer all or none
/// are; `$5` by what a repetition is known.
const CONSUME: &str = own_savepoint!(
    "UPDATE reset_token SET used_at = $2, repetition = $5 \
     WHERE hash = $1 AND used_at IS NULL AND superseded_at IS NULL AND expires_at > $2 \
       AND EXISTS (SELECT 1 FROM customer c WHERE c.id = reset_token.customer_id AND c.status = 'active' \
         AND c.sandbox = $4) \
       AND EXISTS (SELECT 1 FROM mail m JOIN organisation o ON o.id = m.organisation_id \
         WHERE m.seq = reset_token.mail AND m.sandbox = $4 AND NOT o.suspended AND o.id = $3) \
     RETURNING mail, customer_id"
);
/// Whether the guard held because of the time alone.
const EXPIRED: &str = "SELECT 1 FROM reset_token t \
     JOIN customer c ON c.id = t.customer_id AND c.status = 'active' AND c.sandbox = $4 \
     JOIN mail m ON m.seq = t.mail AND m.sandbox = $4 \
     JOIN organisation o ON o.id = m.organisation_id AND NOT o.suspended AND o.id = $3 \
     WHERE t.hash = $1 AND t.used_at IS NULL AND t.superseded_at IS NULL AND t.expires_at <= $2";
const SUBJECT: &str = "SELECT m.organisation_id, c.sealed FROM mail m JOIN customer c ON c.id = $2 \
     WHERE m.seq = $1";
/// The former hash becomes history and the new one, if there is one, takes its place; sessions and requests from
/// before are over.
const SET_PASSWORD: &str = "INSERT INTO password_history (customer_id, n, hash, replaced_at) \
       SELECT id, 1 + (SELECT coalesce(max(n), 0) FROM password_history WHERE customer_id = $1), password_hash, $2 \
       FROM customer WHERE id = $1 AND password_hash IS NOT NULL AND $3 IS NOT NULL; \
     UPDATE customer SET password_hash = coalesce($3, password_hash), \
       password_reset_at = CASE WHEN $3 IS NULL THEN password_reset_at ELSE $2 END, updated_at = $2, sessions_valid_from = max(sessions_valid_from, $2), \
       links_valid_from = max(links_valid_from, $2) WHERE id = $1";
const NOTICE: &str = "INSERT INTO mail (id, kind, stage, state, organisation_id, sandbox, priority, accepted_at, \
       expires_at, address_masked, submitted, customer_id) \
     VALUES ($1, 1, 0, 'in-queue', $2, $3, 0, $4, $5, $6, $7, $8)";

const REPORT: &str = report_completed!();

pub(super) async fn redeem(store: &SqliteStore, redemption: Redemption) -> Result<Redeemed, StoreError> {
    let vault = store.vault.clone();
    store
        .database
        .writer
        .work(move |unit| Box::pin(async move { consume(unit, redemption, vault.as_ref()).await }))
        .await
}

async fn consume(
    unit: &mut Unit<'_>,
    redemption: Redemption,
    vault: &dyn AddressVault,
) -> Result<Redeemed, QueryError> {
    if let Some(row) = unit.row(consume_link(&redemption)).await? {
        return change(unit, &row, redemption, vault).await;
    }
    let expired = unit.row(about(EXPIRED, &redemption)).await?;
    Ok(if expired.is_some() { Redeemed::Expired } else { Redeemed::NoSuchLink })
}

fn consume_link(redemption: &Redemption) -> Statement {
    about(CONSUME, redemption).bind(redemption.repetition.map(|key| key.to_vec()))
}

fn about(sql: &'static str, redemption: &Redemption) -> Statement {
    Statement::new(sql)
        .bind(redemption.token.as_bytes().to_vec())
        .bind(millis(redemption.at))
        .bind(redemption.organisation.as_bytes().to_vec())
        .bind(redemption.sandbox)
}

async fn change(
    unit: &mut Unit<'_>,
    consumed: &SqliteRow,
    redemption: Redemption,
    vault: &dyn AddressVault,
) -> Result<Redeemed, QueryError> {
    let customer: [u8; 16] = consumed.bytes("reset_token.customer_id")?;
    let subject =
        Statement::new(SUBJECT).bind(consumed.read::<i64>("reset_token.mail")?).bind(customer.to_vec());
    let subject =
        unit.row(subject).await?.ok_or_else(|| QueryError::corrupt("reset_token.mail", "no such mail"))?;
    let organisation: [u8; 16] = subject.bytes("mail.organisation_id")?;
    let person: Person = open_json(vault, subject.read("customer.sealed")?, Person::PLACE)?;
    let at = millis(redemption.at);

    let hash = redemption.password.as_ref().map(|hash| hash.expose().to_owned());
    unit.run(Statement::new(SET_PASSWORD).bind(customer.to_vec()).bind(at).bind(hash)).await?;
    unit.run(Statement::new(KILL_LINKS).bind(customer.to_vec()).bind(at)).await?;
    let notice = Statement::new(NOTICE)
        .bind(redemption.notice.as_bytes().to_vec())
        .bind(organisation.to_vec())
        .bind(redemption.sandbox)
        .bind(at)
        .bind(millis(redemption.notice_expires_at))
        .bind(person.address()?.map(|email| email.masked().to_string()).unwrap_or_default())
        .bind(Submitted::seal(vault, None, redemption.customer_ip))
        .bind(customer.to_vec());
    unit.run(notice).await.map_err(QueryError::conflict("mail"))?;
    unit.run(Statement::new(REPORT).bind(consumed.read::<i64>("reset_token.mail")?).bind(at)).await?;
    let entry = AuditEntry {
        at: redemption.at,
        organisation: Some(OrganisationId::from_bytes(organisation)),
        actor: redemption.actor,
        action: AuditAction::PasswordChanged,
        subject: AuditEntry::of(CustomerId::from_bytes(customer), redemption.sandbox),
        ip: redemption.customer_ip,
    };
    audit_log::append(unit, vault, &entry).await?;
    Ok(Redeemed::Changed)
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[CONSUME, EXPIRED, SUBJECT, SET_PASSWORD, NOTICE, REPORT];
