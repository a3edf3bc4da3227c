//! Calls to a real HTTP server on loopback, well behaved and not.
#![expect(clippy::unwrap_used, reason = "helpers of a test may fail the test")]

mod addresses;
mod answers;
mod connections;
mod errors;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_client::{AddressPolicy, Answer, CallError, HttpClient, HttpClientOptions, Trust};
use resetd_http_client as http_client;

/// Time enough for a test machine that is busy.
const PATIENT: Duration = Duration::from_secs(10);

/// A client for plain HTTP to this machine.
fn client() -> HttpClient {
    HttpClient::new(options()).unwrap()
}

fn options() -> HttpClientOptions {
    HttpClientOptions { trust: Trust::Nobody, ..HttpClientOptions::new(AddressPolicy::PrivateToo) }
}

async fn post(client: &HttpClient, url: &str) -> Result<Answer, CallError> {
    client.send(request(url), PATIENT).await
}

fn request(url: &str) -> Request<Bytes> {
    Request::post(url).header("authorization", "Bearer t0ken").body(Bytes::from_static(b"hello")).unwrap()
}

/// The status and the whole body.
async fn read(client: &HttpClient, url: &str) -> Result<(u16, Bytes), CallError> {
    let answer = post(client, url).await?;
    Ok((answer.status().as_u16(), answer.bytes().await?))
}
