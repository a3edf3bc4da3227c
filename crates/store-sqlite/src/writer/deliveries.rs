//! What the delivery worker writes: everything that waits of it in one trip to SQLite's thread.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use application::ports::StoreError;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::transaction::NotStored;
use super::{Acknowledgement, Job, Reply};
use crate::columns::Columns as _;
use crate::query_error::{QueryError, is_of_one_row};
use crate::token_store::{AdmitRow, AttemptRow, DELIVERIES, IssueRow, NoMailRow};

/// Rows of one kind in one trip: more than a worker has in flight.
const MAX_ROWS: usize = 64;

/// One transaction over four JSON arrays, `$1` to `$4`, each of which may be empty. Each row of
/// them has a row in the result, unless its mail is unknown: the number of its `list`, its `place`
/// in there, and the `verdict`.
static SQL: LazyLock<Arc<str>> =
    LazyLock::new(|| format!("BEGIN IMMEDIATE; {}; COMMIT", DELIVERIES.join("; ")).into());

/// A row of one of the lists.
pub(crate) trait Delivery: Serialize + Sized {
    /// The number of its list.
    const LIST: i64;
    /// Whether to acknowledge only after the sync. `false` is safe where losing the write also loses
    /// the mail's progress, so that the mail is claimed again.
    const DURABLE: bool;
    /// What the caller gets.
    type Answer: Send + 'static;

    /// Two rows with the same key must not meet in one trip: the second waits for the next.
    fn key(&self) -> &[u8];

    /// The row as a job.
    fn job(self, reply: Reply<Self::Answer>) -> Job;

    /// What the outcome means; `None`: the mail is unknown. The answer `None`: ask again.
    fn answer(outcome: Option<i64>) -> Option<Self::Answer>;
}

/// What the trip brought back, by list and place.
type Verdicts = HashMap<(i64, i64), i64>;

/// Rows of one kind, and who waits.
struct List<D: Delivery>(Vec<(D, Reply<D::Answer>)>);

impl<D: Delivery> Default for List<D> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<D: Delivery> List<D> {
    fn take(&mut self, row: D, reply: Reply<D::Answer>) -> Option<Job> {
        if self.0.len() == MAX_ROWS || self.0.iter().any(|(other, _)| other.key() == row.key()) {
            return Some(row.job(reply));
        }
        self.0.push((row, reply));
        None
    }

    fn json(&self) -> Result<String, QueryError> {
        let rows: Vec<&D> = self.0.iter().map(|(row, _)| row).collect();
        serde_json::to_string(&rows).map_err(|error| QueryError::corrupt("a row", error))
    }

    fn singles(self) -> impl Iterator<Item = Self> {
        self.0.into_iter().map(|one| Self(vec![one]))
    }

    fn settle(
        self,
        outcome: &Result<Verdicts, StoreError>,
        pending_acks: &mut Vec<Acknowledgement>,
        again: &mut Vec<Job>,
    ) {
        for (place, (row, reply)) in (0..).zip(self.0) {
            let answer = outcome.as_ref().map(|verdicts| D::answer(verdicts.get(&(D::LIST, place)).copied()));
            match answer {
                // Where nobody waits any more the caller was dropped, which the ports allow.
                Ok(Some(answer)) if D::DURABLE => {
                    pending_acks.push(Box::new(move |durable| drop(reply.send(durable.map(|()| answer)))));
                }
                Ok(Some(answer)) => drop(reply.send(Ok(answer))),
                Ok(None) => again.push(row.job(reply)),
                Err(error) => drop(reply.send(Err(error.clone()))),
            }
        }
    }
}

/// Everything of one trip.
#[derive(Default)]
pub(super) struct Deliveries {
    admissions: List<AdmitRow>,
    issues: List<IssueRow>,
    attempts: List<AttemptRow>,
    no_mails: List<NoMailRow>,
}

impl Deliveries {
    /// Takes the job; or gives it back, where it has to wait for the next trip or is not for here.
    pub(super) fn take(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Admit(row, reply) => self.admissions.take(row, reply),
            Job::Issue(row, reply) => self.issues.take(*row, reply),
            Job::Attempt(row, reply) => self.attempts.take(*row, reply),
            Job::NoMail(row, reply) => self.no_mails.take(row, reply),
            other => Some(other),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.admissions.0.len() + self.issues.0.len() + self.attempts.0.len() + self.no_mails.0.len()
    }

    /// Commits all of it. Appends acknowledgements that wait for the sync to `pending_acks`, and jobs
    /// to retry to `again`. A row that the database refuses takes none of its neighbours with it.
    pub(super) async fn write(
        self,
        connection: &mut SqliteConnection,
        pending_acks: &mut Vec<Acknowledgement>,
        again: &mut Vec<Job>,
    ) -> Result<(), NotStored> {
        match self.run(connection).await {
            Err(QueryError::Sql(error)) if is_of_one_row(&error) && self.len() > 1 => {
                for single in self.singles() {
                    let outcome = single.run(connection).await;
                    single.settle(&outcome.map_err(StoreError::from), pending_acks, again);
                }
                Err(error.into())
            }
            Ok(verdicts) => {
                self.settle(&Ok(verdicts), pending_acks, again);
                Ok(())
            }
            Err(error) => {
                let failed = NotStored::from(error);
                self.refuse(&failed.error, again);
                Err(failed)
            }
        }
    }

    /// Answers everybody with `error`.
    pub(super) fn refuse(self, error: &StoreError, again: &mut Vec<Job>) {
        self.settle(&Err(error.clone()), &mut Vec::new(), again);
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Verdicts, QueryError> {
        let query = sqlx::query(AssertSqlSafe(Arc::clone(&SQL)))
            .bind(self.admissions.json()?)
            .bind(self.issues.json()?)
            .bind(self.attempts.json()?)
            .bind(self.no_mails.json()?);
        match query.fetch_all(&mut *connection).await {
            Ok(rows) => {
                let outcome =
                    |row: &SqliteRow| Ok(((row.read("list")?, row.read("place")?), row.read("verdict")?));
                rows.iter().map(outcome).collect()
            }
            Err(error) => {
                // SQLite has rolled back by itself after some errors, and says so here.
                drop(sqlx::query("ROLLBACK").execute(connection).await);
                Err(error.into())
            }
        }
    }

    fn singles(self) -> impl Iterator<Item = Self> {
        let admissions = self.admissions.singles().map(|admissions| Self { admissions, ..Self::default() });
        let issues = self.issues.singles().map(|issues| Self { issues, ..Self::default() });
        let attempts = self.attempts.singles().map(|attempts| Self { attempts, ..Self::default() });
        let no_mails = self.no_mails.singles().map(|no_mails| Self { no_mails, ..Self::default() });
        admissions.chain(issues).chain(attempts).chain(no_mails)
    }

    fn settle(
        self,
        outcome: &Result<Verdicts, StoreError>,
        pending_acks: &mut Vec<Acknowledgement>,
        again: &mut Vec<Job>,
    ) {
        self.admissions.settle(outcome, pending_acks, again);
        self.issues.settle(outcome, pending_acks, again);
        self.attempts.settle(outcome, pending_acks, again);
        self.no_mails.settle(outcome, pending_acks, again);
    }
}
