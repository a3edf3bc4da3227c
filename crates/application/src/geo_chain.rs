use std::sync::Arc;

use async_trait::async_trait;
use domain::CustomerIp;

use crate::ports::{GeoContext, GeoError, GeoResolver};

/// Resolvers in order of trust: the next one stands in when one is unavailable or knows nothing.
pub struct GeoChain {
    resolvers: Vec<Arc<dyn GeoResolver>>,
}

impl GeoChain {
    /// Asks `resolvers` in this order. An empty chain knows nothing.
    #[must_use]
    pub fn new(resolvers: Vec<Arc<dyn GeoResolver>>) -> Self {
        Self { resolvers }
    }
}

#[async_trait]
impl GeoResolver for GeoChain {
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError> {
        if !ip.is_global() {
            return Err(GeoError::Unknown);
        }
        let mut last = GeoError::Unknown;
        for resolver in &self.resolvers {
            match resolver.resolve(ip).await {
                Ok(context) => return Ok(context),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}
