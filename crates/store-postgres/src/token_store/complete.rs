use std::collections::HashSet;

use application::model::{Completion, Lease};
use application::ports::{AddressVault, StoreError};
use chrono::{DateTime, Utc};
use domain::{DeliveryState, NoMailReason};
use sqlx::PgConnection;
use sqlx::types::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, uuid};
use crate::group::Batch;
use crate::query_error::QueryError;
use crate::webhooks::report::report_ended;
use application::sealed::Entry;

/// A mail at its end moves from the queue to where it is kept; any other waits for its next step.
pub(crate) const COMPLETE: &str = concat!(
    "WITH asked AS MATERIALIZED (SELECT a.* \
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::integer[], $7::bytea[], \
         $8::timestamptz[]) AS a(id, worker, state, reason, due_at, attempted, entry, at) \
       JOIN mail_queue q ON q.id = a.id AND q.lease_owner = a.worker ORDER BY a.id FOR UPDATE OF q), \
     kept AS (UPDATE mail_queue q SET state = a.state, due_at = a.due_at, lease_owner = NULL, \
         attempts = q.attempts + a.attempted, timeline = array_append(q.timeline, a.entry) \
       FROM asked a WHERE q.id = a.id AND a.due_at IS NOT NULL), \
     ended AS (DELETE FROM mail_queue q USING asked a WHERE q.id = a.id AND a.due_at IS NULL \
       RETURNING q.*, a.state AS ended_as, a.reason, a.attempted, a.entry, a.at), \
     moved AS (INSERT INTO mail (id, kind, organisation_id, api_key_id, customer_id, sandbox, admitted, priority, attempts, \
         accepted_at, expires_at, ended_at, state, no_mail_reason, address_fingerprint, submitted, geo, timeline) \
       SELECT id, kind, organisation_id, api_key_id, customer_id, sandbox, admitted, priority, attempts + attempted, \
         accepted_at, expires_at, at, ended_as, reason, address_fingerprint, submitted, geo, \
         array_append(timeline, entry) FROM ended ON CONFLICT (id) DO NOTHING)",
    report_ended!(),
    "SELECT id FROM asked"
);

/// How an attempt ended, as the row has it.
pub(crate) struct Outcome {
    id: Uuid,
    worker: Uuid,
    state: DeliveryState,
    reason: Option<NoMailReason>,
    /// `None`: the mail is at its end.
    due_at: Option<DateTime<Utc>>,
    /// Attempts that reached a server: 0 or 1.
    attempted: i32,
    entry: Vec<u8>,
    at: DateTime<Utc>,
}

/// Records outcomes.
pub(crate) struct Complete;

impl Batch for Complete {
    type Job = Outcome;
    /// Whether the lease was still good.
    type Answer = bool;
    const NAME: &'static str = "complete";
    const LIMIT: usize = 128;

    async fn run(connection: &mut PgConnection, jobs: &[Outcome]) -> Result<Vec<bool>, QueryError> {
        fn all<'a, T>(jobs: &'a [Outcome], column: impl Fn(&'a Outcome) -> T) -> Vec<T> {
            jobs.iter().map(column).collect()
        }
        let rows = sqlx::query(COMPLETE)
            .bind(all(jobs, |job| job.id))
            .bind(all(jobs, |job| job.worker))
            .bind(all(jobs, |job| job.state.as_str()))
            .bind(all(jobs, |job| job.reason.map(NoMailReason::as_str)))
            .bind(all(jobs, |job| job.due_at))
            .bind(all(jobs, |job| job.attempted))
            .bind(all(jobs, |job| &job.entry[..]))
            .bind(all(jobs, |job| job.at))
            .fetch_all(connection)
            .await?;
        let held = rows.iter().map(|row| row.read("mail_queue.id")).collect::<Result<HashSet<Uuid>, _>>()?;
        Ok(jobs.iter().map(|job| held.contains(&job.id)).collect())
    }
}

impl PostgresStore {
    pub(super) async fn complete_mail(
        &self,
        lease: Lease,
        completion: Completion,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let outcome = outcome(self.vault.as_ref(), lease, completion, now)?;
        self.groups.complete.call(outcome).await
    }
}

fn outcome(
    vault: &dyn AddressVault,
    lease: Lease,
    completion: Completion,
    at: DateTime<Utc>,
) -> Result<Outcome, QueryError> {
    use DeliveryState as State;
    let failed = |state: State, error| (state, None, None, 0, Entry::error(state.as_str(), at, error));
    let (state, reason, due_at, attempted, entry) = match completion {
        Completion::Sent { host, reply } => {
            (State::Sent, None, None, 1, Entry::attempt("sent", at, host, reply))
        }
        Completion::RetryAt { due_at, host, reply } => {
            (State::WaitingForNextAttempt, None, Some(due_at), 1, Entry::attempt("attempt", at, host, reply))
        }
        Completion::NotReadyUntil { due_at, reason } => {
            let state = State::NotReadyToQueue;
            (state, None, Some(due_at), 0, Entry::error(state.as_str(), at, reason))
        }
        Completion::PreparingError { error } => failed(State::PreparingError, error),
        Completion::SendingError { host, reply } if host.is_empty() => failed(State::SendingError, reply),
        Completion::SendingError { host, reply } => {
            (State::SendingError, None, None, 1, Entry::attempt("attempt", at, host, reply))
        }
        Completion::Undeliverable { host, reply } if host.is_empty() => failed(State::Undeliverable, reply),
        Completion::Undeliverable { host, reply } => {
            (State::Undeliverable, None, None, 1, Entry::attempt("attempt", at, host, reply))
        }
        Completion::NoMail(reason) => {
            let entry = Entry::of(State::NoMail.as_str(), at, reason.as_str());
            (State::NoMail, Some(reason), None, 0, entry)
        }
    };
    let (id, worker, entry) =
        (uuid(lease.mail.as_bytes()), uuid(lease.worker.as_bytes()), entry.seal(vault)?);
    Ok(Outcome { id, worker, state, reason, due_at, attempted, entry, at })
}
