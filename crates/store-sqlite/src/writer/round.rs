use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use application::ports::StoreError;
use futures_util::FutureExt as _;
use metrics::{counter, histogram};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::record::{CHUNK, insert_rows};
use super::{Job, RecordRow, Reply, Unit, Work};
use crate::fault::Fault;

/// The most jobs that share a transaction.
const ROUND: usize = 512;

/// From this many jobs on, a round waits for the others.
const BUSY: usize = 8;
/// How long it waits at most: about what one sync of the disk takes.
const GATHER: Duration = Duration::from_millis(1);

/// While new requests come in numbers, this many other writes share a round with them and the rest wait for the next: to
/// accept comes before to deliver.
const BESIDE_RECORDS: usize = 3;

const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
const UNDO: &str = "ROLLBACK TO job";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// Everything of one transaction.
#[derive(Default)]
struct Round {
    rows: Vec<RecordRow>,
    row_replies: Vec<Reply<()>>,
    work: Vec<Box<dyn Work>>,
    stop: Option<oneshot::Sender<()>>,
}

/// Takes what waits, writes it, acknowledges it; until nobody can send any more or somebody says stop.
pub(super) async fn run(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(ROUND);
    let mut stop = None;
    let mut expected = 0;
    let mut patient = VecDeque::new();
    while stop.is_none() {
        if patient.is_empty() && waiting.recv_many(&mut jobs, ROUND).await == 0 {
            break;
        }
        while let Some(job) = (jobs.len() < ROUND).then(|| waiting.try_recv().ok()).flatten() {
            jobs.push(job);
        }
        gather(&mut waiting, &mut jobs, expected).await;
        let mut round = Round::default();
        for job in jobs.drain(..) {
            round.take(job, &mut patient);
        }
        stop = round.stop.take();
        let busy = round.rows.len() >= BUSY && stop.is_none();
        let most = if busy { BESIDE_RECORDS.min(patient.len()) } else { patient.len() };
        round.work.extend(patient.drain(..most));
        let acknowledged = round.rows.len();
        round.write(&mut connection).await;
        // Whoever was just acknowledged may come again, and these are here already.
        expected = acknowledged + waiting.len();
    }
    waiting.close();
    if let Err(fault) = connection.close().await {
        warn!(%fault, "the database was not closed in order");
    }
    if let Some(stop) = stop {
        _ = stop.send(());
    }
}

/// Waits a moment for the others when many are busy at once. Without it, those who come back from one round miss the
/// next by a hair, and every round is half of what it could be.
async fn gather(waiting: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>, expected: usize) {
    let expected = expected.min(ROUND);
    if expected < BUSY {
        return;
    }
    let deadline = tokio::time::Instant::now() + GATHER;
    while jobs.len() < expected {
        let room = ROUND - jobs.len();
        match tokio::time::timeout_at(deadline, waiting.recv_many(jobs, room)).await {
            Ok(more) if more > 0 => {}
            _ => return,
        }
    }
}

impl Round {
    fn take(&mut self, job: Job, patient: &mut VecDeque<Box<dyn Work>>) {
        match job {
            Job::Record(row, reply) => {
                self.rows.push(*row);
                self.row_replies.push(reply);
            }
            Job::Work(work) => patient.push_back(work),
            Job::Stop(reply) => self.stop = Some(reply),
        }
    }

    async fn write(mut self, connection: &mut SqliteConnection) {
        if self.rows.is_empty() && self.work.is_empty() {
            return;
        }
        let started = Instant::now();
        let size = self.rows.len() + self.work.len();
        let outcome = if self.work.is_empty() && self.rows.len() <= CHUNK {
            // One statement is a transaction of its own.
            insert_rows(connection, std::mem::take(&mut self.rows).into_iter()).await.map(|()| Ok(()))
        } else {
            self.transaction(connection).await
        };
        histogram!("resetd_store_round_seconds").record(started.elapsed().as_secs_f64());
        histogram!("resetd_store_round_jobs").record(size as f64);
        let (commit, records) = match outcome {
            Ok(records) => (Ok(()), records),
            Err(fault) => {
                error!(%fault, jobs = size, "nothing of a round of writes was stored");
                (Err(StoreError::from(Fault::Sql(fault))), Ok(()))
            }
        };
        counter!("resetd_store_rounds_total", "outcome" => if commit.is_ok() { "committed" } else { "failed" })
            .increment(1);
        let records = commit.clone().and(records);
        for reply in self.row_replies {
            drop(reply.send(records.clone()));
        }
        for work in self.work {
            work.acknowledge(commit.clone());
        }
    }

    /// `Err`: nothing was stored. `Ok(Err(…))`: everything but the new requests was.
    async fn transaction(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<Result<(), StoreError>, sqlx::Error> {
        execute(connection, BEGIN).await?;
        match self.steps(connection).await {
            Ok(records) => Ok(records),
            Err(fault) => {
                // SQLite has rolled back by itself after some errors, and says so here.
                drop(execute(connection, ROLLBACK).await);
                Err(fault)
            }
        }
    }

    async fn steps(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<Result<(), StoreError>, sqlx::Error> {
        let records = self.insert_all(connection).await;
        if records.is_err() {
            execute(connection, UNDO).await?;
        }
        for work in &mut self.work {
            let mut unit = Unit::new(connection);
            // A bug in one job must not end the task that every write depends on.
            let failed = !matches!(AssertUnwindSafe(work.run(&mut unit)).catch_unwind().await, Ok(Ok(())));
            if failed && unit.opened() {
                execute(connection, UNDO).await?;
            }
        }
        execute(connection, COMMIT).await?;
        Ok(records.map_err(|fault| Fault::Sql(fault).into()))
    }

    async fn insert_all(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut rows = std::mem::take(&mut self.rows);
        while !rows.is_empty() {
            let chunk = rows.drain(..rows.len().min(CHUNK));
            insert_rows(connection, chunk).await?;
        }
        Ok(())
    }
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
