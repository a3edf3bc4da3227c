//! Simultaneous questions for one address share one request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::GeoError;
use domain::{CustomerIp, GeoContext};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// What every caller of one flight gets.
pub(crate) type LookupResult = Result<Arc<GeoContext>, GeoError>;

type Flight = Shared<BoxFuture<'static, LookupResult>>;

/// The lookups by address, each with its number.
type UnderWay = HashMap<CustomerIp, (u64, WeakShared<BoxFuture<'static, LookupResult>>)>;

/// The requests under way. One that nobody waits for any more is dropped, and its connection with
/// it.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlightLookups {
    under_way: Arc<Mutex<UnderWay>>,
    next: Arc<AtomicU64>,
}

/// Takes its flight off the list when the flight ends, however it ends.
#[derive(Debug)]
struct Entry {
    lookups: InFlightLookups,
    ip: CustomerIp,
    number: u64,
}

impl InFlightLookups {
    /// The flight under way for `ip`, or a new one that `start` makes.
    pub(crate) fn join(
        &self,
        ip: CustomerIp,
        start: impl FnOnce() -> BoxFuture<'static, LookupResult>,
    ) -> Flight {
        let mut under_way = self.lock();
        if let Some(flight) = under_way.get(&ip).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { lookups: self.clone(), ip, number };
        let future = start();
        let flight = async move {
            let _entry = entry;
            future.await
        }
        .boxed()
        .shared();
        // A flight that has not been polled to its end can be downgraded.
        if let Some(weak) = flight.downgrade() {
            under_way.insert(ip, (number, weak));
        }
        flight
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut under_way = self.lookups.lock();
        if under_way.get(&self.ip).is_some_and(|(number, _)| *number == self.number) {
            under_way.remove(&self.ip);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, sync::atomic::AtomicUsize};

    use super::*;

    const IP: CustomerIp = CustomerIp::LOCALHOST;

    #[tokio::test]
    async fn simultaneous_questions_share_one_flight() {
        let (lookups, started) = (InFlightLookups::default(), Arc::new(AtomicUsize::new(0)));
        let join = || {
            lookups.join(IP, || {
                started.fetch_add(1, Ordering::Relaxed);
                async { Ok(Arc::default()) }.boxed()
            })
        };
        let all = futures_util::future::join_all((0..100).map(|_| join())).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(started.load(Ordering::Relaxed), 1);
        assert!(lookups.lock().is_empty());
        join().await.unwrap();
        assert_eq!(started.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn an_abandoned_flight_leaves_no_trace() {
        let lookups = InFlightLookups::default();
        drop(lookups.join(IP, || pending().boxed()));
        assert!(lookups.lock().is_empty());
        let one = lookups.join(IP, || pending().boxed());
        let other = lookups.join(IP, || unreachable!("the first flight is under way"));
        drop(one);
        assert_eq!(lookups.lock().len(), 1);
        drop(other);
        assert!(lookups.lock().is_empty());
        assert!(lookups.join(IP, || async { Err(GeoError::Unknown) }.boxed()).await.is_err());
    }
}
