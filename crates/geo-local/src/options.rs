use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The sources of a [`LocalGeo`](crate::LocalGeo); every one may be absent. A folder stands for the
/// `.mmdb` files in it.
#[derive(Debug, Clone)]
pub struct LocalGeoOptions {
    /// City (or country) databases; the first that lists an address answers. One that names the
    /// country alone may be refined by a later one that agrees on it.
    pub city: Vec<PathBuf>,
    /// ASN (or ISP) databases.
    pub asn: Vec<PathBuf>,
    /// Anonymous-IP (or privacy) databases.
    pub anonymous: Vec<PathBuf>,
    /// Reverse DNS; `None`: nobody is asked.
    pub dns: Option<DnsOptions>,
    /// How often, at most, the files are looked at for a replacement: 5 seconds by default.
    pub check_every: Duration,
}

impl Default for LocalGeoOptions {
    fn default() -> Self {
        Self {
            city: Vec::new(),
            asn: Vec::new(),
            anonymous: Vec::new(),
            dns: None,
            check_every: Duration::from_secs(5),
        }
    }
}

/// How reverse DNS is asked.
#[derive(Debug, Clone)]
pub struct DnsOptions {
    /// The resolvers, with their ports; empty: those of the system (`/etc/resolv.conf`).
    pub servers: Vec<SocketAddr>,
    /// How long the pointer and its confirmation may take together: 300 ms by default.
    pub deadline: Duration,
}

impl Default for DnsOptions {
    fn default() -> Self {
        Self { servers: Vec::new(), deadline: Duration::from_millis(300) }
    }
}
