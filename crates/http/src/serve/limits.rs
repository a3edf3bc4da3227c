use std::time::Duration;

/// What one connection, and all of them together, may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once; further ones wait in the kernel's queue. Default 10,000.
    pub max_connections: usize,
    /// From the first byte of a request's head (or the opening of the connection) to the end of the
    /// head, and for a TLS handshake. Default 10 s.
    pub header_timeout: Duration,
    /// From the end of the head to the end of the body. Default 10 s.
    pub body_timeout: Duration,
    /// Between two requests of one connection. Longer than the 60 s for which proxies commonly keep
    /// theirs, so that it is the proxy which closes. Default 75 s.
    pub idle_timeout: Duration,
    /// For the client to take some bytes of an answer. Default 30 s.
    pub write_timeout: Duration,
    /// Header lines of a request; more are answered with 431. Default 64.
    pub max_headers: usize,
    /// Bytes of a request's head; more are answered with 431. At least 8,192. Default 16 KiB.
    pub max_head_bytes: usize,
    /// After the signal to shut down, for what was begun. Default 30 s.
    pub shutdown_grace: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            max_headers: 64,
            max_head_bytes: 16 * 1024,
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

/// The least hyper's buffer may have.
const LEAST_HEAD_BYTES: usize = 8_192;

impl ConnectionLimits {
    pub(super) fn head_bytes(&self) -> usize {
        self.max_head_bytes.max(LEAST_HEAD_BYTES)
    }
}
