use std::io;
use std::time::Instant;

use application::ports::StoreError;
use metrics::{counter, histogram};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

use super::deliveries::Deliveries;
use super::transaction::{Cause, NotStored, execute, record, transaction};
use super::{Acknowledgement, Job, RecordRow, Reply, Syncer, Work};
use crate::failure::Failure;

/// The most jobs that are looked at for one transaction.
const ROUND: usize = 512;

/// How long a round waits for another process's lock. The first of its transactions that waited in
/// vain refuses the others, so this is the deadline of each job.
const WAIT_FOR_LOCK: &str = "PRAGMA busy_timeout = 2000";
/// As above, after a round that waited in vain: what came meanwhile has waited, too.
const LOOK_FOR_LOCK: &str = "PRAGMA busy_timeout = 200";

/// Starts the thread that writes. It has a runtime of its own: a statement is a trip to SQLite's
/// thread and back, and waking one sleeping thread costs a fraction of what waking a pool of
/// workers does.
pub(super) fn start(
    connection: SqliteConnection,
    syncer: Syncer,
    waiting: mpsc::Receiver<Job>,
    failure: Failure,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    std::thread::Builder::new().name("store-rounds".to_owned()).spawn(move || {
        let _guard = failure.guard("store-rounds");
        runtime.block_on(run(Rounds { connection, locked: false, failure }, syncer, waiting));
    })?;
    Ok(())
}

/// Takes what waits, writes it and hands it over to be made durable and acknowledged; until nobody
/// can send any more or somebody says stop.
async fn run(mut rounds: Rounds, syncer: Syncer, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(ROUND);
    let mut deferred = Vec::new();
    let mut stop = None;
    // Opening the file may have waited longer.
    _ = execute(&mut rounds.connection, WAIT_FOR_LOCK).await;
    while stop.is_none() || !deferred.is_empty() {
        if deferred.is_empty() && waiting.recv_many(&mut jobs, ROUND).await == 0 {
            break;
        }
        while let Some(job) =
            (stop.is_none() && jobs.len() < ROUND).then(|| waiting.try_recv().ok()).flatten()
        {
            jobs.push(job);
        }
        let mut round = Round::default();
        let earlier = std::mem::take(&mut deferred);
        deferred.extend(earlier.into_iter().chain(jobs.drain(..)).filter_map(|job| round.take(job)));
        stop = stop.or(round.stop.take());
        if round.jobs() == 0 {
            continue;
        }
        if let Some(written) = rounds.write(round, &mut deferred).await {
            syncer.hand_over(written).await;
        }
    }
    waiting.close();
    syncer.stop().await;
    if let Err(error) = rounds.connection.close().await {
        warn!(%error, "the database was not closed in order");
    }
    if let Some(stop) = stop {
        _ = stop.send(());
    }
}

/// Everything that is written, and then made durable, together: new requests, what the delivery
/// worker has to write, and everything else, each a transaction of its own.
#[derive(Default)]
struct Round {
    rows: Vec<RecordRow>,
    records: Vec<Reply<()>>,
    deliveries: Deliveries,
    work: Vec<Box<dyn Work>>,
    stop: Option<oneshot::Sender<()>>,
}

impl Round {
    /// Takes the job; or gives it back, where it has to wait for the next round.
    fn take(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Record(row, reply) => {
                self.rows.push(*row);
                self.records.push(reply);
                None
            }
            Job::Stop(reply) => {
                self.stop = Some(reply);
                None
            }
            Job::Work(work) => {
                self.work.push(work);
                None
            }
            delivery => self.deliveries.take(delivery),
        }
    }

    fn jobs(&self) -> usize {
        self.records.len() + self.deliveries.len() + self.work.len()
    }
}

/// The connection that writes the rounds.
struct Rounds {
    connection: SqliteConnection,
    /// The last round waited in vain for another process's lock.
    locked: bool,
    failure: Failure,
}

impl Rounds {
    /// Commits. Who has to ask again comes to `again`. `None`: everybody has been answered.
    async fn write(&mut self, round: Round, again: &mut Vec<Job>) -> Option<Written> {
        let (started, jobs) = (Instant::now(), round.jobs());
        let Round { rows, records, deliveries, mut work, .. } = round;
        let mut pending_acks = Vec::with_capacity(jobs);
        // Why nothing more of this round is tried.
        let mut refused = self.failure.reason().map(StoreError::Unavailable);
        let was_lost = refused.is_some();

        if !rows.is_empty() {
            let outcomes = match &refused {
                Some(error) => vec![Err(error.clone()); rows.len()],
                None => {
                    let outcome = record(&mut self.connection, &rows).await;
                    let outcome = self.judge(outcome, &mut refused);
                    outcome.unwrap_or_else(|error| vec![Err(error); rows.len()])
                }
            };
            for (reply, outcome) in records.into_iter().zip(outcomes) {
                match outcome {
                    Ok(()) => pending_acks
                        .push(Box::new(move |durable| drop(reply.send(durable))) as Acknowledgement),
                    Err(error) => drop(reply.send(Err(error))),
                }
            }
        }
        if deliveries.len() > 0 {
            match &refused {
                Some(error) => deliveries.refuse(error, again),
                None => {
                    let written = deliveries.write(&mut self.connection, &mut pending_acks, again).await;
                    // Whoever is concerned has been answered.
                    _ = self.judge(written, &mut refused);
                }
            }
        }
        if !work.is_empty() {
            let outcome = match &refused {
                Some(error) => Err(error.clone()),
                None => {
                    let outcome = transaction(&mut self.connection, &mut work).await;
                    self.judge(outcome, &mut refused)
                }
            };
            for work in work {
                match &outcome {
                    Ok(()) if work.is_durable() => {
                        pending_acks.push(Box::new(move |durable| work.acknowledge(durable)));
                    }
                    outcome => work.acknowledge(outcome.clone()),
                }
            }
        }
        if !was_lost {
            self.wait_for_lock(refused.is_some()).await;
        }
        histogram!("resetd_store_round_seconds").record(started.elapsed().as_secs_f64());
        histogram!("resetd_store_round_jobs").record(jobs as f64);
        (!pending_acks.is_empty()).then_some(Written(pending_acks))
    }

    /// Counts a transaction. One that met a lock, or the end of SQLite's thread, refuses the rest
    /// of its round.
    fn judge<T>(
        &self,
        outcome: Result<T, impl Into<NotStored>>,
        refused: &mut Option<StoreError>,
    ) -> Result<T, StoreError> {
        let label = if outcome.is_ok() { "committed" } else { "failed" };
        counter!("resetd_store_rounds_total", "outcome" => label).increment(1);
        outcome.map_err(|failed| {
            let NotStored { error, cause } = failed.into();
            error!(error = %error, "a write was not stored");
            if cause == Cause::Crashed {
                self.failure.set("the thread store-writer ended".to_owned());
            }
            if cause != Cause::Other {
                *refused = Some(error.clone());
            }
            error
        })
    }

    /// Waits for the next round's lock as long as one may, or for a moment only where it is known
    /// to be held.
    async fn wait_for_lock(&mut self, is_locked: bool) {
        if is_locked != self.locked {
            let patience = if is_locked { LOOK_FOR_LOCK } else { WAIT_FOR_LOCK };
            // It fails where SQLite's thread is gone, which the next round learns by itself.
            _ = execute(&mut self.connection, patience).await;
            self.locked = is_locked;
        }
    }
}

/// What has been committed, and who waits to hear that it is durable.
pub(super) struct Written(Vec<Acknowledgement>);

impl Written {
    pub(super) fn acknowledge(self, durable: Result<(), StoreError>) {
        for tell in self.0 {
            tell(durable.clone());
        }
    }

    #[cfg(test)]
    pub(super) fn of_one(reply: Reply<()>) -> Self {
        Self(vec![Box::new(move |durable| drop(reply.send(durable)))])
    }
}
