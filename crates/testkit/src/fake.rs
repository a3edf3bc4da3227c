//! In-memory implementations of every port, for tests.

mod archive;
mod clock;
mod composer;
mod damaging_vault;
mod geo;
mod hasher;
mod interrupted;
mod limiter;
mod memory_store;
mod random;
mod rows;
mod sender;
mod vault;
mod webhooks;

pub use archive::MemoryArchive;
pub use clock::{FixedClock, ManualClock};
pub use composer::SimpleComposer;
pub use damaging_vault::DamagingVault;
pub use geo::FixedGeo;
pub use hasher::PlainHasher;
pub use interrupted::{InterruptedStore, Interruption};
pub use limiter::WindowLimiter;
pub use memory_store::MemoryStore;
pub use random::SeededRandom;
pub use rows::MemoryRows;
pub use sender::{RecordingSender, SendScript};
pub use vault::TestVault;
pub use webhooks::RecordingWebhooks;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A test that panicked with the lock held has failed already; the others may go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
