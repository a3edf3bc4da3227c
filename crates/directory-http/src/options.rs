use std::time::Duration;

use domain::WebhookSecret;
use http_client::{AddressPolicy, ClientIdentity};

/// Where an organisation's backend is and how it is called.
#[derive(Debug, Clone)]
pub struct DirectoryOptions {
    /// Up to `/find` and `/set-password`: `https`, or `http` where `addresses` allows it; no user,
    /// query or fragment.
    pub base_url: String,
    /// What requests are signed with.
    pub secret: WebhookSecret,
    /// Where calls may go: to the public internet by default.
    pub addresses: AddressPolicy,
    /// Certificates (PEM) to trust instead of the system's, as for an authority of one's own.
    pub ca_certificates: Option<Vec<u8>>,
    /// The certificate that proves who calls; `None` by default.
    pub identity: Option<ClientIdentity>,
    /// How long a look-up may take: 2 s by default.
    pub find_deadline: Duration,
    /// How long a change may take: 5 s by default.
    pub set_password_deadline: Duration,
}

impl DirectoryOptions {
    /// The defaults, for the backend at `base_url`.
    #[must_use]
    pub fn new(base_url: impl Into<String>, secret: WebhookSecret) -> Self {
        Self {
            base_url: base_url.into(),
            secret,
            addresses: AddressPolicy::Public,
            ca_certificates: None,
            identity: None,
            find_deadline: Duration::from_secs(2),
            set_password_deadline: Duration::from_secs(5),
        }
    }
}
