use std::time::Duration;

use http_client::AddressPolicy;

/// How calls are made.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Where calls may go: to the public internet by default.
    pub addresses: AddressPolicy,
    /// How long one call may take, from its beginning to the status of the answer: 10 s by default.
    pub deadline: Duration,
    /// Certificates (PEM) to trust instead of the system's, as for an authority of one's own.
    pub ca_certificates: Option<Vec<u8>>,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self { addresses: AddressPolicy::Public, deadline: Duration::from_secs(10), ca_certificates: None }
    }
}
