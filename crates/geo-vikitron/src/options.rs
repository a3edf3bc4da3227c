use std::fmt;
use std::time::Duration;

use application::CircuitSettings;

/// Where VikiTron is and how it is asked.
#[derive(Debug, Clone)]
pub struct VikiTronOptions {
    /// `http://` or `https://`, a host, perhaps a port and a path before `/v1/ip/…`; no user, query
    /// or fragment.
    pub base_url: String,
    /// Sent as `Authorization: Bearer …`; over plain HTTP only to a loopback address.
    pub token: Option<BearerToken>,
    /// Certificates (PEM) to trust instead of the system's, as for an authority of one's own.
    pub ca_certificates: Option<Vec<u8>>,
    /// How long one lookup may take, from the call to its end: 300 ms by default.
    pub deadline: Duration,
    /// Requests under way at once: 64 by default. More wait, within their deadline.
    pub max_concurrent: usize,
    /// Answers kept at most: 10,000 by default, about 1 KiB each, never over 64 KiB.
    pub cache_capacity: usize,
    /// How long an answer is kept: an hour by default.
    pub known_for: Duration,
    /// How long it is kept that nothing is known: a minute by default.
    pub unknown_for: Duration,
    /// When VikiTron is left alone, and for how long: by default after 5 failures in a row, for 1 s
    /// to 30 s.
    pub circuit: CircuitSettings,
}

impl VikiTronOptions {
    /// The defaults, for the resolver at `base_url`.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            token: None,
            ca_certificates: None,
            deadline: Duration::from_millis(300),
            max_concurrent: 64,
            cache_capacity: 10_000,
            known_for: Duration::from_secs(3_600),
            unknown_for: Duration::from_secs(60),
            circuit: CircuitSettings {
                failures: 5,
                pause: Duration::from_secs(1),
                longest: Duration::from_secs(30),
            },
        }
    }
}

/// A secret of the operator's; it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

impl BearerToken {
    /// Wraps a token as it is configured.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}
