use std::fmt;
use std::time::Duration;

use crate::AddressPolicy;

/// How calls are made.
#[derive(Debug, Clone)]
pub struct HttpClientOptions {
    /// Where calls may go.
    pub addresses: AddressPolicy,
    /// Whose certificates prove a server: the system's by default.
    pub trust: Trust,
    /// The certificate that proves who calls; `None` by default.
    pub identity: Option<ClientIdentity>,
    /// How long a TCP connection may take, over all addresses of a host: 5 s by default. A call's own deadline holds
    /// besides.
    pub connect_timeout: Duration,
    /// Bytes of an answer's body that are read: 64 KiB by default.
    pub max_answer_bytes: usize,
}

impl HttpClientOptions {
    /// The defaults, for hosts that this policy allows.
    #[must_use]
    pub const fn new(addresses: AddressPolicy) -> Self {
        Self {
            addresses,
            trust: Trust::System,
            identity: None,
            connect_timeout: Duration::from_secs(5),
            max_answer_bytes: 64 * 1024,
        }
    }
}

/// Whose certificates prove a server.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The authorities that the operating system trusts.
    System,
    /// The authorities in this PEM and no others.
    Only(Vec<u8>),
    /// Nobody: for a client that only ever speaks plain `http`.
    Nobody,
}

/// A client certificate with its key. Never printed.
#[derive(Clone)]
pub struct ClientIdentity {
    /// PEM: the certificate, then those between it and its authority.
    pub certificates: Vec<u8>,
    /// PEM: PKCS#8, PKCS#1 or SEC 1.
    pub key: Vec<u8>,
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientIdentity(…)")
    }
}
