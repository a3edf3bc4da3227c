use async_trait::async_trait;
use domain::{CustomerIp, GeoContext};
use thiserror::Error;

/// Why nothing is known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GeoError {
    /// The resolver is down, slow or answering nonsense; another may stand in.
    #[error("the resolver is unavailable: {0}")]
    Unavailable(String),
    /// The resolver works and knows nothing of this address.
    #[error("nothing is known of this address")]
    Unknown,
}

/// Resolves a customer's IP to its context.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait GeoResolver: Send + Sync {
    /// Resolves one address. The caller asks only for addresses whose scope is global; an adapter
    /// MUST all the same answer [`GeoError::Unknown`] for any other without asking anybody.
    ///
    /// MUST end within the adapter's own deadline, and be safe to drop.
    ///
    /// # Errors
    /// [`GeoError::Unavailable`] when another resolver should be asked, [`GeoError::Unknown`] when
    /// it need not.
    async fn resolve(&self, ip: CustomerIp) -> Result<GeoContext, GeoError>;
}
