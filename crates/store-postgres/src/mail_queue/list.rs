use std::collections::HashMap;

use application::model::{MailFilter, MailKind, MailSummary};
use application::ports::AddressVault;
use domain::{CustomerId, DeliveryState, NoMailReason};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::query_error::QueryError;
use application::sealed::{self, Entry, Person, Submitted};

/// What both tables say of a mail. `$where` follows `WHERE`.
macro_rules! waiting {
    ($where:expr) => {
        concat!(
            "SELECT id, kind, organisation_id, sandbox, customer_id, submitted, geo, timeline, state, NULL::text AS no_mail_reason, \
             attempts, accepted_at, coalesce(due_at, accepted_at) AS due_at, expires_at FROM mail_queue WHERE ",
            $where
        )
    };
}
macro_rules! ended {
    ($where:expr) => {
        concat!(
            "SELECT id, kind, organisation_id, sandbox, customer_id, submitted, geo, timeline, state, no_mail_reason, attempts, \
             accepted_at, ended_at AS due_at, expires_at FROM mail WHERE ",
            $where
        )
    };
}
pub(super) use {ended, waiting};

/// The newest `$2`, in the order of an index.
macro_rules! newest {
    ($part:ident, $which:literal) => {
        concat!("(", $part!($which), " ORDER BY accepted_at DESC, id DESC LIMIT $2)")
    };
}
macro_rules! everything {
    ($who:literal) => {
        concat!(
            "SELECT * FROM (",
            newest!(waiting, $who),
            " UNION ALL ",
            newest!(ended, $who),
            ") m ORDER BY accepted_at DESC, id DESC LIMIT $2"
        )
    };
}
/// The statement for one state, with and without an organisation.
macro_rules! in_state {
    ($part:ident, $of:expr, $state:literal) => {
        if $of {
            concat!(
                $part!("organisation_id = $1 AND state = '"),
                $state,
                "' ORDER BY accepted_at DESC, id DESC LIMIT $2"
            )
        } else {
            concat!(
                $part!("$1::uuid IS NULL AND state = '"),
                $state,
                "' ORDER BY accepted_at DESC, id DESC LIMIT $2"
            )
        }
    };
}

/// Whose notices are listed: their stored addresses.
pub(super) const ADDRESSES: &str = "SELECT id, sealed FROM customer WHERE id = ANY($1::uuid[])";

const fn sql(state: Option<DeliveryState>, of_one: bool) -> &'static str {
    match state {
        None if of_one => everything!("organisation_id = $1"),
        None => everything!("$1::uuid IS NULL"),
        Some(DeliveryState::InQueue) => in_state!(waiting, of_one, "in-queue"),
        Some(DeliveryState::NotReadyToQueue) => in_state!(waiting, of_one, "not-ready-to-queue"),
        Some(DeliveryState::WaitingForNextAttempt) => in_state!(waiting, of_one, "waiting-for-next-attempt"),
        Some(DeliveryState::Sent) => in_state!(ended, of_one, "sent"),
        Some(DeliveryState::NoMail) => in_state!(ended, of_one, "no-mail"),
        Some(DeliveryState::Undeliverable) => in_state!(ended, of_one, "undeliverable"),
        Some(DeliveryState::PreparingError) => in_state!(ended, of_one, "preparing-error"),
        Some(DeliveryState::SendingError) => in_state!(ended, of_one, "sending-error"),
    }
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let states = DeliveryState::ALL.iter().copied().map(Some).chain([None]);
    states.flat_map(|state| [sql(state, false), sql(state, true)]).collect()
}

impl PostgresStore {
    pub(super) async fn newest(&self, filter: MailFilter) -> Result<Vec<MailSummary>, QueryError> {
        let rows = sqlx::query(sql(filter.state, filter.organisation.is_some()))
            .bind(filter.organisation.map(|id| uuid(id.as_bytes())))
            .bind(i64::from(filter.limit))
            .fetch_all(&self.pool().without_statement_timeout())
            .await?;
        self.summaries(&rows).await
    }

    /// The summaries of rows of [`waiting`] and [`ended`].
    pub(super) async fn summaries(&self, rows: &[PgRow]) -> Result<Vec<MailSummary>, QueryError> {
        let vault = self.vault.as_ref();
        let mut customers = Vec::new();
        for row in rows {
            if kind(row)? == MailKind::PasswordChanged {
                customers.extend(row.read::<Option<Uuid>>("mail.customer_id")?);
            }
        }
        let mut addresses = HashMap::new();
        if !customers.is_empty() {
            for row in sqlx::query(ADDRESSES)
                .bind(customers)
                .fetch_all(&self.pool().without_statement_timeout())
                .await?
            {
                let person: Person = sealed::open_json(vault, row.read("customer.sealed")?, Person::PLACE)?;
                let masked = person.address()?.map(|address| address.masked().to_string());
                addresses.insert(row.id::<CustomerId>("customer.id")?, masked.unwrap_or_default());
            }
        }
        rows.iter().map(|row| summary(vault, row, &addresses)).collect()
    }
}

fn kind(row: &PgRow) -> Result<MailKind, QueryError> {
    match row.read::<i16>("mail.kind")? {
        0 => Ok(MailKind::ResetPassword),
        1 => Ok(MailKind::PasswordChanged),
        other => Err(QueryError::corrupt("mail.kind", format!("{other} is no kind of mail"))),
    }
}

fn summary(
    vault: &dyn AddressVault,
    row: &PgRow,
    addresses: &HashMap<CustomerId, String>,
) -> Result<MailSummary, QueryError> {
    let reason = row.read::<Option<&str>>("mail.no_mail_reason")?.map(NoMailReason::parse).transpose();
    let state = row.word("mail.state", DeliveryState::parse)?;
    let due_at = row.time("mail.due_at")?;
    // A row that cannot be read is shown by what can be.
    let address = match Submitted::open(vault, row.read("mail.submitted")?).map(|submitted| submitted.email) {
        Ok(Some(email)) => email.masked().to_string(),
        Err(_) => String::new(),
        Ok(None) => {
            let customer = row.optional_id("mail.customer_id")?;
            customer.and_then(|customer| addresses.get(&customer)).cloned().unwrap_or_default()
        }
    };
    Ok(MailSummary {
        id: row.id("mail.id")?,
        kind: kind(row)?,
        organisation: row.id("mail.organisation_id")?,
        sandbox: row.read("mail.sandbox")?,
        address,
        state,
        no_mail_reason: reason.map_err(|error| QueryError::corrupt("mail.no_mail_reason", error))?,
        attempts: row.count("mail.attempts")?,
        accepted_at: row.time("mail.accepted_at")?,
        due_at,
        expires_at: row.time("mail.expires_at")?,
        sent_at: (state == DeliveryState::Sent).then_some(due_at),
        last_reply: last_reply(vault, row)?,
    })
}

/// What the newest entry that tells of a reply or an error says.
fn last_reply(vault: &dyn AddressVault, row: &PgRow) -> Result<Option<String>, QueryError> {
    let timeline: Vec<Vec<u8>> = row.read("mail.timeline")?;
    for entry in timeline.iter().rev() {
        if let Some(reply) = Entry::open(vault, entry).ok().and_then(Entry::into_reply) {
            return Ok(Some(reply));
        }
    }
    Ok(None)
}
