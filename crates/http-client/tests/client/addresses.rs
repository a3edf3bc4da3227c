use std::time::Duration;

use bytes::Bytes;
use http::Request;
use testkit::net::{Behaviour, HttpServer};

use crate::http_client::{AddressPolicy, CallError, HttpClient, HttpClientOptions, Trust, UrlError};
use crate::{client, post, read, request};

fn strict() -> HttpClient {
    let options = HttpClientOptions::new(AddressPolicy::Public);
    HttpClient::new(HttpClientOptions { trust: Trust::Nobody, ..options }).unwrap()
}

#[tokio::test]
async fn an_address_inside_is_not_called() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let port = server.address().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"] {
        let answer = post(&strict(), &format!("https://{host}:{port}/")).await;
        assert_eq!(answer.unwrap_err(), CallError::Url(UrlError::Private), "{host}");
    }
    assert_eq!(server.connections(), 0);
}

/// A name outside `localhost` that resolves to this machine: its own.
#[tokio::test]
#[ignore = "needs a host name"]
async fn a_name_that_resolves_inside_is_not_called() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let name = testkit::service("RESETD_TEST_HOST_NAME");
    let url = format!("https://{name}:{}/", server.address().port());
    assert_eq!(post(&strict(), &url).await.unwrap_err(), CallError::Address);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn where_it_is_allowed_this_machine_is_called() {
    let server = HttpServer::start(Behaviour::json("{}")).await;
    let url = format!("http://localhost:{}/", server.address().port());
    assert_eq!(read(&client(), &url).await.unwrap().0, 200);
    assert!(server.calls().iter().all(|call| call.header("host").starts_with("localhost:")));
}

#[tokio::test]
async fn a_trusted_url_goes_in_the_clear() {
    let options = HttpClientOptions::new(AddressPolicy::Trusted);
    let client = HttpClient::new(HttpClientOptions { trust: Trust::Nobody, ..options }).unwrap();
    // A network for documentation (RFC 5737): nobody answers, and the call is made.
    let answer = client.send(request("http://192.0.2.1/"), Duration::from_millis(50)).await.unwrap_err();
    assert!(matches!(answer, CallError::TimedOut | CallError::Unreachable), "{answer:?}");
    let relative = Request::get("/path").body(Bytes::new()).unwrap();
    let answer = client.send(relative, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(answer, CallError::Url(UrlError::NotAUrl));
}
