use std::time::Duration;

/// How calls are made.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Whether private, loopback and other addresses that are not on the public internet may be
    /// called: not by default.
    pub allow_private: bool,
    /// How long one call may take, from its beginning to the status of the answer: 10 s by default.
    pub deadline: Duration,
    /// Certificates (PEM) to trust instead of the system's, as for an authority of one's own.
    pub ca_certificates: Option<Vec<u8>>,
}

impl Default for WebhookOptions {
    fn default() -> Self {
        Self { allow_private: false, deadline: Duration::from_secs(10), ca_certificates: None }
    }
}
