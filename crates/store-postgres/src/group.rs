//! Many callers, one statement: what waits is written together.
//!
//! A commit costs a sync of the disk, and a statement a round trip, whether it carries one row or
//! five hundred. So callers put their jobs into a queue, and a few tasks, each with a connection of
//! its own, take everything that waits, run it as one batch, and tell every caller only after the
//! server has confirmed. Alone, a job waits for nobody.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use application::ports::StoreError;
use metrics::{counter, histogram};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;
use tracing::warn;

use crate::connections::{LIMIT, limited};
use crate::query_error::QueryError;

/// How many jobs of a kind may wait. Beyond that the store is not keeping up, and says so at once
/// instead of letting callers wait.
const WAITING: usize = 8_192;
/// A batch that takes longer hangs: its connection is given up.
const TIMEOUT: Duration = LIMIT;
/// A batch that failed for a passing reason is run once more. Every batch may be run twice: it then
/// changes nothing more.
const TRIES: u32 = 2;

/// One kind of job that is done in batches.
pub(crate) trait Batch: Send + Sync + 'static {
    /// What a caller wants done.
    type Job: Send + Sync + 'static;
    /// What it gets.
    type Answer: Send + 'static;
    /// For metrics and logs.
    const NAME: &'static str;
    /// The most jobs of one batch.
    const LIMIT: usize;

    /// Does all of `jobs` or none, and answers in their order. Doing them twice MUST be the same as
    /// doing them once.
    fn run(
        connection: &mut PgConnection,
        jobs: &[Self::Job],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, QueryError>> + Send;

    /// Called after each batch that was done.
    fn done(&self) {}
}

struct Waiting<B: Batch> {
    job: B::Job,
    reply: oneshot::Sender<Result<B::Answer, StoreError>>,
}

/// The way to the tasks that do one kind of job. They end when the last `Group` is gone, or the
/// pool is closed.
pub(crate) struct Group<B: Batch> {
    jobs: mpsc::Sender<Waiting<B>>,
}

impl<B: Batch> Group<B> {
    /// Starts `writers` tasks. `pool` MUST have a connection for each of them.
    pub(crate) fn start(batch: B, pool: &PgPool, writers: u32) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (batch, waiting) = (Arc::new(batch), Arc::new(Mutex::new(waiting)));
        for _ in 0..writers {
            let writer = Writer { batch: Arc::clone(&batch), pool: pool.clone(), connection: None };
            tokio::spawn(writer.run(Arc::clone(&waiting)));
        }
        Self { jobs }
    }

    /// Has one job done together with whatever waits.
    pub(crate) async fn call(&self, job: B::Job) -> Result<B::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Waiting { job, reply }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => {
                StoreError::Unavailable(format!("{WAITING} jobs of the kind {} are waiting already", B::NAME))
            }
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

struct Writer<B: Batch> {
    batch: Arc<B>,
    pool: PgPool,
    /// Kept from batch to batch, given up when it breaks.
    connection: Option<PoolConnection<Postgres>>,
}

impl<B: Batch> Writer<B> {
    async fn run(mut self, waiting: Arc<Mutex<mpsc::Receiver<Waiting<B>>>>) {
        let mut batch = Vec::with_capacity(B::LIMIT);
        let mut closing = self.pool.close_event();
        // Whoever closes the pool waits for its connections to come back.
        while let Ok(1..) = closing.do_until(take(&waiting, &mut batch)).await {
            // Nobody waits for some of them any more: the caller was dropped, which the ports
            // allow.
            batch.retain(|waiting: &Waiting<B>| !waiting.reply.is_closed());
            let (jobs, replies): (Vec<_>, Vec<_>) =
                batch.drain(..).map(|each| (each.job, each.reply)).unzip();
            if !jobs.is_empty() {
                self.answer(&jobs, replies).await;
            }
        }
    }

    async fn answer(
        &mut self,
        jobs: &[B::Job],
        replies: Vec<oneshot::Sender<Result<B::Answer, StoreError>>>,
    ) {
        match self.perform(jobs).await {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    drop(reply.send(Ok(answer)));
                }
            }
            // One of them is at error; the others must not suffer for it. Anything else (a full
            // disk, a lock) concerns them all.
            Err(error) if jobs.len() > 1 && error.blames_a_row() => {
                for (reply, job) in replies.into_iter().zip(jobs) {
                    let answer =
                        self.perform(std::slice::from_ref(job)).await.map(|mut answers| answers.pop());
                    drop(reply.send(match answer {
                        Ok(Some(answer)) => Ok(answer),
                        Ok(None) => Err(stopped()),
                        Err(error) => Err(error.into()),
                    }));
                }
            }
            Err(error) => {
                let error = StoreError::from(error);
                for reply in replies {
                    drop(reply.send(Err(error.clone())));
                }
            }
        }
    }

    /// Runs one batch, once more if the connection broke or another transaction went first.
    async fn perform(&mut self, jobs: &[B::Job]) -> Result<Vec<B::Answer>, QueryError> {
        let mut tries = 1;
        loop {
            let outcome = self.attempt(jobs).await;
            let Err(error) = &outcome else { break outcome };
            if tries >= TRIES || !(error.lost_connection() || error.gave_way()) {
                counter!("resetd_store_batch_failures_total", "batch" => B::NAME).increment(1);
                break outcome;
            }
            warn!(batch = B::NAME, jobs = jobs.len(), ?error, "a batch is run once more");
            tries += 1;
        }
    }

    async fn attempt(&mut self, jobs: &[B::Job]) -> Result<Vec<B::Answer>, QueryError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            // Nobody's job is at error here.
            None => self.pool.acquire().await.map_err(|error| StoreError::from(QueryError::Sql(error)))?,
        };
        let began = Instant::now();
        let outcome = limited(TIMEOUT, B::run(&mut connection, jobs)).await;
        match outcome {
            Ok(answers) if answers.len() == jobs.len() => {
                self.connection = Some(connection);
                histogram!("resetd_store_batch_seconds", "batch" => B::NAME)
                    .record(began.elapsed().as_secs_f64());
                histogram!("resetd_store_batch_rows", "batch" => B::NAME).record(jobs.len() as f64);
                self.batch.done();
                Ok(answers)
            }
            Ok(answers) => Err(QueryError::corrupt(
                "a batch",
                format!("{} answers to {} jobs", answers.len(), jobs.len()),
            )),
            Err(error) => {
                if error.lost_connection() {
                    connection.close_on_drop();
                } else {
                    self.connection = Some(connection);
                }
                Err(error)
            }
        }
    }
}

/// Waits for a job and takes every other that waits, up to the limit. Zero: there will be no more.
async fn take<B: Batch>(waiting: &Mutex<mpsc::Receiver<Waiting<B>>>, batch: &mut Vec<Waiting<B>>) -> usize {
    waiting.lock().await.recv_many(batch, B::LIMIT).await
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store is shut down".to_owned())
}
