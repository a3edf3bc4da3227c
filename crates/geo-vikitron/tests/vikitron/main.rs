//! VikiTron against a real HTTP server on loopback, well behaved and not.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of a test may fail the test")]

mod answers;
mod breaker;
mod contract;
mod documentation;
mod errors;
mod load;
mod tls;

use domain::CustomerIp;
use geo_vikitron::{VikiTron, VikiTronOptions};
use resetd_geo_vikitron as geo_vikitron;
use testkit::net::HttpServer;

/// A public address.
fn ip(text: &str) -> CustomerIp {
    CustomerIp::parse(text).unwrap()
}

/// The resolver at this server, with the defaults.
fn vikitron(server: &HttpServer) -> VikiTron {
    VikiTron::new(VikiTronOptions::new(server.url())).unwrap()
}
