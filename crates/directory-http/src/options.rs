use std::time::Duration;

use http_client::{AddressPolicy, ClientIdentity};

/// How backends of all organisations are called.
#[derive(Debug, Clone)]
pub struct DirectoryOptions {
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

impl Default for DirectoryOptions {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::Public,
            ca_certificates: None,
            identity: None,
            find_deadline: Duration::from_secs(2),
            set_password_deadline: Duration::from_secs(5),
        }
    }
}
