//! The client against a real backend on loopback, well behaved and not.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of a test may fail the test")]

mod errors;
mod finding;
mod http_directory;
mod setting;
mod shop;
mod tls;

use std::net::IpAddr;
use std::sync::Arc;

use application::model::PasswordHash;
use chrono::{DateTime, Utc};
use directory_http::{
    BackendError, DirectoryClient, DirectoryOptions, Find, FoundCustomer, SetPassword, SetPasswordAnswer,
};
use domain::{EmailAddress, WebhookSecret};
use http_client::AddressPolicy;
use resetd_directory_http as directory_http;
use testkit::fake::FixedClock;
use testkit::net::{Authority, HttpServer};

const SECRET: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_352_000, 0).unwrap()
}

/// May call this machine; trusts this authority.
fn options(authority: &Authority) -> DirectoryOptions {
    DirectoryOptions {
        addresses: AddressPolicy::PrivateToo,
        ca_certificates: Some(authority.pem().into_bytes()),
        ..DirectoryOptions::default()
    }
}

fn with(server: &HttpServer, options: &DirectoryOptions) -> DirectoryClient {
    let secret = WebhookSecret::from_bytes(&SECRET).unwrap();
    let base_url = format!("{}/reset/", server.url());
    DirectoryClient::new(options, &base_url, secret, Arc::new(FixedClock(now()))).unwrap()
}

fn client(server: &HttpServer) -> DirectoryClient {
    with(server, &options(&Authority::new()))
}

async fn find(client: &DirectoryClient, email: &str) -> Result<Option<FoundCustomer>, BackendError> {
    let email = EmailAddress::parse(email).unwrap();
    client.find(&Find { request: "0195f3a0-0000-7000-8000-000000000001", email: &email }).await
}

/// An attempt of the change `change` for the customer 4711.
async fn set(
    client: &DirectoryClient,
    change: &str,
    sequence: u32,
    version: &str,
    hash: &str,
) -> Result<SetPasswordAnswer, BackendError> {
    let hash = PasswordHash::new(hash.to_owned());
    let ip = Some(IpAddr::from([1, 1, 1, 1]));
    let at = now();
    client
        .set_password(&SetPassword { change, sequence, customer: "4711", version, hash: &hash, at, ip })
        .await
}
