use std::sync::Arc;

use domain::{CustomerIp, ResetToken};

use crate::ports::{Clock, StoreError, TokenStore};

/// "This was not me": the customer kills a request they never made.
pub struct CancelRequest {
    /// Where the link is killed.
    pub tokens: Arc<dyn TokenStore>,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl CancelRequest {
    /// Kills the link's request. `false`: there was no good link with this token.
    ///
    /// # Errors
    /// [`StoreError`] when nothing happened.
    pub async fn execute(&self, token: &str, customer_ip: CustomerIp) -> Result<bool, StoreError> {
        let Ok(token) = ResetToken::parse(token) else { return Ok(false) };
        self.tokens.cancel(token.hash(), self.clock.now(), customer_ip).await
    }
}
