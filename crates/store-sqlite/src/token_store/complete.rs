use application::model::{Completion, Lease};
use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::{DeliveryState, NoMailReason};
use serde::Serialize;

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::webhooks::report::{report_attempted, report_not_attempted};
use crate::writer::{Delivery, Hex, Job, Reply, Statement, own_savepoint};

/// The outcome of an attempt.
#[derive(Serialize)]
pub(crate) struct AttemptRow {
    id: Hex,
    worker: Hex,
    stage: i64,
    state: &'static str,
    due: i64,
    at: i64,
    reply: Hex,
    host: String,
    sent: Option<i64>,
}

/// A request that no mail is owed for.
#[derive(Serialize)]
pub(crate) struct NoMailRow {
    id: Hex,
    worker: Hex,
    at: i64,
    reason: &'static str,
}

/// What became of the attempts `$3`, of which no two are a mail's. A mail whose lease has passed on
/// is left alone.
pub(super) const ATTEMPTED: &str = concat!(
    "SELECT 3 AS list, j.key AS place, 1 AS verdict \
       FROM json_each($3) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.stage = 1 AND m.lease_owner = unhex(j.value ->> 'worker'); ",
    report_attempted!(),
    "INSERT INTO mail_attempt (mail, n, at, host, reply, outcome) \
       SELECT m.seq, m.attempts + 1, j.value ->> 'at', j.value ->> 'host', unhex(j.value ->> 'reply'), j.value ->> 'state' \
       FROM json_each($3) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.stage = 1 AND m.lease_owner = unhex(j.value ->> 'worker'); \
     UPDATE mail SET stage = j.value ->> 'stage', state = j.value ->> 'state', due_at = j.value ->> 'due', \
       lease_owner = NULL, attempts = attempts + 1, last_reply = NULL, sent_at = j.value ->> 'sent' \
       FROM json_each($3) j WHERE mail.id = unhex(j.value ->> 'id') AND mail.stage = 1 \
         AND mail.lease_owner = unhex(j.value ->> 'worker')"
);
/// The most common end, for each of the requests `$4`: one row is all it takes.
pub(super) const NO_MAIL: &str = "SELECT 4 AS list, j.key AS place, 1 AS verdict \
       FROM json_each($4) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id') \
       WHERE m.stage = 1 AND m.lease_owner = unhex(j.value ->> 'worker'); \
     UPDATE mail SET stage = 3, state = 'no-mail', due_at = j.value ->> 'at', lease_owner = NULL, \
       no_mail_reason = j.value ->> 'reason' \
       FROM json_each($4) j WHERE mail.id = unhex(j.value ->> 'id') AND mail.stage = 1 \
         AND mail.lease_owner = unhex(j.value ->> 'worker')";
/// `$1` mail, `$2` worker, `$3` stage, `$4` state, `$5` due, `$6` now, `$7` reason: no server was
/// asked, and the reason goes into the timeline. Too rare to be written with its like.
const NOT_ATTEMPTED: &str = own_savepoint!(concat!(
    report_not_attempted!(),
    "INSERT INTO mail_event (mail, n, at, event, detail) \
       SELECT seq, 1 + (SELECT coalesce(max(n), 0) FROM mail_event WHERE mail = seq), $6, $4, $7 \
       FROM mail WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     UPDATE mail SET stage = $3, state = $4, due_at = $5, lease_owner = NULL, last_reply = $7 \
       WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     SELECT changes() AS rows"
));
const WAITING: i64 = 2;
const ENDED: i64 = 3;

/// Where the mail goes from here, and when.
struct Next {
    stage: i64,
    state: DeliveryState,
    due_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

impl Delivery for AttemptRow {
    const LIST: i64 = 3;
    const DURABLE: bool = false;
    /// Whether the lease still held.
    type Answer = bool;

    fn key(&self) -> &[u8] {
        &self.id.0
    }

    fn job(self, reply: Reply<bool>) -> Job {
        Job::Attempt(Box::new(self), reply)
    }

    fn answer(verdict: Option<i64>) -> Option<bool> {
        Some(verdict.is_some())
    }
}

impl Delivery for NoMailRow {
    const LIST: i64 = 4;
    const DURABLE: bool = false;
    /// Whether the lease still held.
    type Answer = bool;

    fn key(&self) -> &[u8] {
        &self.id.0
    }

    fn job(self, reply: Reply<bool>) -> Job {
        Job::NoMail(self, reply)
    }

    fn answer(verdict: Option<i64>) -> Option<bool> {
        Some(verdict.is_some())
    }
}

pub(super) async fn complete(
    store: &SqliteStore,
    lease: Lease,
    completion: Completion,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ended = |state| Next { stage: ENDED, state, due_at: now, sent_at: None };
    let waits = |state, due_at| Next { stage: WAITING, state, due_at, sent_at: None };
    let call = Call { store, lease, now };
    match completion {
        Completion::Sent { host, reply } => {
            call.attempted(Next { sent_at: Some(now), ..ended(DeliveryState::Sent) }, host, &reply).await
        }
        Completion::RetryAt { due_at, host, reply } => {
            call.attempted(waits(DeliveryState::WaitingForNextAttempt, due_at), host, &reply).await
        }
        Completion::NotReadyUntil { due_at, reason } => {
            call.not_attempted(waits(DeliveryState::NotReadyToQueue, due_at), &reason).await
        }
        Completion::PreparingError { error } => {
            call.not_attempted(ended(DeliveryState::PreparingError), &error).await
        }
        Completion::SendingError { host, reply } if host.is_empty() => {
            call.not_attempted(ended(DeliveryState::SendingError), &reply).await
        }
        Completion::SendingError { host, reply } => {
            call.attempted(ended(DeliveryState::SendingError), host, &reply).await
        }
        Completion::Undeliverable { host, reply } if host.is_empty() => {
            call.not_attempted(ended(DeliveryState::Undeliverable), &reply).await
        }
        Completion::Undeliverable { host, reply } => {
            call.attempted(ended(DeliveryState::Undeliverable), host, &reply).await
        }
        Completion::NoMail(reason) => call.no_mail(reason).await,
    }
}

struct Call<'s> {
    store: &'s SqliteStore,
    lease: Lease,
    now: DateTime<Utc>,
}

impl Call<'_> {
    async fn attempted(&self, next: Next, host: String, reply: &str) -> Result<bool, StoreError> {
        let row = AttemptRow {
            id: Hex::from(self.lease.mail.as_bytes().as_slice()),
            worker: Hex::from(self.lease.worker.as_bytes().as_slice()),
            stage: next.stage,
            state: next.state.as_str(),
            due: millis(next.due_at),
            at: millis(self.now),
            reply: Hex(self.store.vault.seal(reply.as_bytes())),
            host,
            sent: next.sent_at.map(millis),
        };
        self.store.database.writer.deliver(row).await
    }

    async fn no_mail(&self, reason: NoMailReason) -> Result<bool, StoreError> {
        let row = NoMailRow {
            id: Hex::from(self.lease.mail.as_bytes().as_slice()),
            worker: Hex::from(self.lease.worker.as_bytes().as_slice()),
            at: millis(self.now),
            reason: reason.as_str(),
        };
        self.store.database.writer.deliver(row).await
    }

    async fn not_attempted(&self, next: Next, reason: &str) -> Result<bool, StoreError> {
        let statement = Statement::new(NOT_ATTEMPTED)
            .bind(self.lease.mail.as_bytes().to_vec())
            .bind(self.lease.worker.as_bytes().to_vec())
            .bind(next.stage)
            .bind(next.state.as_str())
            .bind(millis(next.due_at))
            .bind(millis(self.now))
            .bind(self.store.vault.seal(reason.as_bytes()));
        let work = self.store.database.writer.work(|unit| {
            Box::pin(async move {
                let row = unit.row(statement).await?;
                row.map_or(Ok(false), |row| Ok(row.read::<i64>("mail.rows")? > 0))
            })
        });
        work.await
    }
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[NOT_ATTEMPTED];
