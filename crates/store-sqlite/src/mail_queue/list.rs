use application::model::{MailFilter, MailKind, MailSummary};
use application::ports::{AddressVault, StoreError};
use domain::{DeliveryState, MailId, NoMailReason, OrganisationId};
use sqlx::sqlite::SqliteRow;

use super::state;
use crate::SqliteStore;
use crate::columns::Columns;
use crate::query_error::QueryError;
use application::sealed::open_text;

/// The columns of a summary. What an ended or waiting mail was told last is its own reason, else
/// its last attempt's reply.
macro_rules! summary_of {
    ($rest:expr) => {
        concat!(
            "SELECT m.seq, m.id, m.kind, m.organisation_id, m.sandbox, m.address_masked, m.state, m.no_mail_reason, m.attempts, ",
            "m.accepted_at, coalesce(m.due_at, m.accepted_at) AS due_at, m.expires_at, m.sent_at, ",
            "coalesce(m.last_reply, ",
            "(SELECT reply FROM mail_attempt a WHERE a.mail = m.seq ORDER BY n DESC LIMIT 1)) AS last_reply, ",
            "m.customer_id, m.submitted, m.geo FROM mail m ",
            $rest
        )
    };
}
pub(super) use summary_of;

/// The newest `$2` mails of one part of the queue, of organisation `$1` or of all. Each part is one
/// of the partial indexes.
macro_rules! newest {
    ($part:literal) => {
        concat!(
            "SELECT seq, accepted_at FROM (SELECT seq, accepted_at FROM mail WHERE ",
            $part,
            " AND ($1 IS NULL OR organisation_id = $1) ORDER BY accepted_at DESC, seq DESC LIMIT $2)"
        )
    };
}

/// The summaries of the newest of several parts.
macro_rules! list_of {
    ($first:literal $(, $part:literal)*) => {
        summary_of!(concat!(
            "JOIN (", newest!($first) $(, " UNION ALL ", newest!($part))*,
            ") found ON found.seq = m.seq ORDER BY m.accepted_at DESC, m.seq DESC LIMIT $2"
        ))
    };
}

const ALL: &str = list_of!(
    "stage = 0",
    "stage = 1",
    "stage = 2",
    "stage = 3 AND state = 'sent'",
    "stage = 3 AND state = 'no-mail'",
    "stage = 3 AND state = 'undeliverable'",
    "stage = 3 AND state = 'preparing-error'",
    "stage = 3 AND state = 'sending-error'"
);

const fn sql(state: Option<DeliveryState>) -> &'static str {
    match state {
        None => ALL,
        Some(DeliveryState::InQueue) => list_of!("stage = 0", "stage = 1"),
        Some(DeliveryState::NotReadyToQueue) => list_of!("stage = 2 AND state = 'not-ready-to-queue'"),
        Some(DeliveryState::WaitingForNextAttempt) => {
            list_of!("stage = 2 AND state = 'waiting-for-next-attempt'")
        }
        Some(DeliveryState::Sent) => list_of!("stage = 3 AND state = 'sent'"),
        Some(DeliveryState::NoMail) => list_of!("stage = 3 AND state = 'no-mail'"),
        Some(DeliveryState::Undeliverable) => list_of!("stage = 3 AND state = 'undeliverable'"),
        Some(DeliveryState::PreparingError) => list_of!("stage = 3 AND state = 'preparing-error'"),
        Some(DeliveryState::SendingError) => list_of!("stage = 3 AND state = 'sending-error'"),
    }
}

pub(super) async fn list(store: &SqliteStore, filter: MailFilter) -> Result<Vec<MailSummary>, StoreError> {
    let query = sqlx::query(sql(filter.state))
        .bind(filter.organisation.map(|id| id.as_bytes().to_vec()))
        .bind(i64::from(filter.limit));
    let rows = query.fetch_all(&store.database.readers).await.map_err(QueryError::Sql)?;
    let vault = store.vault.as_ref();
    Ok(rows.iter().map(|row| summary(row, vault)).collect::<Result<_, QueryError>>()?)
}

/// A row of [`summary_of`].
pub(super) fn summary(row: &SqliteRow, vault: &dyn AddressVault) -> Result<MailSummary, QueryError> {
    let reason = row.read::<Option<&str>>("mail.no_mail_reason")?.map(NoMailReason::parse).transpose();
    let reply = row.read::<Option<&[u8]>>("mail.last_reply")?;
    Ok(MailSummary {
        id: MailId::from_bytes(row.bytes("mail.id")?),
        kind: match row.read::<i64>("mail.kind")? {
            0 => MailKind::ResetPassword,
            1 => MailKind::PasswordChanged,
            _ => return Err(QueryError::corrupt("mail.kind", "an unknown kind of mail")),
        },
        organisation: OrganisationId::from_bytes(row.bytes("mail.organisation_id")?),
        sandbox: row.read("mail.sandbox")?,
        address: row.read("mail.address_masked")?,
        state: state(row.read("mail.state")?)?,
        no_mail_reason: reason.map_err(|error| QueryError::corrupt("mail.no_mail_reason", error))?,
        attempts: row.count("mail.attempts")?,
        accepted_at: row.time("mail.accepted_at")?,
        due_at: row.time("mail.due_at")?,
        expires_at: row.time("mail.expires_at")?,
        sent_at: row.optional_time("mail.sent_at")?,
        last_reply: reply.map(|reply| open_text(vault, reply, "mail.last_reply")).transpose()?,
    })
}
