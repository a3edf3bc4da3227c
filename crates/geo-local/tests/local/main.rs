//! Local resolving against databases of our own making, DNS servers on loopback and, where they
//! are, real databases.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of a test may fail the test"
)]

mod contract;
mod dns;
mod dns_server;
mod dnsmasq;
mod errors;
mod fixtures;
mod layouts;
mod real_data;
mod reload;

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use domain::CustomerIp;
use resetd_geo_local as geo_local;
use tempfile::TempDir;

/// Any address.
fn addr(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A public address.
fn ip(text: &str) -> CustomerIp {
    CustomerIp::parse(text).unwrap()
}

/// A directory that goes with the test, and files in it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file the way an operator should: aside, then renamed into place.
    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let aside = self.path("aside");
        fs::write(&aside, bytes).unwrap();
        fs::rename(aside, self.path(name)).unwrap();
        self.path(name)
    }
}
