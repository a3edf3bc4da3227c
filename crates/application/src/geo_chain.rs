use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::{CustomerIp, GeoContext};
use tokio::time::{Instant, timeout};

use crate::ports::{GeoError, GeoResolver};

/// Resolvers in order of trust: the next one stands in when one is unavailable or knows nothing,
/// within one deadline for all of them.
pub struct GeoChain {
    resolvers: Vec<Arc<dyn GeoResolver>>,
    deadline: Duration,
}

impl GeoChain {
    /// Asks `resolvers` in this order and answers within `deadline`. An empty chain knows nothing.
    #[must_use]
    pub fn new(resolvers: Vec<Arc<dyn GeoResolver>>, deadline: Duration) -> Self {
        Self { resolvers, deadline }
    }

    /// How long a resolver may take when `left` remains for it and `others` behind it: all of it
    /// when it is the last, else two thirds, so that the next one always gets its turn.
    ///
    /// A resolver's own deadline should be shorter than its share: one that is dropped cannot learn
    /// from having been slow (a circuit breaker would not open).
    #[must_use]
    pub fn share(left: Duration, others: usize) -> Duration {
        if others == 0 { left } else { left * 2 / 3 }
    }
}

#[async_trait]
impl GeoResolver for GeoChain {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        let end = Instant::now() + self.deadline;
        let mut last = GeoError::Unknown;
        for (resolver, others) in self.resolvers.iter().zip((0..self.resolvers.len()).rev()) {
            let left = end.saturating_duration_since(Instant::now());
            match timeout(Self::share(left, others), resolver.resolve(ip)).await {
                Ok(Ok(context)) => return Ok(context),
                Ok(Err(error)) => last = error,
                Err(_) => last = GeoError::Unavailable("no answer in time".to_owned()),
            }
        }
        Err(last)
    }
}
