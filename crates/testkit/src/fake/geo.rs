use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use application::ports::{GeoError, GeoResolver};
use async_trait::async_trait;
use domain::{CustomerIp, GeoContext};

use super::lock;

/// Knows what a test has set, and can be made slow or failing. Clones share everything.
#[derive(Debug, Clone, Default)]
pub struct FixedGeo(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    places: Mutex<HashMap<CustomerIp, GeoContext>>,
    everywhere: Mutex<Option<GeoContext>>,
    error: Mutex<Option<GeoError>>,
    delay: Mutex<Duration>,
    deadline: Mutex<Option<Duration>>,
    asked: AtomicUsize,
}

impl FixedGeo {
    /// Knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says `context` of `ip` from now on.
    #[must_use]
    pub fn knowing(self, ip: CustomerIp, context: GeoContext) -> Self {
        lock(&self.0.places).insert(ip, context);
        self
    }

    /// Says `context` of every global address it knows nothing else of.
    #[must_use]
    pub fn everywhere(self, context: GeoContext) -> Self {
        *lock(&self.0.everywhere) = Some(context);
        self
    }

    /// Fails with `error` from now on; `None`: works again.
    pub fn fail(&self, error: Option<GeoError>) {
        *lock(&self.0.error) = error;
    }

    /// Takes this long for each answer from now on.
    pub fn delay(&self, delay: Duration) {
        *lock(&self.0.delay) = delay;
    }

    /// Gives up after this long; without it a delayed answer is waited for.
    pub fn deadline(&self, deadline: Duration) {
        *lock(&self.0.deadline) = Some(deadline);
    }

    /// How often somebody would have been asked: resolutions of global addresses.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl GeoResolver for FixedGeo {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        let (delay, deadline) = (*lock(&self.0.delay), *lock(&self.0.deadline));
        match deadline {
            Some(deadline) if deadline < delay => {
                tokio::time::sleep(deadline).await;
                return Err(GeoError::Unavailable("no answer within the deadline".to_owned()));
            }
            _ if delay.is_zero() => {}
            _ => tokio::time::sleep(delay).await,
        }
        if let Some(error) = lock(&self.0.error).clone() {
            return Err(error);
        }
        let known = lock(&self.0.places).get(&ip).cloned();
        known.or_else(|| lock(&self.0.everywhere).clone()).ok_or(GeoError::Unknown)
    }
}
