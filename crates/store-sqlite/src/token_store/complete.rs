use application::ports::{Completion, StoreError};
use chrono::{DateTime, Utc};
use domain::{DeliveryState, MailId, NoMailReason, WorkerId};

use crate::SqliteStore;
use crate::columns::{Columns, millis};
use crate::webhooks::report::{report_attempted, report_not_attempted};
use crate::writer::{Statement, own_savepoint};

/// `$1` mail, `$2` worker, `$3` stage, `$4` state, `$5` due, `$6` now, `$7` reply, `$8` host, `$9` sent at.
const ATTEMPTED: &str = own_savepoint!(concat!(
    report_attempted!(),
    "INSERT INTO mail_attempt (mail, n, at, host, reply, outcome) SELECT seq, attempts + 1, $6, $8, $7, $4 \
       FROM mail WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     UPDATE mail SET stage = $3, state = $4, due_at = $5, lease_owner = NULL, attempts = attempts + 1, \
       last_reply = NULL, sent_at = $9 WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     SELECT changes() AS rows"
));
/// `$1` to `$7` as above: no server was asked, and the reason goes into the timeline.
const NOT_ATTEMPTED: &str = own_savepoint!(concat!(
    report_not_attempted!(),
    "INSERT INTO mail_event (mail, n, at, event, detail) \
       SELECT seq, 1 + (SELECT coalesce(max(n), 0) FROM mail_event WHERE mail = seq), $6, $4, $7 \
       FROM mail WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     UPDATE mail SET stage = $3, state = $4, due_at = $5, lease_owner = NULL, last_reply = $7 \
       WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     SELECT changes() AS rows"
));
/// `$1` mail, `$2` worker, `$3` now, `$4` reason. The most common end: one row is all it takes.
const OWED_NONE: &str = own_savepoint!(
    "UPDATE mail SET stage = 3, state = 'no-mail', due_at = $3, lease_owner = NULL, no_mail_reason = $4 \
       WHERE id = $1 AND stage = 1 AND lease_owner = $2; \
     SELECT changes() AS rows"
);

const WAITING: i64 = 2;
const ENDED: i64 = 3;

/// Where the mail goes from here, and when.
struct Next {
    stage: i64,
    state: DeliveryState,
    due_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

pub(super) async fn complete(
    store: &SqliteStore,
    mail: MailId,
    worker: WorkerId,
    completion: Completion,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ended = |state| Next { stage: ENDED, state, due_at: now, sent_at: None };
    let waits = |state, due_at| Next { stage: WAITING, state, due_at, sent_at: None };
    let call = Call { store, mail, worker, now };
    let statement = match completion {
        Completion::Sent { host, reply } => {
            call.attempted(Next { sent_at: Some(now), ..ended(DeliveryState::Sent) }, host, &reply)
        }
        Completion::RetryAt { due_at, host, reply } => {
            call.attempted(waits(DeliveryState::WaitingForNextAttempt, due_at), host, &reply)
        }
        Completion::NotReadyUntil { due_at, reason } => {
            call.not_attempted(waits(DeliveryState::NotReadyToQueue, due_at), &reason)
        }
        Completion::PreparingError { fault } => {
            call.not_attempted(ended(DeliveryState::PreparingError), &fault)
        }
        Completion::SendingError { fault } => call.not_attempted(ended(DeliveryState::SendingError), &fault),
        Completion::Undeliverable { host, reply } if host.is_empty() => {
            call.not_attempted(ended(DeliveryState::Undeliverable), &reply)
        }
        Completion::Undeliverable { host, reply } => {
            call.attempted(ended(DeliveryState::Undeliverable), host, &reply)
        }
        Completion::NoMail(reason) => call.owed_none(reason),
    };
    store
        .database
        .writer
        .work(|unit| {
            Box::pin(async move {
                let row = unit.row(statement).await?;
                row.map_or(Ok(false), |row| Ok(row.read::<i64>("mail.rows")? > 0))
            })
        })
        .await
}

struct Call<'s> {
    store: &'s SqliteStore,
    mail: MailId,
    worker: WorkerId,
    now: DateTime<Utc>,
}

impl Call<'_> {
    fn attempted(&self, next: Next, host: String, reply: &str) -> Statement {
        let sent_at = next.sent_at.map(millis);
        self.statement(ATTEMPTED, next, reply).bind(host).bind(sent_at)
    }

    fn not_attempted(&self, next: Next, reason: &str) -> Statement {
        self.statement(NOT_ATTEMPTED, next, reason)
    }

    fn owed_none(&self, reason: NoMailReason) -> Statement {
        Statement::new(OWED_NONE)
            .bind(self.mail.as_bytes().to_vec())
            .bind(self.worker.as_bytes().to_vec())
            .bind(millis(self.now))
            .bind(reason.as_str())
    }

    fn statement(&self, sql: &'static str, next: Next, reply: &str) -> Statement {
        Statement::new(sql)
            .bind(self.mail.as_bytes().to_vec())
            .bind(self.worker.as_bytes().to_vec())
            .bind(next.stage)
            .bind(next.state.as_str())
            .bind(millis(next.due_at))
            .bind(millis(self.now))
            .bind(self.store.vault.seal(reply.as_bytes()))
    }
}

#[cfg(test)]
pub(super) const HOT: &[&str] = &[ATTEMPTED, NOT_ATTEMPTED, OWED_NONE];
