//! Makes what was committed durable, beside the connection that writes instead of in it.

use std::io;
use std::sync::Arc;

use application::ports::StoreError;
use metrics::histogram;
use tokio::sync::{mpsc, oneshot};

use super::log::LogFile;
use super::round::Written;
use crate::failure::Failure;

/// Committed rounds that may wait for the disk. Where it does not keep up, the next round waits,
/// and grows.
const MAX_UNSYNCED: usize = 4;

/// The way to the thread that syncs.
pub(super) struct Syncer {
    rounds: mpsc::Sender<Written>,
    done: oneshot::Receiver<()>,
}

impl Syncer {
    /// Starts the thread that syncs `log`. It sets `failure` when it can do so no more.
    pub(super) fn start(log: Arc<LogFile>, failure: Failure) -> io::Result<Self> {
        Self::spawn(move || log.sync_data(), failure)
    }

    fn spawn(sync: impl FnMut() -> io::Result<()> + Send + 'static, failure: Failure) -> io::Result<Self> {
        let (rounds, waiting) = mpsc::channel(MAX_UNSYNCED);
        let (finished, done) = oneshot::channel();
        std::thread::Builder::new().name("store-sync".to_owned()).spawn(move || {
            let _guard = failure.guard("store-sync");
            run(sync, waiting, &failure);
            // Nobody waits where the runtime ends with the process.
            _ = finished.send(());
        })?;
        Ok(Self { rounds, done })
    }

    /// Acknowledges `round` once the disk has it.
    pub(super) async fn hand_over(&self, round: Written) {
        if let Err(refused) = self.rounds.send(round).await {
            refused.0.acknowledge(Err(StoreError::Unavailable("the thread that syncs is gone".to_owned())));
        }
    }

    /// Acknowledges what is left.
    pub(super) async fn stop(self) {
        drop(self.rounds);
        // An error means that it is gone already.
        _ = self.done.await;
    }
}

/// One sync serves every round that was committed before it began.
///
/// After a failed sync nobody knows what the disk has, and a second one may well succeed without
/// it, because the kernel takes for written what it could not write. From then on everything fails,
/// and the process has to end: the next one writes the whole log again before it acknowledges
/// anything (`docs/decisions/0017-after-a-failed-sync.md`).
fn run(mut sync: impl FnMut() -> io::Result<()>, mut waiting: mpsc::Receiver<Written>, failure: &Failure) {
    let mut rounds = Vec::with_capacity(MAX_UNSYNCED);
    let mut verdict = Ok(());
    while waiting.blocking_recv_many(&mut rounds, MAX_UNSYNCED) > 0 {
        if verdict.is_ok() {
            let started = std::time::Instant::now();
            verdict = sync().map_err(|error| {
                let reason = format!("the log could not be made durable: {error}");
                failure.set(reason.clone());
                StoreError::Unavailable(reason)
            });
            histogram!("resetd_store_sync_seconds").record(started.elapsed().as_secs_f64());
        }
        for round in rounds.drain(..) {
            round.acknowledge(verdict.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn round() -> (Written, oneshot::Receiver<Result<(), StoreError>>) {
        let (reply, answer) = oneshot::channel();
        (Written::of_one(reply), answer)
    }

    #[tokio::test]
    async fn acknowledges_after_the_sync_and_not_before() {
        let (begun, has_begun) = std::sync::mpsc::channel();
        let (finish, may_finish) = std::sync::mpsc::channel();
        let syncer = Syncer::spawn(
            move || {
                begun.send(()).unwrap();
                may_finish.recv().unwrap();
                Ok(())
            },
            Failure::default(),
        )
        .unwrap();
        let (first, mut answer) = round();
        syncer.hand_over(first).await;
        has_begun.recv().unwrap();
        // Committed while a sync is on its way: that one cannot have it.
        let (second, mut later) = round();
        syncer.hand_over(second).await;
        assert!(answer.try_recv().is_err());
        finish.send(()).unwrap();
        assert_eq!(answer.await.unwrap(), Ok(()));
        has_begun.recv().unwrap();
        assert!(later.try_recv().is_err());
        finish.send(()).unwrap();
        assert_eq!(later.await.unwrap(), Ok(()));
        syncer.stop().await;
    }

    #[tokio::test]
    async fn a_failed_sync_is_the_end() {
        let failure = Failure::default();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let syncer = Syncer::spawn(
            move || match counted.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(()),
                1 => Err(io::Error::other("made up")),
                _ => panic!("asked again after it failed"),
            },
            failure.clone(),
        )
        .unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            let (round, answer) = round();
            syncer.hand_over(round).await;
            outcomes.push(answer.await.unwrap().is_ok());
        }
        syncer.stop().await;
        assert_eq!(outcomes, [true, false, false, false]);
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        assert_eq!(failure.wait().await, "the log could not be made durable: made up");
    }

    #[tokio::test]
    async fn a_panic_while_syncing_is_the_end() {
        let failure = Failure::default();
        let syncer = Syncer::spawn(|| panic!("made up"), failure.clone()).unwrap();
        let (round, answer) = round();
        syncer.hand_over(round).await;
        assert!(answer.await.is_err(), "nothing is acknowledged");
        assert_eq!(failure.wait().await, "the thread store-sync ended in a panic");
        let (round, answer) = self::round();
        syncer.hand_over(round).await;
        assert!(answer.await.unwrap().is_err());
    }
}
