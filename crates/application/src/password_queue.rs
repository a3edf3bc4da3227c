use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use domain::TokenHash;
use tokio::sync::{OwnedMutexGuard, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// How many attempts may wait for each one that computes: what can be served within the deadline.
const WAITING_PER_SLOT: usize = 64;

/// The queue in front of the password hashes: attempts start in the order of their arrival, a
/// bounded number at once, a bounded number waits, and nobody waits longer than the deadline. One
/// attempt holds one slot for all its hashes, so that under load the first ones are finished rather
/// than all of them late.
///
/// Attempts with the same token run one after another, and only the first of them waits for a slot:
/// whoever sends one link many times occupies one slot.
pub struct PasswordQueue {
    /// Everybody who waits or computes.
    entered: Semaphore,
    /// Those who compute.
    slots: Semaphore,
    tokens: Mutex<HashMap<TokenHash, Weak<tokio::sync::Mutex<()>>>>,
    deadline: Duration,
}

/// The queue is full, or the deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueBusy;

impl PasswordQueue {
    /// From the arrival of an attempt to the last of its hashes.
    pub const DEADLINE: Duration = Duration::from_secs(5);

    /// A queue for `at_once` attempts that compute at the same time.
    #[must_use]
    pub fn new(at_once: NonZeroUsize) -> Self {
        Self::with_deadline(at_once, Self::DEADLINE)
    }

    /// The same with another deadline.
    #[must_use]
    pub fn with_deadline(at_once: NonZeroUsize, deadline: Duration) -> Self {
        let slots = at_once.get().min(Semaphore::MAX_PERMITS / (WAITING_PER_SLOT + 1));
        Self {
            entered: Semaphore::new(slots * (WAITING_PER_SLOT + 1)),
            slots: Semaphore::new(slots),
            tokens: Mutex::default(),
            deadline,
        }
    }

    /// When the work of an attempt that arrives now has to be done.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.deadline
    }

    /// Waits until no other attempt with this token runs.
    pub(crate) async fn only_one_of(
        &self,
        token: TokenHash,
        deadline: Instant,
    ) -> Result<OwnedMutexGuard<()>, QueueBusy> {
        let lock = {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.retain(|_, lock| lock.strong_count() > 0);
            match tokens.get(&token).and_then(Weak::upgrade) {
                Some(lock) => lock,
                None => {
                    let lock = Arc::new(tokio::sync::Mutex::new(()));
                    tokens.insert(token, Arc::downgrade(&lock));
                    lock
                }
            }
        };
        tokio::time::timeout_at(deadline, lock.lock_owned()).await.map_err(|_| QueueBusy)
    }

    /// Runs `work` as soon as a slot is free; it is dropped at the deadline.
    pub(crate) async fn run<T>(
        &self,
        deadline: Instant,
        work: impl Future<Output = T>,
    ) -> Result<T, QueueBusy> {
        let _entered: SemaphorePermit<'_> = self.entered.try_acquire().map_err(|_| QueueBusy)?;
        let turn = async {
            let _slot = self.slots.acquire().await.map_err(|_| QueueBusy)?;
            Ok(work.await)
        };
        tokio::time::timeout_at(deadline, turn).await.unwrap_or(Err(QueueBusy))
    }
}
